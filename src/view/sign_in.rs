//! Signing in with a name and a password.

use call::api::ProblemCode;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use crate::shell::Shell;

#[component]
pub(crate) fn SignIn(shell: Shell, refused: Option<ProblemCode>, trying: bool) -> impl IntoView {
    let words = shell.words;
    let name = NodeRef::<leptos::html::Input>::new();
    let password = NodeRef::<leptos::html::Input>::new();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if let (Some(name), Some(password)) = (name.get(), password.get()) {
            shell.sign_in(name.value(), password.value());
        }
    };
    view! {
        <main class="sign-in">
            <form class="sign-in__form" on:submit=submit>
                <h2>{words.sign_in}</h2>
                <label>
                    {words.name}
                    <input node_ref=name name="username" autocomplete="username" required=true autofocus=true />
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
                {refused.map(|code| view! {
                    <p class="problem" role="alert">{(words.sign_in_refused)(code)}</p>
                })}
                <button class="primary" aria-busy=trying.then_some("true") disabled=trying>
                    {words.sign_in}
                </button>
            </form>
        </main>
    }
}
