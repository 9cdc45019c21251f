//! `POST /credential_connections/{id}/actions/check_registration_status`.
//! Shape: `lab/carrier/registration_status.json`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::error::ApiError;
use crate::account::{Account, CredentialConnection};
use crate::lab::Lab;

/// Says whether anyone is signed in to the connection.
pub(crate) async fn check(
    State(lab): State<Arc<Lab>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let state = lab.state();
    let account = &state.exchange.account;
    let connection = account.connection(&id).ok_or(ApiError::NotFound)?;
    let registered = |user: &str| state.exchange.is_registered(user);
    Ok(Json(json!({ "data": written(account, connection, registered) })))
}

/// The connection's first user who is registered, be it its own or a credential's; its own if none is.
pub(crate) fn written(
    account: &Account,
    connection: &CredentialConnection,
    registered: impl Fn(&str) -> bool,
) -> Value {
    let found = account.users_of(connection).into_iter().find(|user| registered(user));
    json!({
        "record_type": "registration_status",
        "sip_username": found.unwrap_or(&connection.user_name),
        "status": if found.is_some() { "Registered" } else { "Not Registered" },
        "transport": found.map(|_| "WSS"),
        // Of a browser behind a gateway there is no address to tell.
        "ip_address": null,
        "last_registration": null,
        "port": null,
        "user_agent": null,
    })
}
