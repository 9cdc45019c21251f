//! Calls that ring here: who calls, and the two things one can do about it.

use call::call::{Call, Event as CallEvent, HangUp, Socket};
use call::ids::CallId;
use call::phone::Event;
use leptos::prelude::*;

use super::call::{disagreement, name_of};
use super::icon::{Icon, hang_up_icon, icon};
use super::notes::{Note, notes};
use crate::boxed::{memo, on};
use crate::shell::Shell;

/// What a card shows of its call.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Card {
    who: String,
    /// It was taken, and the SDK has not said `active`.
    answering: bool,
    declining: bool,
    /// Why what is answered now would reach nobody, if it would not.
    cut_off: Option<&'static str>,
    /// What Telnyx says of it, and the SDK does not.
    disagreement: Option<&'static str>,
}

#[component]
pub(crate) fn IncomingCalls(shell: Shell) -> impl IntoView {
    let ids = memo(move || {
        shell
            .phone
            .with(|phone| phone.ringing_here().map(|call| call.id.clone()).collect::<Vec<CallId>>())
    });
    move || {
        let cards = ids.get().into_iter().map(|id| view! { <IncomingCall shell id /> }.into_any());
        cards.collect::<Vec<_>>()
    }
}

#[component]
fn IncomingCall(shell: Shell, id: CallId) -> impl IntoView {
    let words = shell.words;
    let of = id.clone();
    let read = move |call: &Call| Card {
        who: name_of(&call.with, words),
        answering: call.is_taken() && call.hang_up == HangUp::NotAsked,
        declining: call.hang_up != HangUp::NotAsked,
        cut_off: match call.socket {
            Socket::Up => None,
            Socket::Down { .. } => Some(words.line_lost),
            Socket::Away { .. } => Some(words.coming_back),
        },
        disagreement: disagreement(call, words),
    };
    let card = memo(move || shell.phone.with(|phone| phone.call(&of).map(read)));
    let is = move |what: fn(&Card) -> bool| card.with(|card| card.as_ref().is_some_and(what));
    let said = memo(move || {
        // Answering holds what talks now; one should know before.
        let holds = shell.phone.with(|phone| phone.shown().is_some());
        let holds = holds.then(|| Note::quiet(words.answer_holds));
        let card = card.get();
        let wrong = card.map(|card| [card.cut_off, card.disagreement]).unwrap_or_default();
        holds.into_iter().chain(wrong.into_iter().flatten().map(Note::attention)).collect()
    });
    let say = StoredValue::new(id);
    let send = move |event| shell.send(Event::Call(say.get_value(), event));
    view! {
        <section class="call call--incoming" aria-label=words.incoming_call>
            <p class="call__who">{move || card.get().map(|card| card.who)}</p>
            <p class="call__state" role="status">
                {move || if is(|card| card.answering) { words.answering } else { words.incoming_call }}
            </p>
            {notes(said)}
            <div class="call__controls">
                <button
                    class="hang-up-button"
                    type="button"
                    aria-busy=move || is(|card| card.declining).then_some("true")
                    on:click=on(move |_| send(CallEvent::HangUp))
                >
                    {hang_up_icon()}
                    {move || if is(|card| card.answering) { words.hang_up } else { words.decline }}
                </button>
                <button
                    class="call-button"
                    type="button"
                    aria-busy=move || is(|card| card.answering).then_some("true")
                    aria-disabled=move || is(|card| card.cut_off.is_some()).then_some("true")
                    on:click=on(move |_| send(CallEvent::Answer))
                >
                    {icon(Icon::Phone)}
                    {words.answer}
                </button>
            </div>
        </section>
    }
}
