//! Recordings, from the first second to the download.

mod told;

use std::time::Duration;

use serde_json::json;

use super::Exchange;
use super::agenda::Due;
use super::io::{Audio, Channels, Format, LegKey, NoAudio, Order, RecordingKey, Shape};
use super::leg::Leg;
use super::turn::Turn;
use crate::clock::Moment;
use crate::numbers::Outcome;

/// One recording.
#[derive(Debug, Clone)]
pub(crate) struct Recording {
    pub(crate) id: RecordingKey,
    pub(crate) leg: LegKey,
    pub(crate) origin: Origin,
    pub(crate) shape: Shape,
    pub(crate) started_at: Moment,
    pub(crate) progress: Progress,
}

/// Who asked for it (`initiated_by`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The outbound voice profile.
    Profile,
    /// `record: record-from-answer`.
    Dial,
    /// `record_start`.
    Command,
}

impl Origin {
    /// Telnyx's word.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Profile => "Trunking",
            Self::Dial => "OutboundAPI",
            Self::Command => "StartCallRecordingAPI",
        }
    }
}

/// A recording that is to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) origin: Origin,
    pub(crate) shape: Shape,
    /// It stops by itself after so long.
    pub(crate) longest: Option<Duration>,
}

/// How far a recording is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Progress {
    Running {
        paused: bool,
    },
    /// Media has not handed it in yet.
    Collecting {
        ended_at: Moment,
    },
    /// Telnyx works on it.
    Processing {
        ended_at: Moment,
        audio: Audio,
    },
    /// It can be downloaded.
    Saved {
        ended_at: Moment,
        audio: Audio,
        at: Moment,
    },
    /// There is none, and nothing more will come.
    Failed,
}

impl Exchange {
    /// All recordings, oldest first.
    pub(crate) fn recordings(&self) -> &[Recording] {
        &self.recordings
    }

    /// Forgets a recording that can be downloaded. False if there is none of that id.
    pub(crate) fn delete_recording(&mut self, id: &str) -> bool {
        let before = self.recordings.len();
        self.recordings.retain(|recording| {
            recording.id != id || !matches!(recording.progress, Progress::Saved { .. })
        });
        self.recordings.len() < before
    }

    fn recording_mut(&mut self, id: &str) -> Option<&mut Recording> {
        self.recordings.iter_mut().find(|recording| recording.id == id)
    }

    /// What the outbound voice profile of the leg's connection wants recorded of a call to or from outside.
    pub(super) fn profile_wants(&self, leg: &Leg) -> Option<Wanted> {
        let connection = &leg.announced()?.connection;
        let profile = match self.account.connection(connection) {
            Some(found) => found.profile_id.as_deref(),
            None => self.account.application(connection)?.profile_id.as_deref(),
        };
        let policy = &self.account.profile(profile?)?.recording;
        policy.covers(&leg.from).then_some(Wanted {
            origin: Origin::Profile,
            shape: Shape { channels: policy.channels, format: policy.format, beep: false },
            longest: None,
        })
    }

    /// Starts to record a leg. Returns the recording's id.
    pub(super) fn record(&mut self, key: &str, wanted: Wanted, turn: &mut Turn) -> RecordingKey {
        let seed = self.seed;
        let number = self.leg_mut(key).map_or(0, |leg| {
            leg.recordings += 1;
            leg.recordings
        });
        let id = seed.uuid(&["recording", key, &number.to_string()]);
        self.recordings.push(Recording {
            id: id.clone(),
            leg: key.to_owned(),
            origin: wanted.origin,
            shape: wanted.shape,
            started_at: turn.now,
            progress: Progress::Running { paused: false },
        });
        if let Some(longest) = wanted.longest {
            self.agenda.at(turn.now.plus(longest), Due::LongEnough(id.clone()));
        }
        turn.media(key, Order::Record { recording: id.clone(), shape: wanted.shape });
        id
    }

    /// The recordings of a leg that run, and of these the one with this id if one is named.
    pub(super) fn running(&self, key: &str, only: Option<&str>) -> Vec<RecordingKey> {
        self.recordings
            .iter()
            .filter(|recording| {
                recording.leg == key
                    && matches!(recording.progress, Progress::Running { .. })
                    && only.is_none_or(|only| recording.id == only)
            })
            .map(|recording| recording.id.clone())
            .collect()
    }

    /// Pauses a recording, or lets it go on.
    pub(super) fn pause_recording(&mut self, id: &str, paused: bool, turn: &mut Turn) {
        let Some(recording) = self.recording_mut(id) else { return };
        let (leg, recording_id) = (recording.leg.clone(), recording.id.clone());
        recording.progress = Progress::Running { paused };
        let order = if paused {
            Order::PauseRecording { recording: recording_id }
        } else {
            Order::ResumeRecording { recording: recording_id }
        };
        turn.media(&leg, order);
    }

    /// Ends a recording while its leg goes on.
    pub(super) fn stop_recording(&mut self, id: &str, turn: &mut Turn) {
        let now = turn.now;
        let Some(recording) = self.recording_mut(id) else { return };
        recording.progress = Progress::Collecting { ended_at: now };
        let leg = recording.leg.clone();
        turn.media(&leg, Order::StopRecording { recording: id.to_owned() });
    }

    pub(super) fn long_enough(&mut self, id: &str, turn: &mut Turn) {
        let runs = self.recordings.iter().any(|recording| {
            recording.id == id && matches!(recording.progress, Progress::Running { .. })
        });
        if runs {
            self.stop_recording(id, turn);
        }
    }

    /// The leg is over, and its recordings with it. Media hands them in by itself.
    pub(super) fn close_recordings(&mut self, key: &str, now: Moment) {
        for recording in &mut self.recordings {
            if recording.leg == key && matches!(recording.progress, Progress::Running { .. }) {
                recording.progress = Progress::Collecting { ended_at: now };
            }
        }
    }

    /// Media handed a recording in; Telnyx takes its time with it, counted from the recording's end.
    pub(super) fn recorded(
        &mut self,
        key: &str,
        id: &str,
        audio: Result<Audio, NoAudio>,
        turn: &mut Turn,
    ) {
        let of_leg = |found: &&Recording| found.id == id && found.leg == key;
        let Some(found) = self.recordings.iter().find(of_leg) else { return };
        let Progress::Collecting { ended_at } = found.progress else { return };
        let Some(plan) = self.leg(&found.leg).map(|leg| leg.recording_plan) else { return };
        match audio {
            Ok(audio) => {
                self.agenda.at(ended_at.plus(plan.after).max(turn.now), Due::Worked(id.to_owned()));
                if let Some(recording) = self.recording_mut(id) {
                    recording.progress = Progress::Processing { ended_at, audio };
                }
            }
            Err(reason) => {
                tracing::warn!(id, %reason, "no recording");
                self.recording_fails(id, turn);
            }
        }
    }

    /// Telnyx is done with a recording.
    pub(super) fn worked(&mut self, id: &str, turn: &mut Turn) {
        let now = turn.now;
        let Some(found) = self.recordings.iter().find(|recording| recording.id == id) else {
            return;
        };
        let Progress::Processing { ended_at, audio } = found.progress.clone() else { return };
        let Some(leg) = self.leg(&found.leg) else { return };
        match leg.recording_plan.outcome {
            Outcome::Saved => {
                if let Some(recording) = self.recording_mut(id) {
                    recording.progress = Progress::Saved { ended_at, audio, at: now };
                }
                self.tell_saved(id, turn);
            }
            Outcome::Error => self.recording_fails(id, turn),
            Outcome::Never => {
                if let Some(recording) = self.recording_mut(id) {
                    recording.progress = Progress::Failed;
                }
            }
        }
    }

    fn recording_fails(&mut self, id: &str, turn: &mut Turn) {
        let Some(recording) = self.recording_mut(id) else { return };
        recording.progress = Progress::Failed;
        let recording = recording.clone();
        if self.is_told_of(&recording) {
            let fields = json!({ "reason": "Internal server error" });
            self.post(&recording.leg, "call.recording.error", fields, turn);
        }
    }
}

impl Channels {
    /// Telnyx's word.
    pub(crate) fn read(word: &str) -> Option<Self> {
        match word {
            "single" => Some(Self::Single),
            "dual" => Some(Self::Dual),
            _ => None,
        }
    }
}

impl Format {
    /// Telnyx's word.
    pub(crate) fn read(word: &str) -> Option<Self> {
        match word {
            "wav" => Some(Self::Wav),
            "mp3" => Some(Self::Mp3),
            _ => None,
        }
    }
}
