//! Telephone numbers as people type and paste them.

use core::fmt;

use serde::{Deserialize, Serialize};

/// The most digits an international number has (ITU-T E.164).
const LONGEST: usize = 15;
/// Fewer digits than this, country code included, cannot be a subscriber's number.
const SHORTEST: usize = 7;

/// A number in E.164 form: `+`, then 7 to 15 digits, the first of them not zero.
///
/// "Possible", not "assigned": new ranges appear faster than tables of them, so
/// whether somebody is there is for the network to say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Number(String);

/// Why something is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotANumber {
    /// Nothing was entered.
    Empty,
    /// It has letters or signs no number has.
    NotDigits,
    /// It has fewer than 7 digits.
    TooShort,
    /// It has more than 15 digits.
    TooLong,
    /// No country code: neither `+`, `00` nor `011` in front, and not a ten-digit North American number.
    NoCountry,
}

impl fmt::Display for NotANumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "no number was given",
            Self::NotDigits => "a number has digits only",
            Self::TooShort => "the number is too short",
            Self::TooLong => "the number is too long",
            Self::NoCountry => "the number has no country code",
        })
    }
}

impl core::error::Error for NotANumber {}

impl Number {
    /// Reads a number the way a person wrote it.
    ///
    /// Accepts spaces, dots, dashes, slashes and brackets, full-width digits, a `tel:` in
    /// front (RFC 3966), `00` or `011` instead of `+`, and the invisible direction marks
    /// that come along when a number is pasted out of a CRM. Ten digits without a country,
    /// or eleven that begin with 1, are read as North American.
    pub fn parse(written: &str) -> Result<Self, NotANumber> {
        let text = written.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
        if text.is_empty() {
            return Err(NotANumber::Empty);
        }
        // "tel:+1-202…;ext=5": the parameters are not part of the number.
        let text = strip_tel(text).split(';').next().unwrap_or_default();

        let mut international = false;
        let mut digits = String::with_capacity(LONGEST);
        for c in text.chars() {
            match c {
                '+' | '＋' if digits.is_empty() && !international => international = true,
                ' ' | '.' | '-' | '/' | '(' | ')' | '\u{a0}' | '\u{2010}'..='\u{2013}' => {}
                c if is_invisible(c) => {}
                c => digits.push(ascii_digit(c).ok_or(NotANumber::NotDigits)?),
            }
        }
        if !international {
            digits = with_country(digits)?;
        }
        match digits.len() {
            0 => Err(NotANumber::Empty),
            1..SHORTEST => Err(NotANumber::TooShort),
            SHORTEST..=LONGEST if digits.starts_with('0') => Err(NotANumber::NoCountry),
            SHORTEST..=LONGEST => Ok(Self(format!("+{digits}"))),
            _ => Err(NotANumber::TooLong),
        }
    }

    /// The number in E.164 form, `+12025550100`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A number of nobody's, as long as this one, that ends in the same two digits: the others are nines, and there is
    /// no country 999.
    #[must_use]
    pub fn masked(&self) -> Self {
        let (hidden, left) = self.0.split_at(self.0.len() - 2);
        let nines = "9".repeat(hidden.len() - 1);
        Self(format!("+{nines}{left}"))
    }

    /// The number as people read it: North American ones grouped, others as they are.
    #[must_use]
    pub fn pretty(&self) -> String {
        let digits = &self.0[1..];
        match (digits.strip_prefix('1'), digits.len()) {
            (Some(rest), 11) => format!("+1 {} {} {}", &rest[..3], &rest[3..6], &rest[6..]),
            _ => self.0.clone(),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Number {
    type Error = NotANumber;

    fn try_from(text: String) -> Result<Self, NotANumber> {
        Self::parse(&text)
    }
}

impl From<Number> for String {
    fn from(number: Number) -> Self {
        number.0
    }
}

/// Turns a prefix people dial into the country code it stands for.
fn with_country(digits: String) -> Result<String, NotANumber> {
    if let Some(rest) = digits.strip_prefix("011").or_else(|| digits.strip_prefix("00")) {
        return Ok(rest.to_owned());
    }
    match (digits.len(), digits.starts_with('1')) {
        (0, _) => Err(NotANumber::Empty),
        (1..SHORTEST, _) => Err(NotANumber::TooShort),
        (10, false) if !digits.starts_with('0') => Ok(format!("1{digits}")),
        (11, true) => Ok(digits),
        (16.., _) => Err(NotANumber::TooLong),
        _ => Err(NotANumber::NoCountry),
    }
}

fn strip_tel(text: &str) -> &str {
    match text.get(..4) {
        Some(scheme) if scheme.eq_ignore_ascii_case("tel:") => &text[4..],
        _ => text,
    }
}

/// ASCII for a digit of any width; nothing for anything else.
fn ascii_digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10),
        _ => None,
    }
}

/// Direction marks, joiners and byte-order marks: pasted, never seen.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::{NotANumber, Number};

    #[test]
    fn people_write_one_number_in_many_ways() {
        for written in [
            "+12025550100",
            "+1 202 555 0100",
            "+1 (202) 555-0100",
            "(202) 555-0100",
            "202.555.0100",
            "1 202 555 0100",
            "001 202 555 0100",
            "011 1 202 555 0100",
            "tel:+1-202-555-0100",
            "TEL:+12025550100;ext=7",
            "\u{202a}+1 202 555 0100\u{202c}",
            "＋１２０２５５５０１００",
            "  +1\u{a0}202\u{a0}555\u{2013}0100 ",
        ] {
            assert_eq!(
                Number::parse(written).as_ref().map(Number::as_str),
                Ok("+12025550100"),
                "{written:?}"
            );
        }
    }

    #[test]
    fn what_is_no_number_says_why() {
        for (written, why) in [
            ("", NotANumber::Empty),
            ("   ", NotANumber::Empty),
            ("+", NotANumber::Empty),
            ("call me", NotANumber::NotDigits),
            ("+1 202 CALL NOW", NotANumber::NotDigits),
            ("12+345678", NotANumber::NotDigits),
            ("++12025550100", NotANumber::NotDigits),
            ("911", NotANumber::TooShort),
            ("+1202", NotANumber::TooShort),
            ("+1234567890123456", NotANumber::TooLong),
            ("12345678901234567", NotANumber::TooLong),
            ("+0202555010", NotANumber::NoCountry),
            ("5550100", NotANumber::NoCountry),
            ("0202555010", NotANumber::NoCountry),
        ] {
            assert_eq!(Number::parse(written), Err(why), "{written:?}");
        }
    }

    #[test]
    fn a_number_is_shown_in_groups_where_we_know_them() {
        let pretty = |text| Number::parse(text).map(|number| number.pretty());
        assert_eq!(pretty("+12025550100").as_deref(), Ok("+1 202 555 0100"));
        assert_eq!(pretty("+34910123456").as_deref(), Ok("+34910123456"));
    }
}
