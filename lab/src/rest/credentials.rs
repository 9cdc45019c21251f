//! `/telephony_credentials`. Shape: `lab/carrier/telephony_credential.json`.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ApiError;
use super::recordings::Page;
use crate::credentials::Credential;
use crate::lab::Lab;

/// `TelephonyCredentialCreateRequest`.
#[derive(Deserialize)]
struct Create {
    connection_id: String,
    name: Option<String>,
    tag: Option<String>,
    expires_at: Option<String>,
}

/// `POST /telephony_credentials`.
pub(crate) async fn create(State(lab): State<Arc<Lab>>, body: Bytes) -> Result<Response, ApiError> {
    let create: Create = serde_json::from_slice(&body).map_err(|_| ApiError::Malformed)?;
    if create.connection_id != lab.config.connection_id() {
        return Err(ApiError::BadConnection);
    }
    let now = lab.clock.now();
    let mut state = lab.state();
    let made =
        state.exchange.credentials.create(create.name, create.tag, create.expires_at, now).clone();
    let data = json!({ "data": written(&lab, &made) });
    Ok((StatusCode::CREATED, Json(data)).into_response())
}

/// `GET /telephony_credentials`, filtered by name, tag or SIP user name.
pub(crate) async fn list(
    State(lab): State<Arc<Lab>>,
    Query(query): Query<HashMap<String, String>>,
) -> Json<Value> {
    let wanted = |name: &str, value: Option<&str>| {
        query.get(&format!("filter[{name}]")).is_none_or(|filter| value == Some(filter.as_str()))
    };
    let state = lab.state();
    let found = state.exchange.credentials.all().iter().filter(|credential| {
        wanted("name", credential.name.as_deref())
            && wanted("tag", credential.tag.as_deref())
            && wanted("sip_username", Some(&credential.sip_username))
    });
    let all = found.map(|credential| written(&lab, credential)).collect();
    Json(Page::asked(&query, 50).of(all))
}

/// `POST /telephony_credentials/{id}/token`: the bare JWT as text, not JSON.
pub(crate) async fn token(
    State(lab): State<Arc<Lab>>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let now = lab.clock.now();
    let token = lab.state().exchange.credentials.token(&id, now).ok_or(ApiError::NotFound)?;
    Ok((StatusCode::CREATED, token).into_response())
}

/// A credential as REST shows it.
pub(crate) fn written(lab: &Lab, credential: &Credential) -> Value {
    let seconds = |text: String| text.get(..19).map(|text| format!("{text}Z"));
    let created = seconds(credential.created_at.iso());
    json!({
        "record_type": "credential",
        "id": credential.id,
        "created_at": created,
        "expired": false,
        "expires_at": credential.expires_at,
        "name": credential.name,
        "resource_id": format!("connection:{}", lab.config.connection_id()),
        "sip_password": credential.sip_password,
        "sip_username": credential.sip_username,
        "updated_at": created,
        "user_id": lab.config.seed.uuid(&["user"]),
    })
}
