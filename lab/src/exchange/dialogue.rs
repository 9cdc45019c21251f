//! A browser that talks to the exchange: no sockets, no sleeping, no threads.

#![allow(clippy::unwrap_used, reason = "a dialogue that breaks is a failed test")]

use std::time::Duration;

use serde_json::{Value, json};

use super::*;

/// The call the browser makes.
pub(crate) const CALL: &str = "6a3c1f0e-0000-4000-8000-000000000001";

/// The socket it makes it on.
pub(crate) const BROWSER: Socket = Socket(1);

/// One browser and the exchange.
pub(crate) struct Dialogue {
    pub(crate) exchange: Exchange,
    now: Moment,
    token: String,
    out: Vec<Output>,
    pub(crate) requests: u64,
}

impl Dialogue {
    /// A browser with a token, not connected yet.
    pub(crate) fn new() -> Self {
        let links = Links::new("http://127.0.0.1:7801".to_owned(), Seed(1));
        let mut exchange = Exchange::new(Seed(1), "1494404757140276705".to_owned(), links);
        let now = Moment::from_micros(1_795_251_600_100_000);
        let id = exchange.credentials.create(Some("agent".to_owned()), None, None, now).id.clone();
        let token = exchange.credentials.token(&id, now).unwrap();
        Self { exchange, now, token, out: Vec::new(), requests: 0 }
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
        params["dialogParams"]["callID"] = json!(CALL);
        self.says(BROWSER, method, &params);
    }

    pub(crate) fn signs_in(&mut self, socket: Socket, again: bool) {
        let token = self.token.clone();
        self.feed(Input::Opened { socket });
        self.says(socket, "login", &json!({ "login_token": token, "reconnection": again }));
        self.says(socket, "telnyx_rtc.gatewayState", &json!({}));
    }

    /// Dials, and media gets ready.
    pub(crate) fn dials(&mut self, number: &str) {
        self.asks(
            "telnyx_rtc.invite",
            json!({ "sdp": "offer", "dialogParams": {
                "destination_number": number,
                "caller_id_number": "+12025550142",
                "caller_id_name": "Tono",
                "clientState": "dG9ubw==",
                "custom_headers": [{ "name": "X-Tono", "value": "7" }],
            }}),
        );
        if self.out.iter().any(|output| matches!(output, Output::Media { .. })) {
            self.feed(Input::MediaReady { call: CALL.to_owned(), sdp: "answer".to_owned() });
        }
    }

    /// Someone calls, and media makes an offer.
    pub(crate) fn is_called(&mut self) {
        let (from, to) = ("+12025550100".to_owned(), "+12025550142".to_owned());
        self.feed(Input::CallAgent { id: CALL.to_owned(), from, to });
        self.feed(Input::MediaOffered { call: CALL.to_owned(), sdp: "offer".to_owned() });
    }

    /// Time passes.
    pub(crate) fn after(&mut self, millis: u64) {
        self.now = self.now.plus(Duration::from_millis(millis));
        self.feed(Input::Tick);
    }

    /// The browser hangs up, and media hands in the recording.
    pub(crate) fn hangs_up(&mut self) {
        self.asks("telnyx_rtc.bye", json!({}));
        let audio = Audio { wav: vec![0; 44].into(), millis: 12_000 };
        self.feed(Input::Recorded { call: CALL.to_owned(), audio });
    }

    /// What happened since this was last asked, in a word each.
    pub(crate) fn hears(&mut self) -> Vec<String> {
        self.out.drain(..).map(|output| word(&output)).collect()
    }

    /// The webhooks since the last question.
    pub(crate) fn events(&mut self) -> Vec<Event> {
        self.out
            .drain(..)
            .filter_map(|output| match output {
                Output::Post(event) => Some(event),
                Output::Send { .. } | Output::Media { .. } => None,
            })
            .collect()
    }

    pub(crate) fn last_bye(&self) -> Value {
        let bye = self.out.iter().rev().find_map(|output| match output {
            Output::Send { frame, .. } if frame["method"] == "telnyx_rtc.bye" => {
                Some(frame["params"].clone())
            }
            Output::Send { .. } | Output::Post(_) | Output::Media { .. } => None,
        });
        bye.unwrap()
    }

    pub(crate) fn stage(&self) -> &'static str {
        self.exchange.call(CALL).unwrap().stage().name()
    }
}

fn word(output: &Output) -> String {
    match output {
        Output::Send { frame, .. } => {
            match (frame["method"].as_str(), frame["error"]["code"].as_i64()) {
                (Some(method), _) => method.trim_start_matches("telnyx_rtc.").to_owned(),
                (None, Some(code)) => format!("error {code}"),
                (None, None) => "result".to_owned(),
            }
        }
        Output::Post(event) => event.kind.to_owned(),
        Output::Media { order, .. } => match order {
            Order::Open { .. } => "media: open".to_owned(),
            Order::Offer => "media: offer".to_owned(),
            Order::Accept { .. } => "media: accept".to_owned(),
            Order::Candidate { .. } => "media: candidate".to_owned(),
            Order::Restart { .. } => "media: restart".to_owned(),
            Order::Play { .. } => "media: play".to_owned(),
            Order::Hold { held } => format!("media: held {held}"),
            Order::End => "media: end".to_owned(),
        },
    }
}
