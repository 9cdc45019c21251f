//! What can happen in a world: everything, at any time, except what cannot be.
//!
//! Cannot be: a timer fires that does not run (the shell drops it when it is cancelled); the server answers a
//! question nobody asked; an id is given out twice.

use call::api::{Ice, Placed, Token};
use call::call::{
    Call, Connection, Direction, Event as CallEvent, Kept, KeptStage, Party, Sdk, Server, Stage,
    Telnyx, Warning, Watch,
};
use call::cause::Cause;
use call::dtmf::Digit;
use call::ids::{CallId, TelnyxIds};
use call::line::{self, Line, Renewal, Trouble};
use call::number::Number;
use call::party::Route;
use call::phone::{Dialling, Event, Input, Refusal};

use crate::world::{NEW, OLD, Part, SAME, THEN, World, ending, id};

/// What can happen in this world.
pub(crate) fn events(world: &World) -> Vec<Event> {
    let mut events = Vec::with_capacity(80);
    line_events(world, &mut events);
    if world.seen.calls.iter().all(|seen| !seen.given) {
        resumed(world, &mut events);
    }
    reach(world, &mut events);
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

/// The page was loaded anew: with one call, however it stood; with two, of which one may come back.
fn resumed(world: &World, events: &mut Vec<Event>) {
    let mut add = |kept| events.push(Event::Resumed { kept, since: THEN });
    let talking = |muted, held| KeptStage::Talking { since: THEN, rang: None, muted, held };
    let calling = KeptStage::Calling { ringing: None };
    match world.part {
        Part::Line => add(vec![kept(0, talking(false, false), true)]),
        Part::PutThrough => {
            let put_through = kept(0, talking(false, false), true);
            add(vec![Kept { route: Route::Controlled, ..put_through }]);
        }
        Part::OneCall => {
            add(vec![kept(0, calling, false)]);
            for survives in [true, false] {
                add(vec![kept(0, KeptStage::Incoming, survives)]);
                for (muted, held) in [(false, false), (true, false), (false, true)] {
                    add(vec![kept(0, talking(muted, held), survives)]);
                }
            }
        }
        Part::TwoCalls => {
            let held = talking(false, true);
            add(vec![kept(0, held, true), kept(1, talking(false, false), false)]);
            add(vec![kept(0, held, false), kept(1, talking(false, false), true)]);
            add(vec![kept(0, held, true), kept(1, calling, false)]);
            add(vec![kept(0, talking(false, false), true), kept(1, KeptStage::Incoming, true)]);
        }
    }
}

fn kept(number: usize, stage: KeptStage, survives: bool) -> Kept {
    // As a call that came in or was dialled in this page, so that the two are one world once it is back.
    let (direction, with) = match (stage, Number::parse("+12025550100")) {
        (KeptStage::Calling { .. } | KeptStage::Talking { .. }, Ok(number)) => {
            (Direction::Outgoing, Party::Number(number))
        }
        (KeptStage::Incoming | KeptStage::Calling { .. } | KeptStage::Talking { .. }, _) => {
            (Direction::Incoming, Party::Withheld)
        }
    };
    let ids = TelnyxIds::default();
    let route = Route::Direct;
    Kept { id: id(number), direction, route, with, began: THEN, ids, stage, survives }
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

/// What else decides whether calls that come in reach the person.
fn reach(world: &World, events: &mut Vec<Event>) {
    if world.part != Part::Line {
        return;
    }
    events.extend([Input::Usable, Input::Blocked].map(Event::Input));
    if world.seen.reach_timer {
        events.push(Event::OutOfReach);
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
    if world.phone.line.is_up() {
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
    add(line::Event::GatewayFailed);
    add(line::Event::SignedOut);
    add(line::Event::SignedIn);
    add(line::Event::NoToken(Trouble::ServerUnreachable));
    let token = String::new();
    add(line::Event::Token(Token { token, gateway: None, ice: Ice::None, lives_ms: Some(1) }));
    add(line::Event::NotRegistered);
    add(line::Event::Silent);
    add(line::Event::Woke);
    add(line::Event::TokenAges);
    add(line::Event::TokenEnds);
    match world.phone.line {
        Line::Waiting { .. } => add(line::Event::Again),
        Line::Registering { .. } | Line::Doubted | Line::Lost { .. } => add(line::Event::Overdue),
        Line::Ready if world.phone.renewal == Renewal::UnderWay => add(line::Event::Overdue),
        Line::Off | Line::AskingForToken { .. } | Line::Ready => {}
    }
    if world.seen.signs_in_anew {
        add(line::Event::SignedInAnew);
    }
}

/// Enough for a call to live, to be answered, and to end in all ways.
fn what_concerns_the_line(world: &World, id: &CallId, add: &mut impl FnMut(CallEvent)) {
    add(CallEvent::Sdk(SAME, Sdk::New));
    add(CallEvent::Sdk(SAME, Sdk::Active));
    add(CallEvent::SdkOver(SAME, Some(Cause::Normal)));
    add(CallEvent::Trouble(Cause::NoMicrophone));
    add(CallEvent::Answer);
    add(CallEvent::HangUp);
    add(CallEvent::FarEndRings);
    add(CallEvent::RemoteStream);
    timers(world, id, add);
}

/// What the SDK can say of a call that lives.
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

/// All that can be said of a far end that our server calls, and what ends a call.
fn what_concerns_the_far_end(world: &World, id: &CallId, add: &mut impl FnMut(CallEvent)) {
    for state in [Sdk::New, Sdk::Requesting, Sdk::Trying, Sdk::Answering, Sdk::Active, Sdk::Held] {
        add(CallEvent::Sdk(SAME, state));
    }
    let away = world.seen.calls[crate::world::number(id)].away;
    if world.phone.call(id).is_some() {
        add(CallEvent::Sdk(NEW, Sdk::Recovering));
        add(CallEvent::Sdk(NEW, Sdk::Active));
        if !away {
            add(CallEvent::Sdk(OLD, Sdk::Active));
        }
    }
    add(CallEvent::SdkOver(SAME, Some(Cause::Normal)));
    add(CallEvent::Answer);
    add(CallEvent::HangUp);
    add(CallEvent::FarEndRings);
    add(CallEvent::RemoteStream);
    add(CallEvent::Trouble(Cause::NoMicrophone));
    add(CallEvent::Telnyx(Telnyx::Answered { at: THEN }));
    add(CallEvent::Telnyx(Telnyx::Ended(ending())));
    // Only who talks is transferred.
    let talks = |call: &Call| matches!(call.stage, Stage::Talking(_));
    if world.phone.call(id).is_some_and(talks) {
        add(CallEvent::Telnyx(Telnyx::Waits(true)));
        add(CallEvent::Telnyx(Telnyx::Waits(false)));
    }
    server_said(world, id, add);
    timers(world, id, add);
}

/// All that can happen to a call.
fn all(world: &World, id: &CallId, add: &mut impl FnMut(CallEvent)) {
    for state in STATES {
        add(CallEvent::Sdk(SAME, state));
    }
    add(CallEvent::SdkOver(SAME, Some(Cause::Normal)));
    add(CallEvent::SdkOver(SAME, None));
    if world.seen.calls[crate::world::number(id)].away {
        // Whether it is given back is all that can be said of it.
        add(CallEvent::Trouble(Cause::Lost));
    } else {
        add(CallEvent::SdkOver(SAME, Some(Cause::SignedOff)));
        what_an_object_says(world, id, add);
    }
    for wanted in [false, true] {
        add(CallEvent::Mute(wanted));
        add(CallEvent::Hold(wanted));
    }
    add(CallEvent::Answer);
    add(CallEvent::HangUp);
    if let Some(five) = Digit::of('5') {
        add(CallEvent::Press(five));
    }
    add(CallEvent::Identified(TelnyxIds::default()));
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

/// What nobody can say of a call that this page does not have.
fn what_an_object_says(world: &World, id: &CallId, add: &mut impl FnMut(CallEvent)) {
    // Only what is there can be replaced, and of the replaced one word is as stale as another.
    if world.phone.call(id).is_some() {
        for state in STATES {
            add(CallEvent::Sdk(NEW, state));
        }
        add(CallEvent::SdkOver(NEW, Some(Cause::Normal)));
        add(CallEvent::Sdk(OLD, Sdk::Recovering));
        add(CallEvent::Sdk(OLD, Sdk::Active));
        add(CallEvent::SdkOver(OLD, Some(Cause::Normal)));
    }
    for muted in [false, true] {
        add(CallEvent::MicrophoneIs { muted });
    }
    add(CallEvent::FarEndRings);
    add(CallEvent::RemoteStream);
    add(CallEvent::Connection(Connection::Connecting));
    add(CallEvent::Connection(Connection::Connected));
    add(CallEvent::Connection(Connection::Failed));
    add(CallEvent::HoldRefused);
    add(CallEvent::Trouble(Cause::NoMicrophone));
    add(CallEvent::Warning(Warning::NothingHeard));
}

/// What can make one call matter to another. The rest happens to each as if it were alone.
fn what_concerns_others(world: &World, id: &CallId, add: &mut impl FnMut(CallEvent)) {
    for state in [Sdk::Active, Sdk::Held] {
        add(CallEvent::Sdk(SAME, state));
    }
    let away = world.seen.calls[crate::world::number(id)].away;
    if world.phone.call(id).is_some() {
        let object = if away { SAME } else { NEW };
        add(CallEvent::Sdk(object, Sdk::Recovering));
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
    if !away {
        add(CallEvent::RemoteStream);
    }
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
