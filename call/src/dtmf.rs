//! The tones of a keypad, sent while one talks.

use serde::{Deserialize, Serialize};

/// A key that has a tone: `0` to `9`, `*`, `#`, and the rare `A` to `D` (ITU-T Q.23).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "char", into = "char")]
pub struct Digit(char);

impl Digit {
    /// The key that a character names; nothing if it has no tone.
    #[must_use]
    pub const fn of(character: char) -> Option<Self> {
        match character {
            '0'..='9' | '*' | '#' | 'A'..='D' => Some(Self(character)),
            _ => None,
        }
    }

    /// The character on the key.
    #[must_use]
    pub const fn as_char(self) -> char {
        self.0
    }
}

impl TryFrom<char> for Digit {
    type Error = &'static str;

    fn try_from(character: char) -> Result<Self, Self::Error> {
        Self::of(character).ok_or("not a key that has a tone")
    }
}

impl From<Digit> for char {
    fn from(digit: Digit) -> Self {
        digit.as_char()
    }
}

#[cfg(test)]
mod tests {
    use super::Digit;

    #[test]
    fn only_keys_with_a_tone_are_digits() {
        let tones: String = ('!'..='~').filter_map(Digit::of).map(Digit::as_char).collect();
        assert_eq!(tones, "#*0123456789ABCD");
    }
}
