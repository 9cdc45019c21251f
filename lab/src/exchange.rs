//! The exchange: everything Telnyx decides about a call, without a socket, a thread or a clock of its own.
//!
//! Whatever happens comes in as an [`Input`] with the time it happened; what is to be done about it goes out as
//! [`Output`]s.

mod archive;
pub(crate) mod call;
mod calls_io;
#[cfg(test)]
pub(crate) mod dialogue;
mod ending;
mod events;
mod incoming;
#[allow(
    dead_code,
    reason = "the contract that media and delivery are being rebuilt to; the exchange follows"
)]
pub(crate) mod io;
mod progress;
mod requests;
mod session;
mod signalling;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub(crate) use calls_io::{Audio, CallId, Event, Heard, Input, Order, Output, Socket};

use crate::clock::Moment;
use crate::credentials::Credentials;
use crate::links::Links;
use crate::seed::Seed;
use call::{Agent, Call, Next, Stage};
use ending::{By, Cause, Ending};
use session::{PING_EVERY, Session};

/// All calls, who is signed in, and who may.
#[derive(Debug)]
pub(crate) struct Exchange {
    seed: Seed,
    /// Who may sign in.
    pub(crate) credentials: Credentials,
    /// Makes the links that webhooks carry.
    pub(crate) links: Links,
    writer: events::Writer,
    sessions: BTreeMap<Socket, Session>,
    /// Oldest first.
    calls: Vec<Call>,
    /// Requests sent to browsers so far.
    requests: u64,
}

impl Exchange {
    /// An exchange with nobody signed in.
    pub(crate) fn new(seed: Seed, connection_id: String, links: Links) -> Self {
        Self {
            seed,
            credentials: Credentials::new(seed),
            links,
            writer: events::Writer { seed, connection_id },
            sessions: BTreeMap::new(),
            calls: Vec::new(),
            requests: 0,
        }
    }

    /// The connection all calls go through.
    pub(crate) fn connection_id(&self) -> &str {
        &self.writer.connection_id
    }

    /// All calls, oldest first.
    pub(crate) fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// The call the SDK knows by this id.
    pub(crate) fn call(&self, id: &str) -> Option<&Call> {
        self.calls.iter().find(|call| call.id == id)
    }

    /// The next moment at which something happens by itself.
    pub(crate) fn deadline(&self) -> Option<Moment> {
        let pings = self.sessions.values().filter_map(|session| match session {
            Session::Anonymous => None,
            Session::SignedIn { ping_at, .. } => Some(*ping_at),
        });
        self.calls.iter().filter_map(Call::deadline).chain(pings).min()
    }

    /// Takes in what happened at `now` and says what is to be done, in order.
    pub(crate) fn handle(&mut self, input: Input, now: Moment) -> Vec<Output> {
        let mut out = Vec::new();
        match input {
            Input::Opened { socket } => {
                self.sessions.insert(socket, Session::Anonymous);
            }
            Input::Frame { socket, frame } => self.frame(socket, &frame, now, &mut out),
            Input::Closed { socket } => self.closed(socket, now),
            Input::MediaReady { call, sdp } => self.media_ready(&call, sdp, &mut out),
            Input::MediaRefused { call, reason } => {
                tracing::warn!(call, reason, "media cannot use the browser's SDP");
                let ending = Ending { cause: Cause::IncompatibleMedia, by: By::Unknown };
                self.end(&call, ending, "unusable SDP", now, &mut out);
            }
            Input::MediaRestarted { call, request, sdp } => {
                self.media_restarted(&call, &request, &sdp, &mut out);
            }
            Input::MediaOffered { call, sdp } => self.media_offered(&call, &sdp, now, &mut out),
            Input::Heard { call, heard } => {
                if let Some(call) = find(&mut self.calls, &call) {
                    call.heard = heard;
                }
            }
            Input::Recorded { call, audio } => self.recorded(&call, audio, now),
            Input::FarEndAnswers { call } => self.far_end_answers(&call, now, &mut out),
            Input::FarEndHangsUp { call } => self.far_end_hangs_up(&call, now, &mut out),
            Input::CarrierHangsUp { call } => self.carrier_hangs_up(&call, now, &mut out),
            Input::CallAgent { id, from, to } => self.call_agent(id, from, to, now, &mut out),
            Input::Tick => {}
            Input::Reset => self.reset(&mut out),
        }
        self.tick(now, &mut out);
        self.number(&mut out);
        out
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

    /// Does what is due.
    fn tick(&mut self, now: Moment, out: &mut Vec<Output>) {
        for (socket, session) in &mut self.sessions {
            if let Session::SignedIn { ping_at, .. } = session
                && *ping_at <= now
            {
                *ping_at = now.plus(PING_EVERY);
                out.push(Output::Send { socket: *socket, frame: signalling::ping() });
            }
        }
        // A step may make the next one due at once, such as an answer long past and the far end's leaving.
        while let Some(id) = self
            .calls
            .iter()
            .find(|call| call.deadline().is_some_and(|due| due <= now))
            .map(|call| call.id.clone())
        {
            self.due(&id, now, out);
        }
    }

    /// Does the one thing that is due for a call.
    fn due(&mut self, id: &str, now: Moment, out: &mut Vec<Output>) {
        let Some(call) = find(&mut self.calls, id) else { return };
        let refused = |refusal| Ending { cause: Cause::Refused(refusal), by: By::Callee };
        match call.stage().clone() {
            Stage::Refusing { at, refusal } if at <= now => {
                self.end(id, refused(refusal), "its number says so", now, out);
            }
            Stage::Ringing { next: Next::Refuse { at, refusal }, .. } if at <= now => {
                self.end(id, refused(refusal), "its number says so", now, out);
            }
            Stage::Ringing { next: Next::Answer { at, .. }, .. } if at <= now => {
                self.far_end_answers(id, now, out);
            }
            Stage::Answered { leaves_at: Some(at), .. } | Stage::AgentRings { gives_up_at: at }
                if at <= now =>
            {
                self.far_end_hangs_up(id, now, out);
            }
            Stage::Ended { at, ending, talk: Some(talk) } => {
                self.save_recording(id, at, ending, talk, now, out);
            }
            Stage::Preparing
            | Stage::Refusing { .. }
            | Stage::Ringing { .. }
            | Stage::AgentRings { .. }
            | Stage::Answered { .. }
            | Stage::Ended { talk: None, .. } => {
                // Nothing of the call's own is due, so it is the agent's return that no longer is awaited.
                let ending = Ending { cause: Cause::NormalClearing, by: call.agents_side() };
                self.end(id, ending, "the browser never came back", now, out);
            }
        }
    }
}

fn find<'a>(calls: &'a mut [Call], id: &str) -> Option<&'a mut Call> {
    calls.iter_mut().find(|call| call.id == id)
}

/// Sends to the call's browser, if it can be reached.
fn send(call: &Call, frame: serde_json::Value, out: &mut Vec<Output>) {
    match call.agent {
        Agent::On(socket) => out.push(Output::Send { socket, frame }),
        Agent::LostSince(_) => {}
    }
}

fn media(call: &Call, order: Order, out: &mut Vec<Output>) {
    out.push(Output::Media { call: call.id.clone(), order });
}
