//! Whether a leg can do what a command asks for, where it stands.

use super::super::Exchange;
use super::super::ending::Side;
use super::super::leg::{Leg, Stage, Tie};
use super::{Bridge, Command};
use crate::rest::error::ApiError;
use crate::switches::BridgeUnanswered;

impl Exchange {
    /// Refuses what makes no sense. A command that passes does something; one that does not changes nothing.
    pub(super) fn check(&mut self, key: &str, command: &Command) -> Result<(), ApiError> {
        if let Command::Bridge(bridge) = command {
            self.check_bridge(key, bridge)?;
        }
        let leg = self.leg(key).ok_or(ApiError::UnknownCall)?;
        match command {
            Command::Answer { .. } | Command::Reject(_) => {
                if leg.side == Side::Callee {
                    return Err(ApiError::AnswerOutbound);
                }
                if is_answered(leg) {
                    return Err(ApiError::AnsweredAlready);
                }
            }
            Command::RecordStart(_) => {
                if !leg.is_up() {
                    return Err(ApiError::RecordingBeforeAudio);
                }
            }
            Command::RecordStop { recording }
            | Command::RecordPause { recording }
            | Command::RecordResume { recording } => {
                if let Some(id) = recording
                    && self.running(key, Some(id)).is_empty()
                {
                    return Err(ApiError::bad_value(
                        "recording_id",
                        "The recording does not exist, or is over.",
                    ));
                }
            }
            Command::SendDtmf { .. }
            | Command::Play { .. }
            | Command::StopPlaying(_)
            | Command::Gather(_)
            | Command::StopGathering => {
                if !leg.is_up() {
                    return Err(ApiError::NotAnswered);
                }
            }
            Command::Hangup
            | Command::Bridge(_)
            | Command::Transfer(_)
            | Command::UpdateClientState => {}
        }
        Ok(())
    }

    fn check_bridge(&mut self, key: &str, bridge: &Bridge) -> Result<(), ApiError> {
        if self.switches.bridge_fails > 0 {
            self.switches.bridge_fails -= 1;
            return Err(ApiError::NotAnswered);
        }
        let other = self.commanded(&bridge.with)?;
        if other.key == key {
            return Err(ApiError::UnknownCall);
        }
        let leg = self.leg(key).ok_or(ApiError::UnknownCall)?;
        if bridge.prevent_double && matches!(other.tie, Tie::Bridged { .. }) {
            return Err(ApiError::bad_value(
                "call_control_id",
                "The call is bridged with another one already.",
            ));
        }
        for leg in [leg, other] {
            if !(leg.is_up() || self.may_be_answered(leg)) {
                return Err(ApiError::NotAnswered);
            }
        }
        Ok(())
    }

    /// Whether bridging answers this leg: it waits for a command.
    fn may_be_answered(&self, leg: &Leg) -> bool {
        let waits = match leg.stage() {
            Stage::Ready { .. } | Stage::EarlyMedia | Stage::Calling => true,
            Stage::Preparing { .. }
            | Stage::Called
            | Stage::Alerting
            | Stage::Answered { .. }
            | Stage::Ended { .. } => false,
        };
        waits
            && leg.side == Side::Caller
            && match self.switches.bridge_unanswered {
                BridgeUnanswered::Refused => false,
                BridgeUnanswered::Answers => true,
            }
    }
}

/// Whether it is up, or will be as soon as its media is ready.
fn is_answered(leg: &Leg) -> bool {
    leg.is_up() || matches!(leg.stage(), Stage::Preparing { answered: true })
}
