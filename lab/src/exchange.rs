//! The exchange: everything Telnyx decides about calls, without a socket, a thread or a clock of its own.
//!
//! Whatever happens comes in as an [`Input`] with the time it happened; what is to be done about it goes out as
//! [`Output`]s. Everything is legs: one for each browser or person that takes part in a call.

mod agenda;
pub(crate) mod commands;
#[cfg(test)]
pub(crate) mod dialogue;
pub(crate) mod ending;
pub(crate) mod events;
pub(crate) mod gathering;
mod hanging;
mod incoming;
pub(crate) mod io;
mod joining;
pub(crate) mod leg;
pub(crate) mod person;
mod placing;
pub(crate) mod playing;
mod progress;
mod quality;
pub(crate) mod recordings;
mod registration;
mod requests;
pub(crate) mod session;
mod signalling;
mod talking;
#[cfg(test)]
mod tests;
mod trickling;
mod turn;

use std::collections::BTreeMap;

pub(crate) use incoming::{Called, NobodyThere};
pub(crate) use io::{Audio, Heard, Input, Output, Socket};
#[cfg(test)]
pub(crate) use io::{Event, Order};

pub(crate) use session::GatewayState;

use crate::account::Account;
use crate::clock::Moment;
use crate::links::Links;
use crate::numbers::{Book, Scenario};
use crate::seed::Seed;
use crate::switches::Switches;
use agenda::{Agenda, Due};
use commands::Memory;
use ending::{Cause, Ending};
use events::LogEntry;
use leg::Leg;
use recordings::Recording;
use session::{Script, Session};
use turn::Turn;

/// All legs, who is signed in, and who may.
#[derive(Debug)]
pub(crate) struct Exchange {
    seed: Seed,
    /// What the account owns, and so who may sign in.
    pub(crate) account: Account,
    /// Makes the links that webhooks carry.
    pub(crate) links: Links,
    pub(crate) switches: Switches,
    /// The switches as they were at the start.
    usual: Switches,
    pub(crate) numbers: Book,
    /// How the gateway answers the next sign-ins.
    pub(crate) script: Script,
    sessions: BTreeMap<Socket, Session>,
    /// Oldest first.
    legs: Vec<Leg>,
    /// Oldest first.
    recordings: Vec<Recording>,
    /// `GET /call_events`, oldest first.
    log: Vec<LogEntry>,
    memory: Memory,
    agenda: Agenda,
    /// Requests sent to browsers so far.
    requests: u64,
    /// Registrations so far.
    registrations: u64,
}

impl Exchange {
    /// An exchange with nobody signed in.
    pub(crate) fn new(seed: Seed, account: Account, links: Links) -> Self {
        Self {
            seed,
            account,
            links,
            switches: Switches::default(),
            usual: Switches::default(),
            numbers: Book::default(),
            script: Script::default(),
            sessions: BTreeMap::new(),
            legs: Vec::new(),
            recordings: Vec::new(),
            log: Vec::new(),
            memory: Memory::default(),
            agenda: Agenda::default(),
            requests: 0,
            registrations: 0,
        }
    }

    /// Takes on a scenario, as what a reset goes back to.
    pub(crate) fn plan(&mut self, scenario: Scenario) {
        self.numbers = Book::new(scenario.numbers);
        self.usual = scenario.switches.clone();
        self.switches = scenario.switches;
    }

    /// All legs, oldest first.
    pub(crate) fn legs(&self) -> &[Leg] {
        &self.legs
    }

    /// The leg the lab calls by this name.
    pub(crate) fn leg(&self, key: &str) -> Option<&Leg> {
        self.legs.iter().find(|leg| leg.key == key)
    }

    fn leg_mut(&mut self, key: &str) -> Option<&mut Leg> {
        self.legs.iter_mut().find(|leg| leg.key == key)
    }

    /// The leg's partner, if it has one.
    pub(crate) fn partner(&self, key: &str) -> Option<&Leg> {
        self.leg(self.leg(key)?.partner()?)
    }

    /// The leg that this `call_control_id` names, unless the customer cannot know it.
    pub(crate) fn leg_by_control(&self, control: &str) -> Option<&Leg> {
        self.legs.iter().find(|leg| leg.ids.control == control && leg.announced().is_some())
    }

    /// The next moment at which something happens by itself.
    pub(crate) fn deadline(&self) -> Option<Moment> {
        self.agenda.next()
    }

    /// Takes in what happened at `now` and says what is to be done, in order.
    pub(crate) fn handle(&mut self, input: Input, now: Moment) -> Vec<Output> {
        self.turn(now, |exchange, turn| exchange.take_in(input, turn)).1
    }

    /// Works on something that happened at `now`, between what was due before and what is due by it.
    fn turn<T>(
        &mut self,
        now: Moment,
        work: impl FnOnce(&mut Self, &mut Turn) -> T,
    ) -> (T, Vec<Output>) {
        let mut turn = Turn::new(now);
        self.catch_up(&mut turn);
        let done = work(self, &mut turn);
        self.catch_up(&mut turn);
        let mut out = turn.out;
        self.number(&mut out);
        (done, out)
    }

    fn take_in(&mut self, input: Input, turn: &mut Turn) {
        match input {
            Input::Opened { socket, resumes } => {
                self.sessions.insert(socket, Session::Anonymous { resumes });
            }
            Input::Frame { socket, frame } => self.frame(socket, &frame, turn),
            Input::Closed { socket } => self.closed(socket, turn),
            Input::MediaReady { leg, sdp } => self.media_ready(&leg, sdp, turn),
            Input::MediaRefused { leg, reason } => {
                tracing::warn!(leg, reason, "media cannot use the browser's SDP");
                let ending = Ending { cause: Cause::IncompatibleMedia, by: ending::By::Unknown };
                self.end(&leg, ending, "unusable SDP", turn);
            }
            Input::MediaRestarted { leg, request, sdp } => {
                self.media_restarted(&leg, &request, &sdp, turn);
            }
            Input::MediaRestartRefused { leg, request, reason } => {
                tracing::warn!(leg, reason, "ICE restart refused");
                self.media_restart_refused(&leg, &request, turn);
            }
            Input::MediaOffered { leg, sdp } => self.media_offered(&leg, &sdp, turn),
            Input::Heard { leg, heard } => {
                if let Some(leg) = self.leg_mut(&leg) {
                    leg.heard = heard;
                }
            }
            Input::Hears { leg, hears } => {
                if let Some(leg) = self.leg_mut(&leg) {
                    leg.hears = hears;
                }
            }
            Input::PlayEnded { leg, play, how } => self.play_ended(&leg, &play, how, turn),
            Input::Fetched { leg, play, times, audio } => {
                self.fetched(&leg, &play, times, audio, turn);
            }
            Input::Recorded { leg, recording, audio } => {
                self.recorded(&leg, &recording, audio, turn);
            }
            Input::Tick => {}
            Input::Reset => self.reset(turn),
        }
    }

    /// Gives each request to the SDK its id. Replies have the SDK's.
    fn number(&mut self, out: &mut [Output]) {
        for output in out {
            if let Output::Send { frame, .. } = output
                && frame.get("id").is_none()
            {
                self.requests += 1;
                frame["jsonrpc"] = "2.0".into();
                frame["id"] = self.requests.into();
            }
        }
    }

    /// Does what is due by now, each thing at its own moment, so that a clock that jumps tells the same story as one
    /// that runs.
    fn catch_up(&mut self, turn: &mut Turn) {
        while let Some((moment, due)) = self.agenda.pop(turn.clock) {
            turn.now = moment;
            self.due(due, turn);
        }
        turn.now = turn.clock;
    }

    fn due(&mut self, due: Due, turn: &mut Turn) {
        match due {
            Due::Ping(socket) => self.ping(socket, turn),
            Due::TokenExpires(socket) => self.token_expires(socket, turn),
            Due::Reply { socket, frame } => turn.reply(socket, frame),
            Due::LateReply(leg) => self.late_reply(&leg, turn),
            Due::Act { leg, act } => self.act(&leg, act, turn),
            Due::RingsOut(leg) => self.rings_out(&leg, turn),
            Due::TimeLimit(leg) => self.time_limit(&leg, turn),
            Due::Lost { leg, since } => self.agent_lost(&leg, since, turn),
            Due::Worked(recording) => self.worked(&recording, turn),
            Due::LongEnough(recording) => self.long_enough(&recording, turn),
            Due::GatherEnds(leg) => self.gather_times_out(&leg, turn),
            Due::Detected(leg) => self.machine_detected(&leg, turn),
            Due::Cost(leg) => self.cost(&leg, turn),
        }
    }
}
