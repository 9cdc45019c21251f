//! What each built-in number does: one dialogue a number, in their order.

#![allow(clippy::unwrap_used, reason = "a dialogue that breaks is a failed test")]

use std::time::Duration;

use serde_json::json;

use super::super::Input;
use super::super::dialogue::{CALL, Dialogue};
use super::super::io::{Codec, Event, Fate, Faults, NoAudio, Order, Way};
use super::super::recordings::Progress;
use crate::numbers::{Behaviour, Program};
use crate::switches::ProfileRecordingWebhook;

/// Dials the number of the lab that ends so. Profile recordings are announced.
fn dialled(line: &str) -> Dialogue {
    let mut dialogue = Dialogue::ready();
    dialogue.exchange.switches.profile_recording_webhook = ProfileRecordingWebhook::Sent;
    dialogue.dials(&format!("+1202555{line}"));
    dialogue
}

/// A call to the number that was answered after 1.5 s.
fn answered(line: &str) -> Dialogue {
    let mut dialogue = dialled(line);
    dialogue.after(1499);
    assert_eq!(dialogue.stage(), "ringing", "{line}");
    dialogue.after(1);
    assert_eq!(dialogue.stage(), "answered", "{line}");
    dialogue
}

/// What the person at the far end says.
fn program(dialogue: &Dialogue) -> Option<Program> {
    let far = dialogue.exchange.partner(CALL).unwrap().key.clone();
    dialogue.orders(&far).into_iter().find_map(|order| {
        let Order::Act { program, .. } = order else { return None };
        Some(program)
    })
}

/// What is wrong with the browser's network, by the last order about it.
fn faults(dialogue: &Dialogue) -> Option<Faults> {
    dialogue.orders(CALL).into_iter().rev().find_map(|order| {
        let Order::Faults(faults) = order else { return None };
        Some(faults)
    })
}

/// The call is hung up, and its webhooks are all out. Returns them.
fn told(mut dialogue: Dialogue) -> Vec<Event> {
    dialogue.hangs_up();
    dialogue.after(60_000);
    dialogue.events()
}

#[test]
fn number_0100_answers_and_speaks() {
    assert_eq!(program(&answered("0100")), Some(Program::Prompt));
}

#[test]
fn number_0101_echoes() {
    assert_eq!(program(&answered("0101")), Some(Program::Echo));
}

#[test]
fn number_0102_is_busy_without_having_rung() {
    let mut dialogue = dialled("0102");
    assert_eq!(dialogue.stage(), "new");
    dialogue.after(300);
    assert_eq!(dialogue.last_bye()["cause"], "USER_BUSY");
    assert!(!dialogue.hears().contains(&"ringing".to_owned()));
}

#[test]
fn number_0103_rings_for_half_a_minute_for_nothing() {
    let mut dialogue = dialled("0103");
    dialogue.after(29_999);
    assert_eq!(dialogue.stage(), "ringing");
    dialogue.after(1);
    assert_eq!(dialogue.last_bye()["sipCode"], 480);
}

#[test]
fn number_0104_declines_after_two_seconds() {
    let mut dialogue = dialled("0104");
    dialogue.after(2000);
    assert_eq!(dialogue.last_bye()["sipCode"], 603);
}

#[test]
fn number_0105_hangs_up_after_five_seconds() {
    let mut dialogue = answered("0105");
    dialogue.after(5000);
    assert_eq!(dialogue.events().pop().unwrap().payload["hangup_source"], "callee");
}

#[test]
fn the_recording_of_0106_comes_after_twenty_seconds() {
    let mut dialogue = answered("0106");
    dialogue.hangs_up();
    dialogue.hears();
    dialogue.after(19_999);
    assert_eq!(dialogue.hears(), [""; 0]);
    dialogue.after(1);
    assert_eq!(dialogue.event_types(), ["call.recording.saved"]);
}

#[test]
fn number_0107_is_a_tone() {
    assert_eq!(program(&answered("0107")), Some(Program::Tone));
}

#[test]
fn number_0108_rings_for_ever() {
    let mut dialogue = dialled("0108");
    dialogue.after(3_600_000);
    assert_eq!(dialogue.stage(), "ringing");
}

#[test]
fn every_webhook_of_0109_is_lost() {
    let events = told(answered("0109"));
    assert_eq!(events.len(), 5);
    assert!(events.iter().all(|event| event.treatment.fate == Fate::Lose));
}

#[test]
fn number_0110_answers_after_twenty_seconds() {
    let mut dialogue = dialled("0110");
    dialogue.after(19_999);
    assert_eq!(dialogue.stage(), "ringing");
    dialogue.after(1);
    assert_eq!(dialogue.stage(), "answered");
}

#[test]
fn number_0111_is_heard_before_it_answers() {
    let mut dialogue = dialled("0111");
    dialogue.hears();
    dialogue.after(1000);
    assert_eq!(dialogue.last("telnyx_rtc.media")["sdp"], "answer");
    assert_eq!(program(&dialogue), Some(Program::Tone));
    assert_eq!(dialogue.hears(), ["far: act", "media", "media: hear"]);
    dialogue.after(4000);
    // The SDP has been sent; a second one the SDK would ignore.
    assert!(dialogue.last("telnyx_rtc.answer").get("sdp").is_none());
    assert_eq!(
        dialogue.hears(),
        ["answer", "media: hear", "far: hear", "media: record", "call.answered", "call.bridged"]
    );
}

#[test]
fn number_0112_is_silent_for_ten_seconds_before_it_rings() {
    let mut dialogue = dialled("0112");
    dialogue.hears();
    dialogue.after(9999);
    assert_eq!(dialogue.hears(), [""; 0]);
    dialogue.after(1);
    assert_eq!(dialogue.hears(), ["ringing"]);
    dialogue.after(1500);
    assert_eq!(dialogue.stage(), "answered");
}

#[test]
fn the_answer_of_0113_overtakes_the_reply_to_invite() {
    let mut dialogue = dialled("0113");
    dialogue.after(1500);
    let heard = dialogue.hears();
    assert!(heard.contains(&"answer".to_owned()) && !heard.contains(&"result".to_owned()));
    dialogue.after(300);
    assert_eq!(dialogue.hears(), ["result"]);
}

#[test]
fn no_datagram_of_0114_passes_until_five_seconds_after_the_answer() {
    let mut dialogue = answered("0114");
    assert!(faults(&dialogue).unwrap().dead);
    dialogue.after(4999);
    assert!(faults(&dialogue).unwrap().dead);
    dialogue.after(1);
    assert_eq!(faults(&dialogue), Some(Faults::default()));
}

#[test]
fn nothing_the_agent_says_reaches_0115() {
    let found = faults(&answered("0115")).unwrap();
    assert!(found.from_end.stopped && !found.to_end.stopped && !found.dead);
}

#[test]
fn the_agent_hears_nothing_of_0116() {
    let found = faults(&answered("0116")).unwrap();
    assert!(found.to_end.stopped && !found.from_end.stopped && !found.dead);
}

#[test]
fn number_0117_hangs_up_while_it_rings() {
    let mut dialogue = dialled("0117");
    dialogue.after(2999);
    assert_eq!(dialogue.stage(), "ringing");
    dialogue.after(1);
    let bye = dialogue.last_bye();
    assert_eq!((&bye["cause"], &bye["sipCode"]), (&json!("NORMAL_CLEARING"), &json!(480)));
    assert_eq!(dialogue.events().pop().unwrap().payload["hangup_cause"], "normal_clearing");
}

#[test]
fn the_recording_of_0118_never_comes() {
    let mut dialogue = answered("0118");
    dialogue.hangs_up();
    dialogue.hears();
    dialogue.after(3_600_000);
    assert!(dialogue.events().is_empty());
    assert_eq!(dialogue.exchange.recordings()[0].progress, Progress::Failed);
}

#[test]
fn the_recording_of_0119_fails() {
    let events = told(answered("0119"));
    assert_eq!(events.last().unwrap().kind, "call.recording.error");
}

#[test]
fn every_webhook_of_0120_comes_twice() {
    let events = told(answered("0120"));
    assert!(events.len() == 5 && events.iter().all(|event| event.treatment.copies == 2));
}

#[test]
fn the_webhooks_of_0121_come_in_reverse() {
    let events = told(answered("0121"));
    assert!(events.len() == 5 && events.iter().all(|event| event.treatment.reversed));
}

#[test]
fn every_webhook_of_0122_is_eight_seconds_late() {
    let events = told(answered("0122"));
    let late = |event: &Event| event.treatment.delay == Duration::from_secs(8);
    assert!(events.len() == 5 && events.iter().all(late));
}

#[test]
fn the_socket_drops_three_seconds_into_a_call_to_0123() {
    let mut dialogue = answered("0123");
    dialogue.hears();
    dialogue.after(3000);
    assert_eq!(dialogue.hears(), ["drop"]);
    assert_eq!(dialogue.stage(), "answered");
}

#[test]
fn the_gateway_punts_the_browser_that_calls_0124() {
    let mut dialogue = answered("0124");
    dialogue.after(3000);
    assert_eq!(dialogue.last("telnyx_rtc.punt"), json!({}));
}

#[test]
fn a_third_of_the_packets_of_0125_is_lost() {
    let found = faults(&answered("0125")).unwrap();
    let lossy = Way { loss_percent: 30, ..Way::default() };
    assert_eq!((found.to_end, found.from_end), (lossy, lossy));
}

#[test]
fn number_0126_speaks_opus_and_cannot_be_recorded() {
    let mut dialogue = answered("0126");
    let opens = |order: &Order| matches!(order, Order::Open { codec: Codec::Opus, .. });
    assert!(dialogue.orders(CALL).iter().any(opens));
    let answered = dialogue.exchange.log().iter().find(|entry| entry.name == "call.answered");
    assert_eq!(answered.unwrap().metadata["payload"]["codec"], "OPUS");
    dialogue.asks("telnyx_rtc.bye", json!({}));
    let recording = dialogue.exchange.recordings()[0].id.clone();
    let audio = Err(NoAudio::Opus);
    dialogue.feed(Input::Recorded { leg: CALL.to_owned(), recording, audio });
    assert_eq!(dialogue.events().pop().unwrap().kind, "call.recording.error");
}

#[test]
fn number_0127_is_a_machine() {
    let dialogue = answered("0127");
    assert!(dialogue.exchange.partner(CALL).unwrap().person().unwrap().behaviour.machine);
    // That a dial is told so is in `dialling.rs`.
    assert_eq!(program(&dialogue), Some(Program::Prompt));
}

#[test]
fn number_0128_says_twice_that_it_has_hung_up() {
    let mut dialogue = answered("0128");
    dialogue.hears();
    dialogue.after(3000);
    assert_eq!(dialogue.hears(), ["far: end", "bye", "media: end", "call.hangup"]);
    dialogue.after(300);
    assert_eq!(dialogue.last_bye()["callID"], CALL);
    assert_eq!(dialogue.hears(), ["bye"]);
}

#[test]
fn the_name_of_0129_comes_after_a_second() {
    let mut dialogue = answered("0129");
    dialogue.after(1000);
    let display = dialogue.last("telnyx_rtc.display");
    assert_eq!((&display["callID"], &display["display_name"]), (&json!(CALL), &json!("Ada")));
}

#[test]
fn number_0130_presses_keys() {
    let mut dialogue = answered("0130");
    dialogue.after(1000);
    assert_eq!(dialogue.last("telnyx_rtc.info")["dtmf"], "#");
    assert_eq!(dialogue.exchange.leg(CALL).unwrap().dtmf_played, "12#");
}

#[test]
fn any_other_number_does_not_exist() {
    for number in ["+12025550199", "+12025559999", "+34911234567", "nonsense"] {
        let mut dialogue = Dialogue::ready();
        dialogue.dials(number);
        dialogue.after(200);
        assert_eq!(dialogue.last_bye()["sipCode"], 404, "{number}");
    }
}

#[test]
fn a_number_that_calls_does_what_it_would_after_its_answer() {
    let mut dialogue = Dialogue::ready();
    let call = dialogue.is_called_by("+12025550105");
    dialogue.asks("telnyx_rtc.answer", json!({ "sdp": "answer" }));
    dialogue.after(5000);
    assert_eq!(dialogue.stage_of(&call), "ended");

    // One that is busy when it is called can call all the same.
    let call = dialogue.is_called_by("+12025550102");
    dialogue.after(29_999);
    assert_eq!(dialogue.stage_of(&call), "ringing");
}

#[test]
fn a_number_can_be_told_what_to_do_in_json() {
    let told: Behaviour = serde_json::from_value(json!({
        "program": "silence",
        "steps": [
            { "after": "invite", "ms": 100, "do": "answer" },
            { "after": "answer", "ms": 200, "do": { "say": "tone" } },
            { "after": "answer", "ms": 300, "do": { "faults": { "to_end": { "delay_ms": 250 } } } },
            { "after": "answer", "ms": 400, "do": { "punt": "current" } },
            { "after": "answer", "ms": 500, "do": "hang_up" },
        ],
        "recording": { "after_ms": 10 },
    }))
    .unwrap();
    let mut dialogue = Dialogue::ready();
    dialogue.exchange.numbers.set("+34911234567".to_owned(), told);
    dialogue.dials("+34 911 234 567");
    dialogue.after(100);
    assert_eq!(program(&dialogue), Some(Program::Silence));
    dialogue.hears();
    dialogue.after(200);
    assert_eq!(program(&dialogue), Some(Program::Tone));
    dialogue.after(100);
    assert_eq!(faults(&dialogue).unwrap().to_end.delay, Duration::from_millis(250));
    dialogue.after(100);
    assert_eq!(dialogue.last("telnyx_rtc.punt")["callID"], CALL);
    dialogue.after(100);
    assert_eq!(dialogue.stage(), "ended");
}

#[test]
fn a_clock_that_jumps_tells_the_same_story_as_one_that_runs() {
    let story = |steps: &[u64]| {
        let mut dialogue = dialled("0128");
        for step in steps {
            dialogue.after(*step);
        }
        let said = |event: Event| (event.kind, event.occurred_at.iso(), event.payload);
        dialogue.events().into_iter().map(said).collect::<Vec<_>>()
    };
    assert_eq!(story(&[10_000]), story(&[100; 100]));
}

#[test]
fn the_same_seed_and_dialogue_give_the_same_messages() {
    let story = || {
        let mut dialogue = dialled("0128");
        dialogue.after(10_000);
        format!("{:?}", dialogue.taken())
    };
    let once = story();
    assert!(once.contains("telnyx_rtc.bye"));
    assert_eq!(once, story());
}
