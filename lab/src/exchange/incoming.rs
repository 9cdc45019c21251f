//! Calls to browsers, and to Call Control applications.

use std::time::Duration;

use serde_json::{Value, json};

use super::Exchange;
use super::agenda::Due;
use super::ending::{Cause, Ending, Side};
use super::io::{Codec, LegKey, Order, Output, Socket};
use super::leg::{
    Agent, Announced, Browser, Control, Direction, End, Ids, Leg, Person, Presence, Stage, Start,
    Tie,
};
use super::requests::call_id;
use super::signalling::{self, Fault};
use super::turn::Turn;
use crate::clock::Moment;
use crate::numbers::{Anchor, Refusal};
use crate::switches::AbsentUser;

/// How long a caller waits for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whom a person outside calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Called {
    /// The browser that registered last, of this user if one is named.
    Browser { user: Option<String> },
    /// A Call Control application, which has to be told what to do.
    Application { id: String },
}

/// A call that cannot be made to anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NobodyThere {
    #[error("nobody is signed in")]
    NobodySignedIn,
    #[error("no such Call Control application")]
    NoApplication,
}

impl Exchange {
    /// Somebody outside calls. What the caller is like is in its number. Returns the leg that the customer sees.
    pub(crate) fn call_in(
        &mut self,
        from: &str,
        to: &str,
        called: &Called,
        now: Moment,
    ) -> (Result<LegKey, NobodyThere>, Vec<Output>) {
        self.turn(now, |exchange, turn| match called {
            Called::Browser { user } => {
                if let Some((socket, user)) = exchange.registered(user.as_deref()) {
                    let user = user.to_owned();
                    return Ok(exchange.call_browser(from, to, &user, socket, turn));
                }
                match (exchange.switches.absent_user, user) {
                    (AbsentUser::Announced, Some(user))
                        if exchange.account.connection_of_user(user).is_some() =>
                    {
                        Ok(exchange.call_nobody(from, to, user, turn))
                    }
                    (AbsentUser::Announced | AbsentUser::Silent, _) => {
                        Err(NobodyThere::NobodySignedIn)
                    }
                }
            }
            Called::Application { id } => exchange.call_application(from, to, id, turn),
        })
    }

    fn call_browser(
        &mut self,
        from: &str,
        to: &str,
        user: &str,
        socket: Socket,
        turn: &mut Turn,
    ) -> LegKey {
        let key = self.fresh_key("incoming", turn.now);
        let caller = self.caller(from, to, Presence::Trunk, turn);
        let who = (from.to_owned(), to.to_owned(), String::new());
        let mut leg = self.ringing_browser(key.clone(), who, user, Agent::On(socket), turn);
        leg.treatment = caller.treatment;
        leg.recording_plan = caller.recording_plan;
        if let (Some(browser), Some(person)) = (leg.browser_mut(), caller.person()) {
            browser.codec = person.behaviour.codec;
        }
        leg.wishes.record = self.profile_wants(&leg);
        tracing::info!(leg = key, "somebody calls a browser");
        let caller_key = caller.key.clone();
        self.legs.extend([caller, leg]);
        self.tie(&caller_key, &key);
        self.offer_to_browser(&key, turn);
        self.begin(&caller_key, Anchor::Invite, turn.now);
        key
    }

    /// A leg to a user no browser is registered as: it is announced, and ends at once.
    fn call_nobody(&mut self, from: &str, to: &str, user: &str, turn: &mut Turn) -> LegKey {
        let key = self.fresh_key("incoming", turn.now);
        let caller = self.caller(from, to, Presence::Trunk, turn);
        let who = (from.to_owned(), to.to_owned(), String::new());
        let leg = self.ringing_browser(key.clone(), who, user, Agent::Absent, turn);
        let caller_key = caller.key.clone();
        self.legs.extend([caller, leg]);
        self.tie(&caller_key, &key);
        self.tell_initiated(&key, turn);
        let cause = Cause::Refused(Refusal::Absent);
        let ending = Ending { cause, by: super::ending::By::Callee };
        self.end(&key, ending, "nobody is registered", turn);
        key
    }

    fn call_application(
        &mut self,
        from: &str,
        to: &str,
        id: &str,
        turn: &mut Turn,
    ) -> Result<LegKey, NobodyThere> {
        let application = self.account.application(id).ok_or(NobodyThere::NoApplication)?;
        let presence = Presence::Announced(Announced::of_application(application));
        let caller = self.caller(from, to, presence, turn);
        let key = caller.key.clone();
        self.legs.push(caller);
        self.tell_initiated(&key, turn);
        self.begin(&key, Anchor::Invite, turn.now);
        self.agenda.at(turn.now.plus(PATIENCE), Due::RingsOut(key.clone()));
        Ok(key)
    }

    /// A key nobody has used.
    pub(super) fn fresh_key(&self, what: &str, now: Moment) -> LegKey {
        self.seed.uuid(&[what, &self.legs.len().to_string(), &now.iso()])
    }

    fn caller(&self, from: &str, to: &str, presence: Presence, turn: &Turn) -> Leg {
        let key = self.fresh_key("caller", turn.now);
        let start = Start {
            ids: Ids::of(&key, false, self.seed),
            key,
            presence,
            end: End::Person(Person::new(self.numbers.behaviour(from))),
            side: Side::Caller,
            direction: Direction::Incoming,
            from: from.to_owned(),
            to: to.to_owned(),
            caller_name: String::new(),
        };
        Leg::new(start, Stage::Calling, turn.now)
    }

    /// A leg to a browser that is called through its own connection.
    pub(super) fn ringing_browser(
        &self,
        key: LegKey,
        (from, to, caller_name): (String, String, String),
        user: &str,
        agent: Agent,
        turn: &Turn,
    ) -> Leg {
        let browser = Browser {
            user: user.to_owned(),
            agent,
            codec: Codec::Pcmu,
            // Nobody knows before it answers.
            trickles: false,
            reply: None,
        };
        let start = Start {
            ids: Ids::of(&key, false, self.seed),
            key,
            presence: self.on_connection_of(user, Control::Connection),
            end: End::Browser(browser),
            side: Side::Callee,
            direction: Direction::Incoming,
            from,
            to,
            caller_name,
        };
        Leg::new(start, Stage::Preparing { answered: false }, turn.now)
    }

    /// Asks media for the offer that a browser is called with.
    pub(super) fn offer_to_browser(&mut self, key: &str, turn: &mut Turn) {
        let codec = self.leg(key).and_then(Leg::browser).map_or(Codec::Pcmu, |found| found.codec);
        turn.media(key, Order::Offer { codec });
        self.tell_initiated(key, turn);
    }

    /// Media has an offer: for a new call the browser rings; one that lost its browser is attached, or rings once more.
    pub(super) fn media_offered(&mut self, key: &str, sdp: &str, turn: &mut Turn) {
        let shown = self.shows_control_id(key);
        let Some(leg) = self.leg_mut(key) else { return };
        match leg.stage() {
            Stage::Preparing { .. } => {
                leg.enter(Stage::Alerting, "media has an offer");
                turn.send(leg, signalling::invite(leg, shown, sdp));
                // A leg that REST dialled brings its own patience.
                if matches!(leg.tie, Tie::Direct(_)) {
                    self.agenda.at(turn.now.plus(PATIENCE), Due::RingsOut(key.to_owned()));
                }
                self.follow_up(key, turn);
            }
            Stage::Answered { .. } => turn.send(leg, signalling::attach(leg, shown, sdp)),
            Stage::Alerting => turn.send(leg, signalling::invite(leg, shown, sdp)),
            // Over before media had its offer.
            Stage::Ready { .. }
            | Stage::Calling
            | Stage::Called
            | Stage::EarlyMedia
            | Stage::Ended { .. } => {}
        }
    }

    /// `telnyx_rtc.answer`: the agent takes the call.
    pub(super) fn agent_answers(
        &mut self,
        params: &Value,
        turn: &mut Turn,
    ) -> Result<Value, Fault> {
        let key = call_id(params).to_owned();
        let leg = self.leg(&key).ok_or(Fault::NoSuchCall)?;
        if *leg.stage() != Stage::Alerting || leg.browser().is_none() {
            return Err(Fault::NoSuchCall);
        }
        let answer = params["sdp"].as_str().ok_or(Fault::Malformed)?.to_owned();
        turn.media(&key, Order::Accept { answer });
        self.picked_up(&key, "the agent answers", turn);
        Ok(json!({ "callID": key, "message": "CALL ANSWERED" }))
    }

    /// Nobody has answered for too long.
    pub(super) fn rings_out(&mut self, key: &str, turn: &mut Turn) {
        let Some(leg) = self.leg(key) else { return };
        let waits = match leg.stage() {
            Stage::Preparing { .. }
            | Stage::Ready { .. }
            | Stage::Calling
            | Stage::Called
            | Stage::Alerting
            | Stage::EarlyMedia => true,
            Stage::Answered { .. } | Stage::Ended { .. } => false,
        };
        if !waits {
            return;
        }
        let caller_is_person =
            self.partner(key).map_or(leg.person().is_some(), |partner| partner.person().is_some());
        let cause = match (&leg.tie, leg.side) {
            (Tie::Direct(_), _) if !caller_is_person => Cause::Refused(Refusal::NoAnswer),
            (Tie::Direct(_), _) | (_, Side::Caller) => Cause::OriginatorCancel,
            (
                Tie::Alone | Tie::CalledFor { .. } | Tie::Awaits(_) | Tie::Bridged { .. },
                Side::Callee,
            ) => Cause::Timeout,
        };
        let by = match cause {
            Cause::Refused(_) => super::ending::By::Callee,
            Cause::NormalClearing
            | Cause::OriginatorCancel
            | Cause::IncompatibleMedia
            | Cause::Timeout
            | Cause::TimeLimit => super::ending::By::Caller,
        };
        self.end(key, Ending { cause, by }, "nobody answers", turn);
    }
}
