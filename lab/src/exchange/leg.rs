//! One leg: a browser or a person, and where its part of a call stands.

mod end;
mod presence;
mod stage;

use std::time::Duration;

pub(crate) use end::{Agent, Browser, End, HeldReply, LOST_AGENT_RETURNS_WITHIN, Person, Until};
pub(crate) use presence::{Announced, Control, Direction, Headers, Ids, Presence};
pub(crate) use stage::{Purpose, Stage, Stays, Tie};

use super::ending::{Ending, Side};
use super::gathering::Gather;
use super::io::{Codec, Heard, LegKey, Socket, Treatment};
use super::playing::Playing;
use super::recordings::Wanted;
use crate::clock::Moment;
use crate::numbers::RecordingPlan;

/// Everything known of a leg.
#[derive(Debug)]
pub(crate) struct Leg {
    pub(crate) key: LegKey,
    pub(crate) ids: Ids,
    pub(crate) presence: Presence,
    pub(crate) end: End,
    /// Whether this leg's end called or is called.
    pub(crate) side: Side,
    pub(crate) direction: Direction,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) caller_name: String,
    /// As webhooks carry it; base64 by convention.
    pub(crate) client_state: Option<String>,
    /// As the SDK gave it, whether webhooks carry it or not.
    pub(crate) sdk_client_state: Option<String>,
    pub(crate) headers: Headers,
    pub(crate) invited_at: Moment,
    pub(crate) heard: Heard,
    /// What the person at its end has heard.
    pub(crate) hears: Heard,
    /// The keys pressed at this leg's end so far.
    pub(crate) dtmf: String,
    /// The keys whose tones were played to this leg's end so far.
    pub(crate) dtmf_played: String,
    pub(crate) tie: Tie,
    /// Whom it talked with, until its own or the other one's end.
    pub(crate) last_partner: Option<LegKey>,
    /// What becomes of its webhooks.
    pub(crate) treatment: Treatment,
    pub(crate) recording_plan: RecordingPlan,
    pub(crate) wishes: Wishes,
    /// Keys are being collected.
    pub(crate) gather: Option<Gather>,
    /// What is being played.
    pub(crate) playing: Option<Playing>,
    /// Events so far; each gets an id of its own from it.
    pub(crate) events: u32,
    /// Recordings so far, likewise.
    pub(crate) recordings: u32,
    stage: Stage,
}

impl Leg {
    /// A leg that is just beginning.
    pub(crate) fn new(start: Start, stage: Stage, now: Moment) -> Self {
        let Start { key, ids, presence, end, side, direction, from, to, caller_name } = start;
        let (treatment, recording_plan) = match &end {
            End::Browser(_) => (Treatment::default(), RecordingPlan::default()),
            End::Person(person) => (person.behaviour.webhooks, person.behaviour.recording),
        };
        Self {
            key,
            ids,
            presence,
            end,
            side,
            direction,
            from,
            to,
            caller_name,
            client_state: None,
            sdk_client_state: None,
            headers: Headers::none(),
            invited_at: now,
            heard: Heard::default(),
            hears: Heard::default(),
            dtmf: String::new(),
            dtmf_played: String::new(),
            tie: Tie::Alone,
            last_partner: None,
            treatment,
            recording_plan,
            wishes: Wishes::default(),
            gather: None,
            playing: None,
            events: 0,
            recordings: 0,
            stage,
        }
    }

    /// Where the leg stands.
    pub(crate) fn stage(&self) -> &Stage {
        &self.stage
    }

    /// The only way from one stage to the next; the log of these lines is the story of the leg.
    pub(crate) fn enter(&mut self, stage: Stage, why: &str) {
        tracing::info!(leg = self.key, "{} -> {}: {why}", self.stage.name(), stage.name());
        self.stage = stage;
    }

    /// Whether the leg is not over.
    pub(crate) fn is_alive(&self) -> bool {
        !matches!(self.stage, Stage::Ended { .. })
    }

    /// Whether it has been answered and is not over.
    pub(crate) fn is_up(&self) -> bool {
        matches!(self.stage, Stage::Answered { .. })
    }

    /// Whether it rings in a browser.
    pub(crate) fn rings_a_browser(&self) -> bool {
        self.stage == Stage::Alerting && self.side == Side::Callee && self.browser().is_some()
    }

    /// The moment it was answered.
    pub(crate) fn answered_at(&self) -> Option<Moment> {
        match &self.stage {
            Stage::Preparing { .. }
            | Stage::Ready { .. }
            | Stage::Calling
            | Stage::Called
            | Stage::Alerting
            | Stage::EarlyMedia => None,
            Stage::Answered { at, .. } => Some(*at),
            Stage::Ended { answered_at, .. } => *answered_at,
        }
    }

    /// When and why it ended.
    pub(crate) fn ended(&self) -> Option<(Moment, Ending)> {
        match &self.stage {
            Stage::Preparing { .. }
            | Stage::Ready { .. }
            | Stage::Calling
            | Stage::Called
            | Stage::Alerting
            | Stage::EarlyMedia
            | Stage::Answered { .. } => None,
            Stage::Ended { at, ending, .. } => Some((*at, *ending)),
        }
    }

    /// The leg whose end this one's talks with, or will.
    pub(crate) fn partner(&self) -> Option<&LegKey> {
        match &self.tie {
            Tie::Alone | Tie::CalledFor { .. } | Tie::Awaits(_) => None,
            Tie::Direct(with) | Tie::Bridged { with, .. } => Some(with),
        }
    }

    /// The browser at its end.
    pub(crate) fn browser(&self) -> Option<&Browser> {
        match &self.end {
            End::Browser(browser) => Some(browser),
            End::Person(_) => None,
        }
    }

    /// The browser at its end, to be changed.
    pub(crate) fn browser_mut(&mut self) -> Option<&mut Browser> {
        match &mut self.end {
            End::Browser(browser) => Some(browser),
            End::Person(_) => None,
        }
    }

    /// The person at its end.
    pub(crate) fn person(&self) -> Option<&Person> {
        match &self.end {
            End::Browser(_) => None,
            End::Person(person) => Some(person),
        }
    }

    /// The person at its end, to be changed.
    pub(crate) fn person_mut(&mut self) -> Option<&mut Person> {
        match &mut self.end {
            End::Browser(_) => None,
            End::Person(person) => Some(person),
        }
    }

    /// What it speaks.
    pub(crate) fn codec(&self) -> Codec {
        match &self.end {
            End::Browser(browser) => browser.codec,
            End::Person(person) => person.behaviour.codec,
        }
    }

    /// How the customer sees it, if at all.
    pub(crate) fn announced(&self) -> Option<&Announced> {
        match &self.presence {
            Presence::Trunk => None,
            Presence::Announced(announced) => Some(announced),
        }
    }

    /// Whether REST commands reach it without a doubt.
    pub(crate) fn is_controlled(&self) -> bool {
        self.announced().is_some_and(|announced| announced.control == Control::Rest)
    }

    /// The socket of the browser at its end, if it can be reached.
    pub(crate) fn socket(&self) -> Option<Socket> {
        match &self.browser()?.agent {
            Agent::On(socket) => Some(*socket),
            Agent::Lost { .. } | Agent::Absent => None,
        }
    }
}

/// What was asked of a leg for the time after its answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wishes {
    /// Record from the answer on.
    pub(crate) record: Option<Wanted>,
    /// The leg may be up for so long.
    pub(crate) time_limit: Option<Duration>,
    /// Find out whether a machine answered.
    pub(crate) detect_machine: bool,
    /// Keys whose tones are played at once.
    pub(crate) digits: Option<String>,
}

/// What a leg begins with.
#[derive(Debug)]
pub(crate) struct Start {
    pub(crate) key: LegKey,
    pub(crate) ids: Ids,
    pub(crate) presence: Presence,
    pub(crate) end: End,
    pub(crate) side: Side,
    pub(crate) direction: Direction,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) caller_name: String,
}
