//! Phones with one rule broken, kept so that each check is seen to catch something.
//!
//! None of this is in the product: a mutant is the honest phone behind a wrapper that falsifies what it hears,
//! does or becomes.

use call::call::{
    Ask, Call, Calling, Effect as Do, Event as CallEvent, HangUp, Hold, Incoming, Microphone,
    Progress, Sdk, Server, Stage, Talking, Telnyx, Watch,
};
use call::cause::{Cause, Side};
use call::history::What;
use call::ids::CallId;
use call::line;
use call::phone::{Effect, Event, Input, Phone, Tone};
use call::time::Millis;

use crate::rules::Rule;
use crate::search::StepFn;

/// A broken phone.
pub(crate) struct Mutant {
    /// The rule that is to catch it.
    pub(crate) rule: Rule,
    /// What it does wrong.
    pub(crate) breaks: &'static str,
    pub(crate) step: StepFn,
}

impl Mutant {
    /// The mutant with this number, counted from 1.
    pub(crate) fn numbered(number: usize) -> Option<Self> {
        ALL.into_iter().nth(number.checked_sub(1)?)
    }
}

/// The phone as it is.
pub(crate) fn honest(phone: Phone, event: Event, now: Millis) -> (Phone, Vec<Effect>) {
    phone.step(event, now)
}

/// All mutants, at least one a rule.
pub(crate) const ALL: [Mutant; 40] = [
    Mutant {
        rule: Rule::NoTimerBeforeActive,
        breaks: "the timer starts when the far end rings",
        step: |phone, event, now| {
            let rings = about(&event, |event| matches!(event, CallEvent::FarEndRings));
            let (mut phone, effects) = phone.step(event, now);
            if let Some(call) = rings.and_then(|id| find(&mut phone, &id))
                && matches!(call.stage, Stage::Calling(_))
            {
                call.stage = talking_since(now);
            }
            (phone, effects)
        },
    },
    Mutant {
        rule: Rule::TimerNeverRestarts,
        breaks: "a repeated `active` starts the timer again",
        step: |phone, event, now| {
            let active = about(&event, |event| matches!(event, CallEvent::Sdk(_, Sdk::Active)));
            let (mut phone, effects) = phone.step(event, now);
            if let Some(Call { stage: Stage::Talking(talking), .. }) =
                active.and_then(|id| find(&mut phone, &id))
            {
                talking.since = now;
            }
            (phone, effects)
        },
    },
    Mutant {
        rule: Rule::InCallExactlyWhenAnswered,
        breaks: "a late `trying` takes an answered call back to calling",
        step: |phone, event, now| {
            let trying = about(&event, |event| matches!(event, CallEvent::Sdk(_, Sdk::Trying)));
            let (mut phone, effects) = phone.step(event, now);
            if let Some(call) = trying.and_then(|id| find(&mut phone, &id))
                && matches!(call.stage, Stage::Talking(_))
            {
                let progress = Progress::Proceeding;
                call.stage = Stage::Calling(Calling {
                    progress,
                    slow: false,
                    ringing: None,
                    waits: false,
                    early: false,
                });
            }
            (phone, effects)
        },
    },
    Mutant {
        rule: Rule::InCallExactlyWhenAnswered,
        breaks: "a call whose answer is under way is shown as answered",
        step: |phone, event, now| {
            let answer = about(&event, |event| matches!(event, CallEvent::Sdk(_, Sdk::Answering)));
            let (mut phone, effects) = phone.step(event, now);
            if let Some(call) = answer.and_then(|id| find(&mut phone, &id))
                && matches!(call.stage, Stage::Incoming(Incoming { taken: Some(_) }))
            {
                call.stage = talking_since(now);
            }
            (phone, effects)
        },
    },
    Mutant {
        rule: Rule::ClickAsksNetworkDecides,
        breaks: "a click on hang-up ends the call on screen at once",
        step: |phone, event, now| {
            let click = about(&event, |event| matches!(event, CallEvent::HangUp));
            let (phone, mut effects) = phone.step(event, now);
            let object = click.as_ref().and_then(|id| phone.call(id)).map(|call| call.leg.object);
            let (Some(id), Some(object)) = (click, object) else { return (phone, effects) };
            let over = Event::Call(id, CallEvent::SdkOver(object, None));
            let (phone, more) = phone.step(over, now);
            effects.extend(more);
            (phone, effects)
        },
    },
    Mutant {
        rule: Rule::ClickAsksNetworkDecides,
        breaks: "a click on hold shows the call as held at once",
        step: |phone, event, now| {
            let click = about(&event, |event| matches!(event, CallEvent::Hold(true)));
            let (mut phone, effects) = phone.step(event, now);
            if let Some(Call { stage: Stage::Talking(talking), .. }) =
                click.and_then(|id| find(&mut phone, &id))
            {
                talking.hold.held = true;
            }
            (phone, effects)
        },
    },
    Mutant {
        rule: Rule::NothingRingsThatDoesNotRing,
        breaks: "the ringback goes on when the call is answered",
        step: |phone, event, now| {
            keeping(phone, event, now, |effect| *effect != Effect::Silence(Tone::Ringback))
        },
    },
    Mutant {
        rule: Rule::NothingRingsThatDoesNotRing,
        breaks: "the ringtone goes on when the call is taken",
        step: |phone, event, now| {
            let answer = about(&event, |event| matches!(event, CallEvent::Answer)).is_some();
            keeping(phone, event, now, |effect| {
                !(answer && *effect == Effect::Silence(Tone::Ringtone))
            })
        },
    },
    Mutant {
        rule: Rule::OverIsOver,
        breaks: "a call that is re-attached after its end is shown again",
        step: |phone, event, now| {
            let back = about(&event, |event| matches!(event, CallEvent::Sdk(_, Sdk::Active)));
            let (mut phone, effects) = phone.step(event, now);
            if let Some(call) = back.and_then(|id| find(&mut phone, &id))
                && call.is_over()
            {
                call.stage = talking_since(now);
            }
            (phone, effects)
        },
    },
    Mutant {
        rule: Rule::EveryLegIsAskedToEnd,
        breaks: "the server is not told of a hang-up",
        step: |phone, event, now| {
            let (mut phone, effects) =
                keeping(phone, event, now, |effect| !is(effect, &Do::HangUpServer));
            for call in &mut phone.calls {
                if let HangUp::Asked(asked) = &mut call.hang_up {
                    asked.server = Server::NotAsked;
                }
            }
            (phone, effects)
        },
    },
    Mutant {
        rule: Rule::EveryLegIsAskedToEnd,
        breaks: "a call that was hung up without a socket is not hung up again when it is re-attached",
        step: |phone, event, now| {
            let back = about(&event, |event| matches!(event, CallEvent::Sdk(..))).is_some();
            keeping(phone, event, now, |effect| !(back && is(effect, &Do::HangUpSdk)))
        },
    },
    Mutant {
        rule: Rule::NoneIsAskedTwice,
        breaks: "every press of hang-up tells the SDK",
        step: |phone, event, now| {
            let click = about(&event, |event| matches!(event, CallEvent::HangUp));
            let living = click.filter(|id| phone.call(id).is_some_and(|call| !call.is_over()));
            let (phone, mut effects) = phone.step(event, now);
            if let Some(id) = living
                && !effects.iter().any(|effect| is(effect, &Do::HangUpSdk))
            {
                effects.push(Effect::Call(id, Do::HangUpSdk));
            }
            (phone, effects)
        },
    },
    Mutant {
        rule: Rule::OneCallAudible,
        breaks: "every remote stream is heard",
        step: |phone, event, now| {
            let stream = about(&event, |event| matches!(event, CallEvent::RemoteStream));
            let (phone, mut effects) = phone.step(event, now);
            if let Some(id) = stream.filter(|id| phone.call(id).is_some_and(|call| !call.is_over()))
            {
                effects.push(Effect::Call(id, Do::AttachAudio));
            }
            (phone, effects)
        },
    },
    Mutant {
        rule: Rule::OneTalksOthersHeld,
        breaks: "the other call is not put on hold",
        step: |phone, event, now| {
            let (mut phone, effects) =
                keeping(phone, event, now, |effect| !is(effect, &Do::Hold(true)));
            for call in &mut phone.calls {
                if let Stage::Talking(talking) = &mut call.stage
                    && talking.hold == (Hold { held: false, ask: Ask::Asked })
                {
                    talking.hold.ask = Ask::Settled;
                }
            }
            (phone, effects)
        },
    },
    Mutant {
        rule: Rule::OneTalksOthersHeld,
        breaks: "the other call hears us until its hold has settled",
        step: |phone, event, now| keeping(phone, event, now, |effect| !is(effect, &Do::Mute(true))),
    },
    Mutant {
        rule: Rule::HoldLasts,
        breaks: "an unhold that was never sent is taken for done when another object says `active`",
        step: |phone, event, now| {
            let active = about(&event, |event| matches!(event, CallEvent::Sdk(_, Sdk::Active)));
            let unsent = Hold { held: true, ask: Ask::Again };
            let waits = |id: &CallId| phone.call(id).and_then(hold_of) == Some(unsent);
            let Some(id) = active.filter(waits) else { return phone.step(event, now) };
            let (mut phone, effects) =
                keeping(phone, event, now, |effect| !is(effect, &Do::Hold(false)));
            if let Some(Call { stage: Stage::Talking(talking), .. }) = find(&mut phone, &id) {
                talking.hold = Hold { held: false, ask: Ask::Settled };
            }
            (phone, effects)
        },
    },
    Mutant {
        rule: Rule::HoldLasts,
        breaks: "a call on hold is shown as talking when another object says `active`",
        step: |phone, event, now| {
            let active = about(&event, |event| matches!(event, CallEvent::Sdk(_, Sdk::Active)));
            let (mut phone, effects) = phone.step(event, now);
            if let Some(Call { stage: Stage::Talking(talking), .. }) =
                active.and_then(|id| find(&mut phone, &id))
                && talking.hold.ask == Ask::Reminded
            {
                talking.hold = Hold { held: false, ask: Ask::Asked };
            }
            (phone, effects)
        },
    },
    Mutant {
        rule: Rule::WhoWaitsIsApart,
        breaks: "who waits while a third party is called is still heard",
        step: |phone, event, now| {
            let told = |event: &CallEvent| matches!(event, CallEvent::Telnyx(Telnyx::Waits(true)));
            let waits = about(&event, told).is_some();
            keeping(phone, event, now, |effect| !(waits && is(effect, &Do::DetachAudio)))
        },
    },
    Mutant {
        rule: Rule::MutedStaysMuted,
        breaks: "a re-attached call has an open microphone whatever was muted before",
        step: |phone, event, now| {
            let back = about(&event, |event| matches!(event, CallEvent::Sdk(..))).is_some();
            keeping(phone, event, now, |effect| !(back && is(effect, &Do::Mute(true))))
        },
    },
    Mutant {
        rule: Rule::MicrophoneReleased,
        breaks: "the microphone stays open where the SDK has no word for the end",
        step: |phone, event, now| {
            let silent = about(&event, |event| matches!(event, CallEvent::Overdue(_))).is_some();
            keeping(phone, event, now, |effect| !(silent && is(effect, &Do::ReleaseMicrophone)))
        },
    },
    Mutant {
        rule: Rule::EndingInReach,
        breaks: "a hang-up waits for the SDK's word for ever",
        step: |phone, event, now| {
            let overdue = |event: &CallEvent| matches!(event, CallEvent::Overdue(Watch::HangUp));
            if about(&event, overdue).is_some() { (phone, vec![]) } else { phone.step(event, now) }
        },
    },
    Mutant {
        rule: Rule::NothingWaitsForEver,
        breaks: "nobody minds that Telnyx does not reply to the INVITE",
        step: |phone, event, now| {
            keeping(phone, event, now, |effect| !is(effect, &Do::StartTimer(Watch::Invite)))
        },
    },
    Mutant {
        rule: Rule::NoTimerLeftBehind,
        breaks: "the limit on ringing here goes on when the call is taken",
        step: |phone, event, now| {
            keeping(phone, event, now, |effect| !is(effect, &Do::CancelTimer(Watch::RingHere)))
        },
    },
    Mutant {
        rule: Rule::DisagreementVisible,
        breaks: "that Telnyx says answered is kept from the screen",
        step: |phone, event, now| {
            let said =
                |event: &CallEvent| matches!(event, CallEvent::Telnyx(Telnyx::Answered { .. }));
            if about(&event, said).is_some() { (phone, vec![]) } else { phone.step(event, now) }
        },
    },
    Mutant {
        rule: Rule::TelnyxEndIsFollowed,
        breaks: "a call that Telnyx ended goes on here",
        step: |phone, event, now| {
            let said = |event: &CallEvent| matches!(event, CallEvent::Telnyx(Telnyx::Ended(_)));
            if about(&event, said).is_some() { (phone, vec![]) } else { phone.step(event, now) }
        },
    },
    Mutant {
        rule: Rule::AbandonedIsAskedToEnd,
        breaks: "a call that was let go of lives on at Telnyx",
        step: |phone, event, now| {
            let let_go = about(&event, |event| {
                matches!(event, CallEvent::SdkOver(_, Some(Cause::SignedOff)))
            });
            keeping(phone, event, now, |effect| let_go.is_none() || !is(effect, &Do::HangUpServer))
        },
    },
    Mutant {
        rule: Rule::RecordHearsOneEnd,
        breaks: "`destroy` after `hangup` is told as a second end",
        step: |phone, event, now| {
            let over = about(&event, |event| matches!(event, CallEvent::SdkOver(..)));
            let again = over.filter(|id| phone.call(id).is_some_and(Call::is_over));
            let (phone, mut effects) = phone.step(event, now);
            let ended = What::Ended { cause: Cause::Normal, by: Side::Us };
            effects.extend(again.map(|id| Effect::Call(id, Do::Testify(ended))));
            (phone, effects)
        },
    },
    Mutant {
        rule: Rule::TimerNeverRestarts,
        breaks: "a page that is loaded anew starts the timer anew",
        step: |phone, event, now| {
            let resumed = matches!(event, Event::Resumed { .. });
            let (mut phone, effects) = phone.step(event, now);
            for call in phone.calls.iter_mut().filter(|_| resumed) {
                if let Stage::Talking(talking) = &mut call.stage {
                    talking.since = now;
                }
            }
            (phone, effects)
        },
    },
    Mutant {
        rule: Rule::FarEndSpeaksForItself,
        breaks: "a call that waits at Telnyx is said to ring there",
        step: |phone, event, now| {
            let rings = about(&event, |event| matches!(event, CallEvent::FarEndRings));
            let (mut phone, effects) = phone.step(event, now);
            if let Some(Call { stage: Stage::Calling(calling), .. }) =
                rings.and_then(|id| find(&mut phone, &id))
            {
                calling.ringing = Some(now);
            }
            (phone, effects)
        },
    },
    Mutant {
        rule: Rule::ReadyExactlyWhenReached,
        breaks: "a page that stood still goes on to say ready",
        step: |phone, event, now| match event {
            Event::Line(line::Event::Woke) => (phone, vec![]),
            _ => phone.step(event, now),
        },
    },
    Mutant {
        rule: Rule::ReadyExactlyWhenReached,
        breaks: "ready is said while the microphone is blocked",
        step: |phone, event, now| {
            let (mut phone, effects) = phone.step(event, now);
            phone.input = Input::Usable;
            (phone, effects)
        },
    },
    Mutant {
        rule: Rule::OneSurvivesReload,
        breaks: "a page that is loaded anew waits for every call",
        step: |phone, event, now| match event {
            Event::Resumed { mut kept, since } => {
                for kept in &mut kept {
                    kept.survives = true;
                }
                phone.step(Event::Resumed { kept, since }, now)
            }
            event => phone.step(event, now),
        },
    },
    Mutant {
        rule: Rule::OneSurvivesReload,
        breaks: "a page that is loaded anew knows no call, and hangs up what is given back",
        step: |phone, event, now| match event {
            Event::Resumed { .. } => (phone, vec![]),
            event => phone.step(event, now),
        },
    },
    Mutant {
        rule: Rule::OutOfReachIsSaid,
        breaks: "what was said of missed calls stays when the line is back",
        step: |phone, event, now| {
            let said = phone.out_of_reach;
            let (mut phone, effects) = phone.step(event, now);
            phone.out_of_reach |= said;
            (phone, effects)
        },
    },
    Mutant {
        rule: Rule::NoLoginUnderACall,
        breaks: "the SDK signs in with the new token as soon as it has it",
        step: |phone, event, now| {
            let (phone, mut effects) = phone.step(event, now);
            let handed =
                |effect: &Effect| matches!(effect, Effect::Line(line::Effect::HandOver(_)));
            if effects.iter().any(handed) {
                effects.push(Effect::Line(line::Effect::SignInAnew));
            }
            (phone, effects)
        },
    },
    Mutant {
        rule: Rule::NoLoginUnderACall,
        breaks: "a line that gave up is replaced though it carries a call",
        step: |mut phone, event, now| {
            if event != Event::Line(line::Event::Again) {
                return phone.step(event, now);
            }
            let calls = std::mem::take(&mut phone.calls);
            let (mut phone, effects) = phone.step(event, now);
            phone.calls = calls;
            (phone, effects)
        },
    },
    Mutant {
        rule: Rule::NoLoginUnderACall,
        breaks: "the line is opened anew under a call that has lost its socket",
        step: |phone, event, now| {
            let (phone, mut effects) = phone.step(event, now);
            for effect in &mut effects {
                if let Effect::Line(line::Effect::SignIn(token)) = effect {
                    *effect = Effect::Line(line::Effect::Open(token.clone()));
                }
            }
            (phone, effects)
        },
    },
    Mutant {
        rule: Rule::FarEndSpeaksForItself,
        breaks: "the end of the agent's own leg is taken for the far end's",
        step: |phone, event, now| {
            let over = about(&event, |event| matches!(event, CallEvent::SdkOver(..)));
            let (mut phone, effects) = phone.step(event, now);
            if let Some(Call { stage: Stage::Over(over), .. }) =
                over.and_then(|id| find(&mut phone, &id))
            {
                over.by = Side::Them;
            }
            (phone, effects)
        },
    },
    Mutant {
        rule: Rule::FarEndSpeaksForItself,
        breaks: "why the far end did not answer is not heard after the end",
        step: |phone, event, now| {
            let said = about(&event, |event| matches!(event, CallEvent::Telnyx(Telnyx::Ended(_))));
            let before = said.and_then(|id| phone.call(&id).cloned()).filter(Call::is_over);
            let (mut phone, effects) = phone.step(event, now);
            if let Some(before) = before
                && let Some(call) = find(&mut phone, &before.id)
            {
                call.stage = before.stage;
            }
            (phone, effects)
        },
    },
    Mutant {
        rule: Rule::OnlyTheExpectedIsAnswered,
        breaks: "a call that nobody expects answers itself",
        step: |phone, event, now| {
            let comes = match &event {
                Event::Incoming { id, .. } => Some(id.clone()),
                _ => None,
            };
            let (phone, effects) = phone.step(event, now);
            let Some(id) = comes else { return (phone, effects) };
            let (phone, more) = phone.step(Event::Call(id, CallEvent::Answer), now);
            (phone, effects.into_iter().chain(more).collect())
        },
    },
];

/// The call that such an event is about.
fn about(event: &Event, such: fn(&CallEvent) -> bool) -> Option<CallId> {
    match event {
        Event::Call(id, event) if such(event) => Some(id.clone()),
        _ => None,
    }
}

fn find<'a>(phone: &'a mut Phone, id: &CallId) -> Option<&'a mut Call> {
    phone.calls.iter_mut().find(|call| call.id == *id)
}

const fn hold_of(call: &Call) -> Option<Hold> {
    match &call.stage {
        Stage::Talking(talking) => Some(talking.hold),
        Stage::Calling(_) | Stage::Incoming(_) | Stage::Over(_) => None,
    }
}

fn is(effect: &Effect, what: &Do) -> bool {
    matches!(effect, Effect::Call(_, done) if done == what)
}

/// The honest step, with some effects left out.
fn keeping(
    phone: Phone,
    event: Event,
    now: Millis,
    kept: impl Fn(&Effect) -> bool,
) -> (Phone, Vec<Effect>) {
    let (phone, effects) = phone.step(event, now);
    (phone, effects.into_iter().filter(kept).collect())
}

fn talking_since(since: Millis) -> Stage {
    Stage::Talking(Talking {
        since,
        rang: None,
        microphone: Microphone { muted: false, wanted: false },
        hold: Hold { held: false, ask: Ask::Settled },
        digits: vec![],
    })
}
