//! Calls that the SDK makes.

use serde_json::{Value, json};

use super::Exchange;
use super::agenda::Due;
use super::ending::Side;
use super::io::{Codec, LegKey, Order, Socket};
use super::leg::{
    Agent, Announced, Browser, Control, Direction, End, Headers, HeldReply, Ids, Leg, Person,
    Presence, Stage, Start, Tie, Until,
};
use super::signalling::{self, Fault};
use super::turn::Turn;
use crate::account::connection::SipUriCalling;
use crate::numbers::{self, Act, Anchor, Behaviour, InviteReply, Refusal, Step};
use crate::switches::{EmergencyCalls, SdkClientState, SdkCustomHeaders};

/// Whom parking may not keep from help.
const EMERGENCY: [&str; 3] = ["911", "112", "933"];

/// Who answers to what was dialled.
pub(super) enum Route {
    /// A number, or a word that is none.
    Person(String),
    /// A SIP user of this account.
    User(String),
}

/// What an invite says.
struct Invitation {
    id: LegKey,
    to: String,
    from: String,
    caller_name: String,
    client_state: Option<String>,
    headers: Value,
    offer: String,
}

impl Exchange {
    /// `telnyx_rtc.invite`: a call through the user's connection.
    pub(super) fn invite(
        &mut self,
        socket: Socket,
        id: &Value,
        user: &str,
        sessid: &str,
        params: &Value,
        turn: &mut Turn,
    ) -> Result<(), Fault> {
        let invitation = self.invitation(user, params)?;
        let created = signalling::result(
            id,
            &json!({ "callID": invitation.id, "message": "CALL CREATED", "sessid": sessid }),
        );
        let parks = self.parks(user, &invitation.to);
        let route = self.route(&invitation.to);
        let behaviour = match &route {
            Route::Person(number) => Some(self.numbers.behaviour(number)),
            Route::User(_) => None,
        };
        let reply = behaviour.as_ref().map_or(InviteReply::First, |found| found.invite_reply);
        let mut browser = Browser {
            user: user.to_owned(),
            agent: Agent::On(socket),
            codec: behaviour.as_ref().map_or(Codec::Pcmu, |found| found.codec),
            trickles: params["trickle"] == json!(true),
            reply: None,
        };
        let starts_at = match reply {
            InviteReply::First => {
                turn.reply(socket, created);
                turn.now
            }
            InviteReply::Late { by } => {
                let at = turn.now.plus(by);
                self.agenda.at(at, Due::LateReply(invitation.id.clone()));
                let until = Until::ItsTime;
                browser.reply = Some(HeldReply { socket, frame: created, until });
                at
            }
            InviteReply::AfterAnswer { by } => {
                let until = Until::Answered(by);
                browser.reply = Some(HeldReply { socket, frame: created, until });
                turn.now
            }
        };
        let control = if parks { Control::Rest } else { Control::Connection };
        let key = invitation.id.clone();
        let order = Order::Open { offer: invitation.offer.clone(), codec: browser.codec };
        let mut leg = self.sdk_leg(invitation, browser, control, turn);
        if let Some(dialled) = behaviour {
            leg.treatment = dialled.webhooks;
            leg.recording_plan = dialled.recording;
        }
        tracing::info!(leg = leg.key, "invited");
        self.legs.push(leg);
        turn.media(&key, order);
        self.tell_initiated(&key, turn);
        if !parks {
            self.reach(&key, route, starts_at, turn);
        }
        Ok(())
    }

    fn invitation(&self, user: &str, params: &Value) -> Result<Invitation, Fault> {
        let dialog = &params["dialogParams"];
        let text = |name: &str| dialog[name].as_str().filter(|text| !text.is_empty());
        let id = text("callID").ok_or(Fault::Malformed)?;
        let to = text("destination_number").ok_or(Fault::Malformed)?;
        let offer = params["sdp"].as_str().ok_or(Fault::Malformed)?;
        if self.leg(id).is_some() {
            return Err(Fault::CallExists);
        }
        let headers = &dialog["custom_headers"];
        Ok(Invitation {
            id: id.to_owned(),
            to: match self.route(to) {
                Route::Person(number) => number,
                Route::User(user) => user,
            },
            from: text("caller_id_number").map_or_else(|| user.to_owned(), numbers::e164),
            caller_name: text("caller_id_name").unwrap_or_default().to_owned(),
            client_state: text("clientState").map(str::to_owned),
            headers: if headers.is_array() { headers.clone() } else { json!([]) },
            offer: offer.to_owned(),
        })
    }

    fn sdk_leg(
        &self,
        invitation: Invitation,
        browser: Browser,
        control: Control,
        turn: &Turn,
    ) -> Leg {
        let user = browser.user.clone();
        let start = Start {
            ids: Ids::of(&invitation.id, true, self.seed),
            key: invitation.id,
            presence: self.on_connection_of(&user, control),
            end: End::Browser(browser),
            side: Side::Caller,
            direction: Direction::Outgoing,
            from: invitation.from,
            to: invitation.to,
            caller_name: invitation.caller_name,
        };
        let mut leg = Leg::new(start, Stage::Preparing { answered: false }, turn.now);
        leg.client_state = match self.switches.sdk_client_state {
            SdkClientState::Reaches => invitation.client_state.clone(),
            SdkClientState::Lost => None,
        };
        leg.sdk_client_state = invitation.client_state;
        let (given, none) = (invitation.headers, json!([]));
        leg.headers = match self.switches.sdk_custom_headers {
            SdkCustomHeaders::CustomHeaders => Headers { custom: given.clone(), sip: none, given },
            SdkCustomHeaders::SipHeaders => Headers { sip: given.clone(), custom: none, given },
        };
        leg
    }

    /// How a leg of this SIP user's connection appears to the customer.
    pub(super) fn on_connection_of(&self, user: &str, control: Control) -> Presence {
        let Some(connection) = self.account.connection_of_user(user) else {
            return Presence::Trunk;
        };
        Presence::Announced(Announced::of_connection(connection, control))
    }

    fn parks(&self, user: &str, to: &str) -> bool {
        let parking =
            self.account.connection_of_user(user).is_some_and(|connection| connection.parking);
        let emergency = EMERGENCY.contains(&to.trim_start_matches('+'))
            && self.switches.emergency_calls == EmergencyCalls::Bypass;
        parking && !emergency
    }

    /// Who answers to what was dialled: a number with or without punctuation, `gencred…`, `sip:…@…`.
    pub(super) fn route(&self, dialled: &str) -> Route {
        let dialled = dialled.trim();
        let bare = ["sip:", "sips:"].iter().find_map(|scheme| dialled.strip_prefix(scheme));
        let user = bare.unwrap_or(dialled).split(['@', ';']).next().unwrap_or_default();
        if self.account.connection_of_user(user).is_some() {
            return Route::User(user.to_owned());
        }
        Route::Person(numbers::e164(if bare.is_some() { user } else { dialled }))
    }

    /// Calls whoever was dialled for a leg that nobody commands.
    fn reach(
        &mut self,
        caller: &str,
        route: Route,
        starts_at: crate::clock::Moment,
        turn: &mut Turn,
    ) {
        let Some(from) = self.leg(caller) else { return };
        let (number, name) = (from.from.clone(), from.caller_name.clone());
        let key = self.seed.uuid(&["far leg", caller]);
        let far = match route {
            Route::Person(to) => {
                let behaviour = if self.may_call_out(caller) {
                    self.numbers.behaviour(&to)
                } else {
                    refusing(Refusal::Forbidden)
                };
                self.trunk_leg(key, (number, to, name), behaviour, turn)
            }
            Route::User(user) => match self.reachable(&user) {
                Ok(socket) => self.ringing_browser(
                    key,
                    (number, user.clone(), name),
                    &user,
                    Agent::On(socket),
                    turn,
                ),
                Err(refusal) => self.trunk_leg(key, (number, user, name), refusing(refusal), turn),
            },
        };
        let key = far.key.clone();
        let far_is_person = far.person().is_some();
        self.legs.push(far);
        self.tie(caller, &key);
        let record = if far_is_person {
            self.leg(caller).and_then(|leg| self.profile_wants(leg))
        } else {
            None
        };
        if let Some(leg) = self.leg_mut(caller) {
            leg.wishes.record = record;
        }
        if far_is_person {
            self.begin(&key, Anchor::Invite, starts_at);
        } else {
            self.offer_to_browser(&key, turn);
        }
    }

    /// Where a SIP user's browser is, if their connection may be called by its SIP URIs and they have registered.
    pub(super) fn reachable(&self, user: &str) -> Result<Socket, Refusal> {
        match self.account.connection_of_user(user).map(|connection| connection.sip_uri_calling) {
            Some(SipUriCalling::Internal | SipUriCalling::Unrestricted) => {}
            Some(SipUriCalling::Disabled) | None => return Err(Refusal::Forbidden),
        }
        self.registered(Some(user)).map(|(socket, _)| socket).ok_or(Refusal::Absent)
    }

    /// Whether a call of this leg's connection may leave Telnyx: by an outbound voice profile that is in force.
    fn may_call_out(&self, key: &str) -> bool {
        let connection = self.leg(key).and_then(Leg::announced).map(|found| &found.connection);
        let connection = connection.and_then(|id| self.account.connection(id));
        connection
            .and_then(|connection| connection.profile_id.as_deref())
            .and_then(|profile| self.account.profile(profile))
            .is_some_and(|profile| profile.enabled)
    }

    /// Two halves of one call from now on.
    pub(super) fn tie(&mut self, one: &str, other: &str) {
        for (key, with) in [(one, other), (other, one)] {
            if let Some(leg) = self.leg_mut(key) {
                leg.tie = Tie::Direct(with.to_owned());
            }
        }
    }

    /// Telnyx's own leg to a person that is called; nobody but the lab sees it.
    fn trunk_leg(
        &self,
        key: LegKey,
        (from, to, caller_name): (String, String, String),
        behaviour: Behaviour,
        turn: &Turn,
    ) -> Leg {
        let start = Start {
            ids: Ids::of(&key, false, self.seed),
            key,
            presence: Presence::Trunk,
            end: End::Person(Person::new(behaviour)),
            side: Side::Callee,
            direction: Direction::Outgoing,
            from,
            to,
            caller_name,
        };
        Leg::new(start, Stage::Called, turn.now)
    }
}

/// Somebody who cannot be called, for whatever reason.
pub(super) fn refusing(refusal: Refusal) -> Behaviour {
    let step = Step {
        after: Anchor::Invite,
        wait: std::time::Duration::from_millis(200),
        act: Act::Refuse(refusal),
    };
    Behaviour { steps: vec![step], ..Behaviour::default() }
}
