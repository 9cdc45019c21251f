//! What REST has played to a leg: one sound at a time, the others wait their turn.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::{Value, json};

use super::Exchange;
use super::io::{Clip, NoSound, Order, Output, PlayEnd, PlayId, Times};
use super::turn::Turn;

/// What a leg hears by command, and what comes after it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Playing {
    pub(crate) id: PlayId,
    what: What,
    stage: Stage,
    waiting: VecDeque<Sound>,
}

/// How far the sound at the head is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// It has to be fetched first.
    Fetching,
    /// Media has it, and will say when it ends.
    Playing,
}

/// Something to be played.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sound {
    pub(crate) what: What,
    pub(crate) source: Source,
    pub(crate) times: Times,
}

/// Where a sound is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Source {
    Here(Clip),
    /// It has to be fetched from this address.
    At(String),
}

/// What is played, as its webhooks name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    Speech,
    Audio(Named),
}

/// What a sound is called in webhooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Named {
    /// `media_url`
    Url(String),
    /// `media_name`
    Name(String),
    /// It came with the command.
    Nothing,
}

/// How much is stopped (`stop`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// What is being played; the next one begins.
    Current,
    /// That, and all that waits.
    All,
}

impl Exchange {
    /// Plays something to a leg, once nothing else is played to it.
    pub(super) fn play(&mut self, key: &str, sound: Sound, turn: &mut Turn) {
        match self.leg_mut(key).and_then(|leg| leg.playing.as_mut()) {
            Some(playing) => playing.waiting.push_back(sound),
            None => self.start_playing(key, sound, VecDeque::new(), turn),
        }
    }

    /// Begins to play something, and says so.
    fn start_playing(
        &mut self,
        key: &str,
        sound: Sound,
        waiting: VecDeque<Sound>,
        turn: &mut Turn,
    ) {
        let id = self.seed.uuid(&["play", key, &self.log.len().to_string(), &turn.now.iso()]);
        let Sound { what, source, times } = sound;
        let kind = match what {
            What::Speech => "call.speak.started",
            What::Audio(_) => "call.playback.started",
        };
        self.post(key, kind, described(&what), turn);
        let stage = match source {
            Source::Here(clip) => {
                turn.media(key, Order::Play { id: id.clone(), clip, times });
                Stage::Playing
            }
            Source::At(url) => {
                let (leg, play) = (key.to_owned(), id.clone());
                turn.out.push(Output::Fetch { leg, play, url, times });
                Stage::Fetching
            }
        };
        if let Some(leg) = self.leg_mut(key) {
            leg.playing = Some(Playing { id, what, stage, waiting });
        }
    }

    /// What had to be fetched first is here, or cannot be had. Nobody may want it any more.
    pub(super) fn fetched(
        &mut self,
        key: &str,
        play: &str,
        times: Times,
        audio: Result<Arc<[i16]>, NoSound>,
        turn: &mut Turn,
    ) {
        let Some(playing) = self.leg_mut(key).and_then(|leg| leg.playing.as_mut()) else { return };
        if playing.id != play {
            return;
        }
        match audio {
            Ok(samples) => {
                playing.stage = Stage::Playing;
                let clip = Clip::Wave { samples };
                turn.media(key, Order::Play { id: play.to_owned(), clip, times });
            }
            Err(error) => {
                tracing::warn!(leg = key, %error, "nothing to play");
                let detail = json!({ "status_detail": error.to_string() });
                self.playing_ends(key, "file_not_found", detail, turn);
                self.play_next(key, turn);
            }
        }
    }

    /// Media is done with something.
    pub(super) fn play_ended(&mut self, key: &str, id: &str, how: PlayEnd, turn: &mut Turn) {
        let playing = self.leg(key).and_then(|leg| leg.playing.as_ref());
        let Some(playing) = playing.filter(|playing| playing.id == id) else { return };
        let status = match how {
            PlayEnd::Completed => "completed",
            PlayEnd::Stopped => stopped(&playing.what),
            PlayEnd::HungUp => "call_hangup",
        };
        self.playing_ends(key, status, json!({}), turn);
        self.play_next(key, turn);
    }

    /// Stops what is played to a leg.
    pub(super) fn stop_playing(&mut self, key: &str, stop: Stop, turn: &mut Turn) {
        let Some(playing) = self.leg_mut(key).and_then(|leg| leg.playing.as_mut()) else { return };
        match stop {
            Stop::Current => {}
            Stop::All => playing.waiting.clear(),
        }
        match playing.stage {
            // Media says when it has stopped.
            Stage::Playing => turn.media(key, Order::StopPlaying),
            Stage::Fetching => {
                let status = stopped(&playing.what);
                self.playing_ends(key, status, json!({}), turn);
                self.play_next(key, turn);
            }
        }
    }

    /// The leg is over. Media says so of what it plays itself.
    pub(super) fn playing_hangs_up(&mut self, key: &str, turn: &mut Turn) {
        let Some(playing) = self.leg_mut(key).and_then(|leg| leg.playing.as_mut()) else { return };
        playing.waiting.clear();
        match playing.stage {
            Stage::Playing => {}
            Stage::Fetching => self.playing_ends(key, "call_hangup", json!({}), turn),
        }
    }

    /// Says that what was played has ended. What waits stays for [`Self::play_next`].
    fn playing_ends(&mut self, key: &str, status: &str, detail: Value, turn: &mut Turn) {
        let playing = self.leg(key).and_then(|leg| leg.playing.as_ref());
        let Some(what) = playing.map(|playing| playing.what.clone()) else { return };
        let kind = match what {
            What::Speech => "call.speak.ended",
            What::Audio(_) => "call.playback.ended",
        };
        let mut fields = described(&what);
        fields["status"] = json!(status);
        if let (Value::Object(fields), Value::Object(detail)) = (&mut fields, detail) {
            fields.extend(detail);
        }
        self.post(key, kind, fields, turn);
    }

    fn play_next(&mut self, key: &str, turn: &mut Turn) {
        let Some(mut playing) = self.leg_mut(key).and_then(|leg| leg.playing.take()) else {
            return;
        };
        if let Some(next) = playing.waiting.pop_front() {
            self.start_playing(key, next, playing.waiting, turn);
        }
    }
}

/// The `status` of something that a command stopped. That of speech has no word for it.
fn stopped(what: &What) -> &'static str {
    match what {
        What::Speech => "completed",
        What::Audio(_) => "cancelled",
    }
}

fn described(what: &What) -> Value {
    match what {
        What::Speech => json!({}),
        What::Audio(named) => {
            let mut fields = json!({ "overlay": false });
            match named {
                Named::Url(url) => fields["media_url"] = json!(url),
                Named::Name(name) => fields["media_name"] = json!(name),
                Named::Nothing => {}
            }
            fields
        }
    }
}
