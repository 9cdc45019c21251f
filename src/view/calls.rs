//! The history: one row a conversation, newest first.

use call::cause::Outcome;
use call::history::{Recording, Row, Status, TransferStage, Word};
use call::ids::CallId;
use call::party::Direction;
use call::phone::Phone;
use leptos::prelude::*;

use super::call::name_of;
use super::clock::{day_and_time, span};
use super::icon::{Icon, icon};
use super::player::Player;
use super::rows::Rows;
use super::search::{Found, Search};
use super::timeline::Timeline;
use crate::boxed::{effect, memo, on};
use crate::shell::Shell;
use crate::words::Words;

/// How it went or, while it has not gone yet, how far it is.
fn outcome_word(row: &Row, words: &'static Words) -> &'static str {
    match (row.outcome, row.status) {
        (Some(outcome), _) => (words.outcome)(outcome),
        (None, Status::Placed | Status::Initiated)
            if row.rang_at.is_some() || row.direction == Direction::Incoming =>
        {
            words.ringing
        }
        (None, Status::Placed | Status::Initiated) => words.calling,
        (None, Status::Answered | Status::Ended | Status::Completed) => words.in_call,
    }
}

#[component]
pub(crate) fn Calls(shell: Shell) -> impl IntoView {
    let words = shell.words;
    let ledger = shell.ledger;
    let loaded = memo(move || ledger.with(|ledger| ledger.loaded));
    let found = RwSignal::new(None::<Found>);
    let searched = memo(move || found.with(Option::is_some));
    let rows = move || {
        found.with(|found| match found {
            Some(found) => found.rows.clone().unwrap_or_default(),
            None => ledger.with(|ledger| ledger.rows.clone()),
        })
    };
    let empty = memo(move || rows().is_empty());
    let heard = RwSignal::new(None::<String>);
    let open = RwSignal::new(None);
    effect(move || {
        // Nobody talks over a recording.
        if shell.phone.with(Phone::has_live_call) {
            heard.set(None);
        }
    });
    let cut_off = memo(move || ledger.with(|ledger| ledger.cut_off));
    let more = memo(move || !searched.get() && ledger.with(super::super::shell::Ledger::has_more));
    let failed =
        memo(move || found.with(|found| found.as_ref().is_some_and(|found| found.rows.is_none())));
    view! {
        <section class="calls" aria-labelledby="calls-heading">
            <h2 id="calls-heading">{words.calls}</h2>
            <Search shell found />
            {move || cut_off.get().then(|| view! { <p class="attention" role="status">{words.not_live}</p> }.into_any())}
            {move || match (loaded.get() || searched.get(), empty.get()) {
                (true, true) if failed.get() => {
                    view! { <p class="problem" role="alert">{words.search_failed}</p> }.into_any()
                }
                (true, true) if searched.get() => {
                    view! { <p class="calls__empty" role="status">{words.none_found}</p> }.into_any()
                }
                (false, true) => view! { <p class="calls__empty" role="status">{words.loading}</p> }.into_any(),
                (true, true) => view! { <p class="calls__empty">{words.no_calls}</p> }.into_any(),
                (_, false) => ().into_any(),
            }}
            <Rows shell rows=Box::new(rows) heard open />
            {move || more.get().then(|| view! {
                <button class="quiet" type="button" on:click=on(move |_| shell.load_more())>
                    {words.more_calls}
                </button>
            }.into_any())}
        </section>
    }
}

/// What stands in a row.
#[component]
pub(crate) fn CallRow(
    shell: Shell,
    row: Row,
    heard: RwSignal<Option<String>>,
    open: RwSignal<Option<CallId>>,
) -> impl IntoView {
    let words = shell.words;
    let who = row.with.as_ref().map(|with| name_of(with, words));
    let went = outcome_word(&row, words);
    let incoming = row.direction == Direction::Incoming;
    let direction = incoming.then_some(words.incoming);
    let answered = row.answered_at.is_some();
    let went_icon = match (answered, row.outcome) {
        (true, _) if incoming => icon(Icon::Incoming).into_any(),
        (true, _) => icon(Icon::Outgoing).into_any(),
        (false, Some(_)) => icon(Icon::Missed).into_any(),
        (false, None) => icon(Icon::Phone).into_any(),
    };
    let rang = row.rang_ms.filter(|ms| *ms >= 1_000).map(|ms| words.rang.to_owned() + &span(ms));
    // Nobody was signed in, or no page could be reached.
    let silent = row.outcome == Some(Outcome::Missed) && row.rang_at.is_none();
    let rang = rang.or(silent.then(|| words.never_rang.to_owned()));
    let talked = row.talk_ms.filter(|_| answered).map(span);
    let held = row.held_ms.map(|ms| words.held.to_owned() + &span(ms));
    let handed_on = row.transfer.as_ref().filter(|transfer| transfer.stage == TransferStage::Done);
    let handed_on = handed_on.map(|transfer| (words.transferred)(&transfer.to.pretty()));
    let times: Vec<_> = [rang, talked, held, handed_on]
        .into_iter()
        .flatten()
        .map(|time| view! { <span class="row__time">{time}</span> }.into_any())
        .collect();
    let when = row.placed_at.map(|at| day_and_time(at, words.tag));
    let recording = match (&row.recording, &row.recording_url) {
        (Recording::Ready { duration_ms }, Some(url)) => {
            let picture = ["url(", &call::api::waveform_path(&row.id), ")"].concat();
            view! { <Player url=url.clone() picture duration_ms=*duration_ms words heard /> }
                .into_any()
        }
        (Recording::Ready { .. }, None) | (Recording::None, _) => ().into_any(),
        (Recording::Expected, _) => said(words.recording_expected),
        (Recording::Paused, _) => said(words.recording_paused),
        (Recording::Processing, _) => said(words.recording_processing),
        (Recording::Failed { .. }, _) => said(words.recording_failed),
        (Recording::Missing, _) => said(words.recording_missing),
        (Recording::Deleted, _) => said(words.recording_deleted),
    };
    let no_word = match row.telnyx {
        Word::Missing => Some(view! { <p class="attention">{words.no_word}</p> }.into_any()),
        Word::Awaited | Word::Heard => None,
    };
    let left_open = row.let_go == Some(false) && !row.is_over();
    let left_open = left_open.then(|| view! { <p class="attention">{words.left_open}</p> });
    view! {
        <span class="row__icon">{went_icon}</span>
        <div class="row__head">
            <p class="row__number">{who}</p>
            <p class="row__when">{when}</p>
        </div>
        <p class="row__went">
            {direction}
            <span class="row__outcome">{went}</span>
            {times}
        </p>
        <div class="row__recording">{recording}{no_word}{left_open}</div>
        <div class="row__timeline"><Timeline shell row=row open /></div>
    }
}

fn said(word: &'static str) -> AnyView {
    view! { <p class="quietly">{word}</p> }.into_any()
}
