//! Calls to the agent.

use std::time::Duration;

use serde_json::{Value, json};

use super::call::{Call, Direction, Ids, Invitation, Stage};
use super::requests::call_id;
use super::session::Session;
use super::signalling::Fault;
use super::{CallId, Exchange, Order, Output, media, send, signalling};
use crate::clock::Moment;
use crate::numbers::{self, Plan, Program};

/// How long a caller waits for the agent.
const PATIENCE: Duration = Duration::from_secs(30);

impl Exchange {
    /// Whether a call to the agent would ring anywhere.
    pub(crate) fn agent_is_signed_in(&self) -> bool {
        self.latest_session().is_some()
    }

    fn latest_session(&self) -> Option<(super::Socket, &str)> {
        // A call rings where its user registered last.
        self.sessions.iter().rev().find_map(|(socket, session)| match session {
            Session::Anonymous => None,
            Session::SignedIn { user, .. } => Some((*socket, user.as_str())),
        })
    }

    /// Someone calls the agent; without an agent nothing happens. What the caller is like is in its number.
    pub(super) fn call_agent(
        &mut self,
        id: CallId,
        from: String,
        to: String,
        now: Moment,
        out: &mut Vec<Output>,
    ) {
        let Some((socket, user)) = self.latest_session() else { return };
        let invitation = Invitation {
            user: user.to_owned(),
            socket,
            direction: Direction::Incoming,
            to,
            caller_name: String::new(),
            client_state: None,
            custom_headers: json!([]),
            id,
            from,
        };
        let ids = Ids::of(&invitation.id, self.seed);
        let behaviour = numbers::behaviour(&invitation.from);
        let call = Call::new(invitation, ids, behaviour, Stage::Preparing, now);
        tracing::info!(call = call.id, "calls the agent");
        media(&call, Order::Offer, out);
        out.push(Output::Post(self.writer.initiated(&call, now)));
        self.calls.push(call);
    }

    /// Media has an offer: for a new call the agent's phone rings, for one that lost its browser it is attached.
    pub(super) fn media_offered(
        &mut self,
        id: &str,
        sdp: &str,
        now: Moment,
        out: &mut Vec<Output>,
    ) {
        let Some(call) = self.calls.iter_mut().find(|call| call.id == id) else { return };
        match call.stage() {
            Stage::Preparing => {
                let gives_up_at = now.plus(PATIENCE);
                call.enter(Stage::AgentRings { gives_up_at }, "media has an offer");
                send(call, signalling::invite(call, sdp), out);
            }
            Stage::Answered { .. } => send(call, signalling::attach(call, sdp), out),
            // Over before media had its offer.
            Stage::Refusing { .. }
            | Stage::Ringing { .. }
            | Stage::AgentRings { .. }
            | Stage::Ended { .. } => {}
        }
    }

    /// The agent takes the call.
    pub(super) fn agent_answers(
        &mut self,
        params: &Value,
        now: Moment,
        out: &mut Vec<Output>,
    ) -> Result<Value, Fault> {
        let id = call_id(params);
        let call = self.calls.iter_mut().find(|call| call.id == id).ok_or(Fault::NoSuchCall)?;
        if !matches!(call.stage(), Stage::AgentRings { .. }) {
            return Err(Fault::NoSuchCall);
        }
        let answer = params["sdp"].as_str().ok_or(Fault::Malformed)?.to_owned();
        let (program, leaves_after) = match call.behaviour.plan {
            Plan::RingThenAnswer { program, leaves_after, .. } => (program, leaves_after),
            Plan::RingUntilTold { program } => (program, None),
            Plan::Refuse { .. } | Plan::RingThenRefuse { .. } => (Program::Prompt, None),
        };
        let leaves_at = leaves_after.map(|after| now.plus(after));
        call.enter(Stage::Answered { at: now, held: false, leaves_at }, "the agent answers");
        media(call, Order::Accept { answer }, out);
        media(call, Order::Play { program }, out);
        out.push(Output::Post(self.writer.answered(call, now)));
        out.push(Output::Post(self.writer.bridged(call, now)));
        Ok(json!({ "callID": id, "message": "CALL ANSWERED" }))
    }
}
