//! One call: what is heard of it goes in, what it has become and what it wants done come out.
//!
//! The click asks, the network decides. Nothing a person does changes the [`Stage`];
//! only the SDK's `callUpdate` does, and, where the SDK falls silent after a hang-up, a timer
//! that says so. Sounds and audio are functions of the state, turned into effects at one gate.

use crate::cause::{Cause, Outcome, Side};
use crate::history::What;
use crate::ids::{CallId, TelnyxIds};
use crate::number::Number;
use crate::time::Millis;

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

/// Whether the person asked for the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HangUp {
    /// Not asked for.
    NotAsked,
    /// Asked for, and the SDK has not said `hangup` yet.
    Asked {
        /// When.
        at: Millis,
    },
}

/// The remote audio, as the peer connection tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Media {
    /// Whether the remote stream was added.
    pub stream: bool,
    /// The peer connection's state.
    pub connection: Connection,
}

impl Media {
    /// Whether audio can be said to flow.
    #[must_use]
    pub const fn flows(self) -> bool {
        self.stream && matches!(self.connection, Connection::Connected)
    }
}

/// The microphone: what it is, and what was asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Microphone {
    /// Whether the sending track is disabled, as read back from it.
    pub muted: bool,
    /// What the person asked for and the track has not confirmed.
    pub asked: Option<bool>,
}

/// Hold: what the SDK says, and what was asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// Whether the SDK's state is `held`.
    pub held: bool,
    /// What the person asked for and the SDK has not settled.
    pub asked: Option<bool>,
}

/// A call that nobody has answered yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calling {
    /// When the far end began to ring, if it said so.
    pub ringing: Option<Millis>,
    /// Whether the gateway sends media before an answer: then we hear the network's ringback, not ours.
    pub early: bool,
    /// Remote audio.
    pub media: Media,
    /// The SDK's last error about this call.
    pub trouble: Option<Cause>,
    /// Whether the person asked for the end.
    pub hang_up: HangUp,
}

/// A call that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Talking {
    /// When `active` was first heard: the start of the talk timer. Never changes.
    pub since: Millis,
    /// When the far end began to ring, if it said so.
    pub rang: Option<Millis>,
    /// Remote audio.
    pub media: Media,
    /// Our microphone.
    pub microphone: Microphone,
    /// Hold.
    pub hold: Hold,
    /// The SDK's last error about this call.
    pub trouble: Option<Cause>,
    /// Whether the person asked for the end.
    pub hang_up: HangUp,
}

/// A call that is over. Nothing brings it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Over {
    /// When.
    pub at: Millis,
    /// How it went.
    pub outcome: Outcome,
    /// Why, in the network's word.
    pub cause: Cause,
    /// Who ended it.
    pub by: Side,
    /// How long the far end rang, in milliseconds, if it rang.
    pub rang_ms: Option<u64>,
    /// How long they talked, in milliseconds, if they did.
    pub talked_ms: Option<u64>,
}

/// Where a call stands. Each variant holds what is true then and nothing else: only a
/// call that was answered has a `since`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Dialled, not answered.
    Calling(Calling),
    /// Answered.
    Talking(Talking),
    /// Over.
    Over(Over),
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Our id, which is also the SDK's.
    pub id: CallId,
    /// Whom we call.
    pub to: Number,
    /// When the SDK first reported it.
    pub began: Millis,
    /// Telnyx's ids, as far as they are known.
    pub ids: TelnyxIds,
    /// Where it stands.
    pub stage: Stage,
}

impl Call {
    /// A call the SDK has just reported as `new`.
    #[must_use = "the effects are requests; dropping them drops the call's wishes"]
    pub fn dialled(id: CallId, to: Number, now: Millis) -> (Self, Vec<Effect>) {
        let stage = Stage::Calling(Calling {
            ringing: None,
            early: false,
            media: Media { stream: false, connection: Connection::New },
            trouble: None,
            hang_up: HangUp::NotAsked,
        });
        let call = Self { id, to, began: now, ids: TelnyxIds::default(), stage };
        (call, vec![Effect::Testify(What::Dialled)])
    }

    /// Moves the call forward by one event.
    ///
    /// News comes late, twice and out of order: the SDK has no guard of its own. An event
    /// with no meaning in the current stage leaves the call as it is.
    #[must_use = "the effects are requests; dropping them drops the call's wishes"]
    pub fn step(self, event: Event, now: Millis) -> (Self, Vec<Effect>) {
        if let Event::Identified(news) = event {
            return (Self { ids: self.ids.joined(news), ..self }, vec![]);
        }
        let before = Wants::of(&self.stage);
        let Self { id, to, began, ids, stage } = self;
        let (stage, mut effects) = match stage {
            Stage::Calling(calling) => calling.step(event, now),
            Stage::Talking(talking) => talking.step(event, now),
            Stage::Over(over) => over.step(&event),
        };
        effects.extend(before.changes_to(Wants::of(&stage)));
        (Self { id, to, began, ids, stage }, effects)
    }

    /// Whether the call is over.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over(_))
    }
}

impl Calling {
    fn step(self, event: Event, now: Millis) -> (Stage, Vec<Effect>) {
        match event {
            Event::HangUp => {
                let (hang_up, effects) = self.hang_up.ask(now);
                (Stage::Calling(Self { hang_up, ..self }), effects)
            }
            Event::Sdk(Sdk::Active) => self.answered(false, now),
            // A re-attached call can come back held without an `active` of its own.
            Event::Sdk(Sdk::Held) => self.answered(true, now),
            Event::Sdk(Sdk::Early) => (Stage::Calling(Self { early: true, ..self }), vec![]),
            Event::Sdk(Sdk::Over(cause)) => self.over(cause, now),
            Event::HangUpOverdue if self.hang_up != HangUp::NotAsked => {
                self.over(Some(Cause::Silence), now)
            }
            Event::FarEndRings if self.ringing.is_none() => {
                let calling = Self { ringing: Some(now), ..self };
                (Stage::Calling(calling), vec![Effect::Testify(What::Rang)])
            }
            Event::RemoteStream => {
                let media = Media { stream: true, ..self.media };
                (Stage::Calling(Self { media, ..self }), vec![Effect::AttachAudio])
            }
            Event::Connection(connection) => {
                let media = Media { connection, ..self.media };
                (Stage::Calling(Self { media, ..self }), vec![])
            }
            Event::Trouble(cause) => {
                (Stage::Calling(Self { trouble: Some(cause), ..self }), vec![])
            }
            // Nothing of these moves a call that nobody answered.
            Event::Sdk(
                Sdk::New
                | Sdk::Requesting
                | Sdk::Trying
                | Sdk::Ringing
                | Sdk::Answering
                | Sdk::Recovering,
            )
            | Event::FarEndRings
            | Event::HangUpOverdue
            | Event::Mute(_)
            | Event::Hold(_)
            | Event::MicrophoneIs { .. }
            | Event::HoldRefused
            | Event::Identified(_) => (Stage::Calling(self), vec![]),
        }
    }

    fn answered(self, held: bool, now: Millis) -> (Stage, Vec<Effect>) {
        let talking = Talking {
            since: now,
            rang: self.ringing,
            media: self.media,
            microphone: Microphone { muted: false, asked: None },
            hold: Hold { held, asked: None },
            trouble: self.trouble,
            hang_up: self.hang_up,
        };
        (Stage::Talking(talking), vec![Effect::Testify(What::Active)])
    }

    fn over(self, said: Option<Cause>, now: Millis) -> (Stage, Vec<Effect>) {
        let (cause, by) = verdict(self.trouble, said, self.hang_up);
        let over = Over {
            at: now,
            outcome: Outcome::unanswered(&cause, by),
            cause,
            by,
            rang_ms: self.ringing.map(|rang| now.since(rang)),
            talked_ms: None,
        };
        over.begins()
    }
}

impl Talking {
    fn step(self, event: Event, now: Millis) -> (Stage, Vec<Effect>) {
        match event {
            Event::HangUp => {
                let (hang_up, effects) = self.hang_up.ask(now);
                (Stage::Talking(Self { hang_up, ..self }), effects)
            }
            Event::Mute(wanted) => {
                let microphone = Microphone { asked: Some(wanted), ..self.microphone };
                (Stage::Talking(Self { microphone, ..self }), vec![Effect::Mute(wanted)])
            }
            Event::MicrophoneIs { muted } => {
                let microphone = Microphone { muted, asked: None };
                (Stage::Talking(Self { microphone, ..self }), vec![])
            }
            // A second press while the first is under way does nothing.
            Event::Hold(wanted) if self.hold.asked.is_none() => {
                let hold = Hold { asked: Some(wanted), ..self.hold };
                (Stage::Talking(Self { hold, ..self }), vec![Effect::Hold(wanted)])
            }
            Event::HoldRefused => {
                let hold = Hold { asked: None, ..self.hold };
                (Stage::Talking(Self { hold, ..self }), vec![])
            }
            Event::Sdk(Sdk::Active) => self.held(false),
            Event::Sdk(Sdk::Held) => self.held(true),
            Event::Sdk(Sdk::Over(cause)) => self.over(cause, now),
            Event::HangUpOverdue if self.hang_up != HangUp::NotAsked => {
                self.over(Some(Cause::Silence), now)
            }
            Event::RemoteStream => {
                // Every time: a re-attached call brings a stream of its own.
                let media = Media { stream: true, ..self.media };
                (Stage::Talking(Self { media, ..self }), vec![Effect::AttachAudio])
            }
            Event::Connection(connection) => {
                let media = Media { connection, ..self.media };
                (Stage::Talking(Self { media, ..self }), vec![])
            }
            Event::Trouble(cause) => {
                (Stage::Talking(Self { trouble: Some(cause), ..self }), vec![])
            }
            // The SDK goes back to `trying` when an answer overtakes the INVITE's result; what was
            // answered stays answered. Late ringing is as meaningless.
            Event::Sdk(
                Sdk::New
                | Sdk::Requesting
                | Sdk::Trying
                | Sdk::Early
                | Sdk::Ringing
                | Sdk::Answering
                | Sdk::Recovering,
            )
            | Event::FarEndRings
            | Event::Hold(_)
            | Event::HangUpOverdue
            | Event::Identified(_) => (Stage::Talking(self), vec![]),
        }
    }

    fn held(self, held: bool) -> (Stage, Vec<Effect>) {
        // The word settles what was asked only if it is the word that was asked for: `active`
        // is also repeated while a hold is under way.
        let asked = self.hold.asked.filter(|wanted| *wanted != held);
        (Stage::Talking(Self { hold: Hold { held, asked }, ..self }), vec![])
    }

    fn over(self, said: Option<Cause>, now: Millis) -> (Stage, Vec<Effect>) {
        let (cause, by) = verdict(self.trouble, said, self.hang_up);
        let over = Over {
            at: now,
            outcome: Outcome::Answered,
            cause,
            by,
            rang_ms: self.rang.map(|rang| self.since.since(rang)),
            talked_ms: Some(now.since(self.since)),
        };
        over.begins()
    }
}

impl Over {
    fn begins(self) -> (Stage, Vec<Effect>) {
        let testimony = What::Ended { cause: self.cause.clone(), by: self.by };
        (Stage::Over(self), vec![Effect::ReleaseMicrophone, Effect::Testify(testimony)])
    }

    fn step(self, event: &Event) -> (Stage, Vec<Effect>) {
        let effects = match event {
            // A hang-up said while the socket was down is lost, and the gateway hands the call
            // back when the socket returns. It is over all the same: hang up what came back.
            Event::Sdk(Sdk::Recovering | Sdk::Answering | Sdk::Active | Sdk::Held | Sdk::Early) => {
                vec![Effect::HangUpSdk, Effect::ReleaseMicrophone]
            }
            Event::Sdk(Sdk::New | Sdk::Requesting | Sdk::Trying | Sdk::Ringing | Sdk::Over(_))
            | Event::HangUp
            | Event::Mute(_)
            | Event::Hold(_)
            | Event::Identified(_)
            | Event::FarEndRings
            | Event::RemoteStream
            | Event::Connection(_)
            | Event::MicrophoneIs { .. }
            | Event::HoldRefused
            | Event::Trouble(_)
            | Event::HangUpOverdue => vec![],
        };
        (Stage::Over(self), effects)
    }
}

impl HangUp {
    /// Asks once; a second press does nothing.
    fn ask(self, now: Millis) -> (Self, Vec<Effect>) {
        match self {
            Self::NotAsked => (
                Self::Asked { at: now },
                vec![Effect::AwaitHangUp, Effect::HangUpServer, Effect::HangUpSdk],
            ),
            Self::Asked { at } => (Self::Asked { at }, vec![]),
        }
    }
}

/// Why a call ended and by whom.
///
/// The SDK says `USER_BUSY` of its own failures and of our own early hang-up alike, so what the
/// person asked for and an error that came before weigh more than its word.
fn verdict(trouble: Option<Cause>, said: Option<Cause>, hang_up: HangUp) -> (Cause, Side) {
    let said = said.unwrap_or_else(|| Cause::Other("no cause".to_owned()));
    match (hang_up, trouble) {
        (HangUp::Asked { .. }, _) => (said, Side::Us),
        (HangUp::NotAsked, Some(trouble)) => (trouble, Side::Network),
        (HangUp::NotAsked, None) => {
            let by = match said {
                Cause::Normal | Cause::Busy | Cause::Rejected => Side::Them,
                Cause::NoAnswer
                | Cause::Cancelled
                | Cause::NoSuchNumber
                | Cause::TimeLimit
                | Cause::NoMicrophone
                | Cause::Silence
                | Cause::Other(_) => Side::Network,
            };
            (said, by)
        }
    }
}

/// What a stage lets be heard: the one gate between states and sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wants {
    ringback: bool,
    audio: bool,
}

impl Wants {
    fn of(stage: &Stage) -> Self {
        match stage {
            Stage::Calling(calling) => Self {
                ringback: calling.ringing.is_some()
                    && !calling.early
                    && calling.hang_up == HangUp::NotAsked,
                audio: calling.media.stream,
            },
            Stage::Talking(talking) => Self { ringback: false, audio: talking.media.stream },
            Stage::Over(_) => Self { ringback: false, audio: false },
        }
    }

    fn changes_to(self, after: Self) -> impl Iterator<Item = Effect> {
        let ringback = match (self.ringback, after.ringback) {
            (false, true) => Some(Effect::PlayRingback),
            (true, false) => Some(Effect::SilenceRingback),
            (false, false) | (true, true) => None,
        };
        let silenced = (self.audio && !after.audio).then_some(Effect::DetachAudio);
        ringback.into_iter().chain(silenced)
    }
}
