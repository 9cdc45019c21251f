//! What is explored: a phone, and what a bystander would remember of it.
//!
//! Two worlds are the same if nothing that can follow tells them apart. So what no transition reads is left out:
//! times (the phone keeps them to show them and never decides by them, see [`World::settled`]), the keys
//! pressed, Telnyx's ids, the words for why a call ended.

use call::api::Placed;
use call::call::{
    Call, Ending, Event as CallEvent, HangUp, Object, Server, Socket, Stage, Telnyx, Testimony, Why,
};
use call::cause::{Cause, Outcome, Side};
use call::history::What;
use call::ids::{CallId, TelnyxIds};
use call::line::Line;
use call::phone::{Dialling, Effect, Event, Phone};
use call::time::Millis;

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
    /// Two calls, and all that can make one of them matter to the other.
    TwoCalls,
}

impl Part {
    pub(crate) const ALL: [Self; 3] = [Self::Line, Self::OneCall, Self::TwoCalls];

    /// How many calls there can be.
    pub(crate) const fn calls(self) -> usize {
        match self {
            Self::Line | Self::OneCall => 1,
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

/// What a bystander who hears what the phone is told, and sees what it does, remembers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Seen {
    /// The tones that play.
    pub(crate) tones: Set,
    /// The calls.
    pub(crate) calls: [SeenCall; CALLS],
}

/// A small set, by the places its members have in their enum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Set(u16);

impl Set {
    pub(crate) const fn has(self, place: u16) -> bool {
        self.0 & (1 << place) != 0
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) const fn without(self, place: u16) -> Self {
        Self(self.0 & !(1 << place))
    }

    const fn with(self, place: u16) -> Self {
        Self(self.0 | (1 << place))
    }
}

/// What the bystander remembers of one call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one thing that was or was not seen; any may go with any"
)]
pub(crate) struct SeenCall {
    /// Whether its id was given out.
    pub(crate) given: bool,
    /// Whether the SDK knows of it, and so may speak of it.
    pub(crate) at_sdk: bool,
    /// Whether it has been on screen, alive.
    pub(crate) born: bool,
    /// Whether it has ended here.
    pub(crate) ended: bool,
    /// Whether the SDK said that it was answered.
    pub(crate) answered: bool,
    /// Whether the person asked for the end.
    pub(crate) unwanted: bool,
    /// Whether the SDK was told to hang up, and has given no reason to be told again.
    pub(crate) sdk_told: bool,
    /// Whether our server was, and has not said that it could not.
    pub(crate) server_told: bool,
    /// Whether the far end is attached to an audio element.
    pub(crate) attached: bool,
    /// Whether the SDK has our microphone for it.
    pub(crate) microphone: bool,
    /// Whether the track was ordered to be shut since it is there.
    pub(crate) shut: bool,
    /// The timers that run. One that has fired does not.
    pub(crate) timers: Set,
    /// Telnyx said that it was answered.
    pub(crate) answered_there: bool,
    /// Telnyx said that it is over.
    pub(crate) over_there: bool,
    /// How often the record was told of its end: up to twice.
    pub(crate) ends_told: u8,
}

impl World {
    /// A phone that may dial, and has not.
    pub(crate) fn start(part: Part) -> Self {
        let phone = Phone { line: Line::Ready, ..Phone::default() };
        Self { part, phone, seen: Seen::default() }
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
            Line::AskingForToken { failures } => *failures = 0,
            Line::Off | Line::Registering | Line::Ready => {}
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
            if seen.ended {
                let server_told = seen.server_told && self.phone.call(&id(number)).is_some();
                // What it was no longer matters; and without a reason nobody is told anything any more.
                *seen = SeenCall {
                    given: true,
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
    call.leg.object = Object(1);
    if let Socket::Down { since } = &mut call.socket {
        *since = THEN;
    }
    if let HangUp::Asked(asked) = &mut call.hang_up {
        asked.at = THEN;
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

impl Seen {
    /// What the bystander remembers after this step.
    pub(crate) fn after(&self, event: &Event, phone: &Phone, effects: &[Effect]) -> Self {
        let mut seen = self.clone();
        seen.hears(event, phone);
        for effect in effects {
            seen.sees(effect);
        }
        for (number, call) in seen.calls.iter_mut().enumerate() {
            let id = id(number);
            match phone.call(&id) {
                Some(on_screen) if !on_screen.is_over() => call.born = true,
                Some(_) => (call.born, call.ended) = (true, true),
                None => call.ended |= call.born || call.ends_told > 0 || phone.past.contains(&id),
            }
        }
        seen
    }

    fn hears(&mut self, event: &Event, phone: &Phone) {
        let (id, event) = match event {
            Event::Call(id, event) => (id, event),
            Event::Incoming { id, .. } => {
                let call = &mut self.calls[number(id)];
                (call.given, call.at_sdk) = (true, true);
                return;
            }
            Event::Granted { placed: Placed { id, .. }, .. } => {
                self.calls[number(id)].given = true;
                return;
            }
            _ => return,
        };
        let call = &mut self.calls[number(id)];
        match event {
            CallEvent::Sdk(object, state) if *object > OLD => {
                // It lives: it has the microphone, and whoever told it to hang up may do so again.
                call.microphone = true;
                if *object > SAME {
                    call.shut = false;
                }
                call.sdk_told &= *object == SAME && !call.ended;
                let answers = matches!(state, call::call::Sdk::Active | call::call::Sdk::Held);
                let alive = phone.call(id).is_some_and(|call| !call.is_over());
                call.answered |= answers && alive && !call.ended;
            }
            CallEvent::Overdue(fired) => call.timers = call.timers.without(*fired as u16),
            CallEvent::HangUp if call.born && !call.ended => call.unwanted = true,
            CallEvent::Telnyx(Telnyx::Answered { .. }) if call.born => call.answered_there = true,
            CallEvent::Telnyx(Telnyx::Ended(_)) if call.born => call.over_there = true,
            CallEvent::ServerSaid(Server::NotKnown | Server::Unreachable) => {
                call.server_told = false;
            }
            _ => {}
        }
    }

    fn sees(&mut self, effect: &Effect) {
        use call::call::Effect as Do;
        match effect {
            Effect::Play(tone) => self.tones = self.tones.with(*tone as u16),
            Effect::Silence(tone) => self.tones = self.tones.without(*tone as u16),
            Effect::Testify(id, What::Ended { .. }) => self.calls[number(id)].ends_told += 1,
            Effect::NewCall { placed, .. } => self.calls[number(&placed.id)].at_sdk = true,
            Effect::Testify(_, _) | Effect::Line(_) | Effect::AskForCall { .. } => {}
            Effect::Call(id, effect) => {
                let call = &mut self.calls[number(id)];
                match effect {
                    Do::HangUpSdk => call.sdk_told = true,
                    Do::HangUpServer => call.server_told = true,
                    Do::AttachAudio => call.attached = true,
                    Do::DetachAudio => call.attached = false,
                    Do::ReleaseMicrophone => call.microphone = false,
                    Do::Mute(shut) => call.shut = *shut,
                    Do::StartTimer(watch) => call.timers = call.timers.with(*watch as u16),
                    Do::CancelTimer(watch) => call.timers = call.timers.without(*watch as u16),
                    Do::Testify(What::Ended { .. }) => {
                        call.ends_told = (call.ends_told + 1).min(2);
                    }
                    Do::Testify(_) | Do::Answer | Do::AskServer | Do::Hold(_) | Do::SendDtmf(_) => {
                    }
                }
            }
        }
    }
}

/// An object of the SDK's that another has replaced.
pub(crate) const OLD: Object = Object(0);
/// The object that speaks for a call.
pub(crate) const SAME: Object = Object(1);
/// An object that takes its place.
pub(crate) const NEW: Object = Object(2);
