//! What the page and the server say to each other.
//!
//! | call | body | answer |
//! | --- | --- | --- |
//! | `GET /api/session` | | [`Session`] |
//! | `POST /api/session` | [`SignIn`] | [`Session`] and a cookie |
//! | `DELETE /api/session` | | nothing |
//! | `POST /api/token` | | [`Token`] |
//! | `POST /api/calls` | [`Place`] | [`Placed`] |
//! | `POST /api/calls/{id}/facts` | [`Witnessed`] | nothing |
//! | `POST /api/calls/{id}/hangup` | | [`HangUp`] |
//! | `POST /api/calls/{id}/transfer` | [`TransferTo`] | nothing |
//! | `POST /api/calls/{id}/transfer/join`, `…/cancel` | | nothing |
//! | `POST /api/pages/{page}` | [`Page`] | nothing |
//! | `GET /api/calls?before=…` | | [`Calls`] |
//! | `GET /api/calls/{id}/recording` | | the audio, with `Range` |
//! | `DELETE /api/calls/{id}/recording` | | nothing |
//! | `POST /api/calls/{id}/recording/pause`, `…/resume` | | nothing |
//! | `GET /api/calls/{id}/waveform` | | an SVG |
//! | `GET /api/live?after=…&page=…` | | Server-Sent Events named [`LIVE_EVENT`], each a [`Row`] |
//!
//! Whatever goes wrong is answered with a [`Problem`].

use serde::{Deserialize, Serialize};

use crate::history::{Fact, How, Row};
use crate::ids::CallId;

/// The name of the event on the live stream that carries a [`Row`].
pub const LIVE_EVENT: &str = "row";

/// The header that carries our call id through Telnyx, beside `client_state`.
pub const CALL_HEADER: &str = "X-Tono-Call";

/// Our address of a call's recording: the only one a row ever holds.
#[must_use]
pub fn recording_path(id: &CallId) -> String {
    format!("/api/calls/{id}/recording")
}

/// Our address of the picture of a call's recording, an SVG without colours: a lane for each channel.
#[must_use]
pub fn waveform_path(id: &CallId) -> String {
    ["/api/calls/", id.as_str(), "/waveform"].concat()
}

/// Who is signed in, and how one may sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Session {
    /// Whether this server talks to a stand-in: no real call, no password.
    pub demo: bool,
    /// The agent this browser is signed in as.
    pub agent: Option<Agent>,
    /// Whether one may sign in at a provider: [`PROVIDER_PATH`] sends the browser there.
    #[serde(default)]
    pub provider: bool,
}

/// Where a browser goes to sign in at the provider of sign-ins.
pub const PROVIDER_PATH: &str = "/api/oidc/start";

/// A person who makes calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Agent {
    /// The name the agent signs in with.
    pub name: String,
}

/// How somebody signs in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum SignIn {
    /// As the demo agent; refused unless the server is in demo mode.
    Demo,
    /// With a name and a password.
    Password {
        /// The agent's name.
        name: String,
        /// The agent's password.
        password: String,
    },
    /// By a token of the CRM that embeds the page, good once and for minutes.
    HandOver {
        /// A JWT signed with the key the CRM and the server share.
        token: String,
    },
}

/// What the SDK needs to register.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Token {
    /// A short-lived JWT from Telnyx, for `login_token`.
    pub token: String,
    /// The gateway's WebSocket URL; none means the SDK's own.
    pub gateway: Option<String>,
    /// Which STUN and TURN servers to use.
    pub ice: Ice,
    /// How long it is good from now, in milliseconds; none if it does not say.
    pub lives_ms: Option<u64>,
}

/// Which STUN and TURN servers the browser asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Ice {
    /// The SDK's own list.
    Default,
    /// None: the lab is on this machine, and nothing leaves it.
    None,
}

/// Asks for a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Place {
    /// The number as the person wrote it; the server reads it again.
    pub to: String,
}

/// Asks for a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TransferTo {
    /// The number as the person wrote it; the server reads it again.
    pub to: String,
    /// How.
    pub how: How,
}

/// A call may be dialled.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Placed {
    /// The id to dial it under.
    pub id: CallId,
    /// The number to show to the far end, if one is configured.
    pub caller_id: Option<String>,
    /// Whether the server calls the number: the SDK's call then waits at Telnyx, and what the SDK hears of ringing or
    /// of an end that nobody here asked for is not the far end's word.
    #[serde(default)]
    pub controlled: bool,
}

/// What the browser heard of a call, in a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Witnessed {
    /// The facts; only what a browser can testify is accepted.
    pub facts: Vec<Fact>,
}

/// Which calls a page has. It says so when that changes and every so often, and once more when it goes; a call that no
/// page has is ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Page {
    /// The calls that go on there. Those the server does not know are left out.
    pub calls: Vec<CallId>,
    /// Whether the page goes now. The page that follows a reload claims what goes on.
    pub goes: bool,
}

/// What came of the server's hang-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum HangUp {
    /// Telnyx took the command.
    Asked,
    /// Telnyx says the call was over already: as good.
    AlreadyOver,
    /// No `call_control_id` is known for the call, so there is nothing to command.
    NotKnown,
    /// Telnyx takes no commands for this leg.
    Refused,
}

/// One page of history, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Calls {
    /// The rows.
    pub rows: Vec<Row>,
    /// What to pass as `before` for the next page; none at the end.
    pub next: Option<String>,
    /// What to pass as `after` to the live stream so that it goes on where this list ends.
    pub seq: i64,
}

/// Why the server did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Problem {
    /// What the page goes by.
    pub code: ProblemCode,
    /// One English sentence for logs and developers; the page has its own words.
    pub message: String,
}

/// The kinds of problem a page can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ProblemCode {
    /// No session, or it has ended.
    NotSignedIn,
    /// Wrong name or password.
    WrongPassword,
    /// Too many wrong passwords; wait.
    TooManyAttempts,
    /// Demo sign-in against a real account.
    NoDemo,
    /// What was given as a number is none.
    NotANumber,
    /// Calls to this country, or to numbers that begin so, are not allowed.
    CountryNotAllowed,
    /// The number may not be called.
    NumberBlocked,
    /// The agent asked for too many calls in a minute.
    TooManyCalls,
    /// Too many calls of the agent go on.
    TooManyAtOnce,
    /// The agent is not signed in, or their page does not answer.
    AgentAbsent,
    /// The agent is on another call.
    AgentBusy,
    /// This server does not put calls through (`TONO_MODE`).
    NotControlled,
    /// Not while the call is as it is: both sides do not talk, or another transfer is under way.
    NotTransferable,
    /// No such call, or somebody else's.
    NotFound,
    /// The request could not be read.
    BadRequest,
    /// The body is too large.
    TooLarge,
    /// Telnyx did not answer.
    TelnyxUnreachable,
    /// Telnyx answered and refused.
    TelnyxRefused,
    /// The webhook's signature is missing, stale or wrong.
    BadSignature,
    /// Our own failure; the log says more.
    Internal,
}
