//! What is heard: tones, voices, microphones.

use call::call::{Ask, Call, Calling, Effect as Do, Event as CallEvent, HangUp, Socket, Stage};
use call::phone::{Dialling, Effect, Event, Tone};

use super::{Step, talking};
use crate::seen::SeenCall;
use crate::world::{CALLS, id, number};

impl Step<'_> {
    pub(super) fn nothing_rings(&self) -> Option<String> {
        let rings_there = |call: &Call| match &call.stage {
            Stage::Calling(Calling { ringing, waits, .. }) => {
                (ringing.is_some() || *waits)
                    && call.hang_up == HangUp::NotAsked
                    && self.phone.front.as_ref() == Some(&call.id)
            }
            Stage::Talking(_) => {
                let waits = self.seen.calls[number(&call.id)].waits;
                waits
                    && call.hang_up == HangUp::NotAsked
                    && self.phone.front.as_ref() == Some(&call.id)
            }
            Stage::Incoming(_) | Stage::Over(_) => false,
        };
        let rings = |tone: &Tone| match tone {
            Tone::Ringback => self.phone.calls.iter().any(rings_there),
            Tone::Ringtone | Tone::Waiting => self.phone.calls.iter().any(Call::rings_here),
        };
        let tone =
            Tone::ALL.into_iter().find(|tone| self.seen.tones.has(*tone as u16) && !rings(tone))?;
        Some(format!("{tone:?} is heard, and nothing rings"))
    }

    pub(super) fn only_the_expected_is_answered(&self) -> Option<String> {
        self.effects.iter().find_map(|effect| {
            let Effect::Call(id, Do::Answer) = effect else { return None };
            let asked = match self.event {
                Event::Call(of, CallEvent::Answer) => of == id,
                Event::Incoming { id: of, asked, .. } => {
                    of == id && asked.is_some() && self.before.seen.expects
                }
                _ => false,
            };
            (!asked).then(|| format!("call {id} was answered, and nobody asked for that"))
        })
    }

    pub(super) fn one_call_audible(&self) -> Option<String> {
        let audible = self.seen.calls.iter().filter(|call| call.attached).count();
        (audible > 1).then(|| format!("{audible} calls are audible"))
    }

    pub(super) fn one_talks(&self) -> Option<String> {
        let front = self.phone.front.as_ref();
        let beside = self.living().filter(|(call, _)| Some(&call.id) != front);
        beside.filter_map(|(call, seen)| Some((call, seen, talking(call)?))).find_map(
            |(call, seen, talking)| {
                let may = call.socket == Socket::Up && call.hang_up == HangUp::NotAsked;
                if may && !talking.hold.held && talking.hold.ask == Ask::Settled {
                    return Some(format!("call {} talks beside another", call.id));
                }
                (!seen.shut).then(|| format!("call {} hears us beside another", call.id))
            },
        )
    }

    pub(super) fn who_waits_is_apart(&self) -> Option<String> {
        let together = |(call, seen): &(&Call, &SeenCall)| {
            talking(call).is_some() && seen.waits && (seen.attached || !seen.shut)
        };
        let (call, _) = self.living().find(together)?;
        Some(format!("the far end of call {} waits, and is heard or hears us", call.id))
    }

    pub(super) fn muted_stays_muted(&self) -> Option<String> {
        let open = |(call, seen): &(&Call, &SeenCall)| {
            talking(call).is_some_and(|talking| talking.microphone.wanted) && !seen.shut
        };
        let (call, _) = self.living().find(open)?;
        Some(format!("call {} was muted and its track is open", call.id))
    }

    pub(super) fn microphone_released(&self) -> Option<String> {
        let open = (0..CALLS).find(|number| {
            let alive = self.phone.call(&id(*number)).is_some_and(|call| !call.is_over());
            let granted = matches!(&self.phone.dialling, Dialling::Granted { .. });
            self.seen.calls[*number].ended
                && self.seen.calls[*number].microphone
                && !alive
                && !granted
        })?;
        Some(format!("call {} is over and the microphone is still open", id(open)))
    }
}
