//! What the gateway may be told to answer.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// How the gateway answers, other than it would by itself (`POST /lab/gateway`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Script {
    /// The next sign-ins, in order.
    pub(crate) logins: VecDeque<LoginAnswer>,
    /// The next questions for the gateway's state, in order.
    pub(crate) states: VecDeque<GatewayState>,
    /// Methods whose requests get no reply, such as `telnyx_rtc.bye`. What they ask for happens.
    pub(crate) mute: Vec<String>,
    /// Methods at whose next request, one for each, the gateway no longer knows who is on the socket: it is refused with
    /// -32000, and the SDK signs in anew by itself.
    pub(crate) forgets: Vec<String>,
}

/// An answer to a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LoginAnswer {
    /// As the credentials say.
    Checked,
    /// "Login Incorrect", whatever they say.
    Incorrect,
    /// None at all.
    Silence,
}

/// States of the gateway, as the SDK knows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum GatewayState {
    Reged,
    Register,
    Noreg,
    Unreged,
    Failed,
    FailWait,
    Timeout,
    Trying,
    Expired,
    Unregister,
}

impl GatewayState {
    /// Whether a browser in this state may be called.
    pub(super) fn is_registered(self) -> bool {
        match self {
            Self::Reged | Self::Register => true,
            Self::Noreg
            | Self::Unreged
            | Self::Failed
            | Self::FailWait
            | Self::Timeout
            | Self::Trying
            | Self::Expired
            | Self::Unregister => false,
        }
    }
}
