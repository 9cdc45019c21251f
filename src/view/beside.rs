//! The calls beside the one on screen, and turning to one of them.

use call::call::{Ask, Call, Stage};
use call::ids::CallId;
use call::phone::Event;
use leptos::prelude::*;

use super::call::name_of;
use crate::boxed::{memo, on};
use crate::shell::Shell;
use crate::words::Words;

/// A call of the list: whose it is, what it is doing, and whether that needs attention.
type Entry = (CallId, String, &'static str, bool);

fn entry(call: &Call, words: &'static Words) -> Entry {
    let (state, attention) = match &call.stage {
        Stage::Talking(talking) if talking.hold.held => (words.on_hold, false),
        // It was asked to be held, and hears nothing of us meanwhile.
        Stage::Talking(talking) if talking.hold.ask == Ask::Failed => (words.not_held, true),
        Stage::Talking(_) => (words.in_call, false),
        Stage::Calling(calling) if calling.ringing.is_some() => (words.ringing, false),
        Stage::Calling(_) | Stage::Incoming(_) | Stage::Over(_) => (words.calling, false),
    };
    (call.id.clone(), name_of(&call.with, words), state, attention)
}

#[component]
pub(crate) fn Beside(
    shell: Shell,
    /// Whether a further number is being entered: then the call on screen stands beside it, too.
    adding: RwSignal<bool>,
) -> impl IntoView {
    let words = shell.words;
    let entries = memo(move || {
        let adding = adding.get();
        shell.phone.with(|phone| {
            let shown = phone.shown().filter(|_| adding);
            shown
                .into_iter()
                .chain(phone.beside())
                .map(|call| entry(call, words))
                .collect::<Vec<_>>()
        })
    });
    let take = move |id| {
        adding.set(false);
        shell.send(Event::Take(id));
    };
    let line = move |(id, who, state, attention): Entry| {
        view! {
            <li class="beside__call">
                <span class="beside__who">{who}</span>
                <span class=if attention { "attention" } else { "quietly" }>{state}</span>
                <button type="button" on:click=on(move |_| take(id.clone()))>{words.switch}</button>
            </li>
        }
        .into_any()
    };
    view! {
        <ul class="beside" aria-label=words.other_calls role="list">
            {move || entries.get().into_iter().map(line).collect::<Vec<_>>()}
        </ul>
    }
}
