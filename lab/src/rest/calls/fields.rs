//! Reads a command's body field by field, and refuses it in Telnyx's words.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::super::error::ApiError;
use crate::exchange::io::{Channels, Format, Shape};
use crate::exchange::leg::{Headers, Stays};
use crate::exchange::recordings::{Origin, Wanted};

/// The body of a request.
#[derive(Debug)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// Reads a body; an empty one has no fields.
    pub(super) fn read(body: &[u8]) -> Result<Self, ApiError> {
        if body.is_empty() {
            return Ok(Self(Map::new()));
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            Ok(_) | Err(_) => Err(ApiError::Malformed),
        }
    }

    /// A field as it came; `null` is as good as none.
    pub(super) fn raw(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A text.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, ApiError> {
        match self.raw(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(ApiError::bad_type(name, "string", other)),
        }
    }

    /// A text that has to be there and say something.
    pub(super) fn required(&self, name: &str) -> Result<&str, ApiError> {
        self.text(name)?.filter(|text| !text.is_empty()).ok_or_else(|| ApiError::missing(name))
    }

    /// One of these words.
    pub(super) fn choice(&self, name: &str, words: &[&str]) -> Result<Option<&str>, ApiError> {
        match self.text(name)? {
            Some(word) if !words.contains(&word) => Err(ApiError::bad_enum(name, words)),
            found => Ok(found),
        }
    }

    /// One of these words, which has to be there.
    pub(super) fn required_choice(&self, name: &str, words: &[&str]) -> Result<&str, ApiError> {
        self.choice(name, words)?.ok_or_else(|| ApiError::missing(name))
    }

    /// Whether something is wanted; not, if nothing is said.
    pub(super) fn flag(&self, name: &str) -> Result<bool, ApiError> {
        match self.raw(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => Err(ApiError::bad_type(name, "boolean", other)),
        }
    }

    /// A whole number from `least` to `most`.
    pub(super) fn whole(&self, name: &str, least: i64, most: i64) -> Result<Option<i64>, ApiError> {
        match self.raw(name) {
            None => Ok(None),
            Some(Value::Number(number)) => match number.as_i64() {
                Some(number) if (least..=most).contains(&number) => Ok(Some(number)),
                Some(_) | None => Err(ApiError::out_of_range(name, least, most)),
            },
            Some(other) => Err(ApiError::bad_type(name, "integer", other)),
        }
    }

    /// Seconds from `least` to `most`.
    pub(super) fn seconds(
        &self,
        name: &str,
        least: i64,
        most: i64,
    ) -> Result<Option<Duration>, ApiError> {
        let seconds = self.whole(name, least, most)?;
        Ok(seconds.and_then(|seconds| u64::try_from(seconds).ok()).map(Duration::from_secs))
    }

    /// Milliseconds from `least` to `most`.
    pub(super) fn millis(
        &self,
        name: &str,
        least: i64,
        most: i64,
    ) -> Result<Option<Duration>, ApiError> {
        let millis = self.whole(name, least, most)?;
        Ok(millis.and_then(|millis| u64::try_from(millis).ok()).map(Duration::from_millis))
    }

    /// A state to be carried along, which has to be base64.
    pub(super) fn client_state(&self, name: &str) -> Result<Option<String>, ApiError> {
        match self.text(name)? {
            Some(state) if STANDARD.decode(state).is_err() => Err(ApiError::BadClientState),
            state => Ok(state.map(str::to_owned)),
        }
    }

    /// Keys to be pressed, or waited for.
    pub(super) fn digits(&self, name: &str) -> Result<Option<String>, ApiError> {
        let Some(text) = self.text(name)?.filter(|text| !text.is_empty()) else { return Ok(None) };
        if text.chars().all(|key| "0123456789ABCD*#wW".contains(key)) {
            Ok(Some(text.to_owned()))
        } else {
            Err(ApiError::BadDigits { field: name.to_owned() })
        }
    }

    /// An address for webhooks or of a sound.
    pub(super) fn url(&self, name: &str) -> Result<Option<String>, ApiError> {
        match self.text(name)? {
            Some(text) if !is_url(text) => Err(ApiError::BadUrl { field: name.to_owned() }),
            text => Ok(text.map(str::to_owned)),
        }
    }

    /// `custom_headers` and `sip_headers`.
    pub(super) fn headers(&self) -> Result<Headers, ApiError> {
        Ok(Headers::of_command(
            self.header_list("custom_headers")?,
            self.header_list("sip_headers")?,
        ))
    }

    fn header_list(&self, name: &str) -> Result<Value, ApiError> {
        match self.raw(name) {
            None => Ok(json!([])),
            Some(list @ Value::Array(headers)) => {
                for header in headers {
                    for part in ["name", "value"] {
                        if !header[part].is_string() {
                            return Err(ApiError::missing(format!("{name}.{part}")));
                        }
                    }
                }
                Ok(list.clone())
            }
            Some(other) => Err(ApiError::bad_type(name, "array", other)),
        }
    }

    /// `record: record-from-answer`, with what belongs to it.
    pub(super) fn record(&self) -> Result<Option<Wanted>, ApiError> {
        let channels = self.choice("record_channels", &["single", "dual"])?.unwrap_or("dual");
        let format = self.choice("record_format", &["wav", "mp3"])?.unwrap_or("mp3");
        let longest = self.longest("record_max_length")?;
        self.choice("record_track", &["both", "inbound", "outbound"])?;
        self.choice("record_trim", &["trim-silence"])?;
        self.file_name("record_custom_file_name")?;
        let asked = self.choice("record", &["record-from-answer"])?;
        let shape = shape(channels, format, false);
        Ok(asked.and(Some(Wanted { origin: Origin::Dial, shape, longest })))
    }

    /// How long a recording may get; 0 is as long as it likes.
    pub(super) fn longest(&self, name: &str) -> Result<Option<Duration>, ApiError> {
        Ok(self.seconds(name, 0, 14_400)?.filter(|longest| !longest.is_zero()))
    }

    /// A recording's file name, which the lab has no use for.
    pub(super) fn file_name(&self, name: &str) -> Result<(), ApiError> {
        match self.text(name)?.map(|text| text.chars().count()) {
            Some(length) if !(1..=40).contains(&length) => {
                Err(ApiError::bad_length(name, 1, 40, length))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// `park_after_unbridge` and `hold_after_unbridge`.
    pub(super) fn stays(&self) -> Result<Stays, ApiError> {
        let parked = self.choice("park_after_unbridge", &["self"])?;
        Ok(match (parked, self.flag("hold_after_unbridge")?) {
            (Some(_), _) => Stays::Parked,
            (None, true) => Stays::Held,
            (None, false) => Stays::No,
        })
    }
}

/// What a recording is to be like; the words have been checked.
pub(super) fn shape(channels: &str, format: &str, beep: bool) -> Shape {
    Shape {
        channels: Channels::read(channels).unwrap_or(Channels::Dual),
        format: Format::read(format).unwrap_or(Format::Mp3),
        beep,
    }
}

/// Whether it is an address that the lab can ask.
pub(super) fn is_url(text: &str) -> bool {
    text.len() <= 2000
        && reqwest::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}
