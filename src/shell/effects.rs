//! What the phone wants, done: the only place that makes the page act on the world. It decides nothing.

use std::rc::Rc;

use call::api::{HangUp, ProblemCode, Token};
use call::call::{Effect as CallEffect, Event as CallEvent, Server, Stage};
use call::history::{Fact, What};
use call::ids::{CallId, TelnyxIds};
use call::line::{Effect as LineEffect, Event as LineEvent, Trouble};
use call::phone::{Effect, Event, OUT_OF_REACH_MS, Phone, Refusal};
use leptos::prelude::*;

use super::{Inner, Timer, now};
use crate::backend::Failure;
use crate::boxed::spawn;
use crate::line::{self, Line};
use crate::sound::Playing;

impl Inner {
    pub(super) fn perform(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::Line(effect) => self.perform_line(effect),
            Effect::AskForCall { attempt, to } => {
                let shell = Rc::clone(self);
                spawn(async move {
                    let answer = shell.backend.place(to.into()).await;
                    shell.send(match answer {
                        Ok(placed) => Event::Granted { attempt, placed },
                        Err(failure) => Event::Denied { attempt, why: shell.refusal(failure) },
                    });
                });
            }
            Effect::NewCall { to, placed } => {
                let dialled = self.line.borrow().as_ref().map(|line| line.dial(&to, &placed));
                if !matches!(dialled, Some(Ok(()))) {
                    self.send(Event::DialFailed(placed.id));
                }
            }
            Effect::Play(tone) => {
                *self.tone.borrow_mut() = Playing::start(tone, self.sound_blocked).ok();
            }
            Effect::Silence(_) => drop(self.tone.borrow_mut().take()),
            Effect::StartReachTimer => {
                self.after(Timer::Reach, OUT_OF_REACH_MS, |shell| shell.send(Event::OutOfReach));
            }
            Effect::CancelReachTimer => self.cancel(&Timer::Reach),
            Effect::Testify(id, ids, what) => self.testify(id, ids, what),
            Effect::Call(id, effect) => self.perform_call(id, effect),
        }
    }

    fn perform_line(self: &Rc<Self>, effect: LineEffect) {
        match effect {
            LineEffect::AskForToken => self.ask_for_token(),
            LineEffect::Open(token) => self.open_line(token),
            LineEffect::SignIn(token) => self.with_line(|line| {
                line.hand_over(&token);
                line.sign_in_anew();
            }),
            LineEffect::Close => {
                self.next_line();
            }
            LineEffect::TryAgainIn(ms) => {
                self.after(Timer::Line, ms, |shell| shell.send(Event::Line(LineEvent::Again)));
            }
            LineEffect::StartTimer(ms) => {
                self.after(Timer::LineLimit, ms, |shell| {
                    shell.send(Event::Line(LineEvent::Overdue));
                });
            }
            LineEffect::AskWhetherRegistered => self.with_line(Line::ask_whether_registered),
            LineEffect::HandOver(token) => self.with_line(|line| line.hand_over(&token)),
            LineEffect::SignInAnew => self.with_line(Line::sign_in_anew),
            LineEffect::RenewIn(ms) => self.after(Timer::Renewal, ms, |shell| {
                shell.send(Event::Line(LineEvent::TokenAges));
            }),
            LineEffect::CancelTimer => self.cancel(&Timer::LineLimit),
        }
    }

    fn perform_call(self: &Rc<Self>, id: CallId, effect: CallEffect) {
        match effect {
            CallEffect::Answer => self.with_line(|line| line.answer(&id)),
            CallEffect::HangUpSdk => self.with_line(|line| line.hang_up(&id)),
            CallEffect::HangUpServer => {
                let shell = Rc::clone(self);
                spawn(async move {
                    let answer = shell.backend.hang_up(&id).await;
                    let said = shell.hang_up_answer(answer);
                    shell.send(Event::Call(id, CallEvent::ServerSaid(said)));
                });
            }
            CallEffect::AskServer => self.look_again(),
            CallEffect::Mute(muted) => {
                let is = self.line.borrow().as_ref().and_then(|line| line.mute(&id, muted));
                if let Some(muted) = is {
                    self.send(Event::Call(id, CallEvent::MicrophoneIs { muted }));
                }
            }
            CallEffect::Hold(held) => self.with_line(|line| line.hold(&id, held)),
            CallEffect::SendDtmf(digit) => self.with_line(|line| line.dtmf(&id, digit)),
            CallEffect::AttachAudio => {
                let stream = self.line.borrow().as_ref().and_then(|line| line.remote_stream(&id));
                if let Some(stream) = stream {
                    self.speakers.borrow_mut().attach(&id, &stream);
                }
            }
            CallEffect::DetachAudio => self.speakers.borrow_mut().detach(&id),
            CallEffect::ReleaseMicrophone => self.with_line(|line| line.release_microphone(&id)),
            CallEffect::StartTimer(watch) => {
                self.after(Timer::Limit(id.clone(), watch), watch.limit_ms(), move |shell| {
                    shell.send(Event::Call(id, CallEvent::Overdue(watch)));
                });
            }
            CallEffect::CancelTimer(watch) => self.cancel(&Timer::Limit(id, watch)),
            CallEffect::Testify(what) => {
                let over = matches!(what, What::Ended { .. });
                let ids = self
                    .read_phone
                    .with_untracked(|phone| phone.call(&id).map(|call| call.ids.clone()));
                self.testify(id, ids.unwrap_or_default(), what);
                if over {
                    self.watch_for_recording();
                }
            }
        }
    }

    fn with_line(&self, order: impl FnOnce(&Line)) {
        if let Some(line) = self.line.borrow().as_ref() {
            order(line);
        }
    }

    fn ask_for_token(self: &Rc<Self>) {
        let shell = Rc::clone(self);
        spawn(async move {
            let answer = shell.backend.token().await;
            shell.send(Event::Line(match answer {
                Ok(token) => LineEvent::Token(token),
                Err(failure) => LineEvent::NoToken(shell.trouble(failure)),
            }));
        });
    }

    /// Closes the line there is; the number of the one that may follow.
    fn next_line(&self) -> u32 {
        drop(self.line.borrow_mut().take());
        self.lines.set(self.lines.get().wrapping_add(1));
        self.lines.get()
    }

    fn open_line(self: &Rc<Self>, token: Token) {
        let number = self.next_line();
        let shell = Rc::clone(self);
        spawn(async move {
            let hears = Rc::clone(&shell);
            let resumes = shell.read_phone.with_untracked(Phone::has_calls_of_before);
            let line = Line::open(token, resumes, move |news| match news {
                Ok(event) => hears.send(event),
                Err(aside) => hears.note_aside(&aside),
            });
            match line.await {
                // Signed out, or tried again, meanwhile.
                Ok(_) | Err(_) if shell.lines.get() != number => {}
                Ok(line) => drop(shell.line.borrow_mut().replace(line)),
                Err(error) => {
                    leptos::logging::warn!("the line could not be opened: {error:?}");
                    shell.send(Event::Line(LineEvent::Failed(line::NOT_OPENED)));
                }
            }
        });
    }

    fn testify(self: &Rc<Self>, id: CallId, ids: TelnyxIds, what: What) {
        // A call that ended with the page before did so when that was last there.
        let at = self.read_phone.with_untracked(|phone| match &phone.call(&id)?.stage {
            Stage::Over(over) => Some(over.at),
            Stage::Calling(_) | Stage::Incoming(_) | Stage::Talking(_) => None,
        });
        self.outbox.borrow_mut().push(id, Fact { at: at.unwrap_or_else(now), ids, what });
        self.flush_outbox();
    }

    fn hang_up_answer(self: &Rc<Self>, answer: Result<HangUp, Failure>) -> Server {
        match answer {
            Ok(HangUp::Asked | HangUp::AlreadyOver) => Server::Took,
            Ok(HangUp::NotKnown) | Err(Failure::Refused(ProblemCode::NotFound)) => Server::NotKnown,
            Ok(HangUp::Refused) => Server::Refused,
            Err(Failure::Unreachable | Failure::Refused(ProblemCode::TelnyxUnreachable)) => {
                Server::Unreachable
            }
            Err(Failure::Refused(code)) => {
                self.heed(code);
                Server::Refused
            }
        }
    }

    fn trouble(self: &Rc<Self>, failure: Failure) -> Trouble {
        match failure {
            Failure::Unreachable => Trouble::ServerUnreachable,
            Failure::Refused(code) => {
                self.heed(code);
                match code {
                    ProblemCode::TelnyxUnreachable => Trouble::TelnyxUnreachable,
                    ProblemCode::TelnyxRefused => Trouble::TelnyxRefused,
                    ProblemCode::NotSignedIn
                    | ProblemCode::WrongPassword
                    | ProblemCode::TooManyAttempts
                    | ProblemCode::NoDemo
                    | ProblemCode::NotANumber
                    | ProblemCode::CountryNotAllowed
                    | ProblemCode::NumberBlocked
                    | ProblemCode::TooManyCalls
                    | ProblemCode::TooManyAtOnce
                    | ProblemCode::AgentAbsent
                    | ProblemCode::AgentBusy
                    | ProblemCode::NotControlled
                    | ProblemCode::NotTransferable
                    | ProblemCode::NotFound
                    | ProblemCode::BadRequest
                    | ProblemCode::TooLarge
                    | ProblemCode::BadSignature
                    | ProblemCode::Internal => Trouble::ServerFailed,
                }
            }
        }
    }

    fn refusal(self: &Rc<Self>, failure: Failure) -> Refusal {
        match failure {
            Failure::Unreachable => Refusal::ServerUnreachable,
            Failure::Refused(code) => {
                self.heed(code);
                Refusal::Server(code)
            }
        }
    }
}
