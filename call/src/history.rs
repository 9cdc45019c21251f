//! What is remembered of a call: facts go in, in any order and any number of
//! times; the same row comes out.
//!
//! Two witnesses testify. The browser hears the SDK, the server hears Telnyx's
//! webhooks and asks its REST API. Each says what happened and when; nobody
//! overwrites anybody.

mod testimony;

use serde::{Deserialize, Serialize};

use testimony::Testimony;

use crate::cause::{Cause, Outcome, Side};
use crate::ids::{CallId, TelnyxIds};
use crate::number::Number;
use crate::time::Millis;

/// One thing that happened to a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// When it happened, by the clock of whoever said so.
    pub at: Millis,
    /// Telnyx's names for the leg, as far as this witness knew them.
    #[serde(default)]
    pub ids: TelnyxIds,
    /// What happened.
    pub what: What,
}

/// What can be said about a call, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Our server gave out the call's id.
    Placed {
        /// The agent who asked.
        agent: String,
        /// The number asked for.
        to: Number,
    },
    /// Telnyx: `call.initiated`.
    Initiated,
    /// Telnyx: `call.answered`.
    Answered,
    /// Telnyx: `call.bridged`.
    Bridged,
    /// Telnyx: `call.hangup`.
    HungUp {
        /// Why, as Telnyx said it.
        cause: Cause,
        /// Which side Telnyx says hung up; the caller is us.
        by: Side,
    },
    /// The browser: the SDK's call was dialled.
    Dialled,
    /// The browser: the far end rings (`telnyx_rtc.ringing`).
    Rang,
    /// The browser: the SDK's call became `active`.
    Active,
    /// The browser: the SDK's call reached `hangup` or `destroy`.
    Ended {
        /// Why, as the SDK said it.
        cause: Cause,
        /// Which side ended it, as the page saw it.
        by: Side,
    },
    /// Telnyx has a recording (webhook or REST).
    RecordingSaved {
        /// Telnyx's name for it, where it came with one.
        recording_id: Option<String>,
    },
    /// There will be no copy: Telnyx could not make the recording (`call.recording.error`), or ours cannot be made.
    RecordingFailed {
        /// Telnyx's reason, or ours.
        reason: String,
    },
    /// Our own copy of the recording is complete.
    RecordingStored {
        /// How long the audio lasts, in milliseconds, where the file says so.
        duration_ms: Option<u64>,
        /// The copy's size.
        bytes: u64,
    },
    /// The server asked for the recording until its limit and none came.
    RecordingMissing,
    /// The recording is no longer to be had: from now on nobody plays it.
    RecordingDeleted {
        /// The person who had it deleted; none when its time was up.
        by: Option<String>,
    },
    /// What was to be deleted is gone, from our store and at Telnyx.
    RecordingRemoved,
    /// The SDK ended the call and no webhook about it had come when the server asked.
    NoWord,
}

/// How far a call has come, for the `call_logs.status` column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
pub enum Recording {
    /// The call was not answered (yet), so there is nothing to record.
    None,
    /// The call is going on; the network records it.
    Expected,
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
pub struct Row {
    /// Our id.
    pub id: CallId,
    /// Who called.
    pub agent: Option<String>,
    /// Whom.
    pub to: Option<Number>,
    /// How far it came.
    pub status: Status,
    /// How it went, once it is over.
    pub outcome: Option<Outcome>,
    /// The cause the outcome was read from.
    pub cause: Option<Cause>,
    /// Who ended it.
    pub ended_by: Option<Side>,
    /// When our server gave out the id.
    pub placed_at: Option<Millis>,
    /// When the far end began to ring, as the browser heard it.
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
    /// How long they talked, in milliseconds: both moments from one witness.
    pub talk_ms: Option<u64>,
    /// What there is to hear.
    pub recording: Recording,
    /// Our own address of the audio, once it is there.
    pub recording_url: Option<String>,
    /// Whether Telnyx has testified.
    pub telnyx: Word,
    /// Telnyx's names for the call.
    pub ids: TelnyxIds,
}

impl Row {
    /// Concludes a row from everything said about the call.
    ///
    /// The facts may come in any order and more than once: the row is the same.
    #[must_use]
    pub fn fold(id: CallId, facts: impl IntoIterator<Item = Fact>) -> Self {
        let known = facts.into_iter().fold(Testimony::default(), Testimony::heard);

        let status = known.status();
        let talk_ms = known.talk_ms();
        let recording = known.recording();
        let answered = known.answered.or(known.active);
        let telnyx_ended_at = known.hung_up.as_ref().map(|(at, ..)| *at);
        // Telnyx's word settles history; the page's stands where Telnyx has said nothing.
        let ending = known.hung_up.clone().or_else(|| known.ended.clone());
        // Only the page knows that it was the agent's own click.
        let by = match (&ending, &known.ended) {
            (Some(_), Some((_, _, Side::Us))) => Some(Side::Us),
            (Some((_, _, by)), _) => Some(*by),
            (None, _) => None,
        };
        let outcome = ending.as_ref().zip(by).map(|((_, cause, _), by)| {
            if answered.is_some() { Outcome::Answered } else { Outcome::unanswered(cause, by) }
        });
        let telnyx = if known.network_spoke() {
            Word::Heard
        } else if known.no_word.is_some() {
            Word::Missing
        } else {
            Word::Awaited
        };
        let recording_url = match &recording {
            Recording::Ready { .. } => Some(crate::api::recording_path(&id)),
            Recording::None
            | Recording::Expected
            | Recording::Processing
            | Recording::Failed { .. }
            | Recording::Missing
            | Recording::Deleted => None,
        };
        let (placed_at, agent, to) = match known.placed {
            Some((at, agent, to)) => (Some(at), Some(agent), Some(to)),
            None => (None, None, None),
        };
        Self {
            id,
            agent,
            to,
            status,
            outcome,
            cause: ending.as_ref().map(|(_, cause, _)| cause.clone()),
            ended_by: by,
            placed_at,
            rang_at: known.rang,
            answered_at: answered,
            ended_at: ending.map(|(at, ..)| at),
            telnyx_answered_at: known.answered,
            telnyx_ended_at,
            talk_ms,
            recording,
            recording_url,
            telnyx,
            ids: known.ids,
        }
    }

    /// Whether the call is over, by either witness.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.status >= Status::Ended
    }
}
