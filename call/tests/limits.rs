//! Nothing lasts for ever: the limits the SDK does not have.

mod support;

use ::call::call::{Ask, Connection, Effect, Event, Sdk, Socket, Watch};
use ::call::cause::{Cause, Outcome, Side};
use ::call::line::{self, LOST_LIMIT_MS, Line, REGISTER_LIMIT_MS};
use ::call::phone;
use support::{Story, again, id, over, sdk};

/// The limit passes, the call is hung up both ways, and the SDK says so.
fn ends_by(story: Story, watch: Watch, outcome: Outcome) {
    story
        .overdue(watch)
        .wants(&[Effect::HangUpServer, Effect::HangUpSdk])
        .waits_for(&[Watch::HangUp])
        .hears(over(Cause::Busy))
        .ends_as(outcome, Side::Network)
        .waits_for(&[]);
}

#[test]
fn a_call_that_stays_new_is_said_to_be_slow_and_then_ends() {
    let story = Story::dialled().waits_for(&[Watch::Slow, Watch::Preparing]);
    ends_by(story.clone(), Watch::Preparing, Outcome::Failed);
    let story = story.overdue(Watch::Slow).wants(&[Effect::AskServer]);
    ends_by(story, Watch::Preparing, Outcome::Failed);
}

#[test]
fn an_invite_without_a_reply_ends() {
    let story =
        Story::dialled().hears(sdk(Sdk::Requesting)).waits_for(&[Watch::Slow, Watch::Invite]);
    ends_by(story, Watch::Invite, Outcome::Failed);
}

#[test]
fn ringing_ends_though_nobody_says_so() {
    let story = Story::dialled().hears(sdk(Sdk::Trying)).waits_for(&[Watch::Ring]);
    ends_by(story.clone(), Watch::Ring, Outcome::NoAnswer);
    ends_by(story.hears(Event::FarEndRings), Watch::Ring, Outcome::NoAnswer);
}

#[test]
fn a_limit_counts_from_where_it_began_whatever_is_repeated() {
    Story::dialled()
        .hears(sdk(Sdk::Trying))
        .waits_for(&[Watch::Ring])
        .hears(sdk(Sdk::Requesting))
        .hears(sdk(Sdk::New))
        .waits_for(&[Watch::Ring]);
}

#[test]
fn a_call_that_rings_here_for_ever_is_missed() {
    ends_by(Story::rung().waits_for(&[Watch::RingHere]), Watch::RingHere, Outcome::Missed);
}

#[test]
fn an_answer_that_is_never_applied_ends() {
    let story = Story::rung().hears(Event::Answer).waits_for(&[Watch::Answer]);
    ends_by(story, Watch::Answer, Outcome::Failed);
}

#[test]
fn hold_that_never_settles_is_said_to_have_failed_and_may_be_tried_again() {
    let story = Story::talking()
        .hears(Event::Hold(true))
        .waits_for(&[Watch::Hold])
        .overdue(Watch::Hold)
        .waits_for(&[]);
    assert_eq!(story.talk().hold.ask, Ask::Failed);
    story.hears(Event::Hold(true)).wants(&[Effect::Hold(true)]);
}

#[test]
fn hold_without_a_socket_fails_at_once_instead_of_being_lost() {
    let story =
        Story::talking().line(line::Event::SocketClosed).hears(Event::Hold(true)).wants(&[]);
    assert_eq!(story.talk().hold.ask, Ask::Unsent);
}

#[test]
fn a_connection_that_carries_no_sound_for_too_long_ends_the_call() {
    for connection in [Connection::Failed, Connection::Disconnected, Connection::Closed] {
        let lost = Story::talking().hears(Event::Connection(connection)).waits_for(&[Watch::Sound]);
        ends_by(lost.clone(), Watch::Sound, Outcome::Answered);
        lost.hears(Event::Connection(Connection::Connected)).waits_for(&[]);
    }
}

#[test]
fn a_re_attached_call_has_to_find_sound_again() {
    Story::talking().waits_for(&[]).hears(again(Sdk::Recovering)).waits_for(&[Watch::Sound]);
}

#[test]
fn a_socket_that_stays_away_ends_the_call_honestly() {
    let lost = Story::talking().at(20).line(line::Event::SocketClosed).waits_for(&[Watch::Socket]);
    ends_by(lost.clone(), Watch::Socket, Outcome::Answered);
    lost.line(line::Event::SocketOpened)
        .waits_for(&[Watch::Socket])
        .line(line::Event::Ready)
        .waits_for(&[]);
}

#[test]
fn a_line_that_gave_up_is_not_replaced_before_the_call_it_carries_is_over() {
    let story = Story::talking()
        .line(line::Event::Failed(line::Trouble::TelnyxRefused))
        .line(line::Event::Again)
        .line(line::Event::Again);
    assert!(matches!(story.phone.line, Line::Waiting { .. }));
    assert_eq!(story.call().socket, Socket::Up, "what it is told may reach Telnyx");
    let story = story.hears(Event::HangUp).wants(&[Effect::HangUpServer, Effect::HangUpSdk]);
    let story = story.hears(over(Cause::Normal)).line(line::Event::Again);
    assert!(matches!(story.phone.line, Line::AskingForToken { .. }));
    // Its socket can go, too.
    let story = Story::talking().line(line::Event::Failed(line::Trouble::TelnyxRefused));
    let story = story.line(line::Event::SocketClosed).waits_for(&[Watch::Socket]);
    ends_by(story, Watch::Socket, Outcome::Answered);
}

#[test]
fn a_call_whose_socket_went_with_a_login_that_was_refused_is_signed_in_for_anew_on_its_line() {
    let story = Story::talking()
        .line(line::Event::SocketClosed)
        .line(line::Event::SocketOpened)
        .line(line::Event::Failed(line::Trouble::TelnyxRefused))
        .waits_for(&[Watch::Socket])
        .line(line::Event::Again);
    assert!(matches!(story.phone.line, Line::AskingForToken { .. }));
    let story = story.line(line::Event::Token(support::token()));
    let sign_in = phone::Effect::Line(line::Effect::SignIn(support::token()));
    assert!(story.wanted().contains(&sign_in));
    assert!(matches!(story.phone.line, Line::Registering { .. }));
    // What is refused again is tried again, for as long as a lost socket is waited for.
    let story = story
        .line(line::Event::Failed(line::Trouble::TelnyxRefused))
        .waits_for(&[Watch::Socket])
        .line(line::Event::Again)
        .line(line::Event::Token(support::token()));
    ends_by(story.clone(), Watch::Socket, Outcome::Answered);
    let story = story.line(line::Event::Ready).hears(again(Sdk::Active)).waits_for(&[Watch::Sound]);
    assert_eq!(story.phone.line, Line::Ready);
}

#[test]
fn what_the_sdk_gets_back_by_itself_is_there() {
    let gave_up = Story::talking().line(line::Event::SocketClosed).line(line::Event::Overdue);
    let story = gave_up.line(line::Event::Ready).waits_for(&[]);
    assert_eq!(story.phone.line, Line::Ready);
    let story = story.line(line::Event::Again);
    assert_eq!(story.phone.line, Line::Ready);
}

#[test]
fn a_call_that_came_in_while_a_line_was_to_be_replaced_keeps_it() {
    let story = Story::ready()
        .line(line::Event::Failed(line::Trouble::TelnyxUnreachable))
        .line(line::Event::Again)
        .rings(id())
        .line(line::Event::Token(support::token()));
    assert!(matches!(story.phone.line, Line::Registering { .. }));
    assert!(!story.call().is_over());
}

#[test]
fn a_gateway_that_failed_is_lost_until_the_sdk_has_another() {
    let story = Story::talking().line(line::Event::GatewayFailed).waits_for(&[Watch::Socket]);
    assert!(matches!(story.phone.line, Line::Lost { .. }));
    let story = story.line(line::Event::SocketClosed).line(line::Event::SocketOpened);
    let story = story.line(line::Event::Ready).waits_for(&[]);
    assert_eq!(story.phone.line, Line::Ready);
}

#[test]
fn a_line_that_is_never_ready_is_tried_again() {
    let story = Story::ready().line(line::Event::SocketClosed);
    assert_eq!(story.phone.line.limit_ms(), Some(LOST_LIMIT_MS));
    let story = story.line(line::Event::Overdue);
    assert!(matches!(story.phone.line, Line::Waiting { .. }));
    let story = story.line(line::Event::Again).line(line::Event::Token(support::token()));
    assert_eq!(story.phone.line.limit_ms(), Some(REGISTER_LIMIT_MS));
    let story = story.line(line::Event::Overdue);
    assert!(matches!(story.phone.line, Line::Waiting { .. }));
    // What is ready waits for nothing.
    let story = Story::ready().line(line::Event::Overdue);
    assert_eq!(story.phone.line, Line::Ready);
}

#[test]
fn no_invite_is_sent_into_a_lost_socket() {
    let story = Story::ready()
        .happens(phone::Event::Dial { written: "+12025550100".to_owned() })
        .line(line::Event::SocketClosed)
        .happens(phone::Event::Granted { attempt: 1, placed: support::placed() });
    assert_eq!(story.phone.dialling, phone::Dialling::Refused(phone::Refusal::NotReady));
    assert!(story.phone.call(&id()).is_none());
}
