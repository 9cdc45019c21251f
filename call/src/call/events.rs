//! What can happen to a call, and what a call can want done.

use crate::cause::Cause;
use crate::dtmf::Digit;
use crate::history::What;
use crate::ids::TelnyxIds;

/// How long the SDK may take to say `hangup` after it was told to hang up, in milliseconds.
///
/// It says so before `hangup()` returns; a second of silence means it never will.
pub const HANG_UP_SETTLES_MS: u64 = 1_000;

/// The SDK's word on the state of a call: its `callUpdate`.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// `active`: the far end answered.
    Active,
    /// `held`: the call is on hold.
    Held,
    /// `hangup`, `destroy` or `purge`, with the SDK's reason where it gave one.
    Over(Option<Cause>),
}

/// `RTCPeerConnection.connectionState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The person hung up.
    HangUp,
    /// The person muted (`true`) or unmuted the microphone.
    Mute(bool),
    /// The person put the call on hold (`true`) or took it back.
    Hold(bool),
    /// The person pressed a key while talking.
    Press(Digit),
    /// The SDK reported a state.
    Sdk(Sdk),
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
    /// The time a hang-up may take has passed.
    HangUpOverdue,
}

/// What a call wants done. The shell performs these in order; it decides nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Tell the SDK to hang up.
    HangUpSdk,
    /// Ask our server to hang up by `call_control_id`.
    HangUpServer,
    /// Disable or enable the sending track, then report what it is.
    Mute(bool),
    /// Ask the SDK for hold or unhold.
    Hold(bool),
    /// Send a key's tone to the far end.
    SendDtmf(Digit),
    /// Let the remote stream be heard.
    AttachAudio,
    /// Stop the remote stream.
    DetachAudio,
    /// Play the ringback tone.
    PlayRingback,
    /// Stop the ringback tone.
    SilenceRingback,
    /// Stop every local track, so that the browser's microphone light goes out.
    ReleaseMicrophone,
    /// Report [`Event::HangUpOverdue`] after [`HANG_UP_SETTLES_MS`].
    AwaitHangUp,
    /// Tell the server what this browser witnessed.
    Testify(What),
}
