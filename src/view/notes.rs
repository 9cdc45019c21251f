//! Short sentences about a call, one under the other.

use leptos::prelude::*;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    text: String,
    attention: bool,
}

impl Note {
    /// Something worth knowing.
    pub(super) fn quiet(text: impl Into<String>) -> Self {
        Self { text: text.into(), attention: false }
    }

    /// Something that is not as it should be.
    pub(super) fn attention(text: impl Into<String>) -> Self {
        Self { text: text.into(), attention: true }
    }
}

/// The notes, drawn anew when one of them changes.
pub(super) fn notes(read: Memo<Vec<Note>>) -> AnyView {
    let line =
        |Note { text, attention }| view! { <p class:attention=attention>{text}</p> }.into_any();
    (move || read.get().into_iter().map(line).collect::<Vec<_>>()).into_any()
}
