//! The exchange: everything Telnyx decides about a call, without a socket, a thread or a clock of its own.
//!
//! Whatever happens comes in as an [`Input`] with the time it happened; what is to be done about it goes out as
//! [`Output`]s.

pub(crate) mod call;
mod events;
mod io;
mod requests;
pub(crate) mod signalling;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

pub(crate) use io::{Audio, CallId, Event, Heard, Input, Order, Output, Socket};

use crate::clock::Moment;
use crate::credentials::Credentials;
use crate::links::Links;
use crate::numbers::Refusal;
use crate::seed::Seed;
use call::{Agent, By, Call, Cause, Ending, Next, Recording, Stage, Talk};

/// How often the gateway pings a signed-in browser.
const PING_EVERY: Duration = Duration::from_secs(30);

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

/// How far a socket is.
#[derive(Debug)]
enum Session {
    Anonymous,
    SignedIn {
        user: String,
        sessid: String,
        ping_at: Moment,
        /// Calls to hand back once the browser has asked for the gateway's state.
        reattach: Vec<CallId>,
    },
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
            Input::MediaOffered { call, sdp } => {
                if let Some(call) = self.calls.iter().find(|known| known.id == call) {
                    send(call, signalling::attach(call, &sdp), &mut out);
                }
            }
            Input::Heard { call, heard } => {
                if let Some(call) = find(&mut self.calls, &call) {
                    call.heard = heard;
                }
            }
            Input::Recorded { call, audio } => self.recorded(&call, audio, now),
            Input::FarEndAnswers { call } => self.far_end_answers(&call, now, &mut out),
            Input::FarEndHangsUp { call } => self.far_end_hangs_up(&call, now, &mut out),
            Input::CarrierHangsUp { call } => {
                let ending = Ending { cause: Cause::NormalClearing, by: By::Caller };
                self.end(&call, ending, "REST command", now, &mut out);
            }
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
            Stage::Answered { leaves_at: Some(at), .. } if at <= now => {
                self.far_end_hangs_up(id, now, out);
            }
            Stage::Ended { at, ending, talk: Some(talk) } => {
                self.save_recording(id, at, ending, talk, now, out);
            }
            Stage::Preparing
            | Stage::Refusing { .. }
            | Stage::Ringing { .. }
            | Stage::Answered { .. }
            | Stage::Ended { talk: None, .. } => {
                // Nothing of the call's own is due, so it is the agent's return that no longer is awaited.
                let ending = Ending { cause: Cause::NormalClearing, by: By::Caller };
                self.end(id, ending, "the browser never came back", now, out);
            }
        }
    }

    /// The browser's offer has an answer: the far end rings.
    fn media_ready(&mut self, id: &str, sdp: String, out: &mut Vec<Output>) {
        use crate::numbers::Plan;

        let Some(call) = find(&mut self.calls, id) else { return };
        if *call.stage() != Stage::Preparing {
            // Hung up while media was at work.
            return;
        }
        let from = call.invited_at;
        let next = match call.behaviour.plan {
            Plan::Refuse { after, refusal } | Plan::RingThenRefuse { after, refusal } => {
                Next::Refuse { at: from.plus(after), refusal }
            }
            Plan::RingThenAnswer { after, program, leaves_after } => {
                Next::Answer { at: from.plus(after), program, leaves_after }
            }
            Plan::RingUntilTold { program } => Next::Told { program },
        };
        call.enter(Stage::Ringing { sdp, next }, "media is ready");
        send(call, signalling::ringing(call), out);
    }

    /// The far end picks up. A call that is not ringing (over, or answered already) stays as it is.
    fn far_end_answers(&mut self, id: &str, now: Moment, out: &mut Vec<Output>) {
        let Some(call) = find(&mut self.calls, id) else { return };
        let Stage::Ringing { sdp, next } = call.stage().clone() else { return };
        let (program, leaves_after) = match next {
            Next::Answer { program, leaves_after, .. } => (program, leaves_after),
            Next::Refuse { .. } => (crate::numbers::Program::Prompt, None),
            Next::Told { program } => (program, None),
        };
        let leaves_at = leaves_after.map(|after| now.plus(after));
        call.enter(Stage::Answered { at: now, held: false, leaves_at }, "the far end answers");
        send(call, signalling::answer(call, &sdp), out);
        media(call, Order::Play { program }, out);
        out.push(Output::Post(self.writer.answered(call, now)));
        out.push(Output::Post(self.writer.bridged(call, now)));
    }

    /// The far end hangs up, or declines if it has not answered.
    fn far_end_hangs_up(&mut self, id: &str, now: Moment, out: &mut Vec<Output>) {
        let Some(call) = self.call(id) else { return };
        let cause = match call.stage() {
            Stage::Preparing | Stage::Refusing { .. } | Stage::Ringing { .. } => {
                Cause::Refused(Refusal::Rejected)
            }
            Stage::Answered { .. } | Stage::Ended { .. } => Cause::NormalClearing,
        };
        self.end(id, Ending { cause, by: By::Callee }, "the far end hangs up", now, out);
    }

    /// Ends a call that is not over and tells everyone. The agent's own browser is told too: it may be that
    /// someone else ended the call.
    fn end(&mut self, id: &str, ending: Ending, why: &str, now: Moment, out: &mut Vec<Output>) {
        if let Some(call) = find(&mut self.calls, id)
            && call.is_alive()
        {
            send(call, signalling::bye(call, ending), out);
            self.close(id, ending, why, now, out);
        }
    }

    /// Ends a call whose browser knows already.
    fn close(&mut self, id: &str, ending: Ending, why: &str, now: Moment, out: &mut Vec<Output>) {
        let Some(call) = find(&mut self.calls, id) else { return };
        if !call.is_alive() {
            return;
        }
        let talk = call
            .answered_at()
            .map(|answered_at| Talk { answered_at, recording: Recording::Collecting });
        call.enter(Stage::Ended { at: now, ending, talk }, why);
        media(call, Order::End, out);
        out.push(Output::Post(self.writer.hangup(call, ending, now)));
    }

    /// Media handed in the recording; Telnyx takes its time with it, counted from the end of the call.
    fn recorded(&mut self, id: &str, audio: Audio, now: Moment) {
        let Some(call) = find(&mut self.calls, id) else { return };
        let due = call.behaviour.recording_after;
        let Stage::Ended { at, ending, talk: Some(mut talk) } = call.stage().clone() else {
            return;
        };
        if talk.recording == Recording::Collecting {
            let due = at.plus(due).max(now);
            talk.recording = Recording::Processing { audio, due };
            call.enter(Stage::Ended { at, ending, talk: Some(talk) }, "recording handed in");
        }
    }

    fn save_recording(
        &mut self,
        id: &str,
        at: Moment,
        ending: Ending,
        mut talk: Talk,
        now: Moment,
        out: &mut Vec<Output>,
    ) {
        let Some(call) = find(&mut self.calls, id) else { return };
        let Recording::Processing { audio, .. } = talk.recording else { return };
        let recording = self.seed.uuid(&["recording", id]);
        let link = self.links.to(&recording, now);
        let span = (talk.answered_at, at);
        out.push(Output::Post(self.writer.recording_saved(call, &recording, &link, span, now)));
        talk.recording = Recording::Saved { id: recording, audio, at: now };
        call.enter(Stage::Ended { at, ending, talk: Some(talk) }, "recording saved");
    }

    fn media_restarted(
        &self,
        id: &str,
        request: &serde_json::Value,
        sdp: &str,
        out: &mut Vec<Output>,
    ) {
        if let Some(call) = self.call(id) {
            let result = serde_json::json!({
                "action": "updateMedia",
                "callID": id,
                "sdp": sdp,
            });
            send(call, signalling::result(request, &result), out);
        }
    }

    /// A socket is gone. Its calls wait for their browser to come back.
    fn closed(&mut self, socket: Socket, now: Moment) {
        self.sessions.remove(&socket);
        for call in &mut self.calls {
            if call.agent == Agent::On(socket) {
                call.agent = Agent::LostSince(now);
            }
        }
    }

    fn reset(&mut self, out: &mut Vec<Output>) {
        for call in self.calls.drain(..) {
            if call.is_alive() {
                let ending = Ending { cause: Cause::NormalClearing, by: By::Unknown };
                send(&call, signalling::bye(&call, ending), out);
                media(&call, Order::End, out);
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
