//! What must hold, whatever happens and in whatever order. Each rule is a promise of `ARCHITECTURE.md`.

mod back;
mod ending;
mod heard;
mod reach;
mod screen;

use call::call::{Call, Effect as Do, Stage, Talking};
use call::phone::{Effect, Event, Phone};

use crate::search::StepFn;
use crate::seen::{Seen, SeenCall};
use crate::world::{World, number};

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
    HoldLasts,
    MicrophoneReleased,
    EndingInReach,
    NothingWaitsForEver,
    NoTimerLeftBehind,
    DisagreementVisible,
    TelnyxEndIsFollowed,
    AbandonedIsAskedToEnd,
    RecordHearsOneEnd,
    OneSurvivesReload,
    ReadyExactlyWhenReached,
    OutOfReachIsSaid,
    NoLoginUnderACall,
    FarEndSpeaksForItself,
    OnlyTheExpectedIsAnswered,
    WhoWaitsIsApart,
}

impl Rule {
    pub(crate) const ALL: [Self; 27] = [
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
        Self::HoldLasts,
        Self::MicrophoneReleased,
        Self::EndingInReach,
        Self::NothingWaitsForEver,
        Self::NoTimerLeftBehind,
        Self::DisagreementVisible,
        Self::TelnyxEndIsFollowed,
        Self::AbandonedIsAskedToEnd,
        Self::RecordHearsOneEnd,
        Self::OneSurvivesReload,
        Self::ReadyExactlyWhenReached,
        Self::OutOfReachIsSaid,
        Self::NoLoginUnderACall,
        Self::FarEndSpeaksForItself,
        Self::OnlyTheExpectedIsAnswered,
        Self::WhoWaitsIsApart,
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
            Self::HoldLasts => {
                "who is on hold is shown so until the SDK has done what it was told, or could not"
            }
            Self::MicrophoneReleased => "the microphone is released when no call needs it",
            Self::EndingInReach => "whatever the network does not say, a person can end it",
            Self::NothingWaitsForEver => "nothing waits for ever",
            Self::NoTimerLeftBehind => "the timers that run are those the state wants",
            Self::DisagreementVisible => "the witnesses' disagreement is always visible",
            Self::TelnyxEndIsFollowed => {
                "a call that Telnyx ended is hung up here, and ends by itself if the SDK is silent"
            }
            Self::AbandonedIsAskedToEnd => {
                "a call that the SDK let go of without a word is hung up by the server"
            }
            Self::OneSurvivesReload => {
                "a page that is loaded anew waits for one answered call, which goes on as it was; the others end"
            }
            Self::RecordHearsOneEnd => "the record is told of the end of each call, once",
            Self::ReadyExactlyWhenReached => {
                "the phone never says ready while a call might not reach the person, and says so when it would"
            }
            Self::OutOfReachIsSaid => {
                "that calls may be missed is said after a while, and no longer than it is so"
            }
            Self::NoLoginUnderACall => {
                "the SDK never signs in anew while there is a call, nor does another line take its place"
            }
            Self::OnlyTheExpectedIsAnswered => {
                "no call answers itself but the one that is expected"
            }
            Self::WhoWaitsIsApart => {
                "a far end that waits while a third party is called neither hears us nor is heard"
            }
            Self::FarEndSpeaksForItself => {
                "what happens to a leg that waits at Telnyx is not said of the far end"
            }
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

/// What a rule finds wrong with a phone, whatever led to it.
type OfWorld = fn(&Phone, StepFn) -> Option<String>;

/// The first of these rules that a world breaks by itself, whatever led to it, and how.
pub(crate) fn broken_in(world: &World, step: StepFn, rules: &[Rule]) -> Option<(Rule, String)> {
    let of_worlds: [(Rule, OfWorld); 2] = [
        (Rule::EndingInReach, ending::ending_in_reach),
        (Rule::OneSurvivesReload, back::one_survives),
    ];
    of_worlds
        .into_iter()
        .filter(|(rule, _)| rules.contains(rule))
        .find_map(|(rule, broken)| broken(&world.phone, step).map(|what| (rule, what)))
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
            Rule::HoldLasts => self.hold_lasts(),
            Rule::MicrophoneReleased => self.microphone_released(),
            // Of a world, not of a step.
            Rule::EndingInReach | Rule::OneSurvivesReload => None,
            Rule::NothingWaitsForEver => self.nothing_waits_for_ever(),
            Rule::NoTimerLeftBehind => self.no_timer_left_behind(),
            Rule::DisagreementVisible => self.disagreement_visible(),
            Rule::TelnyxEndIsFollowed => self.telnyx_end_is_followed(),
            Rule::AbandonedIsAskedToEnd => self.abandoned_is_asked(),
            Rule::RecordHearsOneEnd => self.record_hears_one_end(),
            Rule::ReadyExactlyWhenReached => self.ready_exactly_when_reached(),
            Rule::OutOfReachIsSaid => self.out_of_reach_is_said(),
            Rule::NoLoginUnderACall => self.no_login_under_a_call(),
            Rule::OnlyTheExpectedIsAnswered => self.only_the_expected_is_answered(),
            Rule::WhoWaitsIsApart => self.who_waits_is_apart(),
            Rule::FarEndSpeaksForItself => self.far_end_speaks_for_itself(),
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

    /// Whether this step did that to the call.
    fn does(&self, call: &str, what: &Do) -> bool {
        self.effects
            .iter()
            .any(|effect| matches!(effect, Effect::Call(id, done) if id.as_str() == call && done == what))
    }
}

fn talking(call: &Call) -> Option<&Talking> {
    match &call.stage {
        Stage::Talking(talking) => Some(talking),
        Stage::Calling(_) | Stage::Incoming(_) | Stage::Over(_) => None,
    }
}
