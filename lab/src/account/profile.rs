//! Outbound voice profiles: which calls may leave, and which of them are recorded.

use serde_json::{Map, Value, json};

use super::Account;
use super::field::{self, ANY, COUNT, Fallback, Field, Kind, field, nested};
use super::resource::{Collection, Filter, How, Resource};
use crate::exchange::io::{Channels, Format};
use crate::rest::error::ApiError;

/// What is read here of an outbound voice profile (Telnyx: `OutboundVoiceProfile`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OutboundVoiceProfile {
    pub(crate) id: String,
    /// Whether calls may go out by it.
    pub(crate) enabled: bool,
    pub(crate) recording: RecordingPolicy,
    /// So many calls at a time.
    pub(crate) concurrent_call_limit: Option<u64>,
    /// Countries that may be called, by their two letters.
    pub(crate) destinations: Vec<String>,
}

/// What is recorded of a profile's calls, and how (`call_recording`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordingPolicy {
    pub(crate) whose: Whose,
    pub(crate) channels: Channels,
    pub(crate) format: Format,
}

/// Whose calls are recorded (`call_recording_type`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Whose {
    Everyones,
    NoOnes,
    /// Calls from these numbers, in +E.164.
    ByCaller(Vec<String>),
}

impl RecordingPolicy {
    /// Whether a call from this number is recorded.
    pub(crate) fn covers(&self, caller: &str) -> bool {
        match &self.whose {
            Whose::Everyones => true,
            Whose::NoOnes => false,
            Whose::ByCaller(numbers) => numbers.iter().any(|number| number == caller),
        }
    }
}

impl Resource for OutboundVoiceProfile {
    const RECORD_TYPE: &'static str = "outbound_voice_profile";
    const FIELDS: &'static [Field] = FIELDS;
    const FILTERS: &'static [Filter] = &[Filter::new("[name][contains]", "name", How::Contains)];
    const SORTS: &'static [&'static str] =
        &["enabled", "created_at", "name", "service_plan", "traffic_type", "usage_payment_method"];

    const PATCH_NEEDS: &'static [&'static str] = &["name"];

    fn read(id: &str, fields: &Map<String, Value>) -> Self {
        let texts = |path| match field::at(fields, path) {
            Some(Value::Array(items)) => {
                items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
            }
            Some(_) | None => Vec::new(),
        };
        let recording = |name: &str| field::text(fields, &format!("call_recording.{name}"));
        Self {
            id: id.to_owned(),
            enabled: field::flag(fields, "enabled"),
            recording: RecordingPolicy {
                whose: match recording("call_recording_type") {
                    Some("all") => Whose::Everyones,
                    Some("by_caller_phone_number") => {
                        Whose::ByCaller(texts("call_recording.call_recording_caller_phone_numbers"))
                    }
                    Some(_) | None => Whose::NoOnes,
                },
                channels: match recording("call_recording_channels") {
                    Some("dual") => Channels::Dual,
                    Some(_) | None => Channels::Single,
                },
                format: match recording("call_recording_format") {
                    Some("mp3") => Format::Mp3,
                    Some(_) | None => Format::Wav,
                },
            },
            concurrent_call_limit: field::whole(fields, "concurrent_call_limit"),
            destinations: texts("whitelisted_destinations"),
        }
    }

    fn all(account: &Account) -> &Collection<Self> {
        &account.profiles
    }

    fn all_mut(account: &mut Account) -> &mut Collection<Self> {
        &mut account.profiles
    }

    fn check(
        _account: &Account,
        _id: Option<&str>,
        _fields: &Map<String, Value>,
    ) -> Result<(), ApiError> {
        Ok(())
    }

    fn add_shown(account: &Account, id: &str, shown: &mut Map<String, Value>) {
        shown.insert("connections_count".to_owned(), json!(account.users_of_profile(id)));
    }
}

const RECORDING: &[Field] = &[
    field(
        "call_recording_type",
        Kind::Choice(&["all", "none", "by_caller_phone_number"]),
        Fallback::Text("none"),
    ),
    field("call_recording_caller_phone_numbers", Kind::Texts, Fallback::Texts(&[])),
    field("call_recording_channels", Kind::Choice(&["single", "dual"]), Fallback::Text("single")),
    field("call_recording_format", Kind::Choice(&["wav", "mp3"]), Fallback::Text("wav")),
];

const WINDOW: &[Field] = &[
    field("start_time", ANY, Fallback::Null),
    field("end_time", ANY, Fallback::Null),
    field("calls_per_cld", COUNT, Fallback::Null),
];

/// Telnyx's `CreateOutboundVoiceProfileRequest`.
const FIELDS: &[Field] = &[
    field("name", Kind::Text { min: 3, max: 255 }, Fallback::Required),
    field("traffic_type", Kind::Choice(&["conversational"]), Fallback::Text("conversational")),
    field("service_plan", Kind::Choice(&["global"]), Fallback::Text("global")),
    field("concurrent_call_limit", COUNT, Fallback::Null),
    field("enabled", Kind::Flag, Fallback::Flag(true)),
    field("tags", Kind::Texts, Fallback::Texts(&[])),
    field("usage_payment_method", Kind::Choice(&["rate-deck"]), Fallback::Text("rate-deck")),
    field("whitelisted_destinations", Kind::Texts, Fallback::Texts(&["US", "CA"])),
    field("max_destination_rate", Kind::Number, Fallback::Null),
    field("daily_spend_limit", ANY, Fallback::Null),
    field("daily_spend_limit_enabled", Kind::Flag, Fallback::Flag(false)),
    nested("call_recording", RECORDING),
    field("billing_group_id", ANY, Fallback::Null),
    nested("calling_window", WINDOW),
];
