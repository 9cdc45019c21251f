//! One call, told as stories.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod support;

use call::call::{Call, Connection, Effect, Event, Hold, Sdk, Stage};
use call::cause::{Cause, Outcome, Side};
use call::dtmf::Digit;
use call::history::What;
use call::time::Millis;
use support::{Story, id, number, over, second};

fn ended(cause: Cause, by: Side) -> Effect {
    Effect::Testify(What::Ended { cause, by })
}

#[test]
fn talk_time_starts_at_active_and_not_at_dialling_or_ringing() {
    let story = Story::talking();
    assert_eq!(story.since(), Some(second(10)));
    let story = story.at(73).hears(over(Cause::Normal)).ends_as(Outcome::Answered, Side::Them);
    assert_eq!(story.talked(), Some(63_000));
}

#[test]
fn before_active_there_is_no_timer_whatever_else_is_heard() {
    for event in [
        Event::Sdk(Sdk::Requesting),
        Event::Sdk(Sdk::Trying),
        Event::FarEndRings,
        Event::Sdk(Sdk::Early),
        Event::RemoteStream,
        Event::Connection(Connection::Connected),
        Event::Sdk(Sdk::Answering),
        Event::Sdk(Sdk::Recovering),
    ] {
        let story = Story::dialled().at(1).hears(event.clone());
        assert_eq!(story.since(), None, "{event:?}");
    }
}

#[test]
fn a_repeated_active_does_not_restart_the_timer_and_trying_does_not_take_the_call_back() {
    let story = Story::talking()
        .at(20)
        .hears(Event::Sdk(Sdk::Active))
        .wants(&[])
        .at(21)
        .hears(Event::Sdk(Sdk::Trying))
        .wants(&[]);
    assert_eq!(story.since(), Some(second(10)));
}

#[test]
fn what_was_ringing_and_what_was_talk_add_up_to_the_call() {
    let story = Story::talking().at(30).hears(over(Cause::Normal));
    let Stage::Over(over) = &story.call.stage else { panic!("over") };
    assert_eq!((over.rang_ms, over.talked_ms), (Some(8_000), Some(20_000)));
}

#[test]
fn the_far_ends_ringing_is_heard_once_and_stops_when_it_is_answered() {
    Story::dialled()
        .at(1)
        .hears(Event::Sdk(Sdk::Trying))
        .wants(&[])
        .at(2)
        .hears(Event::FarEndRings)
        .wants(&[Effect::Testify(What::Rang), Effect::PlayRingback])
        .at(3)
        .hears(Event::FarEndRings)
        .wants(&[])
        .at(9)
        .hears(Event::Sdk(Sdk::Active))
        .wants(&[Effect::Testify(What::Active), Effect::SilenceRingback]);
}

#[test]
fn early_media_replaces_our_ringback_and_is_heard_before_any_answer() {
    let story = Story::dialled()
        .at(2)
        .hears(Event::FarEndRings)
        .hears(Event::Sdk(Sdk::Early))
        .wants(&[Effect::SilenceRingback])
        .hears(Event::RemoteStream)
        .wants(&[Effect::AttachAudio]);
    assert_eq!(story.since(), None);
}

#[test]
fn hanging_up_asks_both_ways_once_and_changes_nothing_until_the_sdk_says_so() {
    let story = Story::talking()
        .at(20)
        .hears(Event::HangUp)
        .wants(&[Effect::AwaitHangUp, Effect::HangUpServer, Effect::HangUpSdk])
        .hears(Event::HangUp)
        .wants(&[]);
    assert_eq!(story.since(), Some(second(10)), "the screen is still that of a call");
    story
        .at(21)
        .hears(over(Cause::Busy))
        .wants(&[Effect::ReleaseMicrophone, ended(Cause::Busy, Side::Us), Effect::DetachAudio])
        .ends_as(Outcome::Answered, Side::Us);
}

#[test]
fn a_hang_up_the_sdk_never_answers_ends_by_itself_and_says_so() {
    Story::talking()
        .at(20)
        .hears(Event::HangUp)
        .at(21)
        .hears(Event::HangUpOverdue)
        .wants(&[Effect::ReleaseMicrophone, ended(Cause::Silence, Side::Us), Effect::DetachAudio])
        .ends_as(Outcome::Answered, Side::Us);
    // Without a hang-up there is nothing to be overdue.
    Story::talking().at(21).hears(Event::HangUpOverdue).wants(&[]);
}

#[test]
fn giving_up_before_an_answer_is_cancelled_though_the_sdk_calls_it_busy() {
    Story::dialled()
        .at(2)
        .hears(Event::FarEndRings)
        .at(5)
        .hears(Event::HangUp)
        .hears(over(Cause::Busy))
        .ends_as(Outcome::Cancelled, Side::Us);
}

#[test]
fn an_unanswered_call_ends_as_what_the_network_said() {
    for (cause, outcome, by) in [
        (Cause::Busy, Outcome::Busy, Side::Them),
        (Cause::Rejected, Outcome::Rejected, Side::Them),
        (Cause::NoAnswer, Outcome::NoAnswer, Side::Network),
        (Cause::NoSuchNumber, Outcome::NoSuchNumber, Side::Network),
        (Cause::Other("QUANTUM".to_owned()), Outcome::Failed, Side::Network),
    ] {
        Story::dialled().at(3).hears(over(cause)).ends_as(outcome, by);
    }
}

#[test]
fn an_error_before_the_end_weighs_more_than_the_sdks_word_for_it() {
    Story::dialled()
        .hears(Event::Trouble(Cause::NoMicrophone))
        .hears(over(Cause::Busy))
        .ends_as(Outcome::NoMicrophone, Side::Network);
}

#[test]
fn over_is_over_and_what_comes_back_is_hung_up_again() {
    let story = Story::talking().at(20).hears(Event::HangUp).hears(over(Cause::Normal));
    let before = story.call.clone();
    let story = story
        .at(25)
        .hears(Event::Sdk(Sdk::Recovering))
        .wants(&[Effect::HangUpSdk, Effect::ReleaseMicrophone])
        .hears(Event::Sdk(Sdk::Active))
        .wants(&[Effect::HangUpSdk, Effect::ReleaseMicrophone])
        .hears(over(Cause::Normal))
        .wants(&[]);
    assert_eq!(story.call, before);
}

#[test]
fn a_re_attached_call_is_heard_through_its_new_stream() {
    Story::talking()
        .at(20)
        .hears(Event::Sdk(Sdk::Recovering))
        .hears(Event::RemoteStream)
        .wants(&[Effect::AttachAudio]);
}

#[test]
fn mute_shows_what_the_track_is_and_not_what_was_pressed() {
    let microphone = |story: &Story| match &story.call.stage {
        Stage::Talking(talking) => talking.microphone,
        Stage::Calling(_) | Stage::Over(_) => panic!("talking"),
    };
    let story = Story::talking().hears(Event::Mute(true)).wants(&[Effect::Mute(true)]);
    assert_eq!((microphone(&story).muted, microphone(&story).asked), (false, Some(true)));
    let story = story.hears(Event::MicrophoneIs { muted: true });
    assert_eq!((microphone(&story).muted, microphone(&story).asked), (true, None));
}

#[test]
fn keys_have_tones_only_while_one_talks() {
    let five = Digit::of('5').expect("a key");
    Story::dialled().hears(Event::Press(five)).wants(&[]);
    let story = Story::talking().hears(Event::Press(five)).wants(&[Effect::SendDtmf(five)]);
    match &story.call.stage {
        Stage::Talking(talking) => assert_eq!(talking.digits, [five]),
        Stage::Calling(_) | Stage::Over(_) => panic!("talking"),
    }
    story.hears(over(Cause::Normal)).hears(Event::Press(five)).wants(&[]);
}

#[test]
fn hold_is_what_the_sdk_says_and_talk_time_goes_on() {
    let hold = |story: &Story| match &story.call.stage {
        Stage::Talking(talking) => talking.hold,
        Stage::Calling(_) | Stage::Over(_) => panic!("talking"),
    };
    let story = Story::talking()
        .at(12)
        .hears(Event::Hold(true))
        .wants(&[Effect::Hold(true)])
        .hears(Event::Hold(true))
        .wants(&[])
        .hears(Event::Sdk(Sdk::Active));
    assert_eq!(
        hold(&story),
        Hold { held: false, asked: Some(true) },
        "a repeated word settles nothing"
    );
    let story = story.at(13).hears(Event::Sdk(Sdk::Held));
    assert_eq!(hold(&story), Hold { held: true, asked: None });
    let story = story.hears(Event::Hold(false)).hears(Event::HoldRefused);
    assert_eq!(hold(&story), Hold { held: true, asked: None });
    assert_eq!(story.since(), Some(second(10)));
}

/// What can happen to a call, for telling it in every order.
fn happenings() -> [Event; 8] {
    [
        Event::Sdk(Sdk::Trying),
        Event::FarEndRings,
        Event::RemoteStream,
        Event::Sdk(Sdk::Active),
        Event::HangUp,
        Event::HangUpOverdue,
        over(Cause::Normal),
        Event::Sdk(Sdk::Recovering),
    ]
}

/// Tells a call in every order of four of them, repetitions included, and looks after each step.
fn in_every_order(mut look: impl FnMut(&[Event], &Call, &[Effect])) {
    let all = happenings();
    let mut order = [0_usize; 5];
    loop {
        let (mut call, mut effects) = Call::dialled(id(), number(), Millis(0));
        let mut told = Vec::new();
        for (moment, &which) in order.iter().enumerate() {
            let event = all[which].clone();
            told.push(event.clone());
            let (next, more) = call.step(event, Millis(1_000 * (moment as u64 + 1)));
            call = next;
            effects.extend(more);
            look(&told, &call, &effects);
        }
        let Some(place) = order.iter().rposition(|&which| which + 1 < all.len()) else { break };
        order[place] += 1;
        order[place + 1..].fill(0);
    }
}

/// How often an effect was wanted.
fn times(effects: &[Effect], wanted: &Effect) -> usize {
    effects.iter().filter(|effect| *effect == wanted).count()
}

#[test]
fn whatever_the_order_what_is_over_is_silent_and_has_let_go_of_the_microphone() {
    in_every_order(|told, call, effects| {
        if call.is_over() {
            let rings =
                times(effects, &Effect::PlayRingback) > times(effects, &Effect::SilenceRingback);
            let last = effects
                .iter()
                .rfind(|effect| matches!(effect, Effect::AttachAudio | Effect::DetachAudio));
            let sounds = last == Some(&Effect::AttachAudio);
            assert!(!rings && !sounds, "still heard after {told:?}");
            assert!(
                times(effects, &Effect::ReleaseMicrophone) >= 1,
                "microphone kept after {told:?}"
            );
        }
    });
}

#[test]
fn whatever_the_order_a_timer_runs_only_in_an_answered_call_and_never_jumps() {
    in_every_order(|told, call, _| {
        let heard_active = told.iter().position(|event| *event == Event::Sdk(Sdk::Active));
        if let Stage::Talking(talking) = &call.stage {
            let first = heard_active.expect("in call without active");
            assert_eq!(talking.since, second(first as u64 + 1), "after {told:?}");
        }
    });
}

#[test]
fn whatever_the_order_a_person_hangs_up_once() {
    in_every_order(|told, _, effects| {
        assert!(times(effects, &Effect::HangUpServer) <= 1, "asked the server twice in {told:?}");
        assert!(times(effects, &Effect::AwaitHangUp) <= 1, "waited twice in {told:?}");
    });
}
