//! The program from outside, as whoever starts it has it.

#![allow(clippy::unwrap_used, reason = "a request that fails is a failed test")]

mod replay;
mod running;
mod scenario;
