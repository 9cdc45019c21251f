//! The webhooks of a leg, and the log of them that `GET /call_events` shows. Shapes: `lab/carrier/call.*.json`.

use serde_json::{Map, Value, json};

use super::Exchange;
use super::ending::Ending;
use super::io::{Codec, Destination, Event, Output};
use super::leg::{Announced, Control, Direction, End, Leg, Presence, Stage};
use super::quality;
use super::turn::Turn;
use crate::clock::Moment;
use crate::switches::LegEvents;

/// What a leg has whose connection nobody commands (Telnyx's list for SIP connections).
const BASIC: [&str; 4] = ["call.initiated", "call.answered", "call.bridged", "call.hangup"];

/// One line of `GET /call_events`.
#[derive(Debug, Clone)]
pub(crate) struct LogEntry {
    pub(crate) at: Moment,
    pub(crate) leg: String,
    pub(crate) session: String,
    pub(crate) connection: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) kind: LogKind,
    /// The event's type, or the command.
    pub(crate) name: &'static str,
    pub(crate) metadata: Value,
}

/// Which way it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogKind {
    Command,
    Webhook,
}

impl LogKind {
    /// Telnyx's word.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Webhook => "webhook",
        }
    }
}

impl Exchange {
    /// What was told and asked of all legs, oldest first.
    pub(crate) fn log(&self) -> &[LogEntry] {
        &self.log
    }

    /// Tells the customer of an event, if the leg is one that they see and that has such events.
    pub(super) fn post(&mut self, key: &str, kind: &'static str, fields: Value, turn: &mut Turn) {
        let seed = self.seed;
        let all = self.switches.sdk_leg_events == LegEvents::All;
        let Some(leg) = self.legs.iter_mut().find(|leg| leg.key == key) else { return };
        let Presence::Announced(announced) = &leg.presence else { return };
        let told = match announced.control {
            Control::Rest => true,
            // Whether there is a recording to tell of is a question of its own, and the price was ordered.
            Control::Connection => {
                all || BASIC.contains(&kind)
                    || kind.starts_with("call.recording")
                    || kind == "call.cost"
            }
        };
        if !told {
            return;
        }
        leg.events += 1;
        let payload = with_common(leg, announced, fields);
        let event = Event {
            id: seed.uuid(&["event", key, &leg.events.to_string()]),
            kind,
            occurred_at: turn.now,
            payload,
            leg: key.to_owned(),
            session: leg.ids.session.clone(),
            to: destination(announced, kind),
            treatment: leg.treatment,
        };
        let metadata = json!({ "event": kind, "event_id": event.id, "payload": event.payload });
        let entry = entry(leg, announced, (LogKind::Webhook, kind, metadata), turn.now);
        self.log.push(entry);
        turn.out.push(Output::Post(event));
    }

    /// Writes down a command that was taken.
    pub(super) fn note_command(&mut self, key: &str, name: &'static str, turn: &Turn) {
        let Some(leg) = self.leg(key) else { return };
        let Some(announced) = leg.announced() else { return };
        let metadata = json!({ "command": name, "call_control_id": leg.ids.control });
        let entry = entry(leg, announced, (LogKind::Command, name, metadata), turn.now);
        self.log.push(entry);
    }

    /// `call.initiated`.
    pub(super) fn tell_initiated(&mut self, key: &str, turn: &mut Turn) {
        let Some(leg) = self.leg(key) else { return };
        let mut fields = json!({
            "caller_id_name": leg.caller_name,
            "calling_party_type": party(leg),
            "connection_codecs": "PCMU",
            "custom_headers": leg.headers.custom,
            "direction": leg.direction.name(),
            "from": leg.from,
            "offered_codecs": "OPUS,G722,PCMU,PCMA",
            "sip_headers": leg.headers.sip,
            "start_time": leg.invited_at.iso(),
            "state": if waits_for_a_command(leg) { "parked" } else { "bridging" },
            "tags": [],
            "to": leg.to,
        });
        match leg.direction {
            Direction::Outgoing => {}
            // In live traffic and in no document.
            Direction::Incoming => {
                fields["from_sip_uri"] = json!(sip_uri(&leg.from));
                fields["to_sip_uri"] = json!(sip_uri(&leg.to));
            }
        }
        self.post(key, "call.initiated", without_empty_sip_headers(fields), turn);
    }

    /// `call.answered`.
    pub(super) fn tell_answered(&mut self, key: &str, turn: &mut Turn) {
        let Some(leg) = self.leg(key) else { return };
        let (codec, rate) = match leg.codec() {
            Codec::Opus => ("OPUS", 48_000),
            Codec::Pcmu => ("PCMU", 8000),
        };
        let fields = json!({
            "calling_party_type": party(leg),
            "codec": codec,
            "custom_headers": leg.headers.custom,
            "from": leg.from,
            "sampling_rate": rate,
            "sip_headers": leg.headers.sip,
            "start_time": leg.invited_at.iso(),
            "tags": [],
            "to": leg.to,
        });
        self.post(key, "call.answered", without_empty_sip_headers(fields), turn);
    }

    /// `call.bridged`, which says of one leg only.
    pub(super) fn tell_bridged(&mut self, key: &str, turn: &mut Turn) {
        let Some(leg) = self.leg(key) else { return };
        let fields = json!({ "calling_party_type": party(leg), "from": leg.from, "to": leg.to });
        self.post(key, "call.bridged", fields, turn);
    }

    /// `call.hangup`.
    pub(super) fn tell_hangup(&mut self, key: &str, ending: Ending, turn: &mut Turn) {
        let Some(leg) = self.leg(key) else { return };
        let (sip_code, _) = ending.cause.sip();
        let partner = leg.last_partner.as_deref().and_then(|partner| self.leg(partner));
        let fields = json!({
            "call_quality_stats": quality::stats(leg, partner),
            "calling_party_type": party(leg),
            "custom_headers": leg.headers.custom,
            "end_time": turn.now.iso(),
            "from": leg.from,
            "hangup_cause": ending.cause.webhook(),
            "hangup_source": ending.by.webhook(),
            "sip_hangup_cause": sip_code.to_string(),
            "sip_headers": leg.headers.sip,
            "start_time": leg.invited_at.iso(),
            "tags": [],
            "to": leg.to,
        });
        self.post(key, "call.hangup", without_empty_sip_headers(fields), turn);
    }

    /// Events that say no more than whom they are about: `call.hold`, `call.unhold` and those with a field or two.
    pub(super) fn tell(
        &mut self,
        key: &str,
        kind: &'static str,
        mut fields: Value,
        turn: &mut Turn,
    ) {
        let Some(leg) = self.leg(key) else { return };
        fields["from"] = json!(leg.from);
        fields["to"] = json!(leg.to);
        self.post(key, kind, fields, turn);
    }
}

/// A leg that goes nowhere until REST says so.
fn waits_for_a_command(leg: &Leg) -> bool {
    let called_here = match leg.stage() {
        Stage::Preparing { .. } | Stage::Ready { .. } | Stage::Calling => true,
        Stage::Called
        | Stage::Alerting
        | Stage::EarlyMedia
        | Stage::Answered { .. }
        | Stage::Ended { .. } => false,
    };
    leg.is_controlled() && called_here && leg.side == super::ending::Side::Caller
}

fn party(leg: &Leg) -> &'static str {
    match leg.end {
        End::Browser(_) => "sip",
        End::Person(_) => "pstn",
    }
}

/// The SIP address of a number or a user, without its scheme.
fn sip_uri(name: &str) -> String {
    let bare = name.strip_prefix("sip:").unwrap_or(name);
    if bare.contains('@') { bare.to_owned() } else { format!("{bare}@sip.telnyx.com") }
}

/// A line of the log about a leg.
fn entry(
    leg: &Leg,
    announced: &Announced,
    (kind, name, metadata): (LogKind, &'static str, Value),
    at: Moment,
) -> LogEntry {
    LogEntry {
        at,
        leg: leg.ids.leg.clone(),
        session: leg.ids.session.clone(),
        connection: announced.connection.clone(),
        from: leg.from.clone(),
        to: leg.to.clone(),
        kind,
        name,
        metadata,
    }
}

fn destination(announced: &Announced, kind: &str) -> Destination {
    let mut to = announced.to.clone();
    if let Some(url) = announced.urls.get(kind) {
        to.url = Some(url.clone());
    }
    to.retries = announced.retries.get(kind).cloned();
    to
}

fn with_common(leg: &Leg, announced: &Announced, fields: Value) -> Value {
    let mut payload = Map::new();
    payload.insert("call_control_id".to_owned(), json!(leg.ids.control));
    payload.insert("call_leg_id".to_owned(), json!(leg.ids.leg));
    payload.insert("call_session_id".to_owned(), json!(leg.ids.session));
    payload.insert("client_state".to_owned(), json!(leg.client_state));
    payload.insert("connection_id".to_owned(), json!(announced.connection));
    if let Value::Object(fields) = fields {
        payload.extend(fields);
    }
    Value::Object(payload)
}

/// Live traffic has `sip_headers` only where there are some.
fn without_empty_sip_headers(mut fields: Value) -> Value {
    if let Value::Object(fields) = &mut fields
        && fields.get("sip_headers").and_then(Value::as_array).is_some_and(Vec::is_empty)
    {
        fields.remove("sip_headers");
    }
    fields
}
