//! The line to Telnyx: the SDK, seen as events and a few commands.
//!
//! Everything the SDK says comes out of here as an event of the phone; what it does not know how
//! to say (a word we never met) comes out as [`Aside`]. No callback panics: a throw in the middle
//! of the SDK's own state change would leave its call half dead.

mod bindings;
mod decode;
mod desk;
mod handler;
mod memory;
mod pulse;
mod vigil;

use std::rc::Rc;

use call::api::{CALL_HEADER, Ice, Placed, Token};
use call::call::Event as CallEvent;
use call::dtmf::Digit;
use call::ids::CallId;
use call::line::{Event as LineEvent, Trouble};
use call::number::Number;
use call::phone::Event;
use gloo_timers::callback::Interval;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{MediaStream, MediaStreamTrack, RtcPeerConnection, RtcRtpSender};

use bindings::{CallOptions, Client, ClientOptions, Header};
pub(crate) use decode::Aside;
use desk::Desk;
pub(crate) use handler::Listener;
use handler::Subscription;
pub(crate) use memory::{remember, remembered};

use crate::boxed::spawn;
use crate::json;

/// Fetches and compiles the SDK ahead of need, so that signing in waits for one thing less.
pub(crate) fn fetch_ahead() {
    spawn(async {
        // If this fails, opening the line fails too and says so.
        let _ = bindings::fetch_sdk().await;
    });
}

/// An open line. Its fields drop in order: first nobody listens, then the session ends, so
/// that the farewell reaches no page that is gone.
pub(crate) struct Line {
    _subscriptions: [Subscription; 9],
    _pulse: Interval,
    desk: Rc<Desk>,
    session: Session,
}

impl Line {
    /// Starts to register and reports everything the line hears to `tell`.
    ///
    /// With `resumes` it is the session of the page before that goes on, and the gateway gives back the call it has of
    /// that. Success means that the SDK took the order; being registered is itself news
    /// ([`LineEvent::Ready`]). Fails if the SDK cannot be fetched or takes no such options.
    pub(crate) async fn open(
        token: Token,
        resumes: bool,
        tell: impl Fn(Result<Event, Aside>) + 'static,
    ) -> Result<Self, JsValue> {
        let options = ClientOptions {
            login_token: &token.token,
            host: token.gateway.as_deref(),
            ice_servers: match token.ice {
                Ice::Default => None,
                Ice::None => Some([]),
            },
            // The SDK would hang up before the person has said whether to go.
            hangup_on_before_unload: false,
            keeps_calls: true,
        };
        let client = bindings::new_client(json::to_value(&options)?).await?;
        let desk = Rc::new(Desk::new(tell));
        // Warnings about a call, and some errors, are told of by the class alone.
        let class: Client = client.constructor().unchecked_into();
        let on_any = |of: &Client, event, hear: fn(&Rc<Desk>, JsValue)| {
            let desk = Rc::clone(&desk);
            Subscription::new(of, event, move |value| hear(&desk, value))
        };
        let on = |event, hear| on_any(&client, event, hear);
        let subscriptions = [
            on(bindings::NOTIFICATION, Desk::hear_notification)?,
            on(bindings::SOCKET_MESSAGE, Desk::hear_message)?,
            on(bindings::ERROR, Desk::hear_error)?,
            on_any(&class, bindings::ERROR, Desk::hear_error_of_a_call)?,
            on_any(&class, bindings::WARNING, Desk::hear_warning)?,
            on(bindings::SOCKET_ACTIVITY, |desk, _| desk.hear_activity())?,
            on(bindings::SOCKET_OPEN, |desk, _| desk.tell_line(LineEvent::SocketOpened))?,
            on(bindings::READY, |desk, _| desk.tell_line(LineEvent::Ready))?,
            on(bindings::SOCKET_CLOSE, |desk, _| desk.tell_line(LineEvent::SocketClosed))?,
        ];
        let looks = Rc::clone(&desk);
        let pulse = Interval::new(pulse::LOOK_MS, move || looks.look());
        let session = Session(client);
        if !resumes {
            // What has ended here is not to come back, nor another agent's session.
            session.0.clear_reconnect_token()?;
        }
        session.0.connect().await?;
        Ok(Self { _subscriptions: subscriptions, _pulse: pulse, desk, session })
    }

    /// Asks the gateway whether calls reach this browser. The answer is news, if one comes.
    pub(crate) fn ask_whether_registered(&self) {
        // Without a socket nobody is asked, which the line's own events say.
        let _ = self.session.0.get_is_registered();
    }

    /// Gives the SDK another token for its next login. The gateway is told nothing.
    pub(crate) fn hand_over(&self, token: &Token) {
        self.session.0.options().set_login_token(&token.token);
    }

    /// Signs in on the open socket, with the token that was handed over. It ends every call that has its signalling on
    /// that socket; what had it on one that is gone the gateway hands back.
    pub(crate) fn sign_in_anew(&self) {
        let (client, desk) = (self.session.0.clone(), Rc::clone(&self.desk));
        spawn(async move {
            // A refusal was told of as an error, which weighs more.
            let _ = client.login().await;
            desk.tell_line(LineEvent::SignedInAnew);
        });
    }

    /// Dials. The call reports itself as `new` before this returns.
    pub(crate) fn dial(&self, to: &Number, placed: &Placed) -> Result<(), JsValue> {
        self.desk.clear();
        let id = placed.id.as_str();
        let options = CallOptions {
            id,
            destination_number: to.as_str(),
            caller_number: placed.caller_id.as_deref(),
            client_state: base64(id)?,
            custom_headers: [Header { name: CALL_HEADER, value: id }],
        };
        self.session.0.new_call(json::to_value(&options)?)?;
        self.desk.watch_peer(&placed.id);
        Ok(())
    }

    /// Answers a call that rings. What comes of it, the call's own events say.
    pub(crate) fn answer(&self, id: &CallId) {
        let Some(call) = self.desk.handle(id) else { return };
        let Ok(answering) = call.answer() else { return };
        // The far end's track comes before the SDK's next word.
        self.desk.watch_peer(id);
        spawn(async move {
            // Without a microphone it rejects; an error and the call's end say so too.
            let _ = JsFuture::from(answering).await;
        });
    }

    /// Hangs up, or declines a call that rings.
    pub(crate) fn hang_up(&self, id: &CallId) {
        if let Some(call) = self.desk.handle(id) {
            spawn(async move {
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

    /// Sends a key's tone to the far end.
    pub(crate) fn dtmf(&self, id: &CallId, digit: Digit) {
        if let Some(call) = self.desk.handle(id) {
            // With the socket down the SDK has nowhere to send it, which the line's own state shows.
            let _ = call.dtmf(digit.as_char().encode_utf8(&mut [0; 4]));
        }
    }

    /// Asks for hold or unhold. The state that follows is the answer; a refusal is reported.
    pub(crate) fn hold(&self, id: &CallId, held: bool) {
        let Some(call) = self.desk.handle(id) else { return };
        let (desk, id) = (Rc::clone(&self.desk), id.clone());
        spawn(async move {
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
        // Timers of the SDK that nothing clears sign in again, seconds later, and calls would ring where nobody hears.
        client.set_connect(&client.socket_disconnect());
        spawn(async move {
            // Nobody is left to hear how it went.
            let _ = client.disconnect().await;
        });
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

/// Base64 as the browser makes it.
fn base64(text: &str) -> Result<String, JsValue> {
    web_sys::window().ok_or_else(|| JsValue::from_str("no window"))?.btoa(text)
}

/// What it means that the line could not be opened at all: the SDK's file did not come.
pub(crate) const NOT_OPENED: Trouble = Trouble::ServerUnreachable;
