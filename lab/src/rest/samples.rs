//! Every body of the account's REST side, and every error of all of it, has the shape pinned in `lab/carrier/*.json`.

#![allow(clippy::unwrap_used, reason = "a sample that cannot be made is a failed test")]

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::json;

use super::error::{ApiError, Limit};
use super::list::Page;
use super::{numbers, registration, resources};
use crate::account::{
    Application, CredentialConnection, OutboundVoiceProfile, PhoneNumber, Resource, seeded,
};
use crate::carrier::{sample, shape};
use crate::config::Config;
use crate::lab::Lab;

fn lab() -> Arc<Lab> {
    Lab::new(Config::read(|_| None).unwrap()).unwrap().0
}

/// The first resource of a kind, as it is shown, is as pinned.
fn is_as_pinned<T: Resource>() {
    let lab = lab();
    let state = lab.state();
    let account = &state.exchange.account;
    let id = &T::all(account).iter().next().unwrap().id;
    let shown = resources::shown::<T>(account, id).unwrap();
    assert_eq!(shape(&shown), shape(&sample(T::RECORD_TYPE)), "{}", T::RECORD_TYPE);
}

#[test]
fn every_resource_is_as_pinned() {
    is_as_pinned::<CredentialConnection>();
    is_as_pinned::<Application>();
    is_as_pinned::<OutboundVoiceProfile>();
    is_as_pinned::<PhoneNumber>();
}

#[test]
fn lists_voice_settings_and_registrations_are_as_pinned() {
    let lab = lab();
    let state = lab.state();
    let account = &state.exchange.account;
    let numbers: Vec<_> = PhoneNumber::all(account).iter().collect();
    let voice = numbers::voice_shown(account, &numbers[0].id).unwrap();
    assert_eq!(shape(&voice), shape(&sample("phone_number.voice")));

    let all = numbers.iter().map(|number| json!(number.shown(account))).collect();
    let size = HashMap::from([("page[size]".to_owned(), "1".to_owned())]);
    let list = Page::asked(&size, resources::PAGE).of(all);
    assert_eq!(shape(&list), shape(&sample("phone_numbers.list")));

    let connection = account.connection(&seeded::connection_id(lab.config.seed)).unwrap();
    let status = json!({ "data": registration::written(account, connection, |_| false) });
    assert_eq!(shape(&status), shape(&sample("registration_status")));
    let status = registration::written(account, connection, |user| user == connection.user_name);
    assert_eq!(status["status"], "Registered");
}

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
        ("90014", ApiError::BadDigits { field: "digits".to_owned() }),
        ("90015", ApiError::UnknownCall),
        ("90017", ApiError::BadClientState),
        ("90018", ApiError::CallEnded),
        ("90020", ApiError::RecordingBeforeAudio),
        ("90034", ApiError::NotAnswered),
        ("90042", ApiError::ProfileChannels),
        ("90043", ApiError::ConnectionChannels),
        ("90102", ApiError::AnswerOutbound),
        ("credential_expired", ApiError::CredentialExpired),
    ];
    for (name, error) in errors {
        assert_eq!(error.body(), sample(&format!("error.{name}")), "{name}");
    }
}
