//! Facts in any order, any number of times: one row.

#![allow(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod support;

use call::cause::{Cause, Outcome, Side};
use call::history::{Fact, Recording, Row, Status, What, Word};
use call::ids::TelnyxIds;
use support::{id, number, second};

fn fact(at: u64, what: What) -> Fact {
    Fact { at: second(at), ids: TelnyxIds::default(), what }
}

/// All that both witnesses say of an ordinary answered call.
fn answered() -> Vec<Fact> {
    vec![
        fact(0, What::Placed { agent: "demo".to_owned(), to: number() }),
        fact(1, What::Dialled),
        fact(1, What::Initiated),
        fact(2, What::Rang),
        fact(5, What::Answered),
        fact(6, What::Active),
        fact(65, What::Ended { cause: Cause::Normal, by: Side::Us }),
        fact(64, What::HungUp { cause: Cause::Normal, by: Side::Us }),
        fact(67, What::RecordingSaved { recording_id: Some("rec".to_owned()) }),
        fact(68, What::RecordingStored { duration_ms: Some(59_000), bytes: 944_044 }),
    ]
}

/// A small generator, so that a failing order can be told again from its seed.
fn shuffled(mut facts: Vec<Fact>, seed: u64) -> Vec<Fact> {
    let mut state = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
    for place in (1..facts.len()).rev() {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from((state >> 33) % (place as u64 + 1)).expect("small");
        facts.swap(place, other);
    }
    facts
}

#[test]
fn the_same_facts_in_any_order_and_any_number_of_times_give_the_same_row() {
    let row = Row::fold(id(), answered());
    for seed in 0..2_000 {
        let twice = answered().into_iter().chain(shuffled(answered(), seed)).collect();
        assert_eq!(Row::fold(id(), shuffled(twice, seed)), row, "seed {seed}");
    }
}

#[test]
fn telnyx_settles_the_times_and_the_page_knows_whose_click_it_was() {
    let row = Row::fold(id(), answered());
    assert_eq!(row.status, Status::Completed);
    assert_eq!(row.answered_at, Some(second(5)));
    assert_eq!(row.ended_at, Some(second(64)));
    assert_eq!(row.talk_ms, Some(59_000));
    assert_eq!((row.outcome, row.ended_by), (Some(Outcome::Answered), Some(Side::Us)));
    assert_eq!(row.telnyx, Word::Heard);
}

#[test]
fn a_recording_is_expected_then_processing_then_ready_and_only_then_has_an_address() {
    let told = |count: usize| Row::fold(id(), answered().into_iter().take(count));
    for (count, recording) in [
        (4, Recording::None),
        (5, Recording::Expected),
        (8, Recording::Processing),
        (9, Recording::Processing),
    ] {
        let row = told(count);
        assert_eq!((row.recording, row.recording_url), (recording, None), "after {count} facts");
    }
    let row = told(10);
    assert_eq!(row.recording, Recording::Ready { duration_ms: Some(59_000) });
    assert_eq!(row.recording_url.as_deref(), Some("/api/calls/0192-call/recording"));
}

#[test]
fn a_call_nobody_answered_has_nothing_to_play() {
    let row = Row::fold(
        id(),
        [
            fact(0, What::Placed { agent: "demo".to_owned(), to: number() }),
            fact(1, What::Initiated),
            fact(9, What::HungUp { cause: Cause::Busy, by: Side::Them }),
        ],
    );
    assert_eq!((row.outcome, row.recording), (Some(Outcome::Busy), Recording::None));
    assert_eq!(row.status, Status::Ended);
}

#[test]
fn without_a_webhook_the_page_testifies_alone_and_the_row_says_so() {
    let row = Row::fold(
        id(),
        [
            fact(0, What::Placed { agent: "demo".to_owned(), to: number() }),
            fact(5, What::Active),
            fact(65, What::Ended { cause: Cause::Normal, by: Side::Them }),
            fact(75, What::NoWord),
        ],
    );
    assert_eq!((row.telnyx, row.talk_ms), (Word::Missing, Some(60_000)));
    assert_eq!(row.recording, Recording::Processing);
}

#[test]
fn a_late_webhook_takes_the_complaint_back() {
    let facts = [fact(75, What::NoWord), fact(80, What::Initiated)];
    assert_eq!(Row::fold(id(), facts).telnyx, Word::Heard);
}

#[test]
fn a_recording_that_was_given_up_and_comes_after_all_is_ready() {
    let mut facts = answered();
    facts.push(fact(66, What::RecordingMissing));
    assert_eq!(Row::fold(id(), facts).recording, Recording::Ready { duration_ms: Some(59_000) });
}

#[test]
fn a_recording_that_was_deleted_stays_so_whatever_else_is_heard_of_it() {
    let mut facts = answered();
    facts.push(fact(70, What::RecordingDeleted { by: Some("sue".to_owned()) }));
    let row = Row::fold(id(), facts.clone());
    assert_eq!((&row.recording, row.recording_url.as_ref()), (&Recording::Deleted, None));
    assert_eq!(row.status, Status::Ended, "there is nothing of it in our store");
    facts.push(fact(71, What::RecordingRemoved));
    facts.push(fact(72, What::RecordingSaved { recording_id: Some("another".to_owned()) }));
    facts.push(fact(73, What::RecordingStored { duration_ms: None, bytes: 1 }));
    assert_eq!(Row::fold(id(), facts).recording, Recording::Deleted);
}
