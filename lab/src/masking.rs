//! Messages made fit to be shown: secrets masked, long texts shortened.

use serde_json::{Value, json};

/// Fields whose text is nobody's business.
const SECRET: [&str; 6] =
    ["login_token", "token", "passwd", "password", "credential", "sip_password"];

/// A longer text, such as a sound in base64, is shortened to its length.
const LONGEST: usize = 4000;

/// The message as it may be shown. An SDP becomes its size and its media.
pub(crate) fn masked(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), field(name, value))).collect()
        }
        Value::Array(items) => items.iter().map(masked).collect(),
        Value::String(text) if text.len() > LONGEST => json!(format!("({} bytes)", text.len())),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn field(name: &str, value: &Value) -> Value {
    match value {
        Value::String(_) if SECRET.contains(&name) => json!("(masked)"),
        Value::String(sdp) if name == "sdp" => {
            let candidates = sdp.lines().filter(|line| line.starts_with("a=candidate")).count();
            let media: Vec<_> = sdp.lines().filter(|line| line.starts_with("m=")).collect();
            json!(format!("({} bytes, {candidates} candidates) {}", sdp.len(), media.join(" ")))
        }
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => masked(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_and_what_is_long_is_short() {
        let message = json!({ "params": {
            "login_token": "secret",
            "iceServers": [{ "credential": "secret" }],
            "sdp": "v=0\r\nm=audio 9 RTP 0\r\na=candidate:1\r\n",
            "playback_content": "A".repeat(5000),
        }});
        assert_eq!(
            masked(&message),
            json!({ "params": {
                "login_token": "(masked)",
                "iceServers": [{ "credential": "(masked)" }],
                "sdp": "(37 bytes, 1 candidates) m=audio 9 RTP 0",
                "playback_content": "(5000 bytes)",
            }}),
        );
    }
}
