//! What becomes of the calls when the page is loaded anew: tried in every world, by loading it there.

use call::call::{Call, Effect as Do, Event as CallEvent, KeptStage, Sdk, Stage};
use call::ids::CallId;
use call::line::{self, Line};
use call::phone::{Effect, Event, Phone};

use super::talking;
use crate::search::StepFn;
use crate::world::{NOW, SAME, THEN};

/// The calls in the page that follows, and one that is given back to it.
pub(super) fn one_survives(phone: &Phone, step: StepFn) -> Option<String> {
    let kept = phone.kept();
    let lives = |call: &&Call| !call.is_over() && call.hang_up == call::call::HangUp::NotAsked;
    if phone.calls.iter().filter(lives).count() != kept.len() {
        return Some("a call that lived was not kept".to_owned());
    }
    if kept.is_empty() {
        return None;
    }
    let next = Phone { line: Line::Lost { since: THEN }, ..Phone::default() };
    let resumed = Event::Resumed { kept: kept.clone(), since: THEN };
    let (next, effects) = step(next, resumed, NOW);
    let mut back: Option<(&CallId, bool)> = None;
    for kept in &kept {
        let Some(call) = next.call(&kept.id) else {
            return Some(format!("call {} was forgotten", kept.id));
        };
        let told = |what: &Do| {
            effects.iter().any(
                |effect| matches!(effect, Effect::Call(id, done) if *id == call.id && done == what),
            )
        };
        match (&kept.stage, &call.stage) {
            (KeptStage::Talking { held, .. }, Stage::Talking(_)) => {
                if back.replace((&kept.id, *held)).is_some() {
                    return Some("two calls are waited for, and the SDK gives one back".to_owned());
                }
            }
            (KeptStage::Incoming, Stage::Incoming(_)) => {}
            (_, Stage::Over(_)) if told(&Do::HangUpServer) && told(&Do::HangUpSdk) => {}
            (_, Stage::Over(_)) => {
                return Some(format!("call {} is over and nobody was told", kept.id));
            }
            (_, Stage::Calling(_) | Stage::Incoming(_) | Stage::Talking(_)) => {
                return Some(format!("call {} became something else", kept.id));
            }
        }
    }
    if back.is_none() && phone.calls.iter().filter(lives).any(|call| talking(call).is_some()) {
        return Some("no call that was answered is waited for".to_owned());
    }
    given_back(next, back?, step)
}

/// The line is ready, and the SDK has the call again.
fn given_back(next: Phone, (id, held): (&CallId, bool), step: StepFn) -> Option<String> {
    let (next, _) = step(next, Event::Line(line::Event::Ready), NOW);
    let says = |state| Event::Call(id.clone(), CallEvent::Sdk(SAME, state));
    let (next, one) = step(next, says(Sdk::Recovering), NOW);
    let (next, two) = step(next, says(Sdk::Active), NOW);
    let does = |what: &Do| {
        one.iter()
            .chain(&two)
            .any(|effect| matches!(effect, Effect::Call(of, done) if of == id && done == what))
    };
    if does(&Do::HangUpSdk) || does(&Do::HangUpServer) {
        return Some(format!("call {id} was given back and hung up"));
    }
    if held && !does(&Do::Hold(true)) {
        return Some(format!("call {id} was held, and is not any more"));
    }
    match next.call(id).and_then(talking) {
        Some(talking) if talking.since == THEN => None,
        Some(_) => Some(format!("the timer of call {id} started again")),
        None => Some(format!("call {id} was given back and is not shown")),
    }
}
