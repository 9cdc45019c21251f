//! A page that is loaded anew in the middle of calls: what is kept of each, and how one comes back.
//!
//! The SDK gives one call back to the page that follows, if somebody had answered it and its own window has not
//! passed. The others end. What the next page knows of a call is what was kept ([`Kept`]); until the SDK has the
//! call again it is [`Socket::Away`].

use serde::{Deserialize, Serialize};

use super::{
    Ask, Call, Calling, Direction, Effect, HangUp, Hold, Incoming, Leg, Microphone, Object, Party,
    Progress, Route, Socket, Stage, Talking, Testimony,
};
use crate::cause::Cause;
use crate::ids::{CallId, TelnyxIds};
use crate::time::Millis;

/// What is kept of a living call for the page that follows. No key that was pressed is among it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Kept {
    /// Its id.
    pub id: CallId,
    /// Which way it was made.
    pub direction: Direction,
    /// How it reaches the far end.
    #[serde(default)]
    pub route: Route,
    /// Who is at the other end.
    pub with: Party,
    /// When the SDK first reported it.
    pub began: Millis,
    /// Telnyx's ids, as far as they are known.
    pub ids: TelnyxIds,
    /// Where it stood.
    pub stage: KeptStage,
    /// Whether it may come back. Where it may not, whoever keeps it also ends it.
    pub survives: bool,
}

/// Where a call stood, as far as that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeptStage {
    /// Dialled, not answered.
    Calling {
        /// When the far end began to ring.
        ringing: Option<Millis>,
    },
    /// It rang here.
    Incoming,
    /// Answered.
    Talking {
        /// The start of the talk timer.
        since: Millis,
        /// When it began to ring.
        rang: Option<Millis>,
        /// Whether the person wanted the microphone muted.
        muted: bool,
        /// Whether it was on hold.
        held: bool,
    },
}

impl Socket {
    /// Whether the page waits for the call to be given back to it.
    #[must_use]
    pub const fn is_away(self) -> bool {
        matches!(self, Self::Away { .. })
    }

    /// An object of the SDK's has spoken for the call.
    pub(super) const fn given_back(self) -> Self {
        match self {
            Self::Away { ready: true, .. } => Self::Up,
            Self::Away { since, ready: false } => Self::Down { since },
            Self::Up | Self::Down { .. } => self,
        }
    }

    pub(super) const fn closed(self, now: Millis) -> Self {
        match self {
            Self::Up => Self::Down { since: now },
            Self::Down { since } => Self::Down { since },
            Self::Away { since, .. } => Self::Away { since, ready: false },
        }
    }

    pub(super) const fn ready(self) -> Self {
        match self {
            Self::Up | Self::Down { .. } => Self::Up,
            Self::Away { since, .. } => Self::Away { since, ready: true },
        }
    }
}

impl Call {
    /// What to keep of this call; nothing of one that is over or whose end was asked for.
    pub(crate) fn kept(&self, survives: bool) -> Option<Kept> {
        if self.hang_up != HangUp::NotAsked {
            return None;
        }
        let stage = match &self.stage {
            Stage::Calling(calling) => KeptStage::Calling { ringing: calling.ringing },
            Stage::Incoming(_) => KeptStage::Incoming,
            Stage::Talking(talking) => KeptStage::Talking {
                since: talking.since,
                rang: talking.rang,
                muted: talking.microphone.wanted,
                held: talking.hold.held,
            },
            Stage::Over(_) => return None,
        };
        Some(Kept {
            id: self.id.clone(),
            direction: self.direction,
            route: self.route,
            with: self.with.clone(),
            began: self.began,
            ids: self.ids.clone(),
            stage,
            survives,
        })
    }

    /// The call of a page that was last there at `since`, in the page that follows.
    pub(crate) fn of_the_page_before(kept: Kept, since: Millis) -> Self {
        let stage = match kept.stage {
            KeptStage::Calling { ringing } => {
                Stage::Calling(Calling { progress: Progress::Proceeding, ringing, ..Calling::NEW })
            }
            KeptStage::Incoming => Stage::Incoming(Incoming { taken: None }),
            KeptStage::Talking { since, rang, muted, held } => Stage::Talking(Talking {
                since,
                rang,
                microphone: Microphone { muted: false, wanted: muted },
                hold: Hold { held, ask: Ask::Settled },
                digits: Vec::new(),
            }),
        };
        Self {
            id: kept.id,
            route: kept.route,
            direction: kept.direction,
            with: kept.with,
            began: kept.began,
            ids: kept.ids,
            leg: Leg::new(Object::BEFORE),
            socket: Socket::Away { since, ready: false },
            hang_up: HangUp::NotAsked,
            trouble: None,
            telnyx: Testimony::default(),
            stage,
        }
    }

    /// The gateway does not have the call any more: nothing is left of it to be hung up there.
    pub(super) fn stays_away(mut self, now: Millis) -> (Self, Vec<Effect>) {
        self.socket = Socket::Up;
        self.ends_with_its_page(now)
    }

    /// The call does not survive the loading of a page. What the gateway still gives back of it is hung up.
    pub(crate) fn does_not_survive(mut self, now: Millis) -> (Self, Vec<Effect>) {
        self.socket = Socket::Down { since: now };
        self.ends_with_its_page(now)
    }

    fn ends_with_its_page(self, now: Millis) -> (Self, Vec<Effect>) {
        let (call, mut effects) = self.reaches_limit(Cause::Reloaded, now);
        let (call, end) = call.ends(Some(Cause::Reloaded), now);
        effects.extend(end);
        (call, effects)
    }
}
