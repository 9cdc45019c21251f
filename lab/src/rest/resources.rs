//! What is the same for connections, applications, profiles and numbers: list, make, look at, change.
//! Shapes: `lab/carrier/credential_connection.json`, `call_control_application.json`, `outbound_voice_profile.json`.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::error::ApiError;
use super::list::{self, Page};
use crate::account::{Account, Application, CredentialConnection, OutboundVoiceProfile, Resource};
use crate::lab::Lab;

/// How many a page has unless asked otherwise (Telnyx's API document).
pub(crate) const PAGE: usize = 20;

/// Reads a body whatever its content type says; an empty one is `{}`.
pub(crate) fn read(body: &Bytes) -> Result<Value, ApiError> {
    let body: &[u8] = if body.is_empty() { b"{}" } else { body };
    let value: Value = serde_json::from_slice(body).map_err(|_| ApiError::Malformed)?;
    if value.is_object() { Ok(value) } else { Err(ApiError::Malformed) }
}

/// A resource as REST shows it.
pub(crate) fn shown<T: Resource>(account: &Account, id: &str) -> Result<Value, ApiError> {
    let stored = T::all(account).get(id).ok_or(ApiError::NotFound)?;
    Ok(json!({ "data": stored.shown(account) }))
}

/// `GET` of the collection.
pub(crate) async fn list<T: Resource>(
    State(lab): State<Arc<Lab>>,
    Query(query): Query<list::Query>,
) -> Result<Json<Value>, ApiError> {
    let state = lab.state();
    let account = &state.exchange.account;
    let all = T::all(account).iter().map(|stored| stored.shown(account)).collect();
    let found = list::sorted(list::filtered(all, T::FILTERS, &query)?, T::SORTS, &query)?;
    Ok(Json(Page::asked(&query, PAGE).of(found.into_iter().map(Value::Object).collect())))
}

/// `POST` to the collection.
pub(crate) async fn create<T: Resource>(
    State(lab): State<Arc<Lab>>,
    body: Bytes,
) -> Result<Response, ApiError> {
    let body = read(&body)?;
    let now = lab.clock.now();
    let mut state = lab.state();
    let account = &mut state.exchange.account;
    let id = account.create::<T>(&body, now)?;
    Ok((StatusCode::CREATED, Json(shown::<T>(account, &id)?)).into_response())
}

/// `GET` of one.
pub(crate) async fn one<T: Resource>(
    State(lab): State<Arc<Lab>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    shown::<T>(&lab.state().exchange.account, &id).map(Json)
}

/// `PATCH` of one.
pub(crate) async fn change<T: Resource>(
    State(lab): State<Arc<Lab>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, ApiError> {
    let body = read(&body)?;
    let now = lab.clock.now();
    let mut state = lab.state();
    let account = &mut state.exchange.account;
    T::all(account).get(&id).ok_or(ApiError::NotFound)?;
    if let Some(missing) = T::PATCH_NEEDS.iter().find(|name| body.get(**name).is_none()) {
        return Err(ApiError::missing(*missing));
    }
    account.change::<T>(&id, &body, now)?;
    shown::<T>(account, &id).map(Json)
}

/// `DELETE /credential_connections/{id}`; shows what it was.
pub(crate) async fn delete_connection(
    State(lab): State<Arc<Lab>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let now = lab.clock.now();
    deleted::<CredentialConnection>(&lab, &id, |account| account.delete_connection(&id, now))
}

/// `DELETE /call_control_applications/{id}`; shows what it was.
pub(crate) async fn delete_application(
    State(lab): State<Arc<Lab>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let now = lab.clock.now();
    deleted::<Application>(&lab, &id, |account| account.delete_application(&id, now))
}

/// `DELETE /outbound_voice_profiles/{id}`; shows what it was.
pub(crate) async fn delete_profile(
    State(lab): State<Arc<Lab>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    deleted::<OutboundVoiceProfile>(&lab, &id, |account| account.delete_profile(&id))
}

fn deleted<T: Resource>(
    lab: &Lab,
    id: &str,
    delete: impl FnOnce(&mut Account) -> Result<(), ApiError>,
) -> Result<Json<Value>, ApiError> {
    let mut state = lab.state();
    let account = &mut state.exchange.account;
    let was = shown::<T>(account, id)?;
    delete(account)?;
    Ok(Json(was))
}
