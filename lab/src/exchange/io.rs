//! What goes into the exchange and what comes out. Both are data, so a dialogue is a list of these.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::Moment;
use crate::numbers::Program;

/// One WebSocket connection to the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Socket(pub(crate) u64);

/// The lab's name for a leg: the SDK's call id (`dialogParams.callID`) if its browser made the call, otherwise the
/// `call_leg_id`. Either way it is the SDK's id of the call at that browser.
pub(crate) type LegKey = String;

/// A recording's id: a UUID made by the exchange.
pub(crate) type RecordingKey = String;

/// Names one thing played to a leg.
pub(crate) type PlayId = String;

/// Everything that can happen to the exchange.
#[derive(Debug)]
pub(crate) enum Input {
    /// A browser opened a socket; `resumes` is the `voice_sdk_id` in its address, which names the session it had.
    Opened { socket: Socket, resumes: Option<String> },
    /// A JSON-RPC message arrived.
    Frame { socket: Socket, frame: Value },
    /// The socket is gone, by whoever's doing.
    Closed { socket: Socket },
    /// Media took the browser's offer; this is its answer.
    MediaReady { leg: LegKey, sdp: String },
    /// Media cannot use the browser's description.
    MediaRefused { leg: LegKey, reason: String },
    /// Media took the browser's ICE restart; `request` is the id of the SDK's message that asked for it.
    MediaRestarted { leg: LegKey, request: Value, sdp: String },
    /// Media cannot use the offer of an ICE restart; the call goes on as it was.
    MediaRestartRefused { leg: LegKey, request: Value, reason: String },
    /// Media has a fresh offer for a browser that is called, or that lost the call.
    MediaOffered { leg: LegKey, sdp: String },
    /// What this leg's end has said so far; of a person, what it said itself.
    Heard { leg: LegKey, heard: Heard },
    /// What the person at this leg's end has heard so far.
    Hears { leg: LegKey, hears: Heard },
    /// What was played to a leg is over.
    PlayEnded { leg: LegKey, play: PlayId, how: PlayEnd },
    /// A recording is complete.
    Recorded { leg: LegKey, recording: RecordingKey, audio: Result<Audio, NoAudio> },
    /// The sound that `Output::Fetch` asked for: 8 kHz, mono.
    Fetched { leg: LegKey, play: PlayId, times: Times, audio: Result<Arc<[i16]>, NoSound> },
    /// Time has passed.
    Tick,
    /// Forget every leg and recording.
    Reset,
}

/// What the exchange wants done, in order.
#[derive(Debug, Clone)]
pub(crate) enum Output {
    /// Send this JSON-RPC message.
    Send { socket: Socket, frame: Value },
    /// Cut this socket. `closed_for`: nobody is let in for so long.
    Drop { socket: Socket, closed_for: Duration },
    /// Get the sound at this address. Leads to `Fetched`.
    Fetch { leg: LegKey, play: PlayId, url: String, times: Times },
    /// Post this event to its webhook address.
    Post(Event),
    /// Give a leg's media an order. `Open`, `Offer` and `Act` may be the first that it hears.
    Media { leg: LegKey, order: Order },
}

/// Orders for a leg's media.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Order {
    /// Take this SDP offer and answer it with this codec only. Leads to `MediaReady` or `MediaRefused`.
    Open { offer: String, codec: Codec },
    /// Start over with a fresh offer of our own. Leads to `MediaOffered` or `MediaRefused`.
    Offer { codec: Codec },
    /// The browser's answer to our offer.
    Accept { answer: String },
    /// One more of the browser's ICE candidates (trickle).
    Candidate { candidate: String },
    /// Take this offer with new ICE credentials. `request` comes back with `MediaRestarted` or `MediaRestartRefused`.
    Restart { offer: String, request: Value },
    /// The first order of a leg with a person at its end; a later one changes what the person does, in the codec of the
    /// first.
    Act { program: Program, codec: Codec },
    /// What this leg's end hears from now on, when nothing is played to it.
    Hear { source: Source },
    /// What the end says goes nowhere and it hears nothing; its recordings run on, silent.
    Hold { held: bool },
    /// Play to this leg's end instead of what it hears. Leads to `PlayEnded`.
    Play { id: PlayId, clip: Clip, times: Times },
    /// Stop whatever is played.
    StopPlaying,
    /// Record this leg from now on.
    Record { recording: RecordingKey, shape: Shape },
    /// The recording stands still.
    PauseRecording { recording: RecordingKey },
    /// The recording goes on.
    ResumeRecording { recording: RecordingKey },
    /// Hand the recording in. Leads to `Recorded`.
    StopRecording { recording: RecordingKey },
    /// What is wrong with the leg's network from now on.
    Faults(Faults),
    /// The leg is over; each recording still running is handed in.
    End,
}

/// What a leg speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Codec {
    #[default]
    Pcmu,
    /// A browser's own frames are echoed; nothing is decoded, so nothing can be heard or recorded, nor said by a person.
    Opus,
}

/// What a leg's end hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    Silence,
    /// The tone a caller hears while the far end rings.
    Ringback,
    /// What the end of another leg says.
    Leg(LegKey),
}

/// What a recording is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) channels: Channels,
    pub(crate) format: Format,
    /// Whether the leg's end hears a beep first.
    pub(crate) beep: bool,
}

/// Of a dual recording, the first (left) channel is this leg's end and the second what it hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Channels {
    Single,
    Dual,
}

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    Wav,
    Mp3,
}

/// What is wrong with a leg's network.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Faults {
    /// No datagram passes either way, STUN included.
    pub(crate) dead: bool,
    /// What the leg's end hears.
    pub(crate) to_end: Way,
    /// What the leg's end says.
    pub(crate) from_end: Way,
}

/// What is wrong in one direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Way {
    /// So many of 100 RTP packets are lost.
    pub(crate) loss_percent: u8,
    /// Each RTP packet is late by this (`delay_ms`).
    #[serde(rename = "delay_ms", with = "crate::numbers::millis")]
    pub(crate) delay: Duration,
    /// No RTP at all; ICE stays up.
    pub(crate) stopped: bool,
}

/// What is played.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Clip {
    Speech {
        text: String,
    },
    /// 8 kHz, mono.
    Wave {
        samples: Arc<[i16]>,
    },
    Beep,
}

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::enum_variant_names, reason = "so many times is what it says")]
pub(crate) enum Times {
    Once,
    Times(u32),
    ForEver,
}

/// How a clip's playing came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlayEnd {
    /// It was heard to its end.
    Completed,
    /// `StopPlaying`, or another clip.
    Stopped,
    /// The leg is over.
    HungUp,
}

/// A webhook event before it is put into an envelope.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    /// UUID.
    pub(crate) id: String,
    /// Such as `call.hangup`.
    pub(crate) kind: &'static str,
    pub(crate) occurred_at: Moment,
    pub(crate) payload: Value,
    /// The leg it is about.
    pub(crate) leg: LegKey,
    /// Its `call_session_id`.
    pub(crate) session: String,
    pub(crate) to: Destination,
    pub(crate) treatment: Treatment,
}

/// Where the webhooks of a leg go: what its connection says, or the command that made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Destination {
    /// Without one nothing is sent.
    pub(crate) url: Option<String>,
    pub(crate) failover: Option<String>,
    /// How long the receiver may take.
    pub(crate) timeout: Duration,
    /// The pauses between attempts, if a command has said them (`webhook_retries_policies`).
    pub(crate) retries: Option<Vec<Duration>>,
}

/// What becomes of the webhooks of a call, as the number at its far end says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Treatment {
    pub(crate) fate: Fate,
    /// From the event to its first attempt (`delay_ms`).
    #[serde(rename = "delay_ms", with = "crate::numbers::millis")]
    pub(crate) delay: Duration,
    /// How often each is sent; 1 is once.
    pub(crate) copies: u32,
    /// The call's webhooks are kept until it is over and then sent last first.
    pub(crate) reversed: bool,
}

impl Default for Treatment {
    fn default() -> Self {
        Self { fate: Fate::Deliver, delay: Duration::ZERO, copies: 1, reversed: false }
    }
}

/// Whether a webhook is sent at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fate {
    #[default]
    Deliver,
    Lose,
}

/// What the lab has heard from a leg's end.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Heard {
    /// RTP packets with audio.
    pub(crate) packets: u64,
    /// Of these, the ones that came more than 40 ms after their time.
    pub(crate) late: u64,
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
    /// The file.
    pub(crate) bytes: Arc<[u8]>,
    pub(crate) format: Format,
    /// Its length.
    pub(crate) millis: u64,
}

/// Why there is no recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoAudio {
    #[error("an Opus leg is not decoded, so it cannot be recorded")]
    Opus,
    #[error("the file could not be written")]
    Encoder,
}

/// Why a sound cannot be played.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoSound {
    #[error("it cannot be fetched: {0}")]
    Unreachable(String),
    #[error("it is no WAV file that the lab can read: {0}")]
    Unreadable(String),
}
