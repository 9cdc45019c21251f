//! What happens around the phone, for the timeline; of it, only a microphone that is gone moves the phone, and only a
//! click or a key lets sound be heard that the browser blocked.

use std::cell::Cell;
use std::rc::Rc;

use call::phone::{Event, Input};
use leptos::prelude::*;

use super::{Inner, Shell};
use crate::json;
use crate::line::{Aside, Listener};
use crate::microphone::{Found, Inputs};

impl Shell {
    /// Writes it down, for as long as the page lives.
    pub(super) fn hear_around(self) {
        let Some(window) = web_sys::window() else { return };
        let shell = self.inner.get_value();
        let network = |event, what: &'static str| {
            let shell = Rc::clone(&shell);
            Listener::new(&window, event, move |_| shell.note(what))
        };
        let (goes, comes) =
            (network("offline", "{\"online\":false}"), network("online", "{\"online\":true}"));
        let sees = Rc::clone(&shell);
        let sight = Listener::new(&window, "visibilitychange", move |_| {
            let document = web_sys::window().and_then(|window| window.document());
            let hidden = document.is_some_and(|document| document.hidden());
            sees.note(if hidden { "{\"visible\":false}" } else { "{\"visible\":true}" });
        });
        let gesture = |event| {
            let shell = Rc::clone(&shell);
            Listener::new(&window, event, move |_| shell.unblock_sound())
        };
        StoredValue::new_local((goes, comes, sight, gesture("click"), gesture("keydown")));
        shell.watch_inputs();
    }
}

impl Inner {
    /// A browser that blocks sound allows it once somebody has clicked or pressed a key: what begins then takes the word
    /// of it away, or, where nothing is left to begin, there is nothing to say.
    fn unblock_sound(&self) {
        if self.sound_blocked.get_untracked() {
            let voices = self.speakers.borrow_mut().unblock();
            match &*self.tone.borrow() {
                Some(tone) => tone.unblock(self.sound_blocked),
                None if voices => {}
                None => self.sound_blocked.set(false),
            }
        }
    }

    /// Notes what the SDK says beside the events that it means.
    pub(super) fn note_aside(self: &Rc<Self>, aside: &Aside) {
        let what = match aside {
            Aside::Warning(code) => ["{\"warning\":", &code.to_string(), "}"].concat(),
            Aside::Error(code) => ["{\"error\":", &code.to_string(), "}"].concat(),
            Aside::Unknown(word) => {
                leptos::logging::warn!("unknown to Tono: {word}");
                ["{\"unknown\":", &json::text(word), "}"].concat()
            }
        };
        self.note(&what);
    }

    fn watch_inputs(self: &Rc<Self>) {
        let hears = Rc::clone(self);
        let last = Cell::new(None);
        let watched = Inputs::watch(move |found| {
            if let Some(before) = last.replace(Some(found))
                && before != found
            {
                hears.note_inputs(before, found);
            }
            hears.send(Event::Input(match found {
                Found { blocked: true, .. } => Input::Blocked,
                Found { microphones: 0, .. } => Input::Missing,
                Found { .. } => Input::Usable,
            }));
        });
        // Where the page may not use a microphone at all, there is nothing to watch.
        *self.inputs.borrow_mut() = watched.ok();
    }

    /// Says what there is, to a phone that has just come to this tab.
    pub(super) fn look_at_inputs(self: &Rc<Self>) {
        match self.inputs.borrow().as_ref() {
            Some(inputs) => inputs.look(),
            None => self.send(Event::Input(Input::Blocked)),
        }
    }

    fn note_inputs(self: &Rc<Self>, before: Found, now: Found) {
        if before.blocked == now.blocked {
            let (microphones, speakers) = (now.microphones.to_string(), now.speakers.to_string());
            let parts =
                ["{\"devices\":{\"microphones\":", &microphones, ",\"speakers\":", &speakers, "}}"];
            self.note(&parts.concat());
        } else {
            let given = "{\"permission\":\"granted\"}";
            self.note(if now.blocked { "{\"permission\":\"denied\"}" } else { given });
        }
    }
}
