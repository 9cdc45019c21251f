//! What the screen shows: timers, which screen, what a click may change, who disagrees.

use call::call::{Call, Disagreement, Event as CallEvent, HangUp, Stage, Watch};
use call::phone::{Event, Phone, Screen};

use super::{Step, talking};
use crate::seen::{SeenCall, is_on_hold};
use crate::world::{CALLS, NOW, THEN, id, number};

impl Step<'_> {
    pub(super) fn no_timer_before_active(&self) -> Option<String> {
        let (call, _) =
            self.living().find(|(call, seen)| talking(call).is_some() && !seen.answered)?;
        Some(format!("call {} has a timer, and the SDK never said `active`", call.id))
    }

    pub(super) fn timer_never_restarts(&self) -> Option<String> {
        self.calls().find_map(|(call, _)| {
            let resumed = matches!(self.event, Event::Resumed { .. });
            let before = self.before.phone.call(&call.id).and_then(talking).map(|then| then.since);
            match (before, &call.stage) {
                (Some(_), Stage::Talking(talking)) if talking.since != THEN => {
                    Some(format!("the timer of call {} started again", call.id))
                }
                (None, Stage::Talking(talking)) if resumed && talking.since != THEN => {
                    Some(format!("the timer of call {} started anew with its page", call.id))
                }
                (None, Stage::Over(over)) if resumed && over.talked_ms.is_some_and(|ms| ms > 0) => {
                    Some(format!("call {} is said to have gone on without a page", call.id))
                }
                (None, Stage::Talking(talking)) if !resumed && talking.since != NOW => {
                    Some(format!("the timer of call {} did not start at 0:00", call.id))
                }
                (Some(_), Stage::Over(over)) if over.talked_ms != Some(NOW.since(THEN)) => {
                    Some(format!("call {} is said to have lasted {:?}", call.id, over.talked_ms))
                }
                _ => None,
            }
        })
    }

    pub(super) fn in_call_exactly_when_answered(&self) -> Option<String> {
        let wrong = self.living().find(|(call, seen)| seen.answered != talking(call).is_some());
        if let Some((call, seen)) = wrong {
            let (was, is) = if seen.answered { ("", "no ") } else { ("not ", "an ") };
            return Some(format!("call {} was {was}answered, and has {is}in-call screen", call.id));
        }
        let shown = match self.phone.screen() {
            Screen::InCall(call, _) => Some(&call.id),
            Screen::Dialer | Screen::Calling(..) | Screen::Ended(..) => None,
        };
        let answered = |(call, seen): &(&Call, &SeenCall)| seen.answered && Some(&call.id) != shown;
        let front = self.phone.front.as_ref();
        let hidden = self.living().filter(answered).find(|(call, _)| Some(&call.id) == front)?;
        Some(format!("call {} is in front and its screen is not shown", hidden.0.id))
    }

    pub(super) fn click_asks(&self) -> Option<String> {
        let by_a_person = match self.event {
            Event::Dial { .. } | Event::Edited | Event::GiveUp | Event::Take(_) => true,
            Event::Call(_, event) => matches!(
                event,
                CallEvent::Answer | CallEvent::HangUp | CallEvent::Mute(_) | CallEvent::Hold(_)
            ),
            _ => false,
        };
        let state = |call: &Call| match &call.stage {
            Stage::Calling(_) => (0, false),
            Stage::Incoming(_) => (1, false),
            Stage::Talking(talking) => (2, talking.hold.held),
            Stage::Over(_) => (3, false),
        };
        let changed = (0..CALLS).map(id).find(|id| {
            let of = |phone: &Phone| phone.call(id).map(state);
            by_a_person && of(&self.before.phone) != of(self.phone)
        })?;
        Some(format!("call {changed} changed by a click alone"))
    }

    pub(super) fn hold_lasts(&self) -> Option<String> {
        // It could not be put on hold anew.
        let given_up = matches!(
            self.event,
            Event::Call(_, CallEvent::HoldRefused | CallEvent::Overdue(Watch::Hold))
        );
        let (call, _) = self.living().find(|(call, _)| {
            let was = self.before.phone.call(&call.id).is_some_and(is_on_hold);
            let told_off = self.before.seen.calls[number(&call.id)].told_off_hold;
            let wanted = call.hang_up == HangUp::NotAsked;
            was && wanted && !is_on_hold(call) && !told_off && !given_up
        })?;
        Some(format!("call {} is not shown as on hold, and nobody took it off", call.id))
    }

    pub(super) fn disagreement_visible(&self) -> Option<String> {
        let hidden = |(call, seen): &(&Call, &SeenCall)| match call.disagreement() {
            Some(Disagreement::EndedAtTelnyx { .. }) => !seen.over_there,
            Some(Disagreement::AnsweredAtTelnyx { .. }) => seen.over_there || !seen.answered_there,
            None => seen.over_there || (seen.answered_there && !seen.answered),
        };
        let (call, _) = self.living().find(hidden)?;
        Some(format!("what Telnyx says of call {} is not what the screen shows", call.id))
    }
}
