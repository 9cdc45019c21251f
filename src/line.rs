//! The line to Telnyx: the SDK, seen as events and a few commands.
//!
//! Everything the SDK says comes out of here as an event of the phone; what it does not know how
//! to say (a word we never met) comes out as [`Unknown`]. No callback panics: a throw in the middle
//! of the SDK's own state change would leave its call half dead.

mod bindings;
mod decode;
mod handler;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use call::api::{CALL_HEADER, Ice, Placed, Token};
use call::call::Event as CallEvent;
use call::ids::{CallId, TelnyxIds};
use call::line::{Event as LineEvent, Trouble};
use call::number::Number;
use call::phone::Event;
use serde::Serialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{MediaStream, MediaStreamTrack, RtcPeerConnection, RtcRtpSender};

use bindings::{
    CallOptions, Client, ClientOptions, ErrorEvent, Header, Ids, Message, Notification,
};
pub(crate) use decode::Unknown;
pub(crate) use handler::Listener;
use handler::Subscription;

/// Fetches and compiles the SDK ahead of need, so that signing in waits for one thing less.
pub(crate) fn fetch_ahead() {
    spawn_local(async {
        // If this fails, opening the line fails too and says so.
        let _ = bindings::fetch_sdk().await;
    });
}

/// An open line. Its fields drop in order: first nobody listens, then the session ends, so
/// that the farewell reaches no page that is gone.
pub(crate) struct Line {
    _subscriptions: [Subscription; 5],
    desk: Rc<Desk>,
    session: Session,
}

impl Line {
    /// Starts to register and reports everything the line hears to `tell`.
    ///
    /// Success means that the SDK took the order; being registered is itself news
    /// ([`LineEvent::Ready`]). Fails if the SDK cannot be fetched or takes no such options.
    pub(crate) async fn open(
        token: Token,
        tell: impl Fn(Result<Event, Unknown>) + 'static,
    ) -> Result<Self, JsValue> {
        let options = ClientOptions {
            login_token: &token.token,
            host: token.gateway.as_deref(),
            ice_servers: match token.ice {
                Ice::Default => None,
                Ice::None => Some([]),
            },
        };
        let client = bindings::new_client(plain(&options)?).await?;
        let desk = Rc::new(Desk { tell: Box::new(tell), legs: RefCell::default() });
        let on = |event, hear: fn(&Rc<Desk>, JsValue)| {
            let desk = Rc::clone(&desk);
            Subscription::new(&client, event, move |value| hear(&desk, value))
        };
        let subscriptions = [
            on(bindings::NOTIFICATION, Desk::hear_notification)?,
            on(bindings::SOCKET_MESSAGE, Desk::hear_message)?,
            on(bindings::ERROR, Desk::hear_error)?,
            on(bindings::READY, |desk, _| desk.tell_line(LineEvent::Ready))?,
            on(bindings::SOCKET_CLOSE, |desk, _| desk.tell_line(LineEvent::SocketClosed))?,
        ];
        let session = Session(client);
        session.0.connect().await?;
        Ok(Self { _subscriptions: subscriptions, desk, session })
    }

    /// Dials. The call reports itself as `new` before this returns.
    pub(crate) fn dial(&self, to: &Number, placed: &Placed) -> Result<(), JsValue> {
        self.desk.legs.borrow_mut().retain(|_, leg| !leg.is_over());
        let id = placed.id.as_str();
        let options = CallOptions {
            id,
            destination_number: to.as_str(),
            caller_number: placed.caller_id.as_deref(),
            client_state: base64(id)?,
            custom_headers: [Header { name: CALL_HEADER, value: id }],
        };
        self.session.0.new_call(plain(&options)?)?;
        self.desk.watch_peer(&placed.id);
        Ok(())
    }

    /// Hangs up, or declines a call that rings.
    pub(crate) fn hang_up(&self, id: &CallId) {
        if let Some(call) = self.desk.handle(id) {
            spawn_local(async move {
                // A failed BYE changes nothing for us: the call's own events say how it ended.
                let _ = call.hangup().await;
            });
        }
    }

    /// Mutes or unmutes, then reads the sending track: `Some(true)` if it is disabled, nothing if
    /// there is no track.
    pub(crate) fn mute(&self, id: &CallId, muted: bool) -> Option<bool> {
        let call = self.desk.handle(id)?;
        let asked = if muted { call.mute_audio() } else { call.unmute_audio() };
        asked.ok()?;
        let track = sending_tracks(&call.peer()?.instance()?).next()?;
        Some(!track.enabled())
    }

    /// Asks for hold or unhold. The state that follows is the answer; a refusal is reported.
    pub(crate) fn hold(&self, id: &CallId, held: bool) {
        let Some(call) = self.desk.handle(id) else { return };
        let (desk, id) = (Rc::clone(&self.desk), id.clone());
        spawn_local(async move {
            let answer = if held { call.hold().await } else { call.unhold().await };
            if !answer.is_ok_and(|worked| worked.is_truthy()) {
                desk.tell_call(&id, CallEvent::HoldRefused);
            }
        });
    }

    /// What the far end sends, once the stream was added.
    pub(crate) fn remote_stream(&self, id: &CallId) -> Option<MediaStream> {
        self.desk.handle(id)?.remote_stream()
    }

    /// Stops every local track of the call, so that the browser's microphone light goes out.
    pub(crate) fn release_microphone(&self, id: &CallId) {
        let Some(call) = self.desk.handle(id) else { return };
        if let Some(stream) = call.local_stream() {
            for track in stream.get_tracks().iter() {
                track.unchecked_into::<MediaStreamTrack>().stop();
            }
        }
        if let Some(peer) = call.peer().and_then(|peer| peer.instance()) {
            sending_tracks(&peer).for_each(|track| track.stop());
        }
    }
}

/// One signed-in session, ended when dropped.
struct Session(Client);

impl Drop for Session {
    fn drop(&mut self) {
        let client = self.0.clone();
        // Whoever signs in next must not resume this agent's session.
        let _ = client.clear_reconnect_token();
        spawn_local(async move {
            // Nobody is left to hear how it went.
            let _ = client.disconnect().await;
        });
    }
}

/// Where what the SDK says is sorted: by call, and by which of a call's objects said it.
struct Desk {
    tell: Box<dyn Fn(Result<Event, Unknown>)>,
    legs: RefCell<HashMap<CallId, Leg>>,
}

/// The SDK's object for a call, and what we listen to on its peer connection.
struct Leg {
    call: bindings::Call,
    peer: Option<(RtcPeerConnection, [Listener; 2])>,
}

impl Leg {
    fn is_over(&self) -> bool {
        let state = self.call.state().unwrap_or_default();
        matches!(decode::state(&state, None, None), Ok(call::call::Sdk::Over(_)))
    }
}

impl Desk {
    fn tell_call(&self, id: &CallId, event: CallEvent) {
        (self.tell)(Ok(Event::Call(id.clone(), event)));
    }

    fn tell_line(&self, event: LineEvent) {
        (self.tell)(Ok(Event::Line(event)));
    }

    fn handle(&self, id: &CallId) -> Option<bindings::Call> {
        self.legs.borrow().get(id).map(|leg| leg.call.clone())
    }

    fn hear_notification(self: &Rc<Self>, value: JsValue) {
        let notification: Notification = value.unchecked_into();
        if notification.kind().as_deref() != Some(bindings::CALL_UPDATE) {
            return;
        }
        let Some(call) = notification.call() else { return };
        let Some(id) = call.id().map(CallId) else { return };
        let state = match decode::state(
            &call.state().unwrap_or_default(),
            call.cause().as_deref(),
            call.sip_code().and_then(sip_code),
        ) {
            Ok(state) => state,
            Err(unknown) => return (self.tell)(Err(unknown)),
        };
        if !self.takes_over(&id, &call, &state) {
            return;
        }
        self.tell_ids(&id, &call);
        self.tell_call(&id, CallEvent::Sdk(state));
        // In the event itself a re-attached call has no peer yet; a microtask later it has.
        let desk = Rc::clone(self);
        spawn_local(async move { desk.watch_peer(&id) });
    }

    /// Whether this object speaks for the call. A re-attached call is a new object under the old
    /// id; what the old one still says of its end is stale.
    fn takes_over(&self, id: &CallId, call: &bindings::Call, state: &call::call::Sdk) -> bool {
        let mut legs = self.legs.borrow_mut();
        let over = matches!(state, call::call::Sdk::Over(_));
        match legs.get(id) {
            Some(leg) if js_sys::Object::is(&leg.call, call) => true,
            Some(_) if over => false,
            Some(_) | None => {
                legs.insert(id.clone(), Leg { call: call.clone(), peer: None });
                true
            }
        }
    }

    fn tell_ids(&self, id: &CallId, call: &bindings::Call) {
        let Ok(ids) = serde_wasm_bindgen::from_value::<Ids>(call.telnyx_ids()) else { return };
        let some = |id: Option<String>| id.filter(|id| !id.is_empty());
        let ids = TelnyxIds {
            call_control_id: some(ids.call_control),
            call_session_id: some(ids.session),
            call_leg_id: some(ids.leg),
        };
        if !ids.is_empty() {
            self.tell_call(id, CallEvent::Identified(ids));
        }
    }

    /// The raw requests of the gateway: the only place where the far end's ringing is heard.
    fn hear_message(self: &Rc<Self>, value: JsValue) {
        let Ok(message) = serde_wasm_bindgen::from_value::<Message>(value) else { return };
        if message.method.as_deref() != Some(bindings::RINGING) {
            return;
        }
        if let Some(id) = message.params.and_then(|params| params.call_id).map(CallId) {
            if let Some(call) = self.handle(&id) {
                self.tell_ids(&id, &call);
            }
            self.tell_call(&id, CallEvent::FarEndRings);
        }
    }

    fn hear_error(self: &Rc<Self>, value: JsValue) {
        let Ok(ErrorEvent { error, call_id }) = serde_wasm_bindgen::from_value(value) else {
            return (self.tell)(Err(Unknown("an error without a code".to_owned())));
        };
        let (code, name) = (error.code.unwrap_or_default(), error.name.unwrap_or_default());
        match (decode::error(code, &name), call_id) {
            (decode::Meaning::Call(cause), Some(id)) => {
                self.tell_call(&CallId(id), CallEvent::Trouble(cause));
            }
            (decode::Meaning::Line(trouble), _) => self.tell_line(LineEvent::Failed(trouble)),
            (decode::Meaning::Call(_), None) | (decode::Meaning::Nothing, _) => {}
        }
    }

    /// Listens to the call's peer connection, once, and reads what it said before.
    fn watch_peer(self: &Rc<Self>, id: &CallId) {
        let Some(call) = self.handle(id) else { return };
        let Some(peer) = call.peer().and_then(|peer| peer.instance()) else { return };
        let known = self.legs.borrow().get(id).is_some_and(|leg| {
            leg.peer.as_ref().is_some_and(|(seen, _)| js_sys::Object::is(seen, &peer))
        });
        if known {
            return;
        }
        let Ok(listeners) = self.listeners(id, &peer) else {
            return (self.tell)(Err(Unknown(
                "a peer connection that takes no listener".to_owned(),
            )));
        };
        if let Some(leg) = self.legs.borrow_mut().get_mut(id) {
            leg.peer = Some((peer.clone(), listeners));
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

    fn tell_connection(&self, id: &CallId, peer: &RtcPeerConnection) {
        match decode::connection(peer.connection_state()) {
            Ok(state) => self.tell_call(id, CallEvent::Connection(state)),
            Err(unknown) => (self.tell)(Err(unknown)),
        }
    }
}

/// The audio tracks a peer connection sends.
fn sending_tracks(peer: &RtcPeerConnection) -> impl Iterator<Item = MediaStreamTrack> {
    peer.get_senders()
        .iter()
        .filter_map(|sender| sender.unchecked_into::<RtcRtpSender>().track())
        .collect::<Vec<_>>()
        .into_iter()
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

/// A plain object, not a `Map`, with absent fields left out.
fn plain(options: &impl Serialize) -> Result<JsValue, JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    options.serialize(&serializer).map_err(JsValue::from)
}

/// Base64 as the browser makes it.
fn base64(text: &str) -> Result<String, JsValue> {
    web_sys::window().ok_or_else(|| JsValue::from_str("no window"))?.btoa(text)
}

/// What it means that the line could not be opened at all: the SDK's file did not come.
pub(crate) const NOT_OPENED: Trouble = Trouble::ServerUnreachable;
