//! Calls our server puts through: what the SDK hears of its own leg, and what is said of the far end.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use call::api::Placed;
use call::call::{Effect as CallEffect, Ending, Event, Object, Party, Sdk, Stage, Telnyx};
use call::cause::{Cause, Outcome, Side};
use call::history::What;
use call::ids::{CallId, TelnyxIds};
use call::phone::{self, Effect, Phone, Tone};
use call::time::Millis;
use support::{id, number, placed};

const OBJECT: Object = Object(0);

fn told(phone: Phone, events: Vec<Event>) -> (Phone, Vec<Effect>) {
    events.into_iter().fold((phone, vec![]), |(phone, mut all), event| {
        let (phone, effects) = phone.step(phone::Event::Call(id(), event), Millis(5_000));
        all.extend(effects);
        (phone, all)
    })
}

/// A call that our server is to put through, as far as `requesting`.
fn calling() -> Phone {
    let phone = Phone { line: call::line::Line::Ready, ..Phone::default() };
    let dial = phone::Event::Dial { written: "+12025550102".to_owned() };
    let (phone, _) = phone.step(dial, Millis(1_000));
    let placed = Placed { controlled: true, ..placed() };
    let (phone, _) = phone.step(phone::Event::Granted { attempt: 1, placed }, Millis(1_100));
    told(phone, vec![Event::Sdk(OBJECT, Sdk::New), Event::Sdk(OBJECT, Sdk::Requesting)]).0
}

fn over(phone: &Phone) -> (Outcome, Cause, Side) {
    match &phone.call(&id()).unwrap().stage {
        Stage::Over(over) => (over.outcome, over.cause.clone(), over.by),
        other @ (Stage::Calling(_) | Stage::Incoming(_) | Stage::Talking(_)) => {
            unreachable!("{other:?}")
        }
    }
}

fn busy() -> Event {
    let ending = Ending { at: Millis(4_000), cause: Cause::Busy, by: Side::Them };
    Event::Telnyx(Telnyx::Ended(ending))
}

#[test]
fn its_own_legs_ringing_is_heard_and_not_said_of_the_far_end() {
    let (phone, effects) = told(calling(), vec![Event::FarEndRings]);
    assert!(effects.contains(&Effect::Play(Tone::Ringback)));
    assert!(!effects.contains(&Effect::Call(id(), CallEffect::Testify(What::Rang))));
    let Stage::Calling(calling) = &phone.call(&id()).unwrap().stage else { unreachable!() };
    assert_eq!((calling.ringing, calling.waits), (None, true));
}

#[test]
fn the_reason_is_the_far_ends_whether_it_comes_before_the_end_or_after() {
    let end = Event::SdkOver(OBJECT, Some(Cause::Normal));
    let (phone, effects) = told(calling(), vec![end.clone()]);
    assert_eq!((over(&phone).0, over(&phone).2), (Outcome::Failed, Side::Network));
    assert!(effects.contains(&Effect::Call(id(), CallEffect::AskServer)));
    let (phone, _) = told(phone, vec![busy()]);
    assert_eq!(over(&phone), (Outcome::Busy, Cause::Busy, Side::Them));

    let (phone, effects) = told(calling(), vec![busy(), end]);
    assert!(effects.contains(&Effect::Call(id(), CallEffect::HangUpSdk)));
    assert_eq!(over(&phone), (Outcome::Busy, Cause::Busy, Side::Them));
}

#[test]
fn who_gave_up_is_not_told_otherwise_afterwards() {
    let end = Event::SdkOver(OBJECT, Some(Cause::Busy));
    let (phone, _) = told(calling(), vec![Event::HangUp, end, busy()]);
    assert_eq!((over(&phone).0, over(&phone).2), (Outcome::Cancelled, Side::Us));
}

#[test]
fn active_is_the_far_ends_answer() {
    let (phone, _) = told(calling(), vec![Event::FarEndRings, Event::Sdk(OBJECT, Sdk::Active)]);
    assert!(matches!(phone.screen(), phone::Screen::InCall(..)));
    let (phone, _) = told(phone, vec![Event::SdkOver(OBJECT, Some(Cause::Normal))]);
    assert_eq!(over(&phone), (Outcome::Answered, Cause::Normal, Side::Them));
}

fn theirs() -> CallId {
    CallId("ours".to_owned())
}

fn expect() -> phone::Event {
    phone::Event::Expect { id: theirs(), to: number() }
}

fn comes_in(asked: Option<CallId>) -> phone::Event {
    let ids = TelnyxIds::default();
    phone::Event::Incoming { id: id(), object: OBJECT, from: Party::Withheld, ids, asked }
}

fn ready() -> Phone {
    Phone { line: call::line::Line::Ready, ..Phone::default() }
}

fn steps(phone: Phone, events: Vec<phone::Event>) -> (Phone, Vec<Effect>) {
    events.into_iter().fold((phone, vec![]), |(phone, mut all), event| {
        let (phone, effects) = phone.step(event, Millis(5_000));
        all.extend(effects);
        (phone, all)
    })
}

fn says(effects: &[Effect], what: &What) -> bool {
    effects.iter().any(
        |effect| matches!(effect, Effect::Testify(of, _, said) if *of == theirs() && said == what),
    )
}

#[test]
fn an_expected_call_answers_itself_once_and_talks_when_telnyx_says_that_they_answered() {
    let (phone, effects) = steps(ready(), vec![expect(), expect()]);
    assert!(effects == [Effect::Testify(theirs(), TelnyxIds::default(), What::Expecting)]);
    let (phone, effects) = steps(phone, vec![comes_in(Some(theirs()))]);
    assert!(effects.contains(&Effect::Call(id(), CallEffect::Answer)));
    let offered = What::Offered { call: id(), from: Party::Number(number()) };
    assert!(says(&effects, &offered));
    assert!(phone.expected.is_none());

    let (phone, _) =
        told(phone, vec![Event::Sdk(OBJECT, Sdk::Answering), Event::Sdk(OBJECT, Sdk::Active)]);
    assert!(matches!(phone.screen(), phone::Screen::Calling(..)), "the leg is up, they are not");
    let (phone, effects) = told(phone, vec![Event::Telnyx(Telnyx::Answered { at: Millis(4_000) })]);
    assert!(matches!(phone.screen(), phone::Screen::InCall(..)));
    assert!(effects.contains(&Effect::Call(id(), CallEffect::Testify(What::Active))));
}

#[test]
fn a_call_that_is_not_the_expected_one_rings() {
    for asked in [None, Some(CallId("another".to_owned()))] {
        let (phone, effects) = steps(ready(), vec![expect(), comes_in(asked)]);
        assert!(!effects.contains(&Effect::Call(id(), CallEffect::Answer)));
        assert!(phone.call(&id()).unwrap().rings_here());
    }
    let (_, effects) = steps(ready(), vec![comes_in(Some(theirs()))]);
    assert!(!effects.contains(&Effect::Call(id(), CallEffect::Answer)), "nobody said to expect it");
}

#[test]
fn a_phone_in_use_or_not_ready_expects_nothing_and_says_so() {
    let refused = |cause| What::Ended { cause, by: Side::Network };
    let (_, effects) = steps(Phone::default(), vec![expect()]);
    assert!(says(&effects, &refused(Cause::NoAgent)));
    let (phone, effects) = steps(calling(), vec![expect()]);
    assert!(says(&effects, &refused(Cause::AgentBusy)));
    assert!(steps(phone, vec![expect()]).1.is_empty(), "said once");

    // In use by the time it comes: it rings like any other.
    let (phone, _) =
        steps(ready(), vec![expect(), phone::Event::Dial { written: "+12025550102".to_owned() }]);
    let (_, effects) = steps(phone, vec![comes_in(Some(theirs()))]);
    assert!(!effects.contains(&Effect::Call(id(), CallEffect::Answer)));
}
