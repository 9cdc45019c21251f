//! What all the facts of a call say together.

use std::collections::BTreeSet;

use super::transfer::{Three, Transfers};
use super::{Fact, Recording, Status, What};
use crate::cause::{Cause, Side};
use crate::ids::{CallId, TelnyxIds};
use crate::number::Number;
use crate::party::{Direction, Party};
use crate::time::Millis;

/// Everything the facts say, before anything is concluded from it.
///
/// Each field keeps the earliest (or, for words, the smallest) of what was said, or all of it in order, so that
/// [`Testimony::heard`] gives the same result whatever the order and the repetitions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Testimony {
    pub(super) placed: Option<(Millis, String, Number)>,
    pub(super) received: Option<(Millis, String, Party)>,
    pub(super) initiated: Option<Millis>,
    pub(super) answered: Option<Millis>,
    pub(super) bridged: Option<Millis>,
    pub(super) hung_up: Option<(Millis, Cause, Side)>,
    pub(super) agent_answered: Option<Millis>,
    pub(super) agent_hung_up: Option<(Millis, Cause, Side)>,
    pub(super) asked_for: Option<(Millis, String)>,
    pub(super) expecting: Option<Millis>,
    pub(super) dialled: Option<Millis>,
    pub(super) rang: Option<Millis>,
    /// Every page that it rang in.
    pub(super) offered: BTreeSet<(Millis, CallId, Party)>,
    pub(super) active: Option<Millis>,
    /// Every change of hold, and whether it was held from then on.
    pub(super) holds: BTreeSet<(Millis, bool)>,
    pub(super) ended: Option<(Millis, Cause, Side)>,
    pub(super) lapsed: Option<Millis>,
    pub(super) ordered: Option<Millis>,
    /// Every change of the recorder, and whether it was paused from then on.
    pub(super) pauses: BTreeSet<(Millis, bool)>,
    pub(super) saved: Option<Millis>,
    pub(super) failed: Option<(Millis, String)>,
    pub(super) stored: Option<(Millis, Option<u64>, u64)>,
    pub(super) missing: Option<Millis>,
    pub(super) deleted: Option<Millis>,
    pub(super) no_word: Option<Millis>,
    pub(super) let_go: Option<bool>,
    pub(super) transfers: Transfers,
    pub(super) ids: TelnyxIds,
}

impl Testimony {
    /// What is known once `fact` is known too.
    #[expect(clippy::too_many_lines, reason = "an arm for each word there is")]
    pub(super) fn heard(self, fact: Fact) -> Self {
        fn earliest<T: Ord>(known: Option<T>, news: T) -> Option<T> {
            known.into_iter().chain([news]).min()
        }
        let Fact { at, ids, what } = fact;
        let ids = self.ids.clone().joined(ids);
        let mut known = Self { ids, ..self };
        match what {
            What::Placed { agent, to } => {
                Self { placed: earliest(known.placed, (at, agent, to)), ..known }
            }
            What::Received { agent, from } => {
                Self { received: earliest(known.received, (at, agent, from)), ..known }
            }
            What::Initiated => Self { initiated: earliest(known.initiated, at), ..known },
            What::Answered => Self { answered: earliest(known.answered, at), ..known },
            What::Bridged => Self { bridged: earliest(known.bridged, at), ..known },
            What::HungUp { cause, by } => {
                Self { hung_up: earliest(known.hung_up, (at, cause, by)), ..known }
            }
            What::AgentAnswered => {
                Self { agent_answered: earliest(known.agent_answered, at), ..known }
            }
            What::AgentHungUp { cause, by } => {
                Self { agent_hung_up: earliest(known.agent_hung_up, (at, cause, by)), ..known }
            }
            What::AskedFor { by } => {
                Self { asked_for: earliest(known.asked_for, (at, by)), ..known }
            }
            What::Expecting => Self { expecting: earliest(known.expecting, at), ..known },
            What::Dialled => Self { dialled: earliest(known.dialled, at), ..known },
            What::Rang => Self { rang: earliest(known.rang, at), ..known },
            What::Offered { call, from } => {
                known.offered.insert((at, call, from));
                known
            }
            What::Active => Self { active: earliest(known.active, at), ..known },
            What::Held => {
                known.holds.insert((at, true));
                known
            }
            What::Resumed => {
                known.holds.insert((at, false));
                known
            }
            What::Ended { cause, by } => {
                Self { ended: earliest(known.ended, (at, cause, by)), ..known }
            }
            What::TransferAsked { transfer, to, how } => {
                known.transfers.asked(transfer, at, to, how);
                known
            }
            What::ThirdAnswered { transfer } => {
                known.transfers.answered(transfer);
                known
            }
            What::ThirdHungUp { transfer, cause, by } => {
                known.transfers.hung_up(transfer, (at, cause, by));
                known
            }
            What::Consulting { transfer } => {
                known.transfers.consulting(transfer);
                known
            }
            What::TransferFailed { transfer, cause } => {
                known.transfers.failed(transfer, at, cause);
                known
            }
            What::TransferCancelled { transfer } => {
                known.transfers.cancelled(transfer, at);
                known
            }
            What::Transferred { transfer } => {
                known.transfers.done(transfer);
                known
            }
            What::Lapsed => Self { lapsed: earliest(known.lapsed, at), ..known },
            What::RecordingOrdered => Self { ordered: earliest(known.ordered, at), ..known },
            What::RecordingPaused => {
                known.pauses.insert((at, true));
                known
            }
            What::RecordingResumed => {
                known.pauses.insert((at, false));
                known
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
            // One that was taken weighs more than one that was refused.
            What::LetGo { ended } => Self { let_go: known.let_go.max(Some(ended)), ..known },
            What::RecordingDeleted { by: _ } => {
                Self { deleted: earliest(known.deleted, at), ..known }
            }
            // What was done about it changes nothing of what it says.
            What::RecordingRemoved | What::Announced => known,
            What::NoWord => Self { no_word: earliest(known.no_word, at), ..known },
        }
    }

    pub(super) fn network_spoke(&self) -> bool {
        self.initiated.is_some()
            || self.answered.is_some()
            || self.bridged.is_some()
            || self.agent_answered.is_some()
            || self.telnyx_hung_up().is_some()
    }

    /// When, why and by whom Telnyx says that the call was ended.
    ///
    /// Where a program asked for it, two legs have a say: what ended first is what ended the call. An agent's leg that
    /// was never answered ended it before anybody else was called.
    pub(super) fn telnyx_hung_up(&self) -> Option<(Millis, Cause, Side)> {
        match self.three() {
            Three::No => {}
            Three::GoOn => return None,
            Three::Over(end) => return Some(end),
        }
        let agents = self.agent_hung_up.as_ref().map(|(at, cause, by)| match by {
            _ if self.agent_answered.is_none() => (*at, Cause::NoAgent, Side::Network),
            // That leg calls the agent.
            Side::Us => (*at, cause.clone(), Side::Them),
            Side::Them => (*at, cause.clone(), Side::Us),
            Side::Network => (*at, cause.clone(), Side::Network),
        });
        self.hung_up.clone().into_iter().chain(agents).min_by_key(|(at, ..)| *at)
    }

    pub(super) fn is_over(&self) -> bool {
        self.telnyx_hung_up().is_some() || self.page_ended().is_some() || self.lapsed.is_some()
    }

    /// The page's word of the end, unless the call goes on without it.
    pub(super) fn page_ended(&self) -> Option<&(Millis, Cause, Side)> {
        self.ended.as_ref().filter(|_| self.transfer().is_none())
    }

    pub(super) fn status(&self) -> Status {
        let over = self.is_over();
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

    /// Who called whom. What our server placed is the agent's, even where it rings the agent first.
    pub(super) fn direction(&self) -> Direction {
        if self.placed.is_none() && (self.received.is_some() || !self.offered.is_empty()) {
            Direction::Incoming
        } else {
            Direction::Outgoing
        }
    }

    pub(super) fn agent(&self) -> Option<String> {
        let placed = self.placed.as_ref().map(|(_, agent, _)| agent);
        placed.or(self.received.as_ref().map(|(_, agent, _)| agent)).cloned()
    }

    pub(super) fn with(&self) -> Option<Party> {
        let placed = self.placed.as_ref().map(|(_, _, to)| Party::Number(to.clone()));
        let received = || self.received.as_ref().map(|(_, _, from)| from.clone());
        let offered = || self.offered.first().map(|(_, _, from)| from.clone());
        placed.or_else(received).or_else(offered)
    }

    pub(super) fn placed_at(&self) -> Option<Millis> {
        let received = self.received.as_ref().map(|(at, ..)| *at);
        self.placed.as_ref().map(|(at, ..)| *at).or(received.and(self.initiated)).or(received)
    }

    /// Whether the recorder is ours to pause: it runs because we asked for it, and there is something to record.
    pub(super) fn pausable(&self) -> bool {
        self.ordered.is_some() && self.answered.or(self.active).is_some() && !self.is_over()
    }

    pub(super) fn recording(&self) -> Recording {
        let answered = self.answered.or(self.active).is_some();
        let over = self.is_over();
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
        } else if answered && self.pauses.last().is_some_and(|(_, paused)| *paused) {
            Recording::Paused
        } else if answered {
            Recording::Expected
        } else {
            Recording::None
        }
    }
}
