//! What is explored: a phone, and a bystander.
//!
//! Two worlds are the same if nothing that can follow tells them apart. So what no transition reads is left out:
//! times (the phone keeps them to show them and never decides by them, see [`World::settled`]), the keys
//! pressed, Telnyx's ids, the words for why a call ended.

use call::call::{Ask, Call, Ending, HangUp, Hold, Object, Socket, Sound, Stage, Testimony, Why};
use call::cause::{Cause, Outcome, Side};
use call::ids::{CallId, TelnyxIds};
use call::line::Line;
use call::phone::{Dialling, Input, Phone};
use call::time::Millis;

use crate::seen::{Seen, SeenCall};

/// When everything that has happened happened.
pub(crate) const THEN: Millis = Millis(1_000);
/// When everything that happens now happens.
pub(crate) const NOW: Millis = Millis(61_000);

/// How many calls a world has, at most.
pub(crate) const CALLS: usize = 2;

/// The id of the call numbered so.
pub(crate) fn id(number: usize) -> CallId {
    CallId(["a", "b"][number].to_owned())
}

/// The number of the call with this id.
pub(crate) fn number(id: &CallId) -> usize {
    usize::from(id.as_str() != "a")
}

/// Which part of all that can happen is explored: with everything at once the states would be too many to visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    /// The line, signing in and dialling, with a call on it of which little is told.
    Line,
    /// One call, and all that can happen to it.
    OneCall,
    /// One call that our server puts through, and all that can be said of its far end; what else can happen to a call does
    /// not depend on who puts it through.
    PutThrough,
    /// Two calls, and all that can make one of them matter to the other.
    TwoCalls,
}

impl Part {
    pub(crate) const ALL: [Self; 4] = [Self::Line, Self::OneCall, Self::PutThrough, Self::TwoCalls];

    /// How many calls there can be.
    pub(crate) const fn calls(self) -> usize {
        match self {
            Self::Line | Self::OneCall | Self::PutThrough => 1,
            Self::TwoCalls => 2,
        }
    }
}

/// A phone and its bystander.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct World {
    pub(crate) part: Part,
    pub(crate) phone: Phone,
    pub(crate) seen: Seen,
}

impl World {
    /// A phone that may dial, and has not.
    pub(crate) fn start(part: Part) -> Self {
        let phone = Phone { line: Line::Ready, ..Phone::default() };
        Self { part, phone, seen: Seen { line_ready: true, ..Seen::default() } }
    }

    /// This world with everything left out that nothing decides by.
    ///
    /// Each time becomes [`THEN`], so that the next step can tell what it wrote ([`NOW`]) from what was there.
    pub(crate) fn settled(mut self) -> Self {
        let phone = &mut self.phone;
        match &mut phone.line {
            Line::Lost { since } => *since = THEN,
            Line::Waiting { failures, again_at, .. } => {
                *failures = 1;
                *again_at = THEN;
            }
            Line::AskingForToken { failures } | Line::Registering { failures } => *failures = 0,
            Line::Off | Line::Ready | Line::Doubted => {}
        }
        if self.part != Part::Line {
            // No call is any different for it.
            (phone.input, phone.out_of_reach) = (Input::Usable, false);
            let Seen { tones, expects, calls, .. } = self.seen;
            self.seen = Seen { tones, expects, calls, ..Seen::default() };
        }
        phone.attempts = 1;
        if let Dialling::Asked { attempt, .. } = &mut phone.dialling {
            *attempt = 1;
        }
        phone.past.make_contiguous().sort();
        phone.calls.iter_mut().for_each(settle);
        for (number, seen) in self.seen.calls.iter_mut().enumerate() {
            // Telnyx's word for it says nothing new once the SDK has said so.
            seen.answered_there &= !seen.answered;
            // Who hangs up holds nothing any more.
            seen.told_off_hold &= !seen.unwanted;
            if seen.ended {
                let server_told = seen.server_told && self.phone.call(&id(number)).is_some();
                // What it was no longer matters; and without a reason nobody is told anything any more.
                *seen = SeenCall {
                    given: true,
                    controlled: seen.controlled && self.phone.call(&id(number)).is_some(),
                    at_sdk: seen.at_sdk,
                    born: true,
                    ended: true,
                    sdk_told: true,
                    server_told,
                    attached: seen.attached,
                    microphone: seen.microphone,
                    timers: seen.timers,
                    ends_told: seen.ends_told,
                    ..SeenCall::default()
                };
            }
        }
        self
    }
}

fn settle(call: &mut Call) {
    call.began = THEN;
    call.ids = TelnyxIds::default();
    // Of a page that was loaded anew, none may have spoken yet; once the call is over that makes no difference.
    if call.is_over() || call.leg.object != Object::BEFORE {
        call.leg.object = Object(1);
    }
    if let Socket::Down { since } | Socket::Away { since, .. } = &mut call.socket {
        *since = THEN;
    }
    if let HangUp::Asked(asked) = &mut call.hang_up {
        asked.at = THEN;
    }
    if let HangUp::Asked(_) = call.hang_up
        && let Stage::Talking(talking) = &mut call.stage
    {
        // It is not held any more, and its sound not waited for.
        talking.hold = Hold { held: false, ask: Ask::Settled };
        (call.leg.up, call.leg.sound, call.leg.warning) = (true, Sound::Connected, None);
    }
    call.trouble = None;
    call.telnyx.answered = call.telnyx.answered.map(|_| THEN);
    call.telnyx.ended = call.telnyx.ended.take().map(|_| ending());
    match &mut call.stage {
        Stage::Calling(calling) => calling.ringing = calling.ringing.map(|_| THEN),
        Stage::Incoming(incoming) => incoming.taken = incoming.taken.map(|_| THEN),
        Stage::Talking(talking) => {
            talking.since = THEN;
            talking.rang = None;
            talking.digits.clear();
            call.telnyx.answered = None;
        }
        Stage::Over(over) => {
            over.at = THEN;
            over.outcome = Outcome::Failed;
            over.cause = Cause::Normal;
            over.by = Side::Network;
            over.rang_ms = None;
            over.talked_ms = None;
            call.telnyx = Testimony::default();
            if let HangUp::Asked(asked) = &mut call.hang_up {
                asked.why = Why::Person;
            }
        }
    }
}

/// An ending by Telnyx's word.
pub(crate) fn ending() -> Ending {
    Ending { at: THEN, cause: Cause::Normal, by: Side::Them }
}

/// An object of the SDK's that another has replaced.
pub(crate) const OLD: Object = Object(0);
/// The object that speaks for a call.
pub(crate) const SAME: Object = Object(1);
/// An object that takes its place.
pub(crate) const NEW: Object = Object(2);
