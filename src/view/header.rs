//! The top of every screen: whose phone this is, what the line says, and whether any of it is real.

use call::line::Line;
use call::phone::Phone;
use call::tabs::Role;
use leptos::prelude::*;

use crate::boxed::{memo, on};
use crate::shell::{Access, Shell};
use crate::words::Words;

/// What the line is like, in a word and in a colour's class.
fn line_word(phone: &Phone, words: &'static Words) -> (&'static str, &'static str) {
    match phone.line {
        Line::Off => (words.line_off, "off"),
        Line::AskingForToken { failures: 0 } | Line::Registering => (words.line_registering, "off"),
        Line::Waiting { why, .. } => ((words.trouble)(why), "attention"),
        Line::Ready => (words.line_ready, "ready"),
        Line::AskingForToken { .. } | Line::Lost { .. } => (words.line_lost, "attention"),
    }
}

#[component]
pub(crate) fn Header(shell: Shell) -> impl IntoView {
    let words = shell.words;
    let line = memo(move || match shell.role.get() {
        // How it is with a phone that is not heard of, nobody here knows.
        Role::Mirror(mirror) if mirror.hears_nothing() => (words.line_off, "off"),
        Role::Off | Role::Mirror(_) | Role::Owner | Role::Giving { .. } => {
            shell.phone.with(|phone| line_word(phone, words))
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
        {move || demo.get().then(|| view! {
            <p class="demo" role="note" aria-label=words.demo_mode>
                <strong>{words.demo_mode}</strong>" · "{words.demo_explained}
            </p>
        }.into_any())}
    }
}
