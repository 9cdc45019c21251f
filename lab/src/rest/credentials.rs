//! `/telephony_credentials`. Shape: `lab/carrier/telephony_credential.json`.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::error::ApiError;
use super::list::{self, Page};
use super::resources::read;
use crate::account::Credential;
use crate::account::credentials::{Change, Wanted};
use crate::account::field::{self, ANY, Fallback, Field, field};
use crate::clock::{self, Moment};
use crate::lab::Lab;

/// Telnyx's `TelephonyCredentialCreateRequest`; all but the first may be changed later, and the first too.
const FIELDS: &[Field] = &[
    field("connection_id", ANY, Fallback::Required),
    field("name", ANY, Fallback::Null),
    field("tag", ANY, Fallback::Null),
    field("expires_at", ANY, Fallback::Null),
];

/// How many a page has unless asked otherwise.
const PAGE: usize = 50;

/// `POST /telephony_credentials`.
pub(crate) async fn create(State(lab): State<Arc<Lab>>, body: Bytes) -> Result<Response, ApiError> {
    let fields = field::filled(FIELDS, &read(&body)?)?;
    let change = asked(&lab, &fields)?;
    let wanted = Wanted {
        connection_id: change.connection_id.unwrap_or_default(),
        name: change.name,
        tag: change.tag,
        expires_at: change.expires_at,
    };
    let now = lab.clock.now();
    let mut state = lab.state();
    let made = state.exchange.account.credentials.create(wanted, now)?.clone();
    Ok((StatusCode::CREATED, Json(data(&lab, &made, now))).into_response())
}

/// `GET /telephony_credentials`, filtered by name, tag, status, connection or SIP user name.
pub(crate) async fn list(
    State(lab): State<Arc<Lab>>,
    Query(query): Query<list::Query>,
) -> Result<Json<Value>, ApiError> {
    let now = lab.clock.now();
    let state = lab.state();
    let mut found: Vec<&Credential> = state.exchange.account.credentials.all().iter().collect();
    for (name, wanted) in list::filters(&query) {
        let read: fn(&Credential, Moment) -> Option<String> = match name {
            "[name]" => |credential, _| credential.name.clone(),
            "[tag]" => |credential, _| credential.tag.clone(),
            "[sip_username]" => |credential, _| Some(credential.sip_username.clone()),
            "[resource_id]" => |credential, _| Some(resource_id(credential)),
            "[status]" => |credential, now| Some(status(credential, now).to_owned()),
            _ => return Err(list::bad_filter(name)),
        };
        found.retain(|credential| read(credential, now).as_deref() == Some(wanted));
    }
    let all = found.into_iter().map(|credential| written(&lab, credential, now)).collect();
    Ok(Json(Page::asked(&query, PAGE).of(all)))
}

/// `GET /telephony_credentials/{id}`.
pub(crate) async fn one(
    State(lab): State<Arc<Lab>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let now = lab.clock.now();
    let state = lab.state();
    let credential = state.exchange.account.credentials.get(&id).ok_or(ApiError::NotFound)?;
    Ok(Json(data(&lab, credential, now)))
}

/// `PATCH /telephony_credentials/{id}`.
pub(crate) async fn change(
    State(lab): State<Arc<Lab>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, ApiError> {
    let change = asked(&lab, &field::merged(FIELDS, &Map::new(), &read(&body)?)?)?;
    let now = lab.clock.now();
    let mut state = lab.state();
    let changed = state.exchange.account.credentials.change(&id, change, now)?.clone();
    Ok(Json(data(&lab, &changed, now)))
}

/// `DELETE /telephony_credentials/{id}`; shows what it was.
pub(crate) async fn delete(
    State(lab): State<Arc<Lab>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let now = lab.clock.now();
    let was = lab.state().exchange.account.credentials.delete(&id)?;
    lab.with_exchange(|exchange, now| ((), exchange.credential_deleted(&was.sip_username, now)));
    Ok(Json(data(&lab, &was, now)))
}

/// `POST /telephony_credentials/{id}/token`: the bare JWT as text, not JSON.
pub(crate) async fn token(
    State(lab): State<Arc<Lab>>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let now = lab.clock.now();
    let token = lab.state().exchange.account.credentials.token(&id, now)?;
    Ok((StatusCode::CREATED, token).into_response())
}

fn asked(lab: &Lab, fields: &Map<String, Value>) -> Result<Change, ApiError> {
    let text = |name| field::text(fields, name).map(str::to_owned);
    let connection_id = text("connection_id");
    if let Some(id) = &connection_id
        && lab.state().exchange.account.connection(id).is_none()
    {
        return Err(ApiError::BadConnection);
    }
    let expires_at = field::text(fields, "expires_at")
        .map(|text| clock::from_iso(text).ok_or_else(|| ApiError::not_a_time("expires_at")))
        .transpose()?;
    Ok(Change { connection_id, name: text("name"), tag: text("tag"), expires_at })
}

fn status(credential: &Credential, now: Moment) -> &'static str {
    if credential.is_expired(now) { "expired" } else { "active" }
}

fn resource_id(credential: &Credential) -> String {
    format!("connection:{}", credential.connection_id)
}

fn data(lab: &Lab, credential: &Credential, now: Moment) -> Value {
    json!({ "data": written(lab, credential, now) })
}

/// A credential as REST shows it.
pub(crate) fn written(lab: &Lab, credential: &Credential, now: Moment) -> Value {
    let seconds = |moment: Moment| moment.iso().get(..19).map(|text| format!("{text}Z"));
    json!({
        "record_type": "credential",
        "id": credential.id,
        "created_at": seconds(credential.created_at),
        "expired": credential.is_expired(now),
        "expires_at": credential.expires_at.map(seconds),
        "name": credential.name,
        "resource_id": resource_id(credential),
        "sip_password": credential.sip_password,
        "sip_username": credential.sip_username,
        "updated_at": seconds(credential.updated_at),
        "user_id": lab.config.seed.uuid(&["user"]),
    })
}
