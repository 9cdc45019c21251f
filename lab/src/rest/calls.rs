//! `/calls`, `/connections/{id}/active_calls` and `/call_events`. Shapes: `lab/carrier/call.*.json`.

mod actions;
mod dial;
mod fields;
pub(crate) mod lists;
mod webhooks;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::error::ApiError;
use crate::clock::Moment;
#[cfg(test)]
use crate::exchange::commands::Request;
use crate::exchange::leg::Leg;
use crate::lab::Lab;
use fields::Fields;

/// Telnyx forgets a call so long after its end.
const KEPT: Duration = Duration::from_mins(10);

/// What is here of `/v2`.
pub(crate) fn routes() -> Router<Arc<Lab>> {
    Router::new()
        .route("/calls", post(dialled))
        .route("/calls/{call_control_id}", get(status))
        .route("/calls/{call_control_id}/actions/client_state_update", put(client_state_update))
        .route("/calls/{call_control_id}/actions/{action}", post(commanded))
        .route("/connections/{connection_id}/active_calls", get(lists::active_calls))
        .route("/call_events", get(lists::call_events))
}

/// `POST /calls`.
async fn dialled(State(lab): State<Arc<Lab>>, body: Bytes) -> Result<Json<Value>, ApiError> {
    let dial = dial::read(&Fields::read(&body)?)?;
    Ok(Json(lab.with_exchange(|exchange, now| exchange.dial(dial, now))?))
}

/// `POST /calls/{call_control_id}/actions/{action}`.
async fn commanded(
    State(lab): State<Arc<Lab>>,
    Path((control, action)): Path<(String, String)>,
    body: Bytes,
) -> Result<Json<Value>, ApiError> {
    let request = actions::read(&action, &Fields::read(&body)?)?;
    Ok(Json(lab.with_exchange(|exchange, now| exchange.command(&control, request, now))?))
}

/// A command's body, read.
#[cfg(test)]
pub(crate) fn command(action: &str, body: &Value) -> Result<Request, ApiError> {
    let fields = Fields::read(body.to_string().as_bytes())?;
    match action {
        "client_state_update" => actions::client_state_update(&fields),
        _ => actions::read(action, &fields),
    }
}

/// A dial's body, read.
#[cfg(test)]
pub(crate) fn dial(body: &Value) -> Result<crate::exchange::commands::Dial, ApiError> {
    dial::read(&Fields::read(body.to_string().as_bytes())?)
}

/// `PUT /calls/{call_control_id}/actions/client_state_update`.
async fn client_state_update(
    State(lab): State<Arc<Lab>>,
    Path(control): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, ApiError> {
    let request = actions::client_state_update(&Fields::read(&body)?)?;
    Ok(Json(lab.with_exchange(|exchange, now| exchange.command(&control, request, now))?))
}

/// `GET /calls/{call_control_id}`.
async fn status(
    State(lab): State<Arc<Lab>>,
    Path(control): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let now = lab.clock.now();
    let state = lab.state();
    let leg = state.exchange.leg_by_control(&control).ok_or(ApiError::NotFound)?;
    if leg.ended().is_some_and(|(at, _)| now.since(at) > KEPT) {
        return Err(ApiError::NotFound);
    }
    Ok(Json(json!({ "data": written(leg, now) })))
}

/// A leg as `GET` shows it.
pub(crate) fn written(leg: &Leg, now: Moment) -> Value {
    let end = leg.ended().map(|(at, _)| at);
    json!({
        "record_type": "call",
        "call_control_id": leg.ids.control,
        "call_leg_id": leg.ids.leg,
        "call_session_id": leg.ids.session,
        "client_state": leg.client_state,
        "is_alive": end.is_none(),
        "call_duration": leg.answered_at().map_or(0, |at| end.unwrap_or(now).since(at).as_secs()),
        "start_time": leg.invited_at.iso(),
        "end_time": end.map(Moment::iso),
    })
}
