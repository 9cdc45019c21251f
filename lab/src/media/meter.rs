//! Measures what a leg's end says: how loud, and at which frequency.

use std::collections::VecDeque;

use super::spectrum;
use super::{Heard, RATE};

/// Samples measured at a time: 50 ms.
pub(crate) const WINDOW: usize = RATE as usize / 20;

/// Windows that count as recent: one second.
const RECENT: usize = 20;

/// Below this RMS (of 1) nothing has a frequency: it is the hiss of an idle microphone.
const QUIET: f64 = 0.003;

/// A running measurement.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    window: Vec<f64>,
    /// Level and frequency of the last windows, oldest first.
    recent: VecDeque<(f64, Option<f64>)>,
    heard: Heard,
}

impl Meter {
    /// Takes in the samples of one packet. Says what has been heard so far each time a window has been measured.
    pub(crate) fn hear(&mut self, samples: &[i16]) -> Option<Heard> {
        self.heard.packets += 1;
        let mut measured = false;
        for sample in samples {
            measured |= self.take(f64::from(*sample) / f64::from(i16::MAX));
        }
        measured.then_some(self.heard)
    }

    /// Nothing came for the time of these samples. Says what that changes, until it changes nothing more.
    pub(crate) fn miss(&mut self, samples: usize) -> Option<Heard> {
        if self.heard.level <= 0.0 && self.heard.recent_level <= 0.0 {
            return None;
        }
        let mut measured = false;
        for _ in 0..samples {
            measured |= self.take(0.0);
        }
        measured.then_some(self.heard)
    }

    /// The packet taken in next came late.
    pub(crate) fn note_late(&mut self) {
        self.heard.late += 1;
    }

    /// Takes in a packet that is not decoded.
    pub(crate) fn count(&mut self) -> Heard {
        self.heard.packets += 1;
        self.heard
    }

    /// Whether a window is full with this sample, and has been measured.
    fn take(&mut self, sample: f64) -> bool {
        self.window.push(sample);
        let full = self.window.len() == WINDOW;
        if full {
            self.measure();
            self.window.clear();
        }
        full
    }

    fn measure(&mut self) {
        let level = rms(&self.window);
        let frequency = (level > QUIET).then(|| spectrum::strongest(&self.window));
        self.heard.level = level;
        self.heard.frequency_hz = frequency;
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back((level, frequency));
        if let Some((level, frequency)) =
            self.recent.iter().max_by(|one, other| one.0.total_cmp(&other.0))
        {
            self.heard.recent_level = *level;
            self.heard.recent_frequency_hz = *frequency;
        }
        if level > self.heard.loudest_level {
            self.heard.loudest_level = level;
            self.heard.loudest_frequency_hz = frequency;
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a window has a few hundred samples")]
fn rms(samples: &[f64]) -> f64 {
    (samples.iter().map(|sample| sample * sample).sum::<f64>() / samples.len() as f64).sqrt()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a loud window has a frequency")]
    #![allow(clippy::cast_possible_truncation, reason = "test tones stay inside 16 bits")]

    use std::f64::consts::TAU;

    use super::*;

    fn tone(hertz: f64, peak: f64) -> Vec<i16> {
        (0..RATE)
            .map(|at| {
                ((TAU * hertz * f64::from(at) / f64::from(RATE)).sin() * peak * 32767.0) as i16
            })
            .collect()
    }

    #[test]
    fn what_no_longer_comes_is_no_longer_heard() {
        let mut meter = Meter::default();
        let spoken =
            tone(440.0, 0.5).chunks(160).filter_map(|packet| meter.hear(packet)).last().unwrap();
        let missed: Vec<Heard> = (0..100).filter_map(|_| meter.miss(160)).collect();
        let last = missed.last().unwrap();
        assert!(last.level <= 0.0 && last.recent_level <= 0.0);
        assert_eq!((last.frequency_hz, last.recent_frequency_hz), (None, None));
        assert_eq!(last.packets, 50);
        assert!(last.loudest_level >= spoken.loudest_level);
        // A second of windows, and no report that says the same again.
        assert_eq!(missed.len(), RECENT);
    }

    #[test]
    fn a_tone_has_its_frequency_and_level() {
        for hertz in [180.0, 440.0, 997.0, 1004.0, 2500.0, 3700.0] {
            let mut meter = Meter::default();
            let tone = tone(hertz, 0.5);
            let heard = tone.chunks(160).filter_map(|packet| meter.hear(packet)).last().unwrap();
            assert_eq!(heard.packets, 50);
            let measured = heard.frequency_hz.unwrap();
            assert!((measured - hertz).abs() < 3.0, "{hertz} measured as {measured}");
            assert!((heard.level - 0.5 / 2_f64.sqrt()).abs() < 0.01, "level {}", heard.level);
        }
    }

    #[test]
    fn silence_has_no_frequency_and_the_loudest_moment_is_kept() {
        let mut meter = Meter::default();
        meter.hear(&tone(600.0, 0.4));
        let heard = meter.hear(&[0; 800]).unwrap();
        assert_eq!(heard.frequency_hz, None);
        assert!((heard.loudest_frequency_hz.unwrap() - 600.0).abs() < 3.0);
        assert!(heard.loudest_level > 0.25);
    }

    #[test]
    fn what_is_more_than_a_second_ago_is_not_recent() {
        let mut meter = Meter::default();
        meter.hear(&tone(600.0, 0.4));
        assert!(meter.hear(&[0; 7600]).unwrap().recent_level > 0.25);
        let heard = meter.hear(&[0; 400]).unwrap();
        assert!(heard.recent_level < f64::EPSILON);
        assert_eq!(heard.recent_frequency_hz, None);
    }
}
