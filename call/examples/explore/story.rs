//! A story: what happened, in order, until a rule was broken.

use core::fmt;

use call::call::{Event as CallEvent, Kept, Object, Telnyx};
use call::line;
use call::phone::Event;

use crate::rules::Rule;
use crate::world::{NEW, OLD};

/// A rule that does not hold, and the story that shows it.
pub(crate) struct Violation {
    pub(crate) rule: Rule,
    /// What was seen at the end.
    pub(crate) what: String,
    pub(crate) story: Vec<Event>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "broken: {}", self.rule.says())?;
        for (at, event) in self.story.iter().enumerate() {
            writeln!(f, "  {:>2}. {}", at + 1, told(event))?;
        }
        write!(f, "  then: {}", self.what)
    }
}

fn told(event: &Event) -> String {
    match event {
        Event::Line(event) => format!("the line: {}", of_line(event)),
        Event::Dial { written } => format!("the person dials {written}"),
        Event::Edited => "the person edits the number".to_owned(),
        Event::GiveUp => "the person gives up dialling".to_owned(),
        Event::Granted { placed, .. } => format!("our server gives out call {}", placed.id),
        Event::Denied { .. } => "our server refuses".to_owned(),
        Event::DialFailed(id) => format!("the SDK will not dial call {id}"),
        Event::Incoming { id, asked: Some(_), .. } => format!("call {id} comes in, as expected"),
        Event::Incoming { id, .. } => format!("call {id} comes in"),
        Event::Resumed { kept, .. } => {
            let calls: Vec<String> = kept.iter().map(of_kept).collect();
            format!("the page is loaded anew, which had {}", calls.join(" and "))
        }
        Event::Expect { .. } => "our server says that a call is to be expected".to_owned(),
        Event::Take(id) => format!("the person takes call {id}"),
        Event::Dismiss => "the person has read how it ended".to_owned(),
        Event::Input(input) => format!("the microphone is {input:?}"),
        Event::OutOfReach => "calls have been out of reach for long".to_owned(),
        Event::Call(id, event) => format!("call {id}: {}", of_call(event)),
    }
}

fn of_kept(kept: &Kept) -> String {
    let survives = if kept.survives { "may come back" } else { "may not" };
    format!("call {} ({:?}, {survives})", kept.id, kept.stage)
}

fn of_call(event: &CallEvent) -> String {
    match event {
        CallEvent::Answer => "the person answers".to_owned(),
        CallEvent::HangUp => "the person hangs up".to_owned(),
        CallEvent::Mute(wanted) => format!("the person presses mute: {wanted}"),
        CallEvent::Hold(wanted) => format!("the person presses hold: {wanted}"),
        CallEvent::Press(digit) => format!("the person presses {}", digit.as_char()),
        CallEvent::Sdk(object, state) => format!("{} says {state:?}", speaker(*object)),
        CallEvent::SdkOver(object, _) => format!("{} says that it is over", speaker(*object)),
        CallEvent::FarEndRings => "the far end rings".to_owned(),
        CallEvent::RemoteStream => "the remote stream is added".to_owned(),
        CallEvent::Connection(state) => format!("the connection is {state:?}"),
        CallEvent::Telnyx(Telnyx::Waits(waits)) => format!("the server says they wait: {waits}"),
        CallEvent::Telnyx(Telnyx::Answered { .. }) => "Telnyx says answered".to_owned(),
        CallEvent::Telnyx(Telnyx::Ended(_)) => "Telnyx says ended".to_owned(),
        CallEvent::ServerSaid(answer) => format!("our server on hanging up: {answer:?}"),
        CallEvent::Overdue(watch) => format!("the limit {watch:?} passes"),
        CallEvent::Identified(_)
        | CallEvent::MicrophoneIs { .. }
        | CallEvent::HoldRefused
        | CallEvent::Trouble(_)
        | CallEvent::Warning(_)
        | CallEvent::SocketClosed
        | CallEvent::SocketReady
        | CallEvent::LineGone => format!("{event:?}"),
    }
}

fn speaker(object: Object) -> &'static str {
    match object {
        OLD => "an object that was replaced",
        NEW => "a new object of the SDK's",
        _ => "the SDK",
    }
}

fn of_line(event: &line::Event) -> &'static str {
    match event {
        line::Event::SignedIn => "signed in",
        line::Event::SignedOut => "signed out",
        line::Event::Token(_) => "a token",
        line::Event::NoToken(_) => "no token",
        line::Event::Again => "time to try again",
        line::Event::Ready => "ready",
        line::Event::SocketOpened => "socket opened",
        line::Event::SocketClosed => "socket closed",
        line::Event::GatewayFailed => "the gateway failed",
        line::Event::Overdue => "overdue",
        line::Event::Failed(_) => "failed",
        line::Event::NotRegistered => "not registered",
        line::Event::Silent => "nothing heard for long",
        line::Event::Woke => "the page stood still",
        line::Event::TokenAges => "the token ages",
        line::Event::TokenEnds => "the token ends soon",
        line::Event::SignedInAnew => "signed in anew",
    }
}
