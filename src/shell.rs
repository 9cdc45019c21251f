//! The loop: events in, the phone stepped, effects performed. The only writer of what the views read.
//!
//! The SDK speaks while it is spoken to: `newCall` and `hangup` emit events before they return. So
//! events queue, one at a time is stepped, and nothing is borrowed while the SDK is called.

mod access;
mod around;
mod effects;
mod keep;
mod ledger;
mod outbox;
mod post;
mod record;
mod tabs;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use call::call::{Event as CallEvent, Watch};
use call::ids::CallId;
use call::phone::{Effect, Event, Phone};
use call::tabs::{Role, TabId};
use call::time::Millis;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;

pub(crate) use access::Access;
pub(crate) use ledger::{Handing, Ledger};

use crate::backend::Backend;
use crate::few::Few;
use crate::json;
use crate::line::{self, Line};
use crate::live::Live;
use crate::microphone::Inputs;
use crate::sound::{Playing, Speakers};
use crate::tabs::{Channel, Lock};
use crate::words::Words;

/// What a view may read, and the verbs it may say. Copies are handles to the same shell.
#[derive(Clone, Copy)]
pub(crate) struct Shell {
    /// Who is signed in.
    pub(crate) access: ReadSignal<Access>,
    /// Whether one may sign in at a provider.
    pub(crate) provider: ReadSignal<bool>,
    /// The phone.
    pub(crate) phone: ReadSignal<Phone>,
    /// The history, as far as it was loaded.
    pub(crate) ledger: ReadSignal<Ledger>,
    /// What this tab is to the phone.
    pub(crate) role: ReadSignal<Role>,
    /// Whether the browser lets nothing be heard until somebody clicks or presses a key.
    pub(crate) sound_blocked: RwSignal<bool>,
    /// What to call things.
    pub(crate) words: &'static Words,
    inner: StoredValue<Rc<Inner>, LocalStorage>,
}

impl Shell {
    /// A shell with nobody signed in. Call [`Shell::start`] once it is mounted.
    pub(crate) fn new(origin: String, words: &'static Words) -> Self {
        let (access, write_access) = signal(Access::Asking);
        let (provider, write_provider) = signal(false);
        let (phone, write_phone) = signal(Phone::default());
        let (ledger, write_ledger) = signal(Ledger::default());
        let (role, write_role) = signal(Role::Off);
        let sound_blocked = RwSignal::new(false);
        let inner = Rc::new(Inner {
            access: write_access,
            provider: write_provider,
            phone: write_phone,
            ledger: write_ledger,
            role: write_role,
            read_access: access,
            read_phone: phone,
            read_ledger: ledger,
            read_role: role,
            tab: tabs::draw(),
            channel: RefCell::default(),
            lock: RefCell::default(),
            session: RefCell::default(),
            others: Cell::new(false),
            announcing: Cell::new(false),
            asking: Cell::new(false),
            backend: Backend::new(origin),
            queue: RefCell::default(),
            stepping: Cell::new(false),
            line: RefCell::new(None),
            lines: Cell::new(0),
            live: RefCell::new(None),
            watch_until: Cell::new(Millis(0)),
            polling: Cell::new(false),
            outbox: RefCell::default(),
            post: RefCell::new(post::Post::new()),
            timers: RefCell::default(),
            tone: RefCell::default(),
            keeper: keep::Keeper::default(),
            sound_blocked,
            speakers: RefCell::new(Speakers::new(sound_blocked)),
            inputs: RefCell::default(),
        });
        let inner = StoredValue::new_local(inner);
        Self { access, provider, phone, ledger, role, sound_blocked, words, inner }
    }

    /// Finds out who is signed in, and goes on from there. The SDK is fetched meanwhile.
    pub(crate) fn start(self) {
        line::fetch_ahead();
        self.hear_the_post();
        self.hear_around();
        self.hear_the_end();
        let shell = self.inner.get_value();
        shell.open_channel();
        shell.take_up();
        shell.ask_who();
    }

    /// Says what the person wants of the phone, which may be in another tab.
    pub(crate) fn send(self, event: Event) {
        self.inner.get_value().wish(event);
    }

    /// Says that the person wants the phone in this tab.
    pub(crate) fn use_here(self) {
        self.inner.get_value().tab(call::tabs::Event::UseHere);
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
    /// What was written down of calls leaves together.
    Together,
    /// What could not be sent of it is tried again.
    Post,
    /// The tab that has the phone is asked how it is.
    Ask,
    /// The SDK ought to have got the line ready.
    LineLimit,
    /// What is kept for the page that follows is written again.
    Keep,
    /// The server is told again which calls this page has.
    Claim,
    /// The token's successor is asked for.
    Renewal,
    /// Calls have been out of reach for long.
    Reach,
    /// Something about a call ought to have settled.
    Limit(CallId, Watch),
}

struct Inner {
    access: WriteSignal<Access>,
    provider: WriteSignal<bool>,
    phone: WriteSignal<Phone>,
    ledger: WriteSignal<Ledger>,
    role: WriteSignal<Role>,
    read_access: ReadSignal<Access>,
    read_phone: ReadSignal<Phone>,
    read_ledger: ReadSignal<Ledger>,
    read_role: ReadSignal<Role>,
    /// Who this is among the tabs.
    tab: TabId,
    channel: RefCell<Option<Channel>>,
    /// The lock that was asked for.
    lock: RefCell<Option<Lock>>,
    /// What the SDK would resume the session with of the tab that has the phone, once that has spoken.
    session: RefCell<Option<Vec<(String, String)>>>,
    /// Whether other tabs of this agent have ever been heard.
    others: Cell<bool>,
    /// Whether the others are about to be told how the phone is.
    announcing: Cell<bool>,
    /// Whether the next question to the tab that has the phone is set.
    asking: Cell<bool>,
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
    /// What is written down of calls.
    post: RefCell<post::Post>,
    timers: RefCell<Few<Timer, Timeout>>,
    /// The tone that plays: one at a time.
    tone: RefCell<Option<Playing>>,
    keeper: keep::Keeper,
    sound_blocked: RwSignal<bool>,
    speakers: RefCell<Speakers>,
    inputs: RefCell<Option<Rc<Inputs>>>,
}

impl Inner {
    /// Says that something happened to the phone. In a tab that does not have it, that is news of a line or of a
    /// request it had before.
    fn send(self: &Rc<Self>, event: Event) {
        if self.has_the_phone() {
            self.step(event);
        }
    }

    /// Steps the phone by this event and by all that follow from performing its effects.
    fn step(self: &Rc<Self>, event: Event) {
        if self.keeper.left.get() {
            return;
        }
        self.queue.borrow_mut().push_back(event);
        if self.stepping.replace(true) {
            return;
        }
        loop {
            let next = self.queue.borrow_mut().pop_front();
            let Some(event) = next else { break };
            let (phone, effects) = self.stepped(event);
            self.phone.set(phone);
            for effect in effects {
                self.perform(effect);
            }
        }
        self.stepping.set(false);
        self.keep();
        self.announce();
        self.let_go();
    }

    /// The phone after this event, which is written down.
    fn stepped(self: &Rc<Self>, event: Event) -> (Phone, Vec<Effect>) {
        let (at, before) = (now(), self.read_phone.get_untracked());
        let (told, of) = (json::text(&event), event.of_call().cloned());
        let (after, effects) = before.clone().step(event, at);
        self.record(at, &told, of.as_ref(), &before, &after);
        (after, effects)
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
