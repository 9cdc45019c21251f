//! The other witness: what Telnyx told our server about the call.

use serde::{Deserialize, Serialize};

use super::{Call, Calling, Effect, HangUp, Progress, Stage, Why};
use crate::cause::{Cause, Side};
use crate::time::Millis;

/// What Telnyx says of a call, by way of our server.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Telnyx {
    /// It was answered.
    Answered {
        /// When, by Telnyx's clock.
        at: Millis,
    },
    /// It is over.
    Ended(Ending),
    /// The far end is kept waiting (`true`) while somebody else is called whom the agent will talk with first.
    Waits(bool),
}

/// How a call ended, by Telnyx's word.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Ending {
    /// When, by Telnyx's clock.
    pub at: Millis,
    /// Why.
    pub cause: Cause,
    /// Who ended it.
    pub by: Side,
}

/// All that Telnyx has said of a call.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Testimony {
    /// When it was answered.
    pub answered: Option<Millis>,
    /// How it ended.
    pub ended: Option<Ending>,
    /// Whether the far end waits, with music, for what comes of a transfer: Telnyx has not parted us yet.
    #[serde(default)]
    pub waits: bool,
}

/// What the two witnesses do not agree on. The screen says it for as long as it lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Disagreement {
    /// Telnyx says that the call was answered; the SDK is not there yet.
    AnsweredAtTelnyx {
        /// When, by Telnyx's clock.
        at: Millis,
    },
    /// Telnyx says that the call is over; the SDK does not.
    EndedAtTelnyx {
        /// When, by Telnyx's clock.
        at: Millis,
    },
}

impl Call {
    /// What Telnyx says and the SDK does not.
    #[must_use]
    pub fn disagreement(&self) -> Option<Disagreement> {
        let answered = match &self.stage {
            Stage::Calling(_) | Stage::Incoming(_) => self.telnyx.answered,
            Stage::Talking(_) => None,
            Stage::Over(_) => return None,
        };
        let ended = self.telnyx.ended.as_ref().map(|ending| ending.at);
        ended
            .map(|at| Disagreement::EndedAtTelnyx { at })
            .or(answered.map(|at| Disagreement::AnsweredAtTelnyx { at }))
    }

    /// Whether the far end waits while a third party is called: neither of us is to hear the other.
    #[must_use]
    pub const fn is_apart(&self) -> bool {
        match &self.stage {
            Stage::Talking(_) => self.telnyx.waits,
            Stage::Calling(_) | Stage::Incoming(_) | Stage::Over(_) => false,
        }
    }

    /// Telnyx's word annotates, with one exception: a call that is over there is hung up here, and if the
    /// SDK has no word for that within [`super::HANG_UP_LIMIT_MS`], the call ends itself.
    pub(super) fn hears_telnyx(mut self, telnyx: Telnyx, now: Millis) -> (Self, Vec<Effect>) {
        match telnyx {
            Telnyx::Answered { at } => {
                let answered = self.telnyx.answered.unwrap_or(at);
                self.telnyx.answered = Some(answered);
                match &self.stage {
                    // Nothing else can say so of a call whose own leg was up before.
                    Stage::Calling(Calling { progress: Progress::Up, .. }) => {
                        self.answered(None, false, now)
                    }
                    Stage::Calling(_) | Stage::Incoming(_) | Stage::Talking(_) | Stage::Over(_) => {
                        (self, vec![])
                    }
                }
            }
            Telnyx::Waits(waits) => {
                self.telnyx.waits = waits;
                (self, vec![])
            }
            // What was said first stays.
            Telnyx::Ended(_) if self.telnyx.ended.is_some() => (self, vec![]),
            Telnyx::Ended(ending) => {
                self.telnyx.ended = Some(ending);
                match self.hang_up {
                    HangUp::Asked(_) => (self, vec![]),
                    HangUp::NotAsked => self.asks_for_the_end(Why::Telnyx, now),
                }
            }
        }
    }
}
