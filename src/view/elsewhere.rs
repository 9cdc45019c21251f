//! What a tab says that shows a phone which is in another one.

use call::phone::Phone;
use call::tabs::{Mirror, Role};
use leptos::prelude::*;

use crate::boxed::{memo, on};
use crate::shell::Shell;

/// What is said, whether it needs attention, and whether the phone may be had here.
type Said = (&'static str, bool, bool);

#[component]
pub(crate) fn Elsewhere(shell: Shell) -> impl IntoView {
    let words = shell.words;
    let free = memo(move || shell.phone.with(Phone::may_change_hands));
    let said = memo(move || -> Option<Said> {
        match (shell.role.get(), free.get()) {
            (Role::Mirror(mirror), true) if mirror.hears_nothing() => {
                Some((words.other_tab_silent, true, true))
            }
            (Role::Mirror(mirror), false) if mirror.hears_nothing() => {
                Some((words.other_tab_silent_in_call, true, false))
            }
            (Role::Mirror(Mirror { owner: Some(_), .. }), true) => {
                Some((words.in_other_tab, false, true))
            }
            (Role::Mirror(Mirror { owner: Some(_), .. }), false) => {
                Some((words.call_in_other_tab, false, false))
            }
            // Who has the phone is about to be known.
            (
                Role::Mirror(Mirror { owner: None, .. })
                | Role::Giving { .. }
                | Role::Off
                | Role::Owner,
                _,
            ) => None,
        }
    });
    let wanted = memo(move || match shell.role.get() {
        Role::Mirror(mirror) => mirror.wanted,
        Role::Off | Role::Owner | Role::Giving { .. } => false,
    });
    let button = move || {
        view! {
            <button
                class="quiet"
                type="button"
                aria-busy=move || wanted.get().then_some("true")
                on:click=on(move |_| shell.use_here())
            >
                {words.use_here}
            </button>
        }
        .into_any()
    };
    move || {
        said.get().map(|(text, attention, may_take)| {
            view! {
                <div class="elsewhere">
                    <p class:attention=attention role="status">{text}</p>
                    {may_take.then(button)}
                </div>
            }
            .into_any()
        })
    }
}
