//! Numbers with a meaning, like a card issuer's test cards. `+1 202 555 0100` … `0199` is reserved for fiction.

use std::time::Duration;

use serde::{Deserialize, Serialize};

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

/// Why the far end will not take the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    Busy,
    NoAnswer,
    Rejected,
    Unallocated,
}

/// What happens when a number is called. Durations count from the invite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plan {
    /// Refuses without having rung.
    Refuse { after: Duration, refusal: Refusal },
    /// Rings, then refuses.
    RingThenRefuse { after: Duration, refusal: Refusal },
    /// Rings, then answers; hangs up by itself so long after answering, if ever.
    RingThenAnswer { after: Duration, program: Program, leaves_after: Option<Duration> },
    /// Rings until the control API says what next.
    RingUntilTold { program: Program },
}

/// All there is to know about a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Behaviour {
    pub(crate) plan: Plan,
    /// From the end of the call until its recording is saved.
    pub(crate) recording_after: Duration,
    /// Whether webhooks are sent for the call.
    pub(crate) webhooks: bool,
}

const RINGS_FOR: Duration = Duration::from_millis(1500);
const RECORDING_AFTER: Duration = Duration::from_millis(1500);

/// Looks up an E.164 number.
pub(crate) fn behaviour(number: &str) -> Behaviour {
    let answering =
        |program| Plan::RingThenAnswer { after: RINGS_FOR, program, leaves_after: None };
    let usual = |plan| Behaviour { plan, recording_after: RECORDING_AFTER, webhooks: true };
    match number {
        "+12025550100" => usual(answering(Program::Prompt)),
        "+12025550101" => usual(answering(Program::Echo)),
        "+12025550102" => {
            usual(Plan::Refuse { after: Duration::from_millis(300), refusal: Refusal::Busy })
        }
        "+12025550103" => usual(Plan::RingThenRefuse {
            after: Duration::from_secs(30),
            refusal: Refusal::NoAnswer,
        }),
        "+12025550104" => usual(Plan::RingThenRefuse {
            after: Duration::from_secs(2),
            refusal: Refusal::Rejected,
        }),
        "+12025550105" => usual(Plan::RingThenAnswer {
            after: RINGS_FOR,
            program: Program::Prompt,
            leaves_after: Some(Duration::from_secs(5)),
        }),
        "+12025550106" => Behaviour {
            recording_after: Duration::from_secs(20),
            ..usual(answering(Program::Prompt))
        },
        "+12025550107" => usual(answering(Program::Tone)),
        "+12025550108" => usual(Plan::RingUntilTold { program: Program::Tone }),
        "+12025550109" => Behaviour { webhooks: false, ..usual(answering(Program::Tone)) },
        _ => {
            usual(Plan::Refuse { after: Duration::from_millis(200), refusal: Refusal::Unallocated })
        }
    }
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
    fn a_word_stays_a_word() {
        assert_eq!(e164("sip:someone"), "sip:someone");
    }
}
