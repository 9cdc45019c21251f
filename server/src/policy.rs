//! Whom agents may call, and how much.
//!
//! Asked before a call is given out, in both modes. In controlled mode it is asked again when the call waits at Telnyx,
//! because a browser can dial without asking: [`Policy::admits`].

use std::time::Duration;

use call::number::Number;
use call::time::Millis;

/// For how long after it was given out a call may be dialled, and so be one of those that go on.
pub(crate) const FRESH: Duration = Duration::from_mins(2);

/// What the settings allow. The default allows everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// What a number has to begin with, `+` and digits; empty allows every beginning (`TONO_ALLOWED_PREFIXES`).
    pub allowed: Vec<String>,
    /// What may not be called (`TONO_BLOCKED_NUMBERS`).
    pub blocked: Vec<Blocked>,
    /// How many calls an agent may ask for in a minute (`TONO_CALLS_PER_MINUTE`).
    pub per_minute: Option<u32>,
    /// How many calls of an agent may go on at once (`TONO_CALLS_AT_ONCE`).
    pub at_once: Option<u32>,
}

/// Numbers that may not be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Blocked {
    /// This one.
    Number(Number),
    /// Every one that begins so.
    Beginning(String),
}

/// How much an agent calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Usage {
    /// Calls asked for in the last minute.
    pub(crate) last_minute: u32,
    /// Calls that go on, or may yet begin.
    pub(crate) at_once: u32,
}

/// Why a number is not called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    /// Its country, or what else it begins with, is not among those allowed.
    #[error("calls to this country are not allowed")]
    Country,
    /// It is blocked.
    #[error("this number is blocked")]
    Blocked,
    /// The agent asked for too many calls in a minute.
    #[error("too many calls in a minute: wait")]
    TooOften,
    /// Too many calls of the agent go on.
    #[error("too many calls at once: end one first")]
    TooManyAtOnce,
}

/// Why a call that waits at Telnyx is not put through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotAdmitted {
    #[error("{0}")]
    NotAllowed(#[from] NotAllowed),
    #[error("it was given out too long ago")]
    Stale,
    #[error("it was given out for another number")]
    AnotherNumber,
}

impl Policy {
    /// Whether a number may be called at all.
    pub(crate) fn allows(&self, to: &Number) -> Result<(), NotAllowed> {
        let to_text = to.as_str();
        let among = |list: &[String]| list.iter().any(|beginning| to_text.starts_with(beginning));
        if !self.allowed.is_empty() && !among(&self.allowed) {
            return Err(NotAllowed::Country);
        }
        let is_blocked = self.blocked.iter().any(|blocked| match blocked {
            Blocked::Number(number) => number == to,
            Blocked::Beginning(beginning) => to_text.starts_with(beginning),
        });
        if is_blocked { Err(NotAllowed::Blocked) } else { Ok(()) }
    }

    /// Whether an agent who calls so much may ask for one call more.
    pub(crate) fn allows_more(&self, usage: Usage) -> Result<(), NotAllowed> {
        if self.per_minute.is_some_and(|most| usage.last_minute >= most) {
            return Err(NotAllowed::TooOften);
        }
        if self.at_once.is_some_and(|most| usage.at_once >= most) {
            return Err(NotAllowed::TooManyAtOnce);
        }
        Ok(())
    }

    /// Whether a call that waits at Telnyx and dialled `dialled` is the one that was given out at `placed_at`.
    pub(crate) fn admits(
        &self,
        to: &Number,
        dialled: Option<&str>,
        placed_at: Millis,
        now: Millis,
    ) -> Result<(), NotAdmitted> {
        self.allows(to)?;
        let fresh = u64::try_from(FRESH.as_millis()).unwrap_or(u64::MAX);
        if now > placed_at.after(fresh) {
            return Err(NotAdmitted::Stale);
        }
        // Whatever signs stand between the digits; a call that does not say is called where it was asked to.
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        match dialled {
            Some(dialled) if digits(dialled) != digits(to.as_str()) => {
                Err(NotAdmitted::AnotherNumber)
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl Blocked {
    /// Reads `+12025550199`, or `+1900*` for all that begin so; nothing if it is neither.
    pub(crate) fn read(text: &str) -> Option<Self> {
        match text.strip_suffix('*') {
            Some(beginning) => {
                is_beginning(beginning).then(|| Self::Beginning(beginning.to_owned()))
            }
            None => Number::parse(text).ok().map(Self::Number),
        }
    }
}

/// Whether numbers can begin so: `+`, then one to fifteen digits.
pub(crate) fn is_beginning(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (1..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use call::number::Number;
    use call::time::Millis;

    use super::{Blocked, NotAdmitted, NotAllowed, Policy, Usage};

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap_or_else(|why| unreachable!("{text}: {why}"))
    }

    fn policy() -> Policy {
        Policy {
            allowed: vec!["+1".to_owned(), "+34".to_owned()],
            blocked: ["+1900*", "+1 202 555 0199"].into_iter().filter_map(Blocked::read).collect(),
            per_minute: Some(3),
            at_once: Some(2),
        }
    }

    #[test]
    fn a_number_may_be_called_where_its_beginning_is_allowed_and_it_is_not_blocked() {
        for (to, answer) in [
            ("+12025550100", Ok(())),
            ("+34910123456", Ok(())),
            ("+447700900123", Err(NotAllowed::Country)),
            ("+19005550100", Err(NotAllowed::Blocked)),
            ("+12025550199", Err(NotAllowed::Blocked)),
        ] {
            assert_eq!(policy().allows(&number(to)), answer, "{to}");
            assert_eq!(Policy::default().allows(&number(to)), Ok(()), "{to}");
        }
    }

    #[test]
    fn an_agent_who_calls_too_much_is_told_which_too_much() {
        let uses = |last_minute, at_once| policy().allows_more(Usage { last_minute, at_once });
        assert_eq!(uses(2, 1), Ok(()));
        assert_eq!(uses(3, 0), Err(NotAllowed::TooOften));
        assert_eq!(uses(0, 2), Err(NotAllowed::TooManyAtOnce));
        assert_eq!(Policy::default().allows_more(Usage { last_minute: 999, at_once: 999 }), Ok(()));
    }

    #[test]
    fn a_call_that_waits_is_admitted_while_it_is_fresh_and_for_its_number() {
        let to = number("+12025550100");
        let admits = |dialled, now| policy().admits(&to, dialled, Millis(1_000), Millis(now));
        assert_eq!(admits(Some("+12025550100"), 2_000), Ok(()));
        assert_eq!(admits(Some("1 202 555 0100"), 2_000), Ok(()));
        assert_eq!(admits(None, 121_000), Ok(()));
        assert_eq!(admits(None, 121_001), Err(NotAdmitted::Stale));
        assert_eq!(admits(Some("+12025550101"), 2_000), Err(NotAdmitted::AnotherNumber));
        let blocked = policy().admits(&number("+12025550199"), None, Millis(0), Millis(0));
        assert_eq!(blocked, Err(NotAdmitted::NotAllowed(NotAllowed::Blocked)));
    }

    #[test]
    fn what_blocks_is_a_number_or_a_beginning() {
        for wrong in ["", "*", "+*", "1900*", "+19x*", "five"] {
            assert_eq!(Blocked::read(wrong), None, "{wrong}");
        }
    }
}
