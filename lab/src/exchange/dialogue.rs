//! A browser that talks to the exchange: no sockets, no sleeping, no threads.

#![allow(clippy::unwrap_used, reason = "a dialogue that breaks is a failed test")]

use std::time::Duration;

use serde_json::{Value, json};

use super::io::Source;
use super::person::CannotAct;
use super::recordings::Progress;
use super::*;
use crate::account::credentials::Wanted;
use crate::account::{self, CredentialConnection};
use crate::numbers::Act;
use crate::rest;
use crate::rest::error::ApiError;

/// The call the browser makes.
pub(crate) const CALL: &str = "6a3c1f0e-0000-4000-8000-000000000001";

/// The socket it makes it on.
pub(crate) const BROWSER: Socket = Socket(1);

/// One browser and the exchange.
pub(crate) struct Dialogue {
    pub(crate) exchange: Exchange,
    now: Moment,
    token: String,
    /// The session of whoever signed in first.
    pub(crate) sessid: Option<String>,
    /// The browser's SIP user name.
    pub(crate) user: String,
    /// The call talked about: the one the browser made, or the last one made to it.
    pub(crate) call: String,
    out: Vec<Output>,
    pub(crate) requests: u64,
}

impl Dialogue {
    /// A browser with a token, not connected yet.
    pub(crate) fn new() -> Self {
        let links = Links::new("http://127.0.0.1:7801".to_owned(), Seed(1));
        let now = Moment::from_micros(1_795_251_600_100_000);
        let account = Account::new(Seed(1), "http://127.0.0.1:8080/webhooks/telnyx", now);
        let mut exchange = Exchange::new(Seed(1), account, links);
        let (user, token) = credential(&mut exchange, now);
        let call = CALL.to_owned();
        Self { exchange, now, token, sessid: None, user, call, out: Vec::new(), requests: 0 }
    }

    /// A browser that is ready to dial.
    pub(crate) fn ready() -> Self {
        let mut dialogue = Self::new();
        dialogue.signs_in(BROWSER, false);
        dialogue.hears();
        dialogue
    }

    pub(crate) fn feed(&mut self, input: Input) {
        let out = self.exchange.handle(input, self.now);
        self.out.extend(out);
    }

    pub(crate) fn says(&mut self, socket: Socket, method: &str, params: &Value) {
        self.requests += 1;
        let frame =
            json!({ "jsonrpc": "2.0", "id": self.requests, "method": method, "params": params });
        self.feed(Input::Frame { socket, frame });
    }

    pub(crate) fn asks(&mut self, method: &str, mut params: Value) {
        params["dialogParams"]["callID"] = json!(self.call);
        self.says(BROWSER, method, &params);
    }

    /// Signs in; `again` takes up the session of whoever signed in first.
    pub(crate) fn signs_in(&mut self, socket: Socket, again: bool) {
        self.feed(Input::Opened { socket, resumes: None });
        let session = if again { json!({ "sessid": self.sessid }) } else { json!({}) };
        let told = self.logs_in(socket, again, &session);
        if self.sessid.is_none() {
            self.sessid = told["result"]["sessid"].as_str().map(str::to_owned);
        }
    }

    /// Signs in on an open socket with what it says of its session. Returns the reply.
    pub(crate) fn logs_in(&mut self, socket: Socket, again: bool, session: &Value) -> Value {
        let mut params = json!({ "login_token": self.token, "reconnection": again });
        if let Some(sessid) = session.get("sessid") {
            params["sessid"] = sessid.clone();
        }
        let before = self.out.len();
        self.says(socket, "login", &params);
        let told = self.out[before..].iter().find_map(|output| match output {
            Output::Send { frame, .. } if frame.get("method").is_none() => Some(frame.clone()),
            Output::Send { .. }
            | Output::Drop { .. }
            | Output::Fetch { .. }
            | Output::Post(_)
            | Output::Media { .. } => None,
        });
        self.says(socket, "telnyx_rtc.gatewayState", &json!({}));
        told.unwrap_or_default()
    }

    /// Dials, and media gets ready.
    pub(crate) fn dials(&mut self, number: &str) {
        self.dials_as(CALL, BROWSER, number);
    }

    /// Dials under some id on some socket, and media gets ready.
    pub(crate) fn dials_as(&mut self, id: &str, socket: Socket, number: &str) {
        self.says(
            socket,
            "telnyx_rtc.invite",
            &json!({ "sdp": "offer", "dialogParams": {
                "callID": id,
                "destination_number": number,
                "caller_id_number": "+12025550142",
                "caller_id_name": "Tono",
                "clientState": "dG9ubw==",
                "custom_headers": [{ "name": "X-Tono", "value": "7" }],
            }}),
        );
        let opens = |output: &Output| matches!(output, Output::Media { leg, order: Order::Open { .. } } if leg == id);
        if self.out.iter().any(opens) {
            self.feed(Input::MediaReady { leg: id.to_owned(), sdp: "answer".to_owned() });
        }
    }

    /// Another credential's browser signs in. Returns its SIP user name.
    pub(crate) fn another_signs_in(&mut self, socket: Socket) -> String {
        let (user, token) = credential(&mut self.exchange, self.now);
        self.feed(Input::Opened { socket, resumes: None });
        self.says(socket, "login", &json!({ "login_token": token }));
        self.says(socket, "telnyx_rtc.gatewayState", &json!({}));
        self.out.clear();
        user
    }

    /// Someone calls, and media makes an offer. Returns the call's id.
    pub(crate) fn is_called(&mut self) -> String {
        self.is_called_by("+12025550100")
    }

    /// This number calls, and media makes an offer. Returns the call's id.
    pub(crate) fn is_called_by(&mut self, from: &str) -> String {
        let called = Called::Browser { user: None };
        let (leg, out) = self.exchange.call_in(from, "+12025550142", &called, self.now);
        self.out.extend(out);
        let leg = leg.unwrap();
        self.call.clone_from(&leg);
        self.feed(Input::MediaOffered { leg: leg.clone(), sdp: "offer".to_owned() });
        leg
    }

    /// The control API makes somebody do something.
    pub(crate) fn makes(&mut self, key: &str, act: Act) -> Result<(), CannotAct> {
        let (done, out) = self.exchange.tell_to(key, act, self.now);
        self.out.extend(out);
        done
    }

    /// The lab's clock.
    pub(crate) fn now(&self) -> Moment {
        self.now
    }

    /// A REST command for the leg with this key, as JSON.
    pub(crate) fn commands(
        &mut self,
        key: &str,
        action: &str,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let control = self.exchange.leg(key).unwrap().ids.control.clone();
        let request = rest::calls::command(action, body)?;
        let (done, out) = self.exchange.command(&control, request, self.now);
        self.out.extend(out);
        done
    }

    /// `POST /calls`. Returns the new leg's key.
    pub(crate) fn dials_by_rest(&mut self, body: &Value) -> Result<String, ApiError> {
        let reply = self.dial_reply(body)?;
        Ok(reply["data"]["call_leg_id"].as_str().unwrap().to_owned())
    }

    /// `POST /calls`. Returns the response.
    pub(crate) fn dial_reply(&mut self, body: &Value) -> Result<Value, ApiError> {
        let mut whole = json!({
            "connection_id": account::application_id(Seed(1)),
            "from": "+12025550142",
        });
        for (name, value) in body.as_object().unwrap() {
            whole[name] = value.clone();
        }
        let dial = rest::calls::dial(&whole)?;
        let (reply, out) = self.exchange.dial(dial, self.now);
        self.out.extend(out);
        reply
    }

    /// `POST /calls` to a browser, for which media makes an offer. Returns the browser's call id.
    pub(crate) fn rings_browser_by_rest(&mut self, body: &Value) -> String {
        let leg = self.dials_by_rest(body).unwrap();
        self.call.clone_from(&leg);
        self.feed(Input::MediaOffered { leg: leg.clone(), sdp: "offer".to_owned() });
        leg
    }

    /// Somebody outside calls the Call Control application. Returns the caller's leg.
    pub(crate) fn calls_application(&mut self, from: &str) -> String {
        let called = Called::Application { id: account::application_id(Seed(1)) };
        let (leg, out) = self.exchange.call_in(from, "+12025550143", &called, self.now);
        self.out.extend(out);
        leg.unwrap()
    }

    /// The last result that any request was answered with.
    pub(crate) fn last_result(&self) -> Value {
        let mut results = self.out.iter().rev().filter_map(|output| match output {
            Output::Send { frame, .. } => frame.get("result").cloned(),
            Output::Drop { .. } | Output::Fetch { .. } | Output::Post(_) | Output::Media { .. } => {
                None
            }
        });
        results.next().unwrap()
    }

    /// The gateway's state as it was last told.
    pub(crate) fn last_state(&self) -> String {
        self.last_result()["params"]["state"].as_str().unwrap().to_owned()
    }

    /// The socket that the last message of this method went to.
    pub(crate) fn socket_of(&self, method: &str) -> Socket {
        self.out
            .iter()
            .rev()
            .find_map(|output| match output {
                Output::Send { socket, frame } if frame["method"] == method => Some(*socket),
                Output::Send { .. }
                | Output::Drop { .. }
                | Output::Fetch { .. }
                | Output::Post(_)
                | Output::Media { .. } => None,
            })
            .unwrap()
    }

    /// The connection parks the calls of its browsers from now on.
    pub(crate) fn parks(&mut self) {
        let parked = json!({ "outbound": { "call_parking_enabled": true } });
        let id = account::connection_id(Seed(1));
        self.exchange.account.change::<CredentialConnection>(&id, &parked, self.now).unwrap();
    }

    /// Time passes.
    pub(crate) fn after(&mut self, millis: u64) {
        self.now = self.now.plus(Duration::from_millis(millis));
        self.feed(Input::Tick);
    }

    /// The browser hangs up, and media hands in the recording.
    pub(crate) fn hangs_up(&mut self) {
        self.asks("telnyx_rtc.bye", json!({}));
        self.hands_in();
    }

    /// Media hands in every recording that has ended.
    pub(crate) fn hands_in(&mut self) {
        let ended: Vec<_> = self
            .exchange
            .recordings()
            .iter()
            .filter(|recording| matches!(recording.progress, Progress::Collecting { .. }))
            .map(|recording| (recording.leg.clone(), recording.id.clone(), recording.shape.format))
            .collect();
        for (leg, recording, format) in ended {
            let audio = Ok(Audio { bytes: vec![0; 44].into(), format, millis: 12_000 });
            self.feed(Input::Recorded { leg, recording, audio });
        }
    }

    /// What happened since this was last asked, in a word each.
    pub(crate) fn hears(&mut self) -> Vec<String> {
        let call = self.call.clone();
        self.out.drain(..).map(|output| word(&output, &call)).collect()
    }

    /// Everything that the exchange wanted done since the last question.
    pub(crate) fn taken(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.out)
    }

    /// The webhooks since the last question.
    pub(crate) fn events(&mut self) -> Vec<Event> {
        self.out
            .drain(..)
            .filter_map(|output| match output {
                Output::Post(event) => Some(event),
                Output::Send { .. }
                | Output::Drop { .. }
                | Output::Fetch { .. }
                | Output::Media { .. } => None,
            })
            .collect()
    }

    /// The types of the webhooks since the last question.
    pub(crate) fn event_types(&mut self) -> Vec<&'static str> {
        self.events().into_iter().map(|event| event.kind).collect()
    }

    /// The last message of this method to any browser, its parameters.
    pub(crate) fn last(&self, method: &str) -> Value {
        self.out
            .iter()
            .rev()
            .find_map(|output| match output {
                Output::Send { frame, .. } if frame["method"] == method => {
                    Some(frame["params"].clone())
                }
                Output::Send { .. }
                | Output::Drop { .. }
                | Output::Fetch { .. }
                | Output::Post(_)
                | Output::Media { .. } => None,
            })
            .unwrap()
    }

    /// The orders that media got for a leg since the last question, and which are still there to be heard.
    pub(crate) fn orders(&self, key: &str) -> Vec<Order> {
        self.out
            .iter()
            .filter_map(|output| match output {
                Output::Media { leg, order } if leg == key => Some(order.clone()),
                Output::Media { .. }
                | Output::Send { .. }
                | Output::Drop { .. }
                | Output::Fetch { .. }
                | Output::Post(_) => None,
            })
            .collect()
    }

    pub(crate) fn last_bye(&self) -> Value {
        self.last("telnyx_rtc.bye")
    }

    pub(crate) fn stage(&self) -> &'static str {
        self.stage_of(&self.call)
    }

    pub(crate) fn stage_of(&self, key: &str) -> &'static str {
        self.exchange.leg(key).unwrap().stage().name()
    }
}

/// A new credential's SIP user name, and a token of it.
fn credential(exchange: &mut Exchange, now: Moment) -> (String, String) {
    let wanted = Wanted { connection_id: account::connection_id(Seed(1)), ..Wanted::default() };
    let made = exchange.account.credentials.create(wanted, now).unwrap().clone();
    let token = exchange.account.credentials.token(&made.id, now).unwrap();
    (made.sip_username, token)
}

fn word(output: &Output, call: &str) -> String {
    match output {
        Output::Send { frame, .. } => {
            match (frame["method"].as_str(), frame["error"]["code"].as_i64()) {
                (Some(method), _) => method.trim_start_matches("telnyx_rtc.").to_owned(),
                (None, Some(code)) => format!("error {code}"),
                (None, None) => "result".to_owned(),
            }
        }
        Output::Drop { .. } => "drop".to_owned(),
        Output::Fetch { .. } => "fetch".to_owned(),
        Output::Post(event) => event.kind.to_owned(),
        Output::Media { leg, order } => {
            let whose = if leg == call { "media" } else { "far" };
            format!("{whose}: {}", order_word(order))
        }
    }
}

fn order_word(order: &Order) -> String {
    match order {
        Order::Open { .. } => "open".to_owned(),
        Order::Offer { .. } => "offer".to_owned(),
        Order::Accept { .. } => "accept".to_owned(),
        Order::Candidate { .. } => "candidate".to_owned(),
        Order::Restart { .. } => "restart".to_owned(),
        Order::Act { .. } => "act".to_owned(),
        Order::Hear { source: Source::Silence } => "hear silence".to_owned(),
        Order::Hear { source: Source::Ringback } => "hear ringback".to_owned(),
        Order::Hear { source: Source::Leg(_) } => "hear".to_owned(),
        Order::Hold { held } => format!("held {held}"),
        Order::Play { .. } => "play".to_owned(),
        Order::StopPlaying => "stop playing".to_owned(),
        Order::Record { .. } => "record".to_owned(),
        Order::PauseRecording { .. } => "pause recording".to_owned(),
        Order::ResumeRecording { .. } => "resume recording".to_owned(),
        Order::StopRecording { .. } => "stop recording".to_owned(),
        Order::Faults(_) => "faults".to_owned(),
        Order::End => "end".to_owned(),
    }
}
