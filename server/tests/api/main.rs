//! What the server promises, one file for each thing one can ask of it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod calls;
mod config;
mod harness;
mod history;
mod live;
mod page;
mod recording;
mod session;
mod telnyx;
mod token;
mod webhook;
