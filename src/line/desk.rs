//! Where what the SDK says is sorted: by call, and by which of a call's objects said it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use call::api::CALL_HEADER;
use call::call::{Event as CallEvent, Object, Party, Sdk, Warning};
use call::ids::{CallId, TelnyxIds};
use call::line::{Event as LineEvent, Trouble};
use call::phone::Event;
use wasm_bindgen::prelude::*;
use web_sys::{MediaStreamTrack, MediaStreamTrackState, RtcPeerConnection, RtcPeerConnectionState};

use super::bindings::{
    self, Brought, ErrorEvent, Ids, Message, Notification, Params, WarningEvent,
};
use super::decode::{self, Aside, Meaning, Said};
use super::handler::Listener;
use super::pulse::{Beat, Pulse};
use super::sending_tracks;
use super::vigil::Vigil;
use crate::boxed::spawn;
use crate::few::Few;
use crate::json;
use crate::shell::now;

/// The desk.
pub(super) struct Desk {
    tell: Box<dyn Fn(Result<Event, Aside>)>,
    legs: RefCell<Few<CallId, Leg>>,
    /// How many objects were met, counting the one of the page before: each has its number, whatever is forgotten.
    met: Cell<u32>,
    vigil: Vigil,
}

/// The SDK's objects for a call, and what we listen to on its peer connection.
struct Leg {
    /// The objects met, oldest first. A re-attached call is a new one under the old id.
    objects: Vec<(Object, bindings::Call)>,
    peer: Option<(RtcPeerConnection, [Listener; 2])>,
    /// The track it sends, which comes later than the connection.
    microphone: Option<(MediaStreamTrack, Listener)>,
    pulse: Pulse,
}

impl Leg {
    fn new(met: (Object, bindings::Call)) -> Self {
        Self { objects: vec![met], peer: None, microphone: None, pulse: Pulse::default() }
    }

    /// The object that took the place of the others.
    fn newest(&self) -> Option<&bindings::Call> {
        self.objects.last().map(|(_, call)| call)
    }

    fn is_over(&self) -> bool {
        let state = self.newest().and_then(bindings::Call::state).unwrap_or_default();
        matches!(decode::state(&state, None, None), Ok(Said::Over(_)))
    }
}

impl Desk {
    pub(super) fn new(tell: impl Fn(Result<Event, Aside>) + 'static) -> Self {
        Self {
            tell: Box::new(tell),
            legs: RefCell::default(),
            met: Cell::new(Object::BEFORE.0 + 1),
            vigil: Vigil::new(now()),
        }
    }

    /// Forgets the calls that are over.
    pub(super) fn clear(&self) {
        self.legs.borrow_mut().retain(|leg| !leg.is_over());
    }

    pub(super) fn tell_call(&self, id: &CallId, event: CallEvent) {
        (self.tell)(Ok(Event::Call(id.clone(), event)));
    }

    pub(super) fn tell_line(&self, event: LineEvent) {
        (self.tell)(Ok(Event::Line(event)));
    }

    pub(super) fn handle(&self, id: &CallId) -> Option<bindings::Call> {
        self.legs.borrow().get(id)?.newest().cloned()
    }

    pub(super) fn hear_notification(self: &Rc<Self>, value: JsValue) {
        let notification: Notification = value.unchecked_into();
        if notification.kind().as_deref() != Some(bindings::CALL_UPDATE) {
            return;
        }
        let Some(call) = notification.call() else { return };
        let Some(id) = call.id().map(CallId) else { return };
        let said = match decode::state(
            &call.state().unwrap_or_default(),
            call.cause().as_deref(),
            call.sip_code().and_then(sip_code),
        ) {
            Ok(said) => said,
            Err(unknown) => return (self.tell)(Err(unknown)),
        };
        let object = self.number(&id, &call);
        if said == Said::Alive(Sdk::Ringing)
            && call.direction().as_deref() == Some(bindings::INBOUND)
        {
            let from = Party::of_caller(call.options().remote_caller_number().as_deref());
            let ids = ids_of(&call);
            let asked = asked(&call);
            (self.tell)(Ok(Event::Incoming { id: id.clone(), object, from, ids, asked }));
        }
        self.tell_ids(&id, &call);
        let lives = matches!(said, Said::Alive(_));
        self.tell_call(
            &id,
            match said {
                Said::Alive(state) => CallEvent::Sdk(object, state),
                Said::Over(cause) => CallEvent::SdkOver(object, cause),
            },
        );
        // In the event itself a re-attached call has no peer yet; a microtask later it has.
        // Of a call that is over, tracks that have ended are no news.
        if lives {
            let desk = Rc::clone(self);
            spawn(async move { desk.watch_peer(&id) });
        }
    }

    /// The number of one of a call's objects; one that was never met is the newest.
    fn number(&self, id: &CallId, call: &bindings::Call) -> Object {
        let mut legs = self.legs.borrow_mut();
        let objects = legs.get(id).map(|leg| leg.objects.as_slice()).unwrap_or_default();
        let known = objects.iter().find(|(_, known)| js_sys::Object::is(known, call));
        if let Some((object, _)) = known {
            return *object;
        }
        let object = Object(self.met.get());
        self.met.set(object.0.wrapping_add(1));
        let met = (object, call.clone());
        match legs.get_mut(id) {
            Some(leg) => leg.objects.push(met),
            None => drop(legs.insert(id.clone(), Leg::new(met))),
        }
        object
    }

    fn tell_ids(&self, id: &CallId, call: &bindings::Call) {
        let ids = ids_of(call);
        if !ids.is_empty() {
            self.tell_call(id, CallEvent::Identified(ids));
        }
    }

    /// Notes that the gateway was heard.
    pub(super) fn hear_activity(&self) {
        self.vigil.hears(now());
    }

    /// The raw words of the gateway: the only place where the far end's ringing is heard, a punt, and that this browser
    /// is no longer registered.
    pub(super) fn hear_message(self: &Rc<Self>, value: JsValue) {
        let Ok(message) = json::from_value::<Message>(value) else { return };
        match message.method.as_deref() {
            Some(bindings::RINGING) => {}
            Some(bindings::PUNT) => return self.hear_punt(message.params),
            Some(bindings::GATEWAY_STATE) => return self.hear_state(message.params),
            None => return self.hear_state(message.result.and_then(|result| result.params)),
            Some(_) => return,
        }
        if let Some(id) = message.params.and_then(|params| params.call_id).map(CallId) {
            if let Some(call) = self.handle(&id) {
                self.tell_ids(&id, &call);
            }
            self.tell_call(&id, CallEvent::FarEndRings);
        }
    }

    /// Said to the SDK first, which by now has closed the socket to open another, if the gateway named a call that goes
    /// on; or else ended the calls and signed off.
    fn hear_punt(&self, params: Option<Params>) {
        let named = params.and_then(|params| params.call_id).map(CallId);
        let goes_on =
            named.is_some_and(|id| self.legs.borrow().get(&id).is_some_and(|leg| !leg.is_over()));
        if !goes_on {
            self.tell_line(LineEvent::Failed(Trouble::SignedOff));
        }
    }

    fn hear_state(&self, params: Option<Params>) {
        let state = params.and_then(|params| params.state);
        if let Some(event) = state.as_deref().and_then(decode::gateway) {
            self.tell_line(event);
        }
    }

    /// An error that the SDK's class tells of, and its client does not: of a call alone. The line's own come from the
    /// client, because the class may have others; the rest is told of by both.
    pub(super) fn hear_error_of_a_call(self: &Rc<Self>, value: JsValue) {
        if let Ok(ErrorEvent { error, call_id: Some(_) }) = json::from_value(value.clone())
            && error.code.is_some_and(decode::is_told_by_the_class_alone)
        {
            self.hear_error(value);
        }
    }

    pub(super) fn hear_error(self: &Rc<Self>, value: JsValue) {
        let Ok(ErrorEvent { error, call_id }) = json::from_value(value) else {
            return (self.tell)(Err(Aside::Unknown("an error without a code".to_owned())));
        };
        let (code, name) = (error.code.unwrap_or_default(), error.name.unwrap_or_default());
        (self.tell)(Err(Aside::Error(code)));
        match (decode::error(code, &name), call_id) {
            (Meaning::Call(cause), Some(id)) => {
                self.tell_call(&CallId(id), CallEvent::Trouble(cause));
            }
            (Meaning::Line(trouble), _) => self.tell_line(LineEvent::Failed(trouble)),
            (Meaning::Call(_), None) | (Meaning::Nothing, _) => {}
        }
    }

    pub(super) fn hear_warning(self: &Rc<Self>, value: JsValue) {
        let Ok(WarningEvent { warning, call_id }) = json::from_value(value) else {
            return (self.tell)(Err(Aside::Unknown("a warning without a code".to_owned())));
        };
        (self.tell)(Err(Aside::Warning(warning.code.unwrap_or_default())));
        if warning.code == Some(bindings::TOKEN_ENDS) {
            return self.tell_line(LineEvent::TokenEnds);
        }
        let meaning = warning.code.and_then(decode::warning);
        if let (Some(warning), Some(id)) = (meaning, call_id) {
            self.tell_call(&CallId(id), CallEvent::Warning(warning));
        }
    }

    /// Listens to the call's peer connection, once, and reads what it said before.
    pub(super) fn watch_peer(self: &Rc<Self>, id: &CallId) {
        let Some(call) = self.handle(id) else { return };
        let Some(peer) = call.peer().and_then(|peer| peer.instance()) else { return };
        let known = self.legs.borrow().get(id).is_some_and(|leg| {
            leg.peer.as_ref().is_some_and(|(seen, _)| js_sys::Object::is(seen, &peer))
        });
        if known {
            return self.watch_microphone(id, &peer);
        }
        let Ok(listeners) = self.listeners(id, &peer) else {
            return (self.tell)(Err(Aside::Unknown(
                "a peer connection that takes no listener".to_owned(),
            )));
        };
        if let Some(leg) = self.legs.borrow_mut().get_mut(id) {
            leg.peer = Some((peer.clone(), listeners));
            leg.pulse = Pulse::default();
        }
        if call.remote_stream().is_some_and(|stream| stream.get_tracks().length() > 0) {
            self.tell_call(id, CallEvent::RemoteStream);
        }
        self.tell_connection(id, &peer);
    }

    fn listeners(
        self: &Rc<Self>,
        id: &CallId,
        peer: &RtcPeerConnection,
    ) -> Result<[Listener; 2], JsValue> {
        let track = {
            let (desk, id) = (Rc::clone(self), id.clone());
            Listener::new(peer, "track", move |_| desk.tell_call(&id, CallEvent::RemoteStream))?
        };
        let connection = {
            let (desk, id, peer) = (Rc::clone(self), id.clone(), peer.clone());
            Listener::new(&peer.clone(), "connectionstatechange", move |_| {
                desk.tell_connection(&id, &peer);
            })?
        };
        Ok([track, connection])
    }

    fn tell_connection(self: &Rc<Self>, id: &CallId, peer: &RtcPeerConnection) {
        match decode::connection(peer.connection_state()) {
            Ok(state) => self.tell_call(id, CallEvent::Connection(state)),
            Err(unknown) => (self.tell)(Err(unknown)),
        }
        self.watch_microphone(id, peer);
    }

    /// Looks whether this page is awake, the gateway heard, and packets come in, call by call.
    pub(super) fn look(self: &Rc<Self>) {
        if let Some(doubt) = self.vigil.look(now()) {
            self.tell_line(doubt);
        }
        let mut seen = vec![];
        for (id, leg) in self.legs.borrow_mut().iter_mut().filter(|(_, leg)| !leg.is_over()) {
            let Leg { peer: Some((peer, _)), pulse, .. } = leg else { continue };
            if peer.connection_state() == RtcPeerConnectionState::Connected {
                seen.push((id.clone(), peer.clone(), pulse.look(peer)));
            } else {
                *pulse = Pulse::default();
            }
        }
        for (id, peer, beat) in seen {
            match beat {
                Beat::Same => {}
                Beat::Stopped => {
                    self.tell_call(&id, CallEvent::Warning(Warning::NothingHeard));
                }
                Beat::Back => self.tell_connection(&id, &peer),
            }
        }
    }

    /// Listens for the end of the sending track, and says that it has ended whenever something else said that all
    /// is well: the SDK does not notice that a microphone was pulled out. A track that is stopped by the
    /// page or the SDK fires nothing.
    fn watch_microphone(self: &Rc<Self>, id: &CallId, peer: &RtcPeerConnection) {
        let Some(track) = sending_tracks(peer).next() else { return };
        if track.ready_state() == MediaStreamTrackState::Ended {
            return self.tell_call(id, CallEvent::Warning(Warning::NothingSent));
        }
        let known = self.legs.borrow().get(id).is_some_and(|leg| {
            leg.microphone.as_ref().is_some_and(|(seen, _)| js_sys::Object::is(seen, &track))
        });
        if known {
            return;
        }
        let (desk, of) = (Rc::clone(self), id.clone());
        let listener = Listener::new(&track, "ended", move |_| {
            desk.tell_call(&of, CallEvent::Warning(Warning::NothingSent));
        });
        match listener {
            Ok(listener) => {
                if let Some(leg) = self.legs.borrow_mut().get_mut(id) {
                    leg.microphone = Some((track, listener));
                }
            }
            Err(_) => (self.tell)(Err(Aside::Unknown("a track that takes no listener".to_owned()))),
        }
    }
}

/// Telnyx's names for a call, as far as the SDK knows them.
fn ids_of(call: &bindings::Call) -> TelnyxIds {
    let some = |id: Option<String>| id.filter(|id| !id.is_empty());
    let ids = json::from_value::<Ids>(call.telnyx_ids()).unwrap_or_default();
    TelnyxIds {
        call_control_id: some(ids.call_control),
        call_session_id: some(ids.session),
        call_leg_id: some(ids.leg),
    }
}

/// Our server's name for a call that comes in, where it has made the call.
fn asked(call: &bindings::Call) -> Option<CallId> {
    let headers: Vec<Brought> = json::from_value(call.options().custom_headers()).ok()?;
    let ours = headers.into_iter().find(|header| header.name.eq_ignore_ascii_case(CALL_HEADER));
    ours.map(|header| CallId(header.value))
}

/// A SIP status code; the SDK gives numbers of JavaScript's kind.
fn sip_code(code: f64) -> Option<u16> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range is checked first"
    )]
    (100.0..700.0).contains(&code).then_some(code as u16)
}
