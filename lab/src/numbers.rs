//! Numbers with a meaning, like a card issuer's test cards. What a number does is data: the built-in table, a scenario
//! file and the control API all give it in the same form.

mod book;
mod table;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::exchange::io::{Codec, Faults, Treatment};

pub(crate) use book::{Book, Origin, Scenario};

/// What the far end plays once it has answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Program {
    /// A spoken greeting, repeated after a pause.
    #[default]
    Prompt,
    /// What was heard, half a second later.
    Echo,
    /// A steady 440 Hz.
    Tone,
    Silence,
}

/// Why the far end will not take the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Refusal {
    Busy,
    NoAnswer,
    Rejected,
    Unallocated,
    /// The far end hung up while it rang.
    Cleared,
    /// A SIP user whom no browser stands for at the moment.
    Absent,
    /// No way to the far end.
    Unavailable,
    /// Not allowed by the connection or its outbound voice profile.
    Forbidden,
}

/// All there is to know about a number.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Behaviour {
    /// What happens, in a sentence.
    pub(crate) note: String,
    /// What is heard from the answer, or from early media, on.
    pub(crate) program: Program,
    /// What the browser is offered to speak.
    pub(crate) codec: Codec,
    /// Whether it is a machine that answers.
    pub(crate) machine: bool,
    /// When the SDK's INVITE is replied to.
    pub(crate) invite_reply: InviteReply,
    /// What it does by itself. Without any step it never answers.
    pub(crate) steps: Vec<Step>,
    pub(crate) recording: RecordingPlan,
    pub(crate) webhooks: Treatment,
}

/// When the reply to the SDK's INVITE leaves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum InviteReply {
    /// At once, before anything else is heard of the call.
    #[default]
    First,
    /// So late, and everything else after it.
    Late {
        #[serde(rename = "ms", with = "millis")]
        by: Duration,
    },
    /// So long after the answer: the race that leaves the SDK in `trying` for ever.
    AfterAnswer {
        #[serde(rename = "ms", with = "millis")]
        by: Duration,
    },
}

/// One thing a number does, and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    pub(crate) after: Anchor,
    #[serde(rename = "ms", with = "millis")]
    pub(crate) wait: Duration,
    #[serde(rename = "do")]
    pub(crate) act: Act,
}

/// What a step's time counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Anchor {
    Invite,
    Answer,
    End,
}

/// What a number can do. Acts that make no sense where the call stands, such as answering twice, do nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Act {
    Ring,
    /// Is heard before it answers.
    EarlyMedia,
    Answer,
    Refuse(Refusal),
    /// Before the answer: declines, or gives up if it is the one who calls.
    HangUp,
    /// From now on this is heard.
    Say(Program),
    Press {
        #[serde(deserialize_with = "keys")]
        digits: String,
    },
    /// What is wrong with the network of the browser it talks to, from now on.
    Faults(Faults),
    /// Cuts the browser's socket and lets nobody in for so long.
    DropSocket {
        #[serde(default)]
        closed_for_ms: u64,
    },
    /// Throws the browser off the gateway.
    Punt(Punt),
    /// Says who is talking (`telnyx_rtc.display`).
    Display {
        name: String,
        number: String,
    },
    /// The browser is told once more that the call is over.
    ByeAgain,
}

/// Which call a `telnyx_rtc.punt` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Punt {
    /// The call in progress.
    Current,
    /// None, which means every one.
    Every,
    /// One that the browser does not know.
    Unknown,
}

/// What becomes of the recordings of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RecordingPlan {
    /// From the end of a recording until it can be downloaded (`after_ms`).
    #[serde(rename = "after_ms", with = "millis")]
    pub(crate) after: Duration,
    pub(crate) outcome: Outcome,
}

impl Default for RecordingPlan {
    fn default() -> Self {
        Self { after: Duration::from_millis(1500), outcome: Outcome::Saved }
    }
}

/// How working on a recording ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    #[default]
    Saved,
    /// Nothing is ever heard of it.
    Never,
    /// `call.recording.error`.
    Error,
}

/// Durations as whole milliseconds, for serde's `with`.
pub(crate) mod millis {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer, Serializer};

    /// Writes the milliseconds.
    pub(crate) fn serialize<S: Serializer>(
        duration: &Duration,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
    }

    /// Reads milliseconds.
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Duration, D::Error> {
        Ok(Duration::from_millis(u64::deserialize(deserializer)?))
    }
}

/// Whether this is a number in +E.164: `+`, a country code, 7 to 15 digits in all.
pub(crate) fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && digits.chars().all(|digit| digit.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

/// Brings what was dialled into E.164, reading ten digits as a number of the USA, the connection's localization.
pub(crate) fn e164(dialled: &str) -> String {
    let digits: String = dialled.chars().filter(char::is_ascii_digit).collect();
    let international = dialled.trim_start().starts_with('+');
    match digits.len() {
        10 if !international => format!("+1{digits}"),
        0 => dialled.trim().to_owned(),
        _ => format!("+{digits}"),
    }
}

/// Reads the keys of a telephone, A to D among them (ITU-T Q.23).
fn keys<'de, D: serde::Deserializer<'de>>(reader: D) -> Result<String, D::Error> {
    let digits = String::deserialize(reader)?;
    match digits.chars().find(|key| !"0123456789*#ABCD".contains(*key)) {
        None => Ok(digits),
        Some(key) => Err(serde::de::Error::custom(format!("{key:?} is no key of a telephone"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_does_not_matter() {
        for dialled in ["+12025550100", "+1 (202) 555-0100", "202.555.0100", "1 202 555 0100"] {
            assert_eq!(e164(dialled), "+12025550100", "{dialled}");
        }
    }

    #[test]
    fn e164_is_a_plus_and_seven_to_fifteen_digits() {
        for number in ["+12025550100", "+3491123"] {
            assert!(is_e164(number), "{number}");
        }
        for other in ["12025550100", "+1 202 555 0100", "+12", "+0123456789", "+1234567890123456"] {
            assert!(!is_e164(other), "{other}");
        }
    }

    #[test]
    fn only_keys_of_a_telephone_are_pressed() {
        let read = |digits: &str| {
            serde_json::from_value::<Act>(serde_json::json!({ "press": { "digits": digits } }))
        };
        assert!(read("0123456789*#ABCD").is_ok());
        for other in ["x", "1 2", "é"] {
            assert!(read(other).is_err(), "{other}");
        }
    }

    #[test]
    fn a_word_stays_a_word() {
        assert_eq!(e164("sip:someone"), "sip:someone");
    }
}
