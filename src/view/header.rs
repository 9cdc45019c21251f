//! The top of every screen: whose phone this is, what the line says, and whether any of it is real.

use call::line::Line;
use call::phone::{Input, Phone, Reach};
use leptos::prelude::*;

use crate::shell::{Access, Shell};
use crate::words::Words;

/// Whether calls reach the person, and what keeps them away: in words, and in a colour's class.
fn reach_word(phone: &Phone, words: &'static Words) -> (&'static str, &'static str) {
    match phone.reach() {
        Reach::Nobody => (words.line_off, "off"),
        Reach::Open => (words.line_ready, "ready"),
        Reach::Microphone(Input::Blocked) => (words.microphone_blocked, "attention"),
        Reach::Microphone(Input::Missing | Input::Usable) => {
            (words.microphone_missing, "attention")
        }
        Reach::Line => match phone.line {
            Line::Waiting { why, .. } => ((words.trouble)(why), "attention"),
            Line::Doubted => (words.line_doubted, "attention"),
            Line::AskingForToken { failures: 1.. } | Line::Lost { .. } => {
                (words.line_lost, "attention")
            }
            Line::Off | Line::AskingForToken { .. } | Line::Registering | Line::Ready => {
                (words.line_registering, "off")
            }
        },
    }
}

#[component]
pub(crate) fn Header(shell: Shell) -> impl IntoView {
    let words = shell.words;
    let line = Memo::new(move |_| shell.phone.with(|phone| reach_word(phone, words)));
    let missing = Memo::new(move |_| shell.phone.with(|phone| phone.out_of_reach));
    let over = Memo::new(move |_| {
        shell.access.with(|access| matches!(access, Access::SignedIn { over: true, .. }))
    });
    let agent = move || {
        shell.access.with(|access| match access {
            Access::SignedIn { agent, .. } => Some(agent.name.clone()),
            Access::Asking | Access::Unreachable | Access::SignedOut { .. } => None,
        })
    };
    let demo = Memo::new(move |_| {
        shell.access.with(|access| match access {
            Access::SignedIn { demo, .. } => *demo,
            Access::Asking | Access::Unreachable | Access::SignedOut { .. } => false,
        })
    });
    view! {
        <header class="header">
            <h1 class="header__name">"Tono"</h1>
            {move || agent().map(|name| view! {
                <p class="header__line" role="status" data-line=move || line.get().1>{move || line.get().0}</p>
                <p class="header__agent">
                    <span class="visually-hidden">{words.signed_in_as}</span>" "{name}
                </p>
                // In demo mode the page would sign in again at once.
                {move || (!demo.get()).then(|| view! {
                    <button class="quiet" type="button" on:click=move |_| shell.sign_out()>
                        {words.sign_out}
                    </button>
                })}
            })}
        </header>
        <div role="status">
            {move || missing.get().then(|| view! {
                <p class="missing"><strong>{words.missing_calls}</strong>" "{move || line.get().0}</p>
            })}
            {move || over.get().then(|| view! { <p class="missing">{words.session_over}</p> })}
        </div>
        {move || demo.get().then(|| view! {
            <p class="demo" role="note" aria-label=words.demo_mode>
                <strong>{words.demo_mode}</strong>" · "{words.demo_explained}
            </p>
        })}
    }
}
