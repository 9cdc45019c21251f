//! Legs as the control API shows them.

use serde_json::{Value, json};

use crate::clock::Moment;
use crate::exchange::leg::{Control, End, Leg, Tie};
use crate::exchange::recordings::{Progress, Recording};
use crate::exchange::{Exchange, Heard};

/// A leg with a browser, as `/lab/calls` shows it: the call, seen from there.
pub(super) fn call(exchange: &Exchange, leg: &Leg) -> Value {
    let (ended_at, ending) = leg.ended().unzip();
    json!({
        "call_id": leg.key,
        "call_control_id": leg.ids.control,
        "call_session_id": leg.ids.session,
        "call_leg_id": leg.ids.leg,
        "direction": leg.direction.name(),
        "user": leg.browser().map(|browser| &browser.user),
        "from": leg.from,
        "to": leg.to,
        "state": leg.stage().name(),
        "parked": leg.is_controlled() && leg.tie == Tie::Alone,
        "partner": leg.partner(),
        "hangup_cause": ending.map(|ending| ending.cause.webhook()),
        "hangup_source": ending.map(|ending| ending.by.webhook()),
        "sip_code": ending.map(|ending| ending.cause.sip().0),
        "heard": heard(&leg.heard),
        "hears": heard(&leg.hears),
        "dtmf": leg.dtmf,
        "dtmf_played": leg.dtmf_played,
        "recording": recording_of(exchange, leg),
        "client_state": leg.sdk_client_state.as_ref().or(leg.client_state.as_ref()),
        "custom_headers": leg.headers.given,
        "times": {
            "invited": leg.invited_at.iso(),
            "answered": leg.answered_at().map(Moment::iso),
            "ended": ended_at.map(Moment::iso),
        },
    })
}

/// Any leg, as `/lab/legs` shows it.
pub(super) fn leg(exchange: &Exchange, leg: &Leg) -> Value {
    let mut shown = call(exchange, leg);
    shown["leg"] = json!(leg.key);
    shown["end"] = json!(match leg.end {
        End::Browser(_) => "browser",
        End::Person(_) => "person",
    });
    shown["last_partner"] = json!(leg.last_partner);
    shown["connection_id"] = json!(leg.announced().map(|announced| &announced.connection));
    shown["commanded_by_rest"] =
        json!(leg.announced().is_some_and(|announced| announced.control == Control::Rest));
    shown["recordings"] = exchange
        .recordings()
        .iter()
        .filter(|recording| recording.leg == leg.key)
        .map(|recording| {
            json!({
                "id": recording.id,
                "state": word(recording),
                "initiated_by": recording.origin.name(),
                "channels": recording.shape.channels,
                "format": recording.shape.format,
                "started_at": recording.started_at.iso(),
                "duration_millis": millis(&recording.progress),
            })
        })
        .collect();
    shown
}

fn heard(heard: &Heard) -> Value {
    json!({
        "packets": heard.packets,
        "late": heard.late,
        "level": heard.level,
        "frequency_hz": heard.frequency_hz,
        "recent_level": heard.recent_level,
        "recent_frequency_hz": heard.recent_frequency_hz,
        "loudest_level": heard.loudest_level,
        "loudest_frequency_hz": heard.loudest_frequency_hz,
    })
}

/// The call's latest recording, whichever of its two legs was recorded.
fn recording_of(exchange: &Exchange, leg: &Leg) -> Value {
    let partner = leg.partner().or(leg.last_partner.as_ref());
    let of = |key: &str| exchange.recordings().iter().rev().find(|found| found.leg == key);
    match of(&leg.key).or_else(|| partner.and_then(|partner| of(partner))) {
        None => json!({ "state": "none", "id": null }),
        Some(recording) => match &recording.progress {
            Progress::Saved { audio, at, .. } => json!({
                "state": "saved",
                "id": recording.id,
                "duration_millis": audio.millis,
                "saved_at": at.iso(),
            }),
            Progress::Running { .. }
            | Progress::Collecting { .. }
            | Progress::Processing { .. }
            | Progress::Failed => json!({ "state": word(recording), "id": null }),
        },
    }
}

fn word(recording: &Recording) -> &'static str {
    match recording.progress {
        Progress::Running { paused: false } => "recording",
        Progress::Running { paused: true } => "paused",
        Progress::Collecting { .. } | Progress::Processing { .. } => "processing",
        Progress::Saved { .. } => "saved",
        Progress::Failed => "failed",
    }
}

/// How long a recording is; unknown while it is being made.
fn millis(progress: &Progress) -> Option<u64> {
    match progress {
        Progress::Processing { audio, .. } | Progress::Saved { audio, .. } => Some(audio.millis),
        Progress::Running { .. } | Progress::Collecting { .. } | Progress::Failed => None,
    }
}
