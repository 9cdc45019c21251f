//! `POST /calls`.

#![allow(clippy::unwrap_used, reason = "a dialogue that breaks is a failed test")]

use std::time::Duration;

use serde_json::{Value, json};

use super::super::dialogue::{CALL, Dialogue};
use super::super::io::{Order, Socket};
use crate::account::{self, Application};
use crate::seed::Seed;

fn code(refused: &crate::rest::error::ApiError) -> (Value, Value) {
    let error = refused.body()["errors"][0].clone();
    (error["code"].clone(), error["source"]["pointer"].clone())
}

#[test]
fn a_dial_names_the_call_at_once_and_the_call_lives_later() {
    let mut dialogue = Dialogue::ready();
    let reply =
        dialogue.dial_reply(&json!({ "to": "+12025550100", "client_state": "YQ==" })).unwrap();
    let data = &reply["data"];
    assert_eq!((&data["is_alive"], &data["client_state"]), (&json!(false), &json!("YQ==")));
    let leg = data["call_leg_id"].as_str().unwrap().to_owned();
    assert_eq!(dialogue.exchange.leg(&leg).unwrap().ids.control, data["call_control_id"]);
    dialogue.after(1500);
    let events = dialogue.events();
    let kinds: Vec<_> = events.iter().map(|event| event.kind).collect();
    assert_eq!(kinds, ["call.initiated", "call.answered"]);
    assert_eq!(events[0].payload["state"], "bridging");
    assert_eq!(events[0].payload["connection_id"], account::application_id(Seed(1)));
    assert_eq!(events[1].payload["client_state"], "YQ==");
}

#[test]
fn what_a_dial_needs_and_may_not_say() {
    let mut dialogue = Dialogue::ready();
    let connection = account::connection_id(Seed(1));
    let to = "+12025550100";
    for (body, expected, pointer) in [
        (json!({}), "10004", "/to"),
        (json!({ "to": "" }), "10004", "/to"),
        (json!({ "to": to, "from": null }), "10004", "/from"),
        (json!({ "to": to, "connection_id": "" }), "10004", "/connection_id"),
        (json!({ "to": "2025550100" }), "10016", "/to"),
        (json!({ "to": to, "from": "Tono" }), "10016", "/from"),
        (json!({ "to": to, "connection_id": "1" }), "10015", "/connection_id"),
        // A credential connection is none that can be dialled through.
        (json!({ "to": to, "connection_id": connection }), "10015", "/connection_id"),
        (json!({ "to": to, "record": "always" }), "10032", "/record"),
        (json!({ "to": to, "timeout_secs": 4 }), "10033", "/timeout_secs"),
        (json!({ "to": to, "time_limit_secs": 14_401 }), "10033", "/time_limit_secs"),
        (json!({ "to": to, "timeout_secs": "30" }), "10026", "/timeout_secs"),
        (json!({ "to": to, "client_state": "no base64!" }), "90017", "/client_state"),
        (json!({ "to": to, "link_to": "v3:nothing" }), "90015", "/call_control_id"),
        (json!({ "to": to, "bridge_on_answer": true }), "10004", "/link_to"),
        (json!({ "to": to, "webhook_url": "not a url" }), "10003", "/webhook_url"),
        (json!({ "to": to, "media_encryption": "SRTP" }), "10011", "/media_encryption"),
        (json!({ "to": to, "send_digits_on_answer": "x" }), "90014", "/send_digits_on_answer"),
    ] {
        let refused = dialogue.dial_reply(&body).unwrap_err();
        assert_eq!(code(&refused), (json!(expected), json!(pointer)), "{body}");
    }
    assert!(dialogue.exchange.legs().is_empty());
}

#[test]
fn a_call_that_nobody_takes_times_out_when_the_dial_says() {
    let mut dialogue = Dialogue::ready();
    dialogue.dials_by_rest(&json!({ "to": "+12025550108", "timeout_secs": 10 })).unwrap();
    dialogue.hears();
    dialogue.after(9999);
    assert_eq!(dialogue.hears(), [""; 0]);
    dialogue.after(1);
    let hangup = dialogue.events().pop().unwrap().payload;
    assert_eq!(
        (&hangup["hangup_cause"], &hangup["hangup_source"]),
        (&json!("timeout"), &json!("caller"))
    );
}

#[test]
fn a_call_that_lasts_too_long_is_ended() {
    let mut dialogue = Dialogue::ready();
    dialogue.dials_by_rest(&json!({ "to": "+12025550107", "time_limit_secs": 60 })).unwrap();
    dialogue.after(1500);
    dialogue.hears();
    dialogue.after(60_000);
    assert_eq!(dialogue.events().pop().unwrap().payload["hangup_cause"], "time_limit");
}

#[test]
fn a_dialled_browser_rings_with_what_the_dial_says() {
    let mut dialogue = Dialogue::ready();
    let to = format!("sip:{}@sip.telnyx.com", dialogue.user);
    let agent = dialogue.rings_browser_by_rest(&json!({
        "to": to,
        "from_display_name": "Ada",
        "client_state": "YQ==",
        "custom_headers": [{ "name": "X-Tono", "value": "8" }],
    }));
    let invite = dialogue.last("telnyx_rtc.invite");
    assert_eq!(invite["callID"], json!(agent));
    assert_eq!(invite["caller_id_name"], "Ada");
    assert_eq!(invite["client_state"], "YQ==");
    assert_eq!(invite["dialogParams"]["custom_headers"][0]["value"], "8");
    assert_eq!(invite["telnyx_leg_id"], json!(agent));
    dialogue.asks("telnyx_rtc.bye", json!({ "cause": "CALL_REJECTED" }));
    assert_eq!(dialogue.events().pop().unwrap().payload["hangup_cause"], "call_rejected");
}

#[test]
fn a_browser_that_is_not_there_cannot_be_dialled() {
    let mut dialogue = Dialogue::ready();
    let user = dialogue.another_signs_in(Socket(9));
    dialogue.feed(super::super::Input::Closed { socket: Socket(9) });
    dialogue.dials_by_rest(&json!({ "to": format!("sip:{user}@sip.telnyx.com") })).unwrap();
    dialogue.after(200);
    assert_eq!(dialogue.events().pop().unwrap().payload["sip_hangup_cause"], "480");
}

#[test]
fn webhooks_go_where_the_dial_says() {
    let mut dialogue = Dialogue::ready();
    dialogue
        .dials_by_rest(&json!({
            "to": "+12025550100",
            "webhook_url": "http://127.0.0.1:1/all",
            "webhook_urls": { "call.answered": "http://127.0.0.1:1/answered" },
        }))
        .unwrap();
    dialogue.after(1500);
    let urls: Vec<_> = dialogue.events().into_iter().map(|event| event.to.url.unwrap()).collect();
    assert_eq!(urls, ["http://127.0.0.1:1/all", "http://127.0.0.1:1/answered"]);
}

#[test]
fn the_address_for_an_event_may_be_a_list_of_one() {
    let mut dialogue = Dialogue::ready();
    let to = "+12025550100";
    let urls = json!({ "call.initiated": ["http://127.0.0.1:1/first"] });
    dialogue.dials_by_rest(&json!({ "to": to, "webhook_urls": urls })).unwrap();
    assert_eq!(dialogue.events()[0].to.url.as_deref(), Some("http://127.0.0.1:1/first"));
    for (wrong, expected) in [
        (json!(["http://a.example", "http://b.example"]), "10015"),
        (json!([]), "10003"),
        (json!(7), "10003"),
    ] {
        let urls = json!({ "call.initiated": wrong });
        let refused = dialogue.dial_reply(&json!({ "to": to, "webhook_urls": urls })).unwrap_err();
        assert_eq!(code(&refused), (json!(expected), json!("/webhook_urls")));
    }
}

#[test]
fn a_machine_is_told_from_a_person() {
    for (number, result) in [("+12025550127", "machine"), ("+12025550100", "human")] {
        let mut dialogue = Dialogue::ready();
        let body = json!({ "to": number, "answering_machine_detection": "detect" });
        dialogue.dials_by_rest(&body).unwrap();
        dialogue.after(1500);
        dialogue.hears();
        dialogue.after(3000);
        let event = dialogue.events().pop().unwrap();
        assert_eq!(event.kind, "call.machine.detection.ended");
        assert_eq!(event.payload["result"], result);
    }
}

#[test]
fn a_dial_that_records_knows_the_recording_before_it_is_made() {
    let mut dialogue = Dialogue::ready();
    let body =
        json!({ "to": "+12025550100", "record": "record-from-answer", "record_format": "wav" });
    let reply = dialogue.dial_reply(&body).unwrap();
    let leg = reply["data"]["call_leg_id"].as_str().unwrap().to_owned();
    dialogue.after(1500);
    let id = reply["data"]["recording_id"].as_str().unwrap();
    let started =
        |order: &Order| matches!(order, Order::Record { recording, .. } if recording == id);
    assert!(dialogue.orders(&leg).iter().any(started));
}

#[test]
fn an_application_that_has_too_many_calls_is_refused_another() {
    use crate::account::Application;

    let mut dialogue = Dialogue::ready();
    let limit = json!({ "outbound": { "channel_limit": 1 } });
    let now = dialogue.now();
    let id = account::application_id(Seed(1));
    let fields = json!({
        "application_name": "Tono lab",
        "webhook_event_url": "http://127.0.0.1:8080/webhooks/telnyx",
        "outbound": limit["outbound"],
    });
    dialogue.exchange.account.change::<Application>(&id, &fields, now).unwrap();
    dialogue.dials_by_rest(&json!({ "to": "+12025550108" })).unwrap();
    let refused = dialogue.dial_reply(&json!({ "to": "+12025550108" })).unwrap_err();
    assert_eq!(code(&refused).0, "90043");
}

#[test]
fn what_a_call_cost_is_told_if_its_connection_wants_to_know() {
    let mut dialogue = Dialogue::ready();
    let now = dialogue.now();
    let wants = json!({ "call_cost_in_webhooks": true });
    let id = account::connection_id(Seed(1));
    let account = &mut dialogue.exchange.account;
    account.change::<account::CredentialConnection>(&id, &wants, now).unwrap();
    dialogue.dials("+12025550107");
    dialogue.after(1500);
    dialogue.after(61_000);
    dialogue.hangs_up();
    dialogue.after(1000);
    let cost = dialogue.events().pop().unwrap();
    assert_eq!(cost.kind, "call.cost");
    assert_eq!(cost.payload["billed_duration_secs"], 120);
    assert_eq!(cost.payload["total_cost"], "0.0140");
    assert_eq!(cost.leg, CALL);
}

#[test]
fn a_repeated_dial_is_one_call_and_so_within_the_limits() {
    let mut dialogue = Dialogue::ready();
    let limit = json!({ "outbound": { "channel_limit": 1 } });
    let id = account::application_id(Seed(1));
    dialogue.exchange.account.change::<Application>(&id, &limit, dialogue.now()).unwrap();
    let dial = json!({ "to": "+12025550108", "command_id": "once" });
    let first = dialogue.dial_reply(&dial).unwrap();
    assert_eq!(dialogue.dial_reply(&dial).unwrap(), first);
    let refused = dialogue.dial_reply(&json!({ "to": "+12025550108" })).unwrap_err();
    assert_eq!(code(&refused).0, json!("90043"));
}

#[test]
fn a_call_s_events_may_be_retried_as_the_dial_says() {
    let mut dialogue = Dialogue::ready();
    let policies = json!({ "call.answered": { "retries_ms": [5, 50] }, "call.initiated": {} });
    let body = json!({ "to": "+12025550107", "webhook_retries_policies": policies });
    dialogue.dials_by_rest(&body).unwrap();
    dialogue.after(1500);
    let retries: Vec<_> = dialogue.events().into_iter().map(|event| event.to.retries).collect();
    assert_eq!(retries, [None, Some([5, 50].map(Duration::from_millis).to_vec())]);
}
