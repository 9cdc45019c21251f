//! A call that was dialled and that nobody has answered.

use super::over::verdict;
use super::{Effect, Event, HangUp, Hold, Media, Microphone, Over, Sdk, Stage, Talking};
use crate::cause::{Cause, Outcome};
use crate::history::What;
use crate::time::Millis;

/// A call that nobody has answered yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calling {
    /// When the far end began to ring, if it said so.
    pub ringing: Option<Millis>,
    /// Whether the gateway sends media before an answer: then we hear the network's ringback, not ours.
    pub early: bool,
    /// Remote audio.
    pub media: Media,
    /// The SDK's last error about this call.
    pub trouble: Option<Cause>,
    /// Whether the person asked for the end.
    pub hang_up: HangUp,
}

impl Calling {
    pub(super) fn step(self, event: Event, now: Millis) -> (Stage, Vec<Effect>) {
        match event {
            Event::HangUp => {
                let (hang_up, effects) = self.hang_up.ask(now);
                (Stage::Calling(Self { hang_up, ..self }), effects)
            }
            Event::Sdk(Sdk::Active) => self.answered(false, now),
            // A re-attached call can come back held without an `active` of its own.
            Event::Sdk(Sdk::Held) => self.answered(true, now),
            Event::Sdk(Sdk::Early) => (Stage::Calling(Self { early: true, ..self }), vec![]),
            Event::Sdk(Sdk::Over(cause)) => self.over(cause, now),
            Event::HangUpOverdue if self.hang_up != HangUp::NotAsked => {
                self.over(Some(Cause::Silence), now)
            }
            Event::FarEndRings if self.ringing.is_none() => {
                let calling = Self { ringing: Some(now), ..self };
                (Stage::Calling(calling), vec![Effect::Testify(What::Rang)])
            }
            Event::RemoteStream => {
                let media = Media { stream: true, ..self.media };
                (Stage::Calling(Self { media, ..self }), vec![Effect::AttachAudio])
            }
            Event::Connection(connection) => {
                let media = Media { connection, ..self.media };
                (Stage::Calling(Self { media, ..self }), vec![])
            }
            Event::Trouble(cause) => {
                (Stage::Calling(Self { trouble: Some(cause), ..self }), vec![])
            }
            // Nothing of these moves a call that nobody answered.
            Event::Sdk(
                Sdk::New
                | Sdk::Requesting
                | Sdk::Trying
                | Sdk::Ringing
                | Sdk::Answering
                | Sdk::Recovering,
            )
            | Event::FarEndRings
            | Event::HangUpOverdue
            | Event::Mute(_)
            | Event::Hold(_)
            | Event::Press(_)
            | Event::MicrophoneIs { .. }
            | Event::HoldRefused
            | Event::Identified(_) => (Stage::Calling(self), vec![]),
        }
    }

    fn answered(self, held: bool, now: Millis) -> (Stage, Vec<Effect>) {
        let talking = Talking {
            since: now,
            rang: self.ringing,
            media: self.media,
            microphone: Microphone { muted: false, asked: None },
            hold: Hold { held, asked: None },
            digits: Vec::new(),
            trouble: self.trouble,
            hang_up: self.hang_up,
        };
        (Stage::Talking(talking), vec![Effect::Testify(What::Active)])
    }

    fn over(self, said: Option<Cause>, now: Millis) -> (Stage, Vec<Effect>) {
        let (cause, by) = verdict(self.trouble, said, self.hang_up);
        let over = Over {
            at: now,
            outcome: Outcome::unanswered(&cause, by),
            cause,
            by,
            rang_ms: self.ringing.map(|rang| now.since(rang)),
            talked_ms: None,
        };
        over.begins()
    }
}
