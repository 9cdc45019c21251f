//! What was heard, and what should have been.

use super::super::Heard;
use super::super::meter::Meter;

/// Whether this was a tone of this frequency.
#[track_caller]
pub(super) fn is_tone(heard: Heard, hertz: f64) {
    let measured = heard.recent_frequency_hz;
    assert!(
        measured.is_some_and(|measured| (measured - hertz).abs() < 5.0),
        "{hertz} Hz expected, {measured:?} measured",
    );
}

/// Whether this was loud as expected, as RMS of 1.
#[track_caller]
pub(super) fn is_loud(heard: Heard, level: f64) {
    let measured = heard.recent_level;
    assert!((measured - level).abs() < 0.01, "level {level} expected, {measured} measured");
}

#[track_caller]
pub(super) fn is_silent(heard: Heard) {
    assert!(heard.recent_level < 0.003, "silence expected, level {} measured", heard.recent_level);
}

/// What a meter says of samples that are all of one kind.
pub(super) fn measured(samples: &[i16]) -> Heard {
    Meter::default().hear(samples).unwrap()
}
