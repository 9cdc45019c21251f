//! What the person at a leg's end says, frame by frame.

use std::collections::VecDeque;

use super::tone::Tone;
use super::{Frame, RATE, SILENCE};
use crate::g711;
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

/// A person doing what the program says.
#[derive(Debug)]
pub(crate) enum Person {
    /// `at` counts the samples of greeting and pause said.
    Prompt {
        at: usize,
    },
    /// What was heard and is not said yet.
    Echo {
        queue: VecDeque<i16>,
    },
    Tone(Tone),
    Silence,
}

impl Person {
    /// Starts the program from its beginning.
    pub(crate) fn new(program: Program) -> Self {
        match program {
            Program::Prompt => Self::Prompt { at: 0 },
            Program::Echo => Self::Echo { queue: VecDeque::from(vec![0; ECHO_DELAY]) },
            Program::Tone => Self::Tone(Tone::new(TONE_HZ, TONE_PEAK)),
            Program::Silence => Self::Silence,
        }
    }

    /// Hears 20 ms.
    pub(crate) fn hear(&mut self, frame: &Frame) {
        match self {
            Self::Prompt { .. } | Self::Tone(_) | Self::Silence => {}
            Self::Echo { queue } => queue.extend(frame),
        }
    }

    /// Says the next 20 ms.
    pub(crate) fn say(&mut self) -> Frame {
        let mut frame = SILENCE;
        for sample in &mut frame {
            *sample = match self {
                Self::Prompt { at } => {
                    let said = PROMPT.get(*at).map_or(0, |byte| g711::decode(*byte));
                    *at = (*at + 1) % (PROMPT.len() + PROMPT_PAUSE);
                    said
                }
                Self::Echo { queue } => queue.pop_front().unwrap_or(0),
                Self::Tone(tone) => tone.next(),
                Self::Silence => 0,
            };
        }
        frame
    }
}

#[cfg(test)]
mod tests {
    use super::super::FRAME;
    use super::*;

    #[test]
    fn an_echo_comes_half_a_second_later() {
        let mut echo = Person::new(Program::Echo);
        let mut said = Vec::new();
        for tick in 0..40 {
            echo.hear(&[if tick == 0 { 1000 } else { 0 }; FRAME]);
            said.extend(echo.say());
        }
        assert_eq!(said.iter().position(|sample| *sample == 1000), Some(ECHO_DELAY));
    }

    #[test]
    fn the_greeting_is_heard_and_comes_again() {
        let mut prompt = Person::new(Program::Prompt);
        let frames = (PROMPT.len() + PROMPT_PAUSE).div_ceil(FRAME);
        let loud = |frame: &Frame| frame.iter().any(|sample| sample.abs() > 1000);
        assert!((0..frames).filter(|_| loud(&prompt.say())).count() > 100);
        assert!((0..frames).filter(|_| loud(&prompt.say())).count() > 100);
    }

    #[test]
    fn the_silent_one_says_nothing_whatever_is_heard() {
        let mut silent = Person::new(Program::Silence);
        silent.hear(&[1000; FRAME]);
        assert_eq!(silent.say(), SILENCE);
    }
}
