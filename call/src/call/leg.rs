//! The SDK's object for a call, and what is known of its sound.

use serde::{Deserialize, Serialize};

use super::{Connection, Object};

/// Whether the connection carries sound, as the peer connection tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sound {
    /// Not yet.
    Awaited,
    /// It does.
    Connected,
    /// It did, or ICE gave up.
    Lost,
}

/// A warning of the SDK that sound is missing though the connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// Nothing comes from the far end (31006, 32001).
    NothingHeard,
    /// Nothing leaves our microphone (31005, 32002, or its track ended).
    NothingSent,
}

/// What one of the SDK's objects has brought. A re-attached call starts with a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Leg {
    /// Which object speaks for the call.
    pub object: Object,
    /// Whether it has said `active` or `held`. Before that it cannot be told to hold: what is asked of an object that
    /// is being re-attached is forgotten.
    pub up: bool,
    /// Whether it has a remote stream.
    pub stream: bool,
    /// Whether its connection carries sound.
    pub sound: Sound,
    /// What it warned of since sound was last said to be well.
    pub warning: Option<Warning>,
}

impl Leg {
    /// An object of which nothing has been heard.
    pub(super) const fn new(object: Object) -> Self {
        Self { object, up: false, stream: false, sound: Sound::Awaited, warning: None }
    }

    /// Whether sound can be said to flow.
    #[must_use]
    pub const fn flows(self) -> bool {
        self.stream && matches!(self.sound, Sound::Connected) && self.warning.is_none()
    }

    pub(super) const fn connection(self, connection: Connection) -> Self {
        let sound = match connection {
            Connection::New | Connection::Connecting => Sound::Awaited,
            Connection::Connected => Sound::Connected,
            Connection::Disconnected | Connection::Failed | Connection::Closed => Sound::Lost,
        };
        Self { sound, ..self }.reassured()
    }

    /// Whatever the SDK warned of, it would have to say again.
    pub(super) const fn reassured(self) -> Self {
        Self { warning: None, ..self }
    }
}
