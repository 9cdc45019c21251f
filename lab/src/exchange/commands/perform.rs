//! What a command brings about once it has been found to make sense.

use serde_json::{Value, json};

use super::super::Exchange;
use super::super::ending::{By, Cause, Ending};
use super::super::leg::{Leg, Presence, Stage, Stays, Tie};
use super::super::recordings::Wanted;
use super::super::turn::Turn;
use super::dial::overridden;
use super::{Bridge, Command, Target, Webhooks, done};

impl Exchange {
    /// Does it, and returns the body of the response.
    pub(super) fn perform(&mut self, key: &str, command: Command, turn: &mut Turn) -> Value {
        match command {
            Command::Answer { record, webhooks } => {
                return self.rest_answers(key, record, webhooks, turn);
            }
            Command::Hangup => self.carrier_hangs_up(key, turn),
            Command::Reject(refusal) => {
                let ending = Ending { cause: Cause::Refused(refusal), by: By::Callee };
                self.end(key, ending, "REST command", turn);
            }
            Command::Bridge(bridge) => self.rest_bridges(key, &bridge, turn),
            Command::Transfer(transfer) => self.transfer(key, *transfer, turn),
            Command::RecordStart(wanted) => {
                self.record(key, wanted, turn);
            }
            Command::RecordStop { recording } => {
                for id in self.running(key, recording.as_deref()) {
                    self.stop_recording(&id, turn);
                }
            }
            Command::RecordPause { recording } => {
                for id in self.running(key, recording.as_deref()) {
                    self.pause_recording(&id, true, turn);
                }
            }
            Command::RecordResume { recording } => {
                for id in self.running(key, recording.as_deref()) {
                    self.pause_recording(&id, false, turn);
                }
            }
            Command::SendDtmf { digits } => {
                if let Some(leg) = self.leg_mut(key) {
                    // `w` and `W` are pauses.
                    leg.dtmf_played.extend(digits.chars().filter(|key| !"wW".contains(*key)));
                }
            }
            Command::Play { sound, target, instead_of } => {
                for key in self.targets(key, target) {
                    if let Some(stop) = instead_of {
                        self.stop_playing(&key, stop, turn);
                    }
                    self.play(&key, sound.clone(), turn);
                }
            }
            Command::StopPlaying(stop) => self.stop_playing(key, stop, turn),
            Command::Gather(wish) => self.gather(key, wish, turn),
            Command::StopGathering => self.gather_stops(key, "cancelled", turn),
            Command::UpdateClientState => {}
        }
        done()
    }

    fn rest_answers(
        &mut self,
        key: &str,
        record: Option<Wanted>,
        webhooks: Webhooks,
        turn: &mut Turn,
    ) -> Value {
        let recording = record.map(|_| self.seed.uuid(&["recording", key, "1"]));
        if let Some(leg) = self.leg_mut(key) {
            if record.is_some() {
                leg.wishes.record = record;
            }
            if let Presence::Announced(announced) = &mut leg.presence {
                *announced = overridden(announced.clone(), webhooks);
            }
            if let Stage::Preparing { .. } = leg.stage() {
                // Media is not there yet; the answer follows when it is.
                leg.enter(Stage::Preparing { answered: true }, "REST command");
            }
        }
        if self.answer_caller(key, "REST command", turn) {
            self.give_voice(key, turn);
            self.after_answer(key, turn);
        }
        match recording {
            Some(id) => json!({ "data": { "result": "ok", "recording_id": id } }),
            None => done(),
        }
    }

    fn rest_bridges(&mut self, key: &str, bridge: &Bridge, turn: &mut Turn) {
        let Some(other) = self.leg_by_control(&bridge.with).map(|leg| leg.key.clone()) else {
            return;
        };
        for key in [key, &other] {
            if !self.leg(key).is_some_and(Leg::is_up)
                && self.answer_caller(key, "its call is bridged", turn)
            {
                self.give_voice(key, turn);
                self.after_answer(key, turn);
            }
        }
        // What the other leg was told of this very pair still holds.
        let others = match self.leg(&other).map(|leg| &leg.tie) {
            Some(Tie::Bridged { with, stays }) if with == key => *stays,
            Some(
                Tie::Alone
                | Tie::Direct(_)
                | Tie::CalledFor { .. }
                | Tie::Awaits(_)
                | Tie::Bridged { .. },
            )
            | None => Stays::No,
        };
        self.bridge(key, &other, (bridge.stays, others), turn);
        if let Some(wanted) = bridge.record {
            self.record(key, wanted, turn);
        }
    }

    fn targets(&self, key: &str, target: Target) -> Vec<String> {
        let partner = self.leg(key).and_then(Leg::partner).cloned();
        match target {
            Target::Own => vec![key.to_owned()],
            Target::Opposite => partner.into_iter().collect(),
            Target::Both => std::iter::once(key.to_owned()).chain(partner).collect(),
        }
    }
}
