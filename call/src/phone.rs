//! The phone: is it signed in, is somebody dialling, which calls are there, and which of them is heard.
//!
//! The same shape as one call: events in, the next phone and its effects out. The phone owns what
//! no single call can: the line to Telnyx, the question "may I dial?", and that of several calls one
//! talks and the rest are held.

mod back;
mod calls;
mod dialling;
mod expecting;
mod reach;
mod wants;

use serde::{Deserialize, Serialize};

use std::collections::VecDeque;

pub use dialling::{Dialling, Refusal};
pub use expecting::Expected;
pub use reach::{Input, OUT_OF_REACH_MS, Reach};
pub use wants::Tone;

use crate::api::Placed;
use crate::call::{self, Call, Kept, Object, Party, Stage};
use crate::history::What;
use crate::ids::{CallId, TelnyxIds};
use crate::line::{self, Line, Renewal};
use crate::number::Number;
use crate::time::Millis;
use calls::of;
use wants::{Chance, Wants};

/// How many calls may live at once. One more that comes in hears that we are busy.
pub const MOST_CALLS: usize = 4;

/// How many calls that are over are remembered by id, so that none comes back as a stranger.
pub const REMEMBERED: usize = 32;

/// Everything that can happen to the phone.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Something happened to the line.
    Line(line::Event),
    /// The person asked to dial what is in the number field.
    Dial {
        /// As it was written.
        written: String,
    },
    /// The person changed the number field: what was said about the old one no longer holds.
    Edited,
    /// The person gave up before there was a call.
    GiveUp,
    /// Our server gave out a call.
    Granted {
        /// The attempt it answers.
        attempt: u32,
        /// The call.
        placed: Placed,
    },
    /// Our server, or the way to it, said no.
    Denied {
        /// The attempt it answers.
        attempt: u32,
        /// Why.
        why: Refusal,
    },
    /// The SDK threw when it was told to dial.
    DialFailed(CallId),
    /// The SDK said `ringing` of a call that somebody makes to us.
    Incoming {
        /// The SDK's id for it.
        id: CallId,
        /// The SDK's object for it.
        object: Object,
        /// Who calls.
        from: Party,
        /// Telnyx's names for it, as the invite brought them.
        ids: TelnyxIds,
        /// Our server's name for it, where the invite brought one: a call that our server has made.
        asked: Option<CallId>,
    },
    /// Our server says that a program asked for this call: it will call here first.
    Expect {
        /// Our server's name for it.
        id: CallId,
        /// Whom it will call then.
        to: Number,
    },
    /// The page was loaded anew, and these were the calls of the one before.
    Resumed {
        /// What that one kept, oldest first.
        kept: Vec<Kept>,
        /// When it was last there.
        since: Millis,
    },
    /// The person turned to this one of several calls: it is to talk, the others are to be held.
    Take(CallId),
    /// The person has read how the call ended.
    Dismiss,
    /// The browser says something of the microphone.
    Input(Input),
    /// Calls have been out of reach for [`OUT_OF_REACH_MS`].
    OutOfReach,
    /// Something happened to a call.
    Call(CallId, call::Event),
}

impl Event {
    /// The call that something happened to; none if it happened to the phone.
    #[must_use]
    pub const fn of_call(&self) -> Option<&CallId> {
        match self {
            Self::Call(id, _) => Some(id),
            Self::Line(_)
            | Self::Dial { .. }
            | Self::Edited
            | Self::GiveUp
            | Self::Granted { .. }
            | Self::Denied { .. }
            | Self::DialFailed(_)
            | Self::Incoming { .. }
            | Self::Resumed { .. }
            | Self::Expect { .. }
            | Self::Take(_)
            | Self::Dismiss
            | Self::Input(_)
            | Self::OutOfReach => None,
        }
    }
}

/// What the phone wants done.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Effect {
    /// The line's own wish.
    Line(line::Effect),
    /// Ask our server for a call.
    AskForCall {
        /// Which attempt.
        attempt: u32,
        /// Whom to call.
        to: Number,
    },
    /// Tell the SDK to dial.
    NewCall {
        /// Whom to call.
        to: Number,
        /// Under which id, showing which number.
        placed: Placed,
    },
    /// Play a tone until it is silenced.
    Play(Tone),
    /// Stop a tone.
    Silence(Tone),
    /// Report [`Event::OutOfReach`] after [`OUT_OF_REACH_MS`].
    StartReachTimer,
    /// Do not report it after all.
    CancelReachTimer,
    /// Tell the server about a call that never came to be, and what Telnyx calls it.
    Testify(CallId, TelnyxIds, What),
    /// A call's own wish.
    Call(CallId, call::Effect),
}

/// Which screen is shown: a function of the phone, so that no click can choose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen<'a> {
    /// The dialer.
    Dialer,
    /// A call nobody answered yet.
    Calling(&'a Call, &'a call::Calling),
    /// A call that was answered.
    InCall(&'a Call, &'a call::Talking),
    /// How the last call ended.
    Ended(&'a Call, &'a call::Over),
}

/// The phone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Phone {
    /// The line to Telnyx.
    pub line: Line,
    /// Whether the line's token has a successor.
    pub renewal: Renewal,
    /// This browser's microphone.
    pub input: Input,
    /// Whether calls have been out of reach for [`OUT_OF_REACH_MS`].
    pub out_of_reach: bool,
    /// What is being dialled.
    pub dialling: Dialling,
    /// The calls there are, oldest first, and the one that ended last, until that is read.
    pub calls: Vec<Call>,
    /// The call that is heard and talked to. Every other one is silent here and held there.
    pub front: Option<CallId>,
    /// The calls that were here and are no more, oldest first: at most [`REMEMBERED`].
    pub past: VecDeque<CallId>,
    /// How many dials were asked for.
    pub attempts: u32,
    /// The call that is answered by itself when it comes.
    pub expected: Option<Expected>,
}

impl Default for Phone {
    fn default() -> Self {
        Self {
            line: Line::Off,
            renewal: Renewal::Fresh,
            input: Input::Usable,
            out_of_reach: false,
            dialling: Dialling::Idle,
            calls: Vec::new(),
            front: None,
            past: VecDeque::new(),
            attempts: 0,
            expected: None,
        }
    }
}

impl Phone {
    /// Moves the phone forward by one event.
    #[must_use = "the effects are requests; dropping them drops the phone's wishes"]
    pub fn step(self, event: Event, now: Millis) -> (Self, Vec<Effect>) {
        let before = Wants::of(&self);
        let chance = Chance::in_event(&event);
        let (phone, mut effects) = self.happens(event, now);
        let (phone, ordered) = phone.in_order(now);
        effects.extend(ordered);
        let (phone, anew) = phone.between_calls();
        effects.extend(anew);
        before.turn_into(&Wants::of(&phone), chance.as_ref(), &mut effects);
        (phone, effects)
    }

    fn happens(mut self, event: Event, now: Millis) -> (Self, Vec<Effect>) {
        self.input = self.input_after(&event);
        match event {
            Event::Line(event) => self.line_event(event, now),
            Event::Dial { written } => self.dial(&written),
            Event::Edited => (self.edited(), vec![]),
            Event::GiveUp => self.give_up(),
            Event::Granted { attempt, placed } => self.granted(attempt, placed),
            Event::Denied { attempt, why } => (self.denied(attempt, why), vec![]),
            Event::DialFailed(id) => self.dial_failed(id),
            Event::Incoming { id, object, from, ids, asked } => {
                match self.takes_expected(asked.as_ref()) {
                    (phone, Some(expected)) => phone.expected_call(id, object, ids, expected, now),
                    (phone, None) => phone.incoming_call(id, object, from, ids, now),
                }
            }
            Event::Resumed { kept, since } => self.takes_up(kept, since, now),
            Event::Expect { id, to } => self.expect(id, to),
            Event::Take(id) => self.take(&id, now),
            Event::Dismiss => (self.without_endings().edited(), vec![]),
            Event::Input(_) => (self, vec![]),
            Event::OutOfReach => {
                self.out_of_reach = true;
                (self, vec![])
            }
            Event::Call(id, event) => self.call_event(id, event, now),
        }
    }

    /// Which screen to show. Calls that ring here are shown beside it: [`Phone::ringing_here`].
    #[must_use]
    pub fn screen(&self) -> Screen<'_> {
        let ended = || {
            self.calls.iter().rev().find_map(|call| match &call.stage {
                Stage::Over(over) => Some(Screen::Ended(call, over)),
                Stage::Calling(_) | Stage::Incoming(_) | Stage::Talking(_) => None,
            })
        };
        self.shown().and_then(living).or_else(ended).unwrap_or(Screen::Dialer)
    }

    /// The living call whose screen is shown: the one in front, else the newest that was dialled or answered.
    #[must_use]
    pub fn shown(&self) -> Option<&Call> {
        let front = self.front.as_ref().and_then(|id| self.call(id));
        front.into_iter().chain(self.calls.iter().rev()).find(|call| living(call).is_some())
    }

    /// The calls that ring here and are not answered yet, oldest first.
    pub fn ringing_here(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(|call| matches!(call.stage, Stage::Incoming(_)))
    }

    /// The living calls beside the one that is shown, oldest first.
    pub fn beside(&self) -> impl Iterator<Item = &Call> {
        let shown = self.shown().map(|call| &call.id);
        self.calls.iter().filter(move |call| living(call).is_some() && Some(&call.id) != shown)
    }

    /// The call with this id, living or ended last.
    #[must_use]
    pub fn call(&self, id: &CallId) -> Option<&Call> {
        self.calls.iter().find(|call| call.id == *id)
    }

    /// Whether a call is going on.
    #[must_use]
    pub fn has_live_call(&self) -> bool {
        self.calls.iter().any(|call| !call.is_over())
    }

    fn line_event(mut self, event: line::Event, now: Millis) -> (Self, Vec<Effect>) {
        let event = match self.renewal.step(event, self.line) {
            Ok((renewal, effects)) => {
                self.renewal = renewal;
                return (self, effects.into_iter().map(Effect::Line).collect());
            }
            Err(event) => event,
        };
        if event == line::Event::Overdue && self.line.is_up() {
            return self.nobody_answers(now);
        }
        let carries = self.carries_a_call();
        if event == line::Event::Again && carries && !self.waits_for_the_socket() {
            // The SDK goes on to bring its sound and its end.
            self.line = self.line.waits_longer(line::CARRIED_PAUSE_MS, now);
            let again = line::Effect::TryAgainIn(line::CARRIED_PAUSE_MS);
            return (self, vec![Effect::Line(again)]);
        }
        let was_up = self.line.is_up();
        let gave_up = matches!(event, line::Event::Failed(_));
        let closed = matches!(event, line::Event::SocketClosed | line::Event::GatewayFailed);
        let (phone, mut effects) =
            if event == line::Event::SignedOut { self.emptied(now) } else { (self, vec![]) };
        let (line, effect) = phone.line.step(event, now);
        let opened = matches!(effect, Some(line::Effect::Open(_)));
        let mut phone = Self { line, renewal: phone.renewal.on(line, opened), ..phone };
        if let Some(line::Effect::Open(token)) = &effect {
            let again = line::renew_in(token).map(line::Effect::RenewIn);
            effects.extend(again.map(Effect::Line));
            if !carries {
                // Nothing more will be heard of what was on the line that this one replaces.
                effects.extend(phone.tell_all(&call::Event::LineGone, now));
            }
        }
        // A line that gave up may have its socket still.
        if closed || (was_up && !phone.line.is_up() && !gave_up) {
            effects.extend(phone.tell_all(&call::Event::SocketClosed, now));
        }
        if phone.line == Line::Ready {
            if !was_up {
                effects.extend(phone.tell_all(&call::Event::SocketReady, now));
            }
            // What kept the number from being dialled is over.
            if phone.dialling == Dialling::Refused(Refusal::NotReady) {
                phone.dialling = Dialling::Idle;
            }
        }
        let effect = if carries && let Some(line::Effect::Open(token)) = &effect {
            Some(line::Effect::SignIn(token.clone()))
        } else {
            effect
        };
        effects.extend(effect.map(Effect::Line));
        (phone, effects)
    }

    /// The gateway does not answer on a line that is up. Between calls the line is opened anew. A call goes on: it
    /// is not cut off for a doubt, and a socket that is dead the SDK closes by itself.
    fn nobody_answers(mut self, now: Millis) -> (Self, Vec<Effect>) {
        if self.wants_of_line().is_none() {
            // Nobody waits for that any more.
            return (self, vec![]);
        }
        if !self.has_live_call() {
            let failed = line::Event::Failed(line::Trouble::TelnyxUnreachable);
            return self.line_event(failed, now);
        }
        if self.renewal == Renewal::UnderWay {
            // Once more after the call.
            self.renewal = Renewal::Held;
        }
        let again = if self.line == Line::Doubted {
            let limit = line::Effect::StartTimer(line::DOUBT_LIMIT_MS);
            vec![Effect::Line(line::Effect::AskWhetherRegistered), Effect::Line(limit)]
        } else {
            vec![]
        };
        (self, again)
    }

    /// Whether a call goes on that the SDK has on its line.
    fn carries_a_call(&self) -> bool {
        self.calls.iter().any(|call| !call.is_over() && !call.socket.is_away())
    }

    /// Whether all the calls that go on have lost their socket.
    fn waits_for_the_socket(&self) -> bool {
        self.calls.iter().all(|call| call.is_over() || call.socket != call::Socket::Up)
    }

    /// How long the line may stay as it is, in milliseconds, where that is for others to change.
    fn wants_of_line(&self) -> Option<u64> {
        let renews = self.line.is_up() && self.renewal == Renewal::UnderWay;
        self.line.limit_ms().or(renews.then_some(line::RENEWAL_LIMIT_MS))
    }
}

/// The screen of a call that was dialled or answered and is not over.
fn living(call: &Call) -> Option<Screen<'_>> {
    match &call.stage {
        Stage::Calling(calling) => Some(Screen::Calling(call, calling)),
        Stage::Talking(talking) => Some(Screen::InCall(call, talking)),
        Stage::Incoming(_) | Stage::Over(_) => None,
    }
}
