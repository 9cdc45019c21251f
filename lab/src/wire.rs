//! The log of what went over the gateway's sockets, fit to be shown: SDP shortened, secrets masked.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::{Value, json};

use crate::clock::Moment;
use crate::exchange::Socket;

/// Messages kept; older ones are dropped.
const KEPT: usize = 2000;

/// Fields whose text is nobody's business.
const SECRET: [&str; 5] = ["login_token", "passwd", "password", "credential", "sip_password"];

/// The latest messages, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Wire(VecDeque<Line>);

/// One message.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Line {
    at: String,
    socket: u64,
    direction: Direction,
    message: Value,
}

/// Which lines are asked for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Which<'a> {
    /// The SDK's id of a call that the message names.
    pub(crate) call: Option<&'a str>,
    pub(crate) socket: Option<u64>,
}

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Direction {
    FromBrowser,
    ToBrowser,
}

impl Wire {
    /// Adds a message.
    pub(crate) fn note(
        &mut self,
        socket: Socket,
        direction: Direction,
        message: &Value,
        now: Moment,
    ) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        let Socket(socket) = socket;
        self.0.push_back(Line { at: now.iso(), socket, direction, message: shown(message) });
    }

    /// The lines kept that are asked for, oldest first.
    pub(crate) fn lines(&self, which: Which<'_>) -> Vec<Line> {
        let wanted = |line: &&Line| {
            which.socket.is_none_or(|socket| line.socket == socket)
                && which.call.is_none_or(|call| mentions(&line.message, call))
        };
        self.0.iter().filter(wanted).cloned().collect()
    }
}

/// Whether a message has this text somewhere, as a whole value.
fn mentions(value: &Value, text: &str) -> bool {
    match value {
        Value::Object(fields) => fields.values().any(|value| mentions(value, text)),
        Value::Array(items) => items.iter().any(|value| mentions(value, text)),
        Value::String(found) => found == text,
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn shown(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), field(name, value))).collect()
        }
        Value::Array(items) => items.iter().map(shown).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn field(name: &str, value: &Value) -> Value {
    match value {
        Value::String(_) if SECRET.contains(&name) => json!("(masked)"),
        Value::String(sdp) if name == "sdp" => {
            let candidates = sdp.lines().filter(|line| line.starts_with("a=candidate")).count();
            let media: Vec<_> = sdp.lines().filter(|line| line.starts_with("m=")).collect();
            json!(format!("({} bytes, {candidates} candidates) {}", sdp.len(), media.join(" ")))
        }
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => shown(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_s_messages_are_found_by_its_id() {
        let mut wire = Wire::default();
        let now = Moment::from_micros(0);
        for (socket, message) in [
            (1, json!({ "params": { "dialogParams": { "callID": "a" } } })),
            (1, json!({ "result": { "callID": "b" } })),
            (2, json!({ "params": { "callID": "a" } })),
        ] {
            wire.note(Socket(socket), Direction::FromBrowser, &message, now);
        }
        let count = |call, socket| wire.lines(Which { call, socket }).len();
        assert_eq!((count(None, None), count(Some("a"), None)), (3, 2));
        assert_eq!((count(Some("a"), Some(2)), count(Some("c"), None)), (1, 0));
    }

    #[test]
    fn secrets_are_masked_and_sdp_is_short() {
        let message = json!({ "params": {
            "login_token": "secret",
            "iceServers": [{ "credential": "secret" }],
            "sdp": "v=0\r\nm=audio 9 RTP 0\r\na=candidate:1\r\n",
        }});
        assert_eq!(
            shown(&message),
            json!({ "params": {
                "login_token": "(masked)",
                "iceServers": [{ "credential": "(masked)" }],
                "sdp": "(37 bytes, 1 candidates) m=audio 9 RTP 0",
            }}),
        );
    }
}
