//! What each witness's word is on the timeline: its lane, its spelling in the words of the protocols, and what holds
//! from then on.

use call::call::{self as one_call, Connection, Object, Sdk, Server, Telnyx, Warning};
use call::cause::Cause;
use call::history::What;
use call::ids::CallId;
use call::line;
use call::phone;
use call::timeline::{Around, Deed};
use serde::Serialize;

use super::lanes::{Holds, Lane, Tone};
use crate::store::word;

/// The SDK's word for the end. Which of its words it was is not kept: `hangup` comes first, then `destroy`.
pub(super) const HANG_UP: &str = "hangup";

/// What a word says, and what holds from then on.
pub(super) struct Said {
    pub(super) lane: Lane,
    pub(super) word: String,
    pub(super) tone: Tone,
    pub(super) then: Then,
}

/// What holds once something was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// What held before.
    Same,
    /// This.
    Now(Holds),
    /// Nothing.
    Over,
}

pub(super) fn said(lane: Lane, word: impl Into<String>) -> Said {
    Said { lane, word: word.into(), tone: Tone::Plain, then: Then::Same }
}

impl Said {
    pub(super) fn is(self, tone: Tone) -> Self {
        Self { tone, ..self }
    }

    fn holds(self, what: Holds) -> Self {
        Self { then: Then::Now(what), ..self }
    }

    fn ends(self) -> Self {
        Self { then: Then::Over, ..self }
    }
}

/// What an event says, if it is about the call, by one of its names, or about what all calls share.
pub(super) fn of_event(names: &[CallId], event: &phone::Event) -> Option<Said> {
    use phone::Event as Of;
    Some(match event {
        Of::Line(event) => of_line(event),
        Of::Dial { .. } => said(Lane::Person, "dial"),
        Of::GiveUp => said(Lane::Person, "give up"),
        Of::Granted { .. } => said(Lane::Server, "granted"),
        Of::Denied { why, .. } => {
            said(Lane::Server, format!("denied: {}", spelt(why))).is(Tone::Bad)
        }
        Of::DialFailed(_) => said(Lane::Warnings, "newCall threw").is(Tone::Bad),
        Of::Take(of) if names.contains(of) => said(Lane::Person, "take"),
        Of::Resumed { kept, .. } if kept.iter().any(|kept| names.contains(&kept.id)) => {
            said(Lane::Connection, "page loaded anew").is(Tone::Attention)
        }
        Of::Dismiss => said(Lane::Person, "dismiss"),
        Of::Input(input) => said(Lane::Sound, format!("microphone: {}", spelt(input))),
        Of::OutOfReach => said(Lane::Connection, "calls may be missed").is(Tone::Attention),
        Of::Call(of, event) if names.contains(of) => return Some(of_call(event)),
        Of::Expect { id, .. } if names.contains(id) => said(Lane::Server, "expected"),
        // The SDK's `ringing` follows.
        Of::Edited
        | Of::Incoming { .. }
        | Of::Expect { .. }
        | Of::Resumed { .. }
        | Of::Take(_)
        | Of::Call(..) => {
            return None;
        }
    })
}

fn of_line(event: &line::Event) -> Said {
    use line::Event as Of;
    let said = |word: &str| said(Lane::Connection, word);
    match event {
        Of::SignedIn => said("signed in"),
        Of::SignedOut => said("signed out"),
        Of::Token(_) => said("token"),
        Of::NoToken(why) => said(&format!("no token: {}", spelt(why))).is(Tone::Bad),
        Of::Again => said("again"),
        Of::Ready => said("telnyx.ready").is(Tone::Good),
        Of::SocketOpened => said("telnyx.socket.open"),
        Of::SocketClosed => said("telnyx.socket.close").is(Tone::Attention),
        Of::GatewayFailed => said("gateway failed").is(Tone::Attention),
        Of::NotRegistered => said("not registered").is(Tone::Attention),
        Of::Silent => said("silent").is(Tone::Attention),
        Of::Woke => said("woke").is(Tone::Attention),
        Of::TokenAges => said("token ages"),
        Of::TokenEnds => said("token ends (34001)").is(Tone::Attention),
        Of::SignedInAnew => said("signed in anew"),
        Of::Overdue => said("line overdue").is(Tone::Attention),
        Of::Failed(why) => said(&format!("line failed: {}", spelt(why))).is(Tone::Bad),
    }
}

fn of_call(event: &one_call::Event) -> Said {
    use one_call::Event as Of;
    match event {
        Of::Answer => said(Lane::Person, "answer"),
        Of::HangUp => said(Lane::Person, "hang up"),
        Of::Mute(true) => said(Lane::Person, "mute"),
        Of::Mute(false) => said(Lane::Person, "unmute"),
        Of::Hold(true) => said(Lane::Person, "hold"),
        Of::Hold(false) => said(Lane::Person, "unhold"),
        Of::Press(_) => said(Lane::Person, "digit"),
        Of::Sdk(_, state) => of_sdk(*state),
        Of::SdkOver(_, why) => {
            let why = why.as_ref().map_or_else(String::new, |why| format!(": {}", cause(why)));
            said(Lane::Sdk, format!("{HANG_UP}{why}")).is(Tone::Bad).ends()
        }
        Of::Identified(_) => said(Lane::Sdk, "telnyxIDs"),
        Of::FarEndRings => said(Lane::Sdk, "telnyx_rtc.ringing").holds(Holds::Calling),
        Of::RemoteStream => said(Lane::Sound, "track"),
        Of::Connection(state) => of_connection(*state),
        Of::MicrophoneIs { muted: true } => said(Lane::Sound, "enabled = false").holds(Holds::Held),
        Of::MicrophoneIs { muted: false } => said(Lane::Sound, "enabled = true").ends(),
        Of::HoldRefused => said(Lane::Warnings, "hold refused").is(Tone::Attention),
        Of::Trouble(why) => {
            said(Lane::Warnings, format!("telnyx.error: {}", cause(why))).is(Tone::Bad)
        }
        Of::Warning(Warning::NothingHeard) => {
            said(Lane::Warnings, "nothing heard").is(Tone::Attention)
        }
        Of::Warning(Warning::NothingSent) => {
            said(Lane::Warnings, "nothing sent").is(Tone::Attention)
        }
        Of::SocketClosed => said(Lane::Connection, "socket closed").is(Tone::Attention),
        Of::SocketReady => said(Lane::Connection, "socket ready").is(Tone::Good),
        Of::LineGone => said(Lane::Connection, "line gone").is(Tone::Bad),
        Of::Telnyx(Telnyx::Answered { .. }) => said(Lane::Server, "told: answered"),
        Of::Telnyx(Telnyx::Waits(waits)) => {
            said(Lane::Server, if *waits { "told: they wait" } else { "told: they wait no more" })
        }
        Of::Telnyx(Telnyx::Ended(_)) => said(Lane::Server, "told: ended"),
        Of::ServerSaid(server) => {
            let tone = match server {
                Server::Refused | Server::Unreachable => Tone::Attention,
                Server::NotAsked | Server::Awaited | Server::Took | Server::NotKnown => Tone::Plain,
            };
            said(Lane::Server, format!("hangup: {}", spelt(server))).is(tone)
        }
        Of::Overdue(watch) => {
            said(Lane::Warnings, format!("overdue: {}", spelt(watch))).is(Tone::Attention)
        }
    }
}

fn of_sdk(state: Sdk) -> Said {
    let said = said(Lane::Sdk, spelt(&state));
    match state {
        Sdk::New | Sdk::Requesting | Sdk::Trying | Sdk::Early | Sdk::Ringing | Sdk::Answering => {
            said.holds(Holds::Calling)
        }
        Sdk::Recovering => said.is(Tone::Attention).holds(Holds::Lost),
        Sdk::Active => said.is(Tone::Good).holds(Holds::Talking),
        Sdk::Held => said.holds(Holds::Held),
    }
}

/// Which of the SDK's objects speaks.
pub(super) fn speaker(event: &phone::Event) -> Option<Object> {
    if let phone::Event::Call(_, one_call::Event::Sdk(of, _) | one_call::Event::SdkOver(of, _)) =
        event
    {
        Some(*of)
    } else {
        None
    }
}

/// Which of them it is, where it is not the first of the call that this page met.
pub(super) fn number(Object(first): Object, Object(object): Object) -> String {
    match object.saturating_sub(first) {
        0 => String::new(),
        later => format!(" #{later}"),
    }
}

fn of_connection(state: Connection) -> Said {
    let said = said(Lane::Connection, spelt(&state));
    match state {
        Connection::New | Connection::Connecting => said.holds(Holds::Calling),
        Connection::Connected => said.is(Tone::Good).holds(Holds::Talking),
        Connection::Disconnected | Connection::Failed => {
            said.is(Tone::Attention).holds(Holds::Lost)
        }
        Connection::Closed => said.ends(),
    }
}

pub(super) fn of_around(around: &Around) -> Said {
    match around {
        Around::Devices { microphones, speakers } => {
            said(Lane::Sound, format!("devicechange: {microphones} in, {speakers} out"))
        }
        Around::Visible(true) => said(Lane::Person, "page visible"),
        Around::Visible(false) => said(Lane::Person, "page hidden"),
        Around::Online(true) => said(Lane::Connection, "online"),
        Around::Online(false) => said(Lane::Connection, "offline").is(Tone::Attention),
        Around::Left => said(Lane::Person, "pagehide"),
        Around::Warning(code) => said(Lane::Warnings, format!("telnyx.warning {code}")),
        Around::Error(code) => {
            said(Lane::Warnings, format!("telnyx.error {code}")).is(Tone::Attention)
        }
        Around::Unknown(word) => said(Lane::Warnings, format!("unknown: {word}")),
    }
}

pub(super) fn of_webhook(event_type: &str, what: &What) -> Said {
    let word = if let What::HungUp { cause: why, .. }
    | What::AgentHungUp { cause: why, .. }
    | What::ThirdHungUp { cause: why, .. } = what
    {
        format!("{event_type}: {}", cause(why))
    } else {
        event_type.to_owned()
    };
    Said { word, ..of_what(Lane::Telnyx, what) }
}

/// What somebody states of a call.
pub(super) fn of_what(lane: Lane, what: &What) -> Said {
    let said = said(lane, spelt(what).replace('_', " "));
    match what {
        What::Initiated | What::Dialled | What::Rang | What::Offered { .. } => {
            said.holds(Holds::Calling)
        }
        What::Answered | What::Active => said.is(Tone::Good).holds(Holds::Talking),
        What::Held => said.holds(Holds::Held),
        What::Resumed => said.holds(Holds::Talking),
        What::HungUp { .. } | What::Ended { .. } => said.is(Tone::Bad).ends(),
        What::AgentHungUp { .. } | What::ThirdHungUp { .. } => said.is(Tone::Bad),
        What::Transferred { .. } => said.is(Tone::Good),
        What::RecordingFailed { .. }
        | What::RecordingMissing
        | What::TransferFailed { .. }
        | What::NoWord
        | What::Lapsed
        | What::LetGo { .. } => said.is(Tone::Attention),
        What::Placed { .. }
        | What::Received { .. }
        | What::AgentAnswered
        | What::AskedFor { .. }
        | What::Expecting
        | What::Bridged
        | What::RecordingOrdered
        | What::RecordingPaused
        | What::RecordingResumed
        | What::Announced
        | What::TransferAsked { .. }
        | What::ThirdAnswered { .. }
        | What::Consulting { .. }
        | What::TransferCancelled { .. }
        | What::RecordingSaved { .. }
        | What::RecordingStored { .. }
        | What::RecordingDeleted { .. }
        | What::RecordingRemoved => said,
    }
}

pub(super) fn of_deed(deed: &Deed) -> Said {
    let asked = |what: &str, answer: Option<&str>| {
        let mark = said(Lane::Server, format!("{what}: {}", answer.unwrap_or("unreachable")));
        if answer.is_some() { mark } else { mark.is(Tone::Attention) }
    };
    let answered = |answer: Option<bool>, yes, no| answer.map(|is| if is { yes } else { no });
    match deed {
        Deed::Stated(what) => of_what(Lane::Server, what),
        Deed::HungUp(answer) => {
            asked("actions/hangup", answer.map(|answer| spelt(&answer)).as_deref())
        }
        Deed::AskedForRecording(found) => {
            asked("GET recordings", answered(*found, "found", "none yet"))
        }
        Deed::Copied(true) => said(Lane::Server, "copied"),
        Deed::Copied(false) => said(Lane::Server, "copy failed").is(Tone::Attention),
        Deed::AskedToDeleteRecording(found) => {
            asked("DELETE recordings", answered(*found, "deleted", "none yet"))
        }
        Deed::AskedWhetherAlive(alive) => {
            asked("GET calls", answered(*alive, "is_alive", "not alive"))
        }
    }
}

/// The name a value goes by in JSON.
fn spelt(value: &impl Serialize) -> String {
    // Nothing here has a key that is no text.
    let value = serde_json::to_value(value).unwrap_or_default();
    let name = value.as_object().and_then(|variant| variant.keys().next());
    name.map_or_else(|| value.as_str().unwrap_or_default().to_owned(), Clone::clone)
}

fn cause(cause: &Cause) -> String {
    word(cause).unwrap_or_default()
}
