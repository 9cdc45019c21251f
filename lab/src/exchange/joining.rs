//! Who hears whom, and what comes of a leg when its partner changes.

use super::Exchange;
use super::io::{Faults, Order, Source};
use super::leg::{Leg, Stage, Stays, Tie};
use super::turn::Turn;
use crate::numbers::Behaviour;

impl Exchange {
    /// Lets two legs' ends hear each other. What is wrong with the network of whoever talks to a person shows now.
    pub(super) fn pass_media(&mut self, one: &str, other: &str, turn: &mut Turn) {
        for (key, from) in [(one, other), (other, one)] {
            turn.media(key, Order::Hear { source: Source::Leg(from.to_owned()) });
            let faults = self.leg(from).and_then(Leg::person).map(|person| person.faults);
            if let Some(faults) = faults.filter(|faults| *faults != Faults::default()) {
                turn.media(key, Order::Faults(faults));
            }
        }
    }

    /// A person begins to be heard.
    pub(super) fn give_voice(&mut self, key: &str, turn: &mut Turn) {
        if let Some(person) = self.leg_mut(key).and_then(Leg::person_mut)
            && !person.heard
        {
            person.heard = true;
            let Behaviour { program, codec, .. } = person.behaviour;
            turn.media(key, Order::Act { program, codec });
        }
    }

    /// `new`, which was called for the leg that `waits`, by a transfer or to be bridged, has answered.
    pub(super) fn join(&mut self, waits: &str, new: &str, stays: Stays, turn: &mut Turn) {
        if let Some(leg) = self.leg_mut(new) {
            leg.tie = Tie::Alone;
        }
        let Some(leg) = self.leg(waits).filter(|leg| leg.is_alive()) else { return };
        if !leg.is_up() {
            if !self.answer_caller(waits, "its call is bridged", turn) {
                return;
            }
            self.give_voice(waits, turn);
            self.after_answer(waits, turn);
        }
        self.bridge(waits, new, (stays, Stays::No), turn);
    }

    /// Joins two legs that are up. `stays` says of each what it does when the other one ends.
    pub(super) fn bridge(
        &mut self,
        one: &str,
        other: &str,
        stays: (Stays, Stays),
        turn: &mut Turn,
    ) {
        for (key, with) in [(one, other), (other, one)] {
            if self.leg(key).and_then(Leg::partner).is_some_and(|partner| partner != with) {
                self.part(key, turn);
            }
        }
        for (key, with, stays) in [(one, other, stays.0), (other, one, stays.1)] {
            if let Some(leg) = self.leg_mut(key) {
                leg.tie = Tie::Bridged { with: with.to_owned(), stays };
            }
        }
        self.pass_media(one, other, turn);
        self.tell_bridged(one, turn);
        self.tell_bridged(other, turn);
    }

    /// Takes a leg away from its partner, which stays or ends.
    fn part(&mut self, key: &str, turn: &mut Turn) {
        let Some(leg) = self.leg_mut(key) else { return };
        let Some(partner) = leg.partner().cloned() else { return };
        leg.tie = Tie::Alone;
        self.left_alone(&partner, None, turn);
    }

    /// A leg's partner is gone. `ending` is how, if it has ended.
    pub(super) fn left_alone(&mut self, key: &str, ending: Option<super::Ending>, turn: &mut Turn) {
        let Some(leg) = self.leg_mut(key) else { return };
        leg.last_partner = leg.partner().cloned();
        let tie = std::mem::replace(&mut leg.tie, Tie::Alone);
        let plain = super::Ending { cause: super::Cause::NormalClearing, by: leg.side.other() };
        match tie {
            Tie::Direct(_) => self.end(key, ending.unwrap_or(plain), "the other end is gone", turn),
            Tie::Bridged { stays: Stays::No, .. } => {
                self.end(key, plain, "the leg it was bridged with is gone", turn);
            }
            Tie::Bridged { stays: Stays::Parked, .. } => {
                turn.media(key, Order::Hear { source: Source::Silence });
            }
            Tie::Bridged { stays: Stays::Held, .. } => {
                turn.media(key, Order::Hear { source: Source::Silence });
                if let Stage::Answered { at, .. } = *leg.stage() {
                    leg.enter(Stage::Answered { at, held: true }, "held after its bridge");
                    turn.media(key, Order::Hold { held: true });
                }
            }
            // Nothing was heard of the other leg yet, or only its ringing.
            Tie::Alone | Tie::CalledFor { .. } => {}
            Tie::Awaits(_) => {
                if leg.is_up() {
                    turn.media(key, Order::Hear { source: Source::Silence });
                }
            }
        }
    }
}
