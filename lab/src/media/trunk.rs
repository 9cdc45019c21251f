//! The way to a person: the telephone network, with its faults.

use std::time::Instant;

use super::lane::{Dice, Lane};
use super::person::Person;
use super::{Faults, Frame, SILENCE};
use crate::numbers::Program;

/// A person at the end of a trunk.
#[derive(Debug)]
pub(crate) struct Trunk {
    person: Person,
    dead: bool,
    to_end: Lane<Frame>,
    from_end: Lane<Frame>,
}

impl Trunk {
    /// A person who begins the program.
    pub(crate) fn new(program: Program, faults: Faults, dice: Dice) -> Self {
        let person = Person::new(program);
        let mut trunk =
            Self { person, dead: false, to_end: Lane::new(dice), from_end: Lane::new(dice) };
        trunk.set(faults);
        trunk
    }

    /// The person begins another program.
    pub(crate) fn act(&mut self, program: Program) {
        self.person = Person::new(program);
    }

    /// From now on the network is like this.
    pub(crate) fn set(&mut self, faults: Faults) {
        self.dead = faults.dead;
        self.to_end.set(faults.to_end);
        self.from_end.set(faults.from_end);
    }

    /// Brings the person 20 ms and returns the 20 ms that come back.
    pub(crate) fn exchange(&mut self, heard: &Frame, now: Instant) -> Frame {
        if !self.dead {
            self.to_end.push(*heard, now);
        }
        self.person.hear(&self.to_end.pop(now).unwrap_or(SILENCE));
        let said = self.person.say();
        if !self.dead {
            self.from_end.push(said, now);
        }
        self.from_end.pop(now).unwrap_or(SILENCE)
    }
}
