//! Who is signed in on which socket.

use std::time::Duration;

use serde_json::{Value, json};

use super::call::{Agent, Stage};
use super::requests::reply;
use super::{CallId, Exchange, Order, Output, Socket, find, media, signalling};
use crate::clock::Moment;

/// How often the gateway pings a signed-in browser.
pub(super) const PING_EVERY: Duration = Duration::from_secs(30);

/// How far a socket is.
#[derive(Debug)]
pub(super) enum Session {
    Anonymous,
    SignedIn {
        user: String,
        sessid: String,
        ping_at: Moment,
        /// Calls to hand back once the browser has asked for the gateway's state.
        reattach: Vec<CallId>,
    },
}

impl Exchange {
    /// Signs a socket in, and says which of its user's calls are still there.
    pub(super) fn login(
        &mut self,
        socket: Socket,
        id: &Value,
        params: &Value,
        now: Moment,
        out: &mut Vec<Output>,
    ) {
        let text = |name: &str| params[name].as_str().unwrap_or_default();
        let known = match params["login_token"].as_str() {
            Some(token) => self.credentials.by_token(token, now),
            None => self.credentials.by_password(text("login"), text("passwd")),
        };
        let user = match known {
            Ok(user) => user,
            Err(refused) => {
                tracing::info!(%refused, "sign-in refused");
                reply(socket, signalling::login_refused(id, &refused.to_string()), out);
                return;
            }
        };
        let number = socket.0.to_string();
        let sessid = params["sessid"]
            .as_str()
            .map_or_else(|| self.seed.uuid(&["session", &number, &now.iso()]), str::to_owned);
        let again = params["reconnection"] == json!(true);
        let lost: Vec<CallId> = self
            .calls
            .iter()
            .filter(|call| again && call.user == user && matches!(call.agent, Agent::LostSince(_)))
            .map(|call| call.id.clone())
            .collect();
        let (reattach, gone): (Vec<_>, Vec<_>) = lost.into_iter().partition(|id| {
            self.call(id).is_some_and(|call| matches!(call.stage(), Stage::Answered { .. }))
        });
        let mut logged_in =
            signalling::result(id, &json!({ "message": "logged in", "sessid": sessid }));
        logged_in["voice_sdk_id"] = json!(self.seed.uuid(&["voice sdk", &user]));
        reply(socket, logged_in, out);
        reply(socket, signalling::client_ready(&reattach), out);
        let ping_at = now.plus(PING_EVERY);
        for id in gone {
            // The SDK drops by itself what is not on the list.
            self.agent_hangs_up(&id, now, out);
        }
        self.sessions.insert(socket, Session::SignedIn { user, sessid, ping_at, reattach });
    }

    /// Registered; calls that lost their browser are offered to it anew.
    pub(super) fn gateway_state(&mut self, socket: Socket, id: &Value, out: &mut Vec<Output>) {
        reply(socket, signalling::registered(id), out);
        let Some(Session::SignedIn { reattach, .. }) = self.sessions.get_mut(&socket) else {
            return;
        };
        for id in std::mem::take(reattach) {
            if let Some(call) = find(&mut self.calls, &id) {
                call.agent = Agent::On(socket);
                media(call, Order::Offer, out);
            }
        }
    }

    /// A socket is gone. Its calls wait for their browser to come back.
    pub(super) fn closed(&mut self, socket: Socket, now: Moment) {
        self.sessions.remove(&socket);
        for call in &mut self.calls {
            if call.agent == Agent::On(socket) {
                call.agent = Agent::LostSince(now);
            }
        }
    }
}
