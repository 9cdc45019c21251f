//! Asking for the end, once.

use super::Effect;
use crate::time::Millis;

/// Whether the person asked for the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HangUp {
    /// Not asked for.
    NotAsked,
    /// Asked for, and the SDK has not said `hangup` yet.
    Asked {
        /// When.
        at: Millis,
    },
}

impl HangUp {
    /// Asks once; a second press does nothing.
    pub(super) fn ask(self, now: Millis) -> (Self, Vec<Effect>) {
        match self {
            Self::NotAsked => (
                Self::Asked { at: now },
                vec![Effect::AwaitHangUp, Effect::HangUpServer, Effect::HangUpSdk],
            ),
            Self::Asked { at } => (Self::Asked { at }, vec![]),
        }
    }
}
