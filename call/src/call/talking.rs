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
    /// It did not come true.
    Failed,
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
        let hold = &mut talking.hold;
        match event {
            Own::Mute(wanted) => talking.microphone.wanted = wanted,
            Own::MicrophoneIs { muted } => talking.microphone.muted = muted,
            // Whoever hangs up holds nothing any more.
            Own::Hold(_) if self.hang_up != HangUp::NotAsked => {}
            // A second press while the first is under way does nothing, nor does asking for what is.
            Own::Hold(wanted) if !hold.is_under_way() && hold.held != wanted => {
                match self.socket {
                    Socket::Up if self.leg.up => {
                        hold.ask = Ask::Asked;
                        effects.push(Effect::Hold(wanted));
                    }
                    Socket::Up => hold.ask = Ask::Again,
                    // The SDK would neither send it nor say so.
                    Socket::Down { .. } | Socket::Away { .. } => hold.ask = Ask::Failed,
                }
            }
            Own::HoldRefused => hold.is_refused(),
            // What failed may be tried again, and need not be complained of any longer.
            Own::SocketReady if hold.ask == Ask::Failed => hold.ask = Ask::Settled,
            Own::Press(digit) => {
                talking.digits.push(digit);
                effects.push(Effect::SendDtmf(digit));
            }
            Own::Sdk(Sdk::Active) => {
                // Nobody took it off hold. A page that is loaded anew twice makes the SDK forget that it was held, and
                // the far end still hears our hold.
                let forgotten = hold.held && hold.ask == Ask::Settled;
                effects.extend(hold.is(false));
                if forgotten && self.socket == Socket::Up && self.hang_up == HangUp::NotAsked {
                    hold.ask = Ask::Asked;
                    effects.push(Effect::Hold(true));
                }
                self.leg = self.leg.reassured();
            }
            Own::Sdk(Sdk::Held) => effects.extend(hold.is(true)),
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
            | Own::Hold(_)
            | Own::SocketReady => {}
        }
        self.stage = Stage::Talking(talking);
        (self, effects)
    }
}

impl Hold {
    /// The word settles what was asked only if it changes something: `active` is also repeated while a
    /// hold is under way. What was asked of a replaced object is asked again.
    fn is(&mut self, held: bool) -> Option<Effect> {
        if self.held != held {
            *self = Self { held, ask: Ask::Settled };
            return Some(Effect::Testify(if held { What::Held } else { What::Resumed }));
        }
        (self.ask == Ask::Again).then(|| {
            self.ask = Ask::Asked;
            Effect::Hold(!held)
        })
    }

    /// Whether a change was asked for and has not come true yet.
    #[must_use]
    pub const fn is_under_way(self) -> bool {
        matches!(self.ask, Ask::Asked | Ask::Again)
    }

    /// The object that was asked has been replaced.
    pub(super) fn has_to_ask_again(&mut self) {
        if self.ask == Ask::Asked {
            self.ask = Ask::Again;
        }
    }

    /// The object that was asked cannot do it.
    pub(super) fn is_refused(&mut self) {
        if self.ask == Ask::Asked {
            self.ask = Ask::Failed;
        }
    }

    /// What is under way will not come true.
    pub(super) fn fails(&mut self) {
        if self.is_under_way() {
            self.ask = Ask::Failed;
        }
    }
}
