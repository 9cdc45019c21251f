//! What a browser does with a call that is there: hold it, press keys, mend its media.

use serde_json::{Value, json};

use super::Exchange;
use super::io::Order;
use super::leg::Stage;
use super::requests::call_id;
use super::signalling::{self, Fault};
use super::turn::Turn;

impl Exchange {
    /// `telnyx_rtc.modify`. None if media has to be asked first.
    pub(super) fn modify(
        &mut self,
        request: &Value,
        params: &Value,
        turn: &mut Turn,
    ) -> Result<Option<Value>, Fault> {
        let key = call_id(params).to_owned();
        let action = params["action"].as_str().unwrap_or_default();
        let leg = self.leg_mut(&key).ok_or(Fault::NoSuchCall)?;
        let Stage::Answered { at, held } = *leg.stage() else {
            return Err(Fault::NoSuchCall);
        };
        let hold = match action {
            "hold" => true,
            "unhold" => false,
            "toggleHold" => !held,
            "updateMedia" => {
                let offer = params["sdp"].as_str().ok_or(Fault::Malformed)?.to_owned();
                turn.media(&key, Order::Restart { offer, request: request.clone() });
                return Ok(None);
            }
            _ => return Err(Fault::Malformed),
        };
        leg.enter(Stage::Answered { at, held: hold }, action);
        turn.media(&key, Order::Hold { held: hold });
        if hold != held {
            let kind = if hold { "call.hold" } else { "call.unhold" };
            self.tell(&key, kind, json!({}), turn);
        }
        let hold_state = if hold { "held" } else { "active" };
        Ok(Some(json!({ "action": action, "callID": key, "holdState": hold_state })))
    }

    /// The browser's ICE restart has an answer.
    pub(super) fn media_restarted(&self, key: &str, request: &Value, sdp: &str, turn: &mut Turn) {
        if let Some(leg) = self.leg(key) {
            let result = json!({ "action": "updateMedia", "callID": key, "sdp": sdp });
            turn.send(leg, signalling::result(request, &result));
        }
    }

    /// The browser's ICE restart has none; the SDK reports its error 47001.
    pub(super) fn media_restart_refused(&self, key: &str, request: &Value, turn: &mut Turn) {
        if let Some(leg) = self.leg(key) {
            turn.send(leg, Fault::MediaRefused.reply(request));
        }
    }

    /// `telnyx_rtc.info`: a key was pressed, or a message is to be passed on.
    pub(super) fn info(&mut self, params: &Value, turn: &mut Turn) -> Result<Value, Fault> {
        let key = call_id(params).to_owned();
        self.leg(&key).filter(|leg| leg.is_alive()).ok_or(Fault::NoSuchCall)?;
        for digit in params["dtmf"].as_str().unwrap_or_default().chars() {
            self.pressed(&key, digit, turn);
        }
        Ok(json!({ "callID": key, "message": "SENT" }))
    }

    /// A key was pressed at a leg's end: the leg says so, and its partner's end hears the tone.
    pub(super) fn pressed(&mut self, key: &str, digit: char, turn: &mut Turn) {
        let Some(leg) = self.leg_mut(key) else { return };
        leg.dtmf.push(digit);
        let by_person = leg.person().is_some();
        let partner = leg.partner().cloned();
        self.tell(key, "call.dtmf.received", json!({ "digit": digit.to_string() }), turn);
        self.gathers(key, digit, turn);
        let Some(partner) = partner.and_then(|partner| self.leg_mut(&partner)) else { return };
        partner.dtmf_played.push(digit);
        if by_person {
            turn.send(partner, signalling::info(partner, digit));
        }
    }

    /// `telnyx_rtc.candidate`: trickle ICE.
    pub(super) fn candidate(&self, params: &Value, turn: &mut Turn) -> Result<Value, Fault> {
        let key = call_id(params);
        self.leg(key).filter(|leg| leg.is_alive()).ok_or(Fault::NoSuchCall)?;
        // An empty candidate ends the list (RFC 8838, section 8.2).
        if let Some(candidate) = params["candidate"].as_str().filter(|text| !text.is_empty()) {
            turn.media(key, Order::Candidate { candidate: candidate.to_owned() });
        }
        Ok(json!({ "callID": key }))
    }

    /// `telnyx_rtc.attach`: the browser's answer to the offer of a call it had lost.
    pub(super) fn attach(&self, params: &Value, turn: &mut Turn) -> Result<Value, Fault> {
        let key = call_id(params);
        self.leg(key).filter(|leg| leg.is_alive()).ok_or(Fault::NoSuchCall)?;
        let answer = params["sdp"].as_str().ok_or(Fault::Malformed)?.to_owned();
        turn.media(key, Order::Accept { answer });
        Ok(json!({ "callID": key, "message": "CALL ATTACHED" }))
    }
}
