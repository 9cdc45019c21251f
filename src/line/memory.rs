//! What the SDK keeps in this tab's `sessionStorage` to resume a session after a reload.
//!
//! A tab that takes up the phone of one that is gone resumes that one's session; a tab that was duplicated has a
//! copy of it, and must not.

use web_sys::Storage;

use super::bindings::SESSION_ITEMS;

/// All of it, by name.
pub(crate) fn remembered() -> Vec<(String, String)> {
    let Some(storage) = storage() else { return vec![] };
    let item = |name: &&str| {
        let value = storage.get_item(name).ok()??;
        Some(((*name).to_owned(), value))
    };
    SESSION_ITEMS.iter().filter_map(item).collect()
}

/// Puts these in the place of all there is.
pub(crate) fn remember(items: &[(String, String)]) {
    let Some(storage) = storage() else { return };
    for name in SESSION_ITEMS {
        // Storage that takes nothing has nothing to resume with either.
        let _ = storage.remove_item(name);
    }
    for (name, value) in items {
        if SESSION_ITEMS.contains(&name.as_str()) {
            let _ = storage.set_item(name, value);
        }
    }
}

fn storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}
