//! What the tabs say to each other, and what one may ask of the phone in another.

use serde::{Deserialize, Serialize};

use super::TabId;
use crate::call;
use crate::dtmf::Digit;
use crate::ids::CallId;
use crate::phone::{self, Phone};

/// A message from one tab to all others.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who says it.
    pub from: TabId,
    /// The name of the agent who is signed in there. Only what concerns the session itself is for the tabs of
    /// other agents, too: a browser has one session, and a tab may not have noticed yet that it changed.
    pub agent: Option<String>,
    /// What.
    pub said: Said,
}

/// What is said. It stays in the browser, in memory: [`Said::Phone`] holds what a session is resumed with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// Who has the phone, and how is it?
    Hello,
    /// I have, and it is so.
    Phone {
        /// The phone.
        phone: Box<Phone>,
        /// Whether the live stream of history is up.
        live: bool,
        /// What the SDK would need in the tab that may follow: the items it keeps in `sessionStorage`.
        session: Vec<(String, String)>,
    },
    /// A row of history changed.
    Row {
        /// The change's number, by the server's count.
        seq: i64,
        /// The row as the live stream brought it.
        text: String,
    },
    /// There may be news in the history that the stream did not bring.
    LookAgain,
    /// The person wants this of the phone.
    Wish(Wish),
    /// May I have the phone?
    Wanted,
    /// This tab may.
    Yours(TabId),
    /// The agent has signed out.
    SignedOut,
    /// Somebody has signed in, or a session has ended: ask the server who is signed in.
    AskWho,
}

/// What a person can want of the phone: all that a tab which does not have it may send to it.
///
/// What the SDK, Telnyx, our server or a timer says is none of that: only the tab with the line hears it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// [`phone::Event::Dial`].
    Dial(String),
    /// [`phone::Event::Edited`].
    Edited,
    /// [`phone::Event::GiveUp`].
    GiveUp,
    /// [`phone::Event::Take`].
    Take(CallId),
    /// [`phone::Event::Dismiss`].
    Dismiss,
    /// [`call::Event::Answer`].
    Answer(CallId),
    /// [`call::Event::HangUp`].
    HangUp(CallId),
    /// [`call::Event::Mute`].
    Mute(CallId, bool),
    /// [`call::Event::Hold`].
    Hold(CallId, bool),
    /// [`call::Event::Press`].
    Press(CallId, Digit),
}

impl Wish {
    /// The event as a wish; nothing where it is not a person's.
    #[must_use]
    pub fn of(event: phone::Event) -> Option<Self> {
        match event {
            phone::Event::Dial { written } => Some(Self::Dial(written)),
            phone::Event::Edited => Some(Self::Edited),
            phone::Event::GiveUp => Some(Self::GiveUp),
            phone::Event::Take(id) => Some(Self::Take(id)),
            phone::Event::Dismiss => Some(Self::Dismiss),
            phone::Event::Call(id, event) => Self::of_call(id, &event),
            phone::Event::Line(_)
            | phone::Event::Granted { .. }
            | phone::Event::Denied { .. }
            | phone::Event::DialFailed(_)
            | phone::Event::Incoming { .. }
            | phone::Event::Expect { .. }
            | phone::Event::Resumed { .. }
            | phone::Event::Input(_)
            | phone::Event::OutOfReach => None,
        }
    }

    fn of_call(id: CallId, event: &call::Event) -> Option<Self> {
        match event {
            call::Event::Answer => Some(Self::Answer(id)),
            call::Event::HangUp => Some(Self::HangUp(id)),
            call::Event::Mute(muted) => Some(Self::Mute(id, *muted)),
            call::Event::Hold(held) => Some(Self::Hold(id, *held)),
            call::Event::Press(digit) => Some(Self::Press(id, *digit)),
            call::Event::Sdk(..)
            | call::Event::SdkOver(..)
            | call::Event::Identified(_)
            | call::Event::FarEndRings
            | call::Event::RemoteStream
            | call::Event::Connection(_)
            | call::Event::MicrophoneIs { .. }
            | call::Event::HoldRefused
            | call::Event::Trouble(_)
            | call::Event::Warning(_)
            | call::Event::SocketClosed
            | call::Event::SocketReady
            | call::Event::LineGone
            | call::Event::Telnyx(_)
            | call::Event::ServerSaid(_)
            | call::Event::Overdue(_) => None,
        }
    }

    /// The wish as an event.
    #[must_use]
    pub fn into_event(self) -> phone::Event {
        let (id, event) = match self {
            Self::Dial(written) => return phone::Event::Dial { written },
            Self::Edited => return phone::Event::Edited,
            Self::GiveUp => return phone::Event::GiveUp,
            Self::Take(id) => return phone::Event::Take(id),
            Self::Dismiss => return phone::Event::Dismiss,
            Self::Answer(id) => (id, call::Event::Answer),
            Self::HangUp(id) => (id, call::Event::HangUp),
            Self::Mute(id, muted) => (id, call::Event::Mute(muted)),
            Self::Hold(id, held) => (id, call::Event::Hold(held)),
            Self::Press(id, digit) => (id, call::Event::Press(digit)),
        };
        phone::Event::Call(id, event)
    }
}
