//! What can happen to a call, and what a call can want done.

use serde::{Deserialize, Serialize};

use super::{Server, Telnyx, Warning, Watch};
use crate::cause::Cause;
use crate::dtmf::Digit;
use crate::history::What;
use crate::ids::TelnyxIds;

/// The SDK's word on the state of a call that lives: its `callUpdate`. The end is [`Event::SdkOver`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sdk {
    /// `new`: the call object exists.
    New,
    /// `requesting`: INVITE was sent.
    Requesting,
    /// `trying`: the gateway took the INVITE. Says nothing about the far end.
    Trying,
    /// `early`: the gateway sent media before an answer.
    Early,
    /// `ringing`: an inbound call rings here.
    Ringing,
    /// `answering`: we answered and wait for the gateway.
    Answering,
    /// `recovering`: the call is being re-attached after the socket was lost.
    Recovering,
    /// `active`: the answer was applied.
    Active,
    /// `held`: the call is on hold.
    Held,
}

/// Which of the SDK's objects for one call speaks, counted from one in the order they were met.
///
/// The SDK re-attaches a call after the socket was lost by making a new object under the old id, and
/// the old one still reports its own end seconds later.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Object(pub u32);

impl Object {
    /// Stands for the object that a page had before this one was loaded: every object of this page is newer.
    pub const BEFORE: Self = Self(0);
}

/// `RTCPeerConnection.connectionState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Connection {
    /// Nothing was tried yet.
    New,
    /// ICE or DTLS is under way.
    Connecting,
    /// Media can flow.
    Connected,
    /// Packets stopped; ICE may find another way.
    Disconnected,
    /// ICE gave up.
    Failed,
    /// The connection was closed.
    Closed,
}

/// Everything that can happen to a call, whoever caused it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The person took a call that rings here.
    Answer,
    /// The person hung up, gave up waiting, or declined.
    HangUp,
    /// The person muted (`true`) or unmuted the microphone.
    Mute(bool),
    /// The person put the call on hold (`true`) or took it back.
    Hold(bool),
    /// The person pressed a key while talking.
    Press(Digit),
    /// One of the SDK's objects for the call reported a state.
    Sdk(Object, Sdk),
    /// One of them said `hangup`, `destroy` or `purge`, with the SDK's reason where it gave one.
    SdkOver(Object, Option<Cause>),
    /// The SDK learned Telnyx's ids.
    Identified(TelnyxIds),
    /// The far end's phone rings: the raw `telnyx_rtc.ringing`, never guessed from `trying`.
    FarEndRings,
    /// The remote stream was added to the peer connection.
    RemoteStream,
    /// The peer connection's state changed.
    Connection(Connection),
    /// The sending track, read back: muted or not.
    MicrophoneIs {
        /// Whether the track is disabled.
        muted: bool,
    },
    /// The SDK could not do what was asked about hold.
    HoldRefused,
    /// The SDK reported an error about this call; its `hangup` follows.
    Trouble(Cause),
    /// The SDK warned about this call's sound.
    Warning(Warning),
    /// The socket to Telnyx closed: from here on what the SDK is told reaches nobody.
    SocketClosed,
    /// The line is ready again (`telnyx.ready`).
    SocketReady,
    /// The SDK's line this call was on is given up for another; nothing more will be heard of it.
    LineGone,
    /// Our server passed on what Telnyx says of this call.
    Telnyx(Telnyx),
    /// What came of asking our server to hang up.
    ServerSaid(Server),
    /// A limit has passed.
    Overdue(Watch),
}

/// What is left of the events for a stage to have an opinion on, once all that holds in every stage is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Own {
    Answer,
    Mute(bool),
    Hold(bool),
    Press(Digit),
    Sdk(Sdk),
    FarEndRings,
    MicrophoneIs { muted: bool },
    HoldRefused,
    SocketReady,
}

/// What a call wants done. The shell performs these in order; it decides nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Tell the SDK to answer.
    Answer,
    /// Tell the SDK to hang up, by the newest object it has for this call.
    HangUpSdk,
    /// Ask our server to hang up by `call_control_id`, and report [`Event::ServerSaid`].
    HangUpServer,
    /// Ask our server what Telnyx says of this call, and report it as [`Event::Telnyx`].
    AskServer,
    /// Disable (`true`) or enable the sending track, then report what it is.
    Mute(bool),
    /// Ask the SDK for hold or unhold.
    Hold(bool),
    /// Send a key's tone to the far end.
    SendDtmf(Digit),
    /// Let the remote stream be heard, through an element of its own.
    AttachAudio,
    /// Stop the remote stream.
    DetachAudio,
    /// Stop every local track, so that the browser's microphone light goes out.
    ReleaseMicrophone,
    /// Report [`Event::Overdue`] after [`Watch::limit_ms`].
    StartTimer(Watch),
    /// Do not report it after all.
    CancelTimer(Watch),
    /// Tell the server what this browser witnessed.
    Testify(What),
}
