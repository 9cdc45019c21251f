//! The page as a whole: which screen, in which frame.

use call::phone::{Phone, Screen};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use crate::boxed::{effect, memo};
use crate::line::Listener;
use crate::shell::{Access, Shell};
use crate::view::{
    beside::Beside, call::CallPanel, calls::Calls, dialer::Dialer, elsewhere::Elsewhere,
    ended::Ended, header::Header, incoming::IncomingCalls, notices::show_notices, sign_in::SignIn,
};
use crate::words;

/// Replaces the static shell of `index.html` by the living page.
pub(crate) fn mount() {
    let Some(window) = web_sys::window() else { return };
    let Some(document) = window.document() else { return };
    let Some(place) = document.get_element_by_id("app") else { return };

    let words = words::for_tag(&window.navigator().language().unwrap_or_default());
    if let Some(root) = document.document_element() {
        // The screen reader's voice follows the words.
        let _ = root.set_attribute("lang", words.tag);
    }
    let origin = window.location().origin().unwrap_or_default();

    place.set_inner_html("");
    let place = place.unchecked_into();
    // The page lives as long as the document.
    leptos::mount::mount_to(place, move || view! { <App origin=origin.clone() words=words /> })
        .forget();
}

/// What the tabs choose between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tab {
    Keypad,
    Calls,
}

impl Tab {
    /// The tab that an address names; the keypad where it names none.
    fn of(hash: &str) -> Self {
        if hash == "#/calls" { Self::Calls } else { Self::Keypad }
    }
}

/// What the page shows to whom. Derived, so that a screen is rebuilt only when another takes its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gate {
    Asking,
    Unreachable,
    SignIn,
    Open,
}

#[component]
fn App(origin: String, words: &'static words::Words) -> impl IntoView {
    let shell = Shell::new(origin, words);
    shell.start();
    show_notices(shell);
    let gate = memo(move || {
        shell.access.with(|access| match access {
            // Who is in a call sees it, whatever else is to be found out first.
            Access::Asking | Access::Unreachable if shell.phone.with(Phone::has_live_call) => {
                Gate::Open
            }
            Access::Asking => Gate::Asking,
            Access::Unreachable => Gate::Unreachable,
            Access::SignedOut { .. } => Gate::SignIn,
            Access::SignedIn { .. } => Gate::Open,
        })
    });
    view! {
        <Header shell />
        {move || match gate.get() {
            Gate::Asking => view! { <p class="waiting" role="status">{words.loading}</p> }.into_any(),
            Gate::Unreachable => {
                view! { <p class="waiting" role="alert">{words.server_unreachable}</p> }.into_any()
            }
            Gate::SignIn => view! { <SignIn shell /> }.into_any(),
            Gate::Open => view! { <PhonePanel shell /> }.into_any(),
        }}
    }
}

/// Which part of the keypad's place is shown. Derived, so that the parts are rebuilt only when it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Dialer,
    Call,
    Ended,
}

#[component]
fn PhonePanel(shell: Shell) -> impl IntoView {
    let tab = tab_of_address();
    // A further number is being entered while a call goes on.
    let adding = RwSignal::new(false);
    let shown = memo(move || shell.phone.with(|phone| phone.shown().map(|call| call.id.clone())));
    effect(move || {
        // Read, not only tracked: a memo that nobody reads is never computed, and tells nobody.
        shown.with(|_| adding.set(false));
    });
    let place = memo(move || {
        let adding = adding.get();
        shell.phone.with(|phone| match phone.screen() {
            Screen::Calling(..) | Screen::InCall(..) if adding => Place::Dialer,
            Screen::Dialer => Place::Dialer,
            Screen::Calling(..) | Screen::InCall(..) => Place::Call,
            Screen::Ended(..) => Place::Ended,
        })
    });
    let words = shell.words;
    let link = move |this: Tab, href: &'static str, label: &'static str| {
        let current = move || (tab.get() == this).then_some("page");
        view! { <a href=href aria-current=current>{label}</a> }
    };
    view! {
        <Elsewhere shell />
        <main class="phone" class:phone--calls=move || tab.get() == Tab::Calls>
            <div class="phone__line">
                <IncomingCalls shell />
                {move || match place.get() {
                    Place::Dialer => view! { <Dialer shell /> }.into_any(),
                    Place::Call => view! { <CallPanel shell adding /> }.into_any(),
                    Place::Ended => view! { <Ended shell /> }.into_any(),
                }}
                <Beside shell adding />
            </div>
            <div class="phone__calls">
                <Calls shell />
            </div>
        </main>
        <nav class="tabs" aria-label=words.main_navigation>
            {link(Tab::Keypad, "#/", words.keypad)}
            {link(Tab::Calls, "#/calls", words.calls)}
        </nav>
    }
}

/// The tab in the address, followed as it changes: a link, a bookmark and the back button all work.
fn tab_of_address() -> ReadSignal<Tab> {
    let hash =
        || web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default();
    let (tab, set_tab) = signal(Tab::of(&hash()));
    let listener = web_sys::window().and_then(|window| {
        Listener::new(&window, "hashchange", move |_| set_tab.set(Tab::of(&hash()))).ok()
    });
    // Kept until the view is gone, and the listener with it.
    StoredValue::new_local(listener);
    tab
}
