//! Whether calls that come in reach the person, and whether that is said.

use call::call::{Call, Socket};
use call::line::{self, Line};
use call::phone::{Dialling, Effect, Event, Input, Reach};

use super::Step;
use crate::world::Part;

impl Step<'_> {
    pub(super) fn ready_exactly_when_reached(&self) -> Option<String> {
        if self.before.part != Part::Line {
            return None;
        }
        let reached =
            self.seen.line_ready && !self.seen.signs_in_anew && self.seen.input == Input::Usable;
        let says = self.phone.reach() == Reach::Open;
        let (line, input) = (self.seen.line_ready, self.seen.input);
        (says != reached).then(|| {
            format!("ready is said: {says}; the line is ready: {line}, the microphone {input:?}")
        })
    }

    pub(super) fn out_of_reach_is_said(&self) -> Option<String> {
        if self.before.part != Part::Line {
            return None;
        }
        let out = match self.phone.reach() {
            Reach::Line | Reach::Microphone(_) => true,
            Reach::Nobody | Reach::Open => false,
        };
        let said = self.phone.out_of_reach;
        if said && !out {
            return Some("it is said that calls may be missed, and none would be".to_owned());
        }
        if out && !said && *self.event == Event::OutOfReach {
            return Some("calls have long been out of reach, and nobody says so".to_owned());
        }
        let wanted = out && !said;
        (wanted != self.seen.reach_timer).then(|| {
            format!("calls are out of reach and that is not said: {wanted}; the timer is not so")
        })
    }

    pub(super) fn no_login_under_a_call(&self) -> Option<String> {
        let calls = |effect: &Effect| matches!(effect, Effect::NewCall { .. });
        if self.before.seen.signs_in_anew && self.effects.iter().any(calls) {
            return Some("a call is dialled while the SDK signs in anew".to_owned());
        }
        let carried = |call: &Call| !call.is_over() && !call.socket.is_away();
        let opens = |effect: &Effect| matches!(effect, Effect::Line(line::Effect::Open(_)));
        // Where the socket is lost, signing in is what brings the call back.
        let reaches = |call: &Call| !call.is_over() && call.socket == Socket::Up;
        let asks = matches!(self.before.phone.line, Line::Waiting { .. })
            && self.effects.contains(&Effect::Line(line::Effect::AskForToken));
        let replaced = self.effects.iter().any(opens);
        let mut calls = self.phone.calls.iter();
        if let Some(call) =
            calls.find(|call| (replaced && carried(call)) || (asks && reaches(call)))
        {
            return Some(format!("call {} goes on on the line that is to be replaced", call.id));
        }
        if !self.effects.contains(&Effect::Line(line::Effect::SignInAnew)) {
            return None;
        }
        let dials =
            matches!(self.phone.dialling, Dialling::Asked { .. } | Dialling::Granted { .. });
        let alive = self.phone.has_live_call();
        (alive || dials).then(|| format!("a call lives: {alive}, one is dialled: {dials}"))
    }
}
