//! The ringback tone of North America: 440 and 480 Hz together, two seconds on, four off.

use super::tone::Tone;
use super::{Frame, RATE, SILENCE};

const ON: u32 = 2 * RATE;
const CYCLE: u32 = 6 * RATE;

/// Peak of each of the two tones, of 1.
const PEAK: f64 = 0.1;

/// The tone, from the beginning of its two seconds.
#[derive(Debug)]
pub(crate) struct Ringback {
    low: Tone,
    high: Tone,
    /// Samples of this cycle so far.
    at: u32,
}

impl Ringback {
    /// Begins with the tone.
    pub(crate) fn new() -> Self {
        Self { low: Tone::new(440.0, PEAK), high: Tone::new(480.0, PEAK), at: 0 }
    }

    /// The next 20 ms.
    pub(crate) fn next(&mut self) -> Frame {
        let mut frame = SILENCE;
        for sample in &mut frame {
            if self.at < ON {
                *sample = self.low.next().saturating_add(self.high.next());
            }
            self.at = (self.at + 1) % CYCLE;
        }
        frame
    }
}
