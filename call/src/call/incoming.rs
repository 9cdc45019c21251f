//! A call that rings here.

use serde::{Deserialize, Serialize};

use super::events::Own;
use super::{Call, Effect, HangUp, Sdk, Socket, Stage};
use crate::time::Millis;

/// A call that rings here. It is not answered until the SDK says `active`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Incoming {
    /// When the person took it, if it was taken.
    pub taken: Option<Millis>,
}

impl Call {
    /// Whether it rings here and nobody has done anything about it.
    #[must_use]
    pub fn rings_here(&self) -> bool {
        match &self.stage {
            Stage::Incoming(incoming) => {
                incoming.taken.is_none()
                    && self.hang_up == HangUp::NotAsked
                    && !self.socket.is_away()
            }
            Stage::Calling(_) | Stage::Talking(_) | Stage::Over(_) => false,
        }
    }

    /// Whether it rings here and the person has taken it.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        matches!(&self.stage, Stage::Incoming(Incoming { taken: Some(_) }))
    }

    /// Whether it can be answered now: what the SDK is told while the socket is down reaches nobody.
    #[must_use]
    pub fn can_be_answered(&self) -> bool {
        self.rings_here() && self.socket == Socket::Up
    }

    pub(super) fn while_incoming(
        mut self,
        incoming: Incoming,
        event: Own,
        now: Millis,
    ) -> (Self, Vec<Effect>) {
        let rang = Some(self.began);
        match event {
            Own::Sdk(Sdk::Active) => self.answered(rang, false, now),
            Own::Sdk(Sdk::Held) => self.answered(rang, true, now),
            Own::Answer if self.can_be_answered() => {
                self.stage = Stage::Incoming(Incoming { taken: Some(now) });
                (self, vec![Effect::Answer])
            }
            // Nothing of these moves a call that rings here.
            Own::Sdk(
                Sdk::New
                | Sdk::Requesting
                | Sdk::Trying
                | Sdk::Early
                | Sdk::Ringing
                | Sdk::Answering
                | Sdk::Recovering,
            )
            | Own::Answer
            | Own::FarEndRings
            | Own::Mute(_)
            | Own::Hold(_)
            | Own::Press(_)
            | Own::MicrophoneIs { .. }
            | Own::HoldRefused
            | Own::SocketReady => {
                self.stage = Stage::Incoming(incoming);
                (self, vec![])
            }
        }
    }
}
