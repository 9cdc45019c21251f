//! Desktop notifications, for a phone that rings where nobody looks. The only file that spells their JavaScript names.

use call::ids::CallId;
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

// Each tab that is seen holds a share of one lock, so that no tab need be believed that it was there a moment ago.
#[wasm_bindgen(inline_js = "
const { locks } = navigator;
const seen = () => !document.hidden;
let away = () => {};
const look = () => {
  away();
  away = () => {};
  if (seen()) locks?.request('tono-seen', { mode: 'shared' }, () => seen() && new Promise(done => { away = done; }));
};
export const watch = () => { document.addEventListener('visibilitychange', look); look(); };
export const show = (tag, title, body) => {
  let notice, over = false;
  (async () => {
    const { held } = await locks?.query() ?? { held: [] };
    if (over || seen() || held.some(({ name }) => name === 'tono-seen')) return;
    notice = new Notification(title, { body, tag, icon: '/icon.svg' });
    notice.onclick = () => { window.focus(); notice.close(); };
  })().catch(() => {});
  return () => { over = true; notice?.close(); };
};
export const mayAsk = () => globalThis.Notification?.permission === 'default';
export const ask = () => Notification.requestPermission();
")]
extern "C" {
    /// Keeps it known, from now on, whether this tab is seen.
    #[wasm_bindgen(js_name = watch)]
    pub(crate) fn watch_whether_seen();

    fn show(tag: &str, title: &str, body: &str) -> Function;

    /// Whether the person has not been asked yet, in a browser where that can be done.
    #[wasm_bindgen(js_name = mayAsk)]
    pub(crate) fn may_ask() -> bool;

    #[wasm_bindgen(catch)]
    fn ask() -> Result<Promise, JsValue>;
}

/// Has the browser ask whether notifications may be shown, which it does only on a click; returns once that is answered.
pub(crate) async fn ask_for_notices() {
    if let Ok(answer) = ask() {
        // What it was, the browser knows.
        let _ = JsFuture::from(answer).await;
    }
}

/// A notification that a call rings; taken away when dropped.
#[must_use = "the notification is taken away as soon as this is dropped"]
pub(crate) struct Notice(Function);

impl Notice {
    /// Shows it, unless some tab of ours is seen or the person has not allowed it. A click on it brings this tab up.
    pub(crate) fn show(id: &CallId, title: &str, body: &str) -> Self {
        Self(show(id.as_str(), title, body))
    }
}

impl Drop for Notice {
    fn drop(&mut self) {
        // It does not throw.
        let _ = self.0.call0(&JsValue::UNDEFINED);
    }
}
