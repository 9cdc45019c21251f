//! The loop: events in, the phone stepped, effects performed. The only writer of what the views read.
//!
//! The SDK speaks while it is spoken to: `newCall` and `hangup` emit events before they return. So
//! events queue, one at a time is stepped, and nothing is borrowed while the SDK is called.

mod access;
mod ledger;
mod outbox;

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use call::api::{ProblemCode, Token};
use call::call::{Effect as CallEffect, Event as CallEvent, HANG_UP_SETTLES_MS};
use call::history::{Fact, What};
use call::ids::{CallId, TelnyxIds};
use call::line::{Effect as LineEffect, Event as LineEvent, Trouble};
use call::phone::{Effect, Event, Phone, Refusal};
use call::time::Millis;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

pub(crate) use access::Access;
pub(crate) use ledger::Ledger;

use crate::backend::{Backend, Failure};
use crate::line::{self, Line, Unknown};
use crate::live::Live;
use crate::sound::{Ringback, Speakers};
use crate::words::Words;

/// What a view may read, and the verbs it may say. Copies are handles to the same shell.
#[derive(Clone, Copy)]
pub(crate) struct Shell {
    /// Who is signed in.
    pub(crate) access: ReadSignal<Access>,
    /// The phone.
    pub(crate) phone: ReadSignal<Phone>,
    /// The history, as far as it was loaded.
    pub(crate) ledger: ReadSignal<Ledger>,
    /// What to call things.
    pub(crate) words: &'static Words,
    inner: StoredValue<Rc<Inner>, LocalStorage>,
}

impl Shell {
    /// A shell with nobody signed in. Call [`Shell::start`] once it is mounted.
    pub(crate) fn new(origin: String, words: &'static Words) -> Self {
        let (access, write_access) = signal(Access::Asking);
        let (phone, write_phone) = signal(Phone::default());
        let (ledger, write_ledger) = signal(Ledger::default());
        let inner = Rc::new(Inner {
            access: write_access,
            phone: write_phone,
            ledger: write_ledger,
            read_phone: phone,
            read_ledger: ledger,
            backend: Backend::new(origin),
            queue: RefCell::default(),
            stepping: Cell::new(false),
            line: RefCell::new(None),
            lines: Cell::new(0),
            live: RefCell::new(None),
            watch_until: Cell::new(Millis(0)),
            polling: Cell::new(false),
            outbox: RefCell::default(),
            timers: RefCell::default(),
            ringback: RefCell::default(),
            speakers: RefCell::default(),
        });
        Self { access, phone, ledger, words, inner: StoredValue::new_local(inner) }
    }

    /// Finds out who is signed in, and goes on from there. The SDK is fetched meanwhile.
    pub(crate) fn start(self) {
        line::fetch_ahead();
        self.inner.get_value().ask_who();
    }

    /// Says that something happened to the phone.
    pub(crate) fn send(self, event: Event) {
        self.inner.get_value().send(event);
    }

    /// Says that something happened to a call.
    pub(crate) fn send_call(self, id: &CallId, event: CallEvent) {
        self.send(Event::Call(id.clone(), event));
    }

    /// Signs in with a password.
    pub(crate) fn sign_in(self, name: String, password: String) {
        self.inner.get_value().sign_in(name, password);
    }

    /// Signs out.
    pub(crate) fn sign_out(self) {
        self.inner.get_value().sign_out();
    }

    /// Loads the next page of history, if there is one.
    pub(crate) fn load_more(self) {
        self.inner.get_value().load_more();
    }
}

/// The time by the browser's clock.
pub(crate) fn now() -> Millis {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "milliseconds since 1970, positive and far below 2^53"
    )]
    Millis(js_sys::Date::now() as u64)
}

/// What waits for a moment. Setting one again replaces it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Timer {
    /// The line is tried again.
    Line,
    /// The session is asked for again.
    Access,
    /// The history is asked for while the stream is down.
    Poll,
    /// The live stream is opened again.
    Reopen,
    /// The outbox is tried again.
    Outbox,
    /// A hang-up ought to have settled.
    HangUp(CallId),
}

struct Inner {
    access: WriteSignal<Access>,
    phone: WriteSignal<Phone>,
    ledger: WriteSignal<Ledger>,
    read_phone: ReadSignal<Phone>,
    read_ledger: ReadSignal<Ledger>,
    backend: Backend,
    queue: RefCell<VecDeque<Event>>,
    stepping: Cell<bool>,
    line: RefCell<Option<Line>>,
    /// How many lines were opened or closed: one that opens too late finds that it is not the last.
    lines: Cell<u32>,
    live: RefCell<Option<Live>>,
    /// Until when the history is worth asking for while the stream is down.
    watch_until: Cell<Millis>,
    /// Whether the next question is set.
    polling: Cell<bool>,
    outbox: RefCell<outbox::Outbox>,
    timers: RefCell<HashMap<Timer, Timeout>>,
    ringback: RefCell<Option<Ringback>>,
    speakers: RefCell<Speakers>,
}

impl Inner {
    /// Steps the phone by this event and by all that follow from performing its effects.
    fn send(self: &Rc<Self>, event: Event) {
        self.queue.borrow_mut().push_back(event);
        if self.stepping.replace(true) {
            return;
        }
        loop {
            let next = self.queue.borrow_mut().pop_front();
            let Some(event) = next else { break };
            let (phone, effects) = self.read_phone.get_untracked().step(event, now());
            self.phone.set(phone);
            for effect in effects {
                self.perform(effect);
            }
        }
        self.stepping.set(false);
    }

    /// Calls `then` on the shell after so many milliseconds, instead of what waited under this name.
    fn after(self: &Rc<Self>, timer: Timer, ms: u64, then: impl FnOnce(&Rc<Self>) + 'static) {
        let shell = Rc::clone(self);
        let ms = u32::try_from(ms).unwrap_or(u32::MAX);
        let timeout = Timeout::new(ms, move || then(&shell));
        self.timers.borrow_mut().insert(timer, timeout);
    }

    fn perform(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::Line(effect) => self.perform_line(effect),
            Effect::AskForCall { attempt, to } => {
                let shell = Rc::clone(self);
                spawn_local(async move {
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
            Effect::Decline(id) => self.with_line(|line| line.hang_up(&id)),
            Effect::Testify(id, what) => self.testify(id, TelnyxIds::default(), what),
            Effect::Call(id, effect) => self.perform_call(id, effect),
        }
    }

    fn perform_line(self: &Rc<Self>, effect: LineEffect) {
        match effect {
            LineEffect::AskForToken => self.ask_for_token(),
            LineEffect::Open(token) => self.open_line(token),
            LineEffect::Close => {
                self.next_line();
            }
            LineEffect::TryAgainIn(ms) => {
                self.after(Timer::Line, ms, |shell| shell.send(Event::Line(LineEvent::Again)));
            }
        }
    }

    fn perform_call(self: &Rc<Self>, id: CallId, effect: CallEffect) {
        match effect {
            CallEffect::HangUpSdk => self.with_line(|line| line.hang_up(&id)),
            CallEffect::HangUpServer => {
                let shell = Rc::clone(self);
                spawn_local(async move {
                    // The SDK was asked too; how the call ended, its events and the webhooks say.
                    let _ = shell.backend.hang_up(&id).await;
                });
            }
            CallEffect::Mute(muted) => {
                let is = self.line.borrow().as_ref().and_then(|line| line.mute(&id, muted));
                if let Some(muted) = is {
                    self.send(Event::Call(id, CallEvent::MicrophoneIs { muted }));
                }
            }
            CallEffect::Hold(held) => self.with_line(|line| line.hold(&id, held)),
            CallEffect::AttachAudio => {
                let stream = self.line.borrow().as_ref().and_then(|line| line.remote_stream(&id));
                if let Some(stream) = stream {
                    self.speakers.borrow_mut().attach(&id, &stream);
                }
            }
            CallEffect::DetachAudio => self.speakers.borrow_mut().detach(&id),
            CallEffect::PlayRingback => {
                *self.ringback.borrow_mut() = Ringback::play().ok();
            }
            CallEffect::SilenceRingback => drop(self.ringback.borrow_mut().take()),
            CallEffect::ReleaseMicrophone => self.with_line(|line| line.release_microphone(&id)),
            CallEffect::AwaitHangUp => {
                self.after(Timer::HangUp(id.clone()), HANG_UP_SETTLES_MS, move |shell| {
                    shell.send(Event::Call(id, CallEvent::HangUpOverdue));
                });
            }
            CallEffect::Testify(what) => {
                let over = matches!(what, What::Ended { .. });
                let ids = self.read_phone.with_untracked(|phone| {
                    phone.call.as_ref().filter(|call| call.id == id).map(|call| call.ids.clone())
                });
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
        spawn_local(async move {
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
        spawn_local(async move {
            let hears = Rc::clone(&shell);
            let line = Line::open(token, move |news| match news {
                Ok(event) => hears.send(event),
                Err(Unknown(word)) => leptos::logging::warn!("unknown to Tono: {word}"),
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
        self.outbox.borrow_mut().push(id, Fact { at: now(), ids, what });
        self.flush_outbox();
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
