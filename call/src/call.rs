//! One call: what is heard of it goes in, what it has become and what it wants done come out.
//!
//! The click asks, the network decides. Nothing a person does changes the [`Stage`];
//! only the SDK's `callUpdate` does, and, where the SDK falls silent after a hang-up, a timer
//! that says so. Sounds and audio are functions of the state, turned into effects at one gate.

mod calling;
mod events;
mod hang_up;
mod over;
mod talking;

pub use calling::Calling;
pub use events::{Connection, Effect, Event, HANG_UP_SETTLES_MS, Sdk};
pub use hang_up::HangUp;
pub use over::Over;
pub use talking::{Hold, Microphone, Talking};

use crate::history::What;
use crate::ids::{CallId, TelnyxIds};
use crate::number::Number;
use crate::time::Millis;

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
