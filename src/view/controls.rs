//! What one can do to a call that lives.

use call::call::{Event as CallEvent, HangUp, Microphone, Talking};
use call::dtmf::Digit;
use leptos::prelude::*;

use super::call::living;
use super::icon::{Icon, hang_up_icon, icon};
use super::keypad::{Key, Keypad, TONES};
use super::off_record::OffRecord;
use super::transfer::{TransferButton, TransferTo};
use crate::boxed::{memo, on};
use crate::shell::Shell;

#[component]
pub(crate) fn Controls(
    shell: Shell,
    /// Set to enter a further number.
    adding: RwSignal<bool>,
) -> impl IntoView {
    let words = shell.words;
    let hanging_up = memo(move || {
        shell.phone.with(|phone| {
            living(phone.screen()).is_some_and(|(_, hang_up, _)| hang_up != HangUp::NotAsked)
        })
    });
    // Shut while the far end waits, which is nobody's wish: the button says what is wanted.
    let microphone = memo(move || {
        shell.phone.with(|phone| {
            let (call, _, talking) = living(phone.screen())?;
            let Microphone { muted, wanted } = talking?.microphone;
            Some(Microphone { muted: if call.is_apart() { wanted } else { muted }, wanted })
        })
    });
    let hold = talking(shell, |talking| talking.hold);
    let muted = move || microphone.get().is_some_and(|microphone| microphone.muted);
    let on_hold = move || hold.get().is_some_and(|hold| hold.held);
    // Before an answer nobody is there to be muted or held for: the buttons keep their place and say so.
    let early = memo(move || microphone.get().is_none());
    let (keys, show_keys) = signal(false);
    let transferring = RwSignal::new(false);
    view! {
        <div class="call__controls">
            <button
                class="control"
                type="button"
                aria-pressed=move || said(muted())
                aria-busy=move || microphone.get().filter(|is| is.muted != is.wanted).map(|_| "true")
                aria-disabled=move || early.get().then_some("true")
                title=move || early.get().then_some(words.once_answered)
                on:click=on(move |_| shell.send_here(CallEvent::Mute(!muted())))
            >
                {move || icon(if muted() { Icon::MicrophoneOff } else { Icon::Microphone })}
                {words.mute}
            </button>
            <button
                class="control"
                type="button"
                aria-expanded=move || said(keys.get() && !early.get())
                aria-disabled=move || early.get().then_some("true")
                title=move || early.get().then_some(words.once_answered)
                on:click=on(move |_| show_keys.update(|keys| *keys = !*keys && !early.get_untracked()))
            >
                {icon(Icon::Keypad)}
                {words.keypad}
            </button>
            <button
                class="control"
                type="button"
                aria-pressed=move || said(on_hold())
                aria-busy=move || hold.get().filter(|hold| hold.is_under_way()).map(|_| "true")
                aria-disabled=move || early.get().then_some("true")
                title=move || early.get().then_some(words.once_answered)
                on:click=on(move |_| shell.send_here(CallEvent::Hold(!on_hold())))
            >
                {icon(Icon::Pause)}
                {words.hold}
            </button>
            <button
                class="control"
                type="button"
                aria-disabled=move || early.get().then_some("true")
                title=move || early.get().then_some(words.once_answered)
                on:click=on(move |_| adding.set(!early.get_untracked()))
            >
                {icon(Icon::Phone)}
                {words.add_call}
            </button>
            <TransferButton shell open=transferring />
            <OffRecord shell />
        </div>
        <TransferTo shell open=transferring />
        {move || (keys.get() && !early.get()).then(|| view! { <Tones shell /> })}
        <button
            class="hang-up-button"
            type="button"
            aria-busy=move || hanging_up.get().then_some("true")
            on:click=on(move |_| shell.send_here(CallEvent::HangUp))
        >
            {hang_up_icon()}
            {words.hang_up}
        </button>
    }
}

/// The keypad while one talks, and what was pressed on it.
#[component]
fn Tones(shell: Shell) -> impl IntoView {
    let words = shell.words;
    let digits = talking(shell, |talking| {
        talking.digits.iter().copied().map(Digit::as_char).collect::<String>()
    });
    let press = move |key| match key {
        Key::Digit(character) => {
            if let Some(digit) = Digit::of(character) {
                shell.send_here(CallEvent::Press(digit));
            }
        }
        Key::Erase => {}
    };
    view! {
        <div class="call__tones">
            <output class="call__digits" aria-label=words.digits_sent>{move || digits.get()}</output>
            <Keypad words last_row=TONES press />
        </div>
    }
}

/// Something about the call, while it is one that was answered.
fn talking<T: PartialEq + Send + Sync + 'static>(
    shell: Shell,
    read: fn(&Talking) -> T,
) -> Memo<Option<T>> {
    memo(move || {
        shell.phone.with(|phone| living(phone.screen()).and_then(|(.., talking)| talking.map(read)))
    })
}

/// A truth in an attribute that has to say it in words.
pub(super) const fn said(truth: bool) -> &'static str {
    if truth { "true" } else { "false" }
}
