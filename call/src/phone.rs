//! The phone: is it signed in, is somebody dialling, which call is there.
//!
//! The same shape as one call: events in, the next phone and its effects out. The phone owns what
//! no single call can: the line to Telnyx and the question "may I dial?".

use crate::api::{Placed, ProblemCode};
use crate::call::{self, Call, Sdk, Stage};
use crate::cause::{Cause, Side};
use crate::history::What;
use crate::ids::CallId;
use crate::line::{self, Line};
use crate::number::{NotANumber, Number};
use crate::time::Millis;

/// What is being dialled, before there is a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dialling {
    /// Nothing.
    Idle,
    /// What was entered is no number.
    NotANumber(NotANumber),
    /// Our server was asked for a call.
    Asked {
        /// Whom to call.
        to: Number,
        /// Which attempt this is; answers to earlier ones are stale.
        attempt: u32,
    },
    /// The SDK was told to dial; its `new` makes it a call.
    Granted {
        /// Whom to call.
        to: Number,
        /// The id it will have.
        id: CallId,
    },
    /// It could not be dialled.
    Refused(Refusal),
}

/// Why a number was not dialled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The line is not ready.
    NotReady,
    /// Our server does not answer.
    ServerUnreachable,
    /// Our server said no.
    Server(ProblemCode),
    /// The SDK would not dial.
    Sdk,
}

/// Everything that can happen to the phone.
#[derive(Clone, PartialEq, Eq)]
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
    /// The person has read how the call ended.
    Dismiss,
    /// Something happened to a call.
    Call(CallId, call::Event),
}

/// What the phone wants done.
#[derive(Clone, PartialEq, Eq)]
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
    /// Tell the SDK to decline a call we have no place for; the far end hears that we are busy.
    Decline(CallId),
    /// Tell the server about a call that never came to be.
    Testify(CallId, What),
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    /// The line to Telnyx.
    pub line: Line,
    /// What is being dialled.
    pub dialling: Dialling,
    /// The call there is, or the one that has just ended.
    pub call: Option<Call>,
    /// How many dials were asked for.
    attempts: u32,
}

impl Default for Phone {
    fn default() -> Self {
        Self { line: Line::Off, dialling: Dialling::Idle, call: None, attempts: 0 }
    }
}

impl Phone {
    /// Moves the phone forward by one event.
    #[must_use = "the effects are requests; dropping them drops the phone's wishes"]
    pub fn step(self, event: Event, now: Millis) -> (Self, Vec<Effect>) {
        match event {
            Event::Line(event) => self.line_event(event, now),
            Event::Dial { written } => self.dial(&written),
            Event::Edited => self.edited(),
            Event::GiveUp => match &self.dialling {
                // The grant that may still come is stale by then.
                Dialling::Asked { .. } => self.with_dialling(Dialling::Idle),
                Dialling::Granted { id, .. } => {
                    let decline = Effect::Decline(id.clone());
                    let (phone, mut effects) = self.with_dialling(Dialling::Idle);
                    effects.push(decline);
                    (phone, effects)
                }
                Dialling::Idle | Dialling::NotANumber(_) | Dialling::Refused(_) => (self, vec![]),
            },
            Event::Granted { attempt, placed } => self.granted(attempt, placed),
            Event::Denied { attempt, why } => match &self.dialling {
                Dialling::Asked { attempt: asked, .. } if *asked == attempt => {
                    self.with_dialling(Dialling::Refused(why))
                }
                Dialling::Idle
                | Dialling::NotANumber(_)
                | Dialling::Asked { .. }
                | Dialling::Granted { .. }
                | Dialling::Refused(_) => (self, vec![]),
            },
            Event::DialFailed(id) => match &self.dialling {
                Dialling::Granted { id: granted, .. } if *granted == id => {
                    let ended = What::Ended {
                        cause: Cause::Other("newCall".to_owned()),
                        by: Side::Network,
                    };
                    let (phone, mut effects) = self.with_dialling(Dialling::Refused(Refusal::Sdk));
                    effects.push(Effect::Testify(id, ended));
                    (phone, effects)
                }
                Dialling::Idle
                | Dialling::NotANumber(_)
                | Dialling::Asked { .. }
                | Dialling::Granted { .. }
                | Dialling::Refused(_) => (self, vec![]),
            },
            Event::Dismiss => match &self.call {
                Some(call) if call.is_over() => {
                    // With the ending goes what was said about calling again.
                    Self { call: None, ..self }.edited()
                }
                Some(_) | None => (self, vec![]),
            },
            Event::Call(id, event) => self.call_event(id, event, now),
        }
    }

    /// Which screen to show.
    #[must_use]
    pub fn screen(&self) -> Screen<'_> {
        match &self.call {
            None => Screen::Dialer,
            Some(call) => match &call.stage {
                Stage::Calling(calling) => Screen::Calling(call, calling),
                Stage::Talking(talking) => Screen::InCall(call, talking),
                Stage::Over(over) => Screen::Ended(call, over),
            },
        }
    }

    /// Whether a call is going on.
    #[must_use]
    pub fn has_live_call(&self) -> bool {
        self.call.as_ref().is_some_and(|call| !call.is_over())
    }

    fn line_event(self, event: line::Event, now: Millis) -> (Self, Vec<Effect>) {
        let (phone, mut effects) =
            if event == line::Event::SignedOut { self.emptied(now) } else { (self, vec![]) };
        let (line, effect) = phone.line.step(event, now);
        effects.extend(effect.map(Effect::Line));
        let ready_now =
            line == Line::Ready && phone.dialling == Dialling::Refused(Refusal::NotReady);
        // What kept the number from being dialled is over.
        let dialling = if ready_now { Dialling::Idle } else { phone.dialling };
        (Self { line, dialling, ..phone }, effects)
    }

    /// Forgets what was said about a number that is no longer the one.
    fn edited(self) -> (Self, Vec<Effect>) {
        match self.dialling {
            Dialling::NotANumber(_) | Dialling::Refused(_) => self.with_dialling(Dialling::Idle),
            Dialling::Idle | Dialling::Asked { .. } | Dialling::Granted { .. } => (self, vec![]),
        }
    }

    /// What a phone holds is its agent's: the next one starts with an empty phone. A call that goes on is
    /// hung up, and nothing of it is heard any more.
    fn emptied(self, now: Millis) -> (Self, Vec<Effect>) {
        let Some(call) = self.call else { return (Self::default(), vec![]) };
        let id = call.id.clone();
        let (call, asked) = call.step(call::Event::HangUp, now);
        let (_, ended) = call.step(call::Event::Sdk(Sdk::Over(Some(Cause::Normal))), now);
        (Self::default(), of(asked.into_iter().chain(ended), &id))
    }

    fn with_dialling(self, dialling: Dialling) -> (Self, Vec<Effect>) {
        (Self { dialling, ..self }, vec![])
    }

    fn dial(self, written: &str) -> (Self, Vec<Effect>) {
        let busy = self.has_live_call()
            || matches!(self.dialling, Dialling::Asked { .. } | Dialling::Granted { .. });
        if busy {
            // A second press does nothing.
            return (self, vec![]);
        }
        let to = match Number::parse(written) {
            Ok(to) => to,
            Err(why) => return self.with_dialling(Dialling::NotANumber(why)),
        };
        if self.line != Line::Ready {
            return self.with_dialling(Dialling::Refused(Refusal::NotReady));
        }
        let attempt = self.attempts + 1;
        let phone = Self {
            attempts: attempt,
            dialling: Dialling::Asked { to: to.clone(), attempt },
            ..self
        };
        (phone, vec![Effect::AskForCall { attempt, to }])
    }

    fn granted(self, attempt: u32, placed: Placed) -> (Self, Vec<Effect>) {
        match self.dialling.clone() {
            Dialling::Asked { to, attempt: asked } if asked == attempt => {
                let dialling = Dialling::Granted { to: to.clone(), id: placed.id.clone() };
                (Self { dialling, ..self }, vec![Effect::NewCall { to, placed }])
            }
            // The person gave up while our server was thinking: nothing is dialled, and the
            // row the server made says why it stays empty.
            Dialling::Idle
            | Dialling::NotANumber(_)
            | Dialling::Asked { .. }
            | Dialling::Granted { .. }
            | Dialling::Refused(_) => {
                let ended = What::Ended { cause: Cause::Cancelled, by: Side::Us };
                (self, vec![Effect::Testify(placed.id, ended)])
            }
        }
    }

    fn call_event(self, id: CallId, event: call::Event, now: Millis) -> (Self, Vec<Effect>) {
        match (&self.dialling, &self.call) {
            (_, Some(call)) if call.id == id => {
                let Self { call, .. } = self;
                let stepped = call.map(|call| call.step(event, now));
                match stepped {
                    Some((call, effects)) => {
                        let effects = of(effects, &id);
                        (Self { call: Some(call), ..self }, effects)
                    }
                    None => (Self { call: None, ..self }, vec![]),
                }
            }
            (Dialling::Granted { to, id: granted }, _) if *granted == id => match event {
                call::Event::Sdk(Sdk::Over(_)) => {
                    self.with_dialling(Dialling::Refused(Refusal::Sdk))
                }
                // Only the SDK's word makes it a call, whatever state it names first.
                call::Event::Sdk(
                    state @ (Sdk::New
                    | Sdk::Requesting
                    | Sdk::Trying
                    | Sdk::Early
                    | Sdk::Ringing
                    | Sdk::Answering
                    | Sdk::Recovering
                    | Sdk::Active
                    | Sdk::Held),
                ) => {
                    let (call, began) = Call::dialled(id.clone(), to.clone(), now);
                    let (call, then) = call.step(call::Event::Sdk(state), now);
                    let effects = of(began.into_iter().chain(then), &id);
                    (Self { dialling: Dialling::Idle, call: Some(call), ..self }, effects)
                }
                call::Event::HangUp
                | call::Event::Mute(_)
                | call::Event::Hold(_)
                | call::Event::Press(_)
                | call::Event::Identified(_)
                | call::Event::FarEndRings
                | call::Event::RemoteStream
                | call::Event::Connection(_)
                | call::Event::MicrophoneIs { .. }
                | call::Event::HoldRefused
                | call::Event::Trouble(_)
                | call::Event::HangUpOverdue => (self, vec![]),
            },
            // An inbound call, or one given up before the SDK had named it: there is no place for it.
            (_, _) => match event {
                call::Event::Sdk(
                    Sdk::New | Sdk::Ringing | Sdk::Recovering | Sdk::Active | Sdk::Held,
                ) => (self, vec![Effect::Decline(id)]),
                call::Event::Sdk(
                    Sdk::Requesting | Sdk::Trying | Sdk::Early | Sdk::Answering | Sdk::Over(_),
                )
                | call::Event::HangUp
                | call::Event::Mute(_)
                | call::Event::Hold(_)
                | call::Event::Press(_)
                | call::Event::Identified(_)
                | call::Event::FarEndRings
                | call::Event::RemoteStream
                | call::Event::Connection(_)
                | call::Event::MicrophoneIs { .. }
                | call::Event::HoldRefused
                | call::Event::Trouble(_)
                | call::Event::HangUpOverdue => (self, vec![]),
            },
        }
    }
}

/// A call's wishes as the phone's.
fn of(effects: impl IntoIterator<Item = call::Effect>, id: &CallId) -> Vec<Effect> {
    effects.into_iter().map(|effect| Effect::Call(id.clone(), effect)).collect()
}
