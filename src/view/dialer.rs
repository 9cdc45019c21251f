//! Entering a number and asking for a call.

use call::number::Number;
use call::phone::{Dialling, Event};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::focus::{focus_on, types_with_keys};
use super::icon::{Icon, hang_up_icon, icon};
use super::keypad::{Key, Keypad, WRITING};
use super::notices::AskForNotices;
use crate::boxed::{memo, on};
use crate::shell::Shell;

/// Whether a call is being asked for.
pub(super) fn is_dialling(shell: Shell) -> Memo<bool> {
    memo(move || {
        shell.phone.with(|phone| match phone.dialling {
            Dialling::Asked { .. } | Dialling::Granted { .. } => true,
            Dialling::Idle | Dialling::NotANumber(_) | Dialling::Refused(_) => false,
        })
    })
}

/// Why the last number was not dialled.
pub(super) fn why_not_dialled(shell: Shell) -> Memo<Option<&'static str>> {
    let words = shell.words;
    memo(move || {
        shell.phone.with(|phone| match phone.dialling {
            Dialling::NotANumber(why) => Some((words.not_a_number)(why)),
            Dialling::Refused(why) => Some((words.refusal)(why)),
            Dialling::Idle | Dialling::Asked { .. } | Dialling::Granted { .. } => None,
        })
    })
}

#[component]
pub(crate) fn Dialer(shell: Shell) -> impl IntoView {
    let words = shell.words;
    let (written, set_written) = signal(String::new());
    let field = NodeRef::new();
    if types_with_keys() {
        focus_on(field);
    }
    let write = move |text: String| {
        set_written.set(text);
        shell.send(Event::Edited);
    };
    let press = move |key| {
        let mut text = written.get_untracked();
        match key {
            Key::Digit(digit) => text.push(digit),
            Key::Erase => drop(text.pop()),
        }
        write(text);
    };

    let busy = is_dialling(shell);
    let problem = why_not_dialled(shell);
    // What will be dialled, where it reads differently from what was written.
    let meant = memo(move || {
        let text = written.get();
        Number::parse(&text)
            .ok()
            .map(|number| number.pretty())
            .filter(|pretty| *pretty != text.trim())
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        shell.send(Event::Dial { written: written.get_untracked() });
    };

    view! {
        <section class="dialer" aria-label=words.dialer>
            <form on:submit=on(submit) novalidate=true>
                <div class="dialer__field">
                    <input
                        node_ref=field
                        class="dialer__number"
                        type="tel"
                        name="number"
                        autocomplete="off"
                        aria-label=words.number
                        aria-invalid=move || problem.get().map(|_| "true")
                        aria-describedby="dialer-said"
                        placeholder=words.number_hint
                        prop:value=written
                        on:input=on(move |event| write(event_target_value(&event)))
                    />
                </div>
                <p class="dialer__said" id="dialer-said">
                    {move || match (problem.get(), meant.get()) {
                        (Some(problem), _) => view! { <span class="problem" role="alert">{problem}</span> }.into_any(),
                        (None, Some(meant)) => view! { <span class="quietly">{meant}</span> }.into_any(),
                        (None, None) => ().into_any(),
                    }}
                </p>
                <Keypad words last_row=WRITING press />
                <div class="dialer__actions">
                    <button class="call-button" type="submit" aria-busy=move || busy.get().then_some("true")>
                        {icon(Icon::Phone)}
                        {words.call}
                    </button>
                    {move || busy.get().then(|| view! {
                        <button
                            class="hang-up-button dialer__give-up"
                            type="button"
                            on:click=on(move |_| shell.send(Event::GiveUp))
                        >
                            {hang_up_icon()}
                            {words.hang_up}
                        </button>
                    }.into_any())}
                </div>
            </form>
            <AskForNotices shell />
        </section>
    }
}
