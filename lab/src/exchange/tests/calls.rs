//! Calls that nobody commands: a browser and a person, both ways.

#![allow(clippy::unwrap_used, reason = "a dialogue that breaks is a failed test")]

use serde_json::json;

use super::super::dialogue::{BROWSER, CALL, Dialogue};
use super::super::*;
use crate::exchange::person::CannotAct;
use crate::numbers::Act;

/// What an answer brings about: sound both ways, a recording, and two webhooks.
const ANSWERED: [&str; 7] = [
    "answer",
    "far: act",
    "media: hear",
    "far: hear",
    "media: record",
    "call.answered",
    "call.bridged",
];

#[test]
fn signing_in_leads_to_the_gateways_state() {
    let mut dialogue = Dialogue::new();
    dialogue.signs_in(BROWSER, false);
    assert_eq!(dialogue.hears(), ["result", "clientReady", "result"]);
}

#[test]
fn a_token_that_is_wrong_or_old_signs_nobody_in() {
    let mut dialogue = Dialogue::new();
    dialogue.feed(Input::Opened { socket: BROWSER, resumes: None });
    dialogue.says(BROWSER, "login", &json!({ "login_token": "a.b.c" }));
    assert_eq!(dialogue.hears(), ["error -32001"]);

    dialogue.after(24 * 3600 * 1000);
    dialogue.signs_in(BROWSER, false);
    assert_eq!(dialogue.hears(), ["error -32001", "error -32001"]);
}

#[test]
fn a_call_is_created_before_anything_else_is_heard_of_it() {
    let mut dialogue = Dialogue::ready();
    dialogue.dials("(202) 555-0100");
    assert_eq!(dialogue.hears(), ["result", "media: open", "call.initiated", "ringing"]);
    assert_eq!(dialogue.stage(), "ringing");

    dialogue.after(1499);
    assert_eq!(dialogue.hears(), [""; 0]);
    dialogue.after(1);
    assert_eq!(dialogue.hears(), ANSWERED);

    dialogue.hangs_up();
    assert_eq!(dialogue.hears(), ["media: end", "call.hangup", "far: end", "result"]);
    dialogue.after(1500);
    assert_eq!(dialogue.hears(), [""; 0]);
    assert_eq!(dialogue.stage(), "ended");
}

#[test]
fn numbers_that_refuse_say_why() {
    let refused = |number: &str, after: u64| {
        let mut dialogue = Dialogue::ready();
        dialogue.dials(number);
        dialogue.after(after - 1);
        assert_ne!(dialogue.stage(), "ended", "{number} refuses too early");
        dialogue.after(1);
        let bye = dialogue.last_bye();
        let hangup = dialogue.events().pop().unwrap().payload;
        (
            bye["cause"].clone(),
            bye["causeCode"].clone(),
            bye["sipCode"].clone(),
            hangup["hangup_cause"].clone(),
        )
    };
    let told = |cause, code, sip, webhook| (json!(cause), json!(code), json!(sip), json!(webhook));
    assert_eq!(refused("+12025550102", 300), told("USER_BUSY", 17, 486, "user_busy"));
    assert_eq!(refused("+12025550103", 30_000), told("NO_ANSWER", 19, 480, "no_answer"));
    assert_eq!(refused("+12025550104", 2000), told("CALL_REJECTED", 21, 603, "call_rejected"));
    assert_eq!(refused("+12025559999", 200), told("UNALLOCATED_NUMBER", 1, 404, "not_found"));
}

#[test]
fn giving_up_while_it_rings_is_a_cancel_and_leaves_no_recording() {
    let mut dialogue = Dialogue::ready();
    dialogue.dials("+12025550100");
    dialogue.after(500);
    dialogue.hears();

    dialogue.asks("telnyx_rtc.bye", json!({}));
    let events = dialogue.events();
    assert_eq!(events[0].payload["hangup_cause"], "originator_cancel");
    assert_eq!(events[0].payload["sip_hangup_cause"], "487");
    dialogue.after(60_000);
    assert!(dialogue.events().is_empty());
}

#[test]
fn hanging_up_while_media_gets_ready_does_not_let_it_ring_on() {
    let mut dialogue = Dialogue::ready();
    dialogue.asks(
        "telnyx_rtc.invite",
        json!({ "sdp": "offer", "dialogParams": { "destination_number": "+12025550100" } }),
    );
    dialogue.asks("telnyx_rtc.bye", json!({}));
    dialogue.hears();

    dialogue.feed(Input::MediaReady { leg: CALL.to_owned(), sdp: "answer".to_owned() });
    dialogue.after(5000);
    assert_eq!(dialogue.hears(), [""; 0]);
}

#[test]
fn an_offer_that_media_cannot_use_ends_the_call() {
    let mut dialogue = Dialogue::ready();
    dialogue.asks(
        "telnyx_rtc.invite",
        json!({ "sdp": "nonsense", "dialogParams": { "destination_number": "+12025550100" } }),
    );
    dialogue.feed(Input::MediaRefused { leg: CALL.to_owned(), reason: "unreadable".to_owned() });
    assert_eq!(dialogue.last_bye()["sipCode"], 488);
    assert_eq!(dialogue.stage(), "ended");
}

#[test]
fn an_invite_that_says_too_little_or_comes_twice_is_refused() {
    let mut dialogue = Dialogue::ready();
    dialogue.asks("telnyx_rtc.invite", json!({ "sdp": "offer" }));
    assert_eq!(dialogue.hears(), ["error -32602"]);
    dialogue.dials("+12025550100");
    dialogue.hears();
    dialogue.dials("+12025550100");
    assert_eq!(dialogue.hears(), ["error -32003"]);
}

#[test]
fn a_bye_is_always_answered_even_for_a_call_nobody_knows() {
    let mut dialogue = Dialogue::ready();
    dialogue.asks("telnyx_rtc.bye", json!({}));
    assert_eq!(dialogue.hears(), ["result"]);

    dialogue.dials("+12025550100");
    dialogue.after(1500);
    dialogue.hangs_up();
    dialogue.hears();
    dialogue.hangs_up();
    assert_eq!(dialogue.hears(), ["result"]);
}

#[test]
fn the_far_end_of_0105_leaves_after_five_seconds() {
    let mut dialogue = Dialogue::ready();
    dialogue.dials("+12025550105");
    dialogue.after(1500);
    dialogue.hears();
    dialogue.after(5000);
    assert_eq!(dialogue.hears(), ["far: end", "bye", "media: end", "call.hangup"]);
}

#[test]
fn one_jump_of_the_clock_does_all_that_was_due_in_order() {
    let mut dialogue = Dialogue::ready();
    dialogue.dials("+12025550103");
    dialogue.hears();
    dialogue.after(31_000);
    assert_eq!(dialogue.hears(), ["ping", "far: end", "bye", "media: end", "call.hangup"]);
}

#[test]
fn number_0108_rings_until_told() {
    let mut dialogue = Dialogue::ready();
    dialogue.dials("+12025550108");
    dialogue.after(600_000);
    assert_eq!(dialogue.stage(), "ringing");
    dialogue.hears();

    let far = dialogue.exchange.partner(CALL).unwrap().key.clone();
    assert_eq!(dialogue.makes(&far, Act::Answer), Ok(()));
    assert_eq!(dialogue.makes(&far, Act::Answer), Err(CannotAct::WrongState("answered")));
    assert_eq!(dialogue.hears(), ANSWERED);
}

#[test]
fn hold_and_its_end_are_told_apart() {
    let mut dialogue = Dialogue::ready();
    dialogue.dials("+12025550100");
    dialogue.asks("telnyx_rtc.modify", json!({ "action": "hold" }));
    assert_eq!(dialogue.hears().pop().unwrap(), "error -32002");

    dialogue.after(1500);
    dialogue.hears();
    for (action, held) in
        [("hold", true), ("unhold", false), ("toggleHold", true), ("toggleHold", false)]
    {
        dialogue.asks("telnyx_rtc.modify", json!({ "action": action }));
        assert_eq!(dialogue.stage(), if held { "held" } else { "answered" });
        assert_eq!(dialogue.hears(), [format!("media: held {held}"), "result".to_owned()]);
    }
}

#[test]
fn an_ice_restart_is_answered_once_media_has_an_answer() {
    let mut dialogue = Dialogue::ready();
    dialogue.dials("+12025550100");
    dialogue.after(1500);
    dialogue.hears();
    dialogue.asks("telnyx_rtc.modify", json!({ "action": "updateMedia", "sdp": "new" }));
    assert_eq!(dialogue.hears(), ["media: restart"]);
    let request = json!(dialogue.requests);
    dialogue.feed(Input::MediaRestarted { leg: CALL.to_owned(), request, sdp: "newer".to_owned() });
    assert_eq!(dialogue.hears(), ["result"]);
}

#[test]
fn keys_are_kept_and_candidates_passed_on() {
    let mut dialogue = Dialogue::ready();
    dialogue.dials("+12025550100");
    dialogue.hears();
    for key in ["1", "2", "#"] {
        dialogue.asks("telnyx_rtc.info", json!({ "dtmf": key }));
    }
    dialogue.asks("telnyx_rtc.candidate", json!({ "candidate": "candidate:1" }));
    assert_eq!(dialogue.hears(), ["result", "result", "result", "media: candidate", "result"]);
    assert_eq!(dialogue.exchange.leg(CALL).unwrap().dtmf, "12#");
}

#[test]
fn a_browser_that_comes_back_gets_its_call_back() {
    let mut dialogue = Dialogue::ready();
    dialogue.dials("+12025550100");
    dialogue.after(1500);
    dialogue.feed(Input::Closed { socket: BROWSER });
    dialogue.after(20_000);
    dialogue.hears();

    dialogue.signs_in(Socket(2), true);
    assert_eq!(dialogue.hears(), ["result", "clientReady", "result", "media: offer"]);
    dialogue.feed(Input::MediaOffered { leg: CALL.to_owned(), sdp: "offer".to_owned() });
    dialogue.says(
        Socket(2),
        "telnyx_rtc.attach",
        &json!({ "sdp": "answer", "dialogParams": { "callID": CALL } }),
    );
    assert_eq!(dialogue.hears(), ["attach", "media: accept", "result"]);
    assert_eq!(dialogue.stage(), "answered");
}

#[test]
fn a_browser_that_never_comes_back_loses_its_call() {
    let mut dialogue = Dialogue::ready();
    dialogue.dials("+12025550100");
    dialogue.after(1500);
    dialogue.feed(Input::Closed { socket: BROWSER });
    dialogue.hears();
    dialogue.after(90_000);
    assert_eq!(dialogue.hears(), ["media: end", "call.hangup", "far: end"]);
}

#[test]
fn a_call_to_the_agent_rings_until_it_is_answered() {
    let mut dialogue = Dialogue::ready();
    dialogue.is_called();
    assert_eq!(dialogue.hears(), ["media: offer", "call.initiated", "invite"]);

    dialogue.asks("telnyx_rtc.answer", json!({ "sdp": "answer" }));
    assert_eq!(
        dialogue.hears(),
        [
            "media: accept",
            "far: act",
            "far: hear",
            "media: hear",
            "media: record",
            "call.answered",
            "call.bridged",
            "result"
        ]
    );
    dialogue.asks("telnyx_rtc.bye", json!({}));
    assert_eq!(dialogue.events()[0].payload["hangup_source"], "callee");
}

#[test]
fn a_call_to_the_agent_that_nobody_takes_ends_after_half_a_minute() {
    let mut dialogue = Dialogue::ready();
    dialogue.is_called();
    dialogue.after(30_000);
    assert_eq!(dialogue.last_bye()["cause"], "ORIGINATOR_CANCEL");
    assert_eq!(dialogue.stage(), "ended");
}

#[test]
fn an_agent_that_declines_is_busy() {
    let mut dialogue = Dialogue::ready();
    dialogue.is_called();
    dialogue.hears();
    dialogue.asks("telnyx_rtc.bye", json!({}));
    assert_eq!(dialogue.events()[0].payload["hangup_cause"], "user_busy");
}

#[test]
fn a_call_that_rings_when_its_browser_reconnects_is_given_up() {
    let mut dialogue = Dialogue::ready();
    dialogue.dials("+12025550108");
    dialogue.feed(Input::Closed { socket: BROWSER });
    dialogue.signs_in(Socket(2), true);
    assert_eq!(dialogue.events().last().unwrap().payload["hangup_cause"], "originator_cancel");
}

#[test]
fn whoever_has_not_signed_in_may_do_nothing() {
    let mut dialogue = Dialogue::new();
    dialogue.feed(Input::Opened { socket: BROWSER, resumes: None });
    dialogue.dials("+12025550100");
    assert_eq!(dialogue.hears(), ["error -32001"]);
}

#[test]
fn debug_reports_are_answered_because_the_sdk_waits_for_it() {
    let mut dialogue = Dialogue::ready();
    dialogue.feed(Input::Frame {
        socket: BROWSER,
        frame: json!({ "id": "x", "type": "debug_report_start" }),
    });
    assert_eq!(dialogue.hears(), ["result"]);
}
