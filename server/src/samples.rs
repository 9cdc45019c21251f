//! What Telnyx sends, as pinned in `lab/carrier`: our readers have to understand all of it.

use std::path::Path;

use axum::http::StatusCode;

use crate::carrier::samples::{
    read_credential, read_dialled, read_numbers, read_recording, read_recordings, read_refusal,
    read_result, read_status,
};
use crate::config::Ours;
use crate::store::{Said, Way};
use crate::webhook::decode;

const OURS: Ours<'_> = Ours { connection: "1494404757140276705", application: None };

/// Every sample: its file's name without the extension, and its body.
fn samples() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lab/carrier");
    let mut samples = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let name =
            path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let text = std::fs::read(&path).unwrap_or_default();
        let sample: serde_json::Value = serde_json::from_slice(&text).unwrap_or_default();
        samples.push((name, sample["body"].to_string().into_bytes()));
    }
    samples
}

#[test]
fn every_sample_of_what_telnyx_sends_is_understood() {
    let samples = samples();
    assert!(samples.len() >= 12, "the samples are not where they were");
    for (name, body) in samples {
        let understood = match name.as_str() {
            "call.command" | "call.answer" => read_result(&body),
            "call.dial" => read_dialled(&body),
            "phone_numbers.list" => read_numbers(&body),
            // Nothing here asks for what only an account's owner changes.
            "active_calls"
            | "call_event"
            | "recordings.delete"
            | "call_control_application"
            | "credential_connection"
            | "error.credential_expired"
            | "outbound_voice_profile"
            | "phone_number"
            | "phone_number.voice"
            | "registration_status"
            | "webhook_delivery" => true,
            "call.status" => read_status(&body),
            "recording" => read_recording(&body),
            "recordings.list" => read_recordings(&body),
            "telephony_credential" => read_credential(&body),
            name if name.starts_with("error.") => {
                read_refusal(StatusCode::UNPROCESSABLE_ENTITY, &body)
            }
            // Nothing is kept of these; they must not be mistaken for something else.
            "call.cost"
            | "call.dtmf.received"
            | "call.gather.ended"
            | "call.hold"
            | "call.machine.detection.ended"
            | "call.playback.ended"
            | "call.playback.started"
            | "call.speak.ended"
            | "call.speak.started"
            | "call.unhold" => decode(&body, OURS).is_ok_and(|webhook| {
                !matches!(webhook.said, Said::Fact(_)) && webhook.event_type == name
            }),
            "call.initiated.parked" | "call.initiated.incoming" | "call.hangup.measured" => {
                decode(&body, OURS).is_ok_and(|webhook| matches!(webhook.said, Said::Fact(_)))
            }
            name if name.starts_with("call.") => decode(&body, OURS).is_ok_and(|webhook| {
                matches!(webhook.said, Said::Fact(_)) && webhook.event_type == name
            }),
            _ => false,
        };
        assert!(understood, "{name}: {}", String::from_utf8_lossy(&body));
    }
}

#[test]
fn whom_a_call_that_comes_in_is_for_is_read_from_both_of_its_addresses() {
    let samples = samples();
    let body = samples.iter().find(|(name, _)| name == "call.initiated.incoming");
    let said = body.and_then(|(_, body)| decode(body, OURS).ok()).map(|webhook| webhook.said);
    let read = match said {
        Some(Said::Fact(of_leg)) => Some((of_leg.called, of_leg.way)),
        Some(Said::Nothing | Said::OfAnotherConnection | Said::News(..)) | None => None,
    };
    let user = || "gencredTv3UPzQnKiLhPtSyPeoWkrsW".to_owned();
    let way = Way::Incoming { from: "+12025550100".to_owned() };
    assert_eq!(read, Some((vec![user(), user()], way)));
}
