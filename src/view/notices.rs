//! What is seen of a call that rings while nobody looks at the page.

use std::cell::RefCell;

use call::call::Call;
use call::ids::CallId;
use leptos::prelude::*;

use super::call::name_of;
use crate::boxed::{effect, on, spawn};
use crate::shell::Shell;
use crate::tabs::{Notice, ask_for_notices, may_ask, watch_whether_seen};

/// Shows a notification for each call that rings, as long as it does. Only the tab that has the phone does so.
pub(crate) fn show_notices(shell: Shell) {
    watch_whether_seen();
    let words = shell.words;
    let shown = RefCell::new(Vec::<(CallId, Notice)>::new());
    effect(move || {
        let here = shell.role.with(|role| role.has_the_phone());
        shell.phone.with(|phone| {
            let rings = |call: &Call| here && call.rings_here();
            let mut shown = shown.borrow_mut();
            shown.retain(|(id, _)| phone.call(id).is_some_and(rings));
            for call in phone.ringing_here().filter(|call| rings(call)) {
                if !shown.iter().any(|(id, _)| *id == call.id) {
                    let notice =
                        Notice::show(&call.id, words.incoming_call, &name_of(&call.with, words));
                    shown.push((call.id.clone(), notice));
                }
            }
        });
    });
}

/// Asks to be allowed to, where that was never decided.
#[component]
pub(crate) fn AskForNotices(shell: Shell) -> impl IntoView {
    let open = RwSignal::new(may_ask());
    let ask = move |_| {
        spawn(async move {
            ask_for_notices().await;
            open.set(may_ask());
        });
    };
    move || {
        open.get().then(|| {
            view! {
                <button class="quiet" type="button" on:click=on(ask)>
                    {shell.words.notify_me}
                </button>
            }
            .into_any()
        })
    }
}
