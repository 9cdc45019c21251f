//! The top of every screen: whose phone this is, what the line says, and whether any of it is real.

use call::line::Line;
use call::phone::{Input, Phone, Reach};
use call::tabs::Role;
use leptos::prelude::*;

use crate::boxed::{memo, on};
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
            Line::Off | Line::AskingForToken { .. } | Line::Registering { .. } | Line::Ready => {
                (words.line_registering, "off")
            }
        },
    }
}

#[component]
pub(crate) fn Header(shell: Shell) -> impl IntoView {
    let words = shell.words;
    let line = memo(move || match shell.role.get() {
        // How it is with a phone that is not heard of, nobody here knows.
        Role::Mirror(mirror) if mirror.hears_nothing() => (words.line_off, "off"),
        Role::Off | Role::Mirror(_) | Role::Owner | Role::Giving { .. } => {
            shell.phone.with(|phone| reach_word(phone, words))
        }
    });
    // What a person has to know who waits for calls.
    let warning = memo(move || {
        let over =
            shell.access.with(|access| matches!(access, Access::SignedIn { over: true, .. }));
        let missing = shell.phone.with(|phone| phone.out_of_reach);
        match (over, shell.sound_blocked.get(), missing) {
            (true, ..) => Some(("", words.session_over)),
            (false, true, _) => Some(("", words.sound_blocked)),
            (false, false, true) => Some((words.missing_calls, line.get().0)),
            (false, false, false) => None,
        }
    });
    let agent = move || {
        shell.access.with(|access| match access {
            Access::SignedIn { agent, .. } => Some(agent.name.clone()),
            Access::Asking | Access::Unreachable | Access::SignedOut { .. } => None,
        })
    };
    let demo = memo(move || {
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
                    <button class="quiet" type="button" on:click=on(move |_| shell.sign_out())>
                        {words.sign_out}
                    </button>
                }.into_any())}
            }.into_any())}
        </header>
        <div role="status">
            {move || warning.get().map(|(what, why)| view! {
                <p class="missing"><strong>{what}</strong>" "{why}</p>
            }.into_any())}
        </div>
        {move || demo.get().then(|| view! {
            <p class="demo" role="note" aria-label=words.demo_mode>
                <strong>{words.demo_mode}</strong>" · "{words.demo_explained}
            </p>
        }.into_any())}
    }
}
