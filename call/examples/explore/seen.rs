//! The bystander: what somebody remembers who hears what the phone is told and sees what it does.
//!
//! The rules are about this memory and the phone together, so that a phone cannot be its own witness.

use call::api::Placed;
use call::call::{Call, Event as CallEvent, KeptStage, Sdk, Server, Stage, Telnyx};
use call::cause::Cause;
use call::history::What;
use call::line;
use call::party::Route;
use call::phone::{Effect, Event, Input, Phone};

use crate::world::{CALLS, OLD, SAME, id, number};

/// What a bystander who hears what the phone is told, and sees what it does, remembers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "as of a call: any may go with any")]
pub(crate) struct Seen {
    /// The tones that play.
    pub(crate) tones: Set,
    /// Whether the last word on the line was that it is ready.
    pub(crate) line_ready: bool,
    /// Whether the SDK signs in on its open socket.
    pub(crate) signs_in_anew: bool,
    /// The last word on the microphone.
    pub(crate) input: Input,
    /// Whether the timer runs after which it is said that calls may be missed.
    pub(crate) reach_timer: bool,
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
    /// Whether it is a call of a page before, of which no object has spoken here.
    pub(crate) away: bool,
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
    /// Whether our server says that the far end waits for what comes of a transfer.
    pub(crate) waits: bool,
    /// Whether the far end is attached to an audio element.
    pub(crate) attached: bool,
    /// Whether the SDK has our microphone for it.
    pub(crate) microphone: bool,
    /// Whether the track was ordered to be shut since it is there.
    pub(crate) shut: bool,
    /// Whether the object that speaks for it was told to take the call off hold, since it is on hold.
    pub(crate) told_off_hold: bool,
    /// The timers that run. One that has fired does not.
    pub(crate) timers: Set,
    /// Telnyx said that it was answered.
    pub(crate) answered_there: bool,
    /// Telnyx said that it is over.
    pub(crate) over_there: bool,
    /// How often the record was told of its end: up to twice.
    pub(crate) ends_told: u8,
}

/// Whether a call is shown as on hold.
pub(crate) fn is_on_hold(call: &Call) -> bool {
    match &call.stage {
        Stage::Talking(talking) => talking.hold.held,
        Stage::Calling(_) | Stage::Incoming(_) | Stage::Over(_) => false,
    }
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
            call.told_off_hold &= phone.call(&id).is_some_and(is_on_hold);
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
            Event::Resumed { kept, .. } => {
                for kept in kept {
                    let call = &mut self.calls[number(&kept.id)];
                    (call.away, call.given, call.at_sdk) = (true, true, true);
                    call.controlled = kept.route != Route::Direct;
                    call.answered = matches!(kept.stage, KeptStage::Talking { .. });
                }
                return;
            }
            Event::Line(event) => return self.hears_of_the_line(event, phone),
            Event::Input(input) => {
                self.input = *input;
                return;
            }
            Event::OutOfReach => {
                self.reach_timer = false;
                return;
            }
            Event::Granted { placed: Placed { id, controlled, .. }, .. } => {
                let call = &mut self.calls[number(id)];
                (call.given, call.controlled) = (true, *controlled);
                return;
            }
            _ => return,
        };
        match event {
            CallEvent::Trouble(Cause::NoMicrophone) => self.input = Input::Blocked,
            CallEvent::Sdk(_, Sdk::Requesting | Sdk::Answering) => self.input = Input::Usable,
            _ => {}
        }
        let call = &mut self.calls[number(id)];
        match event {
            CallEvent::Sdk(object, state) if *object > OLD => {
                // It lives: it has the microphone, and whoever told it to hang up may do so again.
                call.microphone = true;
                if *object > SAME || call.away {
                    call.shut = false;
                    call.told_off_hold = false;
                    call.away = false;
                }
                call.sdk_told &= *object == SAME && !call.ended;
                let answers = matches!(state, Sdk::Active | Sdk::Held);
                let alive = phone.call(id).is_some_and(|call| !call.is_over());
                call.up |= call.asked && answers;
                let both = !call.asked || call.answered_there;
                call.answered |= answers && alive && !call.ended && both;
            }
            CallEvent::SdkOver(object, _) if *object > OLD => call.away = false,
            CallEvent::Overdue(fired) => call.timers = call.timers.without(*fired as u16),
            CallEvent::HangUp if call.born && !call.ended => call.unwanted = true,
            CallEvent::Telnyx(Telnyx::Answered { .. }) if call.born => {
                call.answered_there = true;
                let alive = phone.call(id).is_some_and(|call| !call.is_over());
                call.answered |= call.up && alive && !call.ended;
            }
            CallEvent::Telnyx(Telnyx::Waits(waits)) if call.born && !call.ended => {
                call.waits = *waits;
            }
            CallEvent::Telnyx(Telnyx::Ended(_)) if call.born => call.over_there = true,
            CallEvent::ServerSaid(Server::NotKnown | Server::Unreachable) => {
                call.server_told = false;
            }
            _ => {}
        }
    }

    fn hears_of_the_line(&mut self, event: &line::Event, phone: &Phone) {
        match event {
            // Of a line that is given up, the SDK has nothing to say.
            line::Event::Ready => self.line_ready = phone.line.is_open(),
            line::Event::SignedOut
            | line::Event::NotRegistered
            | line::Event::Silent
            | line::Event::Woke
            | line::Event::SocketClosed
            | line::Event::GatewayFailed
            | line::Event::Failed(_) => {
                self.line_ready = false;
                self.signs_in_anew &= phone.line.is_up();
            }
            line::Event::Overdue => {
                self.line_ready &= phone.line.is_up();
                self.signs_in_anew = false;
            }
            line::Event::SignedInAnew => self.signs_in_anew = false,
            line::Event::SignedIn
            | line::Event::Token(_)
            | line::Event::NoToken(_)
            | line::Event::Again
            | line::Event::SocketOpened
            | line::Event::TokenAges
            | line::Event::TokenEnds => {}
        }
    }

    fn sees(&mut self, effect: &Effect) {
        use call::call::Effect as Do;
        match effect {
            Effect::Play(tone) => self.tones = self.tones.with(*tone as u16),
            Effect::Silence(tone) => self.tones = self.tones.without(*tone as u16),
            Effect::Testify(id, _, What::Ended { .. }) => self.calls[number(id)].ends_told += 1,
            Effect::NewCall { placed, .. } => self.calls[number(&placed.id)].at_sdk = true,
            Effect::StartReachTimer => self.reach_timer = true,
            Effect::CancelReachTimer => self.reach_timer = false,
            Effect::Line(line::Effect::SignInAnew) => self.signs_in_anew = true,
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
                    Do::Hold(wanted) => call.told_off_hold = !wanted,
                    Do::Testify(_) | Do::Answer | Do::AskServer | Do::SendDtmf(_) => {}
                }
            }
        }
    }
}
