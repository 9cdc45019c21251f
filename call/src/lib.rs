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
//! 2. [`line`]: signing in at Telnyx, and trying again.
//! 3. [`phone`]: both together, dialling, and which screen is shown.
//! 4. [`history`]: what is remembered of a call, whoever said it, in any order.
//! 5. [`api`]: what the page and the server say to each other.
//! 6. [`timeline`]: everything that was said of a call, kept to be shown and replayed.
//! 7. [`tabs`]: which of several tabs has the phone.

pub mod api;
pub mod call;
pub mod cause;
pub mod dtmf;
pub mod history;
pub mod ids;
pub mod line;
pub mod log;
pub mod number;
pub mod party;
pub mod phone;
pub mod tabs;
pub mod time;
pub mod timeline;
