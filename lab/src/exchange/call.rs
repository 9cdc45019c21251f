//! One call: who, where it stands, and why it ended.

use std::time::Duration;

use serde_json::Value;

use crate::clock::Moment;
use crate::exchange::calls_io::{Audio, CallId, Heard, Socket};
use crate::exchange::ending::{By, Ending};
use crate::numbers::{Behaviour, Program, Refusal};
use crate::seed::Seed;

/// Everything known of a call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) id: CallId,
    pub(crate) ids: Ids,
    /// The agent's SIP user name.
    pub(crate) user: String,
    pub(crate) agent: Agent,
    pub(crate) direction: Direction,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) caller_name: String,
    /// The SDK's `clientState`, base64 by convention.
    pub(crate) client_state: Option<String>,
    /// As sent: `[{name, value}]`.
    pub(crate) custom_headers: Value,
    pub(crate) behaviour: Behaviour,
    pub(crate) invited_at: Moment,
    pub(crate) heard: Heard,
    /// The keys pressed so far.
    pub(crate) dtmf: String,
    stage: Stage,
}

/// Telnyx's ids of the browser's leg.
#[derive(Debug, Clone)]
pub(crate) struct Ids {
    pub(crate) control: String,
    pub(crate) session: String,
    pub(crate) leg: String,
}

impl Ids {
    /// The ids of the call that the SDK calls `id`.
    pub(crate) fn of(id: &str, seed: Seed) -> Self {
        Self {
            control: format!("v3:{}", seed.word(&["call control", id])),
            session: seed.uuid(&["call session", id]),
            leg: seed.uuid(&["call leg", id]),
        }
    }
}

/// Who calls, seen from the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Outgoing,
    Incoming,
}

/// Whether the agent's browser can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Agent {
    On(Socket),
    /// Its socket dropped; it may come back.
    LostSince(Moment),
}

/// Where a call stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stage {
    /// Invited; media is working on the browser's offer.
    Preparing,
    /// Will be refused without ringing.
    Refusing { at: Moment, refusal: Refusal },
    /// The far end rings; `sdp` is what its answer will carry.
    Ringing { sdp: String, next: Next },
    /// The agent's phone rings.
    AgentRings { gives_up_at: Moment },
    /// Both ends talk, or could if the agent did not hold the call.
    Answered { at: Moment, held: bool, leaves_at: Option<Moment> },
    /// Over.
    Ended { at: Moment, ending: Ending, talk: Option<Talk> },
}

/// What the ringing leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    Answer {
        at: Moment,
        program: Program,
        leaves_after: Option<Duration>,
    },
    Refuse {
        at: Moment,
        refusal: Refusal,
    },
    /// The control API decides.
    Told {
        program: Program,
    },
}

/// What is left of a call that was answered.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Talk {
    pub(crate) answered_at: Moment,
    pub(crate) recording: Recording,
}

/// How far the recording of an ended call is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Recording {
    /// Media has not handed it in yet.
    Collecting,
    /// Telnyx works on it.
    Processing { audio: Audio, due: Moment },
    /// It can be downloaded.
    Saved { id: String, audio: Audio, at: Moment },
}

/// What an invite says.
#[derive(Debug)]
pub(crate) struct Invitation {
    pub(crate) id: CallId,
    pub(crate) user: String,
    pub(crate) socket: Socket,
    pub(crate) direction: Direction,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) caller_name: String,
    pub(crate) client_state: Option<String>,
    pub(crate) custom_headers: Value,
}

impl Call {
    /// A call just invited.
    pub(crate) fn new(
        invitation: Invitation,
        ids: Ids,
        behaviour: Behaviour,
        stage: Stage,
        now: Moment,
    ) -> Self {
        let Invitation {
            id,
            user,
            socket,
            direction,
            from,
            to,
            caller_name,
            client_state,
            custom_headers,
        } = invitation;
        Self {
            id,
            ids,
            user,
            agent: Agent::On(socket),
            direction,
            from,
            to,
            caller_name,
            client_state,
            custom_headers,
            behaviour,
            invited_at: now,
            heard: Heard::default(),
            dtmf: String::new(),
            stage,
        }
    }

    /// Where the call stands.
    pub(crate) fn stage(&self) -> &Stage {
        &self.stage
    }

    /// The only way from one stage to the next; the log of these lines is the story of the call.
    pub(crate) fn enter(&mut self, stage: Stage, why: &str) {
        tracing::info!(call = self.id, "{} -> {}: {why}", self.stage.name(), stage.name(),);
        self.stage = stage;
    }

    /// The next moment at which something happens to the call by itself.
    pub(crate) fn deadline(&self) -> Option<Moment> {
        let own = match &self.stage {
            Stage::Preparing => None,
            Stage::Refusing { at, .. } => Some(*at),
            Stage::Ringing { next, .. } => match next {
                Next::Answer { at, .. } | Next::Refuse { at, .. } => Some(*at),
                Next::Told { .. } => None,
            },
            Stage::AgentRings { gives_up_at } => Some(*gives_up_at),
            Stage::Answered { leaves_at, .. } => *leaves_at,
            Stage::Ended { talk, .. } => {
                return talk.as_ref().and_then(|talk| match &talk.recording {
                    Recording::Processing { due, .. } => Some(*due),
                    Recording::Collecting | Recording::Saved { .. } => None,
                });
            }
        };
        let lost = match self.agent {
            Agent::On(_) => None,
            Agent::LostSince(moment) => Some(moment.plus(LOST_AGENT_RETURNS_WITHIN)),
        };
        own.into_iter().chain(lost).min()
    }

    /// The agent's part in the call.
    pub(crate) fn agents_side(&self) -> By {
        match self.direction {
            Direction::Outgoing => By::Caller,
            Direction::Incoming => By::Callee,
        }
    }

    /// The far end's part in the call.
    pub(crate) fn far_side(&self) -> By {
        match self.direction {
            Direction::Outgoing => By::Callee,
            Direction::Incoming => By::Caller,
        }
    }

    /// Whether the call is not over.
    pub(crate) fn is_alive(&self) -> bool {
        !matches!(self.stage, Stage::Ended { .. })
    }

    /// The moment both ends could first talk.
    pub(crate) fn answered_at(&self) -> Option<Moment> {
        match &self.stage {
            Stage::Preparing
            | Stage::Refusing { .. }
            | Stage::Ringing { .. }
            | Stage::AgentRings { .. } => None,
            Stage::Answered { at, .. } => Some(*at),
            Stage::Ended { talk, .. } => talk.as_ref().map(|talk| talk.answered_at),
        }
    }
}

/// How long a call waits for a browser whose socket dropped: the SDK keeps its session id for so long.
pub(crate) const LOST_AGENT_RETURNS_WITHIN: Duration = Duration::from_secs(90);

impl Stage {
    /// The control API's word for it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Preparing | Self::Refusing { .. } => "new",
            Self::Ringing { .. } | Self::AgentRings { .. } => "ringing",
            Self::Answered { held: false, .. } => "answered",
            Self::Answered { held: true, .. } => "held",
            Self::Ended { .. } => "ended",
        }
    }
}
