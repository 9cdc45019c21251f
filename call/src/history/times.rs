//! How long a call rang, was talked in and was held: from one witness where possible, because two clocks never
//! subtract well.

use super::testimony::Testimony;
use crate::party::Direction;
use crate::time::Millis;

impl Testimony {
    /// When it began to ring: there, as the gateway told the browser, or here.
    pub(super) fn rang_at(&self) -> Option<Millis> {
        let here = || self.offered.first().map(|(at, ..)| *at);
        match self.direction() {
            // The agent's phone may have rung first, where a program asked for the call.
            Direction::Outgoing => self.rang,
            Direction::Incoming => self.rang.or_else(here),
        }
    }

    pub(super) fn rang_ms(&self) -> Option<u64> {
        let over = self.browser_ended().or(self.telnyx_over());
        let until = self.active.or(self.answered).or(over)?;
        Some(until.since(self.rang_at()?))
    }

    pub(super) fn talk_ms(&self) -> Option<u64> {
        let network = (self.answered, self.telnyx_over());
        let browser = (self.active, self.browser_ended());
        match (network, browser) {
            ((Some(from), Some(to)), _) | (_, (Some(from), Some(to))) => Some(to.since(from)),
            ((answered, hung_up), (active, ended)) => {
                Some(hung_up.or(ended)?.since(answered.or(active)?))
            }
        }
    }

    /// All that lies between a word of hold and the next word of its end, or the call's end. A word that repeats
    /// the one before says nothing new; what is said after the end is no hold.
    pub(super) fn held_ms(&self) -> Option<u64> {
        let over = self.browser_ended().or(self.telnyx_over());
        let mut since: Option<Millis> = None;
        let mut sum: Option<u64> = None;
        let changes = self.holds.iter().copied().chain(over.map(|at| (at, false)));
        for (at, held) in changes.map(|(at, held)| (over.map_or(at, |over| at.min(over)), held)) {
            match (since, held) {
                (None, true) => since = Some(at),
                (Some(from), false) => {
                    sum = Some(sum.unwrap_or(0) + at.since(from));
                    since = None;
                }
                (None, false) | (Some(_), true) => {}
            }
        }
        sum
    }

    /// By its own word, or by what it answered when it was asked.
    fn telnyx_over(&self) -> Option<Millis> {
        self.telnyx_ended().or(self.lapsed)
    }

    pub(super) fn telnyx_ended(&self) -> Option<Millis> {
        self.telnyx_hung_up().map(|(at, ..)| at)
    }

    fn browser_ended(&self) -> Option<Millis> {
        self.page_ended().map(|(at, ..)| *at)
    }
}
