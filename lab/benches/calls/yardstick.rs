//! What the machine alone does to a timer: on one that is busy with other things, no audio can be punctual.

use std::thread;
use std::time::Instant;

use crate::browser::{FRAME_TIME, Span};
use crate::report::LATE;

/// A timer that does nothing but be late.
pub(crate) struct Yardstick {
    /// How often it was due.
    pub(crate) ticks: u64,
    /// How often it was more than 40 ms late.
    pub(crate) late: u64,
}

/// Starts a thread that wakes every 20 ms of the span.
pub(crate) fn start(span: Span) -> thread::JoinHandle<Yardstick> {
    thread::spawn(move || {
        let mut yardstick = Yardstick { ticks: 0, late: 0 };
        let mut due = span.from;
        while due < span.until {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            yardstick.ticks += 1;
            if Instant::now().saturating_duration_since(due) > LATE {
                yardstick.late += 1;
            }
            due += FRAME_TIME;
        }
        yardstick
    })
}
