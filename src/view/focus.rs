//! Where the keyboard goes when one screen takes the place of another.

use leptos::html::ElementType;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::boxed::effect;

/// Moves the focus to an element once it is there, so that keyboard and screen reader follow what is shown.
pub(crate) fn focus_on<E>(element: NodeRef<E>)
where
    E: ElementType + 'static,
    E::Output: JsCast + Clone + 'static,
{
    effect(move || {
        if let Some(element) = element.get()
            && let Some(element) = element.dyn_ref::<web_sys::HtmlElement>()
        {
            // An element that cannot take it leaves it where it was.
            let _ = element.focus();
        }
    });
}

/// Whether focusing a field is welcome: with a finger it would bring up a keyboard over the keypad.
pub(crate) fn types_with_keys() -> bool {
    web_sys::window()
        .and_then(|window| window.match_media("(pointer: fine)").ok().flatten())
        .is_some_and(|query| query.matches())
}
