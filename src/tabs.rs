//! The browser's means to keep several tabs together: a lock that one of them holds, and a channel to all.
//!
//! What is done with them, [`call::tabs`] decides.

mod channel;
mod lock;

pub(crate) use channel::Channel;
pub(crate) use lock::{Lock, News};
