//! Speech, or what passes for it: a voice that babbles the text's vowels.
//!
//! The lab has no speech synthesis. Each group of vowels in the text becomes a syllable, a buzz at the pitch of a voice
//! through two resonators at the formants of that vowel (G. Peterson and H. Barney, 1952); spaces and punctuation
//! become pauses. Nobody understands a word, but it sounds like someone speaking, is as long as the text would be, and
//! the same text always sounds the same.

use super::RATE;

/// Samples of a syllable, of the consonants between two, and of the pauses after a word and after a sentence.
const SYLLABLE: u32 = RATE * 160 / 1000;
const CONSONANTS: u32 = RATE * 40 / 1000;
const BETWEEN_WORDS: u32 = RATE * 60 / 1000;
const BETWEEN_SENTENCES: u32 = RATE * 400 / 1000;

/// Samples over which a syllable swells and dies away.
const SWELL: u32 = RATE * 20 / 1000;

/// Peak of a syllable, of 1.
const PEAK: f64 = 0.35;

/// What is said or not said for some samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    vowel: Option<Vowel>,
    samples: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Vowel {
    A,
    E,
    I,
    O,
    U,
    /// A word without vowels, or a digit.
    Schwa,
}

impl Vowel {
    fn of(letter: char) -> Option<Self> {
        Some(match letter.to_ascii_lowercase() {
            'a' | 'á' | 'à' | 'â' | 'ä' | 'Á' => Self::A,
            'e' | 'é' | 'è' | 'ê' | 'É' => Self::E,
            'i' | 'í' | 'ï' | 'y' | 'Í' => Self::I,
            'o' | 'ó' | 'ö' | 'ô' | 'Ó' => Self::O,
            'u' | 'ú' | 'ü' | 'Ú' => Self::U,
            '0'..='9' => Self::Schwa,
            _ => return None,
        })
    }

    /// The first two formants in hertz.
    fn formants(self) -> [f64; 2] {
        match self {
            Self::A => [730.0, 1090.0],
            Self::E => [530.0, 1840.0],
            Self::I => [270.0, 2290.0],
            Self::O => [570.0, 840.0],
            Self::U => [300.0, 870.0],
            Self::Schwa => [490.0, 1350.0],
        }
    }
}

/// A voice saying a text once.
#[derive(Debug, Clone)]
pub(crate) struct Speech {
    pieces: std::vec::IntoIter<Piece>,
    voice: Option<Voice>,
}

impl Speech {
    /// The voice before its first word. Tags in angle brackets (SSML) are not said.
    pub(crate) fn new(text: &str) -> Self {
        Self { pieces: pieces(text).into_iter(), voice: None }
    }

    /// The next sample, until all has been said.
    pub(crate) fn next(&mut self) -> Option<i16> {
        loop {
            if let Some(sample) = self.voice.as_mut().and_then(Voice::next) {
                return Some(sample);
            }
            self.voice = Some(Voice::new(self.pieces.next()?));
        }
    }
}

fn pieces(text: &str) -> Vec<Piece> {
    let pause = |samples| Piece { vowel: None, samples };
    let mut pieces = Vec::new();
    let mut untagged = String::new();
    let mut in_tag = false;
    for letter in text.chars() {
        match letter {
            '<' => in_tag = true,
            '>' if in_tag => in_tag = false,
            _ if in_tag => {}
            _ => untagged.push(letter),
        }
    }
    for word in untagged.split_whitespace() {
        let before = pieces.len();
        let mut in_vowels = false;
        for letter in word.chars() {
            let vowel = Vowel::of(letter);
            // Digits are words of their own; of vowels in a row the first one is heard.
            if vowel.is_some() && (!in_vowels || letter.is_ascii_digit()) {
                if pieces.len() > before {
                    pieces.push(pause(CONSONANTS));
                }
                pieces.push(Piece { vowel, samples: SYLLABLE });
            }
            in_vowels = vowel.is_some();
        }
        if pieces.len() == before && word.chars().any(char::is_alphanumeric) {
            pieces.push(Piece { vowel: Some(Vowel::Schwa), samples: SYLLABLE });
        }
        let sentence_ends = word.ends_with(['.', '!', '?', ':', ';']);
        pieces.push(pause(if sentence_ends { BETWEEN_SENTENCES } else { BETWEEN_WORDS }));
    }
    pieces
}

/// One piece being said.
#[derive(Debug, Clone)]
struct Voice {
    piece: Piece,
    at: u32,
    /// Samples since the vocal cords last closed.
    since_pulse: u32,
    resonators: [Resonator; 2],
}

impl Voice {
    fn new(piece: Piece) -> Self {
        let [first, second] = piece.vowel.unwrap_or(Vowel::Schwa).formants();
        Self {
            piece,
            at: 0,
            since_pulse: 0,
            resonators: [Resonator::new(first), Resonator::new(second)],
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "clamped to a peak of 1, which is 16 bits")]
    fn next(&mut self) -> Option<i16> {
        if self.at == self.piece.samples {
            return None;
        }
        let at = self.at;
        self.at += 1;
        if self.piece.vowel.is_none() {
            return Some(0);
        }
        // The voice falls from 125 to 105 Hz within a syllable: 64 to 76 samples from pulse to pulse.
        let period = 64 + 12 * at / self.piece.samples;
        self.since_pulse += 1;
        let pulse = if self.since_pulse >= period { 1.0 } else { 0.0 };
        if self.since_pulse >= period {
            self.since_pulse = 0;
        }
        let wave: f64 = self.resonators.iter_mut().map(|resonator| resonator.ring(pulse)).sum();
        let edge = at.min(self.piece.samples - 1 - at).min(SWELL);
        let swell = f64::from(edge) / f64::from(SWELL);
        Some(((wave * swell * PEAK).clamp(-1.0, 1.0) * f64::from(i16::MAX)) as i16)
    }
}

/// Rings at one frequency, 100 Hz wide, when struck.
#[derive(Debug, Clone)]
struct Resonator {
    /// Makes every frequency ring as loud, up to a peak of 1.
    gain: f64,
    twice_cosine: f64,
    last: f64,
    before: f64,
}

/// What is left of an amplitude one sample later, for a width of 100 Hz: exp(-π · 100 / 8000).
const DECAY: f64 = 0.961_490;

impl Resonator {
    fn new(hertz: f64) -> Self {
        let turn = std::f64::consts::TAU * hertz / f64::from(RATE);
        Self { gain: turn.sin(), twice_cosine: 2.0 * DECAY * turn.cos(), last: 0.0, before: 0.0 }
    }

    fn ring(&mut self, strike: f64) -> f64 {
        let rung = strike * self.gain + self.twice_cosine * self.last - DECAY * DECAY * self.before;
        self.before = self.last;
        self.last = rung;
        rung
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<i16> {
        let mut speech = Speech::new(text);
        std::iter::from_fn(|| speech.next()).collect()
    }

    #[test]
    fn it_is_as_long_as_the_text_and_the_same_each_time() {
        let one = said("Please hold the line.");
        // Six syllables with the "e" that nobody says: two of them in "Please" and "line" each.
        assert_eq!(
            u32::try_from(one.len()).unwrap_or(0),
            6 * SYLLABLE + 2 * CONSONANTS + 3 * BETWEEN_WORDS + BETWEEN_SENTENCES
        );
        assert_eq!(one, said("Please hold the line."));
        assert!(
            said("Please hold the line. Somebody will be with you soon.").len() > 2 * one.len()
        );
        assert_eq!(said("  ").len(), 0);
    }

    #[test]
    fn tags_are_not_said() {
        assert_eq!(said("<speak><break time=\"1s\"/>Hello</speak>"), said("Hello"));
    }

    #[test]
    fn it_is_loud_enough_to_hear_and_never_cut_off() {
        for word in ["ah", "eh", "ee", "oh", "oo", "hm"] {
            let peak = said(word).into_iter().map(i16::unsigned_abs).max().unwrap_or(0);
            assert!((6_000..32_000).contains(&peak), "{word} peaks at {peak}");
        }
    }

    #[test]
    fn pauses_are_silent() {
        let hello = said("oh oh");
        let pause = SYLLABLE as usize..(SYLLABLE + BETWEEN_WORDS) as usize;
        assert!(hello[pause].iter().all(|sample| *sample == 0));
    }
}
