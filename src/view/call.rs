//! A call that lives: calling, then in call. Which of the two is for the phone to say.

use call::call::{Call, Calling, Connection, Event as CallEvent, HangUp, Talking};
use call::line::Line;
use call::phone::Screen;
use call::time::Millis;
use leptos::prelude::*;

use super::clock::{running, time_of_day};
use super::focus::focus_on;
use super::icon::{Icon, hang_up_icon, icon};
use crate::shell::Shell;
use crate::words::Words;

/// What the screen says of the sound, once it has something to say.
fn sound_word(talking: &Talking, words: &'static Words) -> &'static str {
    match (talking.media.flows(), talking.media.connection) {
        (true, _) => words.audio_flows,
        (false, Connection::Disconnected | Connection::Failed | Connection::Closed) => {
            words.audio_lost
        }
        (false, Connection::New | Connection::Connecting | Connection::Connected) => {
            words.audio_connecting
        }
    }
}

/// The state, in the one word that is used everywhere.
fn state_word(screen: Screen<'_>, words: &'static Words) -> &'static str {
    match screen {
        Screen::Calling(_, Calling { ringing: Some(_), .. }) => words.ringing,
        Screen::Calling(..) => words.calling,
        Screen::InCall(_, talking) if talking.hold.held => words.on_hold,
        Screen::InCall(..) => words.in_call,
        Screen::Dialer | Screen::Ended(..) => words.ended_word,
    }
}

/// The call on screen and, if it was answered, what is true of it then.
fn living(screen: Screen<'_>) -> Option<(&Call, HangUp, Option<&Talking>)> {
    match screen {
        Screen::Calling(call, calling) => Some((call, calling.hang_up, None)),
        Screen::InCall(call, talking) => Some((call, talking.hang_up, Some(talking))),
        Screen::Dialer | Screen::Ended(..) => None,
    }
}

#[component]
pub(crate) fn CallPanel(shell: Shell) -> impl IntoView {
    let words = shell.words;
    let phone = shell.phone;
    let send = move |event: CallEvent| {
        let id = phone.with_untracked(|phone| phone.call.as_ref().map(|call| call.id.clone()));
        if let Some(id) = id {
            shell.send_call(&id, event);
        }
    };

    let who = Memo::new(move |_| {
        phone.with(|phone| living(phone.screen()).map(|(call, ..)| call.to.pretty()))
    });
    let name = Memo::new(move |_| {
        phone.with(|phone| match phone.screen() {
            Screen::InCall(..) => words.in_call,
            Screen::Dialer | Screen::Calling(..) | Screen::Ended(..) => words.calling,
        })
    });
    let state = Memo::new(move |_| phone.with(|phone| state_word(phone.screen(), words)));
    let hanging_up = Memo::new(move |_| {
        phone.with(|phone| {
            living(phone.screen()).is_some_and(|(_, hang_up, _)| hang_up != HangUp::NotAsked)
        })
    });
    let since = Memo::new(move |_| {
        phone.with(|phone| {
            living(phone.screen()).and_then(|(.., talking)| talking.map(|talking| talking.since))
        })
    });
    let sound = Memo::new(move |_| {
        phone.with(|phone| {
            living(phone.screen())
                .and_then(|(.., talking)| talking.map(|talking| sound_word(talking, words)))
        })
    });
    let lost = Memo::new(move |_| {
        phone.with(|phone| match phone.line {
            Line::Lost { since } => Some(since),
            Line::Off
            | Line::AskingForToken { .. }
            | Line::Waiting { .. }
            | Line::Registering
            | Line::Ready => None,
        })
    });
    // The other witness: what Telnyx told our server about this call.
    let telnyx = Memo::new(move |_| {
        let id = phone.with(|phone| living(phone.screen()).map(|(call, ..)| call.id.clone()))?;
        let answered = shell.ledger.with(|ledger| ledger.row(&id)?.telnyx_answered_at)?;
        Some((words.telnyx_answered)(&time_of_day(answered, words.tag)))
    });

    // Not on a button: a key still held down from dialling must not hang up.
    let panel = NodeRef::new();
    focus_on(panel);
    view! {
        <section class="call call--live" aria-label=name tabindex="-1" node_ref=panel>
            <p class="call__who">{who}</p>
            <p class="call__state" role="status">
                {move || if hanging_up.get() { words.hanging_up } else { state.get() }}
            </p>
            {move || since.get().map(|since| view! { <TalkTimer since words /> })}
            <div class="call__notes">
                {move || sound.get().map(|word| view! { <p>{word}</p> })}
                {move || telnyx.get().map(|word| view! { <p>{word}</p> })}
                {move || lost.get().map(|since| view! { <Reconnecting since words /> })}
            </div>
            <Controls shell send hanging_up />
        </section>
    }
}

#[component]
fn TalkTimer(since: Millis, words: &'static Words) -> impl IntoView {
    let time = running(since);
    view! { <p class="call__timer" role="timer" aria-label=words.talk_time>{time}</p> }
}

#[component]
fn Reconnecting(since: Millis, words: &'static Words) -> impl IntoView {
    let time = running(since);
    view! { <p class="attention" role="status">{words.line_lost}" "{time}</p> }
}

#[component]
fn Controls(
    shell: Shell,
    send: impl Fn(CallEvent) + Copy + 'static,
    hanging_up: Memo<bool>,
) -> impl IntoView {
    let words = shell.words;
    let phone = shell.phone;
    let microphone = Memo::new(move |_| {
        phone.with(|phone| {
            living(phone.screen())
                .and_then(|(.., talking)| talking.map(|talking| talking.microphone))
        })
    });
    let hold = Memo::new(move |_| {
        phone.with(|phone| {
            living(phone.screen()).and_then(|(.., talking)| talking.map(|talking| talking.hold))
        })
    });
    let muted = move || microphone.get().is_some_and(|microphone| microphone.muted);
    let held = move || hold.get().is_some_and(|hold| hold.held);
    // Before an answer there is nobody to mute for; the buttons keep their place.
    let early = Memo::new(move |_| microphone.get().is_none());
    view! {
        <div class="call__controls">
            <button
                class="control"
                type="button"
                aria-pressed=move || if muted() { "true" } else { "false" }
                aria-busy=move || microphone.get().and_then(|microphone| microphone.asked).map(|_| "true")
                disabled=early
                on:click=move |_| send(CallEvent::Mute(!muted()))
            >
                {move || icon(if muted() { Icon::MicrophoneOff } else { Icon::Microphone })}
                {words.mute}
            </button>
            <button
                class="control"
                type="button"
                aria-pressed=move || if held() { "true" } else { "false" }
                aria-busy=move || hold.get().and_then(|hold| hold.asked).map(|_| "true")
                disabled=early
                on:click=move |_| send(CallEvent::Hold(!held()))
            >
                {icon(Icon::Pause)}
                {words.hold}
            </button>
        </div>
        <button
            class="hang-up-button"
            type="button"
            aria-busy=move || hanging_up.get().then_some("true")
            on:click=move |_| send(CallEvent::HangUp)
        >
            {hang_up_icon()}
            {words.hang_up}
        </button>
    }
}
