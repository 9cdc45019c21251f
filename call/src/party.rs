//! Who is at the other end.

use serde::{Deserialize, Serialize};

use crate::number::Number;

/// Which way a call was made.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Direction {
    /// The agent called.
    #[default]
    Outgoing,
    /// The agent was called.
    Incoming,
}

/// How a call reaches the far end, and so by whose word the far end is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// By the SDK's call: what that hears is the far end's word.
    #[default]
    Direct,
    /// By a leg our server has called beside it, while the SDK's call waits at Telnyx. That it rings, or ends without
    /// having been asked to, is not the far end's word; that it is answered is.
    Controlled,
    /// As above, where a program asked for the call: our server called this browser first, which answered by itself.
    /// So the SDK's `active` is no answer of the far end's either; Telnyx's word of that is.
    Asked,
}

/// Who is at the other end, as far as the network says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Party {
    /// A telephone number.
    Number(Number),
    /// Something else with a name: a SIP user, or a colleague.
    Named(String),
    /// The caller does not want to be known.
    Withheld,
}

impl Party {
    /// Reads who calls: the SDK's `remoteCallerNumber` of an inbound call, or `from` of its webhooks.
    #[must_use]
    pub fn of_caller(number: Option<&str>) -> Self {
        match number.map(str::trim) {
            None | Some("" | "anonymous" | "Anonymous" | "restricted" | "unknown") => {
                Self::Withheld
            }
            Some(number) => {
                Number::parse(number).map_or_else(|_| Self::Named(number.to_owned()), Self::Number)
            }
        }
    }

    /// As it is shown; nothing for a caller who does not want to be known.
    #[must_use]
    pub fn pretty(&self) -> Option<String> {
        match self {
            Self::Number(number) => Some(number.pretty()),
            Self::Named(name) => Some(name.clone()),
            Self::Withheld => None,
        }
    }

    /// The number, if it is one that can be called.
    #[must_use]
    pub const fn number(&self) -> Option<&Number> {
        match self {
            Self::Number(number) => Some(number),
            Self::Named(_) | Self::Withheld => None,
        }
    }
}
