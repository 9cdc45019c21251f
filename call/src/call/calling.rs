//! A call that was dialled and that nobody has answered.

use serde::{Deserialize, Serialize};

use super::events::Own;
use super::{Call, Effect, Route, Sdk, Stage};
use crate::history::What;
use crate::time::Millis;

/// How far the set-up has come. It never goes back, whatever the SDK repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// `new`: the browser gets the call ready.
    Preparing,
    /// `requesting`: the INVITE was sent; Telnyx has not replied.
    Inviting,
    /// `trying` or beyond: Telnyx has the call.
    Proceeding,
    /// The agent's own leg is up (`active`), of a call whose far end is called after that.
    Up,
}

/// A call that nobody has answered yet.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Calling {
    /// How far the set-up has come.
    pub progress: Progress,
    /// Whether this step of it takes longer than it should.
    pub slow: bool,
    /// When the far end began to ring, if it said so.
    pub ringing: Option<Millis>,
    /// Whether the call waits at Telnyx while our server calls the far end: of whether that rings nobody hears.
    pub waits: bool,
    /// Whether the gateway sends media before an answer: then we hear the network's ringback, not ours.
    pub early: bool,
}

impl Calling {
    pub(super) const NEW: Self = Self {
        progress: Progress::Preparing,
        slow: false,
        ringing: None,
        waits: false,
        early: false,
    };

    /// Of a call that came in here first: Telnyx has it, and the far end is not called before it is answered here.
    pub(super) const COMING: Self =
        Self { progress: Progress::Proceeding, waits: true, ..Self::NEW };

    fn reached(self, progress: Progress) -> Self {
        let slow = self.slow && progress <= self.progress;
        Self { progress: self.progress.max(progress), slow, ..self }
    }
}

impl Call {
    pub(super) fn while_calling(
        mut self,
        calling: Calling,
        event: Own,
        now: Millis,
    ) -> (Self, Vec<Effect>) {
        let (calling, effects) = match event {
            Own::Sdk(Sdk::Active | Sdk::Held)
                if self.route == Route::Asked && self.telnyx.answered.is_none() =>
            {
                (calling.reached(Progress::Up), vec![])
            }
            Own::Sdk(Sdk::Active) => return self.answered(calling.ringing, false, now),
            // A re-attached call can come back held without an `active` of its own.
            Own::Sdk(Sdk::Held) => return self.answered(calling.ringing, true, now),
            Own::Sdk(Sdk::Requesting) => (calling.reached(Progress::Inviting), vec![]),
            Own::Sdk(Sdk::Early) => {
                (Calling { early: true, ..calling.reached(Progress::Proceeding) }, vec![])
            }
            Own::Sdk(Sdk::Trying | Sdk::Ringing | Sdk::Answering | Sdk::Recovering) => {
                (calling.reached(Progress::Proceeding), vec![])
            }
            Own::FarEndRings if self.route != Route::Direct => {
                (Calling { waits: true, ..calling.reached(Progress::Proceeding) }, vec![])
            }
            Own::FarEndRings if calling.ringing.is_none() => {
                let reached = calling.reached(Progress::Proceeding);
                (Calling { ringing: Some(now), ..reached }, vec![Effect::Testify(What::Rang)])
            }
            // Nothing of these moves a call that nobody answered.
            Own::Sdk(Sdk::New)
            | Own::FarEndRings
            | Own::Answer
            | Own::Mute(_)
            | Own::Hold(_)
            | Own::Press(_)
            | Own::MicrophoneIs { .. }
            | Own::HoldRefused
            | Own::SocketReady => (calling, vec![]),
        };
        self.stage = Stage::Calling(calling);
        (self, effects)
    }
}
