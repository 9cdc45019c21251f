//! The lock whose holder has the phone (Web Locks). The only file that spells its JavaScript names.

use js_sys::Function;
use wasm_bindgen::prelude::*;

// A browser without locks grants at once: then each tab has a phone of its own, as if it were alone.
#[wasm_bindgen(inline_js = "
export const hold = (name, steal, granted, stolen) => {
  const waiting = new AbortController();
  let free = () => waiting.abort(), held = false, over = false;
  const have = () => {
    if (over) return;
    held = true;
    granted();
    return new Promise(done => { free = done; });
  };
  const { locks } = navigator;
  (locks ? locks.request(name, steal ? { steal } : { signal: waiting.signal }, have) : Promise.reject())
    .catch(() => { if (!over) held ? stolen() : have(); });
  return () => { over = true; free(); };
};
")]
extern "C" {
    fn hold(name: &str, steal: bool, granted: &Function, stolen: &Function) -> Function;
}

/// What is heard of a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum News {
    /// It is held.
    Granted,
    /// Another tab has taken it.
    Stolen,
}

/// A lock that was asked for. Let go of, or not waited for any more, when dropped; nothing is heard of it then.
#[must_use = "the lock is let go of as soon as this is dropped"]
pub(crate) struct Lock {
    free: Function,
    _heard: [Closure<dyn Fn()>; 2],
}

impl Lock {
    /// Asks for the lock of this name and waits in the queue for it, or takes it from whoever has it.
    ///
    /// What comes of it, `hear` is told, never before this returns. A tab that is closed or crashes lets go.
    pub(crate) fn ask(name: &str, steal: bool, hear: impl Fn(News) + Clone + 'static) -> Self {
        let granted = Closure::new({
            let hear = hear.clone();
            move || hear(News::Granted)
        });
        let stolen = Closure::new(move || hear(News::Stolen));
        let free = hold(name, steal, function(&granted), function(&stolen));
        Self { free, _heard: [granted, stolen] }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // It does not throw.
        let _ = self.free.call0(&JsValue::UNDEFINED);
    }
}

fn function(closure: &Closure<dyn Fn()>) -> &Function {
    closure.as_ref().unchecked_ref()
}
