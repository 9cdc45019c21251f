//! What happens around the phone and moves nothing in it, for the timeline.

use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{MediaDeviceInfo, MediaDeviceKind, MediaDevices};

use super::{Inner, Shell};
use crate::json;
use crate::line::{Aside, Listener};

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
        // There are none where the page may not use a microphone at all.
        let devices = window.navigator().media_devices().ok().and_then(|devices| {
            let (shell, of) = (Rc::clone(&shell), devices.clone());
            Listener::new(&devices, "devicechange", move |_| {
                spawn_local(count(Rc::clone(&shell), of.clone()));
            })
            .ok()
        });
        StoredValue::new_local((goes, comes, sight, devices));
    }
}

impl Inner {
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
}

/// Notes how many microphones and loudspeakers there are; which, is nobody's business.
async fn count(shell: Rc<Inner>, devices: MediaDevices) {
    let Ok(listed) = devices.enumerate_devices() else { return };
    let Ok(listed) = JsFuture::from(listed).await else { return };
    let (mut microphones, mut speakers) = (0_u32, 0_u32);
    for device in js_sys::Array::from(&listed).iter() {
        match device.unchecked_into::<MediaDeviceInfo>().kind() {
            MediaDeviceKind::Audioinput => microphones += 1,
            MediaDeviceKind::Audiooutput => speakers += 1,
            // A camera, or what a browser newer than our bindings has.
            MediaDeviceKind::Videoinput | _ => {}
        }
    }
    let (microphones, speakers) = (microphones.to_string(), speakers.to_string());
    let parts = ["{\"devices\":{\"microphones\":", &microphones, ",\"speakers\":", &speakers, "}}"];
    shell.note(&parts.concat());
}
