//! Signing in with a name and a password, or where one is signed in already.

use call::api::PROVIDER_PATH;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::focus::focus_on;
use crate::boxed::{memo, on};
use crate::shell::{Access, Shell};

#[component]
pub(crate) fn SignIn(shell: Shell) -> impl IntoView {
    let words = shell.words;
    let state = memo(move || {
        shell.access.with(|access| match access {
            Access::SignedOut { refused, trying } => (*refused, *trying),
            Access::Asking | Access::Unreachable | Access::SignedIn { .. } => (None, false),
        })
    });
    let refused = move || state.get().0;
    let trying = move || state.get().1;
    let name = NodeRef::<leptos::html::Input>::new();
    focus_on(name);
    let password = NodeRef::<leptos::html::Input>::new();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if trying() {
            return;
        }
        if let (Some(name), Some(password)) = (name.get(), password.get()) {
            shell.sign_in(name.value(), password.value());
        }
    };
    view! {
        <main class="sign-in">
            <form class="sign-in__form" on:submit=on(submit)>
                <h2>{words.sign_in}</h2>
                <label>
                    {words.name}
                    <input node_ref=name name="username" autocomplete="username" required=true />
                </label>
                <label>
                    {words.password}
                    <input
                        node_ref=password
                        name="password"
                        type="password"
                        autocomplete="current-password"
                        required=true
                    />
                </label>
                {move || refused().map(|code| view! {
                    <p class="problem" role="alert">{(words.sign_in_refused)(code)}</p>
                }.into_any())}
                <button class="primary" aria-busy=move || trying().then_some("true")>
                    {words.sign_in}
                </button>
                {move || shell.provider.get().then(|| view! {
                    <a href=PROVIDER_PATH>{words.sign_in_at_provider}</a>
                }.into_any())}
            </form>
        </main>
    }
}
