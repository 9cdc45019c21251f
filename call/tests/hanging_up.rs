//! Hang up works from any state, once or ten times, with the socket up or down; and over is over.

mod support;

use ::call::call::{Effect, Event, Object, Remains, Sdk, Server, Watch};
use ::call::cause::{Cause, Outcome, Side};
use ::call::history::What;
use ::call::ids::TelnyxIds;
use ::call::line;
use ::call::phone::{self, Screen};
use support::{Story, again, id, over, sdk, second};

fn ended(cause: Cause, by: Side) -> Effect {
    Effect::Testify(What::Ended { cause, by })
}

/// Talking, and the socket is lost.
fn without_socket() -> Story {
    Story::talking().at(20).line(line::Event::SocketClosed)
}

#[test]
fn it_asks_both_ways_once_and_changes_nothing_until_the_sdk_says_so() {
    let story = Story::talking()
        .at(20)
        .hears(Event::HangUp)
        .wants(&[Effect::HangUpServer, Effect::HangUpSdk])
        .waits_for(&[Watch::HangUp])
        .hears(Event::HangUp)
        .wants(&[]);
    assert_eq!(story.since(), Some(second(10)), "the screen is still that of a call");
    story
        .at(21)
        .hears(over(Cause::Busy))
        .wants(&[Effect::ReleaseMicrophone, ended(Cause::Busy, Side::Us), Effect::DetachAudio])
        .ends_as(Outcome::Answered, Side::Us)
        .waits_for(&[]);
}

#[test]
fn what_the_sdk_never_answers_ends_by_itself_and_the_record_says_so() {
    Story::talking()
        .at(20)
        .hears(Event::HangUp)
        .overdue(Watch::HangUp)
        .wants(&[Effect::ReleaseMicrophone, ended(Cause::Silence, Side::Us), Effect::DetachAudio])
        .ends_as(Outcome::Answered, Side::Us);
    // Without a hang-up there is nothing to be overdue.
    Story::talking().at(21).hears(Event::Overdue(Watch::HangUp)).wants(&[]);
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
fn an_answer_that_crosses_it_is_a_talk_that_ends_at_once() {
    Story::dialled()
        .at(5)
        .hears(Event::HangUp)
        .hears(sdk(Sdk::Active))
        .wants(&[Effect::Testify(What::Active)])
        .waits_for(&[Watch::HangUp])
        .hears(over(Cause::Normal))
        .ends_as(Outcome::Answered, Side::Us);
}

#[test]
fn over_is_over_and_what_comes_back_is_hung_up_again() {
    let story = Story::talking().at(20).hears(Event::HangUp).hears(over(Cause::Normal));
    let story = story
        .at(25)
        .hears(again(Sdk::Recovering))
        .wants(&[Effect::HangUpSdk, Effect::ReleaseMicrophone])
        .hears(again(Sdk::Active))
        .wants(&[Effect::HangUpSdk, Effect::ReleaseMicrophone])
        .hears(Event::SdkOver(Object(2), Some(Cause::Normal)))
        .wants(&[]);
    assert!(matches!(story.phone.screen(), Screen::Ended(..)));
    assert_eq!(story.over().at, second(20));
}

#[test]
fn a_second_end_of_the_sdks_is_told_to_nobody() {
    Story::dialled()
        .hears(Event::HangUp)
        .hears(over(Cause::Busy))
        .hears(Event::Trouble(Cause::Other("HANGUP_DURING_SETUP".to_owned())))
        .wants(&[])
        .hears(over(Cause::Normal))
        .wants(&[])
        .ends_as(Outcome::Cancelled, Side::Us);
}

#[test]
fn without_a_socket_the_screen_says_that_the_line_may_stay_open_until_telnyx_knows() {
    let ended = without_socket()
        .hears(Event::HangUp)
        .wants(&[Effect::HangUpServer, Effect::HangUpSdk])
        .hears(over(Cause::Normal));
    assert_eq!(ended.over().remains, Remains::MayBeOpen);

    let by_server = ended.clone().hears(Event::ServerSaid(Server::Took));
    assert_eq!(by_server.over().remains, Remains::Nothing);

    let refused = ended.hears(Event::ServerSaid(Server::Refused));
    assert_eq!(refused.over().remains, Remains::MayBeOpen);

    let back = refused.at(23).line(line::Event::Ready).waits_for(&[Watch::Settle]);
    let again_and_gone = back
        .clone()
        .hears(again(Sdk::Recovering))
        .wants(&[Effect::HangUpSdk, Effect::ReleaseMicrophone])
        .hears(Event::SdkOver(Object(2), Some(Cause::Normal)));
    assert_eq!(again_and_gone.over().remains, Remains::Nothing);

    // The old object's own `destroy` says nothing of the line.
    let destroyed = back.clone().hears(over(Cause::Normal));
    assert_eq!(destroyed.over().remains, Remains::MayBeOpen);

    let never = back.overdue(Watch::Settle);
    assert_eq!(never.over().remains, Remains::Nothing);
}

#[test]
fn a_call_that_is_re_attached_before_the_sdk_has_settled_is_hung_up_again() {
    without_socket()
        .hears(Event::HangUp)
        .hears(again(Sdk::Recovering))
        .wants(&[Effect::HangUpSdk, Effect::DetachAudio]);
}

#[test]
fn a_server_that_did_not_hear_or_know_is_asked_again_when_that_is_over() {
    let ended = without_socket().hears(Event::HangUp).hears(over(Cause::Normal));
    ended
        .clone()
        .hears(Event::ServerSaid(Server::Unreachable))
        .line(line::Event::Ready)
        .wants(&[Effect::HangUpServer]);
    let ids = TelnyxIds { call_control_id: Some("v3:a".to_owned()), ..TelnyxIds::default() };
    ended
        .clone()
        .hears(Event::ServerSaid(Server::NotKnown))
        .hears(Event::Identified(ids.clone()))
        .wants(&[Effect::HangUpServer]);
    ended
        .hears(Event::ServerSaid(Server::Refused))
        .hears(Event::Identified(ids))
        .wants(&[])
        .line(line::Event::Ready)
        .wants(&[]);
}

#[test]
fn a_call_that_was_dismissed_and_comes_back_is_hung_up_and_never_shown() {
    let story = Story::talking()
        .hears(over(Cause::Normal))
        .happens(phone::Event::Dismiss)
        .hears(again(Sdk::Recovering))
        .wants(&[Effect::HangUpSdk, Effect::ReleaseMicrophone]);
    assert!(matches!(story.phone.screen(), Screen::Dialer));
    // Not even if it rings.
    let story = story.rings(id());
    assert_eq!(story.phone.ringing_here().count(), 0);
}

#[test]
fn a_call_given_up_before_the_sdk_named_it_is_hung_up_when_it_does() {
    let story = Story::ready()
        .happens(phone::Event::Dial { written: "+12025550100".to_owned() })
        .happens(phone::Event::Granted { attempt: 1, placed: support::placed() })
        .happens(phone::Event::GiveUp)
        .wants(&[Effect::HangUpSdk])
        .hears(sdk(Sdk::New))
        .wants(&[Effect::HangUpSdk, Effect::ReleaseMicrophone]);
    assert!(matches!(story.phone.screen(), Screen::Dialer));
}

#[test]
fn what_the_sdk_let_go_of_at_telnyxs_order_the_server_hangs_up() {
    let let_go = || over(Cause::SignedOff);
    Story::talking()
        .hears(let_go())
        .wants(&[
            Effect::HangUpServer,
            Effect::ReleaseMicrophone,
            ended(Cause::SignedOff, Side::Network),
            Effect::DetachAudio,
        ])
        .ends_as(Outcome::Answered, Side::Network)
        .hears(over(Cause::Normal))
        .wants(&[]);
    // Until somebody says otherwise, Telnyx may have it still.
    let story = Story::talking().hears(let_go());
    assert_eq!(story.over().remains, Remains::MayBeOpen);
    let refused = story.clone().hears(Event::ServerSaid(Server::Refused));
    assert_eq!(refused.over().remains, Remains::MayBeOpen);
    assert_eq!(story.hears(Event::ServerSaid(Server::Took)).over().remains, Remains::Nothing);
    // The person was quicker: the server was asked already.
    Story::talking().hears(Event::HangUp).hears(let_go()).wants(&[
        Effect::ReleaseMicrophone,
        ended(Cause::SignedOff, Side::Us),
        Effect::DetachAudio,
    ]);
    Story::dialled().hears(let_go()).ends_as(Outcome::Failed, Side::Network);
    Story::rung().hears(let_go()).ends_as(Outcome::Failed, Side::Network);
}
