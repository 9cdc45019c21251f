//! Calls that come in: they ring, are answered, declined, or missed.

mod support;

use ::call::call::{Connection, Effect, Event, Object, Party, Sdk};
use ::call::cause::{Cause, Outcome, Side};
use ::call::history::What;
use ::call::ids::CallId;
use ::call::line;
use ::call::phone::{self, MOST_CALLS, Phone, Screen, Tone};
use support::{Story, id, other, over, sdk, second};

#[test]
fn it_rings_and_shows_who_calls_and_changes_no_other_screen() {
    let offered = What::Offered { call: id(), from: Party::Number(support::number()) };
    let story = Story::rung().wants(&[Effect::Testify(offered)]).sounds(Some(Tone::Ringtone));
    assert_eq!(story.phone.ringing_here().count(), 1);
    assert_eq!(story.call().with, Party::Number(support::number()));
    assert!(matches!(story.phone.screen(), Screen::Dialer));
}

#[test]
fn answering_asks_and_only_active_shows_the_call() {
    let story = Story::rung().at(5).hears(Event::Answer).wants(&[Effect::Answer]).sounds(None);
    assert!(matches!(story.phone.screen(), Screen::Dialer));
    let story = story
        .hears(Event::Answer)
        .wants(&[])
        .hears(Event::RemoteStream)
        .wants(&[Effect::AttachAudio])
        .hears(sdk(Sdk::Answering))
        .at(6)
        .hears(sdk(Sdk::Active))
        .wants(&[Effect::Testify(What::Active)])
        .hears(Event::Connection(Connection::Connected));
    assert!(matches!(story.phone.screen(), Screen::InCall(..)));
    let story = story.at(20).hears(over(Cause::Normal)).ends_as(Outcome::Answered, Side::Them);
    assert_eq!((story.over().rang_ms, story.over().talked_ms), (Some(6_000), Some(14_000)));
}

#[test]
fn declining_is_a_hang_up_before_the_answer() {
    Story::rung()
        .hears(Event::HangUp)
        .wants(&[Effect::HangUpServer, Effect::HangUpSdk])
        .sounds(None)
        .hears(over(Cause::Busy))
        .ends_as(Outcome::Declined, Side::Us);
}

#[test]
fn a_caller_who_gives_up_is_missed() {
    Story::rung().hears(over(Cause::Normal)).sounds(None).ends_as(Outcome::Missed, Side::Them);
    Story::rung()
        .hears(Event::Answer)
        .hears(over(Cause::Normal))
        .ends_as(Outcome::Missed, Side::Them);
}

#[test]
fn an_answer_without_a_microphone_says_so() {
    Story::rung()
        .hears(Event::Answer)
        .hears(Event::Trouble(Cause::NoMicrophone))
        .hears(over(Cause::Busy))
        .ends_as(Outcome::NoMicrophone, Side::Network);
}

#[test]
fn it_cannot_be_answered_while_the_socket_is_down() {
    Story::rung().line(line::Event::SocketClosed).hears(Event::Answer).wants(&[]);
}

#[test]
fn an_invite_that_is_repeated_rings_once() {
    let story = Story::rung().rings(id()).sounds(Some(Tone::Ringtone));
    assert_eq!(story.phone.calls.len(), 1);
}

#[test]
fn a_call_that_comes_in_while_one_talks_waits_quietly() {
    Story::talking()
        .rings(other())
        .sounds(Some(Tone::Waiting))
        .of(&other(), Event::HangUp)
        .sounds(None)
        .of(&other(), over(Cause::Busy))
        .hears(over(Cause::Normal))
        .rings(CallId("third".to_owned()))
        .sounds(Some(Tone::Ringtone));
}

#[test]
fn a_ringing_here_takes_the_place_of_a_ringing_there() {
    Story::dialled()
        .hears(Event::FarEndRings)
        .sounds(Some(Tone::Ringback))
        .rings(other())
        .sounds(Some(Tone::Waiting))
        .of(&other(), over(Cause::Normal))
        .sounds(Some(Tone::Ringback));
}

#[test]
fn one_call_too_many_hears_that_we_are_busy() {
    let calls = (0..MOST_CALLS).map(|at| CallId(at.to_string()));
    let full = calls.fold(Story::ready(), Story::rings);
    let story = full.rings(id()).wants(&[Effect::HangUpSdk]);
    assert!(story.phone.call(&id()).is_none());
    story.hears(sdk(Sdk::Ringing)).wants(&[Effect::HangUpSdk, Effect::ReleaseMicrophone]);
}

#[test]
fn a_caller_without_a_number_is_a_caller() {
    for (written, party) in [
        (None, Party::Withheld),
        (Some("  "), Party::Withheld),
        (Some("anonymous"), Party::Withheld),
        (Some("+1 202 555 0100"), Party::Number(support::number())),
        (Some("gencred7"), Party::Named("gencred7".to_owned())),
    ] {
        assert_eq!(Party::of_caller(written), party, "{written:?}");
    }
}

#[test]
fn a_call_this_page_knows_nothing_of_is_hung_up() {
    let stranger = CallId("stranger".to_owned());
    let lives = phone::Event::Call(stranger.clone(), Event::Sdk(Object(1), Sdk::Recovering));
    let (phone, effects): (Phone, _) = support::ready().step(lives, second(0));
    let hung_up = phone::Effect::Call(stranger, Effect::HangUpSdk);
    assert!(effects.first() == Some(&hung_up) && effects.len() == 2);
    assert!(matches!(phone.screen(), Screen::Dialer));
}
