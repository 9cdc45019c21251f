//! The keys that REST collects from a leg (`gather`).

use std::time::Duration;

use serde_json::json;

use super::Exchange;
use super::agenda::Due;
use super::turn::Turn;
use crate::clock::Moment;

/// Which keys are wanted, and how long each may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wish {
    pub(crate) least: usize,
    pub(crate) most: usize,
    pub(crate) ends_with: char,
    pub(crate) valid: String,
    /// From the command to the first key.
    pub(crate) first_within: Duration,
    /// From one key to the next.
    pub(crate) next_within: Duration,
}

/// Keys being collected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gather {
    wish: Wish,
    digits: String,
    /// The next key is waited for until then.
    until: Moment,
}

impl Gather {
    /// What the keys amount to, in Telnyx's word.
    fn verdict(&self) -> &'static str {
        let Wish { least, valid, .. } = &self.wish;
        let count = self.digits.chars().count();
        if count == 0 {
            "timeout"
        } else if count < *least || !self.digits.chars().all(|key| valid.contains(key)) {
            "invalid"
        } else {
            "valid"
        }
    }
}

impl Exchange {
    /// Begins to collect keys, in place of whatever was being collected.
    pub(super) fn gather(&mut self, key: &str, wish: Wish, turn: &mut Turn) {
        self.gather_stops(key, "cancelled", turn);
        let until = turn.now.plus(wish.first_within);
        if let Some(leg) = self.leg_mut(key) {
            leg.gather = Some(Gather { wish, digits: String::new(), until });
            self.agenda.at(until, Due::GatherEnds(key.to_owned()));
        }
    }

    /// A key was pressed at a leg's end.
    pub(super) fn gathers(&mut self, key: &str, digit: char, turn: &mut Turn) {
        let Some(leg) = self.leg_mut(key) else { return };
        let Some(gather) = &mut leg.gather else { return };
        if digit == gather.wish.ends_with {
            self.gather_ends(key, turn);
            return;
        }
        gather.digits.push(digit);
        gather.until = turn.now.plus(gather.wish.next_within);
        let until = gather.until;
        if gather.digits.chars().count() >= gather.wish.most {
            self.gather_ends(key, turn);
        } else {
            self.agenda.at(until, Due::GatherEnds(key.to_owned()));
        }
    }

    /// Some wait is over. It may be that of a key that came, or of keys collected before.
    pub(super) fn gather_times_out(&mut self, key: &str, turn: &mut Turn) {
        let gather = self.leg(key).and_then(|leg| leg.gather.as_ref());
        if gather.is_some_and(|gather| gather.until <= turn.now) {
            self.gather_ends(key, turn);
        }
    }

    fn gather_ends(&mut self, key: &str, turn: &mut Turn) {
        let gather = self.leg(key).and_then(|leg| leg.gather.as_ref());
        if let Some(verdict) = gather.map(Gather::verdict) {
            self.gather_stops(key, verdict, turn);
        }
    }

    /// Stops collecting, for the reason that `call.gather.ended` gives as its `status`.
    pub(super) fn gather_stops(&mut self, key: &str, status: &'static str, turn: &mut Turn) {
        let Some(gather) = self.leg_mut(key).and_then(|leg| leg.gather.take()) else { return };
        let fields = json!({ "digits": gather.digits, "status": status });
        self.tell(key, "call.gather.ended", fields, turn);
    }
}
