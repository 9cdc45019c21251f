//! One leg: a browser or a person, and where its part of a call stands.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::ending::{Ending, Side};
use super::io::{Codec, Destination, Faults, Heard, LegKey, Socket, Treatment};
use super::playing::{Gather, Playing};
use super::recordings::Wanted;
use crate::clock::Moment;
use crate::numbers::{Behaviour, RecordingPlan};
use crate::seed::Seed;

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

/// Telnyx's ids of a leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ids {
    pub(crate) control: String,
    pub(crate) session: String,
    pub(crate) leg: String,
}

impl Ids {
    /// The ids of a leg that the lab names `key`. Unless an SDK chose the key, it is the leg's id itself.
    pub(crate) fn of(key: &str, made_by_sdk: bool, seed: Seed) -> Self {
        Self {
            control: format!("v3:{}", seed.word(&["call control", key])),
            session: seed.uuid(&["call session", key]),
            leg: if made_by_sdk { seed.uuid(&["call leg", key]) } else { key.to_owned() },
        }
    }
}

/// Whether Telnyx's customer sees a leg: in webhooks, and through REST.
#[derive(Debug, Clone)]
pub(crate) enum Presence {
    /// Telnyx's own trunk to a far end: no webhooks, no REST.
    Trunk,
    Announced(Announced),
}

/// How a leg appears to the customer.
#[derive(Debug, Clone)]
pub(crate) struct Announced {
    pub(crate) connection: String,
    pub(crate) control: Control,
    pub(crate) to: Destination,
    /// Where events of some types go instead (`webhook_urls`).
    pub(crate) urls: BTreeMap<String, String>,
    /// Whether its connection wants `call.cost`.
    pub(crate) cost: bool,
}

/// Who commands a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Control {
    /// Nobody but its end: a call through the credential connection that was not parked.
    Connection,
    /// REST: it was parked, or dialled by REST.
    Rest,
}

/// Who is at a leg's end.
#[derive(Debug)]
pub(crate) enum End {
    Browser(Browser),
    Person(Person),
}

/// A browser with the SDK.
#[derive(Debug)]
pub(crate) struct Browser {
    /// Its SIP user name.
    pub(crate) user: String,
    pub(crate) agent: Agent,
    pub(crate) codec: Codec,
    /// The reply to INVITE, if it is held back until the answer.
    pub(crate) reply: Option<(Socket, Value)>,
}

/// A person played by the lab.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) behaviour: Behaviour,
    /// Whether media plays it already.
    pub(crate) heard: bool,
    /// What is wrong with the network of whoever talks to it.
    pub(crate) faults: Faults,
}

/// Whether a browser can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Agent {
    On(Socket),
    /// Its socket dropped; it may come back.
    LostSince(Moment),
}

/// `direction` in webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Outgoing,
    Incoming,
}

impl Direction {
    /// Telnyx's word.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Outgoing => "outgoing",
            Self::Incoming => "incoming",
        }
    }
}

/// The headers of the leg's INVITE, each list as `[{name, value}]`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Headers {
    /// As the SDK or REST gave them.
    pub(crate) given: Value,
    /// `custom_headers` and `sip_headers` of webhooks.
    pub(crate) custom: Value,
    pub(crate) sip: Value,
}

/// What a leg has to do with another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tie {
    /// Nothing, so far.
    Alone,
    /// Two halves of a call that nobody commands: they are answered together and end together.
    Direct(LegKey),
    /// This leg is called for that one, and joins it when it answers.
    CalledFor { leg: LegKey, stays: Stays, purpose: Purpose },
    /// That leg is called for this one by a transfer.
    Awaits(LegKey),
    /// Bridged by REST.
    Bridged { with: LegKey, stays: Stays },
}

/// Why a leg is called for another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// `bridge_on_answer`.
    Bridge,
    Transfer,
}

/// What a leg does when the one it is bridged with ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stays {
    /// It ends too.
    No,
    /// `park_after_unbridge: self`.
    Parked,
    /// `hold_after_unbridge`.
    Held,
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

/// Where a leg stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stage {
    /// Media works on the SDP that the browser gets. `answered`: REST answered it meanwhile.
    Preparing {
        answered: bool,
    },
    /// Its browser called; `sdp` is what an answer will carry. `rung`: it was told that the far end rings.
    Ready {
        sdp: String,
        rung: bool,
    },
    /// Its person called, and waits.
    Calling,
    /// It is called; nothing rings yet.
    Called,
    /// It rings at this leg's end.
    Alerting,
    /// The far end is heard before the answer.
    EarlyMedia,
    Answered {
        at: Moment,
        held: bool,
    },
    Ended {
        at: Moment,
        answered_at: Option<Moment>,
        ending: Ending,
    },
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
        match self.browser()?.agent {
            Agent::On(socket) => Some(socket),
            Agent::LostSince(_) => None,
        }
    }
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

impl Headers {
    /// No headers at all.
    pub(crate) fn none() -> Self {
        let none = || Value::Array(Vec::new());
        Self { given: none(), custom: none(), sip: none() }
    }

    /// Headers that a REST command gave.
    pub(crate) fn of_command(custom: Value, sip: Value) -> Self {
        Self { given: custom.clone(), custom, sip }
    }
}

impl Person {
    /// A person that does what its number says.
    pub(crate) fn new(behaviour: Behaviour) -> Self {
        Self { behaviour, heard: false, faults: Faults::default() }
    }
}

/// How long a leg waits for a browser whose socket dropped: the SDK keeps its session id for so long.
pub(crate) const LOST_AGENT_RETURNS_WITHIN: Duration = Duration::from_secs(90);

impl Stage {
    /// The control API's word for it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Preparing { .. } | Self::Ready { rung: false, .. } | Self::Called => "new",
            Self::Ready { rung: true, .. } | Self::Calling | Self::Alerting | Self::EarlyMedia => {
                "ringing"
            }
            Self::Answered { held: false, .. } => "answered",
            Self::Answered { held: true, .. } => "held",
            Self::Ended { .. } => "ended",
        }
    }
}
