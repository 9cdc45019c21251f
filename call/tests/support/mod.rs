//! A phone told as a story: at which second, what happened, what it wanted then.

#![allow(dead_code, reason = "each test file uses its own part of the vocabulary")]
#![allow(clippy::expect_used, clippy::panic, reason = "a story that ends wrongly has failed")]
#![allow(clippy::wildcard_enum_match_arm, reason = "a story looks at what it is about")]
#![allow(clippy::needless_pass_by_value, reason = "stories read better without `&`")]

use std::collections::BTreeSet;

use call::api::{Ice, Placed, Token};
use call::call::{
    Call, Connection, Effect, Event, Object, Over, Party, Sdk, Stage, Talking, Watch,
};
use call::cause::{Cause, Outcome, Side};
use call::ids::CallId;
use call::line;
use call::number::Number;
use call::phone::{self, Phone, Tone};
use call::time::Millis;

pub(crate) fn number() -> Number {
    Number::parse("+12025550100").expect("the story's number is one")
}

/// The call most stories are about.
pub(crate) fn id() -> CallId {
    CallId("0192-call".to_owned())
}

/// The other one.
pub(crate) fn other() -> CallId {
    CallId("0193-other".to_owned())
}

pub(crate) fn second(second: u64) -> Millis {
    Millis(second * 1_000)
}

/// The SDK's first object for a call says this.
pub(crate) fn sdk(state: Sdk) -> Event {
    Event::Sdk(Object(1), state)
}

/// The object that took its place says this.
pub(crate) fn again(state: Sdk) -> Event {
    Event::Sdk(Object(2), state)
}

pub(crate) fn over(cause: Cause) -> Event {
    Event::SdkOver(Object(1), Some(cause))
}

/// A phone being told, and the second the story has reached.
#[derive(Clone)]
pub(crate) struct Story {
    pub(crate) phone: Phone,
    second: u64,
    wanted: Vec<phone::Effect>,
    tone: Option<Tone>,
    timers: BTreeSet<(String, String)>,
}

impl Story {
    /// A phone that may dial.
    pub(crate) fn ready() -> Self {
        Self { phone: ready(), ..Self::opened() }
    }

    /// A page that was just opened.
    pub(crate) fn opened() -> Self {
        let (phone, timers) = (Phone::default(), BTreeSet::new());
        Self { phone, second: 0, wanted: vec![], tone: None, timers }
    }

    /// The SDK has just said `new`.
    pub(crate) fn dialled() -> Self {
        Self::ready().dials(id())
    }

    /// A call rings here.
    pub(crate) fn rung() -> Self {
        Self::ready().rings(id())
    }

    /// A call that rang at second 2 and was answered at second 10, sound and all.
    pub(crate) fn talking() -> Self {
        Self::dialled()
            .at(2)
            .hears(Event::FarEndRings)
            .at(10)
            .hears(Event::RemoteStream)
            .hears(sdk(Sdk::Active))
            .hears(Event::Connection(Connection::Connected))
    }

    /// The story's call is held, and another one talks.
    pub(crate) fn two() -> Self {
        Self::talking()
            .rings(other())
            .of(&other(), Event::Answer)
            .of(&other(), Event::RemoteStream)
            .of(&other(), sdk(Sdk::Active))
            .of(&other(), Event::Connection(Connection::Connected))
            .hears(sdk(Sdk::Held))
    }

    /// A call is dialled under this id, up to the SDK's `new`.
    pub(crate) fn dials(self, id: CallId) -> Self {
        let attempt = self.phone.attempts + 1;
        self.happens(phone::Event::Dial { written: "+12025550100".to_owned() })
            .happens(phone::Event::Granted {
                attempt,
                placed: Placed { id: id.clone(), caller_id: None, controlled: false },
            })
            .of(&id, sdk(Sdk::New))
    }

    /// A call comes in under this id.
    pub(crate) fn rings(self, id: CallId) -> Self {
        let from = Party::Number(number());
        self.happens(phone::Event::Incoming {
            id,
            object: Object(1),
            from,
            ids: ::call::ids::TelnyxIds::default(),
            asked: None,
        })
    }

    pub(crate) fn at(mut self, second: u64) -> Self {
        assert!(second >= self.second, "a story goes forward");
        self.second = second;
        self
    }

    /// Something happens; what the phone wants because of it replaces what it wanted before.
    pub(crate) fn happens(mut self, event: phone::Event) -> Self {
        let (phone, wanted) = self.phone.step(event, second(self.second));
        for effect in &wanted {
            match effect {
                phone::Effect::Play(tone) => {
                    assert_eq!(self.tone, None, "two tones at once");
                    self.tone = Some(*tone);
                }
                phone::Effect::Silence(tone) => {
                    assert_eq!(self.tone, Some(*tone), "a tone is silenced that does not play");
                    self.tone = None;
                }
                phone::Effect::Call(id, Effect::StartTimer(watch)) => {
                    self.timers.insert((id.to_string(), format!("{watch:?}")));
                }
                phone::Effect::Call(id, Effect::CancelTimer(watch)) => {
                    self.timers.remove(&(id.to_string(), format!("{watch:?}")));
                }
                _ => {}
            }
        }
        Self { phone, wanted, ..self }
    }

    /// All that the last thing that happened made the phone want.
    pub(crate) fn wanted(&self) -> &[phone::Effect] {
        &self.wanted
    }

    /// Something happens to the story's call.
    pub(crate) fn hears(self, event: Event) -> Self {
        self.of(&id(), event)
    }

    /// Something happens to this call.
    pub(crate) fn of(self, id: &CallId, event: Event) -> Self {
        self.happens(phone::Event::Call(id.clone(), event))
    }

    /// Something happens to the line.
    pub(crate) fn line(self, event: line::Event) -> Self {
        self.happens(phone::Event::Line(event))
    }

    /// A limit passes that the story's call waits for: its timer fires.
    pub(crate) fn overdue(mut self, watch: Watch) -> Self {
        let timer = (id().to_string(), format!("{watch:?}"));
        assert!(self.timers.remove(&timer), "{watch:?} is not waited for: {:?}", self.timers);
        self.second += watch.limit_ms() / 1_000;
        self.hears(Event::Overdue(watch))
    }

    /// The last thing that happened made the story's call want exactly this, timers aside.
    pub(crate) fn wants(self, expected: &[Effect]) -> Self {
        self.wants_of(&id(), expected)
    }

    /// As [`Story::wants`], of another call.
    pub(crate) fn wants_of(self, id: &CallId, expected: &[Effect]) -> Self {
        let wanted: Vec<&Effect> = self
            .wanted
            .iter()
            .filter_map(|effect| match effect {
                phone::Effect::Call(of, effect) if of == id => Some(effect),
                _ => None,
            })
            .filter(|effect| !matches!(effect, Effect::StartTimer(_) | Effect::CancelTimer(_)))
            .collect();
        assert_eq!(wanted, expected.iter().collect::<Vec<_>>(), "at second {}", self.second);
        self
    }

    /// This tone plays, or none.
    pub(crate) fn sounds(self, tone: Option<Tone>) -> Self {
        assert_eq!(self.tone, tone, "at second {}", self.second);
        self
    }

    /// The story's call waits for exactly this.
    pub(crate) fn waits_for(self, watches: &[Watch]) -> Self {
        let of_it = self.timers.iter().filter(|(of, _)| *of == id().to_string());
        let mut running: Vec<&str> = of_it.map(|(_, watch)| watch.as_str()).collect();
        let mut expected: Vec<String> = watches.iter().map(|watch| format!("{watch:?}")).collect();
        running.sort_unstable();
        expected.sort_unstable();
        assert_eq!(running, expected, "at second {}", self.second);
        self
    }

    pub(crate) fn ends_as(self, outcome: Outcome, by: Side) -> Self {
        let over = self.over();
        assert_eq!((over.outcome, over.by), (outcome, by));
        self
    }

    /// The story's call.
    pub(crate) fn call(&self) -> &Call {
        self.phone.call(&id()).unwrap_or_else(|| panic!("the call is there"))
    }

    pub(crate) fn over(&self) -> &Over {
        match &self.call().stage {
            Stage::Over(over) => over,
            stage => panic!("not over: {stage:?}"),
        }
    }

    pub(crate) fn talk(&self) -> &Talking {
        match &self.call().stage {
            Stage::Talking(talking) => talking,
            stage => panic!("not talking: {stage:?}"),
        }
    }

    /// When the talk timer started.
    pub(crate) fn since(&self) -> Option<Millis> {
        match &self.call().stage {
            Stage::Talking(talking) => Some(talking.since),
            Stage::Calling(_) | Stage::Incoming(_) | Stage::Over(_) => None,
        }
    }
}

pub(crate) fn token() -> Token {
    Token { token: "secret".to_owned(), gateway: None, ice: Ice::Default, lives_ms: None }
}

pub(crate) fn placed() -> Placed {
    Placed { id: id(), caller_id: None, controlled: false }
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
