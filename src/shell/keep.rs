//! The end of this page, and what the page that follows in the same tab is left of its calls.
//!
//! The tab's session storage holds it: gone with the tab, and copied when a tab is duplicated. Where the page before said
//! that it goes, its calls are shown at once and gone ahead with; where it did not, it may still be there, in the tab
//! this one is a copy of, and nothing is done before this tab has the phone. If another one is heard that has it, the
//! calls are none of this one's ([`Inner::forget_before`]).

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
use web_sys::{PageTransitionEvent, Storage};

use super::{Inner, Shell, Timer, now};
use crate::backend::page_path;
use crate::boxed::spawn;
use crate::json;
use crate::line::Listener;

/// The name in the tab's session storage.
const KEY: &str = "tono";
/// How often it is written again, and the server told again which calls are here, in milliseconds: a page that has no
/// time for a farewell is judged by when it was last heard.
const AGAIN_MS: u64 = 10_000;

#[wasm_bindgen(inline_js = "
export const post = (path, json) => { navigator.sendBeacon(path, new Blob([json], { type: 'application/json' })); };
")]
extern "C" {
    /// Sends a request that outlives the page, and whose answer nobody hears (W3C Beacon).
    fn post(path: &str, json: &str);
}

/// What is kept.
#[derive(Default, Serialize, Deserialize)]
struct Memory {
    /// Whose calls these are.
    agent: String,
    /// When the page that wrote this was last there.
    at: Millis,
    /// Whether it said that it goes.
    left: bool,
    calls: Vec<Kept>,
    /// What it witnessed and the server has not got.
    unsent: Vec<(CallId, Fact)>,
}

/// What belongs to one page.
#[derive(Default)]
pub(super) struct Keeper {
    /// Who is signed in, or was in the page before.
    agent: RefCell<String>,
    /// What was written last.
    calls: RefCell<Vec<Kept>>,
    unsent: RefCell<Vec<(CallId, Fact)>>,
    /// The calls that the server was told of last.
    claimed: RefCell<Vec<CallId>>,
    /// What a page left that did not say that it goes.
    unclear: RefCell<Option<Memory>>,
    /// Whether this page goes ahead with the calls of the one before, though it is not known yet who has the phone.
    pub(super) goes_ahead: Cell<bool>,
    /// Whether the page has gone: nothing moves it any more.
    pub(super) left: Cell<bool>,
}

fn storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

impl Shell {
    /// Asks before a call is left, and sees to it when one is. For as long as the page lives.
    pub(super) fn hear_the_end(self) {
        let Some(window) = web_sys::window() else { return };
        let shell = self.inner.get_value();
        let (asks, back) = (Rc::clone(&shell), Rc::clone(&shell));
        let listeners = [
            Listener::new(&window, "beforeunload", move |event| {
                if asks.has_the_phone() && asks.read_phone.with_untracked(Phone::has_live_call) {
                    event.unchecked_into::<web_sys::Event>().prevent_default();
                }
            }),
            Listener::new(&window, "pagehide", move |_| {
                if shell.has_the_phone() {
                    shell.leaves();
                }
            }),
            Listener::new(&window, "pageshow", move |event| {
                // Its sockets are gone. What it left behind is taken up as after any other reload.
                let again = event.unchecked_into::<PageTransitionEvent>().persisted();
                if let Some(window) = web_sys::window().filter(|_| again && back.keeper.left.get())
                {
                    let _ = window.location().reload();
                }
            }),
        ];
        StoredValue::new_local(listeners);
    }
}

impl Inner {
    /// Whether what happens here happens to the phone.
    pub(super) fn has_the_phone(&self) -> bool {
        self.read_role.get_untracked().has_the_phone() || self.keeper.goes_ahead.get()
    }

    /// Takes up what the page before this one left.
    pub(super) fn take_up(self: &Rc<Self>) {
        let text = storage().and_then(|storage| storage.get_item(KEY).ok()?);
        let Some(Ok(memory)) = text.map(|text| json::parse::<Memory>(&text)) else { return };
        self.keeper.agent.replace(memory.agent.clone());
        if memory.left {
            self.keeper.goes_ahead.set(true);
            self.goes_on_with(memory);
        } else {
            self.keeper.unclear.replace(Some(memory));
        }
    }

    /// This tab has the phone, and no other is heard: the page before is gone, whether or not it said so.
    pub(super) fn takes_over(self: &Rc<Self>) {
        if let Some(memory) = self.keeper.unclear.take() {
            self.goes_on_with(memory);
        }
        self.keeper.goes_ahead.set(false);
    }

    fn goes_on_with(self: &Rc<Self>, memory: Memory) {
        let Memory { at, mut calls, unsent, .. } = memory;
        if now().since(at) > SOCKET_LIMIT_MS {
            for kept in &mut calls {
                kept.survives = false;
            }
        }
        self.outbox.borrow_mut().take_up(unsent);
        self.flush_outbox();
        self.step(Event::Resumed { kept: calls, since: at });
    }

    /// Another tab has the phone, or nobody may: the calls that the page before left are none of this one's. What it
    /// witnessed is sent nevertheless, since saying it twice does no harm.
    pub(super) fn forget_before(self: &Rc<Self>) {
        self.keeper.goes_ahead.set(false);
        if let Some(memory) = self.keeper.unclear.take() {
            self.outbox.borrow_mut().take_up(memory.unsent);
        }
        self.keeper.calls.take();
        self.cancel(&Timer::Claim);
        self.write_down();
        self.flush_outbox();
    }

    /// Somebody signed in. What the page before left is for the agent whose it was.
    pub(super) fn is_taken_up_by(self: &Rc<Self>, agent: &str) {
        let before = self.keeper.agent.replace(agent.to_owned());
        if before != agent {
            self.keeper.unclear.take();
            self.outbox.borrow_mut().clear();
            self.forget();
        }
    }

    /// Writes down what the page that may follow has to know, and tells the server which calls are here, if that has
    /// changed.
    pub(super) fn keep(self: &Rc<Self>) {
        if !self.has_the_phone() {
            return;
        }
        let calls = self.read_phone.with_untracked(Phone::kept);
        let unsent = self.outbox.borrow().unsent();
        let Keeper { calls: known_calls, unsent: known_unsent, claimed, .. } = &self.keeper;
        if *known_calls.borrow() != calls || *known_unsent.borrow() != unsent {
            known_calls.replace(calls);
            known_unsent.replace(unsent);
            self.write_down();
        }
        if *claimed.borrow() != self.living() {
            self.claim();
        }
    }

    fn write_down(self: &Rc<Self>) {
        let Some(storage) = storage() else { return };
        let Keeper { calls, agent, left, .. } = &self.keeper;
        let (calls, unsent) = (calls.borrow().clone(), self.outbox.borrow().unsent());
        if calls.is_empty() && unsent.is_empty() {
            self.cancel(&Timer::Keep);
            let _ = storage.remove_item(KEY);
            return;
        }
        let (agent, left) = (agent.borrow().clone(), left.get());
        let memory = Memory { agent, at: now(), left, calls, unsent };
        // Where there is no room for it, a reload ends the calls.
        let _ = storage.set_item(KEY, &json::text(&memory));
        self.after(Timer::Keep, AGAIN_MS, Self::write_down);
    }

    /// The calls that go on here.
    fn living(&self) -> Vec<CallId> {
        self.read_phone.with_untracked(|phone| {
            let living = phone.calls.iter().filter(|call| !call.is_over());
            living.map(|call| call.id.clone()).collect()
        })
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
        spawn(async move {
            // Lost or refused, it is said again, or there was nothing to claim.
            let _ = shell.backend.claim(shell.tab, calls).await;
        });
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
            post(&page_path(self.tab), &json::text(&Page { calls, goes: true }));
        }
    }
}
