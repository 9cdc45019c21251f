//! The webhooks of a call. Shapes: `lab/carrier/call.*.json`.

use serde_json::{Value, json};

use super::call::{Call, Direction};
use super::calls_io::Event;
use super::ending::Ending;
use crate::clock::Moment;
use crate::seed::Seed;

/// Writes a call's webhooks.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(crate) seed: Seed,
    pub(crate) connection_id: String,
}

impl Writer {
    /// `call.initiated`.
    pub(crate) fn initiated(&self, call: &Call, now: Moment) -> Event {
        let mut payload = self.common(call);
        payload["caller_id_name"] = json!(call.caller_name);
        payload["calling_party_type"] = json!("sip");
        payload["connection_codecs"] = json!("PCMU");
        payload["custom_headers"] = call.custom_headers.clone();
        payload["direction"] = match call.direction {
            Direction::Outgoing => json!("outgoing"),
            Direction::Incoming => json!("incoming"),
        };
        payload["offered_codecs"] = json!("OPUS,G722,PCMU,PCMA");
        payload["start_time"] = json!(call.invited_at.iso());
        payload["state"] = json!("bridging");
        payload["tags"] = json!([]);
        self.event("call.initiated", call, payload, now)
    }

    /// `call.answered`.
    pub(crate) fn answered(&self, call: &Call, now: Moment) -> Event {
        let mut payload = self.common(call);
        payload["calling_party_type"] = json!("sip");
        payload["codec"] = json!("PCMU");
        payload["custom_headers"] = call.custom_headers.clone();
        payload["sampling_rate"] = json!(8000);
        payload["start_time"] = json!(call.invited_at.iso());
        payload["tags"] = json!([]);
        self.event("call.answered", call, payload, now)
    }

    /// `call.bridged`.
    pub(crate) fn bridged(&self, call: &Call, now: Moment) -> Event {
        let mut payload = self.common(call);
        payload["calling_party_type"] = json!("sip");
        self.event("call.bridged", call, payload, now)
    }

    /// `call.hangup`.
    pub(crate) fn hangup(&self, call: &Call, ending: Ending, now: Moment) -> Event {
        let (sip_code, _) = ending.cause.sip();
        let mut payload = self.common(call);
        payload["call_quality_stats"] = Value::Null;
        payload["calling_party_type"] = json!("sip");
        payload["custom_headers"] = call.custom_headers.clone();
        payload["end_time"] = json!(now.iso());
        payload["hangup_cause"] = json!(ending.cause.webhook());
        payload["hangup_source"] = json!(ending.by.webhook());
        payload["sip_hangup_cause"] = json!(sip_code.to_string());
        payload["start_time"] = json!(call.invited_at.iso());
        payload["tags"] = json!([]);
        self.event("call.hangup", call, payload, now)
    }

    /// `call.recording.saved` for the recording made from `from` to `to`.
    pub(crate) fn recording_saved(
        &self,
        call: &Call,
        recording: &str,
        link: &str,
        (from, to): (Moment, Moment),
        now: Moment,
    ) -> Event {
        let payload = json!({
            "call_control_id": call.ids.control,
            "call_leg_id": call.ids.leg,
            "call_session_id": call.ids.session,
            "channels": "dual",
            "client_state": call.client_state,
            "connection_id": self.connection_id,
            "end_time": to.iso(),
            "format": "wav",
            "public_recording_urls": {},
            "recording_ended_at": to.iso(),
            "recording_id": recording,
            "recording_started_at": from.iso(),
            "recording_urls": { "wav": link },
            "start_time": call.invited_at.iso(),
        });
        self.event("call.recording.saved", call, payload, now)
    }

    fn common(&self, call: &Call) -> Value {
        json!({
            "call_control_id": call.ids.control,
            "call_leg_id": call.ids.leg,
            "call_session_id": call.ids.session,
            "client_state": call.client_state,
            "connection_id": self.connection_id,
            "from": call.from,
            "to": call.to,
        })
    }

    fn event(&self, kind: &'static str, call: &Call, payload: Value, now: Moment) -> Event {
        Event {
            // A leg has each event once, so its type is enough to tell them apart.
            id: self.seed.uuid(&["event", &call.id, kind]),
            kind,
            occurred_at: now,
            payload,
            call: call.id.clone(),
            lost: !call.behaviour.webhooks,
        }
    }
}
