//! Why a call ended, in our words.

use serde::{Deserialize, Serialize};

/// Why the network let go of a call.
///
/// Both witnesses' vocabularies end here: the SDK's Q.850 names and SIP codes in the
/// page's `line::decode`, the webhooks' `hangup_cause` in the server's `webhook`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Cause {
    /// Somebody hung up in the ordinary way.
    Normal,
    /// The far end is on another call.
    Busy,
    /// It rang and nobody came.
    NoAnswer,
    /// The far end declined.
    Rejected,
    /// The caller gave up before an answer.
    Cancelled,
    /// The number does not exist.
    NoSuchNumber,
    /// The call reached the longest time the account allows.
    TimeLimit,
    /// The agent's own leg ended while our server called the far end: why, Telnyx is still to say.
    Untold,
    /// A program asked for the call, and the agent's phone did not take it.
    NoAgent,
    /// The same, because the agent is on another call.
    AgentBusy,
    /// Our server does not put it through.
    NotAllowed,
    /// The browser may not use the microphone.
    NoMicrophone,
    /// The browser has no microphone that it could open.
    NoDevice,
    /// The line never said how it ended; the page ended the call by itself.
    Silence,
    /// The browser never got the call ready to be sent.
    NotStarted,
    /// Telnyx did not reply to the call, or to our answer.
    NoReply,
    /// No connection carried sound for too long.
    NoSound,
    /// The connection to Telnyx was lost for longer than a call survives.
    Lost,
    /// Telnyx threw this browser off, and the SDK let go of the call without a word to anybody.
    SignedOff,
    /// The page was loaded anew, and the call was not given back to it.
    Reloaded,
    /// A word we do not know, kept as it came.
    Other(String),
}

/// Which side ended a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Side {
    /// The agent, here.
    Us,
    /// The far end.
    Them,
    /// Neither: the network, a limit or a failure.
    Network,
}

/// How a call that is over went, as a person would say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Outcome {
    /// It was answered.
    Answered,
    /// The far end was on another call.
    Busy,
    /// Nobody came to the phone.
    NoAnswer,
    /// The far end declined.
    Rejected,
    /// We gave up before an answer.
    Cancelled,
    /// The number does not exist.
    NoSuchNumber,
    /// The browser had no microphone to call with.
    NoMicrophone,
    /// It rang here and nobody took it.
    Missed,
    /// It rang here and we declined.
    Declined,
    /// Anything else that kept it from being answered.
    Failed,
}

impl Outcome {
    /// The outcome of a call nobody answered, from the network's cause and from who ended it.
    ///
    /// A normal clearing before any answer is the caller's own doing if he ended it;
    /// from the far end it is a refusal that did not say so.
    #[must_use]
    pub fn unanswered(cause: &Cause, by: Side) -> Self {
        match (cause, by) {
            (Cause::NoMicrophone | Cause::NoDevice, _) => Self::NoMicrophone,
            (Cause::Cancelled, _) | (_, Side::Us) => Self::Cancelled,
            (Cause::Busy, _) => Self::Busy,
            (Cause::NoAnswer, _) => Self::NoAnswer,
            (Cause::Rejected, _) | (Cause::Normal, Side::Them) => Self::Rejected,
            (Cause::NoSuchNumber, _) => Self::NoSuchNumber,
            (Cause::Normal, Side::Network)
            | (
                Cause::TimeLimit
                | Cause::Untold
                | Cause::NoAgent
                | Cause::AgentBusy
                | Cause::NotAllowed
                | Cause::Silence
                | Cause::NotStarted
                | Cause::NoReply
                | Cause::NoSound
                | Cause::Lost
                | Cause::SignedOff
                | Cause::Reloaded
                | Cause::Other(_),
                _,
            ) => Self::Failed,
        }
    }

    /// The outcome of a call that rang here and was not answered.
    #[must_use]
    pub fn not_taken(cause: &Cause, by: Side) -> Self {
        match (cause, by) {
            (Cause::NoMicrophone | Cause::NoDevice, _) => Self::NoMicrophone,
            (_, Side::Us) => Self::Declined,
            (
                Cause::NotStarted
                | Cause::NoReply
                | Cause::NoSound
                | Cause::Lost
                | Cause::SignedOff,
                _,
            ) => Self::Failed,
            (
                Cause::Normal
                | Cause::Busy
                | Cause::NoAnswer
                | Cause::Rejected
                | Cause::Cancelled
                | Cause::NoSuchNumber
                | Cause::TimeLimit
                | Cause::Untold
                | Cause::NoAgent
                | Cause::AgentBusy
                | Cause::NotAllowed
                | Cause::Silence
                | Cause::Reloaded
                | Cause::Other(_),
                _,
            ) => Self::Missed,
        }
    }
}
