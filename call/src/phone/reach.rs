//! Whether a call that comes in reaches the person.

use serde::{Deserialize, Serialize};

use super::{Dialling, Effect, Event, Phone};
use crate::call;
use crate::cause::Cause;
use crate::line::{self, Line, Renewal};

/// How long calls may be out of reach before that is said, in milliseconds: a socket that drops is back after two seconds.
pub const OUT_OF_REACH_MS: u64 = 5_000;

/// What is known of this browser's microphone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// Nothing speaks against it.
    #[default]
    Usable,
    /// The person, or somebody for all pages, forbids it.
    Blocked,
    /// There is none, or none that can be opened.
    Missing,
}

/// Whether a call that comes in reaches the person, and what keeps it away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Nobody is signed in, so nobody waits for calls.
    Nobody,
    /// It does.
    Open,
    /// The line is not ready; the line says why.
    Line,
    /// It would ring here, and could not be talked on.
    Microphone(Input),
}

impl Phone {
    /// What an event says of the microphone, whatever else it says.
    pub(super) const fn input_after(&self, event: &Event) -> Input {
        match event {
            Event::Input(input) => *input,
            Event::Call(_, call::Event::Trouble(Cause::NoMicrophone)) => Input::Blocked,
            Event::Call(_, call::Event::Trouble(Cause::NoDevice)) => Input::Missing,
            // The SDK says so once it has the microphone.
            Event::Call(_, call::Event::Sdk(_, call::Sdk::Requesting | call::Sdk::Answering)) => {
                Input::Usable
            }
            Event::Line(_)
            | Event::Dial { .. }
            | Event::Edited
            | Event::GiveUp
            | Event::Granted { .. }
            | Event::Denied { .. }
            | Event::DialFailed(_)
            | Event::Incoming { .. }
            | Event::Resumed { .. }
            | Event::Expect { .. }
            | Event::Take(_)
            | Event::Dismiss
            | Event::OutOfReach
            | Event::Call(_, _) => self.input,
        }
    }

    /// Whether a call that comes in reaches the person.
    #[must_use]
    pub fn reach(&self) -> Reach {
        match (self.line, self.input) {
            (Line::Off, _) => Reach::Nobody,
            (Line::Ready, Input::Usable) if self.renewal != Renewal::UnderWay => Reach::Open,
            (Line::Ready, input @ (Input::Blocked | Input::Missing)) => Reach::Microphone(input),
            (
                Line::Ready
                | Line::AskingForToken { .. }
                | Line::Waiting { .. }
                | Line::Registering { .. }
                | Line::Doubted
                | Line::Lost { .. },
                _,
            ) => Reach::Line,
        }
    }

    /// Whether something keeps calls away.
    pub(super) fn is_out_of_reach(&self) -> bool {
        match self.reach() {
            Reach::Line | Reach::Microphone(_) => true,
            Reach::Nobody | Reach::Open => false,
        }
    }

    /// Signs in with the token's successor between calls, and takes back what was said of reach once that is over.
    pub(super) fn between_calls(mut self) -> (Self, Option<Effect>) {
        let dials = matches!(self.dialling, Dialling::Asked { .. } | Dialling::Granted { .. });
        let idle = !dials && !self.has_live_call();
        let anew = self.renewal == Renewal::Held && self.line == Line::Ready && idle;
        if anew {
            self.renewal = Renewal::UnderWay;
        }
        self.out_of_reach &= self.is_out_of_reach();
        (self, anew.then_some(Effect::Line(line::Effect::SignInAnew)))
    }
}
