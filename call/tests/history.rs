//! Facts in any order, any number of times: one row.

#![allow(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod support;

use call::cause::{Cause, Outcome, Side};
use call::history::{Fact, Recording, Row, Status, What, Word};
use call::ids::{CallId, TelnyxIds};
use call::party::{Direction, Party};
use call::time::Millis;
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
        fact(5, What::Bridged),
        fact(6, What::Active),
        fact(20, What::Held),
        fact(30, What::Resumed),
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
    assert_eq!((row.rang_ms, row.held_ms), (Some(4_000), Some(10_000)));
    assert_eq!(row.bridged_at, Some(second(5)));
    assert_eq!((row.outcome, row.ended_by), (Some(Outcome::Answered), Some(Side::Us)));
    assert_eq!(row.telnyx, Word::Heard);
}

#[test]
fn a_recording_is_expected_then_processing_then_ready_and_only_then_has_an_address() {
    let told = |count: usize| Row::fold(id(), answered().into_iter().take(count));
    for (count, recording) in [
        (4, Recording::None),
        (5, Recording::Expected),
        (11, Recording::Processing),
        (12, Recording::Processing),
    ] {
        let row = told(count);
        assert_eq!((row.recording, row.recording_url), (recording, None), "after {count} facts");
    }
    let row = told(13);
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

/// A call that came in, by these words.
fn came_in(said: impl IntoIterator<Item = (u64, What)>) -> Row {
    let received = What::Received { agent: "demo".to_owned(), from: Party::Number(number()) };
    let facts = [(0, received), (0, What::Initiated)].into_iter().chain(said);
    Row::fold(id(), facts.map(|(at, what)| fact(at, what)))
}

fn offered() -> (u64, What) {
    let call = CallId("sdk".to_owned());
    (1, What::Offered { call, from: Party::Withheld })
}

fn hung_up(cause: Cause, by: Side) -> (u64, What) {
    (9, What::HungUp { cause, by })
}

fn ended(cause: Cause, by: Side) -> (u64, What) {
    (9, What::Ended { cause, by })
}

#[test]
fn a_call_that_came_in_is_the_agents_and_says_who_called_and_what_the_page_calls_it() {
    let row = came_in([
        offered(),
        (4, What::Answered),
        (5, What::Active),
        ended(Cause::Normal, Side::Them),
        // The leg's caller is the far end.
        hung_up(Cause::Normal, Side::Us),
    ]);
    assert_eq!((row.direction, row.agent.as_deref()), (Direction::Incoming, Some("demo")));
    assert_eq!(row.with, Some(Party::Number(number())));
    assert_eq!(row.aliases, [CallId("sdk".to_owned())]);
    assert_eq!((row.placed_at, row.rang_at), (Some(second(0)), Some(second(1))));
    assert_eq!((row.rang_ms, row.talk_ms, row.held_ms), (Some(4_000), Some(5_000), None));
    assert_eq!((row.outcome, row.ended_by), (Some(Outcome::Answered), Some(Side::Them)));
}

#[test]
fn a_call_that_rang_here_for_nothing_was_missed_or_declined() {
    let gave_up = || hung_up(Cause::Cancelled, Side::Us);
    let put_down = |cause| hung_up(cause, Side::Them);
    for (said, outcome, by) in [
        (vec![offered(), gave_up()], Outcome::Missed, Side::Them),
        (
            vec![offered(), ended(Cause::Cancelled, Side::Network), gave_up()],
            Outcome::Missed,
            Side::Them,
        ),
        (vec![offered(), ended(Cause::Busy, Side::Us)], Outcome::Declined, Side::Us),
        (vec![offered(), put_down(Cause::Rejected)], Outcome::Declined, Side::Us),
        // There was no place for one more.
        (
            vec![offered(), ended(Cause::Busy, Side::Network), put_down(Cause::Busy)],
            Outcome::Missed,
            Side::Network,
        ),
        (vec![offered(), put_down(Cause::NoAnswer)], Outcome::Missed, Side::Network),
        // No page was there: nobody can have declined.
        (vec![put_down(Cause::Rejected)], Outcome::Missed, Side::Network),
        (vec![put_down(Cause::Other("unspecified".to_owned()))], Outcome::Missed, Side::Network),
    ] {
        let row = came_in(said.clone());
        assert_eq!((row.outcome, row.ended_by), (Some(outcome), Some(by)), "{said:?}");
    }
}

#[test]
fn what_our_server_placed_is_a_call_of_ours_even_where_it_rings_here_first() {
    let placed = (0, What::Placed { agent: "demo".to_owned(), to: number() });
    assert_eq!(came_in([placed, offered()]).direction, Direction::Outgoing);
}

#[test]
fn time_on_hold_adds_up_and_neither_repeats_nor_overlaps_count_twice() {
    let held = |said: &[(u64, bool)]| {
        let holds =
            said.iter().map(|(at, held)| fact(*at, if *held { What::Held } else { What::Resumed }));
        let call =
            [fact(5, What::Active), fact(65, What::Ended { cause: Cause::Normal, by: Side::Us })];
        Row::fold(id(), call.into_iter().chain(holds)).held_ms
    };
    assert_eq!(held(&[]), None);
    assert_eq!(held(&[(10, true), (20, false), (30, true), (35, false)]), Some(15_000));
    assert_eq!(held(&[(10, true), (12, true), (20, false), (22, false)]), Some(10_000));
    assert_eq!(held(&[(20, false), (10, true)]), Some(10_000));
    assert_eq!(held(&[(50, true)]), Some(15_000), "an open hold ends with the call");
    assert_eq!(held(&[(50, true), (80, false)]), Some(15_000));
    assert_eq!(held(&[(70, true), (80, false)]), Some(0), "after the end nobody is held");
    let going_on = [fact(5, What::Active), fact(10, What::Held)];
    assert_eq!(Row::fold(id(), going_on).held_ms, None, "how long is not known yet");
}

/// How long a call rang, was talked in and was held, if these of its facts are known: `what` says of each whether.
fn times(facts: &[Fact], what: impl Fn(&What) -> bool) -> [Option<u64>; 3] {
    let row = Row::fold(id(), facts.iter().filter(|fact| what(&fact.what)).cloned());
    [row.rang_ms, row.talk_ms, row.held_ms]
}

/// The same call by a browser whose clock is wrong by so many milliseconds.
fn by_a_clock_that_is_off(by: i64, facts: Vec<Fact>) -> Vec<Fact> {
    let of_a_browser = |what: &What| {
        matches!(
            what,
            What::Dialled
                | What::Rang
                | What::Offered { .. }
                | What::Active
                | What::Held
                | What::Resumed
                | What::Ended { .. }
        )
    };
    let told = facts.into_iter().map(|fact| {
        let off = if of_a_browser(&fact.what) { by } else { 0 };
        Fact { at: Millis(fact.at.0.saturating_add_signed(off)), ..fact }
    });
    told.collect()
}

/// Far from the beginning of time, so that a clock can be behind.
fn later(facts: Vec<Fact>) -> Vec<Fact> {
    let day = 86_400_000;
    facts.into_iter().map(|fact| Fact { at: fact.at.after(day), ..fact }).collect()
}

/// What may be known of a call at some moment: everything but these.
const MISSING: [fn(&What) -> bool; 10] = [
    |_| false,
    |what| *what == What::Answered,
    |what| matches!(what, What::HungUp { .. }),
    |what| matches!(what, What::Answered | What::HungUp { .. }),
    |what| *what == What::Active,
    |what| matches!(what, What::Ended { .. }),
    |what| matches!(what, What::Active | What::HungUp { .. }),
    |what| matches!(what, What::Answered | What::Ended { .. }),
    |what| matches!(what, What::Rang | What::Offered { .. }),
    |what| matches!(what, What::Resumed | What::Ended { .. }),
];

#[test]
fn a_browsers_clock_that_is_an_hour_off_changes_no_time_whatever_is_missing() {
    let hour = 3_600_000;
    let mut incoming: Vec<Fact> =
        answered().into_iter().filter(|fact| fact.what != What::Rang).collect();
    incoming.remove(0);
    let received = What::Received { agent: "demo".to_owned(), from: Party::Withheld };
    incoming.push(fact(0, received));
    incoming.push(fact(2, offered().1));
    let unanswered = vec![
        fact(0, What::Placed { agent: "demo".to_owned(), to: number() }),
        fact(1, What::Dialled),
        fact(2, What::Rang),
        fact(31, What::Ended { cause: Cause::NoAnswer, by: Side::Network }),
        fact(30, What::HungUp { cause: Cause::NoAnswer, by: Side::Them }),
    ];
    for facts in [answered(), incoming, unanswered].map(later) {
        for missing in MISSING {
            let known = |what: &What| !missing(what);
            let right = times(&facts, known);
            for off in [-hour, hour] {
                let told = by_a_clock_that_is_off(off, facts.clone());
                assert_eq!(times(&told, known), right, "{off} ms, {told:?}");
            }
        }
    }
}

#[test]
fn a_time_has_both_moments_of_one_witness_or_is_not_known() {
    let known = |missing: fn(&What) -> bool| times(&answered(), |what| !missing(what));
    let [all, _, hung_up, telnyx, active, ended, halves, others, rang, resumed] =
        MISSING.map(known);
    assert_eq!(all, [Some(4_000), Some(59_000), Some(10_000)]);
    // The browser's pair, where Telnyx lacks half.
    assert_eq!((hung_up, telnyx), (all, all));
    // From an answer that only Telnyx heard, nobody knows for how long it had rung.
    assert_eq!(active, [None, Some(59_000), Some(10_000)]);
    assert_eq!(ended, all);
    assert_eq!(halves, [None, None, Some(10_000)]);
    assert_eq!(others, [Some(4_000), None, Some(10_000)]);
    assert_eq!(rang, [None, Some(59_000), Some(10_000)]);
    // The hold went on to an end that the browser did not tell.
    assert_eq!(resumed, [Some(4_000), Some(59_000), None]);
}

#[test]
fn a_call_that_rang_in_two_browsers_has_two_clocks() {
    let there = What::Offered { call: CallId("there".to_owned()), from: Party::Withheld };
    let rang = |second: What| came_in([offered(), (3, second), (5, What::Active)]).rang_ms;
    assert_eq!(rang(offered().1), Some(4_000), "the same, re-attached");
    assert_eq!(rang(there.clone()), None);
    // That it stopped to ring there is no end of the talk here.
    let told = [offered(), (3, there), (5, What::Active), ended(Cause::Normal, Side::Network)];
    assert_eq!(came_in(told).talk_ms, None);
}

#[test]
fn of_this_end_of_a_call_the_page_knows_more_than_telnyx() {
    let placed = || fact(0, What::Placed { agent: "demo".to_owned(), to: number() });
    let went = |page: (Cause, Side), telnyx: (Cause, Side)| {
        let page = fact(8, What::Ended { cause: page.0, by: page.1 });
        let telnyx = fact(9, What::HungUp { cause: telnyx.0, by: telnyx.1 });
        let row = Row::fold(id(), [placed(), page, telnyx]);
        (row.outcome, row.ended_by)
    };
    let (us, them, network) = (Some(Side::Us), Some(Side::Them), Some(Side::Network));
    let cancelled = || (Cause::Cancelled, Side::Us);
    assert_eq!(went((Cause::Lost, Side::Network), cancelled()), (Some(Outcome::Failed), network));
    assert_eq!(
        went((Cause::NoMicrophone, Side::Network), cancelled()),
        (Some(Outcome::NoMicrophone), network)
    );
    assert_eq!(went((Cause::Busy, Side::Us), cancelled()), (Some(Outcome::Cancelled), us));
    // What the far end did, Telnyx knows.
    assert_eq!(
        went((Cause::Lost, Side::Network), (Cause::Busy, Side::Them)),
        (Some(Outcome::Busy), them)
    );
    assert_eq!(
        went((Cause::Silence, Side::Them), (Cause::Normal, Side::Them)),
        (Some(Outcome::Rejected), them)
    );
}

#[test]
fn a_call_that_telnyx_knows_no_more_is_over_until_somebody_says_how_it_ended() {
    let begun = || fact(0, What::Placed { agent: "demo".to_owned(), to: number() });
    let lapsed = || fact(300, What::Lapsed);
    let row = Row::fold(id(), [begun(), fact(5, What::Answered), lapsed()]);
    assert_eq!((row.cause, row.talk_ms), (Some(Cause::Silence), None), "when, nobody has said");
    assert_eq!((row.status, row.ended_at), (Status::Ended, Some(second(300))));
    let late = fact(9, What::HungUp { cause: Cause::Cancelled, by: Side::Us });
    let row = Row::fold(id(), [begun(), lapsed(), late]);
    assert_eq!((row.outcome, row.ended_at), (Some(Outcome::Cancelled), Some(second(9))));
    let late = fact(9, What::Ended { cause: Cause::Lost, by: Side::Network });
    assert_eq!(Row::fold(id(), [lapsed(), begun(), late]).cause, Some(Cause::Lost));
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

#[test]
fn a_recording_we_asked_for_can_be_paused_while_they_talk_in_whatever_order_it_is_told() {
    let talk = || answered().into_iter().take(6);
    let told = |more: &[Fact]| {
        let row = Row::fold(id(), talk().chain(more.iter().cloned()));
        (row.recording, row.pausable)
    };
    assert_eq!(told(&[]), (Recording::Expected, false), "it is not ours");
    let ordered = fact(1, What::RecordingOrdered);
    assert_eq!(told(std::slice::from_ref(&ordered)), (Recording::Expected, true));
    let paused = fact(20, What::RecordingPaused);
    assert_eq!(told(&[ordered.clone(), paused.clone()]), (Recording::Paused, true));
    let resumed = fact(30, What::RecordingResumed);
    let more = [resumed, paused.clone(), ordered.clone(), paused];
    assert_eq!(told(&more), (Recording::Expected, true));
    // Not before there is something to record, nor after.
    let waiting = answered().into_iter().take(3).chain([ordered.clone()]);
    assert!(!Row::fold(id(), waiting).pausable);
    let over = answered().into_iter().chain([ordered, fact(20, What::RecordingPaused)]);
    let row = Row::fold(id(), over);
    assert_eq!(
        (row.recording, row.pausable),
        (Recording::Ready { duration_ms: Some(59_000) }, false)
    );
}
