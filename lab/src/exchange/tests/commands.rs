//! What REST does with a leg that is up, and what it is refused.

#![allow(clippy::unwrap_used, reason = "a dialogue that breaks is a failed test")]

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::super::Input;
use super::super::dialogue::{CALL, Dialogue};
use super::super::io::{Clip, NoSound, Order, PlayEnd, Times};
use crate::switches::{LegCommands, RestHangupSource};

/// A leg to 0107 that REST dialled and that has answered.
fn up() -> (Dialogue, String) {
    let mut dialogue = Dialogue::ready();
    let leg = dialogue.dials_by_rest(&json!({ "to": "+12025550107" })).unwrap();
    dialogue.after(1500);
    dialogue.hears();
    (dialogue, leg)
}

fn refusal(dialogue: &mut Dialogue, key: &str, action: &str, body: &Value) -> Value {
    dialogue.commands(key, action, body).unwrap_err().body()["errors"][0]["code"].clone()
}

fn play_id(dialogue: &Dialogue, key: &str) -> String {
    dialogue.exchange.leg(key).unwrap().playing.as_ref().unwrap().id.clone()
}

#[test]
fn a_leg_that_nobody_parked_takes_no_commands_unless_the_switch_says_so() {
    let mut dialogue = Dialogue::ready();
    dialogue.dials("+12025550107");
    dialogue.after(1500);
    assert_eq!(refusal(&mut dialogue, CALL, "hangup", &json!({})), "90015");
    assert_eq!(dialogue.stage(), "answered");

    dialogue.exchange.switches.sdk_leg_commands = LegCommands::Accepted;
    dialogue.commands(CALL, "hangup", &json!({})).unwrap();
    assert_eq!(dialogue.last_bye()["cause"], "NORMAL_CLEARING");
    assert_eq!(refusal(&mut dialogue, CALL, "hangup", &json!({})), "90018");
}

#[test]
fn a_leg_nobody_knows_takes_no_commands() {
    let mut dialogue = Dialogue::ready();
    let request = crate::rest::calls::command("hangup", &json!({})).unwrap();
    let now = dialogue.now();
    let (refused, _) = dialogue.exchange.command("v3:nothing", request, now);
    assert_eq!(refused.unwrap_err().body()["errors"][0]["code"], "90015");
}

#[test]
fn the_trunk_s_own_legs_are_nobody_s_business() {
    let mut dialogue = Dialogue::ready();
    dialogue.exchange.switches.sdk_leg_commands = LegCommands::Accepted;
    dialogue.dials("+12025550107");
    let far = dialogue.exchange.partner(CALL).unwrap().key.clone();
    assert_eq!(refusal(&mut dialogue, &far, "hangup", &json!({})), "90015");
}

#[test]
fn what_is_for_later_is_refused_before_the_answer() {
    let mut dialogue = Dialogue::ready();
    let leg = dialogue.dials_by_rest(&json!({ "to": "+12025550108" })).unwrap();
    let speak = json!({ "payload": "Hello", "voice": "female" });
    let record = json!({ "format": "wav", "channels": "dual" });
    for (action, body, code) in [
        ("speak", speak, "90034"),
        ("send_dtmf", json!({ "digits": "1" }), "90034"),
        ("gather", json!({}), "90034"),
        ("playback_start", json!({ "media_name": "beep" }), "90034"),
        ("record_start", record, "90020"),
        ("answer", json!({}), "90102"),
        ("reject", json!({ "cause": "USER_BUSY" }), "90102"),
    ] {
        assert_eq!(refusal(&mut dialogue, &leg, action, &body), code, "{action}");
    }
}

#[test]
fn what_a_command_needs_and_may_not_say() {
    let (mut dialogue, leg) = up();
    for (action, body, code) in [
        ("bridge", json!({}), "10004"),
        ("bridge", json!({ "call_control_id": "v3:nothing" }), "90015"),
        ("transfer", json!({}), "10004"),
        ("transfer", json!({ "to": "12" }), "10016"),
        ("reject", json!({ "cause": "TIRED" }), "10032"),
        ("record_start", json!({ "format": "wav" }), "10004"),
        ("record_start", json!({ "format": "ogg", "channels": "dual" }), "10032"),
        (
            "record_start",
            json!({ "format": "wav", "channels": "dual", "max_length": 14_401 }),
            "10033",
        ),
        ("record_stop", json!({ "recording_id": "none" }), "10015"),
        ("send_dtmf", json!({ "digits": "hello" }), "90014"),
        ("send_dtmf", json!({ "digits": "1", "duration_millis": 99 }), "10033"),
        ("speak", json!({ "payload": "Hello" }), "10004"),
        ("playback_start", json!({}), "10004"),
        ("playback_start", json!({ "playback_content": "AAAA" }), "10015"),
        ("hangup", json!({ "client_state": "no base64!" }), "90017"),
        ("client_state_update", json!({}), "10004"),
        ("park", json!({}), "10005"),
    ] {
        assert_eq!(refusal(&mut dialogue, &leg, action, &body), code, "{action} {body}");
    }
    assert_eq!(dialogue.hears(), [""; 0]);
}

#[test]
fn a_command_that_is_repeated_within_a_minute_is_taken_once() {
    let (mut dialogue, leg) = up();
    let body = json!({ "digits": "1", "command_id": "a" });
    for _ in 0..2 {
        dialogue.commands(&leg, "send_dtmf", &body).unwrap();
    }
    assert_eq!(dialogue.exchange.leg(&leg).unwrap().dtmf_played, "1");
    dialogue.after(60_001);
    dialogue.commands(&leg, "send_dtmf", &body).unwrap();
    assert_eq!(dialogue.exchange.leg(&leg).unwrap().dtmf_played, "11");
}

#[test]
fn the_same_command_id_on_another_leg_is_another_command() {
    let (mut dialogue, one) = up();
    let other = dialogue.dials_by_rest(&json!({ "to": "+12025550107" })).unwrap();
    dialogue.after(1500);
    for leg in [&one, &other] {
        let body = json!({ "digits": "1", "command_id": "a" });
        dialogue.commands(leg, "send_dtmf", &body).unwrap();
        assert_eq!(dialogue.exchange.leg(leg).unwrap().dtmf_played, "1");
    }
}

#[test]
fn a_client_state_is_in_every_later_webhook() {
    let (mut dialogue, leg) = up();
    dialogue.commands(&leg, "client_state_update", &json!({ "client_state": "YQ==" })).unwrap();
    assert_eq!(dialogue.hears(), [""; 0]);
    dialogue.commands(&leg, "hangup", &json!({ "client_state": "Yg==" })).unwrap();
    assert_eq!(dialogue.events()[0].payload["client_state"], "Yg==");
}

#[test]
fn who_hung_up_by_rest_is_what_the_switch_says() {
    for (switch, source) in [
        (RestHangupSource::Caller, "caller"),
        (RestHangupSource::Callee, "callee"),
        (RestHangupSource::Unknown, "unknown"),
    ] {
        let (mut dialogue, leg) = up();
        dialogue.exchange.switches.rest_hangup_source = switch;
        dialogue.commands(&leg, "hangup", &json!({})).unwrap();
        assert_eq!(dialogue.events()[0].payload["hangup_source"], source);
    }
}

#[test]
fn speech_begins_and_ends() {
    let (mut dialogue, leg) = up();
    let body =
        json!({ "payload": "<speak>Hello</speak>", "payload_type": "ssml", "voice": "female" });
    dialogue.commands(&leg, "speak", &body).unwrap();
    let clip = Clip::Speech { text: "Hello".to_owned() };
    let id = play_id(&dialogue, &leg);
    assert_eq!(dialogue.orders(&leg), [Order::Play { id: id.clone(), clip, times: Times::Once }]);
    dialogue.feed(Input::PlayEnded { leg, play: id, how: PlayEnd::Completed });
    let events = dialogue.events();
    assert_eq!((events[0].kind, events[1].kind), ("call.speak.started", "call.speak.ended"));
    assert_eq!(events[1].payload["status"], "completed");
}

#[test]
fn a_sound_is_fetched_played_and_stopped() {
    let (mut dialogue, leg) = up();
    let url = "http://127.0.0.1:1/sound.wav";
    let body = json!({ "audio_url": url, "loop": "infinity" });
    dialogue.commands(&leg, "playback_start", &body).unwrap();
    assert_eq!(dialogue.hears(), ["call.playback.started", "fetch"]);
    let play = play_id(&dialogue, &leg);
    let samples: Arc<[i16]> = [1, 2, 3].into();
    dialogue.feed(Input::Fetched {
        leg: leg.clone(),
        play: play.clone(),
        times: Times::ForEver,
        audio: Ok(Arc::clone(&samples)),
    });
    let clip = Clip::Wave { samples };
    assert_eq!(
        dialogue.orders(&leg),
        [Order::Play { id: play.clone(), clip, times: Times::ForEver }]
    );
    dialogue.commands(&leg, "playback_stop", &json!({})).unwrap();
    dialogue.feed(Input::PlayEnded { leg, play, how: PlayEnd::Stopped });
    let ended = dialogue.events().pop().unwrap();
    assert_eq!(ended.payload["status"], "cancelled");
    assert_eq!(ended.payload["media_url"], url);
}

/// Media is done with what is played to the leg.
fn ends(dialogue: &mut Dialogue, leg: &str, how: PlayEnd) {
    let play = play_id(dialogue, leg);
    dialogue.feed(Input::PlayEnded { leg: leg.to_owned(), play, how });
}

#[test]
fn what_is_played_waits_its_turn() {
    let (mut dialogue, leg) = up();
    let speak = json!({ "payload": "Hello", "voice": "female" });
    let beep = json!({ "media_name": "beep" });
    dialogue.commands(&leg, "speak", &speak).unwrap();
    dialogue.commands(&leg, "playback_start", &beep).unwrap();
    dialogue.commands(&leg, "speak", &speak).unwrap();
    assert_eq!(dialogue.hears(), ["call.speak.started", "far: play"]);
    ends(&mut dialogue, &leg, PlayEnd::Completed);
    assert_eq!(dialogue.hears(), ["call.speak.ended", "call.playback.started", "far: play"]);
    dialogue.commands(&leg, "playback_stop", &json!({ "stop": "current" })).unwrap();
    ends(&mut dialogue, &leg, PlayEnd::Stopped);
    assert_eq!(
        dialogue.hears(),
        ["far: stop playing", "call.playback.ended", "call.speak.started", "far: play"]
    );
    dialogue.commands(&leg, "playback_start", &beep).unwrap();
    dialogue.commands(&leg, "playback_stop", &json!({})).unwrap();
    ends(&mut dialogue, &leg, PlayEnd::Stopped);
    assert_eq!(dialogue.hears(), ["far: stop playing", "call.speak.ended"]);
    assert_eq!(dialogue.exchange.leg(&leg).unwrap().playing, None);
}

#[test]
fn what_is_played_may_be_instead_of_what_is_being_played() {
    let (mut dialogue, leg) = up();
    let beep = json!({ "media_name": "beep" });
    dialogue.commands(&leg, "playback_start", &beep).unwrap();
    dialogue.commands(&leg, "playback_start", &beep).unwrap();
    dialogue.hears();
    let instead = json!({ "payload": "Hello", "voice": "female", "stop": "all" });
    dialogue.commands(&leg, "speak", &instead).unwrap();
    ends(&mut dialogue, &leg, PlayEnd::Stopped);
    assert_eq!(
        dialogue.hears(),
        ["far: stop playing", "call.playback.ended", "call.speak.started", "far: play"]
    );
    ends(&mut dialogue, &leg, PlayEnd::Completed);
    assert_eq!(dialogue.hears(), ["call.speak.ended"]);
}

#[test]
fn what_is_being_fetched_can_be_stopped_and_ends_with_its_leg() {
    let (mut dialogue, leg) = up();
    let sound = json!({ "audio_url": "http://127.0.0.1:1/sound.wav" });
    dialogue.commands(&leg, "playback_start", &sound).unwrap();
    let play = play_id(&dialogue, &leg);
    dialogue.commands(&leg, "playback_stop", &json!({})).unwrap();
    assert_eq!(dialogue.events().pop().unwrap().payload["status"], "cancelled");
    let audio = Ok([1, 2, 3].into());
    dialogue.feed(Input::Fetched { leg: leg.clone(), play, times: Times::Once, audio });
    assert_eq!(dialogue.hears(), [""; 0]);

    dialogue.commands(&leg, "playback_start", &sound).unwrap();
    dialogue.hears();
    dialogue.commands(&leg, "hangup", &json!({})).unwrap();
    assert_eq!(dialogue.events()[0].payload["status"], "call_hangup");
}

#[test]
fn a_sound_that_cannot_be_had_is_said_to_be_missing() {
    let (mut dialogue, leg) = up();
    let body = json!({ "audio_url": "http://127.0.0.1:1/sound.wav" });
    dialogue.commands(&leg, "playback_start", &body).unwrap();
    let play = play_id(&dialogue, &leg);
    let audio = Err(NoSound::Unreachable("refused".to_owned()));
    dialogue.feed(Input::Fetched { leg, play, times: Times::Once, audio });
    assert_eq!(dialogue.events().pop().unwrap().payload["status"], "file_not_found");
}

#[test]
fn a_sound_may_come_with_the_command() {
    let (mut dialogue, leg) = up();
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 8000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = std::io::Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut file, spec).unwrap();
    writer.write_sample(7_i16).unwrap();
    writer.finalize().unwrap();
    let body = json!({ "playback_content": STANDARD.encode(file.get_ref()) });
    dialogue.commands(&leg, "playback_start", &body).unwrap();
    let clip = Clip::Wave { samples: [7].into() };
    let id = play_id(&dialogue, &leg);
    assert_eq!(dialogue.orders(&leg), [Order::Play { id, clip, times: Times::Once }]);
}

#[test]
fn keys_are_gathered_until_there_are_enough_or_the_last_one_is_pressed() {
    for (pressed, digits, status) in [
        ("1234", "123", "valid"),
        ("12#", "12", "valid"),
        ("1#", "1", "invalid"),
        ("19#", "19", "invalid"),
    ] {
        let (mut dialogue, leg) = up();
        let body = json!({ "minimum_digits": 2, "maximum_digits": 3, "valid_digits": "1234" });
        dialogue.commands(&leg, "gather", &body).unwrap();
        let digits_pressed = pressed.to_owned();
        dialogue.makes(&leg, crate::numbers::Act::Press { digits: digits_pressed }).unwrap();
        let ended = dialogue
            .events()
            .into_iter()
            .find(|event| event.kind == "call.gather.ended")
            .unwrap()
            .payload;
        assert_eq!((&ended["digits"], &ended["status"]), (&json!(digits), &json!(status)));
    }
}

#[test]
fn gathering_ends_when_nothing_is_pressed_for_too_long_or_the_leg_ends() {
    let (mut dialogue, leg) = up();
    let body = json!({ "initial_timeout_millis": 2000, "inter_digit_timeout_millis": 1000 });
    dialogue.commands(&leg, "gather", &body).unwrap();
    dialogue.after(2000);
    assert_eq!(dialogue.events().pop().unwrap().payload["status"], "timeout");

    dialogue.commands(&leg, "gather", &body).unwrap();
    dialogue.after(1900);
    dialogue.makes(&leg, crate::numbers::Act::Press { digits: "1".to_owned() }).unwrap();
    dialogue.hears();
    // The first wait is over by now; the one from key to key counts.
    dialogue.after(999);
    assert_eq!(dialogue.hears(), [""; 0]);
    dialogue.after(1);
    assert_eq!(dialogue.events().pop().unwrap().payload["digits"], "1");

    dialogue.commands(&leg, "gather", &body).unwrap();
    dialogue.commands(&leg, "hangup", &json!({})).unwrap();
    assert_eq!(dialogue.events()[0].payload["status"], "call_hangup");
}

#[test]
fn a_wait_for_keys_that_is_over_does_not_end_the_next_one() {
    let (mut dialogue, leg) = up();
    let press = |digits: &str| crate::numbers::Act::Press { digits: digits.to_owned() };
    let body = json!({ "initial_timeout_millis": 5000 });
    dialogue.commands(&leg, "gather", &body).unwrap();
    dialogue.makes(&leg, press("1#")).unwrap();
    dialogue.after(4000);
    dialogue.commands(&leg, "gather", &body).unwrap();
    dialogue.hears();
    // The first one would have waited until now.
    dialogue.after(1000);
    assert_eq!(dialogue.hears(), [""; 0]);
    dialogue.after(4000);
    assert_eq!(dialogue.events().pop().unwrap().payload["status"], "timeout");
}

#[test]
fn collecting_keys_is_cancelled_by_a_command_or_by_collecting_others() {
    let (mut dialogue, leg) = up();
    let press = |digits: &str| crate::numbers::Act::Press { digits: digits.to_owned() };
    dialogue.commands(&leg, "gather", &json!({})).unwrap();
    dialogue.makes(&leg, press("7")).unwrap();
    dialogue.hears();
    dialogue.commands(&leg, "gather", &json!({})).unwrap();
    let cancelled = dialogue.events().pop().unwrap().payload;
    assert_eq!((&cancelled["digits"], &cancelled["status"]), (&json!("7"), &json!("cancelled")));
    dialogue.commands(&leg, "gather_stop", &json!({})).unwrap();
    assert_eq!(dialogue.events().pop().unwrap().payload["digits"], "");
    dialogue.commands(&leg, "gather_stop", &json!({})).unwrap();
    assert_eq!(dialogue.hears(), [""; 0]);
}

#[test]
fn what_is_told_and_asked_of_a_leg_is_in_its_log() {
    let (mut dialogue, leg) = up();
    dialogue.commands(&leg, "hangup", &json!({})).unwrap();
    let told: Vec<_> =
        dialogue.exchange.log().iter().map(|entry| (entry.kind.name(), entry.name)).collect();
    assert_eq!(
        told,
        [
            ("webhook", "call.initiated"),
            ("command", "dial"),
            ("webhook", "call.answered"),
            ("command", "hangup"),
            ("webhook", "call.hangup"),
        ]
    );
}

#[test]
fn a_call_that_comes_in_is_answered_once() {
    let mut dialogue = Dialogue::ready();
    let leg = dialogue.calls_application("+12025550107");
    dialogue.commands(&leg, "answer", &json!({})).unwrap();
    let record = json!({ "record": "record-from-answer" });
    assert_eq!(refusal(&mut dialogue, &leg, "answer", &record), "90102");
    let cause = json!({ "cause": "USER_BUSY" });
    assert_eq!(refusal(&mut dialogue, &leg, "reject", &cause), "90102");
    assert!(dialogue.exchange.recordings().is_empty());
}

#[test]
fn a_command_that_ended_the_call_may_be_repeated() {
    let (mut dialogue, leg) = up();
    let hangup = json!({ "command_id": "once" });
    let done = dialogue.commands(&leg, "hangup", &hangup).unwrap();
    assert_eq!(dialogue.commands(&leg, "hangup", &hangup).unwrap(), done);
    assert_eq!(refusal(&mut dialogue, &leg, "hangup", &json!({})), "90018");
    dialogue.after(60_001);
    assert_eq!(refusal(&mut dialogue, &leg, "hangup", &hangup), "90018");
}
