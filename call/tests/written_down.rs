//! The phone and what happens to it can be written down and read again: other tabs mirror it, the timeline keeps it.

#![allow(clippy::expect_used, reason = "what cannot be written or read has failed")]

mod support;

use ::call::api::{Ice, Token};
use ::call::call::{Event, Sdk};
use ::call::dtmf::Digit;
use ::call::line;
use ::call::phone::{self, Phone};
use support::{Story, again, other};

#[test]
fn a_phone_that_was_written_down_is_the_same_phone() {
    let five = Digit::of('5').expect("a key");
    let story = Story::two()
        .rings(other())
        .hears(Event::Press(five))
        .hears(Event::Hold(true))
        .hears(again(Sdk::Recovering))
        .hears(Event::HangUp);
    let text = serde_json::to_string(&story.phone).expect("a phone can be written");
    let read: Phone = serde_json::from_str(&text).expect("and read");
    assert_eq!(read, story.phone);
}

#[test]
fn a_token_is_never_written_down() {
    let token = Token { token: "secret".to_owned(), gateway: None, ice: Ice::None, lives_ms: None };
    let event = phone::Event::Line(line::Event::Token(token));
    let text = serde_json::to_string(&event).expect("an event can be written");
    assert_eq!(text, r#"{"line":{"token":null}}"#);
    assert!(serde_json::from_str::<phone::Event>(&text).is_ok());
}

#[test]
fn a_key_without_a_tone_is_not_read() {
    assert!(serde_json::from_str::<Digit>("\"5\"").is_ok());
    assert!(serde_json::from_str::<Digit>("\"E\"").is_err());
}
