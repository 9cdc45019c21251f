//! Measures what comes from the browser: how loud, and at which frequency.

use std::collections::VecDeque;
use std::f64::consts::TAU;

use crate::exchange::Heard;
use crate::g711::RATE;

/// Samples measured at a time: 50 ms.
const WINDOW: usize = RATE as usize / 20;

/// Windows that count as recent: one second.
const RECENT: usize = 20;

/// Below this RMS (of 1) nothing has a frequency: it is the hiss of an idle microphone.
const QUIET: f64 = 0.003;

/// Frequencies looked at: 100 Hz to 3900 Hz, one per 20 Hz, the resolution of 50 ms.
const LOWEST_HZ: f64 = 100.0;
const STEP_HZ: f64 = 20.0;
const STEPS: u32 = 191;

/// A running measurement.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    window: Vec<f64>,
    /// Level and frequency of the last windows, oldest first.
    recent: VecDeque<(f64, Option<f64>)>,
    heard: Heard,
}

impl Meter {
    /// Takes in the samples of one RTP packet and says what has been heard so far.
    pub(crate) fn hear(&mut self, samples: &[i16]) -> Heard {
        self.heard.packets += 1;
        for sample in samples {
            self.window.push(f64::from(*sample) / f64::from(i16::MAX));
            if self.window.len() == WINDOW {
                self.measure();
                self.window.clear();
            }
        }
        self.heard
    }

    fn measure(&mut self) {
        let level = rms(&self.window);
        let frequency = (level > QUIET).then(|| strongest(&self.window));
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

/// The frequency with the most power, in hertz, refined between the steps by a parabola through its neighbours.
fn strongest(samples: &[f64]) -> f64 {
    let shaped = hann(samples);
    let powers: Vec<(f64, f64)> = (0..STEPS)
        .map(|step| {
            let hertz = LOWEST_HZ + STEP_HZ * f64::from(step);
            (hertz, goertzel(&shaped, hertz))
        })
        .collect();
    let best = powers
        .windows(3)
        .filter_map(|three| match three {
            [below, middle, above] => Some((below.1, *middle, above.1)),
            _ => None,
        })
        .max_by(|a, b| a.1.1.total_cmp(&b.1.1));
    let Some((below, (hertz, power), above)) = best else { return 0.0 };
    let (below, power, above) = (below.sqrt(), power.sqrt(), above.sqrt());
    let curve = below - 2.0 * power + above;
    if curve.abs() < f64::EPSILON { hertz } else { hertz + STEP_HZ * 0.5 * (below - above) / curve }
}

/// Fades the ends out (Hann), so that a tone does not smear over its neighbours.
#[expect(clippy::cast_precision_loss, reason = "a window has a few hundred samples")]
fn hann(samples: &[f64]) -> Vec<f64> {
    let length = samples.len() as f64;
    samples
        .iter()
        .enumerate()
        .map(|(at, sample)| sample * (0.5 - 0.5 * (TAU * at as f64 / length).cos()))
        .collect()
}

/// Power at one frequency (G. Goertzel, 1958).
fn goertzel(samples: &[f64], hertz: f64) -> f64 {
    let twice_cosine = 2.0 * (TAU * hertz / f64::from(RATE)).cos();
    let (last, before) = samples
        .iter()
        .fold((0.0, 0.0), |(last, before), sample| (sample + twice_cosine * last - before, last));
    last * last + before * before - twice_cosine * last * before
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a loud window has a frequency")]
    #![allow(clippy::cast_possible_truncation, reason = "test tones stay inside 16 bits")]

    use super::*;

    fn tone(hertz: f64, peak: f64) -> Vec<i16> {
        (0..RATE)
            .map(|at| {
                ((TAU * hertz * f64::from(at) / f64::from(RATE)).sin() * peak * 32767.0) as i16
            })
            .collect()
    }

    #[test]
    fn a_tone_has_its_frequency_and_level() {
        for hertz in [180.0, 440.0, 997.0, 1004.0, 2500.0, 3700.0] {
            let mut meter = Meter::default();
            let heard =
                tone(hertz, 0.5).chunks(160).map(|packet| meter.hear(packet)).last().unwrap();
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
        let heard = meter.hear(&[0; 800]);
        assert_eq!(heard.frequency_hz, None);
        assert!((heard.loudest_frequency_hz.unwrap() - 600.0).abs() < 3.0);
        assert!(heard.loudest_level > 0.25);
    }

    #[test]
    fn what_is_more_than_a_second_ago_is_not_recent() {
        let mut meter = Meter::default();
        meter.hear(&tone(600.0, 0.4));
        assert!(meter.hear(&[0; 7600]).recent_level > 0.25);
        let heard = meter.hear(&[0; 400]);
        assert!(heard.recent_level < f64::EPSILON);
        assert_eq!(heard.recent_frequency_hz, None);
    }
}
