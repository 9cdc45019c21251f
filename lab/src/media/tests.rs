//! Legs among themselves: browsers played by str0m, datagrams handed over in memory, and a clock that jumps from one
//! thing to be done to the next.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what is missing is a failed test")]

mod bridge;
mod browser;
mod faults;
mod hearing;
mod recording;
mod shell;
mod witness;
mod world;
