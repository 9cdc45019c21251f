//! The server hears Telnyx; its word is shown beside the SDK's, and a call that is over there ends here.

mod support;

use ::call::call::{Disagreement, Effect, Ending, Event, Sdk, Telnyx, Watch};
use ::call::cause::{Cause, Outcome, Side};
use ::call::history::What;
use ::call::line;
use ::call::phone::{Screen, Tone};
use support::{Story, over, sdk, second};

fn answered() -> Event {
    Event::Telnyx(Telnyx::Answered { at: second(7) })
}

fn ended() -> Event {
    let ending = Ending { at: second(30), cause: Cause::Normal, by: Side::Them };
    Event::Telnyx(Telnyx::Ended(ending))
}

#[test]
fn answered_there_and_not_here_is_said_and_changes_no_screen() {
    let story = Story::dialled().hears(Event::FarEndRings).sounds(Some(Tone::Ringback));
    let story = story.at(8).hears(answered()).wants(&[]);
    assert_eq!(story.call().disagreement(), Some(Disagreement::AnsweredAtTelnyx { at: second(7) }));
    assert!(matches!(story.phone.screen(), Screen::Calling(..)));
    assert_eq!(story.since(), None, "the timer starts on `active` and on nothing else");
    // Whoever has answered is not to be drowned out.
    let story = story.sounds(None).hears(Event::RemoteStream).wants(&[Effect::AttachAudio]);
    assert_eq!(story.at(9).hears(sdk(Sdk::Active)).call().disagreement(), None);
}

#[test]
fn a_call_answered_only_there_has_its_true_talk_time() {
    let story = Story::dialled().at(8).hears(answered()).at(31).hears(ended());
    let story = story.hears(over(Cause::Busy)).ends_as(Outcome::Answered, Side::Them);
    assert_eq!(story.over().talked_ms, Some(23_000));
}

#[test]
fn ended_there_and_not_here_is_hung_up_here_and_the_screen_waits_for_the_sdk() {
    let story = Story::talking().at(31).hears(ended()).wants(&[Effect::HangUpSdk]);
    assert_eq!(story.call().disagreement(), Some(Disagreement::EndedAtTelnyx { at: second(30) }));
    assert!(matches!(story.phone.screen(), Screen::InCall(..)));
    story
        .waits_for(&[Watch::HangUp])
        .hears(ended())
        .wants(&[])
        .hears(over(Cause::Busy))
        .ends_as(Outcome::Answered, Side::Them);
}

#[test]
fn a_second_later_it_ends_itself_and_the_record_says_that_the_sdk_was_silent() {
    let silence = What::Ended { cause: Cause::Silence, by: Side::Them };
    Story::talking()
        .at(31)
        .hears(ended())
        .overdue(Watch::HangUp)
        .wants(&[Effect::ReleaseMicrophone, Effect::Testify(silence), Effect::DetachAudio])
        .ends_as(Outcome::Answered, Side::Them);
}

#[test]
fn a_person_who_hangs_up_meanwhile_tells_the_server_too() {
    Story::talking().hears(ended()).hears(Event::HangUp).wants(&[Effect::HangUpServer]);
}

#[test]
fn a_caller_who_gave_up_is_missed_though_the_sdk_rings_on() {
    Story::rung()
        .sounds(Some(Tone::Ringtone))
        .hears(ended())
        .sounds(None)
        .overdue(Watch::HangUp)
        .ends_as(Outcome::Missed, Side::Them);
}

#[test]
fn when_the_socket_is_back_the_server_is_asked_what_was_missed() {
    Story::talking()
        .line(line::Event::SocketClosed)
        .line(line::Event::Ready)
        .wants(&[Effect::AskServer]);
}

#[test]
fn what_telnyx_takes_for_our_hang_up_is_the_lost_line_where_nobody_here_hung_up() {
    let cancelled = Ending { at: second(30), cause: Cause::Cancelled, by: Side::Us };
    let story = Story::dialled().hears(Event::FarEndRings).line(line::Event::SocketClosed);
    let story = story.hears(Event::Telnyx(Telnyx::Ended(cancelled))).hears(over(Cause::Busy));
    let story = story.ends_as(Outcome::Failed, Side::Network);
    assert_eq!(story.over().cause, Cause::Lost);
}
