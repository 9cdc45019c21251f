//! What the people do that the lab plays.

use std::time::Duration;

use super::Exchange;
use super::agenda::Due;
use super::ending::{By, Cause, Ending};
use super::io::{Order, Output};
use super::leg::{Leg, Stage};
use super::signalling;
use super::turn::Turn;
use crate::clock::Moment;
use crate::numbers::{Act, Anchor};

/// Why someone at a leg's end cannot do what they are told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CannotAct {
    #[error("no such leg")]
    NoSuchLeg,
    #[error("there is no person at the end of this leg")]
    NoPerson,
    #[error("there is no browser in this call")]
    NoBrowser,
    #[error("the call is {0}")]
    WrongState(&'static str),
}

impl Exchange {
    /// Puts down what a person does by itself from now on, because of what has just happened.
    pub(super) fn begin(&mut self, key: &str, anchor: Anchor, from: Moment) {
        let Some(person) = self.leg(key).and_then(Leg::person) else { return };
        let steps: Vec<_> =
            person.behaviour.steps.iter().filter(|step| step.after == anchor).cloned().collect();
        for step in steps {
            let due = Due::Act { leg: key.to_owned(), act: step.act };
            self.agenda.at(from.plus(step.wait), due);
        }
    }

    /// A person does something, or something happens to the browser it talks to. What makes no sense where the leg
    /// stands does nothing.
    pub(super) fn act(&mut self, key: &str, act: Act, turn: &mut Turn) {
        let Some(leg) = self.leg(key) else { return };
        let stage = leg.stage().clone();
        let waits = match stage {
            Stage::Called | Stage::Alerting | Stage::EarlyMedia => true,
            Stage::Preparing { .. }
            | Stage::Ready { .. }
            | Stage::Calling
            | Stage::Answered { .. }
            | Stage::Ended { .. } => false,
        };
        match act {
            Act::Ring if stage == Stage::Called => {
                self.enter(key, Stage::Alerting, "its number says so");
                self.follow_up(key, turn);
            }
            Act::EarlyMedia if waits && stage != Stage::EarlyMedia => {
                self.enter(key, Stage::EarlyMedia, "its number says so");
                self.give_voice(key, turn);
                self.follow_up(key, turn);
            }
            Act::Answer if waits => self.picked_up(key, "its number says so", turn),
            Act::Refuse(refusal) if waits => {
                let ending = Ending { cause: Cause::Refused(refusal), by: By::Callee };
                self.end(key, ending, "its number says so", turn);
            }
            Act::Ring | Act::EarlyMedia | Act::Answer | Act::Refuse(_) => {}
            Act::HangUp => self.person_hangs_up(key, turn),
            Act::Say(program) => {
                if let Some(person) = self.leg_mut(key).and_then(Leg::person_mut) {
                    person.behaviour.program = program;
                    let codec = person.behaviour.codec;
                    if person.heard {
                        turn.media(key, Order::Act { program, codec });
                    }
                }
            }
            Act::Press { digits } => {
                if self.leg(key).is_some_and(Leg::is_up) {
                    for digit in digits.chars() {
                        self.pressed(key, digit, turn);
                    }
                }
            }
            Act::Faults(faults) => {
                if let Some(person) = self.leg_mut(key).and_then(Leg::person_mut) {
                    person.faults = faults;
                }
                if let Some(browser) = self.partner(key).filter(|leg| leg.browser().is_some()) {
                    turn.media(&browser.key, Order::Faults(faults));
                }
            }
            Act::DropSocket { closed_for_ms } => {
                if let Some(socket) = self.browser_near(key).and_then(Leg::socket) {
                    let closed_for = Duration::from_millis(closed_for_ms);
                    turn.out.push(Output::Drop { socket, closed_for });
                }
            }
            Act::Punt(which) => {
                if let Some(leg) = self.browser_near(key) {
                    let other = self.seed.uuid(&["unknown call", &leg.key]);
                    turn.send(leg, signalling::punt(leg, which, &other));
                }
            }
            Act::Display { name, number } => {
                if let Some(leg) = self.browser_near(key) {
                    turn.send(leg, signalling::display(leg, &name, &number));
                }
            }
            Act::ByeAgain => {
                if let Some((leg, ending)) = self
                    .ended_browser_of(key)
                    .and_then(|leg| leg.ended().map(|(_, ending)| (leg, ending)))
                {
                    turn.send(leg, signalling::bye(leg, ending));
                }
            }
        }
    }

    fn enter(&mut self, key: &str, stage: Stage, why: &str) {
        if let Some(leg) = self.leg_mut(key) {
            leg.enter(stage, why);
        }
    }

    /// The browser at the leg's end, or at its partner's.
    fn browser_near(&self, key: &str) -> Option<&Leg> {
        let leg = self.leg(key)?;
        match leg.browser() {
            Some(_) => Some(leg),
            None => self.partner(key).filter(|leg| leg.browser().is_some()),
        }
    }

    /// The browser that a person talked to whose call is over.
    fn ended_browser_of(&self, key: &str) -> Option<&Leg> {
        let last = self.leg(key)?.last_partner.as_deref()?;
        self.leg(last).filter(|leg| leg.browser().is_some())
    }

    /// The control API makes somebody do something. Acts of a person are for legs with one; what happens to a browser
    /// may be said of either end of its call.
    pub(crate) fn tell_to(
        &mut self,
        key: &str,
        act: Act,
        now: Moment,
    ) -> (Result<(), CannotAct>, Vec<Output>) {
        self.turn(now, |exchange, turn| {
            let leg = exchange.leg(key).ok_or(CannotAct::NoSuchLeg)?;
            exchange.can(leg, &act)?;
            match (&act, leg.person()) {
                (Act::Faults(faults), None) => turn.media(key, Order::Faults(*faults)),
                (_, _) => exchange.act(key, act, turn),
            }
            Ok(())
        })
    }

    fn can(&self, leg: &Leg, act: &Act) -> Result<(), CannotAct> {
        match act {
            Act::ByeAgain => return Ok(()),
            Act::Ring
            | Act::EarlyMedia
            | Act::Answer
            | Act::Refuse(_)
            | Act::HangUp
            | Act::Say(_)
            | Act::Press { .. } => {
                if leg.person().is_none() {
                    return Err(CannotAct::NoPerson);
                }
            }
            Act::DropSocket { .. } | Act::Punt(_) | Act::Display { .. } => {
                if self.browser_near(&leg.key).is_none() {
                    return Err(CannotAct::NoBrowser);
                }
            }
            Act::Faults(_) => {}
        }
        let sensible = match (act, leg.stage()) {
            (_, Stage::Ended { .. })
            | (
                Act::Ring | Act::EarlyMedia | Act::Answer | Act::Refuse(_),
                Stage::Calling | Stage::Answered { .. },
            ) => false,
            (_, _) => true,
        };
        if sensible { Ok(()) } else { Err(CannotAct::WrongState(leg.stage().name())) }
    }
}
