//! A registered callback is a value: dropping it unregisters it.

use wasm_bindgen::prelude::*;
use web_sys::EventTarget;

use super::bindings::Client;

/// One handler on the SDK's client, taken off again when dropped.
///
/// Never drop one inside a callback of the same event: the SDK iterates over the list that
/// `off` shortens, and throws.
#[must_use = "the handler is removed as soon as this is dropped"]
pub(super) struct Subscription {
    client: Client,
    event: &'static str,
    handler: Closure<dyn Fn(JsValue)>,
}

impl Subscription {
    pub(super) fn new(
        client: &Client,
        event: &'static str,
        handler: impl Fn(JsValue) + 'static,
    ) -> Result<Self, JsValue> {
        let handler = Closure::new(handler);
        client.on(event, function(&handler))?;
        Ok(Self { client: client.clone(), event, handler })
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        // A client that is gone has nothing to take the handler off.
        let _ = self.client.off(self.event, function(&self.handler));
    }
}

/// One listener on a DOM object, taken off again when dropped.
///
/// `addEventListener`, never the `on…` properties: the SDK owns those of the peer connection.
#[must_use = "the listener is removed as soon as this is dropped"]
pub(crate) struct Listener {
    target: EventTarget,
    event: &'static str,
    handler: Closure<dyn Fn(JsValue)>,
}

impl Listener {
    pub(crate) fn new(
        target: &EventTarget,
        event: &'static str,
        handler: impl Fn(JsValue) + 'static,
    ) -> Result<Self, JsValue> {
        let handler = Closure::new(handler);
        target.add_event_listener_with_callback(event, function(&handler))?;
        Ok(Self { target: target.clone(), event, handler })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ =
            self.target.remove_event_listener_with_callback(self.event, function(&self.handler));
    }
}

fn function(closure: &Closure<dyn Fn(JsValue)>) -> &js_sys::Function {
    closure.as_ref().unchecked_ref()
}
