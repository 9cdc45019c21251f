//! Who is signed in on which socket.

mod script;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

pub(crate) use script::{GatewayState, LoginAnswer, Script};

use super::agenda::Due;
use super::io::{LegKey, Order, Output, Socket};
use super::leg::{Agent, LOST_AGENT_RETURNS_WITHIN};
use super::turn::Turn;
use super::{Exchange, signalling};
use crate::clock::Moment;
use crate::switches::{
    CallReportId, DeletedCredential, ExpiredToken, ReattachedCalls, RingingCalls,
};

/// How often the gateway pings a signed-in browser.
pub(super) const PING_EVERY: Duration = Duration::from_secs(30);

/// How far a socket is.
#[derive(Debug)]
pub(crate) enum Session {
    Anonymous {
        /// The `voice_sdk_id` in the socket's address.
        resumes: Option<String>,
    },
    SignedIn {
        user: String,
        /// What the browser says when it comes back after a drop or a reload.
        sessid: String,
        registered: Registered,
        /// When the token it signed in with expires.
        until: Option<Moment>,
        /// Calls to hand back, or to ring once more, once the browser has asked for the gateway's state.
        reattach: Vec<LegKey>,
    },
}

/// What a browser that signs in says of the session it had.
struct Claim {
    /// Whether it says that it had one (`reconnection`).
    again: bool,
    sessid: Option<String>,
    /// The `voice_sdk_id` in its socket's address.
    resumes: Option<String>,
}

/// Whether calls to the user reach this browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Registered {
    No,
    /// So many registrations had been before it, of whomever.
    Yes {
        order: u64,
    },
}

impl Exchange {
    /// `login`: by token, or by SIP user name and password.
    pub(super) fn login(&mut self, socket: Socket, id: &Value, params: &Value, turn: &mut Turn) {
        match self.script.logins.pop_front().unwrap_or(LoginAnswer::Checked) {
            LoginAnswer::Checked => {}
            LoginAnswer::Incorrect => {
                turn.reply(socket, signalling::login_refused(id, "Login Incorrect"));
                return;
            }
            LoginAnswer::Silence => return,
        }
        let text = |name: &str| params[name].as_str().unwrap_or_default();
        let token = params["login_token"].as_str();
        let known = match token {
            Some(token) => self.account.by_token(token, turn.clock),
            None => self.account.by_password(text("login"), text("passwd"), turn.clock),
        };
        match known {
            Ok(user) => {
                let until = token.and_then(expiry);
                self.sign_in(socket, id, user, until, params, turn);
                if let Some(at) = until {
                    self.agenda.at(at, Due::TokenExpires(socket));
                }
            }
            Err(refused) => {
                tracing::info!(%refused, "sign-in refused");
                turn.reply(socket, signalling::login_refused(id, &refused.to_string()));
            }
        }
    }

    /// `anonymous_login`: nobody in particular, who wants to talk to one target, such as an AI assistant.
    pub(super) fn anonymous_login(
        &mut self,
        socket: Socket,
        id: &Value,
        params: &Value,
        turn: &mut Turn,
    ) {
        let (Some(_), Some(target)) =
            (params["target_type"].as_str(), params["target_id"].as_str())
        else {
            turn.reply(socket, signalling::login_refused(id, "Login Incorrect"));
            return;
        };
        self.sign_in(socket, id, format!("anonymous-{target}"), None, params, turn);
    }

    /// Lets a browser in, and says which of its user's calls are still there.
    fn sign_in(
        &mut self,
        socket: Socket,
        id: &Value,
        user: String,
        until: Option<Moment>,
        params: &Value,
        turn: &mut Turn,
    ) {
        let claim = self.claim(socket, params);
        let lost: Vec<LegKey> = self
            .legs
            .iter()
            .filter(|leg| {
                leg.is_alive()
                    && leg.browser().is_some_and(|browser| match &browser.agent {
                        Agent::Lost { session, .. } => {
                            browser.user == user && self.takes_up(&claim, session)
                        }
                        Agent::On(_) | Agent::Absent => false,
                    })
            })
            .map(|leg| leg.key.clone())
            .collect();
        let number = socket.0.to_string();
        let sessid =
            claim.sessid.unwrap_or_else(|| self.seed.uuid(&["session", &number, &turn.now.iso()]));
        let rings_again = match self.switches.ringing_calls {
            RingingCalls::LetGo => false,
            RingingCalls::RingAgain => true,
        };
        let (reattach, gone): (Vec<_>, Vec<_>) = lost.into_iter().partition(|key| {
            self.leg(key).is_some_and(|leg| leg.is_up() || (rings_again && leg.rings_a_browser()))
        });
        let mut logged_in =
            signalling::result(id, &json!({ "message": "logged in", "sessid": sessid }));
        logged_in["voice_sdk_id"] = json!(self.voice_sdk_id(&sessid));
        turn.reply(socket, logged_in);
        turn.reply(socket, signalling::client_ready(&reattach));
        for key in gone {
            // The SDK drops by itself what is not on the list.
            self.agent_hangs_up(&key, &Value::Null, turn);
        }
        let ping = Due::Ping(socket);
        if !self.agenda.holds(&ping) {
            self.agenda.at(turn.clock.plus(PING_EVERY), ping);
        }
        let session =
            Session::SignedIn { user, sessid, registered: Registered::No, until, reattach };
        self.sessions.insert(socket, session);
    }

    /// What a browser that signs in says of the session it had.
    fn claim(&self, socket: Socket, params: &Value) -> Claim {
        let said = params["sessid"].as_str().map(str::to_owned);
        let (sessid, resumes) = match self.sessions.get(&socket) {
            // A new token for the session that is there.
            Some(Session::SignedIn { sessid, .. }) => (said.or_else(|| Some(sessid.clone())), None),
            Some(Session::Anonymous { resumes }) => (said, resumes.clone()),
            None => (said, None),
        };
        Claim { again: params["reconnection"] == json!(true), sessid, resumes }
    }

    /// Whether the calls that this session lost are handed to who makes that claim. The SDK leaves out the `sessid` when
    /// it is more than 90 s old, but never the `voice_sdk_id`.
    fn takes_up(&self, claim: &Claim, session: &str) -> bool {
        claim.again
            && match self.switches.reattached_calls {
                ReattachedCalls::OfUser => true,
                ReattachedCalls::OfSession => {
                    claim.sessid.as_deref() == Some(session)
                        || claim.resumes.as_deref() == Some(&*self.voice_sdk_id(session))
                }
            }
    }

    /// The `voice_sdk_id` that a browser of this session is told.
    fn voice_sdk_id(&self, sessid: &str) -> String {
        self.seed.uuid(&["voice sdk", sessid])
    }

    /// `telnyx_rtc.gatewayState`: registered, unless the script says otherwise. Calls that lost their browser are
    /// offered to it anew.
    pub(super) fn gateway_state(&mut self, socket: Socket, id: &Value, turn: &mut Turn) {
        let state = self.script.states.pop_front().unwrap_or(GatewayState::Reged);
        let report = match self.switches.call_report_id {
            CallReportId::Absent => None,
            CallReportId::Sent => Some(self.seed.uuid(&["call report", &socket.0.to_string()])),
        };
        turn.reply(socket, signalling::gateway_state(id, state, report.as_deref()));
        self.registrations += 1;
        let order = self.registrations;
        let Some(Session::SignedIn { reattach, registered, .. }) = self.sessions.get_mut(&socket)
        else {
            return;
        };
        if !state.is_registered() {
            *registered = Registered::No;
            return;
        }
        *registered = Registered::Yes { order };
        for key in std::mem::take(reattach) {
            if let Some(browser) = self.leg_mut(&key).and_then(|leg| leg.browser_mut()) {
                browser.agent = Agent::On(socket);
                let codec = browser.codec;
                turn.media(&key, Order::Offer { codec });
            }
        }
    }

    /// Tells every browser that the gateway's state has changed, unasked.
    pub(crate) fn push_state(&mut self, state: GatewayState, now: Moment) -> Vec<Output> {
        let ((), out) = self.turn(now, |exchange, turn| {
            for (socket, session) in &mut exchange.sessions {
                if let Session::SignedIn { registered, .. } = session {
                    if !state.is_registered() {
                        *registered = Registered::No;
                    }
                    turn.reply(*socket, signalling::gateway_state_push(state));
                }
            }
        });
        out
    }

    /// The socket that rings for this user: the one that registered last. With no user, whoever registered last.
    pub(crate) fn registered(&self, user: Option<&str>) -> Option<(Socket, &str)> {
        self.all_registered().into_iter().find(|(_, who)| user.is_none_or(|user| user == *who))
    }

    /// Every browser that calls may reach, and its user; the one that registered last first.
    pub(crate) fn all_registered(&self) -> Vec<(Socket, &str)> {
        let mut found: Vec<_> = self
            .sessions
            .iter()
            .filter_map(|(socket, session)| match session {
                Session::Anonymous { .. }
                | Session::SignedIn { registered: Registered::No, .. } => None,
                Session::SignedIn { user, registered: Registered::Yes { order }, .. } => {
                    Some((*order, *socket, user.as_str()))
                }
            })
            .collect();
        found.sort_unstable_by(|one, other| other.cmp(one));
        found.into_iter().map(|(_, socket, user)| (socket, user)).collect()
    }

    pub(super) fn ping(&mut self, socket: Socket, turn: &mut Turn) {
        match self.sessions.get(&socket) {
            Some(Session::SignedIn { .. }) => {
                turn.reply(socket, signalling::ping());
                // After a jump of the clock one ping is enough.
                self.agenda.at(turn.clock.plus(PING_EVERY), Due::Ping(socket));
            }
            Some(Session::Anonymous { .. }) | None => {}
        }
    }

    pub(super) fn token_expires(&mut self, socket: Socket, turn: &mut Turn) {
        // A newer token may have taken its place.
        let expired = match self.sessions.get(&socket) {
            Some(Session::SignedIn { until: Some(until), .. }) => *until <= turn.now,
            Some(Session::SignedIn { until: None, .. } | Session::Anonymous { .. }) | None => false,
        };
        let ends_calls = match self.switches.expired_token {
            ExpiredToken::EndsSession => false,
            ExpiredToken::EndsCalls => true,
            ExpiredToken::KeepsSession => return,
        };
        if !expired {
            return;
        }
        tracing::info!(?socket, "token expired");
        if ends_calls {
            let its_own = self.legs.iter().filter(|leg| leg.socket() == Some(socket));
            let its_own: Vec<LegKey> = its_own.map(|leg| leg.key.clone()).collect();
            for key in its_own {
                let ending = super::Ending {
                    cause: super::Cause::NormalClearing,
                    by: super::ending::By::Unknown,
                };
                self.end(&key, ending, "its token expired", turn);
            }
        }
        turn.out.push(Output::Drop { socket, closed_for: Duration::ZERO });
    }

    /// A credential was deleted: whoever is signed in as its user is thrown out, or is not.
    pub(crate) fn credential_deleted(&mut self, user: &str, now: Moment) -> Vec<Output> {
        let ((), out) = self.turn(now, |exchange, turn| {
            match exchange.switches.deleted_credential {
                DeletedCredential::KeepsSession => return,
                DeletedCredential::EndsSession => {}
            }
            for (socket, session) in &exchange.sessions {
                if matches!(session, Session::SignedIn { user: who, .. } if who == user) {
                    turn.out.push(Output::Drop { socket: *socket, closed_for: Duration::ZERO });
                }
            }
        });
        out
    }

    /// The gateway no longer knows who is on this socket. Calls go on and wait as if it had been cut; who signs in on
    /// it takes up the session there was.
    pub(super) fn forget(&mut self, socket: Socket, turn: &mut Turn) {
        let Some(Session::SignedIn { sessid, .. }) = self.sessions.get(&socket) else { return };
        let resumes = Some(self.voice_sdk_id(sessid));
        self.closed(socket, turn);
        self.sessions.insert(socket, Session::Anonymous { resumes });
    }

    /// A socket is gone. Its calls wait for their browser to come back.
    pub(super) fn closed(&mut self, socket: Socket, turn: &mut Turn) {
        let Some(Session::SignedIn { sessid, .. }) = self.sessions.remove(&socket) else { return };
        for leg in self.legs.iter_mut().filter(|leg| leg.is_alive()) {
            let key = leg.key.clone();
            if let Some(browser) = leg.browser_mut()
                && browser.agent == Agent::On(socket)
            {
                browser.agent = Agent::Lost { since: turn.now, session: sessid.clone() };
                let at = turn.now.plus(LOST_AGENT_RETURNS_WITHIN);
                self.agenda.at(at, Due::Lost { leg: key, since: turn.now });
            }
        }
    }

    pub(super) fn agent_lost(&mut self, key: &str, since: Moment, turn: &mut Turn) {
        let Some(leg) = self.leg(key) else { return };
        let is_lost = leg.browser().is_some_and(|browser| match &browser.agent {
            Agent::Lost { since: lost, .. } => *lost == since,
            Agent::On(_) | Agent::Absent => false,
        });
        if is_lost {
            let ending = super::Ending { cause: super::Cause::NormalClearing, by: leg.side.own() };
            self.end(key, ending, "the browser never came back", turn);
        }
    }
}

/// When a token expires: its claim `exp`. The credentials have checked it already.
fn expiry(token: &str) -> Option<Moment> {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    Some(Moment::from_unix_seconds(claims["exp"].as_u64()?))
}
