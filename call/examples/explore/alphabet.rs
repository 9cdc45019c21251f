//! What can happen in a world: everything, at any time, except what cannot be.
//!
//! Cannot be: a timer fires that does not run (the shell drops it when it is cancelled); the server answers a
//! question nobody asked; an id is given out twice.

use call::api::{Ice, Placed, Token};
use call::call::{
    Connection, Event as CallEvent, Party, Sdk, Server, Stage, Telnyx, Warning, Watch,
};
use call::cause::Cause;
use call::dtmf::Digit;
use call::ids::{CallId, TelnyxIds};
use call::line::{self, Line, Trouble};
use call::number::Number;
use call::phone::{Dialling, Event, Refusal};

use crate::world::{NEW, OLD, Part, SAME, THEN, World, ending, id};

/// What can happen in this world.
pub(crate) fn events(world: &World) -> Vec<Event> {
    let mut events = Vec::with_capacity(80);
    line_events(world, &mut events);
    dialling(world, &mut events);
    for number in 0..world.part.calls() {
        let (id, seen) = (id(number), &world.seen.calls[number]);
        if !seen.given {
            born(world, &id, &mut events);
        }
        if world.phone.call(&id).is_some() && world.part == Part::TwoCalls {
            events.push(Event::Take(id.clone()));
        }
        if seen.at_sdk {
            let mut add = |event| events.push(Event::Call(id.clone(), event));
            match world.part {
                Part::Line => what_concerns_the_line(world, &id, &mut add),
                Part::OneCall => all(world, &id, &mut add),
                Part::PutThrough => what_concerns_the_far_end(world, &id, &mut add),
                Part::TwoCalls => what_concerns_others(world, &id, &mut add),
            }
        }
    }
    events
}

fn dialling(world: &World, events: &mut Vec<Event>) {
    events.push(Event::Dismiss);
    let more = world.seen.calls.iter().take(world.part.calls()).any(|seen| !seen.given);
    if more || world.part == Part::Line {
        events.push(Event::Dial { written: "+12025550100".to_owned() });
    }
    match &world.phone.dialling {
        Dialling::Asked { .. } => events.push(Event::GiveUp),
        Dialling::Granted { id, .. } => {
            events.extend([Event::GiveUp, Event::DialFailed(id.clone())]);
        }
        Dialling::Idle | Dialling::NotANumber(_) | Dialling::Refused(_) => {}
    }
    if world.part == Part::Line {
        events.extend([Event::Edited, Event::Dial { written: "call me".to_owned() }]);
        if let Dialling::Asked { attempt, .. } = &world.phone.dialling {
            let why = Refusal::ServerUnreachable;
            events.push(Event::Denied { attempt: *attempt, why });
            events.push(Event::Denied { attempt: attempt + 1, why });
        }
    }
}

/// How a call begins: dialled, or coming in. The second of two begins after the first.
fn born(world: &World, id: &CallId, events: &mut Vec<Event>) {
    if *id == crate::world::id(1) && !world.seen.calls[0].given {
        return;
    }
    if let Dialling::Asked { attempt, .. } = world.phone.dialling {
        let controlled = world.part == Part::PutThrough;
        let placed = Placed { id: id.clone(), caller_id: None, controlled };
        events.push(Event::Granted { attempt, placed: placed.clone() });
        if world.part == Part::Line {
            events.push(Event::Granted { attempt: attempt + 1, placed });
        }
    }
    if world.phone.line == Line::Ready {
        events.push(Event::Incoming {
            id: id.clone(),
            object: SAME,
            from: Party::Withheld,
            ids: TelnyxIds::default(),
            asked: None,
        });
    }
    if world.part == Part::PutThrough {
        asked_for(world, id, events);
    }
}

/// What a program asks for: expected at first, and then it comes in. What is dialled meanwhile is a call like any other.
fn asked_for(world: &World, id: &CallId, events: &mut Vec<Event>) {
    let asked = CallId("asked".to_owned());
    if world.phone.expected.is_some() {
        events.push(Event::Incoming {
            id: id.clone(),
            object: SAME,
            from: Party::Withheld,
            ids: TelnyxIds::default(),
            asked: Some(asked),
        });
    } else if let Ok(to) = Number::parse("+12025550100")
        && world.phone.dialling == Dialling::Idle
    {
        events.push(Event::Expect { id: asked, to });
    }
}

fn line_events(world: &World, events: &mut Vec<Event>) {
    let mut add = |event| events.push(Event::Line(event));
    add(line::Event::SocketClosed);
    add(line::Event::Ready);
    if world.part == Part::TwoCalls {
        return;
    }
    add(line::Event::SocketOpened);
    if matches!(world.part, Part::OneCall | Part::PutThrough) {
        return;
    }
    add(line::Event::Failed(Trouble::TelnyxUnreachable));
    add(line::Event::SignedOut);
    add(line::Event::SignedIn);
    add(line::Event::NoToken(Trouble::ServerUnreachable));
    add(line::Event::Token(Token { token: String::new(), gateway: None, ice: Ice::None }));
    match world.phone.line {
        Line::Waiting { .. } => add(line::Event::Again),
        Line::Registering | Line::Lost { .. } => add(line::Event::Overdue),
        Line::Off | Line::AskingForToken { .. } | Line::Ready => {}
    }
}

/// Enough for a call to live, to be answered, and to end in all ways.
fn what_concerns_the_line(world: &World, id: &CallId, add: &mut impl FnMut(CallEvent)) {
    add(CallEvent::Sdk(SAME, Sdk::New));
    add(CallEvent::Sdk(SAME, Sdk::Active));
    add(CallEvent::SdkOver(SAME, Some(Cause::Normal)));
    add(CallEvent::Answer);
    add(CallEvent::HangUp);
    add(CallEvent::FarEndRings);
    add(CallEvent::RemoteStream);
    timers(world, id, add);
}

/// All that can be said of a far end that our server calls, and what ends a call.
fn what_concerns_the_far_end(world: &World, id: &CallId, add: &mut impl FnMut(CallEvent)) {
    for state in [Sdk::New, Sdk::Requesting, Sdk::Trying, Sdk::Answering, Sdk::Active, Sdk::Held] {
        add(CallEvent::Sdk(SAME, state));
    }
    if world.phone.call(id).is_some() {
        add(CallEvent::Sdk(NEW, Sdk::Recovering));
        add(CallEvent::Sdk(NEW, Sdk::Active));
        add(CallEvent::Sdk(OLD, Sdk::Active));
    }
    add(CallEvent::SdkOver(SAME, Some(Cause::Normal)));
    add(CallEvent::Answer);
    add(CallEvent::HangUp);
    add(CallEvent::FarEndRings);
    add(CallEvent::RemoteStream);
    add(CallEvent::Trouble(Cause::NoMicrophone));
    add(CallEvent::Telnyx(Telnyx::Answered { at: THEN }));
    add(CallEvent::Telnyx(Telnyx::Ended(ending())));
    server_said(world, id, add);
    timers(world, id, add);
}

/// All that can happen to a call.
fn all(world: &World, id: &CallId, add: &mut impl FnMut(CallEvent)) {
    const STATES: [Sdk; 9] = [
        Sdk::New,
        Sdk::Requesting,
        Sdk::Trying,
        Sdk::Early,
        Sdk::Ringing,
        Sdk::Answering,
        Sdk::Recovering,
        Sdk::Active,
        Sdk::Held,
    ];
    let mut says = |object, states: &[Sdk]| {
        for state in states {
            add(CallEvent::Sdk(object, *state));
        }
        add(CallEvent::SdkOver(object, Some(Cause::Normal)));
    };
    says(SAME, &STATES);
    // Only what is there can be replaced, and of the replaced one word is as stale as another.
    if world.phone.call(id).is_some() {
        says(NEW, &STATES);
        says(OLD, &[Sdk::Recovering, Sdk::Active]);
    }
    add(CallEvent::SdkOver(SAME, None));
    add(CallEvent::SdkOver(SAME, Some(Cause::SignedOff)));
    for wanted in [false, true] {
        add(CallEvent::Mute(wanted));
        add(CallEvent::Hold(wanted));
        add(CallEvent::MicrophoneIs { muted: wanted });
    }
    add(CallEvent::Answer);
    add(CallEvent::HangUp);
    if let Some(five) = Digit::of('5') {
        add(CallEvent::Press(five));
    }
    add(CallEvent::Identified(TelnyxIds::default()));
    add(CallEvent::FarEndRings);
    add(CallEvent::RemoteStream);
    add(CallEvent::Connection(Connection::Connecting));
    add(CallEvent::Connection(Connection::Connected));
    add(CallEvent::Connection(Connection::Failed));
    add(CallEvent::HoldRefused);
    add(CallEvent::Trouble(Cause::NoMicrophone));
    add(CallEvent::Warning(Warning::NothingHeard));
    add(CallEvent::Telnyx(Telnyx::Answered { at: THEN }));
    add(CallEvent::Telnyx(Telnyx::Ended(ending())));
    server_said(world, id, add);
    timers(world, id, add);
}

/// What our server can answer to a question it was asked.
fn server_said(world: &World, id: &CallId, add: &mut impl FnMut(CallEvent)) {
    let hang_up = world.phone.call(id).map(|call| call.hang_up.server());
    if hang_up == Some(Server::Awaited) {
        for answer in [Server::Took, Server::NotKnown, Server::Refused, Server::Unreachable] {
            add(CallEvent::ServerSaid(answer));
        }
    }
}

/// What can make one call matter to another. The rest happens to each as if it were alone.
fn what_concerns_others(world: &World, id: &CallId, add: &mut impl FnMut(CallEvent)) {
    for state in [Sdk::Active, Sdk::Held] {
        add(CallEvent::Sdk(SAME, state));
    }
    if world.phone.call(id).is_some() {
        add(CallEvent::Sdk(NEW, Sdk::Recovering));
    }
    add(CallEvent::SdkOver(SAME, Some(Cause::Normal)));
    match world.phone.call(id).map(|call| &call.stage) {
        Some(Stage::Calling(_)) => add(CallEvent::FarEndRings),
        Some(Stage::Incoming(_)) => add(CallEvent::Answer),
        Some(Stage::Talking(_)) => {
            for wanted in [false, true] {
                add(CallEvent::Mute(wanted));
                add(CallEvent::Hold(wanted));
            }
            add(CallEvent::HoldRefused);
        }
        None => add(CallEvent::Sdk(SAME, Sdk::New)),
        Some(Stage::Over(_)) => {}
    }
    add(CallEvent::HangUp);
    add(CallEvent::RemoteStream);
    timers(world, id, &mut |event| {
        // The other limits end a call as a person does.
        if matches!(event, CallEvent::Overdue(Watch::HangUp | Watch::Hold | Watch::Settle)) {
            add(event);
        }
    });
}

fn timers(world: &World, id: &CallId, add: &mut impl FnMut(CallEvent)) {
    let running = world.seen.calls[crate::world::number(id)].timers;
    for watch in Watch::ALL {
        if running.has(watch as u16) {
            add(CallEvent::Overdue(watch));
        }
    }
}
