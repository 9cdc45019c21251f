//! Several browsers: agents who call each other, and one agent in two places.

#![allow(clippy::unwrap_used, reason = "a dialogue that breaks is a failed test")]

use serde_json::{Value, json};

use super::super::Input;
use super::super::dialogue::{BROWSER, CALL, Dialogue};
use super::super::io::Socket;
use crate::switches::{ReattachedCalls, RingingCalls};

const OTHER: Socket = Socket(7);

/// One browser calls another; media makes an offer for it. Returns the called browser's call id.
fn rings(dialogue: &mut Dialogue, user: &str) -> String {
    dialogue.dials(user);
    let called = dialogue.exchange.partner(CALL).unwrap().key.clone();
    dialogue.feed(Input::MediaOffered { leg: called.clone(), sdp: "offer".to_owned() });
    called
}

#[test]
fn an_agent_calls_another_by_sip_user_name() {
    let mut dialogue = Dialogue::ready();
    let other = dialogue.another_signs_in(OTHER);
    let called = rings(&mut dialogue, &format!("sip:{other}@sip.telnyx.com"));
    assert_eq!(
        dialogue.hears(),
        [
            "result",
            "media: open",
            "call.initiated",
            "far: offer",
            "call.initiated",
            "invite",
            "ringing"
        ]
    );
    let answer = json!({ "sdp": "answer", "dialogParams": { "callID": called } });
    dialogue.says(OTHER, "telnyx_rtc.answer", &answer);
    assert_eq!(
        dialogue.hears(),
        [
            "far: accept",
            "answer",
            "media: hear",
            "far: hear",
            "call.answered",
            "call.answered",
            "call.bridged",
            "call.bridged",
            "result"
        ]
    );
    dialogue.says(OTHER, "telnyx_rtc.bye", &json!({ "dialogParams": { "callID": called } }));
    assert_eq!(dialogue.stage(), "ended");
    assert_eq!(dialogue.last_bye()["callID"], CALL);
}

#[test]
fn an_agent_who_declines_is_busy_to_the_other() {
    let mut dialogue = Dialogue::ready();
    let other = dialogue.another_signs_in(OTHER);
    let called = rings(&mut dialogue, &other);
    dialogue.says(OTHER, "telnyx_rtc.bye", &json!({ "dialogParams": { "callID": called } }));
    assert_eq!(dialogue.last_bye()["sipCode"], 486);
}

#[test]
fn an_agent_who_does_not_answer_in_half_a_minute_is_not_there() {
    let mut dialogue = Dialogue::ready();
    let other = dialogue.another_signs_in(OTHER);
    let called = rings(&mut dialogue, &other);
    dialogue.after(30_000);
    assert_eq!((dialogue.stage(), dialogue.stage_of(&called)), ("ended", "ended"));
    assert_eq!(dialogue.last_bye()["cause"], "NO_ANSWER");
}

#[test]
fn a_user_without_a_browser_is_absent_and_one_that_does_not_exist_is_not_found() {
    let mut dialogue = Dialogue::ready();
    let other = dialogue.another_signs_in(OTHER);
    dialogue.feed(Input::Closed { socket: OTHER });
    dialogue.dials(&other);
    dialogue.after(200);
    assert_eq!(dialogue.last_bye()["sipCode"], 480);
    dialogue.dials_as("another call", BROWSER, "gencredNobody");
    dialogue.after(200);
    assert_eq!(dialogue.last_bye()["sipCode"], 404);
}

#[test]
fn of_two_registrations_of_one_credential_the_last_one_rings() {
    let mut dialogue = Dialogue::ready();
    dialogue.signs_in(Socket(2), false);
    dialogue.hears();
    dialogue.is_called();
    assert_eq!(dialogue.socket_of("telnyx_rtc.invite"), Socket(2));

    // The first one registers anew, which makes it the last.
    dialogue.says(BROWSER, "telnyx_rtc.gatewayState", &json!({}));
    dialogue.is_called();
    assert_eq!(dialogue.socket_of("telnyx_rtc.invite"), BROWSER);

    dialogue.feed(Input::Closed { socket: BROWSER });
    dialogue.is_called();
    assert_eq!(dialogue.socket_of("telnyx_rtc.invite"), Socket(2));
}

/// Two pages of one credential, each in a call, which both lose their sockets. Returns what each was told of its session.
fn two_lost_pages(dialogue: &mut Dialogue) -> [Value; 2] {
    dialogue.feed(Input::Opened { socket: BROWSER, resumes: None });
    dialogue.feed(Input::Opened { socket: OTHER, resumes: None });
    let told = [BROWSER, OTHER].map(|socket| dialogue.logs_in(socket, false, &json!({})));
    dialogue.dials_as(CALL, BROWSER, "+12025550107");
    dialogue.dials_as("second", OTHER, "+12025550107");
    dialogue.after(1500);
    dialogue.feed(Input::Closed { socket: BROWSER });
    dialogue.feed(Input::Closed { socket: OTHER });
    told
}

#[test]
fn of_two_lost_pages_of_one_credential_each_gets_its_own_call_back() {
    let mut dialogue = Dialogue::new();
    let told = two_lost_pages(&mut dialogue);
    assert_ne!(told[0]["result"]["sessid"], told[1]["result"]["sessid"]);
    // One says its session; the other's is too old to be said, and stands in its address.
    let resumes = told[1]["voice_sdk_id"].as_str().map(str::to_owned);
    dialogue.feed(Input::Opened { socket: Socket(11), resumes });
    dialogue.logs_in(Socket(11), true, &json!({}));
    let ready = dialogue.last("telnyx_rtc.clientReady");
    assert_eq!(ready["reattached_sessions"], json!(["second"]));
    dialogue.feed(Input::Opened { socket: Socket(12), resumes: None });
    dialogue.logs_in(Socket(12), true, &told[0]["result"]);
    let ready = dialogue.last("telnyx_rtc.clientReady");
    assert_eq!(ready["reattached_sessions"], json!([CALL]));
}

#[test]
fn a_page_of_another_session_gets_nothing_back_unless_the_switch_says_so() {
    let mut dialogue = Dialogue::new();
    two_lost_pages(&mut dialogue);
    dialogue.feed(Input::Opened { socket: Socket(11), resumes: None });
    dialogue.logs_in(Socket(11), true, &json!({ "sessid": "of nobody" }));
    let ready = dialogue.last("telnyx_rtc.clientReady");
    assert_eq!(ready["reattached_sessions"], json!([]));
    dialogue.exchange.switches.reattached_calls = ReattachedCalls::OfUser;
    dialogue.feed(Input::Opened { socket: Socket(12), resumes: None });
    dialogue.logs_in(Socket(12), true, &json!({ "sessid": "of nobody" }));
    let ready = dialogue.last("telnyx_rtc.clientReady");
    assert_eq!(ready["reattached_sessions"], json!([CALL, "second"]));
}

#[test]
fn a_call_that_rang_in_a_lost_page_is_let_go_or_rings_again_as_the_switch_says() {
    for rings in [RingingCalls::LetGo, RingingCalls::RingAgain] {
        let mut dialogue = Dialogue::ready();
        dialogue.exchange.switches.ringing_calls = rings;
        let call = dialogue.is_called();
        dialogue.feed(Input::Closed { socket: BROWSER });
        dialogue.hears();
        dialogue.signs_in(BROWSER, true);
        let ready = dialogue.last("telnyx_rtc.clientReady");
        match rings {
            RingingCalls::LetGo => {
                assert_eq!(ready["reattached_sessions"], json!([]));
                assert_eq!(dialogue.stage(), "ended");
            }
            RingingCalls::RingAgain => {
                assert_eq!(ready["reattached_sessions"], json!([call]));
                dialogue.hears();
                dialogue.feed(Input::MediaOffered { leg: call, sdp: "offer".to_owned() });
                assert_eq!(dialogue.hears(), ["invite"]);
            }
        }
    }
}

#[test]
fn two_agents_have_calls_at_the_same_time() {
    let mut dialogue = Dialogue::ready();
    dialogue.another_signs_in(OTHER);
    dialogue.dials("+12025550107");
    dialogue.dials_as("second", OTHER, "+12025550105");
    dialogue.after(1500);
    assert_eq!((dialogue.stage(), dialogue.stage_of("second")), ("answered", "answered"));
    dialogue.after(5000);
    assert_eq!((dialogue.stage(), dialogue.stage_of("second")), ("answered", "ended"));
}
