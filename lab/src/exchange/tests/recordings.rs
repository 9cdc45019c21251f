//! Recordings: who asks for them, and what comes of them.

#![allow(clippy::unwrap_used, reason = "a dialogue that breaks is a failed test")]

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::super::Input;
use super::super::dialogue::{CALL, Dialogue};
use super::super::io::NoAudio;
use crate::account::{self, OutboundVoiceProfile};
use crate::rest;
use crate::seed::Seed;
use crate::switches::{ProfileRecordingWebhook, RecordingCallIds};

fn listed(dialogue: &Dialogue, query: &[(&str, &str)]) -> Vec<Value> {
    let query: HashMap<String, String> =
        query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let list = rest::recordings::listed(&dialogue.exchange, &query, dialogue.now()).unwrap();
    list["data"].as_array().unwrap().clone()
}

/// A leg to 0107 that REST dialled and that has answered. The profile records nothing.
fn up() -> (Dialogue, String) {
    let mut dialogue = Dialogue::ready();
    records(&mut dialogue, &json!({ "call_recording_type": "none" }));
    let leg = dialogue.dials_by_rest(&json!({ "to": "+12025550107" })).unwrap();
    dialogue.after(1500);
    dialogue.hears();
    (dialogue, leg)
}

fn records(dialogue: &mut Dialogue, recording: &Value) {
    let change = json!({ "name": "Tono lab", "call_recording": recording });
    let (id, now) = (profile_id(), dialogue.now());
    dialogue.exchange.account.change::<OutboundVoiceProfile>(&id, &change, now).unwrap();
}

fn profile_id() -> String {
    Seed(1).digits("outbound voice profile")
}

#[test]
fn what_the_profile_records_is_a_file_and_a_webhook_only_if_the_switch_says_so() {
    for (switch, told) in
        [(ProfileRecordingWebhook::NotSent, false), (ProfileRecordingWebhook::Sent, true)]
    {
        let mut dialogue = Dialogue::ready();
        dialogue.exchange.switches.profile_recording_webhook = switch;
        dialogue.dials("+12025550107");
        dialogue.after(1500);
        dialogue.hangs_up();
        dialogue.after(1500);
        assert_eq!(dialogue.event_types().contains(&"call.recording.saved"), told);
        let list = listed(&dialogue, &[]);
        assert_eq!(list.len(), 1);
        assert_eq!(list[0]["initiated_by"], "Trunking");
        assert_eq!(list[0]["connection_id"], account::connection_id(Seed(1)));
    }
}

#[test]
fn the_profile_may_record_nothing_or_one_caller_only() {
    for (policy, count) in [
        (json!({ "call_recording_type": "none" }), 0),
        (
            json!({
                "call_recording_type": "by_caller_phone_number",
                "call_recording_caller_phone_numbers": ["+12025550142"],
                "call_recording_channels": "single",
                "call_recording_format": "mp3",
            }),
            1,
        ),
        (
            json!({
                "call_recording_type": "by_caller_phone_number",
                "call_recording_caller_phone_numbers": ["+12025550143"],
            }),
            0,
        ),
    ] {
        let mut dialogue = Dialogue::ready();
        records(&mut dialogue, &policy);
        dialogue.dials("+12025550107");
        dialogue.after(1500);
        dialogue.hangs_up();
        dialogue.after(1500);
        let list = listed(&dialogue, &[]);
        assert_eq!(list.len(), count, "{policy}");
        if let Some(recording) = list.first() {
            assert_eq!(recording["channels"], "single");
            assert!(recording["download_urls"]["mp3"].is_string());
        }
    }
}

#[test]
fn a_profiles_recording_may_not_say_of_which_call_it_is() {
    let mut dialogue = Dialogue::ready();
    dialogue.exchange.switches.recording_call_ids = RecordingCallIds::Absent;
    dialogue.dials("+12025550107");
    dialogue.after(1500);
    dialogue.hangs_up();
    dialogue.after(1500);
    let list = listed(&dialogue, &[]);
    assert!(list[0].get("call_leg_id").is_none() && list[0].get("from").is_none());
    assert!(list[0]["recording_started_at"].is_string());
}

#[test]
fn rest_records_pauses_and_stops() {
    let (mut dialogue, leg) = up();
    let start = json!({ "format": "mp3", "channels": "single", "play_beep": true });
    dialogue.commands(&leg, "record_start", &start).unwrap();
    for action in ["record_pause", "record_resume", "record_stop"] {
        dialogue.commands(&leg, action, &json!({})).unwrap();
    }
    assert_eq!(
        dialogue.hears(),
        ["far: record", "far: pause recording", "far: resume recording", "far: stop recording"]
    );
    dialogue.hands_in();
    dialogue.after(1500);
    let saved = dialogue.events().pop().unwrap();
    assert_eq!(saved.kind, "call.recording.saved");
    assert_eq!(saved.payload["channels"], "single");
    assert!(saved.payload["recording_urls"]["mp3"].is_string());
    assert_eq!(listed(&dialogue, &[])[0]["initiated_by"], "StartCallRecordingAPI");
}

#[test]
fn a_recording_that_may_be_so_long_stops_by_itself() {
    let (mut dialogue, leg) = up();
    let start = json!({ "format": "wav", "channels": "dual", "max_length": 5 });
    dialogue.commands(&leg, "record_start", &start).unwrap();
    dialogue.hears();
    dialogue.after(5000);
    assert_eq!(dialogue.hears(), ["far: stop recording"]);
}

#[test]
fn a_recording_that_media_cannot_make_is_an_error() {
    let (mut dialogue, leg) = up();
    let start = json!({ "format": "wav", "channels": "dual" });
    dialogue.commands(&leg, "record_start", &start).unwrap();
    dialogue.commands(&leg, "hangup", &json!({})).unwrap();
    dialogue.hears();
    let recording = dialogue.exchange.recordings()[0].id.clone();
    dialogue.feed(Input::Recorded { leg, recording, audio: Err(NoAudio::Opus) });
    let failed = dialogue.events().pop().unwrap();
    assert_eq!(failed.kind, "call.recording.error");
    assert_eq!(failed.payload["reason"], "Internal server error");
    dialogue.after(60_000);
    assert!(listed(&dialogue, &[]).is_empty());
}

#[test]
fn recordings_are_found_by_whom_and_when() {
    let mut dialogue = Dialogue::ready();
    let started = dialogue.now();
    dialogue.dials("+12025550107");
    dialogue.after(1500);
    dialogue.hangs_up();
    dialogue.after(1500);
    let saved_at = dialogue.now();
    let before = started.plus(Duration::from_secs(2));
    let leg = dialogue.exchange.leg(CALL).unwrap().ids.clone();
    let found = |query: &[(&str, &str)]| listed(&dialogue, query).len();
    assert_eq!(found(&[("filter[call_leg_id]", &leg.leg)]), 1);
    assert_eq!(found(&[("filter[call_session_id]", "another")]), 0);
    assert_eq!(found(&[("filter[to]", "+12025550107"), ("filter[from]", "+12025550142")]), 1);
    assert_eq!(found(&[("filter[created_at][gte]", &saved_at.iso())]), 1);
    assert_eq!(found(&[("filter[created_at][lte]", &before.iso())]), 0);
    assert_eq!(found(&[("filter[start_time][lte]", &before.iso())]), 1);
    assert_eq!(found(&[("filter[end_time][gte]", &saved_at.iso())]), 0);

    for (name, value) in [("filter[colour]", "blue"), ("filter[created_at][gte]", "yesterday")] {
        let query = HashMap::from([(name.to_owned(), value.to_owned())]);
        assert!(rest::recordings::listed(&dialogue.exchange, &query, saved_at).is_err(), "{name}");
    }
}

#[test]
fn a_recording_that_was_deleted_is_gone() {
    let mut dialogue = Dialogue::ready();
    dialogue.dials("+12025550107");
    dialogue.after(1500);
    dialogue.hangs_up();
    let id = dialogue.exchange.recordings()[0].id.clone();
    assert!(!dialogue.exchange.delete_recording(&id), "it cannot be downloaded yet");
    dialogue.after(1500);
    assert!(dialogue.exchange.delete_recording(&id));
    assert!(listed(&dialogue, &[]).is_empty());
    assert!(!dialogue.exchange.delete_recording(&id));
}
