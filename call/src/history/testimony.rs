//! What all the facts of a call say together.

use super::{Fact, Recording, Status, What};
use crate::cause::{Cause, Side};
use crate::ids::TelnyxIds;
use crate::number::Number;
use crate::time::Millis;

/// Everything the facts say, before anything is concluded from it.
///
/// Each field keeps the earliest (or, for words, the smallest) of what was said, so that
/// [`Testimony::heard`] gives the same result whatever the order and the repetitions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Testimony {
    pub(super) placed: Option<(Millis, String, Number)>,
    pub(super) initiated: Option<Millis>,
    pub(super) answered: Option<Millis>,
    pub(super) bridged: Option<Millis>,
    pub(super) hung_up: Option<(Millis, Cause, Side)>,
    pub(super) dialled: Option<Millis>,
    pub(super) rang: Option<Millis>,
    pub(super) active: Option<Millis>,
    pub(super) ended: Option<(Millis, Cause, Side)>,
    pub(super) saved: Option<Millis>,
    pub(super) failed: Option<(Millis, String)>,
    pub(super) stored: Option<(Millis, Option<u64>, u64)>,
    pub(super) missing: Option<Millis>,
    pub(super) deleted: Option<Millis>,
    pub(super) no_word: Option<Millis>,
    pub(super) ids: TelnyxIds,
}

impl Testimony {
    /// What is known once `fact` is known too.
    pub(super) fn heard(self, fact: Fact) -> Self {
        fn earliest<T: Ord>(known: Option<T>, news: T) -> Option<T> {
            known.into_iter().chain([news]).min()
        }
        let Fact { at, ids, what } = fact;
        let ids = self.ids.clone().joined(ids);
        let known = Self { ids, ..self };
        match what {
            What::Placed { agent, to } => {
                Self { placed: earliest(known.placed, (at, agent, to)), ..known }
            }
            What::Initiated => Self { initiated: earliest(known.initiated, at), ..known },
            What::Answered => Self { answered: earliest(known.answered, at), ..known },
            What::Bridged => Self { bridged: earliest(known.bridged, at), ..known },
            What::HungUp { cause, by } => {
                Self { hung_up: earliest(known.hung_up, (at, cause, by)), ..known }
            }
            What::Dialled => Self { dialled: earliest(known.dialled, at), ..known },
            What::Rang => Self { rang: earliest(known.rang, at), ..known },
            What::Active => Self { active: earliest(known.active, at), ..known },
            What::Ended { cause, by } => {
                Self { ended: earliest(known.ended, (at, cause, by)), ..known }
            }
            What::RecordingSaved { recording_id: _ } => {
                Self { saved: earliest(known.saved, at), ..known }
            }
            What::RecordingFailed { reason } => {
                Self { failed: earliest(known.failed, (at, reason)), ..known }
            }
            What::RecordingStored { duration_ms, bytes } => {
                Self { stored: earliest(known.stored, (at, duration_ms, bytes)), ..known }
            }
            What::RecordingMissing => Self { missing: earliest(known.missing, at), ..known },
            What::RecordingDeleted { by: _ } => {
                Self { deleted: earliest(known.deleted, at), ..known }
            }
            // What was done about it changes nothing of what it says.
            What::RecordingRemoved => known,
            What::NoWord => Self { no_word: earliest(known.no_word, at), ..known },
        }
    }

    pub(super) fn network_spoke(&self) -> bool {
        self.initiated.is_some()
            || self.answered.is_some()
            || self.bridged.is_some()
            || self.hung_up.is_some()
    }

    pub(super) fn status(&self) -> Status {
        let over = self.hung_up.is_some() || self.ended.is_some();
        if over && self.stored.is_some() && self.deleted.is_none() {
            Status::Completed
        } else if over {
            Status::Ended
        } else if self.answered.is_some() || self.active.is_some() {
            Status::Answered
        } else if self.initiated.is_some() {
            Status::Initiated
        } else {
            Status::Placed
        }
    }

    /// Talk time from one witness where possible: two clocks never subtract well.
    pub(super) fn talk_ms(&self) -> Option<u64> {
        let network = (self.answered, self.hung_up.as_ref().map(|(at, ..)| *at));
        let browser = (self.active, self.ended.as_ref().map(|(at, ..)| *at));
        match (network, browser) {
            ((Some(from), Some(to)), _) | (_, (Some(from), Some(to))) => Some(to.since(from)),
            ((answered, hung_up), (active, ended)) => {
                Some(hung_up.or(ended)?.since(answered.or(active)?))
            }
        }
    }

    pub(super) fn recording(&self) -> Recording {
        let answered = self.answered.or(self.active).is_some();
        let over = self.hung_up.is_some() || self.ended.is_some();
        if self.deleted.is_some() {
            Recording::Deleted
        } else if let Some((_, duration_ms, _)) = self.stored {
            Recording::Ready { duration_ms }
        } else if let Some((_, reason)) = &self.failed {
            Recording::Failed { reason: reason.clone() }
        } else if self.saved.is_some() {
            Recording::Processing
        } else if self.missing.is_some() {
            Recording::Missing
        } else if answered && over {
            Recording::Processing
        } else if answered {
            Recording::Expected
        } else {
            Recording::None
        }
    }
}
