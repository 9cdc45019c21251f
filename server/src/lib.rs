//! What is remembered: the server behind the page.
//!
//! # Where to start
//!
//! 1. [`app`]: the whole URL space on one screen.
//! 2. `webhook`: what happens when Telnyx speaks.
//! 3. `store`: all SQL; a call's row is the fold of its facts.
//! 4. `recording`: from "a recording exists" to a file that plays.
//! 5. `control`: calls whose legs we command.
//!
//! [`config`] says what may be set from outside.

pub mod agent;
pub mod app;
pub mod audit;
mod calls;
mod carrier;
pub mod clock;
pub mod config;
mod control;
pub mod doors;
mod erase;
mod error;
mod guard;
mod jobs;
mod live;
mod log;
mod mask;
mod page;
mod pages;
pub mod people;
pub mod policy;
pub mod programs;
mod recording;
pub mod replay;
#[cfg(test)]
mod samples;
pub mod serve;
mod store;
mod timeline;
mod token;
mod transfers;
mod webhook;
