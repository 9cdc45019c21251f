//! What is remembered of a call: facts go in, in any order and any number of
//! times; the same row comes out.
//!
//! Two witnesses testify. The browser hears the SDK, the server hears Telnyx's
//! webhooks and asks its REST API. Each says what happened and when; nobody
//! overwrites anybody.

mod ending;
mod fact;
mod testimony;
mod times;
mod transfer;

use serde::{Deserialize, Serialize};

use ending::Ending;
pub use fact::{Fact, What};
use testimony::Testimony;
pub use transfer::{How, Transfer, TransferStage};

use crate::cause::{Cause, Outcome, Side};
use crate::ids::{CallId, TelnyxIds};
use crate::number::Number;
use crate::party::{Direction, Party};
use crate::time::Millis;

/// How far a call has come, for the `call_logs.status` column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Status {
    /// Our server knows of it; the network has not said anything.
    Placed,
    /// The network has it.
    Initiated,
    /// It was answered.
    Answered,
    /// It is over.
    Ended,
    /// It is over and its recording is in our store.
    Completed,
}

/// What there is to hear of a call.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Recording {
    /// The call was not answered (yet), so there is nothing to record.
    None,
    /// The call is going on; the network records it.
    Expected,
    /// The call is going on; what is said now is not recorded.
    Paused,
    /// The call is over and the recording has not reached our store.
    Processing,
    /// Our store has it.
    Ready {
        /// How long the audio lasts, in milliseconds.
        duration_ms: Option<u64>,
    },
    /// Telnyx could not make it, or we could not copy it.
    Failed {
        /// Telnyx's reason, or ours.
        reason: String,
    },
    /// None came within the limit.
    Missing,
    /// There was one, and somebody had it deleted or its time was up.
    Deleted,
}

/// Whether the network has testified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Word {
    /// No webhook yet, and no reason to worry.
    Awaited,
    /// At least one webhook came.
    Heard,
    /// The call is over in the browser and no webhook ever came.
    Missing,
}

/// One row of history: a conversation, whatever legs it had.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Row {
    /// Our id.
    pub id: CallId,
    /// What the pages call it where that is not our id: the SDK's names for a call that came in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<CallId>,
    /// The agent who called or was called.
    pub agent: Option<String>,
    /// Which of the two.
    #[serde(default)]
    pub direction: Direction,
    /// Who is at the other end.
    pub with: Option<Party>,
    /// How far it came.
    pub status: Status,
    /// How it went, once it is over.
    pub outcome: Option<Outcome>,
    /// The cause the outcome was read from.
    pub cause: Option<Cause>,
    /// Who ended it.
    pub ended_by: Option<Side>,
    /// When our server gave out the id; of a call that came in, when Telnyx says it began, else when our server
    /// heard of it.
    pub placed_at: Option<Millis>,
    /// When it began to ring, there or here, as the browser heard it.
    pub rang_at: Option<Millis>,
    /// When it was answered: Telnyx's word, else the browser's.
    pub answered_at: Option<Millis>,
    /// When it ended: Telnyx's word, else the browser's.
    pub ended_at: Option<Millis>,
    /// When Telnyx says it was answered.
    pub telnyx_answered_at: Option<Millis>,
    /// When Telnyx says it ended.
    #[serde(default)]
    pub telnyx_ended_at: Option<Millis>,
    /// When Telnyx says the two ends were connected (`call.bridged`), where it says so.
    pub bridged_at: Option<Millis>,
    /// How long it rang, in milliseconds, both moments by one browser's clock; nothing if it was not heard to, or not
    /// from beginning to end.
    pub rang_ms: Option<u64>,
    /// How long they talked, in milliseconds: both moments by Telnyx's clock, else by one browser's; nothing where neither
    /// has both.
    pub talk_ms: Option<u64>,
    /// For how much of that the call was on hold, in milliseconds by the browser's clock; nothing if it never was, or if
    /// the browser did not say until when.
    pub held_ms: Option<u64>,
    /// What there is to hear.
    pub recording: Recording,
    /// Whether the server can pause it and go on with it.
    #[serde(default)]
    pub pausable: bool,
    /// Our own address of the audio, once it is there.
    pub recording_url: Option<String>,
    /// Whether Telnyx has testified.
    pub telnyx: Word,
    /// Whether Telnyx ended the call when no page had it any more; nothing if a page had it to its end.
    #[serde(default)]
    pub let_go: Option<bool>,
    /// Telnyx's names for the call.
    pub ids: TelnyxIds,
    /// The program that asked for the call, if it was not the agent: the agent's phone is called first, and answers a
    /// call it expects by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<String>,
    /// When the agent's page said that it expects the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_at: Option<Millis>,
    /// The newest transfer of the call; it is over only when those it was to connect have parted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<Transfer>,
}

impl Row {
    /// Concludes a row from everything said about the call.
    ///
    /// The facts may come in any order and more than once: the row is the same.
    #[must_use]
    pub fn fold(id: CallId, facts: impl IntoIterator<Item = Fact>) -> Self {
        let known = facts.into_iter().fold(Testimony::default(), Testimony::heard);

        let ending = Ending::of(&known);
        let telnyx = if known.network_spoke() {
            Word::Heard
        } else if known.no_word.is_some() {
            Word::Missing
        } else {
            Word::Awaited
        };
        let recording = known.recording();
        let recording_url = match &recording {
            Recording::Ready { .. } => Some(crate::api::recording_path(&id)),
            Recording::None
            | Recording::Expected
            | Recording::Paused
            | Recording::Processing
            | Recording::Failed { .. }
            | Recording::Missing
            | Recording::Deleted => None,
        };
        Self {
            id,
            direction: known.direction(),
            with: known.with(),
            status: known.status(),
            outcome: ending.as_ref().map(|ending| ending.outcome),
            cause: ending.as_ref().map(|ending| ending.cause.clone()),
            ended_by: ending.as_ref().map(|ending| ending.by),
            placed_at: known.placed_at(),
            rang_at: known.rang_at(),
            answered_at: known.answered.or(known.active),
            ended_at: ending.map(|ending| ending.at),
            telnyx_answered_at: known.answered,
            telnyx_ended_at: known.telnyx_ended(),
            asked_by: known.asked_for.as_ref().map(|(_, by)| by.clone()),
            expected_at: known.expecting,
            transfer: known.transfer(),
            bridged_at: known.bridged,
            rang_ms: known.rang_ms(),
            talk_ms: known.talk_ms(),
            held_ms: known.held_ms(),
            recording,
            pausable: known.pausable(),
            recording_url,
            telnyx,
            agent: known.agent(),
            aliases: known.offered.into_iter().map(|(_, call, _)| call).collect(),
            let_go: known.let_go,
            ids: known.ids,
        }
    }

    /// The far end's number, where it has one.
    #[must_use]
    pub fn number(&self) -> Option<&Number> {
        self.with.as_ref().and_then(Party::number)
    }

    /// Whether the agent has left the far end to somebody else.
    #[must_use]
    pub fn is_handed_over(&self) -> bool {
        self.transfer.as_ref().is_some_and(Transfer::is_handed_over)
    }

    /// Whether the call is over, by either witness.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.status >= Status::Ended
    }
}
