//! The channel between the tabs (`BroadcastChannel`). Values are copied by the browser, no text is made of them.

use call::tabs::Message;
use wasm_bindgen::prelude::*;
use web_sys::{BroadcastChannel, MessageEvent};

use crate::json;
use crate::line::Listener;

/// The channel's name: one for all tabs of this origin.
const NAME: &str = "tono";

/// An open channel, closed when dropped.
pub(crate) struct Channel {
    _listener: Listener,
    channel: BroadcastChannel,
}

impl Channel {
    /// Opens it and reports what other tabs say. Fails in a browser that has no such thing: then there are no others.
    pub(crate) fn open(hear: impl Fn(Message) + 'static) -> Result<Self, JsValue> {
        let channel = BroadcastChannel::new(NAME)?;
        let listener = Listener::new(&channel, "message", move |event| {
            let event: MessageEvent = event.unchecked_into();
            // What cannot be read comes from a tab with another version of the page.
            if let Ok(message) = json::from_value(event.data()) {
                hear(message);
            }
        })?;
        Ok(Self { _listener: listener, channel })
    }

    /// Says something to every other tab.
    pub(crate) fn say(&self, message: &Message) {
        if let Ok(value) = json::to_value(message) {
            // It fails only on what cannot be copied, and these are plain values.
            let _ = self.channel.post_message(&value);
        }
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.channel.close();
    }
}
