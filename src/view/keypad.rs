//! The keys of a telephone.

use leptos::prelude::*;

use super::icon::{Icon, icon};
use crate::words::Words;

/// What a key stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// Writes this.
    Digit(char),
    /// Takes the last one back.
    Erase,
}

/// The keys and the letters that stand on them.
const KEYS: [(Key, &str); 12] = [
    (Key::Digit('1'), ""),
    (Key::Digit('2'), "ABC"),
    (Key::Digit('3'), "DEF"),
    (Key::Digit('4'), "GHI"),
    (Key::Digit('5'), "JKL"),
    (Key::Digit('6'), "MNO"),
    (Key::Digit('7'), "PQRS"),
    (Key::Digit('8'), "TUV"),
    (Key::Digit('9'), "WXYZ"),
    (Key::Digit('+'), ""),
    (Key::Digit('0'), ""),
    (Key::Erase, ""),
];

#[component]
pub(crate) fn Keypad(
    words: &'static Words,
    press: impl Fn(Key) + Copy + Send + 'static,
) -> impl IntoView {
    let keys = KEYS.map(|(key, letters)| {
        let (label, face) = match key {
            Key::Digit(digit) => (None, digit.into_any()),
            Key::Erase => (Some(words.erase), icon(Icon::Erase).into_any()),
        };
        view! {
            <button class="keypad__key" type="button" aria-label=label on:click=move |_| press(key)>
                {face}
                <small aria-hidden="true">{letters}</small>
            </button>
        }
    });
    view! { <div class="keypad">{keys}</div> }
}
