//! What a call is.
//!
//! The pure half of Tono: no clock, no network, no browser. Events go in, the
//! new state and the effects that state asks for come out; facts go in, a row
//! of history comes out. The page and the server both depend on this crate and
//! on nothing else of each other.
//!
//! # Where to start
//!
//! 1. [`call`]: one call, from the first word of the SDK to its end.
//! 2. [`phone`]: signing in, dialling, and which calls there are.
//! 3. [`history`]: what is remembered of a call, whoever said it, in any order.
//! 4. [`api`]: what the page and the server say to each other.

pub mod api;
pub mod call;
pub mod cause;
pub mod history;
pub mod ids;
pub mod number;
pub mod phone;
pub mod time;
