//! One call, told as stories: the promises that hold for it alone.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod support;

use ::call::call::{Ask, Connection, Effect, Event, Hold, Sdk, Sound, Warning};
use ::call::cause::{Cause, Outcome, Side};
use ::call::dtmf::Digit;
use ::call::history::What;
use ::call::phone::Tone;
use support::{Story, again, over, sdk, second};

fn ended(cause: Cause, by: Side) -> Effect {
    Effect::Testify(What::Ended { cause, by })
}

#[test]
fn talk_time_starts_at_active_and_not_at_dialling_or_ringing() {
    let story = Story::talking();
    assert_eq!(story.since(), Some(second(10)));
    let story = story.at(73).hears(over(Cause::Normal)).ends_as(Outcome::Answered, Side::Them);
    assert_eq!(story.over().talked_ms, Some(63_000));
}

#[test]
fn before_active_there_is_no_timer_whatever_else_is_heard() {
    for event in [
        sdk(Sdk::Requesting),
        sdk(Sdk::Trying),
        Event::FarEndRings,
        sdk(Sdk::Early),
        Event::RemoteStream,
        Event::Connection(Connection::Connected),
        sdk(Sdk::Answering),
        sdk(Sdk::Recovering),
    ] {
        let story = Story::dialled().at(1).hears(event.clone());
        assert_eq!(story.since(), None, "{event:?}");
    }
}

#[test]
fn a_repeated_active_does_not_restart_the_timer_and_trying_does_not_take_the_call_back() {
    let story = Story::talking()
        .at(20)
        .hears(sdk(Sdk::Active))
        .wants(&[])
        .at(21)
        .hears(sdk(Sdk::Trying))
        .wants(&[]);
    assert_eq!(story.since(), Some(second(10)));
}

#[test]
fn an_answer_before_the_invites_result_stays_an_answer() {
    let story = Story::dialled()
        .hears(sdk(Sdk::Requesting))
        .at(1)
        .hears(sdk(Sdk::Active))
        .at(2)
        .hears(sdk(Sdk::Trying));
    assert_eq!(story.since(), Some(second(1)));
}

#[test]
fn what_was_ringing_and_what_was_talk_add_up_to_the_call() {
    let story = Story::talking().at(30).hears(over(Cause::Normal));
    assert_eq!((story.over().rang_ms, story.over().talked_ms), (Some(8_000), Some(20_000)));
}

#[test]
fn the_far_ends_ringing_is_heard_once_and_stops_when_it_is_answered() {
    Story::dialled()
        .at(1)
        .hears(sdk(Sdk::Trying))
        .sounds(None)
        .at(2)
        .hears(Event::FarEndRings)
        .wants(&[Effect::Testify(What::Rang)])
        .sounds(Some(Tone::Ringback))
        .at(3)
        .hears(Event::FarEndRings)
        .wants(&[])
        .at(9)
        .hears(sdk(Sdk::Active))
        .wants(&[Effect::Testify(What::Active)])
        .sounds(None)
        .hears(Event::FarEndRings)
        .sounds(None);
}

#[test]
fn early_media_replaces_our_ringback_and_is_heard_before_any_answer() {
    let story = Story::dialled()
        .at(2)
        .hears(Event::FarEndRings)
        .hears(sdk(Sdk::Early))
        .sounds(None)
        .hears(Event::RemoteStream)
        .wants(&[Effect::AttachAudio]);
    assert_eq!(story.since(), None);
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
fn an_error_before_the_end_weighs_more_than_the_sdks_word_for_it_and_the_first_weighs_most() {
    Story::dialled()
        .hears(Event::Trouble(Cause::NoMicrophone))
        .hears(Event::Trouble(Cause::Other("HANGUP_DURING_SETUP".to_owned())))
        .hears(over(Cause::Busy))
        .ends_as(Outcome::NoMicrophone, Side::Network);
}

#[test]
fn every_ending_releases_the_microphone_and_silences_everything() {
    for story in [Story::dialled().hears(Event::FarEndRings), Story::rung(), Story::talking()] {
        let ended = story.hears(over(Cause::Normal)).sounds(None);
        assert!(!ended.call().leg.stream);
        let released = ended.clone().hears(Event::Sdk(::call::call::Object(1), Sdk::Active));
        released.wants(&[Effect::HangUpSdk, Effect::ReleaseMicrophone]);
    }
    Story::talking().at(20).hears(over(Cause::Normal)).wants(&[
        Effect::ReleaseMicrophone,
        ended(Cause::Normal, Side::Them),
        Effect::DetachAudio,
    ]);
}

#[test]
fn a_re_attached_call_is_heard_through_its_new_stream_and_its_timer_goes_on() {
    let story = Story::talking()
        .at(20)
        .hears(sdk(Sdk::Recovering))
        .wants(&[])
        .hears(again(Sdk::Recovering))
        .wants(&[Effect::DetachAudio])
        .hears(Event::RemoteStream)
        .wants(&[Effect::AttachAudio])
        .hears(again(Sdk::Active))
        .wants(&[]);
    assert_eq!(story.since(), Some(second(10)));
    assert_eq!(
        story.call().leg.sound,
        Sound::Awaited,
        "the old connection says nothing of the new"
    );
}

#[test]
fn an_object_that_was_replaced_cannot_end_the_call() {
    let story = Story::talking().hears(again(Sdk::Recovering)).hears(again(Sdk::Active));
    let story = story.at(30).hears(over(Cause::Normal)).wants(&[]);
    assert_eq!(story.since(), Some(second(10)));
}

#[test]
fn what_was_muted_is_muted_again_after_a_re_attach() {
    Story::talking()
        .hears(Event::Mute(true))
        .wants(&[Effect::Mute(true)])
        .hears(Event::MicrophoneIs { muted: true })
        .hears(again(Sdk::Recovering))
        .wants(&[Effect::DetachAudio, Effect::Mute(true)])
        // No track was there yet, so nothing was read back: once more when there is one.
        .hears(again(Sdk::Active))
        .wants(&[Effect::Mute(true)])
        .hears(Event::MicrophoneIs { muted: true })
        .hears(again(Sdk::Active))
        .wants(&[]);
}

#[test]
fn mute_shows_what_the_track_is_and_not_what_was_pressed() {
    let story = Story::talking().hears(Event::Mute(true)).wants(&[Effect::Mute(true)]);
    assert_eq!((story.talk().microphone.muted, story.talk().microphone.wanted), (false, true));
    let story = story.hears(Event::MicrophoneIs { muted: true });
    assert_eq!((story.talk().microphone.muted, story.talk().microphone.wanted), (true, true));
}

#[test]
fn keys_have_tones_only_while_one_talks() {
    let five = Digit::of('5').expect("a key");
    Story::dialled().hears(Event::Press(five)).wants(&[]);
    let story = Story::talking().hears(Event::Press(five)).wants(&[Effect::SendDtmf(five)]);
    assert_eq!(story.talk().digits, [five]);
    story.hears(over(Cause::Normal)).hears(Event::Press(five)).wants(&[]);
}

#[test]
fn a_key_that_reaches_nobody_is_not_shown_as_sent() {
    let five = Digit::of('5').expect("a key");
    let lost = Story::talking().hears(Event::SocketClosed);
    let coming_back = lost.clone().hears(Event::SocketReady).hears(again(Sdk::Recovering));
    for story in [lost, coming_back.clone(), Story::talking().hears(Event::HangUp)] {
        let story = story.hears(Event::Press(five)).wants(&[]);
        assert_eq!(story.talk().digits, []);
    }
    coming_back
        .hears(again(Sdk::Active))
        .hears(Event::Press(five))
        .wants(&[Effect::SendDtmf(five)]);
}

#[test]
fn hold_is_what_the_sdk_says_and_talk_time_goes_on() {
    let story = Story::talking()
        .at(12)
        .hears(Event::Hold(true))
        .wants(&[Effect::Hold(true)])
        .hears(Event::Hold(true))
        .wants(&[])
        .hears(sdk(Sdk::Active));
    assert_eq!(
        story.talk().hold,
        Hold { held: false, ask: Ask::Asked },
        "a repeated word settles nothing"
    );
    let story = story.at(13).hears(sdk(Sdk::Held));
    assert_eq!(story.talk().hold, Hold { held: true, ask: Ask::Settled });
    let story = story.hears(Event::Hold(false)).hears(Event::HoldRefused);
    assert_eq!(story.talk().hold, Hold { held: true, ask: Ask::Failed });
    assert_eq!(story.since(), Some(second(10)));
}

#[test]
fn a_hold_asked_of_an_object_that_was_replaced_is_asked_of_the_one_in_its_place() {
    // `telnyx.ready` comes some 40 ms before the gateway hands the call back: who presses in between is heard too.
    let story = Story::talking()
        .hears(Event::SocketClosed)
        .hears(Event::SocketReady)
        .hears(Event::Hold(true))
        .wants(&[Effect::Hold(true)])
        .hears(again(Sdk::Recovering));
    assert_eq!(story.talk().hold, Hold { held: false, ask: Ask::Again });
    let story = story.hears(Event::HoldRefused).hears(again(Sdk::Active));
    let story = story.wants(&[Effect::Hold(true)]).hears(again(Sdk::Active)).wants(&[]);
    assert_eq!(story.talk().hold, Hold { held: false, ask: Ask::Asked });
    let story = story.hears(again(Sdk::Held));
    assert_eq!(story.talk().hold, Hold { held: true, ask: Ask::Settled });
}

#[test]
fn a_hold_pressed_while_the_call_is_handed_back_waits_until_the_object_can_be_told() {
    // Between `recovering` and `active` lie some 250 ms, in which the SDK would forget it.
    let story = Story::talking()
        .hears(Event::SocketClosed)
        .hears(Event::SocketReady)
        .hears(again(Sdk::Recovering))
        .hears(Event::Hold(true))
        .wants(&[]);
    assert_eq!(story.talk().hold, Hold { held: false, ask: Ask::Again });
    let story = story.hears(again(Sdk::Active)).wants(&[Effect::Hold(true)]);
    let story = story.hears(again(Sdk::Held));
    assert_eq!(story.talk().hold, Hold { held: true, ask: Ask::Settled });
}

#[test]
fn a_hold_that_took_place_before_the_object_was_replaced_is_not_asked_again() {
    let story = Story::talking()
        .hears(Event::Hold(true))
        .hears(Event::SocketClosed)
        .hears(Event::SocketReady)
        .hears(again(Sdk::Held));
    assert_eq!(story.talk().hold, Hold { held: true, ask: Ask::Settled });
}

#[test]
fn a_warning_about_the_sound_lasts_until_the_sound_is_said_to_be_well() {
    for well in [sdk(Sdk::Active), Event::Connection(Connection::Connected), again(Sdk::Active)] {
        let story = Story::talking().hears(Event::Warning(Warning::NothingHeard));
        assert_eq!(story.call().leg.warning, Some(Warning::NothingHeard));
        assert!(!story.call().leg.flows());
        assert_eq!(story.hears(well).call().leg.warning, None);
    }
}
