//! Reads `POST /calls` (`CallRequest`) and what `transfer` has in common with it.

use std::time::Duration;

use serde_json::Value;

use super::super::error::ApiError;
use super::fields::Fields;
use crate::exchange::commands::{Callee, Dial, Transfer};
use crate::exchange::leg::Wishes;
use crate::numbers;

/// How long a leg rings if the command does not say.
const RINGS_FOR: Duration = Duration::from_secs(30);

/// How long a leg may be up if the command does not say: 4 hours.
const TIME_LIMIT: Duration = Duration::from_hours(4);

/// Ways to find out whether a machine answered.
const DETECTION: [&str; 6] =
    ["premium", "detect", "detect_beep", "detect_words", "greeting_end", "disabled"];

/// Reads a dial.
pub(super) fn read(fields: &Fields) -> Result<Dial, ApiError> {
    let connection = fields.required("connection_id")?.to_owned();
    let to = destination(fields)?;
    let from = e164(fields, "from")?.ok_or_else(|| ApiError::missing("from"))?;
    let link_to = fields.text("link_to")?.map(str::to_owned);
    let (intends_bridge, joins) = (fields.flag("bridge_intent")?, fields.flag("bridge_on_answer")?);
    let stays = fields.stays()?;
    fields.flag("prevent_double_bridge")?;
    let needs_link = [
        ("bridge_intent", intends_bridge),
        ("bridge_on_answer", joins),
        ("park_after_unbridge", fields.raw("park_after_unbridge").is_some()),
    ];
    if link_to.is_none() && needs_link.iter().any(|(_, asked)| *asked) {
        return Err(ApiError::missing("link_to"));
    }
    fields.choice("supervisor_role", &["barge", "whisper", "monitor"])?;
    Ok(Dial {
        connection,
        command_id: fields.text("command_id")?.map(str::to_owned),
        link_to,
        intends_bridge,
        joins,
        stays,
        callee: callee(fields, to, from, fields.client_state("client_state")?)?,
    })
}

/// Reads a transfer.
pub(super) fn transfer(fields: &Fields) -> Result<Transfer, ApiError> {
    let early_media = match fields.raw("early_media") {
        None => true,
        Some(_) => fields.flag("early_media")?,
    };
    fields.choice("mute_dtmf", &["none", "both", "self", "opposite"])?;
    let to = destination(fields)?;
    let state = fields.client_state("target_leg_client_state")?;
    Ok(Transfer {
        stays: fields.stays()?,
        early_media,
        from: e164(fields, "from")?,
        callee: callee(fields, to, String::new(), state)?,
    })
}

fn callee(
    fields: &Fields,
    to: String,
    from: String,
    client_state: Option<String>,
) -> Result<Callee, ApiError> {
    let caller_name = fields.text("from_display_name")?.unwrap_or_default();
    let length = caller_name.chars().count();
    if length > 128 {
        return Err(ApiError::bad_length("from_display_name", 0, 128, length));
    }
    fields.choice("privacy", &["id", "none"])?;
    fields.choice("sip_transport_protocol", &["UDP", "TCP", "TLS"])?;
    fields.choice("sip_region", &["US", "Europe", "Canada", "Australia", "Middle East"])?;
    let encryption = fields.choice("media_encryption", &["disabled", "SRTP", "DTLS"])?;
    if encryption.is_some_and(|how| how != "disabled") && !to.starts_with("sip") {
        return Err(ApiError::EncryptedToPstn);
    }
    let detection = fields.choice("answering_machine_detection", &DETECTION)?;
    Ok(Callee {
        to,
        from,
        caller_name: caller_name.to_owned(),
        client_state,
        headers: fields.headers()?,
        webhooks: fields.webhooks()?,
        rings_for: fields.seconds("timeout_secs", 5, 600)?.unwrap_or(RINGS_FOR),
        wishes: Wishes {
            record: fields.record()?,
            time_limit: fields.seconds("time_limit_secs", 30, 14_400)?.or(Some(TIME_LIMIT)),
            detect_machine: detection.is_some_and(|how| how != "disabled"),
            digits: fields.digits("send_digits_on_answer")?,
        },
    })
}

/// `to`: a number in +E.164, or a SIP URI. Telnyx takes a list of up to five, too, which ring at once; here a list may
/// have one.
fn destination(fields: &Fields) -> Result<String, ApiError> {
    let to = match fields.raw("to") {
        None => return Err(ApiError::missing("to")),
        Some(Value::String(to)) => to.as_str(),
        Some(Value::Array(list)) => match list.as_slice() {
            [] => return Err(ApiError::missing("to")),
            [Value::String(to)] => to.as_str(),
            [_, ..] => {
                return Err(ApiError::bad_value("to", "The lab rings one destination at a time."));
            }
        },
        Some(other) => return Err(ApiError::bad_type("to", "string", other)),
    };
    if to.is_empty() {
        return Err(ApiError::missing("to"));
    }
    let is_uri = ["sip:", "sips:"].iter().any(|scheme| to.starts_with(scheme));
    if is_uri || numbers::is_e164(to) { Ok(to.to_owned()) } else { Err(ApiError::not_e164("to")) }
}

fn e164(fields: &Fields, name: &str) -> Result<Option<String>, ApiError> {
    match fields.text(name)? {
        Some(number) if !numbers::is_e164(number) => Err(ApiError::not_e164(name)),
        number => Ok(number.map(str::to_owned)),
    }
}
