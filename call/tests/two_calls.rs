//! Of several calls one talks and the rest are held.

mod support;

use ::call::call::{Ask, Effect, Event, Sdk, Stage};
use ::call::cause::Cause;
use ::call::history::What;
use ::call::line;
use ::call::phone::{Event as PhoneEvent, Screen};
use support::{Story, again, id, other, over, sdk};

/// The id of the call whose screen is shown.
fn shown(story: &Story) -> Option<&str> {
    story.phone.shown().map(|call| call.id.as_str())
}

#[test]
fn answering_a_second_call_holds_the_first_and_silences_it_both_ways_at_once() {
    Story::talking()
        .rings(other())
        .of(&other(), Event::Answer)
        .wants(&[Effect::Hold(true), Effect::DetachAudio, Effect::Mute(true)])
        .wants_of(&other(), &[Effect::Answer]);
}

#[test]
fn dialling_a_second_call_holds_the_first() {
    let story = Story::talking().dials(other()).wants(&[
        Effect::Hold(true),
        Effect::DetachAudio,
        Effect::Mute(true),
    ]);
    assert!(matches!(story.phone.screen(), Screen::Calling(..)));
    // One at a time: no third while the second is not answered.
    assert!(!story.phone.may_dial());
}

#[test]
fn turning_to_the_held_call_changes_places() {
    let story = Story::two();
    assert_eq!(shown(&story), Some(other().as_str()));
    let story = story
        .happens(PhoneEvent::Take(id()))
        .wants(&[Effect::Hold(false), Effect::Mute(false), Effect::AttachAudio])
        .wants_of(&other(), &[Effect::Hold(true), Effect::DetachAudio, Effect::Mute(true)]);
    assert_eq!(shown(&story), Some(id().as_str()));
    assert!(story.talk().hold.held, "until the SDK says otherwise");
    assert!(!story.hears(sdk(Sdk::Active)).talk().hold.held);
}

#[test]
fn a_hold_that_failed_leaves_the_call_silent_and_says_so() {
    let story = Story::talking()
        .rings(other())
        .of(&other(), Event::Answer)
        .hears(Event::HoldRefused)
        .wants(&[]);
    assert_eq!(story.talk().hold.ask, Ask::Failed);
    // It is tried again when the next call comes to the front.
    story
        .of(&other(), sdk(Sdk::Active))
        .happens(PhoneEvent::Take(id()))
        .happens(PhoneEvent::Take(other()))
        .wants(&[Effect::Hold(true), Effect::DetachAudio, Effect::Mute(true)]);
}

#[test]
fn a_held_call_that_is_re_attached_as_active_is_held_again_and_stays_silent() {
    Story::two()
        .line(line::Event::SocketClosed)
        .line(line::Event::Ready)
        .hears(again(Sdk::Recovering))
        .hears(Event::RemoteStream)
        .hears(again(Sdk::Active))
        .wants(&[Effect::Hold(true), Effect::Mute(true)]);
}

#[test]
fn what_the_sdk_says_of_hold_is_testified_once_a_change() {
    Story::talking()
        .hears(sdk(Sdk::Active))
        .wants(&[])
        .hears(sdk(Sdk::Held))
        .wants(&[Effect::Testify(What::Held)])
        .hears(sdk(Sdk::Held))
        .wants(&[])
        .hears(Event::Hold(false))
        .hears(sdk(Sdk::Active))
        .wants(&[Effect::Testify(What::Resumed)]);
}

#[test]
fn when_the_talk_ends_the_held_call_is_shown_and_stays_held() {
    let story = Story::two().of(&other(), over(Cause::Normal));
    assert_eq!(shown(&story), Some(id().as_str()));
    assert!(story.talk().hold.held);
    let story = story.hears(Event::Hold(false)).wants(&[Effect::Hold(false)]);
    assert!(matches!(story.hears(sdk(Sdk::Active)).phone.screen(), Screen::InCall(..)));
}

#[test]
fn without_a_socket_nothing_is_asked_that_would_be_lost() {
    let story = Story::talking()
        .rings(other())
        .line(line::Event::SocketClosed)
        .of(&other(), sdk(Sdk::Active))
        .wants_of(&other(), &[Effect::Testify(What::Active), Effect::Mute(true)]);
    story.line(line::Event::Ready).wants_of(&other(), &[Effect::AskServer, Effect::Hold(true)]);
}

#[test]
fn a_click_that_takes_what_cannot_be_taken_changes_nothing() {
    let story = Story::talking().rings(other()).happens(PhoneEvent::Take(other()));
    assert_eq!(shown(&story), Some(id().as_str()));
    assert!(matches!(
        story.phone.call(&other()).map(|call| &call.stage),
        Some(Stage::Incoming(incoming)) if incoming.taken.is_none()
    ));
}
