//! The keys of a telephone.

use leptos::prelude::*;

use super::icon::{Icon, icon};
use crate::boxed::on;
use crate::words::Words;

/// What a key stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// Writes this.
    Digit(char),
    /// Takes the last one back.
    Erase,
}

/// The keys that both keypads have, and the letters that stand on them.
const DIGITS: [(char, &str); 9] = [
    ('1', ""),
    ('2', "ABC"),
    ('3', "DEF"),
    ('4', "GHI"),
    ('5', "JKL"),
    ('6', "MNO"),
    ('7', "PQRS"),
    ('8', "TUV"),
    ('9', "WXYZ"),
];

/// The last row where a number is written.
pub(crate) const WRITING: [Key; 3] = [Key::Digit('+'), Key::Digit('0'), Key::Erase];
/// The last row where tones are sent.
pub(crate) const TONES: [Key; 3] = [Key::Digit('*'), Key::Digit('0'), Key::Digit('#')];

#[component]
pub(crate) fn Keypad(
    words: &'static Words,
    last_row: [Key; 3],
    press: impl Fn(Key) + Copy + Send + 'static,
) -> impl IntoView {
    let digits = DIGITS.map(|(digit, letters)| (Key::Digit(digit), letters));
    let keys = digits.into_iter().chain(last_row.map(|key| (key, "")));
    let keys = keys.map(|(key, letters)| {
        let (label, face) = match key {
            Key::Digit(digit) => (None, digit.into_any()),
            Key::Erase => (Some(words.erase), icon(Icon::Erase).into_any()),
        };
        view! {
            <button class="keypad__key" type="button" aria-label=label on:click=on(move |_| press(key))>
                {face}
                <small aria-hidden="true">{letters}</small>
            </button>
        }
    });
    view! { <div class="keypad">{keys.collect_view()}</div> }
}
