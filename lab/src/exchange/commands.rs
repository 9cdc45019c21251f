//! REST commands for legs: what they ask for, whether they may, and what they bring about. Reading them out of JSON is
//! `rest/calls`' part.

mod check;
mod dial;
mod perform;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

pub(crate) use dial::{Callee, Dial, Transfer};

use super::Exchange;
use super::gathering;
use super::io::Output;
use super::leg::{Leg, Stays};
use super::playing::{Sound, Stop, What};
use super::recordings::Wanted;
use crate::clock::Moment;
use crate::numbers::Refusal;
use crate::rest::error::ApiError;
use crate::switches::LegCommands;

/// A command that repeats a `command_id` is ignored for so long (developer docs, "Receiving Webhooks for Programmable
/// Voice").
const REMEMBERED: Duration = Duration::from_mins(1);

/// A command, with what every command may carry.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Each later webhook of the leg has it.
    pub(crate) client_state: Option<String>,
    pub(crate) command_id: Option<String>,
    pub(crate) command: Command,
}

/// What a leg is to do.
#[derive(Debug, Clone)]
pub(crate) enum Command {
    Answer {
        record: Option<Wanted>,
        webhooks: Webhooks,
    },
    Hangup,
    Reject(Refusal),
    Bridge(Bridge),
    Transfer(Box<Transfer>),
    RecordStart(Wanted),
    RecordStop {
        recording: Option<String>,
    },
    RecordPause {
        recording: Option<String>,
    },
    RecordResume {
        recording: Option<String>,
    },
    SendDtmf {
        digits: String,
    },
    /// Speech or audio.
    Play {
        sound: Sound,
        target: Target,
        /// What is stopped for it; otherwise it waits its turn.
        instead_of: Option<Stop>,
    },
    StopPlaying(Stop),
    Gather(gathering::Wish),
    StopGathering,
    UpdateClientState,
}

/// `bridge`.
#[derive(Debug, Clone)]
pub(crate) struct Bridge {
    /// The other leg's `call_control_id`.
    pub(crate) with: String,
    /// What the commanded leg does when the other one ends.
    pub(crate) stays: Stays,
    pub(crate) prevent_double: bool,
    pub(crate) record: Option<Wanted>,
}

/// Where a leg's webhooks go instead of where its connection says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Webhooks {
    pub(crate) url: Option<String>,
    /// By event type.
    pub(crate) urls: BTreeMap<String, String>,
    /// By event type: the pauses between attempts (`webhook_retries_policies`).
    pub(crate) retries: BTreeMap<String, Vec<Duration>>,
}

/// Whose ears something is for (`target_legs`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Own,
    Opposite,
    Both,
}

impl Command {
    /// The command's name in its URL.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Answer { .. } => "answer",
            Self::Hangup => "hangup",
            Self::Reject(_) => "reject",
            Self::Bridge(_) => "bridge",
            Self::Transfer(_) => "transfer",
            Self::RecordStart(_) => "record_start",
            Self::RecordStop { .. } => "record_stop",
            Self::RecordPause { .. } => "record_pause",
            Self::RecordResume { .. } => "record_resume",
            Self::SendDtmf { .. } => "send_dtmf",
            Self::Play { sound: Sound { what: What::Speech, .. }, .. } => "speak",
            Self::Play { sound: Sound { what: What::Audio(_), .. }, .. } => "playback_start",
            Self::StopPlaying(_) => "playback_stop",
            Self::Gather(_) => "gather",
            Self::StopGathering => "gather_stop",
            Self::UpdateClientState => "client_state_update",
        }
    }
}

/// The commands taken lately, so that none is taken twice.
#[derive(Debug, Default)]
pub(super) struct Memory(BTreeMap<(String, String), (Moment, Value)>);

impl Memory {
    /// What the same command was answered with, if that is not too long ago. `about` is the leg, or the dialling.
    fn recall(&self, about: &str, id: Option<&str>, now: Moment) -> Option<&Value> {
        let (at, reply) = self.0.get(&(about.to_owned(), id?.to_owned()))?;
        (now.since(*at) <= REMEMBERED).then_some(reply)
    }

    fn keep(&mut self, about: &str, id: Option<&str>, now: Moment, reply: &Value) {
        self.0.retain(|_, (at, _)| now.since(*at) <= REMEMBERED);
        if let Some(id) = id {
            self.0.insert((about.to_owned(), id.to_owned()), (now, reply.clone()));
        }
    }
}

/// What a command that was taken returns.
pub(crate) fn done() -> Value {
    json!({ "data": { "result": "ok" } })
}

impl Exchange {
    /// A REST command for the leg with this `call_control_id`. Returns the body of the response.
    pub(crate) fn command(
        &mut self,
        control: &str,
        request: Request,
        now: Moment,
    ) -> (Result<Value, ApiError>, Vec<Output>) {
        self.turn(now, |exchange, turn| {
            let id = request.command_id.as_deref();
            if let Some(reply) = exchange.memory.recall(control, id, now) {
                // Also after the call's end: it may have been this command that ended it.
                return Ok(reply.clone());
            }
            let key = exchange.commanded(control)?.key.clone();
            exchange.check(&key, &request.command)?;
            if let (Some(state), Some(leg)) = (request.client_state, exchange.leg_mut(&key)) {
                leg.client_state = Some(state);
            }
            exchange.note_command(&key, request.command.name(), turn);
            let reply = exchange.perform(&key, request.command, turn);
            exchange.memory.keep(control, id, now, &reply);
            Ok(reply)
        })
    }

    /// The leg a command is for, if it takes commands.
    fn commanded(&self, control: &str) -> Result<&Leg, ApiError> {
        let leg = self.leg_by_control(control).ok_or(ApiError::UnknownCall)?;
        match self.switches.sdk_leg_commands {
            LegCommands::Refused if !leg.is_controlled() => return Err(ApiError::NotControlled),
            LegCommands::Refused | LegCommands::Accepted => {}
        }
        if leg.is_alive() { Ok(leg) } else { Err(ApiError::CallEnded) }
    }
}
