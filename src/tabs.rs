//! The browser's means to keep several tabs together: a lock that one of them holds, a
//! channel to all, and a notification where none of them is seen.
//!
//! What is done with them, [`call::tabs`] decides.

mod channel;
mod lock;
mod notice;

pub(crate) use channel::Channel;
pub(crate) use lock::{Lock, News};
pub(crate) use notice::{Notice, ask_for_notices, may_ask, watch_whether_seen};
