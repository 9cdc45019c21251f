//! What goes into the exchange and what comes out. Both are data, so a dialogue is a list of these.

use std::sync::Arc;

use serde_json::Value;

use crate::clock::Moment;
use crate::numbers::Program;

/// One WebSocket connection to the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Socket(pub(crate) u64);

/// The SDK's id of a call (`dialogParams.callID`).
pub(crate) type CallId = String;

/// Everything that can happen to the exchange.
#[derive(Debug)]
pub(crate) enum Input {
    /// A browser opened a socket.
    Opened { socket: Socket },
    /// A JSON-RPC message arrived.
    Frame { socket: Socket, frame: Value },
    /// The socket is gone, by whoever's doing.
    Closed { socket: Socket },
    /// Media took the browser's offer; this is its answer.
    MediaReady { call: CallId, sdp: String },
    /// Media cannot use the browser's description.
    MediaRefused { call: CallId, reason: String },
    /// Media took the browser's ICE restart; `request` is the SDK's message that asked for it.
    MediaRestarted { call: CallId, request: Value, sdp: String },
    /// Media has a fresh offer for a browser that is called, or that lost the call.
    MediaOffered { call: CallId, sdp: String },
    /// What has been heard from the browser so far.
    Heard { call: CallId, heard: Heard },
    /// The call's recording is complete.
    Recorded { call: CallId, audio: Audio },
    /// The far end picks up now, whatever its number says.
    FarEndAnswers { call: CallId },
    /// The far end hangs up now.
    FarEndHangsUp { call: CallId },
    /// A REST command ends the call.
    CarrierHangsUp { call: CallId },
    /// Someone calls the agent. `id` is a call id nobody has used.
    CallAgent { id: CallId, from: String, to: String },
    /// Time has passed.
    Tick,
    /// Forget every call and recording.
    Reset,
}

/// What the exchange wants done, in order.
#[derive(Debug, Clone)]
pub(crate) enum Output {
    /// Send this JSON-RPC message.
    Send { socket: Socket, frame: Value },
    /// Post this event to the webhook address.
    Post(Event),
    /// Give the call's media peer an order. `Open` and `Offer` may be the first a call's media hears.
    Media { call: CallId, order: Order },
}

/// Orders for a call's media peer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Order {
    /// Take this SDP offer and answer it.
    Open { offer: String },
    /// Start over with a fresh offer of our own.
    Offer,
    /// The browser's answer to our offer.
    Accept { answer: String },
    /// One more of the browser's ICE candidates (trickle).
    Candidate { candidate: String },
    /// Take this offer with new ICE credentials. `request` comes back with the answer.
    Restart { offer: String, request: Value },
    /// The far end has answered: play, listen and record from now on.
    Play { program: Program },
    /// The agent put the call on hold, or took it off.
    Hold { held: bool },
    /// The call is over: stop, and hand in the recording.
    End,
}

/// A webhook event before it is put into an envelope.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    /// UUID, the same in each delivery attempt.
    pub(crate) id: String,
    /// Such as `call.hangup`.
    pub(crate) kind: &'static str,
    pub(crate) occurred_at: Moment,
    pub(crate) payload: Value,
    /// The SDK's id of the call it is about.
    pub(crate) call: CallId,
    /// The number called says that no webhook ever arrives.
    pub(crate) lost: bool,
}

/// What the lab has heard from the browser.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Heard {
    /// RTP packets with audio.
    pub(crate) packets: u64,
    /// RMS of the last 50 ms, 0 to 1.
    pub(crate) level: f64,
    /// Strongest frequency of the last 50 ms, unless they were quiet.
    pub(crate) frequency_hz: Option<f64>,
    /// RMS of the loudest 50 ms of the last second.
    pub(crate) recent_level: f64,
    /// Strongest frequency of the loudest 50 ms of the last second, unless they were quiet.
    pub(crate) recent_frequency_hz: Option<f64>,
    /// RMS of the loudest 50 ms of the call.
    pub(crate) loudest_level: f64,
    /// Strongest frequency of the loudest 50 ms.
    pub(crate) loudest_frequency_hz: Option<f64>,
}

/// A finished recording.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Audio {
    /// A WAV file: 16 bit, 8 kHz, left the agent, right the far end.
    pub(crate) wav: Arc<[u8]>,
    /// Its length.
    pub(crate) millis: u64,
}
