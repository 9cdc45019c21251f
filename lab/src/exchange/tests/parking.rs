//! Calls that wait for REST, and what REST makes of them.

#![allow(clippy::unwrap_used, reason = "a dialogue that breaks is a failed test")]

use std::time::Duration;

use serde_json::{Value, json};

use super::super::dialogue::{CALL, Dialogue};
use crate::exchange::io::{Codec, Order, Source};
use crate::numbers::{Behaviour, InviteReply};
use crate::switches::BridgeUnanswered;

/// A browser whose call to 0100 is parked.
fn parked() -> Dialogue {
    let mut dialogue = Dialogue::ready();
    dialogue.parks();
    dialogue.dials("+12025550100");
    dialogue
}

fn control(dialogue: &Dialogue, key: &str) -> Value {
    json!(dialogue.exchange.leg(key).unwrap().ids.control)
}

/// A parked call that was answered, and a leg to 0107 that has answered, too.
fn two_legs() -> (Dialogue, String) {
    let mut dialogue = parked();
    dialogue.commands(CALL, "answer", &json!({})).unwrap();
    let link = control(&dialogue, CALL);
    let other = dialogue.dials_by_rest(&json!({ "to": "+12025550107", "link_to": link })).unwrap();
    dialogue.after(1500);
    assert_eq!(dialogue.stage_of(&other), "answered");
    dialogue.hears();
    (dialogue, other)
}

#[test]
fn a_parked_call_speaks_what_the_dialled_number_speaks() {
    let mut dialogue = Dialogue::ready();
    dialogue.parks();
    dialogue.dials("+12025550126");
    let opens = |order: &Order| matches!(order, Order::Open { codec: Codec::Opus, .. });
    assert!(dialogue.orders(CALL).iter().any(opens));
    dialogue.commands(CALL, "answer", &json!({})).unwrap();
    let dialled = dialogue.dials_by_rest(&json!({ "to": "+12025550126" })).unwrap();
    dialogue.after(1500);
    let acts = |order: &Order| matches!(order, Order::Act { codec: Codec::Opus, .. });
    assert!(dialogue.orders(&dialled).iter().any(acts));
    let events = dialogue.events();
    let answered = events.iter().filter(|event| event.kind == "call.answered");
    assert!(answered.map(|event| &event.payload["codec"]).eq([&json!("OPUS"); 2]));
}

#[test]
fn the_reply_to_a_parked_invite_is_as_late_as_its_number_says() {
    let mut dialogue = Dialogue::ready();
    dialogue.parks();
    dialogue.dials("+12025550113");
    assert_eq!(dialogue.hears(), ["media: open", "call.initiated", "ringing"]);
    dialogue.commands(CALL, "answer", &json!({})).unwrap();
    assert_eq!(dialogue.hears(), ["answer", "call.answered"]);
    dialogue.after(300);
    assert_eq!(dialogue.hears(), ["result"]);
}

/// A parked call to a number whose reply to INVITE comes after 3 s.
fn late() -> Dialogue {
    let mut dialogue = Dialogue::ready();
    dialogue.parks();
    let by = Duration::from_secs(3);
    let late = Behaviour { invite_reply: InviteReply::Late { by }, ..Behaviour::default() };
    dialogue.exchange.numbers.set("+12025550107".to_owned(), late);
    dialogue.dials("+12025550107");
    assert_eq!(dialogue.hears(), ["media: open", "call.initiated"]);
    dialogue
}

#[test]
fn a_parked_leg_whose_reply_is_late_rings_after_it() {
    let mut dialogue = late();
    dialogue.after(3000);
    assert_eq!(dialogue.hears(), ["result", "ringing"]);
}

#[test]
fn an_answer_by_rest_does_not_overtake_a_late_reply() {
    let mut dialogue = late();
    dialogue.commands(CALL, "answer", &json!({})).unwrap();
    assert_eq!(dialogue.hears(), ["result", "answer", "call.answered"]);
    dialogue.after(3000);
    assert_eq!(dialogue.hears(), [""; 0]);
}

#[test]
fn a_parked_call_rings_and_goes_nowhere() {
    let mut dialogue = parked();
    let initiated = dialogue.exchange.log()[0].metadata["payload"].clone();
    assert_eq!(
        (&initiated["direction"], &initiated["state"]),
        (&json!("outgoing"), &json!("parked"))
    );
    assert_eq!(dialogue.hears(), ["result", "media: open", "call.initiated", "ringing"]);
    assert_eq!(dialogue.exchange.legs().len(), 1);
    dialogue.after(600_000);
    assert_eq!(dialogue.stage(), "ringing");
}

#[test]
fn an_answer_by_rest_reaches_the_browser_and_nobody_else_is_there() {
    let mut dialogue = parked();
    dialogue.hears();
    dialogue.commands(CALL, "answer", &json!({})).unwrap();
    assert_eq!(dialogue.hears(), ["answer", "call.answered"]);
    assert_eq!(dialogue.stage(), "answered");
}

#[test]
fn an_answer_that_comes_before_media_is_ready_is_kept_until_it_is() {
    use super::super::Input;

    let mut dialogue = Dialogue::ready();
    dialogue.parks();
    dialogue.asks(
        "telnyx_rtc.invite",
        json!({ "sdp": "offer", "dialogParams": { "destination_number": "+12025550100" } }),
    );
    dialogue.commands(CALL, "answer", &json!({})).unwrap();
    assert_eq!(dialogue.hears(), ["result", "media: open", "call.initiated"]);
    dialogue.feed(Input::MediaReady { leg: CALL.to_owned(), sdp: "answer".to_owned() });
    assert_eq!(dialogue.hears(), ["answer", "call.answered"]);
}

#[test]
fn the_agent_may_give_up_a_parked_call() {
    let mut dialogue = parked();
    dialogue.hears();
    dialogue.asks("telnyx_rtc.bye", json!({}));
    assert_eq!(dialogue.events()[0].payload["hangup_cause"], "originator_cancel");
    let refused = dialogue.commands(CALL, "answer", &json!({})).unwrap_err();
    assert_eq!(refused.body()["errors"][0]["code"], "90018");
}

#[test]
fn rest_may_reject_a_parked_call() {
    let mut dialogue = parked();
    dialogue.commands(CALL, "reject", &json!({ "cause": "USER_BUSY" })).unwrap();
    assert_eq!(dialogue.last_bye()["sipCode"], 486);
    assert_eq!(dialogue.events().last().unwrap().payload["hangup_cause"], "user_busy");
}

#[test]
fn linked_legs_share_a_session_and_nothing_else() {
    let (dialogue, other) = two_legs();
    let (one, other) =
        (dialogue.exchange.leg(CALL).unwrap(), dialogue.exchange.leg(&other).unwrap());
    assert_eq!(one.ids.session, other.ids.session);
    assert_ne!(one.ids.leg, other.ids.leg);
    assert_ne!(one.ids.control, other.ids.control);
}

#[test]
fn a_bridge_lets_both_ends_hear_each_other_and_both_legs_say_so() {
    let (mut dialogue, other) = two_legs();
    let with = control(&dialogue, &other);
    dialogue.commands(CALL, "bridge", &json!({ "call_control_id": with })).unwrap();
    let hear = |from: &str| Order::Hear { source: Source::Leg(from.to_owned()) };
    assert_eq!(dialogue.orders(CALL), [hear(&other)]);
    assert_eq!(dialogue.orders(&other), [hear(CALL)]);
    assert_eq!(dialogue.event_types(), ["call.bridged", "call.bridged"]);
}

#[test]
fn the_end_of_one_bridged_leg_is_the_end_of_the_other() {
    let (mut dialogue, other) = two_legs();
    let with = control(&dialogue, &other);
    dialogue.commands(CALL, "bridge", &json!({ "call_control_id": with })).unwrap();
    dialogue.hears();
    dialogue.asks("telnyx_rtc.bye", json!({}));
    assert_eq!(dialogue.stage_of(&other), "ended");
    let hangups = dialogue.events();
    assert_eq!(hangups.len(), 2);
    // Seen from the far end's leg, it is its caller who left.
    assert_eq!(hangups[1].payload["hangup_source"], "caller");
    assert_eq!(hangups[1].payload["hangup_cause"], "normal_clearing");
}

#[test]
fn a_leg_that_stays_after_its_bridge_is_parked_again() {
    let (mut dialogue, other) = two_legs();
    let with = control(&dialogue, &other);
    let body = json!({ "call_control_id": with, "park_after_unbridge": "self" });
    dialogue.commands(CALL, "bridge", &body).unwrap();
    dialogue.hears();
    dialogue.commands(&other, "hangup", &json!({})).unwrap();
    assert_eq!(dialogue.stage(), "answered");
    assert_eq!(dialogue.hears(), ["far: end", "call.hangup", "media: hear silence"]);

    // It can be bridged with somebody else now.
    let next = dialogue.dials_by_rest(&json!({ "to": "+12025550107" })).unwrap();
    dialogue.after(1500);
    let with = control(&dialogue, &next);
    dialogue.commands(CALL, "bridge", &json!({ "call_control_id": with })).unwrap();
    assert_eq!(dialogue.exchange.partner(CALL).unwrap().key, next);
}

#[test]
fn two_legs_that_are_bridged_once_more_both_stay_if_each_was_told_to() {
    for first_to_go in [true, false] {
        let (mut dialogue, other) = two_legs();
        for (leg, with) in [(CALL, other.as_str()), (other.as_str(), CALL)] {
            let with = control(&dialogue, with);
            let body = json!({ "call_control_id": with, "park_after_unbridge": "self" });
            dialogue.commands(leg, "bridge", &body).unwrap();
        }
        let (goes, stays) =
            if first_to_go { (CALL, other.as_str()) } else { (other.as_str(), CALL) };
        dialogue.commands(goes, "hangup", &json!({})).unwrap();
        assert_eq!(dialogue.stage_of(stays), "answered");
    }
}

#[test]
fn a_leg_that_is_held_after_its_bridge_hears_nothing() {
    let (mut dialogue, other) = two_legs();
    let with = control(&dialogue, &other);
    let body = json!({ "call_control_id": with, "hold_after_unbridge": true });
    dialogue.commands(CALL, "bridge", &body).unwrap();
    dialogue.commands(&other, "hangup", &json!({})).unwrap();
    assert_eq!(dialogue.stage(), "held");
    assert_eq!(dialogue.orders(CALL).last(), Some(&Order::Hold { held: true }));
}

#[test]
fn bridging_with_a_third_leg_ends_the_second_unless_it_stays() {
    let (mut dialogue, second) = two_legs();
    let with = control(&dialogue, &second);
    dialogue.commands(CALL, "bridge", &json!({ "call_control_id": with })).unwrap();
    let third = dialogue.dials_by_rest(&json!({ "to": "+12025550107" })).unwrap();
    dialogue.after(1500);
    let with = control(&dialogue, &third);

    let body =
        json!({ "call_control_id": control(&dialogue, CALL), "prevent_double_bridge": true });
    let refused = dialogue.commands(&third, "bridge", &body).unwrap_err();
    assert_eq!(refused.body()["errors"][0]["code"], "10015");

    dialogue.commands(CALL, "bridge", &json!({ "call_control_id": with })).unwrap();
    assert_eq!(dialogue.stage_of(&second), "ended");
    assert_eq!(dialogue.exchange.partner(CALL).unwrap().key, third);
}

#[test]
fn a_parked_leg_that_has_not_been_answered_cannot_be_bridged_unless_that_answers_it() {
    let mut dialogue = parked();
    let other = dialogue.dials_by_rest(&json!({ "to": "+12025550107" })).unwrap();
    dialogue.after(1500);
    dialogue.hears();
    let body = json!({ "call_control_id": control(&dialogue, &other) });
    let refused = dialogue.commands(CALL, "bridge", &body).unwrap_err();
    assert_eq!(refused.body()["errors"][0]["code"], "90034");
    assert_eq!(dialogue.hears(), [""; 0]);

    dialogue.exchange.switches.bridge_unanswered = BridgeUnanswered::Answers;
    dialogue.commands(CALL, "bridge", &body).unwrap();
    assert_eq!(dialogue.event_types(), ["call.answered", "call.bridged", "call.bridged"]);
}

#[test]
fn a_bridge_may_fail_once_and_succeed_when_tried_again() {
    let (mut dialogue, other) = two_legs();
    dialogue.exchange.switches.bridge_fails = 1;
    let body = json!({ "call_control_id": control(&dialogue, &other), "command_id": "a" });
    assert!(dialogue.commands(CALL, "bridge", &body).is_err());
    assert!(dialogue.commands(CALL, "bridge", &body).is_ok());
}

#[test]
fn a_leg_dialled_to_be_bridged_joins_when_it_answers() {
    let mut dialogue = parked();
    let link = control(&dialogue, CALL);
    let body = json!({
        "to": "+12025550100", "link_to": link, "bridge_intent": true, "bridge_on_answer": true,
        "park_after_unbridge": "self",
    });
    let other = dialogue.dials_by_rest(&body).unwrap();
    dialogue.hears();
    dialogue.after(1500);
    assert_eq!(
        dialogue.hears(),
        [
            "far: act",
            "far: record",
            "call.answered",
            "answer",
            "call.answered",
            "media: hear",
            "far: hear",
            "call.bridged",
            "call.bridged"
        ]
    );
    dialogue.commands(&other, "hangup", &json!({})).unwrap();
    assert_eq!(dialogue.stage(), "answered");
}

#[test]
fn a_dialled_leg_that_refuses_leaves_the_parked_one_to_rest() {
    let mut dialogue = parked();
    let link = control(&dialogue, CALL);
    let body = json!({ "to": "+12025550102", "link_to": link, "bridge_on_answer": true });
    dialogue.dials_by_rest(&body).unwrap();
    dialogue.hears();
    dialogue.after(300);
    assert_eq!(dialogue.events()[0].payload["hangup_cause"], "user_busy");
    assert_eq!(dialogue.stage(), "ringing");
}

#[test]
fn a_dialled_leg_rings_on_when_the_one_it_was_for_has_gone() {
    let mut dialogue = parked();
    let link = control(&dialogue, CALL);
    let body = json!({ "to": "+12025550107", "link_to": link, "bridge_on_answer": true });
    let other = dialogue.dials_by_rest(&body).unwrap();
    dialogue.asks("telnyx_rtc.bye", json!({}));
    dialogue.after(1500);
    assert_eq!(dialogue.stage_of(&other), "answered");
    assert!(dialogue.exchange.partner(&other).is_none());
}

#[test]
fn a_transfer_takes_early_media_and_the_answer_to_the_parked_leg() {
    let mut dialogue = parked();
    dialogue.hears();
    let body = json!({ "to": "+12025550111", "target_leg_client_state": "Yg==" });
    dialogue.commands(CALL, "transfer", &body).unwrap();
    let initiated = dialogue.events().pop().unwrap();
    assert_eq!(initiated.payload["client_state"], "Yg==");
    // Without a `from`, it is the number that was dialled first.
    assert_eq!(initiated.payload["from"], "+12025550100");

    dialogue.after(1000);
    assert_eq!(dialogue.hears(), ["far: act", "media", "media: hear"]);
    dialogue.after(4000);
    assert_eq!(dialogue.last("telnyx_rtc.answer")["sdp"], Value::Null);
    let (last, types) = (dialogue.stage().to_owned(), dialogue.event_types());
    assert_eq!(last, "answered");
    assert_eq!(types, ["call.answered", "call.answered", "call.bridged", "call.bridged"]);
}

#[test]
fn a_transfer_that_comes_to_nothing_leaves_the_leg_and_one_that_is_given_up_ends() {
    let mut dialogue = parked();
    dialogue.commands(CALL, "transfer", &json!({ "to": "+12025550104" })).unwrap();
    dialogue.after(2000);
    assert_eq!(dialogue.stage(), "ringing");

    dialogue.commands(CALL, "transfer", &json!({ "to": "+12025550108" })).unwrap();
    dialogue.hears();
    dialogue.asks("telnyx_rtc.bye", json!({}));
    let causes: Vec<_> = dialogue
        .events()
        .into_iter()
        .map(|event| event.payload["hangup_cause"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(causes, ["originator_cancel", "originator_cancel"]);
}

#[test]
fn a_leg_that_is_bridged_can_be_transferred_to_someone_else() {
    let (mut dialogue, second) = two_legs();
    let with = control(&dialogue, &second);
    dialogue.commands(CALL, "bridge", &json!({ "call_control_id": with })).unwrap();
    dialogue.commands(CALL, "transfer", &json!({ "to": "+12025550101" })).unwrap();
    assert_eq!(dialogue.stage_of(&second), "answered");
    dialogue.after(1500);
    assert_eq!(dialogue.stage_of(&second), "ended");
    assert_eq!(dialogue.exchange.partner(CALL).unwrap().to, "+12025550101");
}

#[test]
fn keys_pressed_on_one_bridged_leg_sound_on_the_other() {
    let (mut dialogue, other) = two_legs();
    let with = control(&dialogue, &other);
    dialogue.commands(CALL, "bridge", &json!({ "call_control_id": with })).unwrap();
    dialogue.hears();
    dialogue.asks("telnyx_rtc.info", json!({ "dtmf": "5" }));
    let received = dialogue.events().pop().unwrap();
    assert_eq!((received.kind, &received.payload["digit"]), ("call.dtmf.received", &json!("5")));
    assert_eq!(dialogue.exchange.leg(&other).unwrap().dtmf_played, "5");
}

#[test]
fn holding_a_parked_leg_is_told() {
    let mut dialogue = parked();
    dialogue.commands(CALL, "answer", &json!({})).unwrap();
    dialogue.hears();
    for action in ["hold", "hold", "unhold"] {
        dialogue.asks("telnyx_rtc.modify", json!({ "action": action }));
    }
    assert_eq!(dialogue.event_types(), ["call.hold", "call.unhold"]);
}

#[test]
fn somebody_outside_can_call_an_application_and_is_answered_by_rest() {
    let mut dialogue = Dialogue::ready();
    let caller = dialogue.calls_application("+12025550100");
    let initiated = dialogue.events().pop().unwrap();
    assert_eq!(initiated.payload["direction"], "incoming");
    assert_eq!(initiated.payload["state"], "parked");

    dialogue.commands(&caller, "answer", &json!({})).unwrap();
    assert_eq!(dialogue.stage_of(&caller), "answered");
    let user = dialogue.user.clone();
    let to = format!("sip:{user}@sip.telnyx.com");
    let body =
        json!({ "to": to, "link_to": control(&dialogue, &caller), "bridge_on_answer": true });
    let agent = dialogue.rings_browser_by_rest(&body);
    dialogue.hears();
    dialogue.asks("telnyx_rtc.answer", json!({ "sdp": "answer" }));
    assert_eq!(dialogue.stage_of(&agent), "answered");
    assert_eq!(dialogue.exchange.partner(&agent).unwrap().key, caller);
}

#[test]
fn a_caller_whom_rest_ignores_gives_up() {
    let mut dialogue = Dialogue::ready();
    let caller = dialogue.calls_application("+12025550100");
    dialogue.hears();
    dialogue.after(30_000);
    assert_eq!(dialogue.stage_of(&caller), "ended");
    assert_eq!(dialogue.events().pop().unwrap().payload["hangup_cause"], "originator_cancel");
}
