//! The server hears Telnyx; its word is shown beside the SDK's, and a call that is over there ends here.

mod support;

use ::call::call::{Disagreement, Effect, Ending, Event, Sdk, Telnyx, Watch};
use ::call::cause::{Cause, Outcome, Side};
use ::call::history::{Fact, Row, What};
use ::call::ids::TelnyxIds;
use ::call::line;
use ::call::party::{Direction, Party};
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

/// The words of Telnyx's that a call can end with.
fn endings() -> impl Iterator<Item = Ending> {
    let causes = [
        Cause::Normal,
        Cause::Busy,
        Cause::NoAnswer,
        Cause::Rejected,
        Cause::Cancelled,
        Cause::NoSuchNumber,
        Cause::Other("unspecified".to_owned()),
    ];
    let sides = [Side::Us, Side::Them, Side::Network];
    causes
        .into_iter()
        .flat_map(move |cause| sides.map(|by| Ending { at: second(30), cause: cause.clone(), by }))
}

/// The row of the call of a story that is over, once Telnyx has said `ending` of it too.
fn row_of(story: &Story, ending: Ending) -> Row {
    let over = story.over();
    let begun = match story.call().direction {
        Direction::Outgoing => What::Placed { agent: "demo".to_owned(), to: support::number() },
        Direction::Incoming => {
            What::Offered { call: support::id(), from: Party::Number(support::number()) }
        }
    };
    // Telnyx speaks of the leg's caller, which in a call that came in is the far end.
    let by = match (story.call().direction, ending.by) {
        (Direction::Incoming, Side::Us) => Side::Them,
        (Direction::Incoming, Side::Them) => Side::Us,
        (Direction::Incoming, Side::Network) | (Direction::Outgoing, _) => ending.by,
    };
    let facts = [
        begun,
        What::Ended { cause: over.cause.clone(), by: over.by },
        What::HungUp { cause: ending.cause, by },
    ];
    let fact = |what| Fact { at: second(30), ids: TelnyxIds::default(), what };
    Row::fold(support::id(), facts.map(fact))
}

#[test]
fn history_agrees_with_the_screen_unless_the_far_end_did_what_the_page_did_not_hear_of() {
    let lost = || Story::dialled().hears(Event::FarEndRings).line(line::Event::SocketClosed);
    let limit = || Story::dialled().hears(sdk(Sdk::Trying)).overdue(Watch::Ring);
    let gone: [fn(Story) -> Story; 3] = [
        |story| story.hears(over(Cause::Busy)),
        |story| story.hears(over(Cause::Other("x".to_owned()))),
        |story| story.hears(Event::HangUp).hears(over(Cause::Busy)),
    ];
    for begin in [&lost as &dyn Fn() -> Story, &limit, &Story::rung, &Story::dialled] {
        for ending in endings() {
            for end in gone {
                let story = end(begin());
                let row = row_of(&story, ending.clone());
                if ending.by != Side::Them || story.over().by == Side::Us {
                    assert_eq!(row.outcome, Some(story.over().outcome), "{ending:?}");
                    assert_eq!(row.ended_by, Some(story.over().by), "{ending:?}");
                }
            }
            // Telnyx was first, and the page knows: with the SDK's word, and without.
            let told = || begin().hears(Event::Telnyx(Telnyx::Ended(ending.clone())));
            for story in [told().hears(over(Cause::Busy)), told().overdue(Watch::HangUp)] {
                let row = row_of(&story, ending.clone());
                assert_eq!(row.outcome, Some(story.over().outcome), "{ending:?}");
                assert_eq!(row.ended_by, Some(story.over().by), "{ending:?}");
            }
        }
    }
}
