//! What REST has played to a leg, and which keys it collects.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::Exchange;
use super::agenda::Due;
use super::io::{Clip, NoSound, Order, PlayEnd, PlayId, Times};
use super::turn::Turn;

/// Something being played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Playing {
    pub(crate) id: PlayId,
    pub(crate) what: What,
}

/// What is played, as its webhooks name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    Speech,
    Audio {
        /// The `audio_url` or `media_name`; neither if the command brought the sound itself.
        source: AudioSource,
    },
}

/// Where a sound comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AudioSource {
    Url(String),
    Name(String),
    Content,
}

/// Keys being collected (`gather`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gather {
    pub(crate) digits: String,
    pub(crate) least: usize,
    pub(crate) most: usize,
    pub(crate) ends_with: char,
    pub(crate) valid: String,
    /// From the command to the first key.
    pub(crate) first_within: Duration,
    /// From one key to the next.
    pub(crate) next_within: Duration,
    /// Counts the waits, so that one that is over does not end a later one.
    pub(crate) patience: u64,
}

impl Exchange {
    /// Plays something to a leg, and says that it has begun.
    pub(super) fn play(
        &mut self,
        key: &str,
        what: What,
        clip: Clip,
        times: Times,
        turn: &mut Turn,
    ) {
        let id = self.start_playing(key, what, turn);
        turn.media(key, Order::Play { id, clip, times });
    }

    /// Says that something begins to be played.
    pub(super) fn start_playing(&mut self, key: &str, what: What, turn: &mut Turn) -> PlayId {
        let id = self.seed.uuid(&["play", key, &self.log.len().to_string(), &turn.now.iso()]);
        let kind = match what {
            What::Speech => "call.speak.started",
            What::Audio { .. } => "call.playback.started",
        };
        self.post(key, kind, described(&what), turn);
        if let Some(leg) = self.leg_mut(key) {
            leg.playing = Some(Playing { id: id.clone(), what });
        }
        id
    }

    /// What had to be fetched first is here, or cannot be had.
    pub(super) fn fetched(
        &mut self,
        key: &str,
        play: &str,
        times: Times,
        audio: Result<Arc<[i16]>, NoSound>,
        turn: &mut Turn,
    ) {
        let Some(leg) = self.leg_mut(key) else { return };
        match audio {
            Ok(samples) => {
                if leg.playing.as_ref().is_some_and(|playing| playing.id == play) {
                    let clip = Clip::Wave { samples };
                    turn.media(key, Order::Play { id: play.to_owned(), clip, times });
                }
            }
            Err(error) => {
                tracing::warn!(leg = key, %error, "nothing to play");
                let Some(playing) = leg.playing.take_if(|playing| playing.id == play) else {
                    return;
                };
                let mut fields = described(&playing.what);
                fields["status"] = json!("file_not_found");
                fields["status_detail"] = json!(error.to_string());
                self.post(key, "call.playback.ended", fields, turn);
            }
        }
    }

    /// Media is done with something.
    pub(super) fn play_ended(&mut self, key: &str, id: &str, how: PlayEnd, turn: &mut Turn) {
        let Some(leg) = self.leg_mut(key) else { return };
        let Some(playing) = leg.playing.take_if(|playing| playing.id == id) else { return };
        let (kind, stopped) = match playing.what {
            What::Speech => ("call.speak.ended", "completed"),
            What::Audio { .. } => ("call.playback.ended", "cancelled"),
        };
        let mut fields = described(&playing.what);
        fields["status"] = json!(match how {
            PlayEnd::Completed => "completed",
            PlayEnd::Stopped => stopped,
            PlayEnd::HungUp => "call_hangup",
        });
        self.post(key, kind, fields, turn);
    }

    /// Begins to collect keys.
    pub(super) fn gather(&mut self, key: &str, gather: Gather, turn: &mut Turn) {
        let wait = gather.first_within;
        if let Some(leg) = self.leg_mut(key) {
            leg.gather = Some(gather);
            self.agenda
                .at(turn.now.plus(wait), Due::GatherEnds { leg: key.to_owned(), patience: 0 });
        }
    }

    /// A key was pressed at a leg's end.
    pub(super) fn gathers(&mut self, key: &str, digit: char, turn: &mut Turn) {
        let Some(leg) = self.leg_mut(key) else { return };
        let Some(gather) = &mut leg.gather else { return };
        if digit == gather.ends_with {
            self.gather_ends(key, turn);
            return;
        }
        gather.digits.push(digit);
        gather.patience += 1;
        let (full, patience) = (gather.digits.chars().count() >= gather.most, gather.patience);
        let wait = gather.next_within;
        if full {
            self.gather_ends(key, turn);
        } else {
            let due = Due::GatherEnds { leg: key.to_owned(), patience };
            self.agenda.at(turn.now.plus(wait), due);
        }
    }

    pub(super) fn gather_times_out(&mut self, key: &str, patience: u64, turn: &mut Turn) {
        let waits = self
            .leg(key)
            .and_then(|leg| leg.gather.as_ref())
            .is_some_and(|gather| gather.patience == patience);
        if waits {
            self.gather_ends(key, turn);
        }
    }

    fn gather_ends(&mut self, key: &str, turn: &mut Turn) {
        let Some(gather) = self.leg_mut(key).and_then(|leg| leg.gather.take()) else { return };
        let count = gather.digits.chars().count();
        let status = if count == 0 {
            "timeout"
        } else if count < gather.least
            || !gather.digits.chars().all(|key| gather.valid.contains(key))
        {
            "invalid"
        } else {
            "valid"
        };
        let fields = json!({ "digits": gather.digits, "status": status });
        self.tell(key, "call.gather.ended", fields, turn);
    }

    /// The leg is over.
    pub(super) fn gather_hangs_up(&mut self, key: &str, turn: &mut Turn) {
        let Some(gather) = self.leg_mut(key).and_then(|leg| leg.gather.take()) else { return };
        let fields = json!({ "digits": gather.digits, "status": "call_hangup" });
        self.tell(key, "call.gather.ended", fields, turn);
    }

    /// Stops what is played to a leg.
    pub(super) fn stop_playing(&mut self, key: &str, turn: &mut Turn) {
        if self.leg(key).is_some_and(|leg| leg.playing.is_some()) {
            turn.media(key, Order::StopPlaying);
        }
    }
}

fn described(what: &What) -> serde_json::Value {
    match what {
        What::Speech => json!({}),
        What::Audio { source } => {
            let mut fields = json!({ "overlay": false });
            match source {
                AudioSource::Url(url) => fields["media_url"] = json!(url),
                AudioSource::Name(name) => fields["media_name"] = json!(name),
                AudioSource::Content => {}
            }
            fields
        }
    }
}
