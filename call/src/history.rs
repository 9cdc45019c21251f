//! What is remembered of a call: facts go in, in any order and any number of
//! times; the same row comes out.
//!
//! Two witnesses testify. The browser hears the SDK, the server hears Telnyx's
//! webhooks and asks its REST API. Each says what happened and when; nobody
//! overwrites anybody.

mod ending;
mod testimony;
mod times;
mod transfer;

use serde::{Deserialize, Serialize};

use ending::Ending;
use testimony::Testimony;
pub use transfer::{How, Transfer, TransferStage};

use crate::cause::{Cause, Outcome, Side};
use crate::ids::{CallId, TelnyxIds};
use crate::number::Number;
use crate::party::{Direction, Party};
use crate::time::Millis;

/// One thing that happened to a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum What {
    /// Our server gave out the call's id.
    Placed {
        /// The agent who asked.
        agent: String,
        /// The number asked for.
        to: Number,
    },
    /// Our server heard of a call that came in for an agent, from whichever witness was first.
    Received {
        /// The agent who is called.
        agent: String,
        /// Who calls.
        from: Party,
    },
    /// Telnyx: `call.initiated`.
    Initiated,
    /// Telnyx: `call.answered`.
    Answered,
    /// Telnyx: `call.answered` of the agent's own leg, in a call a program asked for.
    AgentAnswered,
    /// Telnyx: `call.hangup` of that leg; in a call that is transferred, of the agent's leg whoever called.
    AgentHungUp {
        /// Why, as Telnyx said it.
        cause: Cause,
        /// As of [`What::HungUp`]; whom that leg calls is the agent.
        by: Side,
    },
    /// Telnyx: `call.bridged`.
    Bridged,
    /// Telnyx: `call.hangup`.
    HungUp {
        /// Why, as Telnyx said it.
        cause: Cause,
        /// Which side Telnyx says hung up: [`Side::Us`] stands for the leg's caller, [`Side::Them`] for whom it
        /// calls. In a call that came in they change places when the row is concluded.
        by: Side,
    },
    /// Our server: a program asked for the call.
    AskedFor {
        /// The program's name.
        by: String,
    },
    /// The browser: it will answer the call a program asked for by itself.
    Expecting,
    /// The browser: the SDK's call was dialled.
    Dialled,
    /// The browser: the far end rings (`telnyx_rtc.ringing`).
    Rang,
    /// The browser: a call that somebody makes to us rings here (the SDK's `ringing`).
    Offered {
        /// The SDK's id for it.
        call: CallId,
        /// Who calls.
        from: Party,
    },
    /// The browser: the SDK's call became `active`.
    Active,
    /// The browser: the SDK's call became `held`.
    Held,
    /// The browser: the SDK's call became `active` again after it was held.
    Resumed,
    /// The browser: the SDK's call reached `hangup` or `destroy`.
    Ended {
        /// Why, as the SDK said it.
        cause: Cause,
        /// Which side ended it, as the page saw it.
        by: Side,
    },
    /// The server: Telnyx records from the answer on because we asked for it, so we may pause it.
    RecordingOrdered,
    /// The server: nothing is recorded from now on.
    RecordingPaused,
    /// The server: it is recorded again.
    RecordingResumed,
    /// The server: Telnyx took what the far end is to hear before anybody talks with them.
    Announced,
    /// The server: the agent asked for a transfer, which is the call's `transfer`th.
    TransferAsked {
        /// Which of the call's transfers, counted from one.
        transfer: u32,
        /// Whom to.
        to: Number,
        /// How.
        how: How,
    },
    /// Telnyx: `call.answered` of the third party's leg.
    ThirdAnswered {
        /// As of [`What::TransferAsked`].
        transfer: u32,
    },
    /// Telnyx: `call.hangup` of that leg; or the server: the third party could not be called, or not be connected.
    ThirdHungUp {
        /// As of [`What::TransferAsked`].
        transfer: u32,
        /// Why.
        cause: Cause,
        /// As of [`What::HungUp`].
        by: Side,
    },
    /// The server: Telnyx has connected the agent with the third party.
    Consulting {
        /// As of [`What::TransferAsked`].
        transfer: u32,
    },
    /// The server: Telnyx would not do what the transfer takes; the agent has the far end as before.
    TransferFailed {
        /// As of [`What::TransferAsked`].
        transfer: u32,
        /// Why.
        cause: Cause,
    },
    /// The server: the agent takes the far end back.
    TransferCancelled {
        /// As of [`What::TransferAsked`].
        transfer: u32,
    },
    /// The server: Telnyx has connected the far end with the third party, and the agent with nobody.
    Transferred {
        /// As of [`What::TransferAsked`].
        transfer: u32,
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
    /// The server: Telnyx knows the call no more, and nobody has said how it ended.
    Lapsed,
    /// No page had the call any more, and the server asked Telnyx to end it.
    LetGo {
        /// Whether Telnyx took the command, or the call was over; else its leg may still be open.
        ended: bool,
    },
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

impl What {
    /// The same of the agent's own leg, in a call whose agent was called: not what the far end did.
    #[must_use]
    pub fn of_the_agents_leg(self) -> Self {
        if let Self::HungUp { cause, by } = self {
            Self::AgentHungUp { cause, by }
        } else if self == Self::Answered {
            Self::AgentAnswered
        } else {
            self
        }
    }

    /// The same of the agent's leg in a call that is transferred, where the agent's browser called: its end is not the
    /// call's.
    #[must_use]
    pub fn of_the_agents_call(self) -> Self {
        let Self::HungUp { cause, by } = self else { return self };
        let by = match by {
            Side::Us => Side::Them,
            Side::Them => Side::Us,
            Side::Network => Side::Network,
        };
        Self::AgentHungUp { cause, by }
    }

    /// The same of the leg of whom the call is transferred to.
    #[must_use]
    pub fn of_the_third_leg(self, transfer: u32) -> Self {
        if let Self::HungUp { cause, by } = self {
            Self::ThirdHungUp { transfer, cause, by }
        } else if self == Self::Answered {
            Self::ThirdAnswered { transfer }
        } else {
            self
        }
    }
}

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
