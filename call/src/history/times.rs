//! How long a call rang, was talked in and was held: two clocks never subtract, so both moments are one witness's, or the
//! time is not known.
//!
//! Telnyx's moments are by its clock, whether a webhook or an answer brought them; the browser's are by the clock of the
//! machine it runs on, which may be an hour off; what our server found out is by a third.

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

    /// By the browser: Telnyx has no word for ringing.
    pub(super) fn rang_ms(&self) -> Option<u64> {
        let until = match (self.active, self.answered) {
            (Some(active), _) => active,
            // Telnyx says that it rang no longer than the browser heard, and by another clock since when.
            (None, Some(_)) => return None,
            (None, None) => self.browser_ended()?,
        };
        self.rang_at().filter(|_| self.is_one_browsers()).map(|from| until.since(from))
    }

    pub(super) fn talk_ms(&self) -> Option<u64> {
        let network = self.answered.zip(self.telnyx_parted());
        let browser = self.active.zip(self.browser_ended()).filter(|_| self.is_one_browsers());
        network.or(browser).map(|(from, to)| to.since(from))
    }

    /// All that lies between a word of hold and the next word of its end, or the end of the browser's call. A word that
    /// repeats the one before says nothing new; what is said after the end is no hold.
    pub(super) fn held_ms(&self) -> Option<u64> {
        // Of a call that was handed on, too: whoever has left holds nothing.
        let over = self.ended.as_ref().filter(|_| self.is_one_browsers()).map(|(at, ..)| *at);
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
        // The last hold ended with the call, and how long that was the browser has not said.
        sum.filter(|_| since.is_none() || !self.is_over())
    }

    pub(super) fn telnyx_ended(&self) -> Option<Millis> {
        self.telnyx_hung_up().map(|(at, ..)| at)
    }

    /// The same where the moment is one that Telnyx named: a call that was to be transferred can be over by the page's
    /// word, or at a moment of our server's.
    fn telnyx_parted(&self) -> Option<Millis> {
        let legs = [&self.hung_up, &self.agent_hung_up].into_iter().flatten();
        let mut named = legs.chain(self.transfers.ends()).map(|(at, ..)| *at);
        self.telnyx_ended().filter(|end| named.any(|at| at == *end))
    }

    /// When the browser says that the call was over, not only its part in it.
    fn browser_ended(&self) -> Option<Millis> {
        let last = || self.ended.as_ref().filter(|(at, ..)| Some(*at) == self.telnyx_ended());
        self.page_ended().or_else(last).map(|(at, ..)| *at)
    }

    /// Whether only one browser can have spoken: where a call rang in several, on machines of their own, each had a name
    /// for it.
    fn is_one_browsers(&self) -> bool {
        let mut names = self.offered.iter().map(|(_, call, _)| call);
        let first = names.next();
        names.all(|name| Some(name) == first)
    }
}
