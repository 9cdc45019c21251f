//! The gateway's JSON-RPC messages, as the SDK 2.27.10 reads them.

use serde_json::{Value, json};

use super::ending::Ending;
use super::leg::{Headers, Leg};
use super::session::GatewayState;
use crate::numbers::Punt;

/// A successful reply to the SDK's request `id`.
pub(crate) fn result(id: &Value, result: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "result": result })
}

/// What can be wrong with a request. The SDK signs in anew when it sees -32000, so that code is for a session that the
/// gateway has forgotten, and for nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("Authentication Required")]
    NotSignedIn,
    #[error("Authentication Required")]
    Forgotten,
    #[error("CALL DOES NOT EXIST")]
    NoSuchCall,
    #[error("CALL ALREADY EXISTS")]
    CallExists,
    #[error("Invalid params")]
    Malformed,
    #[error("Method not found")]
    UnknownMethod,
    #[error("INCOMPATIBLE DESTINATION")]
    MediaRefused,
}

impl Fault {
    fn code(self) -> i32 {
        match self {
            Self::NotSignedIn => -32001,
            Self::Forgotten => -32000,
            Self::NoSuchCall => -32002,
            Self::CallExists => -32003,
            Self::Malformed => -32602,
            Self::UnknownMethod => -32601,
            Self::MediaRefused => -32004,
        }
    }

    /// The reply to the SDK's request `id`.
    pub(crate) fn reply(self, id: &Value) -> Value {
        error(id, self.code(), &self.to_string())
    }
}

/// The reply to a sign-in that failed; the SDK reports it as its error 46001.
pub(crate) fn login_refused(id: &Value, reason: &str) -> Value {
    error(id, Fault::NotSignedIn.code(), reason)
}

fn error(id: &Value, code: i32, message: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } })
}

/// `telnyx_rtc.clientReady`: signed in; these calls are still there.
pub(crate) fn client_ready(reattached: &[String]) -> Value {
    json!({
        "method": "telnyx_rtc.clientReady",
        "params": { "reattached_sessions": reattached },
    })
}

/// The result of `telnyx_rtc.gatewayState`. Without `call_report_id` the SDK posts no reports.
pub(crate) fn gateway_state(id: &Value, state: GatewayState, report: Option<&str>) -> Value {
    let mut params = json!({ "state": state, "dc": "lab", "region": "lab" });
    if let Some(report) = report {
        params["call_report_id"] = json!(report);
    }
    result(id, &json!({ "params": params }))
}

/// `telnyx_rtc.gatewayState`, unasked.
pub(crate) fn gateway_state_push(state: GatewayState) -> Value {
    json!({ "method": "telnyx_rtc.gatewayState", "params": { "state": state } })
}

/// `telnyx_rtc.ping`: the SDK answers with its own ping.
pub(crate) fn ping() -> Value {
    json!({ "method": "telnyx_rtc.ping", "params": {} })
}

/// `telnyx_rtc.ringing`.
pub(crate) fn ringing(leg: &Leg, control: Shown) -> Value {
    json!({ "method": "telnyx_rtc.ringing", "params": with_ids(leg, control, json!({})) })
}

/// `telnyx_rtc.media`: the SDP of a far end that is heard before it answers.
pub(crate) fn early_media(leg: &Leg, sdp: &str) -> Value {
    json!({ "method": "telnyx_rtc.media", "params": { "callID": leg.key, "sdp": sdp } })
}

/// `telnyx_rtc.answer`, with the far end's SDP unless `telnyx_rtc.media` has carried it.
pub(crate) fn answer(leg: &Leg, control: Shown, sdp: Option<&str>) -> Value {
    let params = sdp.map_or_else(|| json!({}), |sdp| json!({ "sdp": sdp }));
    json!({ "method": "telnyx_rtc.answer", "params": with_ids(leg, control, params) })
}

/// `telnyx_rtc.candidate`: one of the gateway's addresses. The SDK heeds it only where it trickles itself.
pub(crate) fn candidate(leg: &Leg, candidate: &str, mid: &str) -> Value {
    json!({
        "method": "telnyx_rtc.candidate",
        "params": { "callID": leg.key, "candidate": candidate, "sdpMid": mid, "sdpMLineIndex": 0 },
    })
}

/// `telnyx_rtc.invite`: someone calls, with this offer.
pub(crate) fn invite(leg: &Leg, control: Shown, sdp: &str) -> Value {
    json!({ "method": "telnyx_rtc.invite", "params": offered(leg, control, sdp) })
}

/// `telnyx_rtc.attach`: the call goes on, with this fresh offer.
pub(crate) fn attach(leg: &Leg, control: Shown, sdp: &str) -> Value {
    json!({ "method": "telnyx_rtc.attach", "params": offered(leg, control, sdp) })
}

fn offered(leg: &Leg, control: Shown, sdp: &str) -> Value {
    let Headers { given, .. } = &leg.headers;
    let params = json!({
        "sdp": sdp,
        "caller_id_name": leg.caller_name,
        "caller_id_number": leg.from,
        "callee_id_name": "",
        "callee_id_number": leg.to,
        "client_state": leg.client_state,
        "dialogParams": { "custom_headers": given },
    });
    with_ids(leg, control, params)
}

/// `telnyx_rtc.bye`.
pub(crate) fn bye(leg: &Leg, ending: Ending) -> Value {
    let (cause, code) = ending.cause.q850();
    let (sip_code, sip_reason) = ending.cause.sip();
    json!({
        "method": "telnyx_rtc.bye",
        "params": {
            "callID": leg.key,
            "cause": cause,
            "causeCode": code,
            "sipCode": sip_code,
            "sipReason": sip_reason,
            "client_state": leg.client_state,
        },
    })
}

/// `telnyx_rtc.punt`. One that names no call ends every call of the browser.
pub(crate) fn punt(leg: &Leg, which: Punt, other: &str) -> Value {
    let params = match which {
        Punt::Current => json!({ "callID": leg.key }),
        Punt::Every => json!({}),
        Punt::Unknown => json!({ "callID": other }),
    };
    json!({ "method": "telnyx_rtc.punt", "params": params })
}

/// `telnyx_rtc.display`: who is talking.
pub(crate) fn display(leg: &Leg, name: &str, number: &str) -> Value {
    json!({
        "method": "telnyx_rtc.display",
        "params": {
            "callID": leg.key,
            "display_name": name,
            "display_number": number,
            "display_direction": leg.direction.name(),
        },
    })
}

/// `telnyx_rtc.info`: the far end pressed a key. The SDK makes it the notification `event`.
pub(crate) fn info(leg: &Leg, digit: char) -> Value {
    json!({
        "method": "telnyx_rtc.info",
        "params": { "callID": leg.key, "dtmf": digit.to_string() },
    })
}

/// Whether the SDK is told the `call_control_id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    Yes,
    No,
}

fn with_ids(leg: &Leg, control: Shown, mut params: Value) -> Value {
    params["callID"] = json!(leg.key);
    if control == Shown::Yes {
        params["telnyx_call_control_id"] = json!(leg.ids.control);
    }
    params["telnyx_session_id"] = json!(leg.ids.session);
    params["telnyx_leg_id"] = json!(leg.ids.leg);
    params
}
