//! A call that is over, and why.

use super::{Effect, Event, HangUp, Sdk, Stage};
use crate::cause::{Cause, Outcome, Side};
use crate::history::What;
use crate::time::Millis;

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

impl Over {
    pub(super) fn begins(self) -> (Stage, Vec<Effect>) {
        let testimony = What::Ended { cause: self.cause.clone(), by: self.by };
        (Stage::Over(self), vec![Effect::ReleaseMicrophone, Effect::Testify(testimony)])
    }

    pub(super) fn step(self, event: &Event) -> (Stage, Vec<Effect>) {
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
            | Event::Press(_)
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

/// Why a call ended and by whom.
///
/// The SDK says `USER_BUSY` of its own failures and of our own early hang-up alike, so what the
/// person asked for and an error that came before weigh more than its word.
pub(super) fn verdict(
    trouble: Option<Cause>,
    said: Option<Cause>,
    hang_up: HangUp,
) -> (Cause, Side) {
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
