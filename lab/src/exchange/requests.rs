//! What the SDK asks for, method by method.

use serde_json::{Value, json};

use super::call::{Call, Direction, Ids, Invitation, Stage};
use super::session::Session;
use super::signalling::{self, Fault};
use super::{Exchange, Order, Output, Socket, find, media};
use crate::clock::Moment;
use crate::numbers::{self, Plan};

impl Exchange {
    /// Takes in one JSON-RPC message.
    pub(super) fn frame(
        &mut self,
        socket: Socket,
        frame: &Value,
        now: Moment,
        out: &mut Vec<Output>,
    ) {
        let id = &frame["id"];
        let Some(method) = frame["method"].as_str() else {
            // Either the SDK's acknowledgement of something sent to it, or one of its debug reports, whose first and
            // last message hold up the call until they are answered.
            if frame["type"].as_str().is_some_and(|kind| kind.starts_with("debug_report")) {
                reply(socket, signalling::result(id, &json!({})), out);
            }
            return;
        };
        let params = &frame["params"];
        if method == "login" {
            self.login(socket, id, params, now, out);
            return;
        }
        let Some(Session::SignedIn { user, sessid, .. }) = self.sessions.get(&socket) else {
            reply(socket, Fault::NotSignedIn.reply(id), out);
            return;
        };
        let (user, sessid) = (user.clone(), sessid.clone());
        let done = match method {
            "telnyx_rtc.gatewayState" => {
                self.gateway_state(socket, id, out);
                return;
            }
            "telnyx_rtc.ping" => Ok(json!({ "message": "pong" })),
            "telnyx_rtc.invite" => {
                // The reply has to leave before anything else the invite causes: an answer that overtakes it leaves
                // the SDK in `trying` for ever.
                match self.invitation(socket, user, params) {
                    Ok(invitation) => {
                        let created = json!({
                            "callID": invitation.id,
                            "message": "CALL CREATED",
                            "sessid": sessid,
                        });
                        reply(socket, signalling::result(id, &created), out);
                        self.invite(invitation, params, now, out);
                    }
                    Err(fault) => reply(socket, fault.reply(id), out),
                }
                return;
            }
            "telnyx_rtc.bye" => {
                // A call nobody knows is over too, so this never fails.
                self.agent_hangs_up(call_id(params), now, out);
                Ok(json!({ "callID": call_id(params), "message": "CALL ENDED", "sessid": sessid }))
            }
            "telnyx_rtc.modify" => match self.modify(id, params, out) {
                Ok(Some(result)) => Ok(result),
                // Media replies once it has an answer.
                Ok(None) => return,
                Err(fault) => Err(fault),
            },
            "telnyx_rtc.info" => self.info(params),
            "telnyx_rtc.candidate" => self.candidate(params, out),
            "telnyx_rtc.answer" => self.agent_answers(params, now, out),
            "telnyx_rtc.attach" => self.attach(params, out),
            "telnyx_rtc.endOfCandidates" => Ok(json!({ "callID": call_id(params) })),
            _ => Err(Fault::UnknownMethod),
        };
        match done {
            Ok(result) => reply(socket, signalling::result(id, &result), out),
            Err(fault) => reply(socket, fault.reply(id), out),
        }
    }

    fn invitation(
        &self,
        socket: Socket,
        user: String,
        params: &Value,
    ) -> Result<Invitation, Fault> {
        let dialog = &params["dialogParams"];
        let text = |name: &str| dialog[name].as_str().filter(|text| !text.is_empty());
        let id = text("callID").ok_or(Fault::Malformed)?;
        let to = text("destination_number").ok_or(Fault::Malformed)?;
        if params["sdp"].as_str().is_none() {
            return Err(Fault::Malformed);
        }
        if self.call(id).is_some() {
            return Err(Fault::CallExists);
        }
        let headers = &dialog["custom_headers"];
        Ok(Invitation {
            id: id.to_owned(),
            from: text("caller_id_number").map_or_else(|| user.clone(), numbers::e164),
            caller_name: text("caller_id_name").unwrap_or_default().to_owned(),
            user,
            socket,
            direction: Direction::Outgoing,
            to: numbers::e164(to),
            client_state: text("clientState").map(str::to_owned),
            custom_headers: if headers.is_array() { headers.clone() } else { json!([]) },
        })
    }

    fn invite(
        &mut self,
        invitation: Invitation,
        params: &Value,
        now: Moment,
        out: &mut Vec<Output>,
    ) {
        let behaviour = numbers::behaviour(&invitation.to);
        let ids = Ids::of(&invitation.id, self.seed);
        let stage = match behaviour.plan {
            Plan::Refuse { after, refusal } => Stage::Refusing { at: now.plus(after), refusal },
            Plan::RingThenRefuse { .. }
            | Plan::RingThenAnswer { .. }
            | Plan::RingUntilTold { .. } => Stage::Preparing,
        };
        let call = Call::new(invitation, ids, behaviour, stage, now);
        tracing::info!(call = call.id, "invited");
        if *call.stage() == Stage::Preparing {
            let offer = params["sdp"].as_str().unwrap_or_default().to_owned();
            media(&call, Order::Open { offer }, out);
        }
        out.push(Output::Post(self.writer.initiated(&call, now)));
        self.calls.push(call);
    }

    fn modify(
        &mut self,
        request: &Value,
        params: &Value,
        out: &mut Vec<Output>,
    ) -> Result<Option<Value>, Fault> {
        let id = call_id(params);
        let action = params["action"].as_str().unwrap_or_default();
        let call = find(&mut self.calls, id).ok_or(Fault::NoSuchCall)?;
        let Stage::Answered { at, held, leaves_at } = *call.stage() else {
            return Err(Fault::NoSuchCall);
        };
        let held = match action {
            "hold" => true,
            "unhold" => false,
            "toggleHold" => !held,
            "updateMedia" => {
                let offer = params["sdp"].as_str().ok_or(Fault::Malformed)?.to_owned();
                media(call, Order::Restart { offer, request: request.clone() }, out);
                return Ok(None);
            }
            _ => return Err(Fault::Malformed),
        };
        call.enter(Stage::Answered { at, held, leaves_at }, action);
        media(call, Order::Hold { held }, out);
        let hold_state = if held { "held" } else { "active" };
        Ok(Some(json!({ "action": action, "callID": id, "holdState": hold_state })))
    }

    fn info(&mut self, params: &Value) -> Result<Value, Fault> {
        let id = call_id(params);
        let call =
            find(&mut self.calls, id).filter(|call| call.is_alive()).ok_or(Fault::NoSuchCall)?;
        call.dtmf.push_str(params["dtmf"].as_str().unwrap_or_default());
        Ok(json!({ "callID": id, "message": "SENT" }))
    }

    fn candidate(&self, params: &Value, out: &mut Vec<Output>) -> Result<Value, Fault> {
        let id = call_id(params);
        let call = self.call(id).filter(|call| call.is_alive()).ok_or(Fault::NoSuchCall)?;
        // An empty candidate ends the list (RFC 8838, section 8.2).
        if let Some(candidate) = params["candidate"].as_str().filter(|text| !text.is_empty()) {
            media(call, Order::Candidate { candidate: candidate.to_owned() }, out);
        }
        Ok(json!({ "callID": id }))
    }

    /// The browser's answer to the offer of a call it had lost.
    fn attach(&self, params: &Value, out: &mut Vec<Output>) -> Result<Value, Fault> {
        let id = call_id(params);
        let call = self.call(id).filter(|call| call.is_alive()).ok_or(Fault::NoSuchCall)?;
        let answer = params["sdp"].as_str().ok_or(Fault::Malformed)?.to_owned();
        media(call, Order::Accept { answer }, out);
        Ok(json!({ "callID": id, "message": "CALL ATTACHED" }))
    }
}

/// The call a request is about.
pub(super) fn call_id(params: &Value) -> &str {
    params["dialogParams"]["callID"]
        .as_str()
        .or_else(|| params["callID"].as_str())
        .unwrap_or_default()
}

/// Answers on the socket the question came from.
pub(super) fn reply(socket: Socket, frame: Value, out: &mut Vec<Output>) {
    out.push(Output::Send { socket, frame });
}
