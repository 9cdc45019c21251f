//! The names a call goes by: ours, and Telnyx's three.

use core::fmt;

use serde::{Deserialize, Serialize};

/// Our name for a call: a UUID the server gives out before anything is dialled.
///
/// The page hands the same word to the SDK as the call's id, so the browser's
/// witness and ours speak of one call without a table between them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CallId(pub String);

impl CallId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Telnyx's names for a call's leg. Each is absent until some message carried it:
/// in the browser `telnyx_rtc.ringing`, `telnyx_rtc.answer` or an inbound invite; on
/// the server every webhook.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TelnyxIds {
    /// The handle for commands; one per leg (`v3:…`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_control_id: Option<String>,
    /// Shared by legs that were linked or transferred.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_session_id: Option<String>,
    /// One per leg.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_leg_id: Option<String>,
}

impl TelnyxIds {
    /// These ids, with what is missing taken from `other`.
    ///
    /// The smaller of two different words wins, so that the order in which the
    /// witnesses speak cannot matter.
    #[must_use]
    pub fn joined(self, other: Self) -> Self {
        fn first(a: Option<String>, b: Option<String>) -> Option<String> {
            match (a, b) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            }
        }
        Self {
            call_control_id: first(self.call_control_id, other.call_control_id),
            call_session_id: first(self.call_session_id, other.call_session_id),
            call_leg_id: first(self.call_leg_id, other.call_leg_id),
        }
    }

    /// Whether nothing is known yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.call_control_id.is_none()
            && self.call_session_id.is_none()
            && self.call_leg_id.is_none()
    }
}
