//! The loop: events in, the phone stepped, effects performed. The only writer of what the views read.
//!
//! The SDK speaks while it is spoken to: `newCall` and `hangup` emit events before they return. So
//! events queue, one at a time is stepped, and nothing is borrowed while the SDK is called.

mod access;
mod effects;
mod ledger;
mod outbox;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use call::call::{Event as CallEvent, Watch};
use call::ids::CallId;
use call::phone::{Event, Phone};
use call::time::Millis;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;

pub(crate) use access::Access;
pub(crate) use ledger::Ledger;

use crate::backend::Backend;
use crate::few::Few;
use crate::line::{self, Line};
use crate::live::Live;
use crate::sound::{Playing, Speakers};
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
            tone: RefCell::default(),
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

    /// Says that something happened to the call on screen.
    pub(crate) fn send_here(self, event: CallEvent) {
        let id = self.phone.with_untracked(|phone| phone.shown().map(|call| call.id.clone()));
        if let Some(id) = id {
            self.send(Event::Call(id, event));
        }
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
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// The SDK ought to have got the line ready.
    LineLimit,
    /// Something about a call ought to have settled.
    Limit(CallId, Watch),
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
    timers: RefCell<Few<Timer, Timeout>>,
    /// The tone that plays: one at a time.
    tone: RefCell<Option<Playing>>,
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

    /// Lets nothing happen under this name any more.
    fn cancel(&self, timer: &Timer) {
        drop(self.timers.borrow_mut().remove(timer));
    }
}
