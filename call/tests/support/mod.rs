//! A call told as a story: at which second, what happened, what the call wanted then.

#![allow(dead_code, reason = "each test file uses its own part of the vocabulary")]
#![allow(clippy::panic, reason = "a story that ends wrongly has failed")]

use call::api::{Ice, Placed, Token};
use call::call::{Call, Connection, Effect, Event, Sdk, Stage};
use call::cause::{Cause, Outcome, Side};
use call::ids::CallId;
use call::line;
use call::number::Number;
use call::phone::{self, Phone};
use call::time::Millis;

pub(crate) fn number() -> Number {
    Number::parse("+12025550100").expect("the story's number is one")
}

pub(crate) fn id() -> CallId {
    CallId("0192-call".to_owned())
}

pub(crate) fn second(second: u64) -> Millis {
    Millis(second * 1_000)
}

pub(crate) fn over(cause: Cause) -> Event {
    Event::Sdk(Sdk::Over(Some(cause)))
}

/// A call being told, and the second the story has reached.
pub(crate) struct Story {
    pub(crate) call: Call,
    second: u64,
    wanted: Vec<Effect>,
}

impl Story {
    /// The SDK has just said `new`.
    pub(crate) fn dialled() -> Self {
        let (call, wanted) = Call::dialled(id(), number(), second(0));
        Self { call, second: 0, wanted }
    }

    /// A call that rang at second 2 and was answered at second 10, sound and all.
    pub(crate) fn talking() -> Self {
        Self::dialled()
            .at(2)
            .hears(Event::FarEndRings)
            .at(10)
            .hears(Event::RemoteStream)
            .hears(Event::Sdk(Sdk::Active))
            .hears(Event::Connection(Connection::Connected))
    }

    pub(crate) fn at(mut self, second: u64) -> Self {
        assert!(second >= self.second, "a story goes forward");
        self.second = second;
        self
    }

    /// Something happens; what the call wants because of it replaces what it wanted before.
    pub(crate) fn hears(self, event: Event) -> Self {
        let (call, wanted) = self.call.step(event, second(self.second));
        Self { call, second: self.second, wanted }
    }

    /// The last thing that happened made the call want exactly this.
    pub(crate) fn wants(self, expected: &[Effect]) -> Self {
        assert_eq!(self.wanted, expected, "at second {}", self.second);
        self
    }

    pub(crate) fn ends_as(self, outcome: Outcome, by: Side) -> Self {
        match &self.call.stage {
            Stage::Over(over) => assert_eq!((over.outcome, over.by), (outcome, by)),
            stage @ (Stage::Calling(_) | Stage::Talking(_)) => panic!("not over: {stage:?}"),
        }
        self
    }

    /// How long they talked, in milliseconds.
    pub(crate) fn talked(&self) -> Option<u64> {
        match &self.call.stage {
            Stage::Over(over) => over.talked_ms,
            Stage::Calling(_) | Stage::Talking(_) => None,
        }
    }

    /// When the talk timer started.
    pub(crate) fn since(&self) -> Option<Millis> {
        match &self.call.stage {
            Stage::Talking(talking) => Some(talking.since),
            Stage::Calling(_) | Stage::Over(_) => None,
        }
    }
}

pub(crate) fn token() -> Token {
    Token { token: "secret".to_owned(), gateway: None, ice: Ice::Default }
}

pub(crate) fn placed() -> Placed {
    Placed { id: id(), caller_id: None }
}

/// Steps a phone through events at second 0 and gives the last effects.
pub(crate) fn through(phone: Phone, events: Vec<phone::Event>) -> (Phone, Vec<phone::Effect>) {
    events.into_iter().fold((phone, vec![]), |(phone, _), event| phone.step(event, second(0)))
}

/// Something that happens to the phone's line.
pub(crate) fn line(event: line::Event) -> phone::Event {
    phone::Event::Line(event)
}

/// A phone that may dial.
pub(crate) fn ready() -> Phone {
    let (phone, _) = through(
        Phone::default(),
        vec![
            line(line::Event::SignedIn),
            line(line::Event::Token(token())),
            line(line::Event::Ready),
        ],
    );
    phone
}
