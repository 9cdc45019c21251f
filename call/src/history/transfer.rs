//! A transfer: whom the agent hands the far end on to, how far that came, and when a call with three ends is over.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::testimony::Testimony;
use crate::cause::{Cause, Side};
use crate::number::Number;
use crate::time::Millis;

/// How the far end is handed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum How {
    /// Without a word: the agent leaves at once (RFC 5589 calls it a basic transfer).
    Blind,
    /// The agent speaks with the third party first.
    Attended,
}

/// The newest transfer of a call, as its facts say it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Transfer {
    /// Whom to.
    pub to: Number,
    /// How.
    pub how: How,
    /// When the agent asked for it, by our server's clock.
    pub at: Millis,
    /// How far it is.
    pub stage: TransferStage,
    /// Whether the far end hung up while the agent speaks with the third party.
    #[serde(default)]
    pub left: bool,
}

/// How far a transfer is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum TransferStage {
    /// The third party is called; the far end waits.
    Calling,
    /// The agent speaks with the third party; the far end waits.
    Consulting,
    /// The far end and the third party are connected, without the agent.
    Done,
    /// The third party was not reached, or is gone.
    Failed {
        /// Why.
        cause: Cause,
    },
    /// The agent took the far end back.
    Cancelled,
}

impl Transfer {
    /// Whether the agent waits for the third party to answer, and the far end for the agent.
    #[must_use]
    pub fn is_ringing(&self) -> bool {
        self.stage == TransferStage::Calling && self.how == How::Attended
    }

    /// Whether the agent has left the far end to it.
    #[must_use]
    pub fn is_handed_over(&self) -> bool {
        match (&self.stage, self.how) {
            (TransferStage::Done, _) | (TransferStage::Calling, How::Blind) => true,
            (TransferStage::Calling, How::Attended)
            | (
                TransferStage::Consulting | TransferStage::Failed { .. } | TransferStage::Cancelled,
                _,
            ) => false,
        }
    }
}

/// An end of a leg: when, why and by whom.
pub(super) type End = (Millis, Cause, Side);

/// Whether a call has three ends, and is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Three {
    /// It has two: nobody was to be transferred.
    No,
    GoOn,
    Over(End),
}

/// What was said of a call's transfers, each by its number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Transfers {
    asked: BTreeMap<u32, (Millis, Number, How)>,
    answered: BTreeSet<u32>,
    consulting: BTreeSet<u32>,
    hung_up: BTreeMap<u32, End>,
    failed: BTreeMap<u32, (Millis, Cause)>,
    cancelled: BTreeMap<u32, Millis>,
    done: BTreeSet<u32>,
}

/// Keeps the smallest of what was said under a number.
fn least<T: Ord>(known: &mut BTreeMap<u32, T>, number: u32, news: T) {
    let news = match known.remove(&number) {
        Some(old) => old.min(news),
        None => news,
    };
    known.insert(number, news);
}

impl Transfers {
    pub(super) fn asked(&mut self, number: u32, at: Millis, to: Number, how: How) {
        least(&mut self.asked, number, (at, to, how));
    }

    pub(super) fn answered(&mut self, number: u32) {
        self.answered.insert(number);
    }

    pub(super) fn consulting(&mut self, number: u32) {
        self.consulting.insert(number);
    }

    pub(super) fn hung_up(&mut self, number: u32, end: End) {
        least(&mut self.hung_up, number, end);
    }

    pub(super) fn failed(&mut self, number: u32, at: Millis, cause: Cause) {
        least(&mut self.failed, number, (at, cause));
    }

    pub(super) fn cancelled(&mut self, number: u32, at: Millis) {
        least(&mut self.cancelled, number, at);
    }

    pub(super) fn done(&mut self, number: u32) {
        self.done.insert(number);
    }

    /// How the legs of those transferred to ended.
    pub(super) fn ends(&self) -> impl Iterator<Item = &End> {
        self.hung_up.values()
    }

    /// The newest.
    fn newest(&self) -> Option<(u32, &(Millis, Number, How))> {
        self.asked.last_key_value().map(|(number, asked)| (*number, asked))
    }

    fn stage(&self, number: u32) -> TransferStage {
        let failed = self.failed.get(&number).map(|(_, cause)| cause);
        let cause = self.hung_up.get(&number).map(|(_, cause, _)| cause).or(failed);
        if self.done.contains(&number) {
            TransferStage::Done
        } else if self.cancelled.contains_key(&number) {
            TransferStage::Cancelled
        } else if let Some(cause) = cause {
            TransferStage::Failed { cause: cause.clone() }
        } else if self.consulting.contains(&number) {
            TransferStage::Consulting
        } else {
            TransferStage::Calling
        }
    }
}

impl Testimony {
    /// The newest transfer there was.
    pub(super) fn transfer(&self) -> Option<Transfer> {
        let (number, (at, to, how)) = self.transfers.newest()?;
        let stage = self.transfers.stage(number);
        let left = stage == TransferStage::Consulting && self.hung_up.is_some();
        Some(Transfer { to: to.clone(), how: *how, at: *at, stage, left })
    }

    /// Whether a call that was to be transferred is over: it has three ends, and goes on while two of them have, or are
    /// to have, each other.
    pub(super) fn three(&self) -> Three {
        let Some((number, (_, _, how))) = self.transfers.newest() else { return Three::No };
        self.end_of_three(number, *how).map_or(Three::GoOn, Three::Over)
    }

    fn end_of_three(&self, number: u32, how: How) -> Option<End> {
        let of = &self.transfers;
        let far = self.hung_up.clone();
        let third = of.hung_up.get(&number).cloned();
        let first = |one: Option<End>, other: Option<End>| {
            one.into_iter().chain(other).min_by_key(|(at, ..)| *at)
        };
        let back = of.cancelled.get(&number).copied();
        let back = back.or(of.failed.get(&number).map(|(at, _)| *at));
        if of.done.contains(&number) || (how == How::Blind && back.is_none()) {
            return first(far, third);
        }
        let agents = self.agents_end();
        // Telnyx's words are of one clock; the page's is not, and says who was first only where nothing else does.
        let earlier = first(far.clone(), agents.clone()).or_else(|| self.ended.clone());
        let agent_left = agents.is_some() || self.ended.is_some();
        let gone = back.or(third.as_ref().map(|(at, ..)| *at));
        match (gone, agent_left, &far) {
            // As any call; one who left before the third party did is missed only then.
            (Some(gone), ..) => earlier.map(|(at, cause, by)| (at.max(gone), cause, by)),
            (None, true, Some((other, ..))) => {
                let last = agents.map_or(*other, |(one, ..)| one.max(*other));
                earlier.map(|(_, cause, by)| (last, cause, by))
            }
            // Those who are left have each other, if the third party is there; else that one is on the way out, too.
            (None, true, None) | (None, false, Some(_)) if !of.answered.contains(&number) => {
                earlier
            }
            (None, ..) => None,
        }
    }

    /// The end of the agent's leg, as [`Side::Us`] if it was the agent.
    fn agents_end(&self) -> Option<End> {
        self.agent_hung_up.as_ref().map(|(at, cause, by)| {
            // That leg calls the agent.
            let by = match by {
                Side::Us => Side::Them,
                Side::Them => Side::Us,
                Side::Network => Side::Network,
            };
            (*at, cause.clone(), by)
        })
    }
}
