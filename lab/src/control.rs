//! The control API: what a test may see and do that no caller could. JSON, loopback only, no authentication.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::header::{ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_ORIGIN};
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::clock::Moment;
use crate::delivery::{Delivery, Modes};
use crate::exchange::Input;
use crate::exchange::call::{Call, Direction, Recording, Stage};
use crate::lab::{Lab, LegCommands};
use crate::numbers;

/// What callers dial to reach the agent, if the test does not care.
const AGENTS_NUMBER: &str = "+12025550142";

/// Everything under `/lab`.
pub(crate) fn routes() -> Router<Arc<Lab>> {
    Router::new()
        .route("/health", get(async || Json(json!({ "ok": true }))))
        .route("/calls", get(calls))
        .route("/calls/{id}", get(call))
        .route("/calls/{id}/answer", post(answer))
        .route("/calls/{id}/hangup", post(hang_up))
        .route("/call-agent", post(call_agent))
        .route("/clock", get(clock).post(advance))
        .route("/webhooks", get(webhooks).post(set_webhooks))
        .route("/webhooks/{id}/again", post(webhook_again))
        .route("/sockets/drop", post(drop_sockets))
        .route("/switches", get(switches).post(set_switches))
        .route("/wire", get(async |State(lab): State<Arc<Lab>>| Json(lab.state().wire.lines())))
        .route(
            "/reset",
            post(async |State(lab): State<Arc<Lab>>| {
                lab.reset();
                Json(json!({ "ok": true }))
            }),
        )
        .layer(middleware::from_fn(allow_any_origin))
}

/// Lets pages of any origin in: says yes to the question they ask first, and marks each response.
async fn allow_any_origin(request: Request, next: Next) -> Response {
    let mut response = if request.method() == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    let any = axum::http::HeaderValue::from_static("*");
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, any.clone());
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, any);
    response
}

/// A control request that makes no sense.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("no such call")]
    NoSuchCall,
    #[error("nobody is signed in")]
    NobodySignedIn,
    #[error("no such webhook")]
    NoSuchWebhook,
    #[error("the call is {0}")]
    WrongState(&'static str),
    #[error("the body cannot be read: {0}")]
    Body(#[from] serde_json::Error),
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::NoSuchCall | Self::NoSuchWebhook => StatusCode::NOT_FOUND,
            Self::NobodySignedIn | Self::WrongState(_) => StatusCode::CONFLICT,
            Self::Body(_) => StatusCode::BAD_REQUEST,
        };
        (status, Json(json!({ "error": self.to_string() }))).into_response()
    }
}

/// Reads a body whatever its content type says; an empty one is `{}`.
fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refused> {
    let body: &[u8] = if body.is_empty() { b"{}" } else { body };
    Ok(serde_json::from_slice(body)?)
}

async fn calls(State(lab): State<Arc<Lab>>) -> Json<Value> {
    Json(lab.state().exchange.calls().iter().rev().map(shown).collect())
}

async fn call(State(lab): State<Arc<Lab>>, Path(id): Path<String>) -> Result<Json<Value>, Refused> {
    lab.state().exchange.call(&id).map(|call| Json(shown(call))).ok_or(Refused::NoSuchCall)
}

async fn answer(
    State(lab): State<Arc<Lab>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refused> {
    {
        let state = lab.state();
        let call = state.exchange.call(&id).ok_or(Refused::NoSuchCall)?;
        match call.stage() {
            Stage::Ringing { .. } => {}
            Stage::Preparing
            | Stage::Refusing { .. }
            | Stage::AgentRings { .. }
            | Stage::Answered { .. }
            | Stage::Ended { .. } => {
                return Err(Refused::WrongState(call.stage().name()));
            }
        }
    }
    lab.feed(Input::FarEndAnswers { call: id.clone() });
    call(State(lab), Path(id)).await
}

async fn hang_up(
    State(lab): State<Arc<Lab>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refused> {
    {
        let state = lab.state();
        let call = state.exchange.call(&id).ok_or(Refused::NoSuchCall)?;
        if !call.is_alive() {
            return Err(Refused::WrongState(call.stage().name()));
        }
    }
    lab.feed(Input::FarEndHangsUp { call: id.clone() });
    call(State(lab), Path(id)).await
}

async fn call_agent(State(lab): State<Arc<Lab>>, body: Bytes) -> Result<Json<Value>, Refused> {
    #[derive(Deserialize)]
    struct CallAgent {
        from: String,
        to: Option<String>,
    }
    let CallAgent { from, to } = read(&body)?;
    let id = {
        let state = lab.state();
        if !state.exchange.agent_is_signed_in() {
            return Err(Refused::NobodySignedIn);
        }
        let number = state.exchange.calls().len().to_string();
        lab.config.seed.uuid(&["incoming", &number, &lab.clock.now().iso()])
    };
    let to = to.as_deref().unwrap_or(AGENTS_NUMBER);
    let (from, to) = (numbers::e164(&from), numbers::e164(to));
    lab.feed(Input::CallAgent { id: id.clone(), from, to });
    call(State(lab), Path(id)).await
}

async fn clock(State(lab): State<Arc<Lab>>) -> Json<Value> {
    Json(json!({ "now": lab.clock.now().iso() }))
}

async fn advance(State(lab): State<Arc<Lab>>, body: Bytes) -> Result<Json<Value>, Refused> {
    #[derive(Deserialize)]
    struct Advance {
        advance_ms: u64,
    }
    let Advance { advance_ms } = read(&body)?;
    lab.clock.advance(Duration::from_millis(advance_ms));
    // What is due by now has happened when this returns.
    lab.feed(Input::Tick);
    Ok(clock(State(lab)).await)
}

async fn webhooks(State(lab): State<Arc<Lab>>) -> Json<Value> {
    Json(json!({ "modes": lab.delivery.modes(), "log": lab.delivery.log() }))
}

async fn set_webhooks(State(lab): State<Arc<Lab>>, body: Bytes) -> Result<Json<Value>, Refused> {
    let modes: Modes = read(&body)?;
    Delivery::set_modes(&lab, modes);
    Ok(Json(json!({ "modes": lab.delivery.modes() })))
}

async fn webhook_again(
    State(lab): State<Arc<Lab>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refused> {
    if Delivery::again(&lab, &id) {
        Ok(Json(json!({ "ok": true })))
    } else {
        Err(Refused::NoSuchWebhook)
    }
}

async fn drop_sockets(State(lab): State<Arc<Lab>>, body: Bytes) -> Result<Json<Value>, Refused> {
    #[derive(Deserialize)]
    struct Drop {
        closed_for_ms: Option<u64>,
    }
    let Drop { closed_for_ms } = read(&body)?;
    let until = closed_for_ms.map(|millis| lab.clock.now().plus(Duration::from_millis(millis)));
    Ok(Json(json!({ "dropped": lab.drop_sockets(until) })))
}

async fn switches(State(lab): State<Arc<Lab>>) -> Json<Value> {
    Json(json!({ "sdk_leg_commands": lab.state().leg_commands }))
}

async fn set_switches(State(lab): State<Arc<Lab>>, body: Bytes) -> Result<Json<Value>, Refused> {
    #[derive(Deserialize)]
    struct Switches {
        sdk_leg_commands: LegCommands,
    }
    let Switches { sdk_leg_commands } = read(&body)?;
    lab.state().leg_commands = sdk_leg_commands;
    Ok(switches(State(lab)).await)
}

fn shown(call: &Call) -> Value {
    let (ended_at, ending, talk) = match call.stage() {
        Stage::Preparing
        | Stage::Refusing { .. }
        | Stage::Ringing { .. }
        | Stage::AgentRings { .. }
        | Stage::Answered { .. } => (None, None, None),
        Stage::Ended { at, ending, talk } => (Some(*at), Some(*ending), talk.as_ref()),
    };
    let recording = match (talk.map(|talk| &talk.recording), call.stage()) {
        (Some(Recording::Saved { id, audio, at }), _) => {
            json!({ "state": "saved", "id": id, "duration_millis": audio.millis, "saved_at": at.iso() })
        }
        (Some(Recording::Collecting | Recording::Processing { .. }), _) => {
            json!({ "state": "processing", "id": null })
        }
        (None, Stage::Answered { .. }) => json!({ "state": "recording", "id": null }),
        (
            None,
            Stage::Preparing
            | Stage::Refusing { .. }
            | Stage::Ringing { .. }
            | Stage::AgentRings { .. }
            | Stage::Ended { .. },
        ) => {
            json!({ "state": "none", "id": null })
        }
    };
    json!({
        "call_id": call.id,
        "call_control_id": call.ids.control,
        "call_session_id": call.ids.session,
        "call_leg_id": call.ids.leg,
        "direction": match call.direction {
            Direction::Outgoing => "outgoing",
            Direction::Incoming => "incoming",
        },
        "user": call.user,
        "from": call.from,
        "to": call.to,
        "state": call.stage().name(),
        "hangup_cause": ending.map(|ending| ending.cause.webhook()),
        "hangup_source": ending.map(|ending| ending.by.webhook()),
        "sip_code": ending.map(|ending| ending.cause.sip().0),
        "heard": {
            "packets": call.heard.packets,
            "level": call.heard.level,
            "frequency_hz": call.heard.frequency_hz,
            "recent_level": call.heard.recent_level,
            "recent_frequency_hz": call.heard.recent_frequency_hz,
            "loudest_level": call.heard.loudest_level,
            "loudest_frequency_hz": call.heard.loudest_frequency_hz,
        },
        "dtmf": call.dtmf,
        "recording": recording,
        "client_state": call.client_state,
        "custom_headers": call.custom_headers,
        "times": {
            "invited": call.invited_at.iso(),
            "answered": call.answered_at().map(Moment::iso),
            "ended": ended_at.map(Moment::iso),
        },
    })
}
