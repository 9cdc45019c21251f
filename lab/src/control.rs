//! The control API: what a test may see and do that no caller could. JSON, loopback only, no authentication.

mod agents;
mod legs;
mod logs;
mod numbers_told;
mod shown;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
};
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::exchange::Input;
use crate::exchange::leg::Leg;
use crate::exchange::person::CannotAct;
use crate::exchange::{Exchange, GatewayState, NobodyThere};
use crate::lab::Lab;
use crate::numbers::Act;
use crate::rest::faults;
use crate::switches::NoSuchSetting;

/// Everything under `/lab`.
pub(crate) fn routes() -> Router<Arc<Lab>> {
    Router::new()
        .route("/health", get(async || Json(json!({ "ok": true }))))
        .route("/calls", get(calls))
        .route("/calls/{id}", get(call))
        .route("/calls/{id}/answer", post(answer))
        .route("/calls/{id}/hangup", post(hang_up))
        .route("/clock", get(clock).post(advance))
        .route("/sockets/drop", post(drop_sockets))
        .route("/switches", get(switches).post(set_switches))
        .route("/gateway", get(gateway).post(set_gateway))
        .route("/rest-faults", get(faults::show).post(faults::set))
        .merge(agents::routes())
        .merge(legs::routes())
        .merge(logs::routes())
        .merge(numbers_told::routes())
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
pub(crate) async fn allow_any_origin(request: Request, next: Next) -> Response {
    let mut response = if request.method() == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    let any = axum::http::HeaderValue::from_static("*");
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, any.clone());
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, any.clone());
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, any);
    response
}

/// A control request that makes no sense.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("no such call")]
    NoSuchCall,
    #[error("no such webhook")]
    NoSuchWebhook,
    #[error("this number was not set here")]
    NotSet,
    #[error("{0:?} is no number in the form +12025550100")]
    NotANumber(String),
    #[error(transparent)]
    NobodyThere(#[from] NobodyThere),
    #[error(transparent)]
    CannotAct(#[from] CannotAct),
    #[error(transparent)]
    Switch(#[from] NoSuchSetting),
    #[error("the body cannot be read: {0}")]
    Body(#[from] serde_json::Error),
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::NoSuchCall
            | Self::NoSuchWebhook
            | Self::NotSet
            | Self::CannotAct(CannotAct::NoSuchLeg)
            | Self::NobodyThere(NobodyThere::NoApplication) => StatusCode::NOT_FOUND,
            Self::NobodyThere(NobodyThere::NobodySignedIn)
            | Self::CannotAct(
                CannotAct::NoPerson | CannotAct::NoBrowser | CannotAct::WrongState(_),
            ) => StatusCode::CONFLICT,
            Self::Body(_) | Self::Switch(_) | Self::NotANumber(_) => StatusCode::BAD_REQUEST,
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
    let state = lab.state();
    let exchange = &state.exchange;
    Json(
        exchange
            .legs()
            .iter()
            .rev()
            .filter(|leg| leg.browser().is_some())
            .map(|leg| shown::call(exchange, leg))
            .collect(),
    )
}

async fn call(State(lab): State<Arc<Lab>>, Path(id): Path<String>) -> Result<Json<Value>, Refused> {
    let state = lab.state();
    let exchange = &state.exchange;
    browser_leg(exchange, &id).map(|leg| Json(shown::call(exchange, leg)))
}

fn browser_leg<'a>(exchange: &'a Exchange, id: &str) -> Result<&'a Leg, Refused> {
    exchange.leg(id).filter(|leg| leg.browser().is_some()).ok_or(Refused::NoSuchCall)
}

/// The leg of the person that a browser talks with.
fn far_end(exchange: &Exchange, id: &str) -> Result<String, Refused> {
    let leg = browser_leg(exchange, id)?;
    match exchange.partner(id) {
        Some(far) if far.person().is_some() => Ok(far.key.clone()),
        Some(_) => Err(CannotAct::NoPerson.into()),
        None if leg.is_alive() => Err(CannotAct::NoPerson.into()),
        None => Err(CannotAct::WrongState(leg.stage().name()).into()),
    }
}

async fn answer(
    State(lab): State<Arc<Lab>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refused> {
    let far = {
        let state = lab.state();
        let leg = browser_leg(&state.exchange, &id)?;
        match leg.stage().name() {
            "ringing" => far_end(&state.exchange, &id)?,
            other => return Err(CannotAct::WrongState(other).into()),
        }
    };
    lab.with_exchange(|exchange, now| exchange.tell_to(&far, Act::Answer, now))?;
    call(State(lab), Path(id)).await
}

async fn hang_up(
    State(lab): State<Arc<Lab>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refused> {
    let far = far_end(&lab.state().exchange, &id)?;
    lab.with_exchange(|exchange, now| exchange.tell_to(&far, Act::HangUp, now))?;
    call(State(lab), Path(id)).await
}

async fn clock(State(lab): State<Arc<Lab>>) -> Json<Value> {
    Json(json!({ "now": lab.clock.now().iso(), "runs": lab.clock.runs() }))
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
    Json(json!(lab.state().exchange.switches))
}

async fn set_switches(State(lab): State<Arc<Lab>>, body: Bytes) -> Result<Json<Value>, Refused> {
    let change: Value = read(&body)?;
    {
        let mut state = lab.state();
        state.exchange.switches = state.exchange.switches.changed(&change)?;
        lab.heed_switches(&state);
    }
    Ok(switches(State(lab)).await)
}

async fn gateway(State(lab): State<Arc<Lab>>) -> Json<Value> {
    Json(json!(lab.state().exchange.script))
}

/// Replaces the script of the next sign-ins; `push` sends a state to every browser now.
async fn set_gateway(State(lab): State<Arc<Lab>>, body: Bytes) -> Result<Json<Value>, Refused> {
    #[derive(Deserialize)]
    struct Push {
        push: Option<GatewayState>,
    }
    let mut change: Value = read(&body)?;
    let Push { push } = serde_json::from_value(change.clone())?;
    if let Value::Object(fields) = &mut change {
        fields.remove("push");
    }
    lab.state().exchange.script = serde_json::from_value(change)?;
    if let Some(state) = push {
        lab.with_exchange(|exchange, now| ((), exchange.push_state(state, now)));
    }
    Ok(gateway(State(lab)).await)
}
