//! What is testified of a call: one fact at a time, each by one witness.

use serde::{Deserialize, Serialize};

use crate::cause::{Cause, Side};
use crate::ids::{CallId, TelnyxIds};
use crate::number::Number;
use crate::party::Party;
use crate::time::Millis;

use super::How;

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
