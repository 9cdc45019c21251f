//! A call that was answered.

use serde::{Deserialize, Serialize};

use super::events::Own;
use super::{Call, Effect, HangUp, Sdk, Socket, Stage};
use crate::dtmf::Digit;
use crate::history::What;
use crate::time::Millis;

/// The microphone: what it is, and what the person wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Microphone {
    /// Whether the sending track is disabled, as read back from it.
    pub muted: bool,
    /// Whether the person wants it to be.
    pub wanted: bool,
}

/// Hold: what the SDK says, and what became of the last wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Hold {
    /// Whether the SDK's state is `held`.
    pub held: bool,
    /// What became of the wish to change that.
    pub ask: Ask,
}

/// What became of a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// There is none, or it came true.
    Settled,
    /// It is under way.
    Asked,
    /// It was asked of an object that another has replaced, or before the new one could be told: it is asked of that
    /// once it is active.
    Again,
    /// The object in place of the one that was asked was told anew what is shown. On hold: it says `active`, and nobody
    /// took the call off hold; it has forgotten, and the far end still hears our hold. Not on hold: see
    /// [`Ask::Unsure`].
    Reminded,
    /// It was given up and may have come true all the same: an object that takes the other's place is to be told what
    /// is shown.
    Unsure,
    /// It was asked, and did not come true.
    Failed,
    /// It could not be asked.
    Unsent,
}

/// A call that was answered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Talking {
    /// When `active` was first heard: the start of the talk timer. Never changes.
    pub since: Millis,
    /// When it began to ring, if it was said to.
    pub rang: Option<Millis>,
    /// Our microphone.
    pub microphone: Microphone,
    /// Hold.
    pub hold: Hold,
    /// The keys pressed so far.
    pub digits: Vec<Digit>,
}

impl Call {
    /// The SDK said `active`, or `held` of a call that came back so: from now on there is a talk, and a timer.
    pub(super) fn answered(
        mut self,
        rang: Option<Millis>,
        held: bool,
        now: Millis,
    ) -> (Self, Vec<Effect>) {
        self.stage = Stage::Talking(Talking {
            since: now,
            rang,
            microphone: Microphone { muted: false, wanted: false },
            hold: Hold { held, ask: Ask::Settled },
            digits: Vec::new(),
        });
        let held = held.then_some(Effect::Testify(What::Held));
        (self, [Effect::Testify(What::Active)].into_iter().chain(held).collect())
    }

    pub(super) fn while_talking(mut self, mut talking: Talking, event: Own) -> (Self, Vec<Effect>) {
        let mut effects = vec![];
        let may_ask = self.socket == Socket::Up && self.hang_up == HangUp::NotAsked;
        let hold = &mut talking.hold;
        match event {
            Own::Mute(wanted) => talking.microphone.wanted = wanted,
            Own::MicrophoneIs { muted } => talking.microphone.muted = muted,
            // Whoever hangs up holds nothing any more.
            Own::Hold(_) if self.hang_up != HangUp::NotAsked => {}
            // A second press while the first is under way does nothing, nor does asking for what is.
            Own::Hold(wanted) if hold.takes(wanted) => {
                match self.socket {
                    Socket::Up if self.leg.up => {
                        hold.ask = Ask::Asked;
                        effects.push(Effect::Hold(wanted));
                    }
                    Socket::Up => hold.ask = Ask::Again,
                    // The SDK would neither send it nor say so.
                    Socket::Down { .. } | Socket::Away { .. } => hold.ask = Ask::Unsent,
                }
            }
            Own::HoldRefused => effects.extend(hold.is_refused()),
            Own::SocketReady => hold.may_be_tried_again(),
            // The SDK keeps what it cannot send, and never sends it.
            Own::Press(_) if !(may_ask && self.leg.up) => {}
            Own::Press(digit) => {
                talking.digits.push(digit);
                effects.push(Effect::SendDtmf(digit));
            }
            Own::Sdk(Sdk::Active) => {
                effects.extend(hold.hears_active(may_ask));
                self.leg = self.leg.reassured();
            }
            Own::Sdk(Sdk::Held) => effects.extend(hold.hears_held(may_ask)),
            // The SDK goes back to `trying` when an answer overtakes the INVITE's result; what was
            // answered stays answered. Late ringing is as meaningless.
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
            | Own::Hold(_) => {}
        }
        self.stage = Stage::Talking(talking);
        (self, effects)
    }
}

impl Hold {
    /// The SDK says `active`. Of an object that was told to take the call off hold this is the answer. One that was
    /// told nothing has forgotten the hold: the SDK gives every call back as `active` to a tab that did not hold it.
    fn hears_active(&mut self, may_ask: bool) -> Option<Effect> {
        match (self.held, self.ask) {
            // What was given up can come true late.
            (true, Ask::Asked | Ask::Failed) => Some(self.becomes(false)),
            (true, Ask::Settled | Ask::Unsent) if may_ask => Some(self.asks(true, Ask::Reminded)),
            (held, Ask::Unsure) if may_ask => Some(self.asks(held, Ask::Reminded)),
            (false, Ask::Reminded) => self.settles(),
            (held, Ask::Again) if may_ask => Some(self.asks(!held, Ask::Asked)),
            // `active` is also repeated while a hold is under way.
            (true, Ask::Reminded)
            | (false, Ask::Asked | Ask::Failed)
            | (true | false, Ask::Settled | Ask::Again | Ask::Unsure | Ask::Unsent) => None,
        }
    }

    /// The SDK says `held`, which it never does of a call that is not.
    fn hears_held(&mut self, may_ask: bool) -> Option<Effect> {
        match (self.held, self.ask) {
            (
                false,
                Ask::Settled
                | Ask::Asked
                | Ask::Again
                | Ask::Reminded
                | Ask::Unsure
                | Ask::Failed
                | Ask::Unsent,
            ) => Some(self.becomes(true)),
            (true, Ask::Again) if may_ask => Some(self.asks(false, Ask::Asked)),
            (true, Ask::Reminded | Ask::Unsure) => self.settles(),
            // Also the answer to a reminder that the person overtook.
            (true, Ask::Settled | Ask::Asked | Ask::Again | Ask::Failed | Ask::Unsent) => None,
        }
    }

    const fn becomes(&mut self, held: bool) -> Effect {
        *self = Self { held, ask: Ask::Settled };
        Effect::Testify(if held { What::Held } else { What::Resumed })
    }

    const fn settles(&mut self) -> Option<Effect> {
        self.ask = Ask::Settled;
        None
    }

    const fn asks(&mut self, held: bool, ask: Ask) -> Effect {
        self.ask = ask;
        Effect::Hold(held)
    }

    /// Whether a person may ask for this now. What they ask goes before what the page asks by itself.
    const fn takes(self, wanted: bool) -> bool {
        self.held != wanted && !matches!(self.ask, Ask::Asked | Ask::Again)
    }

    /// Whether the last wish did not come true.
    #[must_use]
    pub const fn has_failed(self) -> bool {
        matches!(self.ask, Ask::Failed | Ask::Unsent)
    }

    /// Whether nothing is asked for, nor complained of.
    pub(crate) const fn is_at_rest(self) -> bool {
        matches!(self.ask, Ask::Settled | Ask::Unsure)
    }

    /// What failed may be tried again, and need not be complained of any longer.
    pub(crate) const fn may_be_tried_again(&mut self) {
        self.ask = match self.ask {
            Ask::Failed => Ask::Unsure,
            Ask::Unsent => Ask::Settled,
            Ask::Settled | Ask::Asked | Ask::Again | Ask::Reminded | Ask::Unsure => return,
        };
    }

    /// Whether a change was asked for and has not come true yet.
    #[must_use]
    pub const fn is_under_way(self) -> bool {
        matches!(self.ask, Ask::Asked | Ask::Again | Ask::Reminded)
    }

    /// The object that was asked has been replaced.
    pub(super) fn has_to_ask_again(&mut self) {
        self.ask = match self.ask {
            Ask::Asked | Ask::Again => Ask::Again,
            Ask::Reminded | Ask::Unsure | Ask::Failed => Ask::Unsure,
            // The word of the new one decides.
            Ask::Settled | Ask::Unsent => Ask::Settled,
        };
    }

    /// The object that was asked cannot do it.
    pub(super) fn is_refused(&mut self) -> Option<Effect> {
        match self.ask {
            // It is not on hold, and was told so.
            Ask::Reminded if !self.held => self.settles(),
            Ask::Asked | Ask::Reminded => self.fails(),
            // Of an object that is gone, or late.
            Ask::Again | Ask::Settled | Ask::Unsure | Ask::Failed | Ask::Unsent => None,
        }
    }

    /// What is under way will not come true.
    pub(super) fn fails(&mut self) -> Option<Effect> {
        match self.ask {
            Ask::Asked => {
                self.ask = Ask::Failed;
                None
            }
            Ask::Again => {
                self.ask = Ask::Unsent;
                None
            }
            // The SDK says `active`, and cannot be told otherwise.
            Ask::Reminded => {
                let was_held = std::mem::replace(self, Self { held: false, ask: Ask::Failed }).held;
                was_held.then_some(Effect::Testify(What::Resumed))
            }
            Ask::Settled | Ask::Unsure | Ask::Failed | Ask::Unsent => None,
        }
    }
}
