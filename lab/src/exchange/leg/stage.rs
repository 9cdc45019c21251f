//! Where a leg stands, and what it has to do with others.

use super::super::ending::Ending;
use super::super::io::LegKey;
use crate::clock::Moment;

/// Where a leg stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stage {
    /// Media works on the SDP that the browser gets. `answered`: REST answered it meanwhile.
    Preparing {
        answered: bool,
    },
    /// Its browser called; `sdp` is what an answer will carry. `rung`: it was told that the far end rings.
    Ready {
        sdp: String,
        rung: bool,
    },
    /// Its person called, and waits.
    Calling,
    /// It is called; nothing rings yet.
    Called,
    /// It rings at this leg's end.
    Alerting,
    /// The far end is heard before the answer.
    EarlyMedia,
    Answered {
        at: Moment,
        held: bool,
    },
    Ended {
        at: Moment,
        answered_at: Option<Moment>,
        ending: Ending,
    },
}

impl Stage {
    /// The control API's word for it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Preparing { .. } | Self::Ready { rung: false, .. } | Self::Called => "new",
            Self::Ready { rung: true, .. } | Self::Calling | Self::Alerting | Self::EarlyMedia => {
                "ringing"
            }
            Self::Answered { held: false, .. } => "answered",
            Self::Answered { held: true, .. } => "held",
            Self::Ended { .. } => "ended",
        }
    }
}

/// What a leg has to do with another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tie {
    /// Nothing, so far.
    Alone,
    /// Two halves of a call that nobody commands: they are answered together and end together.
    Direct(LegKey),
    /// This leg is called for that one, and joins it when it answers.
    CalledFor { leg: LegKey, stays: Stays, purpose: Purpose },
    /// That leg is called for this one by a transfer.
    Awaits(LegKey),
    /// Bridged by REST.
    Bridged { with: LegKey, stays: Stays },
}

/// Why a leg is called for another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// `bridge_on_answer`.
    Bridge,
    Transfer,
}

/// What a leg does when the one it is bridged with ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stays {
    /// It ends too.
    No,
    /// `park_after_unbridge: self`.
    Parked,
    /// `hold_after_unbridge`.
    Held,
}
