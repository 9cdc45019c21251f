//! How calls end, and that they do.

use call::call::{
    Call, Effect as Do, Event as CallEvent, HangUp, Server, Socket, Sound, Stage, Telnyx, Watch,
    Watches, Why,
};
use call::cause::{Cause, Side};
use call::history::What;
use call::phone::{Dialling, Effect, Event, Phone};

use super::{Step, talking};
use crate::search::StepFn;
use crate::seen::SeenCall;
use crate::world::{CALLS, NEW, NOW, OLD, id, number};

impl Step<'_> {
    pub(super) fn over_is_over(&self) -> Option<String> {
        (0..CALLS).find_map(|number| {
            let id = id(number);
            let (before, now) = (&self.before.seen.calls[number], &self.seen.calls[number]);
            let alive = self.phone.call(&id).is_some_and(|call| !call.is_over());
            if before.ended && alive {
                return Some(format!("call {id} was over and is back on screen"));
            }
            (now.ended && now.attached).then(|| format!("call {id} is over and still heard"))
        })
    }

    pub(super) fn every_leg_is_asked(&self) -> Option<String> {
        if let Event::Call(id, CallEvent::Sdk(object, _)) = self.event
            && *object > OLD
        {
            let before = &self.before.seen.calls[number(id)];
            let came_back = before.ended || (before.unwanted && *object == NEW);
            if came_back && !self.does(id.as_str(), &Do::HangUpSdk) {
                return Some(format!("call {id} came back and was not hung up again"));
            }
        }
        if let Event::Call(id, CallEvent::HangUp) = self.event {
            let (before, seen) =
                (&self.before.seen.calls[number(id)], &self.seen.calls[number(id)]);
            let asked = |call: &Call| call.hang_up.server() != Server::NotAsked;
            let server = seen.server_told || self.phone.call(id).is_some_and(asked);
            if before.born && !before.ended && !(seen.sdk_told && server) {
                return Some(format!(
                    "call {id} was hung up; the SDK was told: {}, the server: {server}",
                    seen.sdk_told
                ));
            }
        }
        None
    }

    pub(super) fn none_is_asked_twice(&self) -> Option<String> {
        self.effects.iter().find_map(|effect| {
            let Effect::Call(id, effect) = effect else { return None };
            let told = &self.before.seen.calls[number(id)];
            // What this very event brought is a reason.
            let reason = match self.event {
                Event::Call(of, CallEvent::Sdk(object, _)) if of == id && *object > OLD => {
                    told.ended || told.away || *object == NEW
                }
                _ => false,
            };
            match effect {
                Do::HangUpSdk if told.sdk_told && !reason => {
                    Some(format!("the SDK was told once more to hang up call {id}"))
                }
                Do::HangUpServer if told.server_told => {
                    Some(format!("the server was told once more to hang up call {id}"))
                }
                _ => None,
            }
        })
    }

    pub(super) fn telnyx_end_is_followed(&self) -> Option<String> {
        let Event::Call(id, event) = self.event else { return None };
        let before = self.before.phone.call(id).filter(|call| !call.is_over())?;
        let over_there = self.before.seen.calls[number(id)].over_there;
        match event {
            CallEvent::Telnyx(Telnyx::Ended(_)) if before.hang_up == HangUp::NotAsked => {
                let told = self.does(id.as_str(), &Do::HangUpSdk);
                let waits = self.does(id.as_str(), &Do::StartTimer(Watch::HangUp));
                let alive = self.phone.call(id).is_some_and(|call| !call.is_over());
                (!(told && waits && alive))
                    .then(|| format!("call {id}: SDK told {told}, waiting {waits}, shown {alive}"))
            }
            // Where a limit was what ended it, the record names that.
            // Nor is a word awaited of an SDK that never had the call.
            CallEvent::Overdue(Watch::HangUp)
                if over_there && !is_limited(before) && !before.socket.is_away() =>
            {
                let said = self.effects.iter().any(|effect| {
                    matches!(
                        effect,
                        Effect::Call(_, Do::Testify(What::Ended { cause: Cause::Silence, .. }))
                    )
                });
                (!said).then(|| format!("call {id} did not say that the SDK was silent"))
            }
            _ => None,
        }
    }

    pub(super) fn abandoned_is_asked(&self) -> Option<String> {
        let Event::Call(id, CallEvent::SdkOver(object, Some(Cause::SignedOff))) = self.event else {
            return None;
        };
        let before = self.before.phone.call(id).filter(|call| !call.is_over())?;
        let speaks = *object >= before.leg.object && before.hang_up == HangUp::NotAsked;
        (speaks && !self.does(id.as_str(), &Do::HangUpServer))
            .then(|| format!("nobody was asked to hang up call {id}"))
    }

    pub(super) fn record_hears_one_end(&self) -> Option<String> {
        self.seen.calls.iter().enumerate().find_map(|(number, call)| {
            let expected = u8::from(call.ended);
            (call.ends_told != expected && (call.born || call.ends_told > 1)).then(|| {
                format!("the end of call {} was told {} times", id(number), call.ends_told)
            })
        })
    }

    /// Neither that it rings nor why it did not answer; and that is said once Telnyx says it, before the end or after.
    pub(super) fn far_end_speaks_for_itself(&self) -> Option<String> {
        self.calls().find_map(|(call, seen)| {
            if !seen.controlled {
                return None;
            }
            match (&call.stage, self.event) {
                (Stage::Calling(calling), _) => {
                    calling.ringing.map(|_| format!("call {} is said to ring there", call.id))
                }
                (Stage::Over(over), Event::Call(id, CallEvent::SdkOver(..))) if *id == call.id => {
                    let before = self.before.phone.call(id)?;
                    let by_itself = before.hang_up == HangUp::NotAsked
                        && matches!(before.stage, Stage::Calling(_))
                        && before.trouble.is_none();
                    (by_itself && over.by != Side::Network)
                        .then(|| format!("the far end is said to have ended call {}", call.id))
                }
                (Stage::Over(over), Event::Call(id, CallEvent::Telnyx(Telnyx::Ended(ending))))
                    if *id == call.id =>
                {
                    let before = self.before.phone.call(id)?;
                    let open = before.is_over()
                        && before.hang_up == HangUp::NotAsked
                        && !self.before.seen.calls[number(id)].over_there;
                    (open && (&over.cause, over.by) != (&ending.cause, ending.by))
                        .then(|| format!("call {} does not say why it ended", call.id))
                }
                (Stage::Over(_) | Stage::Incoming(_) | Stage::Talking(_), _) => None,
            }
        })
    }

    pub(super) fn nothing_waits_for_ever(&self) -> Option<String> {
        let stuck = |(call, seen): &(&Call, &SeenCall)| {
            let settled = call.socket == Socket::Up
                && call.hang_up == HangUp::NotAsked
                && call.leg.sound == Sound::Connected
                && talking(call).is_some_and(|talking| !talking.hold.is_under_way());
            !settled && seen.timers.without(Watch::Slow as u16).is_empty()
        };
        let (call, _) = self.living().find(stuck)?;
        Some(format!("call {} waits for something, and no limit runs", call.id))
    }

    pub(super) fn no_timer_left_behind(&self) -> Option<String> {
        (0..CALLS).find_map(|number| {
            let wanted = self.phone.call(&id(number)).map_or(Watches::default(), Watches::of);
            let running = self.seen.calls[number].timers;
            let wrong = Watch::ALL
                .into_iter()
                .find(|watch| running.has(*watch as u16) != wanted.has(*watch))?;
            let word = if running.has(wrong as u16) { "runs" } else { "does not run" };
            Some(format!("{wrong:?} of call {} {word}", id(number)))
        })
    }
}

pub(super) fn ending_in_reach(phone: &Phone, step: StepFn) -> Option<String> {
    for call in phone.calls.iter().filter(|call| !call.is_over()) {
        let event = |event| Event::Call(call.id.clone(), event);
        let (phone, _) = step(phone.clone(), event(CallEvent::HangUp), NOW);
        let (phone, _) = step(phone, event(CallEvent::Overdue(Watch::HangUp)), NOW);
        if phone.call(&call.id).is_some_and(|call| !call.is_over()) {
            return Some(format!("call {} lives on after being hung up and a second", call.id));
        }
    }
    if matches!(phone.dialling, Dialling::Asked { .. } | Dialling::Granted { .. }) {
        let (phone, _) = step(phone.clone(), Event::GiveUp, NOW);
        if phone.dialling != Dialling::Idle {
            return Some("dialling cannot be given up".to_owned());
        }
    }
    None
}

fn is_limited(call: &Call) -> bool {
    matches!(call.hang_up, HangUp::Asked(asked) if asked.why == Why::Limit)
}
