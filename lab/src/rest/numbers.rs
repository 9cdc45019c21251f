//! `/phone_numbers` and their voice settings. Shapes: `lab/carrier/phone_number.json`, `phone_number.voice.json`.
//!
//! Numbers are bought in Telnyx's portal, so there is no way to make one here.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::error::ApiError;
use super::resources::{read, shown};
use crate::account::{Account, PhoneNumber, Resource, number};
use crate::lab::Lab;

/// `PATCH /phone_numbers/{id}`: the connection it belongs to, and what else may be changed.
pub(crate) async fn change(
    State(lab): State<Arc<Lab>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, ApiError> {
    let mut body = read(&body)?;
    if let Value::Object(fields) = &mut body {
        fields.retain(|name, _| PhoneNumber::CHANGEABLE.contains(&name.as_str()));
    }
    let now = lab.clock.now();
    let mut state = lab.state();
    let account = &mut state.exchange.account;
    account.change::<PhoneNumber>(&id, &body, now)?;
    shown::<PhoneNumber>(account, &id).map(Json)
}

/// `GET /phone_numbers/{id}/voice`.
pub(crate) async fn voice(
    State(lab): State<Arc<Lab>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    voice_shown(&lab.state().exchange.account, &id).map(Json)
}

/// `PATCH /phone_numbers/{id}/voice`.
pub(crate) async fn change_voice(
    State(lab): State<Arc<Lab>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, ApiError> {
    let body = read(&body)?;
    let now = lab.clock.now();
    let mut state = lab.state();
    let account = &mut state.exchange.account;
    account.change_voice(&id, &body, now)?;
    voice_shown(account, &id).map(Json)
}

/// The voice settings of a number.
pub(super) fn voice_shown(account: &Account, id: &str) -> Result<Value, ApiError> {
    let stored = PhoneNumber::all(account).get(id).ok_or(ApiError::NotFound)?;
    Ok(json!({ "data": number::voice(id, &stored.fields) }))
}
