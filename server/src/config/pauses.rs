//! How long the server waits for what.

use std::time::Duration;

/// How long to wait for what Telnyx may still say about a call that is over.
#[derive(Debug, Clone, Copy)]
pub struct Pauses {
    /// From the end of a call until the absence of webhooks is called out.
    pub no_word: Duration,
    /// From the end of a call to the first question for its recording, and before the first
    /// repetition of a copy that failed; each further pause is twice as long.
    pub first: Duration,
    /// The longest pause between two questions or copies.
    pub longest: Duration,
    /// From the end of a call until its recording is called missing.
    pub recording: Duration,
    /// From the first attempt at a copy until it is given up.
    pub copy: Duration,
    /// The longest pause between two attempts at deleting a recording, which is never given up.
    pub removal: Duration,
    /// From the last that was heard of a call that goes on until Telnyx is asked whether it does.
    pub sweep: Duration,
    /// The same for a call without an id Telnyx could be asked by, until it is taken to be over.
    pub longest_call: Duration,
    /// From a page's farewell until the legs that no other page has claimed are ended.
    pub unclaimed: Duration,
    /// The same for a page that went without one, from the end of its live stream.
    pub silent: Duration,
    /// How long after a server's last sign of life another one takes up its jobs.
    pub lease: Duration,
    /// How long after a server began to tell Telnyx something another one tells it again.
    pub order: Duration,
}

impl Default for Pauses {
    fn default() -> Self {
        Self {
            no_word: Duration::from_secs(10),
            first: Duration::from_secs(3),
            longest: Duration::from_mins(1),
            recording: Duration::from_mins(10),
            copy: Duration::from_hours(24),
            removal: Duration::from_hours(1),
            sweep: Duration::from_mins(5),
            // Telnyx ends calls by itself after four hours.
            longest_call: Duration::from_hours(4),
            unclaimed: Duration::from_secs(20),
            silent: Duration::from_mins(1),
            lease: Duration::from_secs(15),
            order: Duration::from_secs(8),
        }
    }
}
