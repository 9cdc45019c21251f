//! A call that was answered.

use super::over::verdict;
use super::{Effect, Event, HangUp, Media, Over, Sdk, Stage};
use crate::cause::{Cause, Outcome};
use crate::dtmf::Digit;
use crate::time::Millis;

/// The microphone: what it is, and what was asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Microphone {
    /// Whether the sending track is disabled, as read back from it.
    pub muted: bool,
    /// What the person asked for and the track has not confirmed.
    pub asked: Option<bool>,
}

/// Hold: what the SDK says, and what was asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// Whether the SDK's state is `held`.
    pub held: bool,
    /// What the person asked for and the SDK has not settled.
    pub asked: Option<bool>,
}

/// A call that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Talking {
    /// When `active` was first heard: the start of the talk timer. Never changes.
    pub since: Millis,
    /// When the far end began to ring, if it said so.
    pub rang: Option<Millis>,
    /// Remote audio.
    pub media: Media,
    /// Our microphone.
    pub microphone: Microphone,
    /// Hold.
    pub hold: Hold,
    /// The keys pressed so far.
    pub digits: Vec<Digit>,
    /// The SDK's last error about this call.
    pub trouble: Option<Cause>,
    /// Whether the person asked for the end.
    pub hang_up: HangUp,
}

impl Talking {
    pub(super) fn step(self, event: Event, now: Millis) -> (Stage, Vec<Effect>) {
        match event {
            Event::HangUp => {
                let (hang_up, effects) = self.hang_up.ask(now);
                (Stage::Talking(Self { hang_up, ..self }), effects)
            }
            Event::Mute(wanted) => {
                let microphone = Microphone { asked: Some(wanted), ..self.microphone };
                (Stage::Talking(Self { microphone, ..self }), vec![Effect::Mute(wanted)])
            }
            Event::MicrophoneIs { muted } => {
                let microphone = Microphone { muted, asked: None };
                (Stage::Talking(Self { microphone, ..self }), vec![])
            }
            // A second press while the first is under way does nothing.
            Event::Hold(wanted) if self.hold.asked.is_none() => {
                let hold = Hold { asked: Some(wanted), ..self.hold };
                (Stage::Talking(Self { hold, ..self }), vec![Effect::Hold(wanted)])
            }
            Event::Press(digit) => {
                let digits = self.digits.into_iter().chain([digit]).collect();
                (Stage::Talking(Self { digits, ..self }), vec![Effect::SendDtmf(digit)])
            }
            Event::HoldRefused => {
                let hold = Hold { asked: None, ..self.hold };
                (Stage::Talking(Self { hold, ..self }), vec![])
            }
            Event::Sdk(Sdk::Active) => self.held(false),
            Event::Sdk(Sdk::Held) => self.held(true),
            Event::Sdk(Sdk::Over(cause)) => self.over(cause, now),
            Event::HangUpOverdue if self.hang_up != HangUp::NotAsked => {
                self.over(Some(Cause::Silence), now)
            }
            Event::RemoteStream => {
                // Every time: a re-attached call brings a stream of its own.
                let media = Media { stream: true, ..self.media };
                (Stage::Talking(Self { media, ..self }), vec![Effect::AttachAudio])
            }
            Event::Connection(connection) => {
                let media = Media { connection, ..self.media };
                (Stage::Talking(Self { media, ..self }), vec![])
            }
            Event::Trouble(cause) => {
                (Stage::Talking(Self { trouble: Some(cause), ..self }), vec![])
            }
            // The SDK goes back to `trying` when an answer overtakes the INVITE's result; what was
            // answered stays answered. Late ringing is as meaningless.
            Event::Sdk(
                Sdk::New
                | Sdk::Requesting
                | Sdk::Trying
                | Sdk::Early
                | Sdk::Ringing
                | Sdk::Answering
                | Sdk::Recovering,
            )
            | Event::FarEndRings
            | Event::Hold(_)
            | Event::HangUpOverdue
            | Event::Identified(_) => (Stage::Talking(self), vec![]),
        }
    }

    fn held(self, held: bool) -> (Stage, Vec<Effect>) {
        // The word settles what was asked only if it is the word that was asked for: `active`
        // is also repeated while a hold is under way.
        let asked = self.hold.asked.filter(|wanted| *wanted != held);
        (Stage::Talking(Self { hold: Hold { held, asked }, ..self }), vec![])
    }

    fn over(self, said: Option<Cause>, now: Millis) -> (Stage, Vec<Effect>) {
        let (cause, by) = verdict(self.trouble, said, self.hang_up);
        let over = Over {
            at: now,
            outcome: Outcome::Answered,
            cause,
            by,
            rang_ms: self.rang.map(|rang| self.since.since(rang)),
            talked_ms: Some(now.since(self.since)),
        };
        over.begins()
    }
}
