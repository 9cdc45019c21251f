//! What every witness said of a call, on one time axis. The server draws it; the page says what the lanes are called and
//! puts them into place. Which of them are shown, and whether as lists, the style sheet does by the boxes ticked.

use call::history::Row;
use call::ids::CallId;
use call::timeline::export_path;
use leptos::html::Div;
use leptos::prelude::*;

use super::clock::behind_utc;
use crate::boxed::{effect, on, spawn};
use crate::shell::Shell;

/// The button that opens a call's timeline, and the timeline while it is open.
#[component]
pub(crate) fn Timeline(
    shell: Shell,
    row: Row,
    /// The call whose timeline is open, on the whole page.
    open: RwSignal<Option<CallId>>,
) -> impl IntoView {
    let words = shell.words;
    let Row { id, placed_at, .. } = row;
    let this = id.clone();
    let is_open = move || open.with(|open| open.as_ref() == Some(&this));
    let (shown, expanded) = (is_open.clone(), is_open.clone());
    let this = id.clone();
    let toggle = move |_| open.set((!is_open()).then(|| this.clone()));
    view! {
        <button
            class="quiet timeline__button"
            type="button"
            aria-expanded=move || if expanded() { "true" } else { "false" }
            on:click=on(toggle)
        >
            {words.timeline}
        </button>
        {move || shown().then(|| lanes(shell, &id, behind_utc(placed_at.unwrap_or_default())))}
    }
}

fn lanes(shell: Shell, id: &CallId, behind_utc: i32) -> AnyView {
    let words = shell.words;
    let drawn = RwSignal::new(None::<Option<String>>);
    let place = NodeRef::<Div>::new();
    let this = id.clone();
    effect(move || {
        // As wide as the axis stands there.
        let Some(place) = place.get() else { return };
        let (id, width) = (this.clone(), place.client_width());
        spawn(async move { drawn.set(Some(shell.drawn(&id, width, behind_utc).await)) });
    });
    let picture = move |number: usize| {
        let line = |text: &String| text.lines().nth(number).unwrap_or_default().to_owned();
        drawn.with(|drawn| drawn.as_ref()?.as_ref().map(line)).unwrap_or_default()
    };
    let lane = |(number, name): (usize, &'static str)| {
        view! {
            <li class="lane">
                <label class="lane__name"><input type="checkbox" checked />{name}</label>
                <div class="lane__drawn" inner_html=move || picture(number)></div>
            </li>
        }
        .into_any()
    };
    let said = move || match drawn.get() {
        None => Some(view! { <p class="quietly" role="status">{words.loading}</p> }.into_any()),
        Some(None) => {
            Some(view! { <p class="problem" role="alert">{words.no_timeline}</p> }.into_any())
        }
        Some(Some(_)) => None,
    };
    let axis = move || picture(words.lanes.len());
    view! {
        <div class="timeline">
            {said}
            <label class="timeline__choice"><input type="checkbox" />{words.as_list}</label>
            <ul class="timeline__lanes" aria-label=words.timeline role="list">
                {words.lanes.into_iter().enumerate().map(lane).collect::<Vec<_>>()}
            </ul>
            <div class="timeline__axis" node_ref=place inner_html=axis></div>
            <a class="timeline__export" href=export_path(id) download>{words.export}</a>
        </div>
    }
    .into_any()
}
