//! One leg of a call we command, and what is heard of it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use call::ids::CallId;
use call::time::Millis;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Telnyx's `call_control_id`: what a leg is commanded by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Handle(pub(crate) String);

/// What a leg is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    /// It leads to the agent's browser.
    Agent,
    /// It leads to the number that is called.
    Customer,
    /// It leads to whom the call is transferred to, in this transfer of the call, counted from one.
    Third(u32),
}

impl Role {
    fn word(self) -> String {
        match self {
            Self::Agent => "agent".to_owned(),
            Self::Customer => "customer".to_owned(),
            Self::Third(number) => format!("third-{number}"),
        }
    }

    fn read(word: &str) -> Option<Self> {
        match word {
            "agent" => Some(Self::Agent),
            "customer" => Some(Self::Customer),
            other => Some(Self::Third(other.strip_prefix("third-")?.parse().ok()?)),
        }
    }
}

/// What a leg we dial carries as its `client_state`: which call it is of, and what it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) call: CallId,
    pub(crate) role: Role,
}

impl Tag {
    /// As Telnyx carries it: base64 of `ID ROLE`.
    pub(crate) fn written(&self) -> String {
        BASE64.encode(format!("{} {}", self.call, self.role.word()))
    }

    /// Reads a client state that was decoded; nothing if it is none of ours.
    pub(crate) fn read(state: &str) -> Option<Self> {
        let (id, role) = state.split_once(' ')?;
        let id = Uuid::try_parse(id).ok()?;
        let role = Role::read(role)?;
        Some(Self { call: CallId(id.hyphenated().to_string()), role })
    }
}

/// How far a leg has come. It only ever goes forward.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Leg {
    /// There is none.
    Absent,
    /// Telnyx took the dial; which leg came of it, its first event says.
    Dialled,
    /// It is there, and nobody has answered it.
    Open(Handle),
    /// It was answered.
    Up(Handle),
    /// It is over, or never came.
    Over(Option<Handle>),
}

/// What can be heard of a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Happened {
    /// `call.initiated`.
    Open,
    /// `call.answered`.
    Answered,
    /// `call.bridged`.
    Bridged,
    /// `call.speak.ended`, `call.playback.ended`: what was played to it is over.
    Told,
    /// `call.hangup`.
    Over,
}

/// What Telnyx says of a leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct News {
    pub(crate) role: Role,
    pub(crate) handle: Handle,
    pub(crate) happened: Happened,
    /// When, by Telnyx's clock.
    pub(crate) at: Millis,
}

/// What an event says of a leg that can be commanded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) news: News,
    /// Whether we gave the leg its part ourselves; else it is one of a browser's connection, and so the agent's.
    pub(crate) tagged: bool,
    /// What the browser dialled, if the leg waits for a command of ours and for nothing else.
    pub(crate) waits: Option<Waits>,
}

/// A leg that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Waits {
    pub(crate) dialled: Option<String>,
}

impl Leg {
    /// Whether this is, or may become, the leg with this handle.
    pub(super) fn may_be(&self, handle: &Handle) -> bool {
        match self {
            Self::Absent | Self::Dialled => true,
            Self::Open(known) | Self::Up(known) | Self::Over(Some(known)) => known == handle,
            Self::Over(None) => false,
        }
    }

    /// Its handle, while it can be commanded.
    pub(super) const fn open(&self) -> Option<&Handle> {
        match self {
            Self::Open(handle) | Self::Up(handle) => Some(handle),
            Self::Absent | Self::Dialled | Self::Over(_) => None,
        }
    }

    /// The leg once that has happened to it. What is older than what is known changes nothing.
    pub(super) fn heard(self, handle: &Handle, happened: Happened) -> Self {
        let handle = handle.clone();
        match (self, happened) {
            (over @ Self::Over(_), _) => over,
            (_, Happened::Over) => Self::Over(Some(handle)),
            (up @ Self::Up(_), _) => up,
            // Nothing is played to who has not answered.
            (_, Happened::Answered | Happened::Bridged | Happened::Told) => Self::Up(handle),
            (Self::Absent | Self::Dialled | Self::Open(_), Happened::Open) => Self::Open(handle),
        }
    }

    /// It is not there any more, if it ever was.
    pub(super) fn gone(self) -> Self {
        match self {
            Self::Absent | Self::Dialled => Self::Over(None),
            Self::Open(handle) | Self::Up(handle) => Self::Over(Some(handle)),
            over @ Self::Over(_) => over,
        }
    }

    /// Telnyx took the dial and did not say which leg that makes.
    pub(super) fn dialled(self) -> Self {
        match self {
            Self::Absent => Self::Dialled,
            known @ (Self::Dialled | Self::Open(_) | Self::Up(_) | Self::Over(_)) => known,
        }
    }

    /// Telnyx did not take the dial.
    pub(super) fn not_dialled(self) -> Self {
        match self {
            Self::Absent | Self::Dialled => Self::Over(None),
            known @ (Self::Open(_) | Self::Up(_) | Self::Over(_)) => known,
        }
    }
}
