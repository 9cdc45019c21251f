//! What must hold, whatever happens and in whatever order. Each rule is a promise of `ARCHITECTURE.md`.

use call::call::{
    Ask, Call, Calling, Disagreement, Effect as Do, Event as CallEvent, HangUp, Server, Socket,
    Sound, Stage, Talking, Telnyx, Watch, Watches, Why,
};
use call::cause::Cause;
use call::history::What;
use call::phone::{Dialling, Effect, Event, Phone, Screen, Tone};

use crate::search::StepFn;
use crate::world::{CALLS, NEW, NOW, OLD, Seen, SeenCall, THEN, World, id, number};

/// A rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    NoTimerBeforeActive,
    TimerNeverRestarts,
    InCallExactlyWhenAnswered,
    ClickAsksNetworkDecides,
    NothingRingsThatDoesNotRing,
    OverIsOver,
    EveryLegIsAskedToEnd,
    NoneIsAskedTwice,
    OneCallAudible,
    OneTalksOthersHeld,
    MutedStaysMuted,
    MicrophoneReleased,
    EndingInReach,
    NothingWaitsForEver,
    NoTimerLeftBehind,
    DisagreementVisible,
    TelnyxEndIsFollowed,
    RecordHearsOneEnd,
}

impl Rule {
    pub(crate) const ALL: [Self; 18] = [
        Self::NoTimerBeforeActive,
        Self::TimerNeverRestarts,
        Self::InCallExactlyWhenAnswered,
        Self::ClickAsksNetworkDecides,
        Self::NothingRingsThatDoesNotRing,
        Self::OverIsOver,
        Self::EveryLegIsAskedToEnd,
        Self::NoneIsAskedTwice,
        Self::OneCallAudible,
        Self::OneTalksOthersHeld,
        Self::MutedStaysMuted,
        Self::MicrophoneReleased,
        Self::EndingInReach,
        Self::NothingWaitsForEver,
        Self::NoTimerLeftBehind,
        Self::DisagreementVisible,
        Self::TelnyxEndIsFollowed,
        Self::RecordHearsOneEnd,
    ];

    /// The rule in words.
    pub(crate) const fn says(self) -> &'static str {
        match self {
            Self::NoTimerBeforeActive => "no timer before `active`",
            Self::TimerNeverRestarts => "a timer once started never restarts or jumps",
            Self::InCallExactlyWhenAnswered => {
                "the in-call screen is shown exactly while a call is active, held, or reconnecting from those"
            }
            Self::ClickAsksNetworkDecides => "a click changes no call's state",
            Self::NothingRingsThatDoesNotRing => "nothing rings in a state that is not ringing",
            Self::OverIsOver => "over is over",
            Self::EveryLegIsAskedToEnd => {
                "after the person hung up, the SDK and the server are told, and again when the call comes back"
            }
            Self::NoneIsAskedTwice => "nobody is told twice to hang up without a reason",
            Self::OneCallAudible => "at most one call is audible",
            Self::OneTalksOthersHeld => {
                "one call talks, the others are held and hear nothing of us"
            }
            Self::MutedStaysMuted => "what the person muted stays muted",
            Self::MicrophoneReleased => "the microphone is released when no call needs it",
            Self::EndingInReach => "whatever the network does not say, a person can end it",
            Self::NothingWaitsForEver => "nothing waits for ever",
            Self::NoTimerLeftBehind => "the timers that run are those the state wants",
            Self::DisagreementVisible => "the witnesses' disagreement is always visible",
            Self::TelnyxEndIsFollowed => {
                "a call that Telnyx ended is hung up here, and ends by itself if the SDK is silent"
            }
            Self::RecordHearsOneEnd => "the record is told of the end of each call, once",
        }
    }
}

/// A step that was taken.
pub(crate) struct Step<'a> {
    pub(crate) before: &'a World,
    pub(crate) event: &'a Event,
    /// The phone after it.
    pub(crate) phone: &'a Phone,
    /// What was seen, this step included.
    pub(crate) seen: &'a Seen,
    pub(crate) effects: &'a [Effect],
}

/// The first of these rules that a world breaks by itself, whatever led to it, and how.
pub(crate) fn broken_in(world: &World, step: StepFn, rules: &[Rule]) -> Option<(Rule, String)> {
    let rule = Rule::EndingInReach;
    let no_ending = || ending_in_reach(&world.phone, step);
    rules.contains(&rule).then(no_ending).flatten().map(|what| (rule, what))
}

impl Step<'_> {
    /// The first of these rules that the step breaks, and how.
    pub(crate) fn broken(&self, rules: &[Rule]) -> Option<(Rule, String)> {
        rules.iter().find_map(|rule| self.check(*rule).map(|what| (*rule, what)))
    }

    fn check(&self, rule: Rule) -> Option<String> {
        match rule {
            Rule::NoTimerBeforeActive => self.no_timer_before_active(),
            Rule::TimerNeverRestarts => self.timer_never_restarts(),
            Rule::InCallExactlyWhenAnswered => self.in_call_exactly_when_answered(),
            Rule::ClickAsksNetworkDecides => self.click_asks(),
            Rule::NothingRingsThatDoesNotRing => self.nothing_rings(),
            Rule::OverIsOver => self.over_is_over(),
            Rule::EveryLegIsAskedToEnd => self.every_leg_is_asked(),
            Rule::NoneIsAskedTwice => self.none_is_asked_twice(),
            Rule::OneCallAudible => self.one_call_audible(),
            Rule::OneTalksOthersHeld => self.one_talks(),
            Rule::MutedStaysMuted => self.muted_stays_muted(),
            Rule::MicrophoneReleased => self.microphone_released(),
            // Of a world, not of a step.
            Rule::EndingInReach => None,
            Rule::NothingWaitsForEver => self.nothing_waits_for_ever(),
            Rule::NoTimerLeftBehind => self.no_timer_left_behind(),
            Rule::DisagreementVisible => self.disagreement_visible(),
            Rule::TelnyxEndIsFollowed => self.telnyx_end_is_followed(),
            Rule::RecordHearsOneEnd => self.record_hears_one_end(),
        }
    }

    /// The calls on screen with what was seen of each.
    fn calls(&self) -> impl Iterator<Item = (&Call, &SeenCall)> {
        self.phone.calls.iter().map(|call| (call, &self.seen.calls[number(&call.id)]))
    }

    /// Those of them that live.
    fn living(&self) -> impl Iterator<Item = (&Call, &SeenCall)> {
        self.calls().filter(|(call, _)| !call.is_over())
    }

    fn no_timer_before_active(&self) -> Option<String> {
        let (call, _) =
            self.living().find(|(call, seen)| talking(call).is_some() && !seen.answered)?;
        Some(format!("call {} has a timer, and the SDK never said `active`", call.id))
    }

    fn timer_never_restarts(&self) -> Option<String> {
        self.calls().find_map(|(call, _)| {
            let before = self.before.phone.call(&call.id).and_then(talking).map(|then| then.since);
            match (before, &call.stage) {
                (Some(_), Stage::Talking(talking)) if talking.since != THEN => {
                    Some(format!("the timer of call {} started again", call.id))
                }
                (None, Stage::Talking(talking)) if talking.since != NOW => {
                    Some(format!("the timer of call {} did not start at 0:00", call.id))
                }
                (Some(_), Stage::Over(over)) if over.talked_ms != Some(NOW.since(THEN)) => {
                    Some(format!("call {} is said to have lasted {:?}", call.id, over.talked_ms))
                }
                _ => None,
            }
        })
    }

    fn in_call_exactly_when_answered(&self) -> Option<String> {
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

    fn click_asks(&self) -> Option<String> {
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

    fn nothing_rings(&self) -> Option<String> {
        let rings_there = |call: &Call| match &call.stage {
            Stage::Calling(Calling { ringing, .. }) => {
                ringing.is_some()
                    && call.hang_up == HangUp::NotAsked
                    && self.phone.front.as_ref() == Some(&call.id)
            }
            Stage::Incoming(_) | Stage::Talking(_) | Stage::Over(_) => false,
        };
        let rings = |tone: &Tone| match tone {
            Tone::Ringback => self.phone.calls.iter().any(rings_there),
            Tone::Ringtone | Tone::Waiting => self.phone.calls.iter().any(Call::rings_here),
        };
        let tone =
            Tone::ALL.into_iter().find(|tone| self.seen.tones.has(*tone as u16) && !rings(tone))?;
        Some(format!("{tone:?} is heard, and nothing rings"))
    }

    fn over_is_over(&self) -> Option<String> {
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

    fn every_leg_is_asked(&self) -> Option<String> {
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

    fn none_is_asked_twice(&self) -> Option<String> {
        self.effects.iter().find_map(|effect| {
            let Effect::Call(id, effect) = effect else { return None };
            let told = &self.before.seen.calls[number(id)];
            // What this very event brought is a reason.
            let reason = match self.event {
                Event::Call(of, CallEvent::Sdk(object, _)) if of == id && *object > OLD => {
                    told.ended || *object == NEW
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

    fn one_call_audible(&self) -> Option<String> {
        let audible = self.seen.calls.iter().filter(|call| call.attached).count();
        (audible > 1).then(|| format!("{audible} calls are audible"))
    }

    fn one_talks(&self) -> Option<String> {
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

    fn muted_stays_muted(&self) -> Option<String> {
        let open = |(call, seen): &(&Call, &SeenCall)| {
            talking(call).is_some_and(|talking| talking.microphone.wanted) && !seen.shut
        };
        let (call, _) = self.living().find(open)?;
        Some(format!("call {} was muted and its track is open", call.id))
    }

    fn microphone_released(&self) -> Option<String> {
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

    fn nothing_waits_for_ever(&self) -> Option<String> {
        let stuck = |(call, seen): &(&Call, &SeenCall)| {
            let settled = call.socket == Socket::Up
                && call.hang_up == HangUp::NotAsked
                && call.leg.sound == Sound::Connected
                && talking(call).is_some_and(|talking| talking.hold.ask != Ask::Asked);
            !settled && seen.timers.without(Watch::Slow as u16).is_empty()
        };
        let (call, _) = self.living().find(stuck)?;
        Some(format!("call {} waits for something, and no limit runs", call.id))
    }

    fn no_timer_left_behind(&self) -> Option<String> {
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

    fn disagreement_visible(&self) -> Option<String> {
        let hidden = |(call, seen): &(&Call, &SeenCall)| match call.disagreement() {
            Some(Disagreement::EndedAtTelnyx { .. }) => !seen.over_there,
            Some(Disagreement::AnsweredAtTelnyx { .. }) => seen.over_there || !seen.answered_there,
            None => seen.over_there || (seen.answered_there && !seen.answered),
        };
        let (call, _) = self.living().find(hidden)?;
        Some(format!("what Telnyx says of call {} is not what the screen shows", call.id))
    }

    fn telnyx_end_is_followed(&self) -> Option<String> {
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
            CallEvent::Overdue(Watch::HangUp) if over_there && !is_limited(before) => {
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

    fn record_hears_one_end(&self) -> Option<String> {
        self.seen.calls.iter().enumerate().find_map(|(number, call)| {
            let expected = u8::from(call.ended);
            (call.ends_told != expected && (call.born || call.ends_told > 1)).then(|| {
                format!("the end of call {} was told {} times", id(number), call.ends_told)
            })
        })
    }

    /// Whether this step did that to the call.
    fn does(&self, call: &str, what: &Do) -> bool {
        self.effects
            .iter()
            .any(|effect| matches!(effect, Effect::Call(id, done) if id.as_str() == call && done == what))
    }
}

fn ending_in_reach(phone: &Phone, step: StepFn) -> Option<String> {
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

fn talking(call: &Call) -> Option<&Talking> {
    match &call.stage {
        Stage::Talking(talking) => Some(talking),
        Stage::Calling(_) | Stage::Incoming(_) | Stage::Over(_) => None,
    }
}
