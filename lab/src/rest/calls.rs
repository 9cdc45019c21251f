//! `/calls`. Shapes: `lab/carrier/call.status.json`, `call.command.json`.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::error::ApiError;
use crate::clock::Moment;
use crate::exchange::call::{Call, Stage};
use crate::exchange::{Exchange, Input};
use crate::lab::{Lab, LegCommands};

/// Telnyx forgets a call so long after its end.
const KEPT: Duration = Duration::from_mins(10);

/// `GET /calls/{call_control_id}`.
pub(crate) async fn status(
    State(lab): State<Arc<Lab>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let now = lab.clock.now();
    let state = lab.state();
    let call = find(&state.exchange, &id).ok_or(ApiError::NotFound)?;
    if ended_at(call).is_some_and(|at| now.since(at) > KEPT) {
        return Err(ApiError::NotFound);
    }
    Ok(Json(json!({ "data": written(call, now) })))
}

/// `POST /calls/{call_control_id}/actions/hangup`.
pub(crate) async fn hangup(
    State(lab): State<Arc<Lab>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let call = {
        let state = lab.state();
        let call = find(&state.exchange, &id).ok_or(ApiError::UnknownCall)?;
        match state.leg_commands {
            LegCommands::Accepted => {}
            LegCommands::Refused => return Err(ApiError::NotControlled),
        }
        if !call.is_alive() {
            return Err(ApiError::CallEnded);
        }
        call.id.clone()
    };
    lab.feed(Input::CarrierHangsUp { call });
    Ok(Json(done()))
}

/// What a command that was taken returns.
pub(crate) fn done() -> Value {
    json!({ "data": { "result": "ok" } })
}

/// A call as `GET` shows it.
pub(crate) fn written(call: &Call, now: Moment) -> Value {
    let end = ended_at(call);
    json!({
        "record_type": "call",
        "call_control_id": call.ids.control,
        "call_leg_id": call.ids.leg,
        "call_session_id": call.ids.session,
        "client_state": call.client_state,
        "is_alive": end.is_none(),
        "call_duration": call.answered_at().map_or(0, |at| end.unwrap_or(now).since(at).as_secs()),
        "start_time": call.invited_at.iso(),
        "end_time": end.map(Moment::iso),
    })
}

fn find<'a>(exchange: &'a Exchange, control: &str) -> Option<&'a Call> {
    exchange.calls().iter().find(|call| call.ids.control == control)
}

fn ended_at(call: &Call) -> Option<Moment> {
    match call.stage() {
        Stage::Preparing
        | Stage::Refusing { .. }
        | Stage::Ringing { .. }
        | Stage::AgentRings { .. }
        | Stage::Answered { .. } => None,
        Stage::Ended { at, .. } => Some(*at),
    }
}
