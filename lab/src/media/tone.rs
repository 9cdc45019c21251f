//! A sine.

use std::f64::consts::TAU;

use super::RATE;

/// A tone without end.
#[derive(Debug, Clone)]
pub(crate) struct Tone {
    /// Turns per sample.
    step: f64,
    /// Peak of a sample.
    peak: f64,
    /// Turns made so far, less the whole ones.
    phase: f64,
}

impl Tone {
    /// A tone of this frequency in hertz and this peak, of 1.
    pub(crate) fn new(hertz: f64, peak: f64) -> Self {
        Self { step: hertz / f64::from(RATE), peak: peak * f64::from(i16::MAX), phase: 0.0 }
    }

    /// The next sample.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a peak of 1 is 16 bits, and a cast saturates"
    )]
    pub(crate) fn next(&mut self) -> i16 {
        let wave = (self.phase * TAU).sin() * self.peak;
        self.phase = (self.phase + self.step).fract();
        wave as i16
    }
}
