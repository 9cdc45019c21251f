//! A page that is loaded anew in the middle of calls.

mod support;

use ::call::call::{
    Ask, Effect, Ending, Event, HangUp, Hold, Kept, KeptStage, Remains, Sdk, Server, Socket,
    Telnyx, Watch,
};
use ::call::cause::{Cause, Outcome, Side};
use ::call::history::What;
use ::call::line::{self, Line};
use ::call::party::Route;
use ::call::phone::{self, Phone, Screen};
use support::{Story, again, id, line, other, sdk, second, through};

/// The page that follows, whose line is ready at last; the one before was last there at second 40.
fn loaded_anew(kept: Vec<Kept>) -> Story {
    Story::opened().at(42).happens(phone::Event::Resumed { kept, since: second(40) })
}

fn ready(story: Story) -> Story {
    story
        .line(line::Event::SignedIn)
        .line(line::Event::Token(support::token()))
        .line(line::Event::Ready)
}

#[test]
fn the_talk_goes_on_with_its_timer_and_what_was_muted_is_muted_again() {
    let kept = Story::talking().hears(Event::Mute(true)).phone.kept();
    let story =
        ready(loaded_anew(kept).at(43)).wants(&[Effect::AskServer]).waits_for(&[Watch::Return]);
    assert!(story.call().socket.is_away());
    assert!(matches!(story.phone.screen(), Screen::InCall(..)));
    let story = story
        .at(44)
        .hears(sdk(Sdk::Recovering))
        .wants(&[Effect::Mute(true)])
        .hears(sdk(Sdk::Active));
    assert_eq!(story.since(), Some(second(10)), "as the page before had it");
    assert_eq!(story.call().socket, Socket::Up);
    story
        .waits_for(&[Watch::Sound])
        .hears(Event::RemoteStream)
        .wants(&[Effect::Mute(true), Effect::AttachAudio]);
}

/// A call on hold in the page that follows, whose object has said nothing but `recovering`.
fn held_and_loaded_anew() -> Story {
    let kept = Story::talking().hears(Event::Hold(true)).hears(sdk(Sdk::Held)).phone.kept();
    let story = ready(loaded_anew(kept)).hears(sdk(Sdk::Recovering));
    assert_eq!(story.talk().hold, Hold { held: true, ask: Ask::Settled });
    story
}

#[test]
fn what_was_held_is_held_again_if_the_sdk_has_forgotten_it_and_on_hold_all_the_while() {
    let story = held_and_loaded_anew().hears(sdk(Sdk::Active)).wants(&[Effect::Hold(true)]);
    assert_eq!(story.talk().hold, Hold { held: true, ask: Ask::Reminded });
    let story = story.hears(sdk(Sdk::Active)).wants(&[]);
    assert!(story.talk().hold.held, "a repeated word is no answer");
    let story = story.hears(sdk(Sdk::Held)).wants(&[]);
    assert_eq!(story.talk().hold, Hold { held: true, ask: Ask::Settled });
}

#[test]
fn an_unhold_pressed_before_the_call_is_back_is_sent_though_the_sdk_says_active() {
    let story = held_and_loaded_anew().hears(Event::Hold(false)).wants(&[]);
    let story = story.hears(sdk(Sdk::Active)).wants(&[Effect::Hold(false)]);
    assert_eq!(story.talk().hold, Hold { held: true, ask: Ask::Asked });
    let story = story.hears(sdk(Sdk::Active)).wants(&[Effect::Testify(What::Resumed)]);
    assert_eq!(story.talk().hold, Hold { held: false, ask: Ask::Settled });
}

#[test]
fn an_unhold_pressed_while_the_page_holds_anew_goes_before_that() {
    let story = held_and_loaded_anew().hears(sdk(Sdk::Active));
    let story = story.hears(Event::Hold(false)).wants(&[Effect::Hold(false)]);
    let story = story.hears(sdk(Sdk::Held)).wants(&[]);
    assert_eq!(story.talk().hold, Hold { held: true, ask: Ask::Asked });
    let story = story.hears(sdk(Sdk::Active)).wants(&[Effect::Testify(What::Resumed)]);
    assert_eq!(story.talk().hold, Hold { held: false, ask: Ask::Settled });
}

#[test]
fn a_call_that_cannot_be_held_anew_is_not_on_hold_and_says_so() {
    for story in [
        held_and_loaded_anew().hears(sdk(Sdk::Active)).hears(Event::HoldRefused),
        held_and_loaded_anew().hears(sdk(Sdk::Active)).overdue(Watch::Hold),
    ] {
        let story = story.wants(&[Effect::Testify(What::Resumed)]);
        assert_eq!(story.talk().hold, Hold { held: false, ask: Ask::Failed });
    }
}

#[test]
fn a_hold_that_was_given_up_and_may_have_come_true_is_taken_back_of_the_object_that_follows() {
    let given_up = Story::talking().hears(Event::Hold(true)).overdue(Watch::Hold);
    let back = given_up.line(line::Event::SocketClosed).line(line::Event::Ready);
    assert_eq!(back.talk().hold, Hold { held: false, ask: Ask::Unsure });
    let story = back.hears(again(Sdk::Recovering)).hears(again(Sdk::Active));
    let story = story.wants(&[Effect::Hold(false)]);
    assert_eq!(story.talk().hold, Hold { held: false, ask: Ask::Reminded });
    // It says so, or will not hear of it because that is how it is.
    for story in [story.clone().hears(again(Sdk::Active)), story.hears(Event::HoldRefused)] {
        let story = story.wants(&[]);
        assert_eq!(story.talk().hold, Hold { held: false, ask: Ask::Settled });
    }
}

#[test]
fn a_call_that_telnyx_ends_before_the_page_that_follows_has_a_line_went_with_its_page() {
    let ended = Telnyx::Ended(Ending { at: second(41), cause: Cause::Normal, by: Side::Us });
    let story = loaded_anew(Story::talking().phone.kept()).hears(Event::Telnyx(ended));
    let story = story.line(line::Event::SignedIn).line(line::Event::Token(support::token()));
    assert_eq!(story.over().cause, Cause::Reloaded);
}

#[test]
fn an_unhold_that_was_given_up_and_comes_true_late_is_believed() {
    let story = Story::talking().hears(Event::Hold(true)).hears(sdk(Sdk::Held));
    let story = story.hears(Event::Hold(false)).overdue(Watch::Hold);
    assert_eq!(story.talk().hold, Hold { held: true, ask: Ask::Failed });
    let story = story.hears(sdk(Sdk::Active));
    assert_eq!(story.talk().hold, Hold { held: false, ask: Ask::Settled });
}

#[test]
fn a_call_that_the_gateway_does_not_name_ends_at_once() {
    let story =
        ready(loaded_anew(Story::talking().phone.kept())).at(45).hears(Event::Trouble(Cause::Lost));
    let ended = What::Ended { cause: Cause::Reloaded, by: Side::Network };
    let story = story.wants(&[
        Effect::HangUpServer,
        Effect::HangUpSdk,
        Effect::ReleaseMicrophone,
        Effect::Testify(ended),
    ]);
    let over = story.clone().ends_as(Outcome::Answered, Side::Network);
    assert_eq!((over.over().talked_ms, over.over().remains), (Some(35_000), Remains::Nothing));
}

#[test]
fn a_call_of_which_nothing_is_heard_ends_too() {
    let kept = Story::talking().phone.kept();
    let story = ready(loaded_anew(kept.clone())).overdue(Watch::Return);
    story.ends_as(Outcome::Answered, Side::Network).waits_for(&[]);
    let story = loaded_anew(kept).waits_for(&[Watch::Socket]).overdue(Watch::Socket);
    story.overdue(Watch::HangUp).ends_as(Outcome::Answered, Side::Network);
}

#[test]
fn a_line_that_is_opened_for_the_new_page_does_not_end_what_it_is_to_bring() {
    let story = loaded_anew(Story::talking().phone.kept()).line(line::Event::SignedIn);
    let story = story.line(line::Event::Token(support::token())).wants(&[]);
    let story =
        story.line(line::Event::SocketClosed).line(line::Event::Overdue).line(line::Event::Again);
    story
        .line(line::Event::Token(support::token()))
        .line(line::Event::Ready)
        .waits_for(&[Watch::Return]);
}

#[test]
fn a_call_that_nobody_answered_is_over_and_says_so() {
    let kept = Story::dialled().at(2).hears(Event::FarEndRings).phone.kept();
    assert!(matches!(
        kept[..],
        [Kept { stage: KeptStage::Calling { ringing: Some(_) }, survives: false, .. }]
    ));
    let story = loaded_anew(kept);
    let over = story.clone().ends_as(Outcome::Failed, Side::Network);
    assert_eq!((over.over().at, over.over().rang_ms), (second(40), Some(38_000)));
    assert_eq!(over.over().remains, Remains::MayBeOpen);
    let story = story.hears(Event::ServerSaid(Server::Took));
    assert_eq!(story.over().remains, Remains::Nothing);
    // Somebody answered in between: nobody is here to talk to.
    let back = ready(story).hears(sdk(Sdk::Recovering));
    back.wants(&[Effect::HangUpSdk, Effect::ReleaseMicrophone]);
}

#[test]
fn a_call_that_our_server_puts_through_still_is_one() {
    let mut kept = Story::talking().phone.kept();
    assert_eq!(kept[0].route, Route::Direct);
    kept[0].route = Route::Controlled;
    let story = ready(loaded_anew(kept)).hears(sdk(Sdk::Recovering)).hears(sdk(Sdk::Active));
    assert!(
        matches!(story.phone.screen(), Screen::InCall(call, _) if call.route == Route::Controlled)
    );
    assert_eq!(story.phone.kept()[0].route, Route::Controlled);
}

#[test]
fn of_two_calls_the_one_in_front_survives_and_the_other_is_named_and_ended() {
    let kept = Story::two().phone.kept();
    let survive: Vec<_> = kept.iter().map(|kept| (&kept.id, kept.survives)).collect();
    assert_eq!(survive, [(&id(), false), (&other(), true)]);
    let story = loaded_anew(kept);
    let story = story.ends_as_one_that_did_not_survive();
    assert_eq!(story.phone.shown().map(|call| &call.id), Some(&other()));
    let story = ready(story).of(&other(), sdk(Sdk::Recovering)).of(&other(), sdk(Sdk::Active));
    assert!(matches!(story.phone.screen(), Screen::InCall(call, _) if call.id == other()));
}

#[test]
fn a_call_that_rang_here_rings_again_if_it_is_still_there() {
    let kept = Story::rung().phone.kept();
    let story = ready(loaded_anew(kept)).sounds(None).waits_for(&[Watch::Return]);
    let again = story.clone().rings(id()).sounds(Some(phone::Tone::Ringtone));
    again.waits_for(&[Watch::RingHere]);
    story.overdue(Watch::Return).ends_as(Outcome::Missed, Side::Network);
}

#[test]
fn nothing_is_dialled_while_a_call_may_come_back() {
    let story = ready(loaded_anew(Story::talking().phone.kept()));
    assert!(!story.phone.may_dial());
    assert!(story.hears(sdk(Sdk::Recovering)).phone.may_dial());
}

#[test]
fn a_call_that_was_hung_up_is_not_kept() {
    assert_eq!(Story::talking().hears(Event::HangUp).phone.kept(), vec![]);
}

#[test]
fn hung_up_while_it_is_away_it_is_hung_up_again_when_it_comes_back() {
    let story = loaded_anew(Story::talking().phone.kept()).hears(Event::HangUp);
    let story = story.wants(&[Effect::HangUpServer, Effect::HangUpSdk]).overdue(Watch::HangUp);
    let story = ready(story.ends_as(Outcome::Answered, Side::Us)).hears(sdk(Sdk::Recovering));
    story.wants(&[Effect::HangUpSdk, Effect::ReleaseMicrophone]);
}

#[test]
fn whoever_signs_in_as_somebody_else_finds_none_of_it() {
    let kept = Story::talking().phone.kept();
    let resumed = phone::Event::Resumed { kept, since: second(0) };
    let (phone, _) = through(Phone::default(), vec![resumed, line(line::Event::SignedOut)]);
    assert_eq!((phone.calls.len(), phone.line), (0, Line::Off));
}

trait Survival {
    fn ends_as_one_that_did_not_survive(self) -> Self;
}

impl Survival for Story {
    fn ends_as_one_that_did_not_survive(self) -> Self {
        assert!(matches!(self.call().hang_up, HangUp::Asked(_)));
        assert_eq!(
            (self.over().cause.clone(), self.over().talked_ms),
            (Cause::Reloaded, Some(30_000))
        );
        self
    }
}
