//! The calls beside the one on screen, and turning to one of them.

use call::call::{Call, Stage};
use call::cause::Cause;
use call::phone::{Event, Phone};
use leptos::prelude::*;

use super::call::{disagreement, name_of};
use crate::boxed::{memo, on};
use crate::shell::Shell;
use crate::words::Words;

/// A call of the list.
#[derive(Clone, PartialEq)]
struct Entry {
    who: String,
    state: &'static str,
    attention: bool,
    /// What can be done about it, in a word, if anything can.
    button: Option<(&'static str, Event)>,
}

fn entry(call: &Call, words: &'static Words) -> Entry {
    let (state, attention) = match &call.stage {
        Stage::Talking(talking) if talking.hold.held => (words.on_hold, false),
        // It was asked to be held, and hears nothing of us meanwhile.
        Stage::Talking(talking) if talking.hold.has_failed() => (words.not_held, true),
        Stage::Talking(_) => (words.in_call, false),
        Stage::Calling(calling) if calling.ringing.is_some() => (words.ringing, false),
        Stage::Calling(_) | Stage::Incoming(_) => (words.calling, false),
        Stage::Over(over) => ((words.ended_because)(&over.cause).unwrap_or_default(), true),
    };
    let (state, attention) =
        disagreement(call, words).map_or((state, attention), |said| (said, true));
    let button = if call.is_over() {
        let number = call.with.number().map(|number| number.as_str().to_owned());
        number.map(|written| (words.call_again, Event::Dial { written }))
    } else {
        Some((words.switch, Event::Take(call.id.clone())))
    };
    Entry { who: name_of(&call.with, words), state, attention, button }
}

/// The calls that did not survive the loading of the page as the one on screen did.
fn lost(phone: &Phone) -> impl Iterator<Item = &Call> {
    let is_lost = |call: &&Call| match &call.stage {
        Stage::Over(over) => over.cause == Cause::Reloaded,
        Stage::Calling(_) | Stage::Incoming(_) | Stage::Talking(_) => false,
    };
    phone.calls.iter().filter(|_| phone.shown().is_some()).filter(is_lost)
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
                .chain(lost(phone))
                .map(|call| entry(call, words))
                .collect::<Vec<_>>()
        })
    });
    let press = move |event| {
        adding.set(false);
        shell.send(event);
    };
    let line = move |Entry { who, state, attention, button }: Entry| {
        view! {
            <li class="beside__call">
                <span class="beside__who">{who}</span>
                <span class=if attention { "attention" } else { "quietly" }>{state}</span>
                {button.map(|(label, event)| view! {
                    <button type="button" on:click=on(move |_| press(event.clone()))>{label}</button>
                })}
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
