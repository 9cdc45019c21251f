//! Reads what a leg is told to do: `POST /calls/{id}/actions/{action}`.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::super::error::ApiError;
use super::dial;
use super::fields::{Fields, shape};
use crate::exchange::commands::{Bridge, Command, Request, Target};
use crate::exchange::gathering;
use crate::exchange::io::{Clip, Times};
use crate::exchange::playing::{Named, Sound, Source, Stop, What};
use crate::exchange::recordings::{Origin, Wanted};
use crate::numbers::Refusal;
use crate::sound;

/// Reads the command of this name.
pub(super) fn read(action: &str, fields: &Fields) -> Result<Request, ApiError> {
    let recording =
        || -> Result<_, ApiError> { Ok(fields.text("recording_id")?.map(str::to_owned)) };
    let command = match action {
        "answer" => Command::Answer { record: fields.record()?, webhooks: fields.webhooks()? },
        "hangup" => {
            fields.headers()?;
            Command::Hangup
        }
        "reject" => match fields.required_choice("cause", &["CALL_REJECTED", "USER_BUSY"])? {
            "USER_BUSY" => Command::Reject(Refusal::Busy),
            _ => Command::Reject(Refusal::Rejected),
        },
        "bridge" => Command::Bridge(bridge(fields)?),
        "transfer" => Command::Transfer(Box::new(dial::transfer(fields)?)),
        "record_start" => Command::RecordStart(record_start(fields)?),
        "record_stop" => Command::RecordStop { recording: recording()? },
        "record_pause" => Command::RecordPause { recording: recording()? },
        "record_resume" => Command::RecordResume { recording: recording()? },
        "send_dtmf" => {
            let digits = fields.digits("digits")?.ok_or_else(|| ApiError::missing("digits"))?;
            fields.whole("duration_millis", 100, 500)?;
            Command::SendDtmf { digits }
        }
        "speak" => speak(fields)?,
        "playback_start" => playback_start(fields)?,
        "playback_stop" => Command::StopPlaying(stop(fields)?.unwrap_or(Stop::All)),
        "gather" => Command::Gather(gather(fields)?),
        "gather_stop" => Command::StopGathering,
        _ => return Err(ApiError::NotFound),
    };
    Ok(Request {
        client_state: fields.client_state("client_state")?,
        command_id: fields.text("command_id")?.map(str::to_owned),
        command,
    })
}

/// Reads `client_state_update`.
pub(super) fn client_state_update(fields: &Fields) -> Result<Request, ApiError> {
    fields.required("client_state")?;
    Ok(Request {
        client_state: fields.client_state("client_state")?,
        command_id: None,
        command: Command::UpdateClientState,
    })
}

fn bridge(fields: &Fields) -> Result<Bridge, ApiError> {
    fields.choice("mute_dtmf", &["none", "both", "self", "opposite"])?;
    fields.flag("play_ringtone")?;
    Ok(Bridge {
        with: fields.required("call_control_id")?.to_owned(),
        stays: fields.stays()?,
        prevent_double: fields.flag("prevent_double_bridge")?,
        record: fields.record()?,
    })
}

fn record_start(fields: &Fields) -> Result<Wanted, ApiError> {
    let format = fields.required_choice("format", &["wav", "mp3"])?;
    let channels = fields.required_choice("channels", &["single", "dual"])?;
    fields.choice("recording_track", &["both", "inbound", "outbound"])?;
    fields.choice("trim", &["trim-silence"])?;
    fields.file_name("custom_file_name")?;
    Ok(Wanted {
        origin: Origin::Command,
        shape: shape(channels, format, fields.flag("play_beep")?),
        longest: fields.longest("max_length")?,
    })
}

fn speak(fields: &Fields) -> Result<Command, ApiError> {
    let payload = fields.required("payload")?;
    let length = payload.chars().count();
    if length > 3000 {
        return Err(ApiError::bad_length("payload", 1, 3000, length));
    }
    fields.required("voice")?;
    fields.choice("service_level", &["basic", "premium"])?;
    let ssml = fields.choice("payload_type", &["text", "ssml"])? == Some("ssml");
    let text = if ssml { without_tags(payload) } else { payload.to_owned() };
    played(What::Speech, Source::Here(Clip::Speech { text }), fields)
}

fn playback_start(fields: &Fields) -> Result<Command, ApiError> {
    fields.choice("audio_type", &["mp3", "wav"])?;
    fields.flag("overlay")?;
    if let Some(url) = fields.url("audio_url")? {
        return played(What::Audio(Named::Url(url.clone())), Source::At(url), fields);
    }
    if let Some(name) = fields.text("media_name")? {
        // The lab has no store of media; what is heard shows that something is played.
        let what = What::Audio(Named::Name(name.to_owned()));
        return played(what, Source::Here(Clip::Beep), fields);
    }
    let content = fields.text("playback_content")?.ok_or_else(|| ApiError::missing("audio_url"))?;
    let bad = |problem: String| ApiError::bad_value("playback_content", problem);
    let file = STANDARD.decode(content).map_err(|error| bad(error.to_string()))?;
    let samples = sound::read(&file).map_err(|error| bad(error.to_string()))?;
    played(What::Audio(Named::Nothing), Source::Here(Clip::Wave { samples }), fields)
}

/// What `speak` and `playback_start` have in common.
fn played(what: What, source: Source, fields: &Fields) -> Result<Command, ApiError> {
    let sound = Sound { what, source, times: times(fields)? };
    Ok(Command::Play { sound, target: target(fields)?, instead_of: stop(fields)? })
}

fn stop(fields: &Fields) -> Result<Option<Stop>, ApiError> {
    Ok(fields.choice("stop", &["current", "all"])?.map(|word| match word {
        "current" => Stop::Current,
        _ => Stop::All,
    }))
}

fn gather(fields: &Fields) -> Result<gathering::Wish, ApiError> {
    let count = |name, default| -> Result<usize, ApiError> {
        let asked = fields.whole(name, 1, 128)?;
        Ok(asked.and_then(|count| usize::try_from(count).ok()).unwrap_or(default))
    };
    let wait = |name, default| -> Result<Duration, ApiError> {
        Ok(fields.millis(name, 1, 600_000)?.unwrap_or(Duration::from_millis(default)))
    };
    fields.millis("timeout_millis", 1, 600_000)?;
    Ok(gathering::Wish {
        least: count("minimum_digits", 1)?,
        most: count("maximum_digits", 128)?,
        ends_with: fields
            .text("terminating_digit")?
            .and_then(|key| key.chars().next())
            .unwrap_or('#'),
        valid: fields.text("valid_digits")?.unwrap_or("0123456789#*").to_owned(),
        first_within: wait("initial_timeout_millis", 5000)?,
        next_within: wait("inter_digit_timeout_millis", 5000)?,
    })
}

/// `loop`: a count, or `infinity`.
fn times(fields: &Fields) -> Result<Times, ApiError> {
    match fields.raw("loop") {
        None => Ok(Times::Once),
        Some(Value::String(word)) if word == "infinity" => Ok(Times::ForEver),
        Some(Value::String(word)) => match word.parse() {
            Ok(count) => Ok(Times::Times(count)),
            Err(_) => Err(ApiError::bad_enum("loop", &["infinity"])),
        },
        Some(_) => {
            let count = fields.whole("loop", 1, i64::from(u32::MAX))?.unwrap_or(1);
            Ok(Times::Times(u32::try_from(count).unwrap_or(1)))
        }
    }
}

fn target(fields: &Fields) -> Result<Target, ApiError> {
    Ok(match fields.choice("target_legs", &["self", "opposite", "both"])? {
        Some("opposite") => Target::Opposite,
        Some("both") => Target::Both,
        Some(_) | None => Target::Own,
    })
}

/// What is left to say of SSML.
fn without_tags(ssml: &str) -> String {
    let mut inside = false;
    ssml.chars()
        .filter(|letter| {
            let tag = inside || *letter == '<';
            inside = tag && *letter != '>';
            !tag
        })
        .collect()
}
