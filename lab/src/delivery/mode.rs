//! What the control API has done to webhooks on their way.

use std::collections::HashMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::exchange::io::{Fate, Treatment};

/// What happens to webhooks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    #[default]
    Deliver,
    /// Never sent.
    Lose,
    /// Kept until the mode changes.
    Hold,
    /// Sent [`Modes::delay_ms`] after the event.
    Delay,
    /// Sent twice.
    Twice,
}

/// Modes by event type.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Modes {
    mode: Mode,
    /// Exceptions, such as `{"call.hangup": "lose"}`.
    per_type: HashMap<String, Mode>,
    /// How late [`Mode::Delay`] is, on the lab's clock.
    delay_ms: u64,
}

impl Default for Modes {
    fn default() -> Self {
        Self { mode: Mode::default(), per_type: HashMap::new(), delay_ms: 5000 }
    }
}

/// What is done with one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Handling {
    Lose,
    Hold,
    Send { after: Duration, copies: u32 },
}

impl Modes {
    /// What is done with an event of this type, of which the number called says `treatment`.
    pub(super) fn handling(&self, event_type: &str, treatment: &Treatment) -> Handling {
        match treatment.fate {
            Fate::Lose => return Handling::Lose,
            Fate::Deliver => {}
        }
        let Treatment { delay: after, copies, .. } = *treatment;
        match self.per_type.get(event_type).copied().unwrap_or(self.mode) {
            Mode::Deliver => Handling::Send { after, copies },
            Mode::Lose => Handling::Lose,
            Mode::Hold => Handling::Hold,
            Mode::Delay => {
                let after = after.saturating_add(Duration::from_millis(self.delay_ms));
                Handling::Send { after, copies }
            }
            Mode::Twice => Handling::Send { after, copies: copies.max(2) },
        }
    }
}
