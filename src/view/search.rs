//! Finding calls by a part of a number, or by what somebody wrote beside them; and carrying away what was found.

use call::history::Row;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use crate::boxed::{on, spawn};
use crate::shell::{Access, Shell};

/// What was searched for, and what it found: no rows at all if the server did not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// As the server is asked: `agent=ann&number=555`.
    query: String,
    pub(crate) rows: Option<Vec<Row>>,
}

/// The question for the agent's own calls, which is what the page shows.
fn own(shell: Shell) -> String {
    shell.access.with(|access| match access {
        Access::SignedIn { agent, .. } => {
            ["agent=", &String::from(js_sys::encode_uri_component(&agent.name))].concat()
        }
        Access::Asking | Access::Unreachable | Access::SignedOut { .. } => String::new(),
    })
}

/// The question for what somebody typed: digits are of a number, whatever stands between them; all else is text.
fn query_of(typed: &str) -> String {
    let typed = typed.trim();
    let is_number = typed.chars().any(|c| c.is_ascii_digit())
        && typed.chars().all(|c| c.is_ascii_digit() || " +-().".contains(c));
    let name = if is_number { "&number=" } else { "&text=" };
    [name, &String::from(js_sys::encode_uri_component(typed))].concat()
}

#[component]
pub(crate) fn Search(shell: Shell, found: RwSignal<Option<Found>>) -> impl IntoView {
    let words = shell.words;
    let typed = NodeRef::<leptos::html::Input>::new();
    let value = move || typed.get().map(|input| input.value()).unwrap_or_default();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let value = value();
        if value.trim().is_empty() {
            found.set(None);
            return;
        }
        let query = [own(shell), query_of(&value)].concat();
        spawn(async move {
            let rows = shell.found(&query).await;
            // An answer to what is no longer asked is no answer.
            if typed.get_untracked().is_some_and(|input| input.value() == value) {
                found.set(Some(Found { query, rows }));
            }
        });
    };
    // The cross that a browser draws in the field, and the last letter's going, bring all calls back.
    let emptied = move |_: leptos::ev::Event| {
        if value().is_empty() {
            found.set(None);
        }
    };
    let file = move || {
        found.with(|found| {
            let query = found.as_ref().map_or_else(|| own(shell), |found| found.query.clone());
            ["/api/log.csv?", &query].concat()
        })
    };
    view! {
        <form class="search" role="search" on:submit=on(submit)>
            <input
                node_ref=typed
                type="search"
                maxlength="100"
                aria-label=words.search
                placeholder=words.search_hint
                on:input=on(emptied)
            />
            <button>{words.search}</button>
            <a href=file download="calls.csv">{words.as_csv}</a>
        </form>
    }
}
