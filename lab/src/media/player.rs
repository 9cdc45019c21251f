//! What the far end says, frame by frame.

use std::collections::VecDeque;
use std::f64::consts::TAU;

use crate::g711::{self, FRAME, RATE};
use crate::numbers::Program;

/// The spoken greeting: µ-law, 8 kHz, mono (`espeak-ng -v en-us -s 168`).
const PROMPT: &[u8] = include_bytes!("../../assets/prompt.ul");

/// Silence between two greetings, in samples.
const PROMPT_PAUSE: usize = 2 * RATE as usize;

/// How far an echo lags, in samples.
const ECHO_DELAY: usize = RATE as usize / 2;

const TONE_HZ: f64 = 440.0;

/// Peak of the tone, of 1.
const TONE_PEAK: f64 = 0.3;

/// One frame of 20 ms.
pub(crate) type Frame = [i16; FRAME];

/// Nothing to hear.
pub(crate) const SILENCE: Frame = [0; FRAME];

/// A program being played.
#[derive(Debug)]
pub(crate) enum Player {
    /// `at` counts the samples of greeting and pause played.
    Prompt {
        at: usize,
    },
    /// What was heard and is not played yet.
    Echo {
        queue: VecDeque<i16>,
    },
    /// Turns of the wave made so far, less the whole ones.
    Tone {
        phase: f64,
    },
    Silence,
}

impl Player {
    /// Starts the program from its beginning.
    pub(crate) fn new(program: Program) -> Self {
        match program {
            Program::Prompt => Self::Prompt { at: 0 },
            Program::Echo => Self::Echo { queue: VecDeque::from(vec![0; ECHO_DELAY]) },
            Program::Tone => Self::Tone { phase: 0.0 },
            Program::Silence => Self::Silence,
        }
    }

    /// The next 20 ms.
    pub(crate) fn next(&mut self) -> Frame {
        let mut frame = SILENCE;
        for sample in &mut frame {
            *sample = match self {
                Self::Prompt { at } => {
                    let said = PROMPT.get(*at).map_or(0, |byte| g711::decode(*byte));
                    *at = (*at + 1) % (PROMPT.len() + PROMPT_PAUSE);
                    said
                }
                Self::Echo { queue } => queue.pop_front().unwrap_or(0),
                Self::Tone { phase } => {
                    let wave = (*phase * TAU).sin() * TONE_PEAK;
                    *phase = (*phase + TONE_HZ / f64::from(RATE)).fract();
                    to_sample(wave)
                }
                Self::Silence => 0,
            };
        }
        frame
    }

    /// What was heard meanwhile; only an echo listens.
    pub(crate) fn hear(&mut self, samples: &[i16]) {
        match self {
            Self::Prompt { .. } | Self::Tone { .. } | Self::Silence => {}
            Self::Echo { queue } => {
                queue.extend(samples);
                // The browser's clock may run a little faster than ours: let go of what piled up.
                let excess = queue.len().saturating_sub(ECHO_DELAY + 10 * FRAME);
                queue.drain(..excess);
            }
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the peak is far inside the range of 16 bits")]
fn to_sample(wave: f64) -> i16 {
    (wave * f64::from(i16::MAX)) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echo_comes_half_a_second_later() {
        let mut echo = Player::new(Program::Echo);
        let mut heard = Vec::new();
        for tick in 0..40 {
            echo.hear(&[if tick == 0 { 1000 } else { 0 }; FRAME]);
            heard.extend(echo.next());
        }
        assert_eq!(heard.iter().position(|sample| *sample == 1000), Some(ECHO_DELAY));
    }

    #[test]
    fn the_greeting_is_heard_and_comes_again() {
        let mut prompt = Player::new(Program::Prompt);
        let frames = (PROMPT.len() + PROMPT_PAUSE).div_ceil(FRAME);
        let loud = |frame: &Frame| frame.iter().any(|sample| sample.abs() > 1000);
        assert!((0..frames).filter(|_| loud(&prompt.next())).count() > 100);
        assert!((0..frames).filter(|_| loud(&prompt.next())).count() > 100);
    }
}
