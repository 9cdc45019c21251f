//! What Telnyx can be told, and what may become of it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::leg::{Handle, Role};

/// A REST command.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Command {
    /// Call whoever this role is played by (`POST /v2/calls`).
    Dial(Role),
    /// Answer a leg that waits (`actions/answer`).
    Answer(Handle),
    /// Tell whoever has answered what they are to know before they talk (`actions/speak`, `actions/playback_start`).
    Announce(Handle),
    /// Tell nobody anything: by the time this is due, what was announced is over, whether or not Telnyx said so.
    GoOn(Handle),
    /// Let two legs hear each other (`actions/bridge`).
    Bridge {
        /// The leg that is commanded.
        leg: Handle,
        /// The other one.
        with: Handle,
    },
    /// The same, after which the commanded leg stays when the other one is taken from it (`park_after_unbridge`).
    Stay {
        /// The leg that is commanded.
        leg: Handle,
        /// The other one.
        with: Handle,
    },
    /// Play music to somebody who waits (`actions/playback_start`).
    Hold(Handle),
    /// End that (`actions/playback_stop`).
    Release(Handle),
    /// Hang a leg up (`actions/hangup`).
    HangUp(Handle),
    /// Ask whether a leg that has rung for too long is still there (`GET /v2/calls/…`).
    Check(Role),
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Performed {
    /// Telnyx took it; of a check: the leg is there.
    Done,
    /// Telnyx dials; under this handle, where its answer can be trusted to be about this very dial.
    Dialled(Option<Handle>),
    /// The leg it is about is over.
    Gone,
    /// Telnyx will not do it, or did not answer for too long.
    Refused,
}

/// For how long the number that is called rings at most.
pub(crate) const RINGS_FOR: Duration = Duration::from_mins(2);

/// For how long the agent's browser may take to answer a call that it expects.
pub(crate) const AGENT_RINGS_FOR: Duration = Duration::from_secs(20);

/// For how long whom a call is transferred to rings at most: somebody waits.
pub(crate) const THIRD_RINGS_FOR: Duration = Duration::from_mins(1);

/// How long an announcement may take.
const ANNOUNCES_FOR: Duration = Duration::from_mins(1);

/// How much longer than that a leg may be silent before it is asked about.
const SILENCE: Duration = Duration::from_secs(15);

impl Command {
    /// Its name in the log.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Dial(_) => "dial",
            Self::Answer(_) => "answer",
            Self::Announce(_) => "announce",
            Self::GoOn(_) => "go on",
            Self::Bridge { .. } => "bridge",
            Self::Stay { .. } => "bridge to stay",
            Self::Hold(_) => "music",
            Self::Release(_) => "end of music",
            Self::HangUp(_) => "hang up",
            Self::Check(_) => "check",
        }
    }

    /// How long after it began to be wanted Telnyx is told.
    pub(crate) const fn patience(&self) -> Duration {
        match self {
            Self::Dial(_)
            | Self::Answer(_)
            | Self::Announce(_)
            | Self::Bridge { .. }
            | Self::Stay { .. }
            | Self::Hold(_)
            | Self::Release(_)
            | Self::HangUp(_) => Duration::ZERO,
            Self::GoOn(_) => ANNOUNCES_FOR,
            Self::Check(Role::Agent) => AGENT_RINGS_FOR.saturating_add(SILENCE),
            Self::Check(Role::Customer) => RINGS_FOR.saturating_add(SILENCE),
            Self::Check(Role::Third(_)) => THIRD_RINGS_FOR.saturating_add(SILENCE),
        }
    }

    /// For how long after that it is worth telling Telnyx again where it does not answer.
    pub(crate) const fn limit(&self) -> Duration {
        match self {
            // The agent waits, and nobody is called long after they have given up. Also, Telnyx knows a command again
            // for a minute only.
            Self::Dial(_)
            | Self::Answer(_)
            | Self::Announce(_)
            | Self::Bridge { .. }
            | Self::Stay { .. }
            | Self::Hold(_) => Duration::from_secs(20),
            Self::GoOn(_) | Self::Release(_) | Self::HangUp(_) | Self::Check(_) => {
                Duration::from_mins(10)
            }
        }
    }
}
