//! The gateway's JSON-RPC messages, as the SDK 2.27.10 reads them.

use serde_json::{Value, json};

use super::call::Call;
use super::ending::Ending;

/// A successful reply to the SDK's request `id`.
pub(crate) fn result(id: &Value, result: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "result": result })
}

/// What can be wrong with a request. The SDK signs in anew when it sees -32000, so that code is never used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("Authentication Required")]
    NotSignedIn,
    #[error("CALL DOES NOT EXIST")]
    NoSuchCall,
    #[error("CALL ALREADY EXISTS")]
    CallExists,
    #[error("Invalid params")]
    Malformed,
    #[error("Method not found")]
    UnknownMethod,
}

impl Fault {
    fn code(self) -> i32 {
        match self {
            Self::NotSignedIn => -32001,
            Self::NoSuchCall => -32002,
            Self::CallExists => -32003,
            Self::Malformed => -32602,
            Self::UnknownMethod => -32601,
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
pub(crate) fn registered(id: &Value) -> Value {
    result(id, &json!({ "params": { "state": "REGED", "dc": "lab", "region": "lab" } }))
}

/// `telnyx_rtc.ping`: the SDK answers with its own ping.
pub(crate) fn ping() -> Value {
    json!({ "method": "telnyx_rtc.ping", "params": {} })
}

/// `telnyx_rtc.ringing`.
pub(crate) fn ringing(call: &Call) -> Value {
    json!({ "method": "telnyx_rtc.ringing", "params": with_ids(call, json!({})) })
}

/// `telnyx_rtc.answer` with the far end's SDP.
pub(crate) fn answer(call: &Call, sdp: &str) -> Value {
    json!({ "method": "telnyx_rtc.answer", "params": with_ids(call, json!({ "sdp": sdp })) })
}

/// `telnyx_rtc.invite`: someone calls, with this offer.
pub(crate) fn invite(call: &Call, sdp: &str) -> Value {
    json!({ "method": "telnyx_rtc.invite", "params": offered(call, sdp) })
}

/// `telnyx_rtc.attach`: the call goes on, with this fresh offer.
pub(crate) fn attach(call: &Call, sdp: &str) -> Value {
    json!({ "method": "telnyx_rtc.attach", "params": offered(call, sdp) })
}

fn offered(call: &Call, sdp: &str) -> Value {
    let params = json!({
        "sdp": sdp,
        "caller_id_name": call.caller_name,
        "caller_id_number": call.from,
        "callee_id_name": "",
        "callee_id_number": call.to,
        "client_state": call.client_state,
    });
    with_ids(call, params)
}

/// `telnyx_rtc.bye`.
pub(crate) fn bye(call: &Call, ending: Ending) -> Value {
    let (cause, code) = ending.cause.q850();
    let (sip_code, sip_reason) = ending.cause.sip();
    json!({
        "method": "telnyx_rtc.bye",
        "params": {
            "callID": call.id,
            "cause": cause,
            "causeCode": code,
            "sipCode": sip_code,
            "sipReason": sip_reason,
            "client_state": call.client_state,
        },
    })
}

fn with_ids(call: &Call, mut params: Value) -> Value {
    params["callID"] = json!(call.id);
    params["telnyx_call_control_id"] = json!(call.ids.control);
    params["telnyx_session_id"] = json!(call.ids.session);
    params["telnyx_leg_id"] = json!(call.ids.leg);
    params
}
