//! The end of this page, and what the page that follows in the same tab is left of its calls.
//!
//! The tab's session storage holds it: gone with the tab, and copied when a tab is duplicated. So each page holds a
//! lock by its own name as long as it lives, and what a page that still lives wrote is no business of another.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use call::api::Page;
use call::call::{Call, Kept, Remains, SOCKET_LIMIT_MS, Stage};
use call::history::Fact;
use call::ids::CallId;
use call::phone::{Dialling, Event, Phone};
use call::time::Millis;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{PageTransitionEvent, Storage};

use super::{Inner, Shell, Timer, now};
use crate::backend::page_path;
use crate::json;
use crate::line::Listener;

/// The name in the tab's session storage.
const KEY: &str = "tono";
/// How often it is written again, so that it says when this page was last there if it has no time to say so itself, in
/// milliseconds.
const AGAIN_MS: u64 = 10_000;

#[wasm_bindgen(inline_js = "
export const holdLock = (name) => { navigator.locks?.request(name, () => new Promise(() => {})); };
export const isFree = async (name) =>
  await navigator.locks?.request(name, { ifAvailable: true }, (lock) => lock !== null) ?? true;
export const post = (path, json) => { navigator.sendBeacon(path, new Blob([json], { type: 'application/json' })); };
")]
extern "C" {
    /// Holds a lock until the page is gone (W3C Web Locks).
    #[wasm_bindgen(js_name = holdLock)]
    fn hold_lock(name: &str);

    /// Whether nobody holds it.
    #[wasm_bindgen(js_name = isFree)]
    async fn is_free(name: &str) -> JsValue;

    /// Sends a request that outlives the page, and whose answer nobody hears (W3C Beacon).
    fn post(path: &str, json: &str);
}

/// What is kept.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Memory {
    /// The page that wrote it.
    page: String,
    /// Whose calls these are.
    agent: String,
    /// When that page was last there.
    at: Millis,
    /// Whether it said that it goes.
    left: bool,
    calls: Vec<Kept>,
    /// What it witnessed and the server has not got.
    unsent: Vec<(CallId, Fact)>,
}

/// What there is to keep: the living calls, and what the server has not got.
type Written = (Vec<Kept>, Vec<(CallId, Fact)>);

/// What belongs to one page.
pub(super) struct Keeper {
    /// The page's own name.
    pub(super) page: String,
    /// The calls that the server was told of last.
    claimed: RefCell<Vec<CallId>>,
    /// Who is signed in, or was in the page before.
    agent: RefCell<String>,
    /// What was written last.
    written: RefCell<Written>,
    /// Whether the page has gone: nothing moves it any more.
    pub(super) left: Cell<bool>,
}

impl Keeper {
    pub(super) fn new() -> Self {
        Self {
            page: js_sys::Number::from(js_sys::Math::random())
                .to_string_with_radix(36)
                .map(String::from)
                .unwrap_or_default(),
            claimed: RefCell::default(),
            agent: RefCell::default(),
            written: RefCell::default(),
            left: Cell::new(false),
        }
    }
}

fn storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

impl Shell {
    /// Asks before a call is left, and sees to it when one is. For as long as the page lives.
    pub(super) fn hear_the_end(self) {
        let Some(window) = web_sys::window() else { return };
        let shell = self.inner.get_value();
        let asks = Rc::clone(&shell);
        let listeners = [
            Listener::new(&window, "beforeunload", move |event| {
                if asks.read_phone.with_untracked(Phone::has_live_call) {
                    event.unchecked_into::<web_sys::Event>().prevent_default();
                }
            }),
            Listener::new(&window, "pagehide", move |_| shell.leaves()),
            Listener::new(&window, "pageshow", |event| {
                // Its sockets are gone. What it left behind is taken up as after any other reload.
                if event.unchecked_into::<PageTransitionEvent>().persisted()
                    && let Some(window) = web_sys::window()
                {
                    let _ = window.location().reload();
                }
            }),
        ];
        StoredValue::new_local(listeners);
    }
}

impl Inner {
    /// Takes up what the page before this one left.
    pub(super) async fn take_up(self: &Rc<Self>) {
        hold_lock(&self.keeper.page);
        let Some(storage) = storage() else { return };
        let text = storage.get_item(KEY).ok().flatten();
        let Some(Ok(memory)) = text.map(|text| json::parse::<Memory>(&text)) else { return };
        let _ = storage.remove_item(KEY);
        // A tab that was duplicated has a copy.
        if !memory.left && !is_free(&memory.page).await.is_truthy() {
            return;
        }
        let Memory { agent, at, mut calls, unsent, .. } = memory;
        if now().since(at) > SOCKET_LIMIT_MS {
            for kept in &mut calls {
                kept.survives = false;
            }
        }
        self.keeper.agent.replace(agent);
        self.outbox.borrow_mut().take_up(unsent);
        self.send(Event::Resumed { kept: calls, since: at });
    }

    /// Notes who is signed in; whether what the page before left is that agent's.
    pub(super) fn is_whose(&self, agent: &str) -> bool {
        let before = self.keeper.agent.replace(agent.to_owned());
        before.is_empty() || before == agent
    }

    /// Writes down what the page that may follow has to know, if that has changed.
    pub(super) fn keep(self: &Rc<Self>) {
        let calls = self.read_phone.with_untracked(Phone::kept);
        let kept = (calls, self.outbox.borrow().unsent());
        if *self.keeper.written.borrow() != kept {
            self.keeper.written.replace(kept);
            self.write_down();
        }
        if *self.keeper.claimed.borrow() != self.living() {
            self.claim();
        }
    }

    /// The calls that go on here.
    fn living(&self) -> Vec<CallId> {
        let living = |phone: &Phone| {
            let living = phone.calls.iter().filter(|call| !call.is_over());
            living.map(|call| call.id.clone()).collect()
        };
        self.read_phone.with_untracked(living)
    }

    /// Tells the server which calls this page has: at once when they change, and again as long as there are any, since
    /// a page that is not heard is taken to be gone.
    fn claim(self: &Rc<Self>) {
        let calls = self.living();
        self.keeper.claimed.replace(calls.clone());
        if calls.is_empty() {
            self.cancel(&Timer::Claim);
        } else {
            self.after(Timer::Claim, AGAIN_MS, Self::claim);
        }
        let shell = Rc::clone(self);
        spawn_local(async move {
            // Lost or refused, it is said again, or there was nothing to claim.
            let _ = shell.backend.claim(&shell.keeper.page, calls).await;
        });
    }

    fn write_down(self: &Rc<Self>) {
        let Some(storage) = storage() else { return };
        let (calls, unsent) = self.keeper.written.borrow().clone();
        if calls.is_empty() && unsent.is_empty() {
            self.cancel(&Timer::Keep);
            let _ = storage.remove_item(KEY);
            return;
        }
        let Keeper { page, agent, left, .. } = &self.keeper;
        let (page, agent) = (page.clone(), agent.borrow().clone());
        let memory = Memory { page, agent, at: now(), left: left.get(), calls, unsent };
        // Where there is no room for it, a reload ends the calls.
        let _ = storage.set_item(KEY, &json::text(&memory));
        self.after(Timer::Keep, AGAIN_MS, Self::write_down);
    }

    /// The page goes. What cannot survive that is hung up while there is a socket to say it on.
    fn leaves(self: &Rc<Self>) {
        self.keep();
        // From here on nothing that is said is heard: the next page says how these calls ended.
        self.keeper.left.set(true);
        self.write_down();
        self.says_goodbye();
        let (kept, dialling) =
            self.read_phone.with_untracked(|phone| (phone.kept(), phone.dialling.clone()));
        let lost = kept.into_iter().filter(|kept| !kept.survives).map(|kept| kept.id);
        let granted = match dialling {
            Dialling::Granted { id, .. } => Some(id),
            Dialling::Idle
            | Dialling::NotANumber(_)
            | Dialling::Asked { .. }
            | Dialling::Refused(_) => None,
        };
        if let Some(line) = self.line.borrow().as_ref() {
            lost.chain(granted).for_each(|id| line.hang_up(&id));
        }
    }

    /// Tells the server which calls are left behind: those that go on, and those that may be left at Telnyx.
    fn says_goodbye(&self) {
        let left = |call: &&Call| match &call.stage {
            Stage::Over(over) => over.remains != Remains::Nothing,
            Stage::Calling(_) | Stage::Incoming(_) | Stage::Talking(_) => true,
        };
        let calls: Vec<CallId> = self.read_phone.with_untracked(|phone| {
            phone.calls.iter().filter(left).map(|call| call.id.clone()).collect()
        });
        if !calls.is_empty() {
            post(&page_path(&self.keeper.page), &json::text(&Page { calls, goes: true }));
        }
    }
}
