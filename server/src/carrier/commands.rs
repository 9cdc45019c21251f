//! Telnyx's Call Control commands: what a leg can be told.

use std::path::Path;

use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::json;

use super::{Carrier, CarrierError, CommandResult, accepted, data, quote, send};

/// `POST /v2/calls` (schema `CallRequest`), as far as we say anything.
#[derive(Debug)]
pub(crate) struct Dial<'a> {
    /// The Call Control application.
    pub(crate) application: &'a str,
    /// A number in E.164 form, or a SIP URI.
    pub(crate) to: &'a str,
    /// The number to show.
    pub(crate) from: &'a str,
    /// The `call_control_id` of the leg whose session it joins.
    pub(crate) link_to: Option<&'a str>,
    /// Whether it is recorded from its answer on, each side on a channel of its own.
    pub(crate) recorded: bool,
    /// What the INVITE carries beside the usual: `X-…`, name and value.
    pub(crate) header: Option<(&'a str, &'a str)>,
    /// Comes back with each event of the leg; base64.
    pub(crate) client_state: &'a str,
    /// How long it may ring, in seconds.
    pub(crate) timeout_secs: u64,
    pub(crate) command_id: &'a str,
}

/// What a dial is answered with (schema `CallWithRecordingId`). One that repeats a `command_id` may be answered with
/// less: that is not documented.
#[derive(Deserialize)]
struct Dialled {
    #[serde(default)]
    call_control_id: Option<String>,
}

impl Carrier {
    /// Calls somebody. Returns the new leg's `call_control_id`, if Telnyx says one.
    pub(crate) async fn dial(&self, dial: &Dial<'_>) -> Result<Option<String>, CarrierError> {
        let mut body = json!({
            "connection_id": dial.application,
            "to": dial.to,
            "from": dial.from,
            "client_state": dial.client_state,
            "command_id": dial.command_id,
            "timeout_secs": dial.timeout_secs,
        });
        if dial.recorded {
            body["record"] = "record-from-answer".into();
            body["record_channels"] = "dual".into();
            body["record_format"] = "wav".into();
        }
        if let Some((name, value)) = dial.header {
            body["custom_headers"] = json!([{ "name": name, "value": value }]);
        }
        if let Some(leg) = dial.link_to {
            body["link_to"] = leg.into();
        }
        let request = self.request(Method::POST, &["calls"]).json(&body);
        let answer = accepted(send(request).await?).await?;
        Ok(data::<Dialled>(answer).await?.call_control_id)
    }

    /// Answers a leg that waits.
    pub(crate) async fn answer(
        &self,
        call_control_id: &str,
        client_state: &str,
        command_id: &str,
    ) -> Result<(), CarrierError> {
        let body = json!({ "client_state": client_state, "command_id": command_id });
        self.command(call_control_id, "answer", &body).await
    }

    /// Lets two legs hear each other. One that is to stay does so when the other one ends or is bridged with a third.
    pub(crate) async fn bridge(
        &self,
        call_control_id: &str,
        with: &str,
        stays: bool,
        command_id: &str,
    ) -> Result<(), CarrierError> {
        let mut body = json!({ "call_control_id": with, "command_id": command_id });
        if stays {
            body["park_after_unbridge"] = "self".into();
        }
        self.command(call_control_id, "bridge", &body).await
    }

    /// Has a text spoken to a leg, by one of Telnyx's voices.
    pub(crate) async fn speak(
        &self,
        call_control_id: &str,
        text: &str,
        voice: &str,
        command_id: &str,
    ) -> Result<(), CarrierError> {
        let body = json!({ "payload": text, "voice": voice, "command_id": command_id });
        self.command(call_control_id, "speak", &body).await
    }

    /// Has a sound played to a leg, once or for ever: WAV if its address ends so, else MP3.
    pub(crate) async fn play(
        &self,
        call_control_id: &str,
        sound: &Url,
        for_ever: bool,
        command_id: &str,
    ) -> Result<(), CarrierError> {
        let extension = Path::new(sound.path()).extension();
        let wav = extension.is_some_and(|extension| extension.eq_ignore_ascii_case("wav"));
        let kind = if wav { "wav" } else { "mp3" };
        let mut body =
            json!({ "audio_url": sound.as_str(), "audio_type": kind, "command_id": command_id });
        if for_ever {
            body["loop"] = "infinity".into();
        }
        self.command(call_control_id, "playback_start", &body).await
    }

    /// Ends all that is played to a leg.
    pub(crate) async fn stop_playing(
        &self,
        call_control_id: &str,
        command_id: &str,
    ) -> Result<(), CarrierError> {
        let body = json!({ "stop": "all", "command_id": command_id });
        self.command(call_control_id, "playback_stop", &body).await
    }

    /// Pauses the recording of a leg, or goes on with it.
    pub(crate) async fn record(
        &self,
        call_control_id: &str,
        paused: bool,
        command_id: &str,
    ) -> Result<(), CarrierError> {
        let action = if paused { "record_pause" } else { "record_resume" };
        let body = json!({ "command_id": command_id });
        match self.command(call_control_id, action, &body).await {
            // Telnyx's advice for commands: repeat at once, under the same id.
            Err(CarrierError::Unreachable(_)) => self.command(call_control_id, action, &body).await,
            other => other,
        }
    }

    async fn command(
        &self,
        call_control_id: &str,
        action: &str,
        body: &serde_json::Value,
    ) -> Result<(), CarrierError> {
        let path = ["calls", call_control_id, "actions", action];
        let request = self.request(Method::POST, &path).json(body);
        let answer = accepted(send(request).await?).await?;
        match data::<CommandResult>(answer).await?.result.as_str() {
            "ok" => Ok(()),
            other => {
                Err(CarrierError::Undecodable(format!("to {action} it said {}", quote(other))))
            }
        }
    }
}

/// Whether a sample of what Telnyx answers to a dial is understood.
#[cfg(test)]
pub(crate) fn read_dialled(body: &[u8]) -> bool {
    super::decode::<Dialled>(body).is_ok_and(|read| read.call_control_id.is_some())
}
