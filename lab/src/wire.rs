//! The log of what went over the gateway's sockets, fit to be shown.

use serde::Serialize;
use serde_json::Value;

use crate::clock::Moment;
use crate::exchange::Socket;
use crate::masking::masked;
use crate::recent::{Numbered, Recent};

/// The latest messages, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Wire(Recent<Line>);

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
    /// Only what came after the line with this number.
    pub(crate) after: u64,
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
        let Socket(socket) = socket;
        self.0.add(Line { at: now.iso(), socket, direction, message: masked(message) });
    }

    /// The lines kept that are asked for, oldest first.
    pub(crate) fn lines(&self, which: Which<'_>) -> Vec<Numbered<Line>> {
        self.0.after(which.after, |line| {
            which.socket.is_none_or(|socket| line.socket == socket)
                && which.call.is_none_or(|call| mentions(&line.message, call))
        })
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
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

#[cfg(test)]
mod tests {
    use serde_json::json;

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
        let count = |call, socket, after| wire.lines(Which { call, socket, after }).len();
        assert_eq!((count(None, None, 0), count(Some("a"), None, 0)), (3, 2));
        assert_eq!((count(Some("a"), Some(2), 0), count(Some("c"), None, 0)), (1, 0));
        assert_eq!((count(Some("a"), None, 1), count(None, None, 3)), (1, 0));
    }
}
