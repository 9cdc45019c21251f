//! The bystander: what somebody remembers who hears what the phone is told and sees what it does.
//!
//! The rules are about this memory and the phone together, so that a phone cannot be its own witness.

use call::api::Placed;
use call::call::{Event as CallEvent, Server, Telnyx};
use call::history::What;
use call::phone::{Effect, Event, Phone};

use crate::world::{CALLS, OLD, SAME, id, number};

/// What a bystander who hears what the phone is told, and sees what it does, remembers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Seen {
    /// The tones that play.
    pub(crate) tones: Set,
    /// Whether the phone said that it expects a call, and none has come since.
    pub(crate) expects: bool,
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
    /// Whether our server calls the far end for it.
    pub(crate) controlled: bool,
    /// Whether it was called here first, as expected: then Telnyx has to say, too, that the far end answered.
    pub(crate) asked: bool,
    /// Whether the SDK said `active` of such a call.
    pub(crate) up: bool,
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

impl Seen {
    /// What the bystander remembers after this step.
    pub(crate) fn after(&self, event: &Event, phone: &Phone, effects: &[Effect]) -> Self {
        let mut seen = self.clone();
        seen.hears(event, phone);
        for effect in effects {
            seen.sees(effect);
        }
        if let Event::Incoming { id, asked: Some(_), .. } = event
            && effects.contains(&Effect::Call(id.clone(), call::call::Effect::Answer))
        {
            let call = &mut seen.calls[number(id)];
            (call.asked, call.controlled) = (true, true);
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
            Event::Incoming { id, asked, .. } => {
                self.expects &= asked.is_none();
                let call = &mut self.calls[number(id)];
                (call.given, call.at_sdk) = (true, true);
                return;
            }
            Event::Granted { placed: Placed { id, controlled, .. }, .. } => {
                let call = &mut self.calls[number(id)];
                (call.given, call.controlled) = (true, *controlled);
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
                call.up |= call.asked && answers;
                let both = !call.asked || call.answered_there;
                call.answered |= answers && alive && !call.ended && both;
            }
            CallEvent::Overdue(fired) => call.timers = call.timers.without(*fired as u16),
            CallEvent::HangUp if call.born && !call.ended => call.unwanted = true,
            CallEvent::Telnyx(Telnyx::Answered { .. }) if call.born => {
                call.answered_there = true;
                let alive = phone.call(id).is_some_and(|call| !call.is_over());
                call.answered |= call.up && alive && !call.ended;
            }
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
            Effect::Testify(id, _, What::Ended { .. }) => self.calls[number(id)].ends_told += 1,
            Effect::NewCall { placed, .. } => self.calls[number(&placed.id)].at_sdk = true,
            Effect::Testify(_, _, What::Expecting) => self.expects = true,
            Effect::Testify(..) | Effect::Line(_) | Effect::AskForCall { .. } => {}
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
