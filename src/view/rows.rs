//! The rows of the history, each drawn once for as long as it says the same: what plays in a row goes on whatever comes above it.
//!
//! Leptos's `For` does that too, and is 5 kB of the page for whatever order rows might change to.

use std::cell::RefCell;

use call::history::Row;
use call::ids::CallId;
use leptos::html::Ul;
use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::*;
use leptos::tachys::view::any_view::AnyViewState;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

use super::calls::CallRow;
use crate::boxed::effect;
use crate::shell::Shell;

/// A row that is on screen.
struct Drawn {
    row: Row,
    item: HtmlElement,
    _view: UnmountHandle<AnyViewState>,
}

impl Drop for Drawn {
    fn drop(&mut self) {
        self.item.remove();
    }
}

#[component]
pub(crate) fn Rows(
    shell: Shell,
    rows: Box<dyn Fn() -> Vec<Row>>,
    heard: RwSignal<Option<String>>,
    open: RwSignal<Option<CallId>>,
) -> impl IntoView {
    let list = NodeRef::<Ul>::new();
    // A row lives as long as the list: not as long as one run of the effect, which is what it would belong to there.
    let owner = Owner::current();
    let draw = move |row: Row| {
        let item = document().create_element("li").ok()?.unchecked_into::<HtmlElement>();
        let answered = row.answered_at.is_some();
        let class = match (answered, row.outcome) {
            (true, _) => "row row--answered",
            (false, Some(_)) => "row row--failed",
            (false, None) => "row",
        };
        item.set_class_name(class);
        let (shown, parent) = (row.clone(), item.clone());
        let view = move || view! { <CallRow shell row=shown heard open /> }.into_any();
        let view = owner.as_ref()?.with(|| mount_to(parent, view));
        Some(Drawn { row, item, _view: view })
    };
    let drawn = RefCell::new(Vec::<Drawn>::new());
    effect(move || {
        let rows = rows();
        let Some(list) = list.get() else { return };
        let mut before = drawn.take();
        let kept: Vec<_> = rows
            .into_iter()
            .map(|row| {
                let place = before.iter().position(|drawn| drawn.row == row);
                (row, place.map(|place| before.swap_remove(place)))
            })
            .collect();
        // What says something else now, or is gone, goes first: so nothing that stays has to move.
        drop(before);
        let mut there = list.first_element_child();
        let mut now = Vec::with_capacity(kept.len());
        for (row, kept) in kept {
            let Some(drawn) = kept.or_else(|| draw(row)) else { continue };
            if there.as_ref() == Some(&drawn.item) {
                there = drawn.item.next_element_sibling();
            } else {
                // Fails only if what is `there` were not in the list.
                let _ = list.insert_before(&drawn.item, there.as_deref());
            }
            now.push(drawn);
        }
        drawn.replace(now);
    });
    view! { <ul class="calls__list" aria-label=shell.words.calls role="list" node_ref=list></ul> }
}
