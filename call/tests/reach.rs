//! Whether calls that come in reach the person, and a token's successor.

#![allow(clippy::expect_used, clippy::panic, reason = "a story that ends wrongly has failed")]
#![allow(clippy::wildcard_enum_match_arm, reason = "a story looks at what it is about")]

mod support;

use ::call::api::Token;
use ::call::call::{Event, Sdk};
use ::call::cause::Cause;
use ::call::line::{Effect, Event as Line, Renewal, Trouble};
use ::call::phone::{self, Dialling, Input, Reach, Refusal};
use support::{Story, over, sdk, token};

impl Story {
    /// What the last thing that happened made the phone want of its line, timers of its limits aside.
    fn wants_of_line(&self) -> Vec<String> {
        let of_line = |effect: &phone::Effect| match effect {
            phone::Effect::Line(effect) => Some(effect.clone()),
            _ => None,
        };
        let word = |effect| match effect {
            Effect::AskForToken => Some("ask for a token".to_owned()),
            Effect::Open(_) => Some("open".to_owned()),
            Effect::SignIn(_) => Some("sign in".to_owned()),
            Effect::Close => Some("close".to_owned()),
            Effect::AskWhetherRegistered => Some("ask whether registered".to_owned()),
            Effect::HandOver(_) => Some("hand over".to_owned()),
            Effect::SignInAnew => Some("sign in anew".to_owned()),
            Effect::RenewIn(ms) => Some(format!("renew in {} s", ms / 1_000)),
            Effect::TryAgainIn(ms) => Some(format!("try again in {} s", ms / 1_000)),
            Effect::StartTimer(_) | Effect::CancelTimer => None,
        };
        self.wanted().iter().filter_map(of_line).filter_map(word).collect()
    }

    fn reaches(self, reach: Reach) -> Self {
        assert_eq!(self.phone.reach(), reach);
        self
    }

    fn said(self, said: bool) -> Self {
        assert_eq!(self.phone.out_of_reach, said);
        self
    }
}

/// A token that is good for a day.
fn of_a_day() -> Token {
    Token { lives_ms: Some(24 * 3_600_000), ..token() }
}

#[test]
fn a_line_that_is_not_heard_from_is_asked_after_and_is_ready_only_once_it_answers() {
    for doubt in [Line::Silent, Line::Woke, Line::NotRegistered] {
        let story = Story::ready().line(doubt).reaches(Reach::Line);
        assert_eq!(story.wants_of_line(), ["ask whether registered"]);
        // One may dial all the same: nothing says that it would not work.
        assert!(story.phone.may_dial());
        story.line(Line::Ready).reaches(Reach::Open);
    }
}

#[test]
fn a_line_that_does_not_answer_is_opened_anew_between_calls() {
    let story = Story::ready().line(Line::Silent).line(Line::Overdue);
    assert_eq!(story.wants_of_line(), ["try again in 1 s"]);
    story.reaches(Reach::Line);
}

#[test]
fn a_call_goes_on_while_the_line_is_in_doubt() {
    let story = Story::talking().line(Line::Silent).line(Line::Overdue).wants(&[]);
    assert_eq!(story.wants_of_line(), ["ask whether registered"]);
    let story = story.hears(Event::HangUp).hears(over(Cause::Normal)).line(Line::Overdue);
    assert_eq!(story.wants_of_line(), ["try again in 1 s"]);
}

#[test]
fn a_doubt_is_no_lost_socket_for_a_call() {
    Story::talking().line(Line::Woke).wants(&[]).waits_for(&[]).line(Line::Ready).wants(&[]);
}

#[test]
fn that_calls_may_be_missed_is_said_after_a_while_and_taken_back() {
    let lost = Story::ready().line(Line::SocketClosed).said(false);
    assert!(lost.wanted().contains(&phone::Effect::StartReachTimer));
    let said = lost.clone().happens(phone::Event::OutOfReach).said(true);
    said.line(Line::Ready).said(false).reaches(Reach::Open);
    // What was over before is never said.
    let back = lost.line(Line::Ready);
    assert!(back.wanted().contains(&phone::Effect::CancelReachTimer));
    back.happens(phone::Event::OutOfReach).said(false);
}

#[test]
fn nobody_misses_calls_who_is_not_signed_in() {
    Story::ready()
        .line(Line::SignedOut)
        .reaches(Reach::Nobody)
        .happens(phone::Event::OutOfReach)
        .said(false);
}

#[test]
fn a_microphone_that_is_gone_keeps_calls_away_until_it_is_back() {
    for input in [Input::Blocked, Input::Missing] {
        Story::ready()
            .happens(phone::Event::Input(input))
            .reaches(Reach::Microphone(input))
            .happens(phone::Event::Input(Input::Usable))
            .reaches(Reach::Open);
    }
    let refused = Story::dialled().hears(Event::Trouble(Cause::NoMicrophone));
    let refused = refused.hears(over(Cause::Busy)).reaches(Reach::Microphone(Input::Blocked));
    refused
        .dials(support::other())
        .of(&support::other(), sdk(Sdk::Requesting))
        .reaches(Reach::Open);
}

#[test]
fn a_token_is_renewed_at_half_its_life_with_one_login_on_the_open_socket() {
    let story = Story::ready().line(Line::TokenAges);
    assert_eq!(story.wants_of_line(), ["ask for a token"]);
    let story = story.line(Line::Token(of_a_day()));
    assert_eq!(story.wants_of_line(), ["hand over", "renew in 43200 s", "sign in anew"]);
    let story = story.reaches(Reach::Line).line(Line::SignedInAnew).reaches(Reach::Open);
    assert_eq!(story.phone.renewal, Renewal::Fresh);
}

#[test]
fn in_a_call_the_new_token_is_handed_over_and_signed_in_with_after_it() {
    let story = Story::talking().line(Line::TokenAges).line(Line::Token(of_a_day())).wants(&[]);
    assert_eq!(story.wants_of_line(), ["hand over", "renew in 43200 s"]);
    let story = story.hears(Event::HangUp);
    assert!(story.wants_of_line().is_empty());
    let story = story.hears(over(Cause::Normal));
    assert_eq!(story.wants_of_line(), ["sign in anew"]);
}

#[test]
fn nobody_dials_into_a_login() {
    let dial = phone::Event::Dial { written: "+12025550100".to_owned() };
    let story =
        Story::ready().line(Line::TokenAges).line(Line::Token(of_a_day())).happens(dial.clone());
    assert_eq!(story.phone.dialling, Dialling::Refused(Refusal::NotReady));
    // And nobody signs in anew who dials.
    let dialling = Story::ready().line(Line::TokenAges).happens(dial).line(Line::Token(of_a_day()));
    assert_eq!(dialling.wants_of_line(), ["hand over", "renew in 43200 s"]);
    let over = dialling.happens(phone::Event::GiveUp);
    assert_eq!(over.wants_of_line(), ["sign in anew"]);
}

#[test]
fn a_successor_that_does_not_come_is_asked_for_again_and_the_line_stays() {
    let story = Story::ready().line(Line::TokenAges).line(Line::NoToken(Trouble::ServerFailed));
    assert_eq!(story.wants_of_line(), ["renew in 30 s"]);
    let story = story.reaches(Reach::Open).line(Line::TokenAges);
    assert_eq!(story.wants_of_line(), ["ask for a token"]);
}

#[test]
fn a_token_that_ends_soon_is_renewed_soon_and_not_without_a_pause() {
    let story = Story::ready().line(Line::TokenEnds);
    assert_eq!(story.wants_of_line(), ["renew in 30 s"]);
}

#[test]
fn a_login_that_nobody_answers_opens_the_line_anew_or_waits_for_the_call_to_end() {
    let signing = Story::ready().line(Line::TokenAges).line(Line::Token(of_a_day()));
    let opened = signing.clone().line(Line::Overdue);
    assert_eq!(opened.wants_of_line(), ["try again in 1 s"]);
    assert_eq!(opened.phone.renewal, Renewal::Fresh);
    let rung = signing.rings(support::id()).line(Line::Overdue).wants(&[]);
    assert_eq!(rung.phone.renewal, Renewal::Held);
}
