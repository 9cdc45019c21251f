//! What a phone wants heard, timed and listened to: functions of its state, turned into effects at one gate.
//!
//! No transition plays a tone or starts a timer. It changes the state, and what is no longer wanted stops,
//! whatever the way that led there.

use super::{Effect, Event, Phone};
use crate::call::{self, Call, HangUp, Object, Stage, Watches};
use crate::ids::CallId;
use crate::line;

/// A tone of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    /// What a caller hears while the far end rings.
    Ringback,
    /// A call rings here.
    Ringtone,
    /// A call rings here while we talk on another.
    Waiting,
}

impl Tone {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Ringback, Self::Ringtone, Self::Waiting];
}

/// All that a phone wants.
pub(super) struct Wants {
    tone: Option<Tone>,
    line: Option<u64>,
    out_of_reach: bool,
    calls: Vec<OfCall>,
}

/// What it wants of one call.
struct OfCall {
    id: CallId,
    object: Object,
    watches: Watches,
    audible: bool,
    /// Whether the microphone is to be shut, and whether it was seen to be; nothing while nobody talks.
    microphone: Option<Shut>,
}

/// A microphone.
#[derive(Clone, Copy)]
struct Shut {
    wanted: bool,
    seen: bool,
}

/// A chance to do again what may not have worked: the track was not there yet, or another took its place.
pub(super) struct Chance {
    id: CallId,
    stream: bool,
}

impl Chance {
    /// The chance that an event brings.
    pub(super) fn in_event(event: &Event) -> Option<Self> {
        use call::Event::{Connection, Mute, RemoteStream, Sdk};
        let Event::Call(id, event) = event else { return None };
        let tracks = matches!(
            event,
            Mute(_) | RemoteStream | Connection(_) | Sdk(_, call::Sdk::Active | call::Sdk::Held)
        );
        tracks.then(|| Self { id: id.clone(), stream: matches!(event, RemoteStream) })
    }
}

impl Wants {
    pub(super) fn of(phone: &Phone) -> Self {
        let of_call = |call: &Call| {
            let front = phone.front.as_ref() == Some(&call.id);
            let microphone = match &call.stage {
                // Who is not in front neither hears nor is heard, whether or not the hold has settled.
                Stage::Talking(talking) => Some(Shut {
                    wanted: talking.microphone.wanted || !front || call.is_apart(),
                    seen: talking.microphone.muted,
                }),
                Stage::Calling(_) | Stage::Incoming(_) | Stage::Over(_) => None,
            };
            OfCall {
                id: call.id.clone(),
                object: call.leg.object,
                watches: Watches::of(call),
                audible: front && call.leg.stream && !call.is_over() && !call.is_apart(),
                microphone,
            }
        };
        Self {
            tone: tone(phone),
            line: phone.wants_of_line(),
            out_of_reach: phone.is_out_of_reach() && !phone.out_of_reach,
            calls: phone.calls.iter().map(of_call).collect(),
        }
    }

    /// Adds the effects that lead from these wants to the next ones, and those there is a new chance for.
    pub(super) fn turn_into(&self, next: &Self, chance: Option<&Chance>, to: &mut Vec<Effect>) {
        if self.tone != next.tone {
            to.extend(self.tone.map(Effect::Silence));
        }
        for old in &self.calls {
            let new = next.calls.iter().find(|call| call.id == old.id);
            old.cease(new, to);
        }
        for new in &next.calls {
            let old = self.calls.iter().find(|call| call.id == new.id);
            new.begin(old, chance.filter(|chance| chance.id == new.id), to);
        }
        if self.tone != next.tone {
            to.extend(next.tone.map(Effect::Play));
        }
        if self.line != next.line {
            let timer = next.line.map_or(line::Effect::CancelTimer, line::Effect::StartTimer);
            to.push(Effect::Line(timer));
        }
        match (self.out_of_reach, next.out_of_reach) {
            (false, true) => to.push(Effect::StartReachTimer),
            (true, false) => to.push(Effect::CancelReachTimer),
            (true, true) | (false, false) => {}
        }
    }
}

impl OfCall {
    /// What this one wanted and the next no longer does.
    fn cease(&self, next: Option<&Self>, to: &mut Vec<Effect>) {
        let watches = next.map_or(Watches::default(), |next| next.watches);
        for watch in self.watches.without(watches) {
            to.push(self.effect(call::Effect::CancelTimer(watch)));
        }
        if self.audible && !next.is_some_and(|next| next.audible && next.object == self.object) {
            to.push(self.effect(call::Effect::DetachAudio));
        }
    }

    /// What this one wants and the one before did not.
    fn begin(&self, last: Option<&Self>, chance: Option<&Chance>, to: &mut Vec<Effect>) {
        let last_same = last.filter(|last| last.object == self.object);
        if let Some(Shut { wanted, seen }) = self.microphone {
            // A new object brings a new track, which is open.
            let before = last_same.and_then(|last| last.microphone).is_some_and(|last| last.wanted);
            if wanted != before || (chance.is_some() && wanted != seen) {
                to.push(self.effect(call::Effect::Mute(wanted)));
            }
        }
        let was_audible = last_same.is_some_and(|last| last.audible);
        if self.audible && (!was_audible || chance.is_some_and(|chance| chance.stream)) {
            to.push(self.effect(call::Effect::AttachAudio));
        }
        let watches = last.map_or(Watches::default(), |last| last.watches);
        for watch in self.watches.without(watches) {
            to.push(self.effect(call::Effect::StartTimer(watch)));
        }
    }

    fn effect(&self, effect: call::Effect) -> Effect {
        Effect::Call(self.id.clone(), effect)
    }
}

/// Which tone, if any: one at a time, and only while something rings.
fn tone(phone: &Phone) -> Option<Tone> {
    let rings_there = |call: &Call| match &call.stage {
        Stage::Calling(calling) => {
            (calling.ringing.is_some() || calling.waits)
                && !calling.early
                && call.hang_up == HangUp::NotAsked
                // Whoever has answered is not to be drowned out.
                && call.telnyx.answered.is_none()
        }
        // The third party's phone.
        Stage::Talking(_) => call.is_apart() && call.hang_up == HangUp::NotAsked,
        Stage::Incoming(_) | Stage::Over(_) => false,
    };
    let front = phone.front.as_ref().and_then(|id| phone.call(id));
    let comes_in = phone.calls.iter().any(Call::rings_here);
    match (comes_in, front) {
        (true, None) => Some(Tone::Ringtone),
        (true, Some(_)) => Some(Tone::Waiting),
        (false, Some(call)) if rings_there(call) => Some(Tone::Ringback),
        (false, _) => None,
    }
}
