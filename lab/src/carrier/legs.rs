//! What the lab says of legs that REST commands: events, and bodies of responses.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{WEBHOOK, sample, shape};
use crate::account::{self, CredentialConnection};
use crate::exchange::dialogue::{CALL, Dialogue};
use crate::exchange::io::{NoAudio, PlayEnd};
use crate::exchange::{Event, Input};
use crate::numbers::Act;
use crate::rest;
use crate::seed::Seed;
use crate::webhook;

/// Every event but the ones of a call that nobody commands.
const EVENTS: [&str; 11] = [
    "call.hold",
    "call.unhold",
    "call.dtmf.received",
    "call.gather.ended",
    "call.speak.started",
    "call.speak.ended",
    "call.playback.started",
    "call.playback.ended",
    "call.machine.detection.ended",
    "call.recording.error",
    "call.cost",
];

/// A dialogue in which two legs, one parked and one dialled, have been through everything.
fn told() -> Vec<Event> {
    let mut dialogue = Dialogue::ready();
    wants_cost(&mut dialogue);
    dialogue.parks();
    dialogue.asks(
        "telnyx_rtc.invite",
        json!({ "sdp": "offer", "dialogParams": {
            "destination_number": "+12025550107", "caller_id_number": "+12025550142",
        }}),
    );
    dialogue.feed(Input::MediaReady { leg: CALL.to_owned(), sdp: "answer".to_owned() });
    dialogue.commands(CALL, "answer", &json!({})).unwrap();
    for action in ["hold", "unhold"] {
        dialogue.asks("telnyx_rtc.modify", json!({ "action": action }));
    }
    dialogue.asks("telnyx_rtc.info", json!({ "dtmf": "5" }));

    let body = json!({ "to": "+12025550107", "answering_machine_detection": "detect" });
    let leg = dialogue.dials_by_rest(&body).unwrap();
    dialogue.after(1500);
    dialogue.commands(&leg, "speak", &json!({ "payload": "Hello", "voice": "female" })).unwrap();
    ends_playing(&mut dialogue, &leg);
    let sound = json!({ "audio_url": "http://127.0.0.1:1/sound.wav" });
    dialogue.commands(&leg, "playback_start", &sound).unwrap();
    ends_playing(&mut dialogue, &leg);
    dialogue.commands(&leg, "gather", &json!({})).unwrap();
    dialogue.makes(&leg, Act::Press { digits: "12#".to_owned() }).unwrap();
    dialogue.after(10_000);

    let start = json!({ "format": "wav", "channels": "dual" });
    dialogue.commands(&leg, "record_start", &start).unwrap();
    let recording = dialogue.exchange.recordings().last().unwrap().id.clone();
    dialogue.commands(&leg, "record_stop", &json!({ "recording_id": recording })).unwrap();
    dialogue.feed(Input::Recorded { leg, recording, audio: Err(NoAudio::Encoder) });
    dialogue.asks("telnyx_rtc.bye", json!({}));
    dialogue.after(1000);
    dialogue.events()
}

fn wants_cost(dialogue: &mut Dialogue) {
    let (id, now) = (account::connection_id(Seed(1)), dialogue.now());
    let wants = json!({ "call_cost_in_webhooks": true });
    dialogue.exchange.account.change::<CredentialConnection>(&id, &wants, now).unwrap();
}

fn ends_playing(dialogue: &mut Dialogue, leg: &str) {
    let play = dialogue.exchange.leg(leg).unwrap().playing.as_ref().unwrap().id.clone();
    let how = PlayEnd::Completed;
    dialogue.feed(Input::PlayEnded { leg: leg.to_owned(), play, how });
}

#[test]
fn events_of_legs_that_rest_commands() {
    let told = told();
    for kind in EVENTS {
        let event = told.iter().find(|event| event.kind == kind);
        let sent = webhook::envelope(event.unwrap_or_else(|| panic!("no {kind}")), 1, WEBHOOK);
        assert_eq!(shape(&sent), shape(&sample(kind)), "{kind}");
    }
}

#[test]
fn a_parked_call() {
    let mut dialogue = Dialogue::ready();
    dialogue.parks();
    dialogue.dials("+12025550107");
    let event = dialogue.events().remove(0);
    let sent = webhook::envelope(&event, 1, WEBHOOK);
    assert_eq!(shape(&sent), shape(&sample("call.initiated.parked")));
}

#[test]
fn responses_to_commands() {
    let mut dialogue = Dialogue::ready();
    let body =
        json!({ "to": "+12025550107", "client_state": "YQ==", "record": "record-from-answer" });
    let dialled = dialogue.dial_reply(&body).unwrap();
    assert_eq!(shape(&dialled), shape(&sample("call.dial")));

    let caller = dialogue.calls_application("+12025550100");
    let record = json!({ "record": "record-from-answer" });
    let answered = dialogue.commands(&caller, "answer", &record).unwrap();
    assert_eq!(shape(&answered), shape(&sample("call.answer")));
}

#[test]
fn lists() {
    let mut dialogue = Dialogue::ready();
    dialogue.dials("+12025550107");
    dialogue.after(1500);
    dialogue.after(12_000);
    let (connection, now) = (account::connection_id(Seed(1)), dialogue.now());
    let list = rest::calls::lists::active(&dialogue.exchange, &connection, &HashMap::new(), now);
    assert_eq!(shape(&list), shape(&sample("active_calls")));

    dialogue.dials_by_rest(&json!({ "to": "+12025550107" })).unwrap();
    let dialled: Value = dialogue
        .exchange
        .log()
        .iter()
        .find(|entry| entry.name == "dial")
        .map(rest::calls::lists::written)
        .unwrap();
    assert_eq!(shape(&dialled), shape(&sample("call_event")));
    assert_eq!(rest::recordings::deleted(), sample("recordings.delete"));
}
