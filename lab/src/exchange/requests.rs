//! What the SDK asks for, method by method.

use serde_json::{Value, json};

use super::Exchange;
use super::io::Socket;
use super::session::Session;
use super::signalling::{self, Fault};
use super::turn::Turn;

impl Exchange {
    /// Takes in one JSON-RPC message.
    pub(super) fn frame(&mut self, socket: Socket, frame: &Value, turn: &mut Turn) {
        let id = &frame["id"];
        let Some(method) = frame["method"].as_str() else {
            // Either the SDK's acknowledgement of something sent to it, or one of its debug reports, whose first and
            // last message hold up the call until they are answered.
            if frame["type"].as_str().is_some_and(|kind| kind.starts_with("debug_report")) {
                turn.reply(socket, signalling::result(id, &json!({})));
            }
            return;
        };
        let before = turn.out.len();
        self.request(socket, id, method, &frame["params"], turn);
        if self.script.mute.iter().any(|mute| mute == method) {
            let replies = turn.out.split_off(before);
            turn.out.extend(replies.into_iter().filter(|output| !answers(output, id)));
        }
    }

    fn request(
        &mut self,
        socket: Socket,
        id: &Value,
        method: &str,
        params: &Value,
        turn: &mut Turn,
    ) {
        match method {
            "login" => return self.login(socket, id, params, turn),
            "anonymous_login" => return self.anonymous_login(socket, id, params, turn),
            _ => {}
        }
        if let Some(at) = self.script.forgets.iter().position(|forgets| forgets == method) {
            self.script.forgets.remove(at);
            self.forget(socket, turn);
            turn.reply(socket, Fault::Forgotten.reply(id));
            return;
        }
        let Some(Session::SignedIn { user, sessid, .. }) = self.sessions.get(&socket) else {
            turn.reply(socket, Fault::NotSignedIn.reply(id));
            return;
        };
        let (user, sessid) = (user.clone(), sessid.clone());
        let done = match method {
            "telnyx_rtc.gatewayState" => return self.gateway_state(socket, id, turn),
            "telnyx_rtc.ping" => Ok(json!({ "message": "pong" })),
            "telnyx_rtc.invite" => {
                // It replies by itself: as a rule before anything else the invite causes, because an answer that
                // overtakes the reply leaves the SDK in `trying` for ever.
                match self.invite(socket, id, &user, &sessid, params, turn) {
                    Ok(()) => return,
                    Err(fault) => Err(fault),
                }
            }
            "telnyx_rtc.bye" => {
                // A call nobody knows is over too, so this never fails.
                self.agent_hangs_up(call_id(params), params, turn);
                Ok(json!({ "callID": call_id(params), "message": "CALL ENDED", "sessid": sessid }))
            }
            "telnyx_rtc.modify" => match self.modify(id, params, turn) {
                Ok(Some(result)) => Ok(result),
                // Media replies once it has an answer.
                Ok(None) => return,
                Err(fault) => Err(fault),
            },
            "telnyx_rtc.info" => self.info(params, turn),
            "telnyx_rtc.candidate" => self.candidate(params, turn),
            "telnyx_rtc.answer" => self.agent_answers(params, turn),
            "telnyx_rtc.attach" => self.attach(params, turn),
            "telnyx_rtc.endOfCandidates" => Ok(json!({ "callID": call_id(params) })),
            "ai_conversation" => {
                if id.is_null() {
                    // Its other form is a notification.
                    return;
                }
                Ok(json!({ "message": "ok" }))
            }
            _ => Err(Fault::UnknownMethod),
        };
        match done {
            Ok(result) => turn.reply(socket, signalling::result(id, &result)),
            Err(fault) => turn.reply(socket, fault.reply(id)),
        }
    }
}

/// Whether this is the reply to the request with that id.
fn answers(output: &super::Output, id: &Value) -> bool {
    match output {
        super::Output::Send { frame, .. } => {
            frame.get("method").is_none() && frame.get("id") == Some(id)
        }
        super::Output::Drop { .. }
        | super::Output::Fetch { .. }
        | super::Output::Post(_)
        | super::Output::Media { .. } => false,
    }
}

/// The call a request is about.
pub(super) fn call_id(params: &Value) -> &str {
    params["dialogParams"]["callID"]
        .as_str()
        .or_else(|| params["callID"].as_str())
        .unwrap_or_default()
}
