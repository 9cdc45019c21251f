//! The phone: the line, dialling, and which screen is shown.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod support;

use ::call::api::{Placed, ProblemCode};
use ::call::call::{self, Sdk};
use ::call::cause::{Cause, Side};
use ::call::history::What;
use ::call::ids::CallId;
use ::call::line::{self, FIRST_PAUSE_MS, LONGEST_PAUSE_MS, Line, Trouble};
use ::call::number::NotANumber;
use ::call::phone::{Dialling, Effect, Event, Phone, Refusal, Screen, Tone};
use ::call::time::Millis;
use support::{id, line, number, over, placed, ready, second, through, token};

fn dial(written: &str) -> Event {
    Event::Dial { written: written.to_owned() }
}

fn sdk(state: Sdk) -> Event {
    Event::Call(id(), support::sdk(state))
}

/// Which screen, by name alone.
fn screen(phone: &Phone) -> &'static str {
    match phone.screen() {
        Screen::Dialer => "dialer",
        Screen::Calling(..) => "calling",
        Screen::InCall(..) => "in call",
        Screen::Ended(..) => "ended",
    }
}

#[test]
fn a_click_shows_no_call_screen_until_the_sdk_says_new() {
    let (phone, effects) = through(ready(), vec![dial("+1 202 555 0100")]);
    assert!(
        matches!(effects.as_slice(), [Effect::AskForCall { attempt: 1, to }] if *to == number())
    );
    assert_eq!(screen(&phone), "dialer");

    let (phone, effects) = through(phone, vec![Event::Granted { attempt: 1, placed: placed() }]);
    assert!(matches!(effects.as_slice(), [Effect::NewCall { .. }]));
    assert_eq!(screen(&phone), "dialer");

    let (phone, _) = through(phone, vec![sdk(Sdk::New)]);
    assert_eq!(screen(&phone), "calling");
}

#[test]
fn each_screen_follows_the_sdks_word() {
    let start = vec![dial("+12025550100"), Event::Granted { attempt: 1, placed: placed() }];
    let (phone, _) = through(ready(), start);
    let mut shown = Vec::new();
    let states = [Sdk::New, Sdk::Requesting, Sdk::Trying, Sdk::Active, Sdk::Held].map(sdk);
    let over = Event::Call(id(), over(Cause::Normal));
    states.into_iter().chain([over]).fold(phone, |phone, event| {
        let (phone, _) = phone.step(event, second(1));
        shown.push(screen(&phone));
        phone
    });
    assert_eq!(shown, ["calling", "calling", "calling", "in call", "in call", "ended"]);
}

#[test]
fn the_sound_of_a_call_is_no_word_about_its_screen() {
    let start = vec![dial("+12025550100"), Event::Granted { attempt: 1, placed: placed() }];
    let (phone, _) = through(ready(), start);
    let (phone, effects) = through(phone, vec![Event::Call(id(), call::Event::RemoteStream)]);
    assert_eq!((screen(&phone), effects.len()), ("dialer", 0));
}

#[test]
fn what_is_no_number_is_said_and_nothing_is_dialled_until_it_is_edited() {
    let (phone, effects) = through(ready(), vec![dial("call me")]);
    assert!(effects.is_empty());
    assert_eq!(phone.dialling, Dialling::NotANumber(NotANumber::NotDigits));
    let (phone, _) = through(phone, vec![Event::Edited]);
    assert_eq!(phone.dialling, Dialling::Idle);
}

#[test]
fn a_second_press_dials_nothing() {
    let (_, effects) = through(ready(), vec![dial("+12025550100"), dial("+12025550100")]);
    assert!(effects.is_empty());
}

#[test]
fn one_may_dial_only_when_the_line_is_ready() {
    let (phone, effects) =
        through(Phone::default(), vec![line(line::Event::SignedIn), dial("+12025550100")]);
    assert!(effects.is_empty());
    assert_eq!(phone.dialling, Dialling::Refused(Refusal::NotReady));
}

#[test]
fn a_refused_call_says_why_and_a_stale_refusal_says_nothing() {
    let why = Refusal::Server(ProblemCode::TelnyxUnreachable);
    let (phone, _) =
        through(ready(), vec![dial("+12025550100"), Event::Denied { attempt: 1, why }]);
    assert_eq!(phone.dialling, Dialling::Refused(why));
    let (phone, _) = through(phone, vec![dial("+12025550100"), Event::Denied { attempt: 1, why }]);
    assert_eq!(phone.dialling, Dialling::Asked { to: number(), attempt: 2 });
}

#[test]
fn giving_up_while_the_server_thinks_dials_nothing_and_tells_the_row_why() {
    let given_up = vec![dial("+12025550100"), Event::GiveUp];
    let (phone, _) = through(ready(), given_up);
    let (phone, effects) = through(phone, vec![Event::Granted { attempt: 1, placed: placed() }]);
    let ended = What::Ended { cause: Cause::Cancelled, by: Side::Us };
    assert!(matches!(effects.as_slice(), [Effect::Testify(_, _, what)] if *what == ended));
    assert_eq!(screen(&phone), "dialer");
}

#[test]
fn an_sdk_that_will_not_dial_is_said_and_the_row_is_closed() {
    let start = vec![dial("+12025550100"), Event::Granted { attempt: 1, placed: placed() }];
    let (phone, _) = through(ready(), start);
    let (phone, effects) = through(phone, vec![Event::DialFailed(id())]);
    assert_eq!(phone.dialling, Dialling::Refused(Refusal::Sdk));
    assert!(matches!(effects.as_slice(), [Effect::Testify(_, _, What::Ended { .. })]));
}

#[test]
fn how_it_ended_stays_until_it_is_read_and_the_next_dial_takes_its_place() {
    let start = vec![
        dial("+12025550100"),
        Event::Granted { attempt: 1, placed: placed() },
        sdk(Sdk::New),
        Event::Call(id(), over(Cause::Busy)),
    ];
    let (ended, _) = through(ready(), start);
    let (read, _) = through(ended.clone(), vec![Event::Dismiss]);
    assert_eq!((screen(&ended), screen(&read)), ("ended", "dialer"));

    let next = Placed { id: CallId("next".to_owned()), caller_id: None, controlled: false };
    let again = vec![
        dial("+12025550100"),
        Event::Granted { attempt: 2, placed: next.clone() },
        Event::Call(next.id, support::sdk(Sdk::New)),
    ];
    let (phone, _) = through(ended, again);
    assert_eq!(screen(&phone), "calling");
}

#[test]
fn a_living_call_cannot_be_dismissed() {
    let start = vec![
        dial("+12025550100"),
        Event::Granted { attempt: 1, placed: placed() },
        sdk(Sdk::New),
        Event::Dismiss,
    ];
    let (phone, _) = through(ready(), start);
    assert_eq!(screen(&phone), "calling");
}

#[test]
fn what_is_unreachable_is_tried_again_with_growing_pauses() {
    let (mut phone, _) = Phone::default().step(line(line::Event::SignedIn), Millis(0));
    let mut pauses = Vec::new();
    for refused in [false, true].into_iter().cycle().take(8) {
        let fails = if refused {
            (phone, _) = phone.step(line(line::Event::Token(token())), Millis(0));
            line::Event::Failed(Trouble::TelnyxRefused)
        } else {
            line::Event::NoToken(Trouble::TelnyxUnreachable)
        };
        let (waiting, effects) = phone.step(line(fails), Millis(0));
        match effects.as_slice() {
            [Effect::Line(line::Effect::TryAgainIn(ms)), ..] => pauses.push(*ms),
            _ => panic!("one effect at least"),
        }
        let (asking, effects) = waiting.step(line(line::Event::Again), Millis(0));
        assert!(matches!(effects.as_slice(), [Effect::Line(line::Effect::AskForToken)]));
        phone = asking;
    }
    assert_eq!(pauses.first(), Some(&FIRST_PAUSE_MS));
    assert_eq!(pauses.last(), Some(&LONGEST_PAUSE_MS));
    assert!(pauses.is_sorted());
}

#[test]
fn a_lost_socket_is_named_and_ready_again_is_ready() {
    let (lost, effects) = through(ready(), vec![line(line::Event::SocketClosed)]);
    assert_eq!(lost.line, Line::Lost { since: second(0) });
    assert!(matches!(effects.as_slice(), [Effect::Line(line::Effect::StartTimer(_)), ..]));
    let (back, _) = through(lost, vec![line(line::Event::Ready)]);
    assert_eq!(back.line, Line::Ready);
}

#[test]
fn signing_out_closes_the_line_and_late_news_opens_nothing() {
    let (phone, effects) = through(ready(), vec![line(line::Event::SignedOut)]);
    assert!(matches!(effects.as_slice(), [Effect::Line(line::Effect::Close)]));
    for late in [
        line(line::Event::Token(token())),
        line(line::Event::Ready),
        line(line::Event::NoToken(Trouble::ServerFailed)),
        line(line::Event::Again),
    ] {
        let (phone, effects) = through(phone.clone(), vec![late]);
        assert_eq!((phone.line, effects.len()), (Line::Off, 0));
    }
}

#[test]
fn signing_out_in_a_call_hangs_it_up_and_leaves_nothing_sounding() {
    let start = vec![
        dial("+12025550100"),
        Event::Granted { attempt: 1, placed: placed() },
        sdk(Sdk::New),
        Event::Call(id(), call::Event::FarEndRings),
    ];
    let (ringing, _) = through(ready(), start);
    let (phone, effects) = through(ringing, vec![line(line::Event::SignedOut)]);
    assert_eq!(screen(&phone), "dialer");
    for wanted in [call::Effect::HangUpSdk, call::Effect::ReleaseMicrophone] {
        let at = effects.iter().position(|effect| *effect == Effect::Call(id(), wanted.clone()));
        let close = effects.iter().position(|effect| *effect == Effect::Line(line::Effect::Close));
        assert!(at.is_some() && at < close, "{wanted:?}");
    }
    assert!(effects.contains(&Effect::Silence(Tone::Ringback)));
}

#[test]
fn a_refusal_goes_with_its_cause() {
    let (phone, _) =
        through(Phone::default(), vec![line(line::Event::SignedIn), dial("+12025550100")]);
    let ready = vec![line(line::Event::Token(token())), line(line::Event::Ready)];
    let (phone, _) = through(phone, ready);
    assert_eq!(phone.dialling, Dialling::Idle);
}
