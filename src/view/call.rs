//! A call that lives: calling, then in call. Which of the two is for the phone to say.

use call::call::{
    Call, Calling, Disagreement, Event as CallEvent, HangUp, Party, Progress, SOCKET_LIMIT_MS,
    Socket, Sound, Talking, Warning,
};
use call::dtmf::Digit;
use call::history::Recording;
use call::phone::Screen;
use call::time::Millis;
use leptos::prelude::*;

use super::clock::{running, span, time_of_day};
use super::controls::Controls;
use super::focus::focus_on;
use super::notes::{Note, notes};
use super::transfer::{note, third, transfer_on_screen};
use crate::boxed::memo;
use crate::shell::{Access, Shell};
use crate::words::Words;

/// What the screen says of the sound; nothing on hold, where the connection does not say who hears whom.
fn sound_word(call: &Call, talking: &Talking, words: &'static Words) -> Option<&'static str> {
    match (talking.hold.held || call.socket.is_away(), call.leg.sound, call.leg.warning) {
        (true, ..) => None,
        (false, Sound::Lost, _) => Some(words.audio_lost),
        (false, Sound::Connected, Some(Warning::NothingHeard)) => Some(words.nothing_heard),
        (false, Sound::Connected, Some(Warning::NothingSent)) => Some(words.nothing_sent),
        (false, Sound::Connected, None) if call.leg.stream => Some(words.audio_flows),
        (false, Sound::Awaited | Sound::Connected, _) => Some(words.audio_connecting),
    }
}

/// What the two witnesses do not agree on.
pub(super) fn disagreement(call: &Call, words: &'static Words) -> Option<&'static str> {
    call.disagreement().map(|disagreement| match disagreement {
        Disagreement::EndedAtTelnyx { .. } => words.ended_only_there,
        Disagreement::AnsweredAtTelnyx { .. } => words.answered_only_there,
    })
}

/// The same, or what takes longer than it should.
fn complaint(screen: Screen<'_>, words: &'static Words) -> Option<&'static str> {
    let (call, _, talking) = living(screen)?;
    disagreement(call, words).or_else(|| match screen {
        Screen::Calling(_, Calling { slow: true, progress, .. }) => Some(match progress {
            Progress::Preparing => words.slow_browser,
            Progress::Inviting | Progress::Proceeding | Progress::Up => words.slow_telnyx,
        }),
        Screen::Dialer | Screen::Calling(..) | Screen::InCall(..) | Screen::Ended(..) => {
            talking.filter(|talking| talking.hold.has_failed()).map(|_| words.hold_failed)
        }
    })
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

/// Who is at the other end.
pub(super) fn name_of(party: &Party, words: &'static Words) -> String {
    party.pretty().unwrap_or_else(|| words.withheld.to_owned())
}

/// The call on screen and, if it was answered, what is true of it then.
pub(super) fn living(screen: Screen<'_>) -> Option<(&Call, HangUp, Option<&Talking>)> {
    match screen {
        Screen::Calling(call, _) => Some((call, call.hang_up, None)),
        Screen::InCall(call, talking) => Some((call, call.hang_up, Some(talking))),
        Screen::Dialer | Screen::Ended(..) => None,
    }
}

#[component]
pub(crate) fn CallPanel(
    shell: Shell,
    /// Set to enter a further number.
    adding: RwSignal<bool>,
) -> impl IntoView {
    let words = shell.words;
    let phone = shell.phone;
    let far = memo(move || {
        phone.with(|phone| living(phone.screen()).map(|(call, ..)| name_of(&call.with, words)))
    });
    let transfer = transfer_on_screen(shell);
    let who = memo(move || transfer.get().as_ref().and_then(third).or_else(|| far.get()));
    let name = memo(move || {
        phone.with(|phone| match phone.screen() {
            Screen::InCall(..) => words.in_call,
            Screen::Dialer | Screen::Calling(..) | Screen::Ended(..) => words.calling,
        })
    });
    let state = memo(move || phone.with(|phone| state_word(phone.screen(), words)));
    let since = memo(move || {
        phone.with(|phone| {
            living(phone.screen()).and_then(|(.., talking)| talking.map(|talking| talking.since))
        })
    });
    let telnyx = telnyx_says(shell);
    // Where the page has just been loaded anew, whoever could give the call back may not answer.
    let unreachable = memo(move || {
        shell.access.with(|access| match access {
            Access::Unreachable => true,
            Access::Asking | Access::SignedOut { .. } | Access::SignedIn { .. } => false,
        })
    });
    let said = memo(move || {
        phone
            .with(|phone| {
                let (call, hang_up, talking) = living(phone.screen())?;
                // The press, not its result: that is for the SDK to say.
                let hanging_up =
                    (hang_up != HangUp::NotAsked).then(|| Note::quiet(words.hanging_up));
                let sound = talking.and_then(|talking| sound_word(call, talking, words));
                let complaint = complaint(phone.screen(), words);
                let (answered, recorded) = telnyx.get().unwrap_or_default();
                let far = far.get().unwrap_or_default();
                let notes = [
                    hanging_up,
                    transfer.get().and_then(|transfer| note(&transfer, &far, words)),
                    sound.map(Note::quiet),
                    answered.map(Note::quiet),
                    recorded.map(Note::quiet),
                    complaint.map(Note::attention),
                    unreachable.get().then(|| Note::attention(words.server_unreachable)),
                ];
                Some(notes.into_iter().flatten().collect())
            })
            .unwrap_or_default()
    });
    let lost = memo(move || {
        phone.with(|phone| {
            let (call, ..) = living(phone.screen())?;
            match call.socket {
                Socket::Up => None,
                Socket::Down { since } => Some((words.line_lost, since, true)),
                Socket::Away { since, .. } => Some((words.coming_back, since, false)),
            }
        })
    });
    // Not on a button: a key still held down from dialling must not hang up.
    let panel = NodeRef::new();
    focus_on(panel);
    view! {
        <section
            class="call call--live"
            aria-label=name
            tabindex="-1"
            node_ref=panel
            on:keydown=move |event| {
                let digit = Some(event.key()).and_then(|key| single(&key)).and_then(Digit::of);
                if let Some(digit) = digit.filter(|_| !event.ctrl_key() && !event.meta_key()) {
                    shell.send_here(CallEvent::Press(digit));
                }
            }
        >
            <p class="call__who">{who}</p>
            <p class="call__state" role="status">{state}</p>
            {move || since.get().map(|since| view! { <TalkTimer since words /> })}
            <div class="call__notes">
                {notes(said)}
                {move || lost.get().map(|(what, since, limited)| view! {
                    <Reconnecting what since limited />
                })}
            </div>
            <Controls shell adding />
        </section>
    }
}

/// The other witness: when Telnyx says that the call on screen was answered, and whether it is recorded.
fn telnyx_says(shell: Shell) -> Memo<Option<(Option<String>, Option<&'static str>)>> {
    let words = shell.words;
    memo(move || {
        let id =
            shell.phone.with(|phone| living(phone.screen()).map(|(call, ..)| call.id.clone()))?;
        shell.ledger.with(|ledger| {
            let row = ledger.row(&id)?;
            let time = |at| (words.telnyx_answered)(&time_of_day(at, words.tag));
            let recorded = match row.recording {
                Recording::Expected => Some(words.recording_expected),
                Recording::Paused => Some(words.recording_paused),
                Recording::None
                | Recording::Processing
                | Recording::Ready { .. }
                | Recording::Failed { .. }
                | Recording::Missing
                | Recording::Deleted => None,
            };
            Some((row.telnyx_answered_at.map(time), recorded))
        })
    })
}

/// The character of a key that is one.
fn single(key: &str) -> Option<char> {
    let mut characters = key.chars();
    characters.next().filter(|_| characters.next().is_none())
}

#[component]
fn TalkTimer(since: Millis, words: &'static Words) -> impl IntoView {
    let time = running(since);
    view! { <p class="call__timer" role="timer" aria-label=words.talk_time>{time}</p> }
}

#[component]
fn Reconnecting(
    what: &'static str,
    since: Millis,
    /// Whether the call ends once the time is [`SOCKET_LIMIT_MS`].
    limited: bool,
) -> impl IntoView {
    let limit = limited.then(|| format!(" / {}", span(SOCKET_LIMIT_MS)));
    let time = running(since);
    view! { <p class="attention">{what}" "{time}{limit}</p> }
}
