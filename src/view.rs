//! What is seen: one file a screen or a lasting part of one. Views read signals and say verbs; they
//! decide nothing.

pub(crate) mod beside;
pub(crate) mod call;
pub(crate) mod calls;
pub(crate) mod clock;
pub(crate) mod controls;
pub(crate) mod dialer;
pub(crate) mod elsewhere;
pub(crate) mod ended;
pub(crate) mod focus;
pub(crate) mod header;
pub(crate) mod icon;
pub(crate) mod incoming;
pub(crate) mod keypad;
mod notes;
pub(crate) mod notices;
mod off_record;
pub(crate) mod player;
mod rows;
pub(crate) mod search;
pub(crate) mod sign_in;
pub(crate) mod timeline;
mod transfer;
