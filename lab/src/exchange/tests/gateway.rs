//! The gateway's side of a call, and what can go wrong with it.

#![allow(clippy::unwrap_used, reason = "a dialogue that breaks is a failed test")]

use std::time::Duration;

use serde_json::{Value, json};

use super::super::dialogue::{BROWSER, CALL, Dialogue};
use super::super::io::{Order, Socket};
use super::super::session::{GatewayState, LoginAnswer};
use super::super::{Input, Output};
use crate::numbers::{Act, Behaviour, InviteReply, Punt};
use crate::switches::GatewayCandidates;

#[test]
fn a_password_signs_in_as_a_token_does() {
    let mut dialogue = Dialogue::new();
    let password = dialogue.exchange.account.credentials.all()[0].sip_password.clone();
    dialogue.feed(Input::Opened { socket: BROWSER, resumes: None });
    let user = dialogue.user.clone();
    dialogue.says(BROWSER, "login", &json!({ "login": user, "passwd": password }));
    dialogue.says(BROWSER, "login", &json!({ "login": user, "passwd": "wrong" }));
    assert_eq!(dialogue.hears(), ["result", "clientReady", "error -32001"]);
}

#[test]
fn somebody_without_a_name_may_sign_in_to_talk_to_a_target() {
    let mut dialogue = Dialogue::new();
    dialogue.feed(Input::Opened { socket: BROWSER, resumes: None });
    let target = json!({ "target_type": "ai_assistant", "target_id": "assistant-1" });
    dialogue.says(BROWSER, "anonymous_login", &target);
    dialogue.says(BROWSER, "anonymous_login", &json!({ "target_type": "ai_assistant" }));
    assert_eq!(dialogue.hears(), ["result", "clientReady", "error -32001"]);
    dialogue.says(BROWSER, "ai_conversation", &json!({ "type": "text" }));
    assert_eq!(dialogue.hears(), ["result"]);
    dialogue.feed(Input::Frame {
        socket: BROWSER,
        frame: json!({ "method": "ai_conversation", "params": {} }),
    });
    assert_eq!(dialogue.hears(), [""; 0]);
}

#[test]
fn the_next_sign_ins_and_states_can_be_scripted() {
    let mut dialogue = Dialogue::new();
    let script = &mut dialogue.exchange.script;
    script.logins.extend([LoginAnswer::Incorrect, LoginAnswer::Silence, LoginAnswer::Checked]);
    script.states.extend([GatewayState::Noreg, GatewayState::FailWait]);
    dialogue.signs_in(BROWSER, false);
    assert_eq!(dialogue.hears(), ["error -32001", "error -32001"]);
    dialogue.signs_in(BROWSER, false);
    assert_eq!(dialogue.hears(), ["error -32001"]);
    dialogue.signs_in(BROWSER, false);
    assert_eq!(dialogue.last_state(), "NOREG");
    assert!(dialogue.exchange.registered(None).is_none());

    dialogue.says(BROWSER, "telnyx_rtc.gatewayState", &json!({}));
    assert_eq!(dialogue.last_state(), "FAIL_WAIT");
    dialogue.says(BROWSER, "telnyx_rtc.gatewayState", &json!({}));
    assert_eq!(dialogue.last_state(), "REGED");
    assert!(dialogue.exchange.registered(None).is_some());
}

#[test]
fn a_state_can_be_pushed_and_takes_the_registration_away() {
    let mut dialogue = Dialogue::ready();
    let now = dialogue.now();
    let out = dialogue.exchange.push_state(GatewayState::Unreged, now);
    assert!(
        matches!(&out[..], [Output::Send { frame, .. }] if frame["params"]["state"] == "UNREGED")
    );
    assert!(dialogue.exchange.registered(None).is_none());
}

#[test]
fn both_sides_ping() {
    let mut dialogue = Dialogue::ready();
    dialogue.after(30_000);
    assert_eq!(dialogue.hears(), ["ping"]);
    dialogue.says(BROWSER, "telnyx_rtc.ping", &json!({}));
    assert_eq!(dialogue.hears(), ["result"]);
    // After a long jump of the clock one ping is enough.
    dialogue.after(3_600_000);
    assert_eq!(dialogue.hears(), ["ping"]);
}

#[test]
fn a_method_can_be_left_without_a_reply() {
    let mut dialogue = Dialogue::ready();
    dialogue.exchange.script.mute.push("telnyx_rtc.bye".to_owned());
    dialogue.dials("+12025550107");
    dialogue.hears();
    dialogue.asks("telnyx_rtc.bye", json!({}));
    assert_eq!(dialogue.hears(), ["media: end", "call.hangup", "far: end"]);
}

#[test]
fn a_session_may_be_forgotten_and_gets_its_calls_back_when_it_signs_in_anew() {
    let mut dialogue = Dialogue::ready();
    dialogue.dials("+12025550107");
    dialogue.after(3_000);
    dialogue.hears();
    dialogue.exchange.script.forgets.push("telnyx_rtc.modify".to_owned());

    dialogue.asks("telnyx_rtc.modify", json!({ "action": "hold" }));
    assert_eq!(dialogue.hears(), ["error -32000"]);
    assert!(dialogue.exchange.registered(None).is_none());
    dialogue.asks("telnyx_rtc.modify", json!({ "action": "hold" }));
    assert_eq!(dialogue.hears(), ["error -32001"]);

    dialogue.logs_in(BROWSER, true, &json!({}));
    assert_eq!(dialogue.last_state(), "REGED");
    assert!(dialogue.exchange.leg(CALL).is_some_and(|leg| leg.socket() == Some(BROWSER)));
    // One chain of pings goes on, not two.
    dialogue.hears();
    dialogue.after(30_000);
    assert_eq!(dialogue.hears().iter().filter(|heard| *heard == "ping").count(), 1);
}

#[test]
fn the_reply_to_an_invite_may_be_late_and_everything_else_is_later() {
    let mut dialogue = Dialogue::ready();
    let late = Behaviour {
        invite_reply: InviteReply::Late { by: Duration::from_secs(3) },
        ..dialogue.exchange.numbers.behaviour("+12025550107")
    };
    dialogue.exchange.numbers.set("+12025550107".to_owned(), late);
    dialogue.dials("+12025550107");
    assert_eq!(dialogue.hears(), ["media: open", "call.initiated"]);
    dialogue.after(3000);
    assert_eq!(dialogue.hears(), ["result", "ringing"]);
    dialogue.after(1499);
    assert_eq!(dialogue.hears(), [""; 0]);
}

#[test]
fn a_reply_that_waits_for_an_answer_comes_when_the_call_ends_without_one() {
    let mut dialogue = Dialogue::ready();
    dialogue.dials("+12025550113");
    dialogue.hears();
    dialogue.asks("telnyx_rtc.bye", json!({}));
    assert_eq!(dialogue.hears()[0], "result");
}

#[test]
fn a_failed_ice_restart_is_told_and_the_call_goes_on() {
    let mut dialogue = Dialogue::ready();
    dialogue.dials("+12025550107");
    dialogue.after(1500);
    dialogue.asks("telnyx_rtc.modify", json!({ "action": "updateMedia", "sdp": "nonsense" }));
    dialogue.hears();
    dialogue.feed(Input::MediaRestartRefused {
        leg: CALL.to_owned(),
        request: json!(dialogue.requests),
        reason: "unreadable".to_owned(),
    });
    assert_eq!(dialogue.hears(), ["error -32004"]);
    assert_eq!(dialogue.stage(), "answered");
}

#[test]
fn a_punt_may_name_the_call_none_or_another() {
    let mut dialogue = Dialogue::ready();
    dialogue.dials("+12025550107");
    dialogue.after(1500);
    for (which, named) in [(Punt::Current, json!(CALL)), (Punt::Every, Value::Null)] {
        dialogue.makes(CALL, Act::Punt(which)).unwrap();
        assert_eq!(dialogue.last("telnyx_rtc.punt")["callID"], named);
    }
    dialogue.makes(CALL, Act::Punt(Punt::Unknown)).unwrap();
    let other = dialogue.last("telnyx_rtc.punt")["callID"].clone();
    assert!(other.is_string() && other != CALL);
}

#[test]
fn one_browsers_socket_can_be_dropped() {
    let mut dialogue = Dialogue::ready();
    dialogue.dials("+12025550107");
    dialogue.after(1500);
    dialogue.hears();
    dialogue.makes(CALL, Act::DropSocket { closed_for_ms: 2000 }).unwrap();
    assert_eq!(dialogue.hears(), ["drop"]);
}

#[test]
fn a_browser_that_reloads_its_page_gets_its_call_back() {
    let mut dialogue = Dialogue::ready();
    dialogue.dials("+12025550107");
    dialogue.after(1500);
    dialogue.feed(Input::Closed { socket: BROWSER });
    dialogue.after(2000);
    dialogue.hears();
    dialogue.signs_in(Socket(2), true);
    let ready = dialogue.last("telnyx_rtc.clientReady");
    assert_eq!(ready["reattached_sessions"], json!([CALL]));
    dialogue.feed(Input::MediaOffered { leg: CALL.to_owned(), sdp: "offer".to_owned() });
    let attach = dialogue.last("telnyx_rtc.attach");
    assert_eq!((&attach["callID"], &attach["sdp"]), (&json!(CALL), &json!("offer")));
    // What the far end says is heard on: nothing was ordered to change that.
    assert!(!dialogue.orders(CALL).iter().any(|order| matches!(order, Order::Hear { .. })));
}

#[test]
fn a_candidate_that_is_empty_ends_the_list_and_the_end_is_answered() {
    let mut dialogue = Dialogue::ready();
    dialogue.dials("+12025550107");
    dialogue.hears();
    dialogue.asks("telnyx_rtc.candidate", json!({ "candidate": "" }));
    dialogue.asks("telnyx_rtc.endOfCandidates", json!({ "endOfCandidates": true }));
    assert_eq!(dialogue.hears(), ["result", "result"]);
}

#[test]
fn where_the_gateway_trickles_its_addresses_follow_its_answer() {
    let sdp = "v=0\r\na=mid:a\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n";
    for (trickle, expected) in [(true, &["answer", "candidate"][..]), (false, &["answer"][..])] {
        let mut dialogue = Dialogue::ready();
        dialogue.exchange.switches.gateway_candidates = GatewayCandidates::Trickled;
        let dialog = json!({ "destination_number": "+12025550107" });
        let invite = json!({ "sdp": "offer", "trickle": trickle, "dialogParams": dialog });
        dialogue.asks("telnyx_rtc.invite", invite);
        dialogue.feed(Input::MediaReady { leg: CALL.to_owned(), sdp: sdp.to_owned() });
        dialogue.hears();
        dialogue.after(1500);
        let answer = dialogue.last("telnyx_rtc.answer");
        assert_eq!(answer["sdp"].as_str().unwrap().contains("candidate"), !trickle);
        if trickle {
            let candidate = dialogue.last("telnyx_rtc.candidate");
            assert_eq!(candidate["callID"], CALL);
            assert_eq!(candidate["candidate"], "candidate:1 1 udp 1 127.0.0.1 9 typ host");
            assert_eq!(
                (&candidate["sdpMid"], &candidate["sdpMLineIndex"]),
                (&json!("a"), &json!(0))
            );
        }
        assert!(
            dialogue
                .hears()
                .starts_with(&expected.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
        );
    }
}

#[test]
fn a_reset_ends_all_and_keeps_who_is_signed_in() {
    let mut dialogue = Dialogue::ready();
    dialogue.dials("+12025550107");
    dialogue.after(1500);
    dialogue.exchange.script.mute.push("telnyx_rtc.bye".to_owned());
    dialogue.exchange.numbers.set("+12025550107".to_owned(), Behaviour::default());
    dialogue.hears();
    dialogue.feed(Input::Reset);
    assert_eq!(dialogue.hears(), ["bye", "media: end", "far: end"]);
    assert!(dialogue.exchange.legs().is_empty() && dialogue.exchange.log().is_empty());

    dialogue.dials("+12025550107");
    dialogue.after(1500);
    assert_eq!(dialogue.stage(), "answered");
    dialogue.after(30_000);
    assert!(dialogue.hears().contains(&"ping".to_owned()));
}
