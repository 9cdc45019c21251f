//! How the last call ended, until the person has read it.

use call::call::{Call, Over, Remains};
use call::cause::Side;
use call::phone::{Event, Screen};
use leptos::prelude::*;

use super::call::name_of;
use super::clock::span;
use super::dialer::{is_dialling, why_not_dialled};
use super::focus::focus_on;
use super::icon::{Icon, icon};
use super::transfer::ending;
use crate::boxed::{memo, on};
use crate::shell::Shell;

#[component]
pub(crate) fn Ended(shell: Shell) -> impl IntoView {
    let ending: Memo<Option<(Call, Over)>> = memo(move || {
        shell.phone.with(|phone| match phone.screen() {
            Screen::Ended(call, over) => Some((call.clone(), over.clone())),
            Screen::Dialer | Screen::Calling(..) | Screen::InCall(..) => None,
        })
    });
    move || ending.get().map(|(call, over)| view! { <Ending shell call over /> })
}

#[component]
fn Ending(shell: Shell, call: Call, over: Over) -> impl IntoView {
    let words = shell.words;
    let talked = over.talked_ms.map(|ms| (words.talked_for)(&span(ms)));
    let busy = is_dialling(shell);
    let problem = why_not_dialled(shell);
    let rang = over.rang_ms.filter(|ms| *ms >= 1_000).map(|ms| (words.rang_for)(&span(ms)));
    let number = call.with.number().map(|number| number.as_str().to_owned());
    let why = (words.ended_because)(&over.cause)
        .filter(|_| over.by == Side::Network)
        .unwrap_or_else(|| (words.ended)(over.outcome, over.by));
    // The agent's part is over; the call goes on without it, or was to.
    let id = call.id.clone();
    let handed_on = memo(move || {
        shell.ledger.with(|ledger| ledger.row(&id).and_then(|row| ending(row, words)))
    });
    let open = over.remains != Remains::Nothing;
    let panel = NodeRef::new();
    focus_on(panel);
    view! {
        <section class="call call--ended" aria-label=words.call_ended tabindex="-1" node_ref=panel>
            <p class="call__who">{name_of(&call.with, words)}</p>
            <p class="call__state" role="status">
                {move || handed_on.get().unwrap_or_else(|| [words.ended_word, ": ", why].concat())}
            </p>
            <div class="call__notes">
                {talked.map(|text| view! { <p class="call__talked">{text}</p> }.into_any())}
                {rang.map(|text| view! { <p>{text}</p> }.into_any())}
                {open.then(|| view! { <p class="attention">{words.may_be_open}</p> }.into_any())}
            </div>
            {move || problem.get().map(|problem| view! {
                <p class="problem" role="alert">{problem}</p>
            }.into_any())}
            <div class="call__controls">
                {number.map(|written| view! {
                    <button
                        class="call-button"
                        type="button"
                        aria-busy=move || busy.get().then_some("true")
                        on:click=on(move |_| shell.send(Event::Dial { written: written.clone() }))
                    >
                        {icon(Icon::Phone)}
                        {words.call_again}
                    </button>
                }.into_any())}
                <button class="control" type="button" on:click=on(move |_| shell.send(Event::Dismiss))>
                    {words.done}
                </button>
            </div>
        </section>
    }
}
