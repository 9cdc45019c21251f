//! Every body of the account's REST side, and every error of all of it, has the shape pinned in `lab/carrier/*.json`.

use serde_json::json;

use super::error::{ApiError, Limit};
use crate::carrier::sample;

#[test]
fn every_error_is_as_pinned() {
    let limit = Limit { allowed: 10, left: 0, reset_secs: 1 };
    let errors = [
        ("401", ApiError::Unauthorized),
        ("10003", ApiError::BadUrl { field: "webhook_event_url".to_owned() }),
        ("10004", ApiError::missing("to")),
        ("10005", ApiError::NotFound),
        ("10007", ApiError::Internal),
        ("10010", ApiError::Forbidden),
        ("10011", ApiError::TooManyRequests(limit)),
        ("10011.encryption", ApiError::EncryptedToPstn),
        ("10012", ApiError::Duplicate { field: "user_name".to_owned() }),
        ("10015.application", ApiError::NotAnApplication),
        ("10015.connection", ApiError::BadConnection),
        ("10015.malformed", ApiError::Malformed),
        ("10015.value", ApiError::not_a_time("expires_at")),
        ("10016", ApiError::not_e164("to")),
        ("10017", ApiError::NoAssociate { field: "outbound.outbound_voice_profile_id".to_owned() }),
        ("10021", ApiError::InUse),
        ("10025", ApiError::bad_length("name", 3, 255, 2)),
        ("10026", ApiError::bad_type("active", "boolean", &json!("yes"))),
        ("10027", ApiError::TagFull),
        ("10030", ApiError::MethodNotAllowed),
        ("10031", ApiError::BadFilter { name: "colour".to_owned() }),
        ("10032", ApiError::bad_enum("record_channels", &["dual", "single"])),
        ("10033", ApiError::out_of_range("webhook_timeout_secs", 0, 30)),
        ("10037", ApiError::Unavailable),
        ("90014", ApiError::BadDigits),
        ("90015", ApiError::UnknownCall),
        ("90017", ApiError::BadClientState),
        ("90018", ApiError::CallEnded),
        ("90020", ApiError::RecordingBeforeAudio),
        ("90034", ApiError::NotAnswered),
        ("90041", ApiError::UserChannels),
        ("90042", ApiError::ProfileChannels),
        ("90043", ApiError::ConnectionChannels),
        ("90102", ApiError::AnswerOutbound),
    ];
    for (name, error) in errors {
        assert_eq!(error.body(), sample(&format!("error.{name}")), "{name}");
    }
}
