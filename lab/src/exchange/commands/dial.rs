//! Legs that REST calls: `POST /calls` and `transfer`.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::Exchange;
use super::super::agenda::Due;
use super::super::ending::Side;
use super::super::io::{Destination, LegKey, Output, Socket};
use super::super::leg::{
    Agent, Announced, Control, Direction, End, Headers, Ids, Leg, Person, Presence, Purpose, Stage,
    Start, Stays, Tie, Wishes,
};
use super::super::placing::{Route, refusing};
use super::super::turn::Turn;
use super::{Webhooks, done};
use crate::account::Application;
use crate::clock::Moment;
use crate::numbers::{Anchor, Behaviour};
use crate::rest::error::ApiError;
use crate::switches::DuplicateDial;

/// `POST /calls`, as far as it decides anything here.
#[derive(Debug, Clone)]
pub(crate) struct Dial {
    /// A Call Control application.
    pub(crate) connection: String,
    pub(crate) command_id: Option<String>,
    /// The `call_control_id` of the leg whose session this one joins.
    pub(crate) link_to: Option<String>,
    /// `bridge_intent`: the linked leg's `from` is used.
    pub(crate) intends_bridge: bool,
    /// `bridge_on_answer`.
    pub(crate) joins: bool,
    /// What the linked leg does when this one ends.
    pub(crate) stays: Stays,
    pub(crate) callee: Callee,
}

/// `transfer`.
#[derive(Debug, Clone)]
pub(crate) struct Transfer {
    /// What the leg that is transferred does when the new one ends.
    pub(crate) stays: Stays,
    /// Whether it hears the new one before that answers.
    pub(crate) early_media: bool,
    /// Without one, the number that was called first.
    pub(crate) from: Option<String>,
    /// Its `from` is filled in.
    pub(crate) callee: Callee,
}

/// Whom to call, and how.
#[derive(Debug, Clone)]
pub(crate) struct Callee {
    pub(crate) to: String,
    pub(crate) from: String,
    pub(crate) caller_name: String,
    pub(crate) client_state: Option<String>,
    pub(crate) headers: Headers,
    pub(crate) webhooks: Webhooks,
    pub(crate) rings_for: Duration,
    pub(crate) wishes: Wishes,
}

impl Exchange {
    /// `POST /calls`. Returns the body of the response.
    pub(crate) fn dial(
        &mut self,
        dial: Dial,
        now: Moment,
    ) -> (Result<Value, ApiError>, Vec<Output>) {
        self.turn(now, |exchange, turn| exchange.dial_now(dial, turn))
    }

    fn dial_now(&mut self, dial: Dial, turn: &mut Turn) -> Result<Value, ApiError> {
        let application =
            self.account.application(&dial.connection).ok_or(ApiError::NotAnApplication)?;
        if application.webhook.url.is_none() || !application.active {
            return Err(ApiError::NotAnApplication);
        }
        let presence = Announced::of_application(application);
        let scope = "dial";
        if let Some(reply) = self.memory.recall(scope, dial.command_id.as_deref(), turn.now) {
            return Ok(match self.switches.duplicate_dial {
                DuplicateDial::SameIds => reply.clone(),
                DuplicateDial::OtherIds => {
                    let key = self.fresh_key("duplicate", turn.now);
                    written(&Ids::of(&key, false, self.seed), None, None)
                }
                DuplicateDial::Ok => done(),
            });
        }
        self.check_limits(application)?;
        let linked = match &dial.link_to {
            Some(control) => {
                let leg = self.leg_by_control(control).ok_or(ApiError::UnknownCall)?;
                if !leg.is_alive() {
                    return Err(ApiError::CallEnded);
                }
                Some((leg.key.clone(), leg.ids.session.clone(), leg.from.clone()))
            }
            None => None,
        };
        let mut callee = dial.callee;
        let (mut session, mut tie) = (None, Tie::Alone);
        if let Some((leg, linked_session, from)) = linked {
            session = Some(linked_session);
            if dial.intends_bridge {
                callee.from = from;
            }
            if dial.joins {
                tie = Tie::CalledFor { leg, stays: dial.stays, purpose: Purpose::Bridge };
            }
        }
        let client_state = callee.client_state.clone();
        let records = callee.wishes.record.is_some();
        let key = self.call_out(callee, presence, session, tie, turn);
        self.note_command(&key, "dial", turn);
        let leg = self.leg(&key).ok_or(ApiError::Internal)?;
        let recording = records.then(|| self.seed.uuid(&["recording", &key, "1"]));
        let reply = written(&leg.ids, client_state.as_deref(), recording.as_deref());
        self.memory.keep(scope, dial.command_id.as_deref(), turn.now, &reply);
        Ok(reply)
    }

    /// Refuses a call that would be one too many for the application or its outbound voice profile.
    fn check_limits(&self, application: &Application) -> Result<(), ApiError> {
        let out = |connection: &str| {
            let of_it = self.legs.iter().filter(|leg| {
                leg.is_alive()
                    && leg.direction == Direction::Outgoing
                    && leg.announced().is_some_and(|announced| announced.connection == connection)
            });
            u64::try_from(of_it.count()).unwrap_or(u64::MAX)
        };
        if application.channel_limit.is_some_and(|limit| out(&application.id) >= limit) {
            return Err(ApiError::ConnectionChannels);
        }
        let profile = application.profile_id.as_deref().and_then(|id| self.account.profile(id));
        match profile.and_then(|profile| profile.concurrent_call_limit) {
            Some(limit) if out(&application.id) >= limit => Err(ApiError::ProfileChannels),
            Some(_) | None => Ok(()),
        }
    }

    /// `transfer`: somebody else is called for a leg, and joins it when they answer.
    pub(super) fn transfer(&mut self, key: &str, transfer: Transfer, turn: &mut Turn) {
        let Some(leg) = self.leg(key) else { return };
        let Some(announced) = leg.announced() else { return };
        let presence = Announced { control: Control::Rest, ..announced.clone() };
        let mut callee = transfer.callee;
        callee.from = transfer.from.unwrap_or_else(|| leg.to.clone());
        let session = leg.ids.session.clone();
        let follows = leg.tie == Tie::Alone && transfer.early_media;
        let tie = Tie::CalledFor {
            leg: key.to_owned(),
            stays: transfer.stays,
            purpose: Purpose::Transfer,
        };
        let new = self.call_out(callee, presence, Some(session), tie, turn);
        if follows && let Some(leg) = self.leg_mut(key) {
            leg.tie = Tie::Awaits(new);
        }
    }

    /// Calls somebody. Returns the new leg's key.
    fn call_out(
        &mut self,
        callee: Callee,
        announced: Announced,
        session: Option<String>,
        tie: Tie,
        turn: &mut Turn,
    ) -> LegKey {
        let key = self.fresh_key("dialled", turn.now);
        let announced = overridden(announced, callee.webhooks.clone());
        let rings_for = callee.rings_for;
        let mut leg = match self.route(&callee.to) {
            Route::User(user) => match self.reachable(&user) {
                Ok(socket) => self.browser_leg(&key, &callee, &user, socket, turn),
                Err(refusal) => {
                    let refused = refusing(refusal);
                    self.person_leg(&key, &callee, callee.to.clone(), refused, turn)
                }
            },
            Route::Person(number) => {
                let behaviour = self.numbers.behaviour(&number);
                self.person_leg(&key, &callee, number, behaviour, turn)
            }
        };
        leg.presence = Presence::Announced(announced);
        leg.direction = Direction::Outgoing;
        leg.client_state = callee.client_state;
        leg.headers = callee.headers;
        leg.wishes = callee.wishes;
        leg.tie = tie;
        if let Some(session) = session {
            leg.ids.session = session;
        }
        if leg.wishes.record.is_none() && leg.person().is_some() {
            leg.wishes.record = self.profile_wants(&leg);
        }
        let is_browser = leg.browser().is_some();
        tracing::info!(leg = key, "dialled");
        self.legs.push(leg);
        if is_browser {
            self.offer_to_browser(&key, turn);
        } else {
            self.tell_initiated(&key, turn);
            self.begin(&key, Anchor::Invite, turn.now);
        }
        self.agenda.at(turn.now.plus(rings_for), Due::RingsOut(key.clone()));
        key
    }

    fn browser_leg(
        &self,
        key: &str,
        callee: &Callee,
        user: &str,
        socket: Socket,
        turn: &Turn,
    ) -> Leg {
        let who = (callee.from.clone(), callee.to.clone(), callee.caller_name.clone());
        self.ringing_browser(key.to_owned(), who, user, Agent::On(socket), turn)
    }

    fn person_leg(
        &self,
        key: &str,
        callee: &Callee,
        to: String,
        behaviour: Behaviour,
        turn: &Turn,
    ) -> Leg {
        let start = Start {
            key: key.to_owned(),
            ids: Ids::of(key, false, self.seed),
            presence: Presence::Trunk,
            end: End::Person(Person::new(behaviour)),
            side: Side::Callee,
            direction: Direction::Outgoing,
            from: callee.from.clone(),
            to,
            caller_name: callee.caller_name.clone(),
        };
        Leg::new(start, Stage::Called, turn.now)
    }
}

/// A connection's address for webhooks, unless the command has another one.
pub(super) fn overridden(mut announced: Announced, webhooks: Webhooks) -> Announced {
    if let Some(url) = webhooks.url {
        announced.to = Destination { url: Some(url), failover: None, ..announced.to };
    }
    announced.urls.extend(webhooks.urls);
    announced.retries.extend(webhooks.retries);
    announced
}

/// The response to a dial. Dialling takes its time, so the call never is alive yet.
fn written(ids: &Ids, client_state: Option<&str>, recording: Option<&str>) -> Value {
    let mut data = json!({
        "record_type": "call",
        "call_control_id": ids.control,
        "call_leg_id": ids.leg,
        "call_session_id": ids.session,
        "is_alive": false,
    });
    if let Some(state) = client_state {
        data["client_state"] = json!(state);
    }
    if let Some(recording) = recording {
        data["recording_id"] = json!(recording);
    }
    json!({ "data": data })
}
