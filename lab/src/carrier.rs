//! Everything the lab says in Telnyx's name has the shape pinned in `lab/carrier/*.json`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a sample that cannot be read is a failed test"
)]

mod legs;

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::account::credentials::Wanted;
use crate::clock::Moment;
use crate::config::Config;
use crate::exchange::commands;
use crate::exchange::dialogue::{CALL, Dialogue};
use crate::exchange::{Called, Heard, Input, Output};
use crate::lab::Lab;
use crate::rest;
use crate::rest::error::ApiError;
use crate::switches::ProfileRecordingWebhook;
use crate::webhook;

const WEBHOOK: &str = "http://127.0.0.1:8080/webhooks/telnyx";

pub(crate) fn sample(name: &str) -> Value {
    let path = format!("{}/carrier/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let sample: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(
        sample["source"].as_str().is_some_and(|source| source.len() > 20),
        "{name} has no source"
    );
    sample["body"].clone()
}

/// The value with its accidents replaced by their kind: ids, times, links. All else has to be the same.
pub(crate) fn shape(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| match name.as_str() {
                "sip_username" | "sip_password" | "created_at" | "updated_at" | "resource_id" => (
                    name.clone(),
                    json!(value.as_str().map(|text| text.trim_start_matches("gencred").len() > 9)),
                ),
                _ => (name.clone(), shape(value)),
            })
            .collect(),
        Value::Array(items) => items.iter().map(shape).collect(),
        Value::String(text) => json!(kind(text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

fn kind(text: &str) -> String {
    let form: String = text
        .chars()
        .map(|letter| match letter {
            '0'..='9' => '0',
            'a'..='z' | 'A'..='Z' => 'a',
            other => other,
        })
        .collect();
    if text.starts_with("v3:") {
        format!("call control id of {} characters", text.len())
    } else if text.contains("X-Amz-Signature") {
        let parts: Vec<_> =
            text.split(['?', '&']).filter_map(|part| part.split('=').next()).collect();
        format!("link {} {}", parts[0].len(), parts[1..].join(" "))
    } else if text.len() == 19 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        "id of a connection".to_owned()
    } else if uuid::Uuid::try_parse(text).is_ok() {
        "uuid".to_owned()
    } else if form == "0000-00-00a00:00:00.000000a" {
        "time".to_owned()
    } else {
        text.to_owned()
    }
}

/// A dialogue in which one call has been through everything.
fn told() -> (Dialogue, Vec<crate::exchange::Event>) {
    let mut dialogue = Dialogue::ready();
    dialogue.exchange.switches.profile_recording_webhook = ProfileRecordingWebhook::Sent;
    dialogue.dials("+12025550100");
    dialogue.after(1500);
    dialogue.after(12_000);
    dialogue.hangs_up();
    dialogue.after(1500);
    let events = dialogue.events();
    (dialogue, events)
}

#[test]
fn webhooks() {
    let (_, events) = told();
    let names: Vec<_> = events.iter().map(|event| event.kind).collect();
    assert_eq!(
        names,
        ["call.initiated", "call.answered", "call.bridged", "call.hangup", "call.recording.saved"]
    );
    for event in events {
        let kind = event.kind;
        let sent = webhook::envelope(&event, 1, WEBHOOK);
        assert_eq!(shape(&sent), shape(&sample(kind)), "{kind}");
    }
}

#[test]
fn a_call_that_comes_in() {
    let mut dialogue = Dialogue::ready();
    let to = format!("sip:{}@sip.telnyx.com", dialogue.user);
    let called = Called::Browser { user: Some(dialogue.user.clone()) };
    let now = dialogue.now();
    let (_, out) = dialogue.exchange.call_in("+12025550100", &to, &called, now);
    let posted = out.into_iter().find_map(|output| match output {
        Output::Post(event) => Some(event),
        Output::Send { .. } | Output::Drop { .. } | Output::Fetch { .. } | Output::Media { .. } => {
            None
        }
    });
    let mut sent = webhook::envelope(&posted.unwrap(), 1, WEBHOOK);
    let mut pinned = sample("call.initiated.incoming");
    // The credential's user is another each time.
    let user = format!("{}@sip.telnyx.com", dialogue.user);
    assert_eq!(sent["data"]["payload"]["to_sip_uri"], user);
    for body in [&mut sent, &mut pinned] {
        let payload = &mut body["data"]["payload"];
        for name in ["to", "to_sip_uri"] {
            let text = payload[name].as_str().unwrap();
            payload[name] = json!([text.starts_with("sip:"), text.ends_with("@sip.telnyx.com")]);
        }
    }
    assert_eq!(shape(&sent), shape(&pinned));
}

#[test]
fn the_end_of_a_call_that_was_heard() {
    let mut dialogue = Dialogue::ready();
    dialogue.dials("+12025550100");
    dialogue.after(1500);
    let far = dialogue.exchange.partner(CALL).unwrap().key.clone();
    for (leg, packets) in [(CALL.to_owned(), 600), (far, 580)] {
        dialogue.feed(Input::Heard { leg, heard: Heard { packets, ..Heard::default() } });
    }
    dialogue.events();
    dialogue.asks("telnyx_rtc.bye", json!({}));
    let sent = webhook::envelope(&dialogue.events()[0], 1, WEBHOOK);
    assert_eq!(shape(&sent), shape(&sample("call.hangup.measured")));
}

#[test]
fn recordings_and_calls() {
    let (dialogue, _) = told();
    let exchange = &dialogue.exchange;
    let leg = exchange.leg(CALL).unwrap();
    let now = Moment::from_micros(1_795_251_700_000_000);

    let list = rest::recordings::listed(exchange, &HashMap::new(), now).unwrap();
    assert_eq!(shape(&list), shape(&sample("recordings.list")));
    let recording = json!({ "data": list["data"][0] });
    assert_eq!(shape(&recording), shape(&sample("recording")));

    let status = json!({ "data": rest::calls::written(leg, now) });
    assert_eq!(shape(&status), shape(&sample("call.status")));
    assert_eq!(commands::done(), sample("call.command"));
}

#[test]
fn credentials() {
    let (lab, _reports) = Lab::new(Config::read(|_| None).unwrap()).unwrap();
    let now = lab.clock.now();
    let wanted = Wanted {
        connection_id: lab.config.connection_id(),
        name: Some("agent".to_owned()),
        ..Wanted::default()
    };
    let made = lab.state().exchange.account.credentials.create(wanted, now).unwrap().clone();
    let written = json!({ "data": rest::credentials::written(&lab, &made, now) });
    assert_eq!(shape(&written), shape(&sample("telephony_credential")));
}

#[test]
fn errors() {
    assert_eq!(ApiError::Unauthorized.body(), sample("error.401"));
    assert_eq!(ApiError::UnknownCall.body(), sample("error.90015"));
    assert_eq!(ApiError::CallEnded.body(), sample("error.90018"));
}
