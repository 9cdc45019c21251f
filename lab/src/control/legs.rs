//! `/lab/legs`: every leg there is, and what may be made to happen to it.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{Refused, read, shown};
use crate::lab::Lab;
use crate::numbers::Act;

pub(super) fn routes() -> Router<Arc<Lab>> {
    Router::new()
        .route("/legs", get(all))
        .route("/legs/{key}", get(one))
        .route("/legs/{key}/answer", post(async |lab, key| act(lab, key, Act::Answer).await))
        .route("/legs/{key}/hangup", post(async |lab, key| act(lab, key, Act::HangUp).await))
        .route("/legs/{key}/act", post(any_act))
        .route(
            "/legs/{key}/press",
            post(async |lab, key, body| named("press", lab, key, body).await),
        )
        .route("/legs/{key}/punt", post(punt))
        .route(
            "/legs/{key}/display",
            post(async |lab, key, body| named("display", lab, key, body).await),
        )
        .route(
            "/legs/{key}/faults",
            post(async |lab, key, body| named("faults", lab, key, body).await),
        )
        .route(
            "/legs/{key}/drop-socket",
            post(async |lab, key, body| named("drop_socket", lab, key, body).await),
        )
}

async fn all(State(lab): State<Arc<Lab>>) -> Json<Value> {
    let state = lab.state();
    let exchange = &state.exchange;
    Json(exchange.legs().iter().rev().map(|leg| shown::leg(exchange, leg)).collect())
}

async fn one(State(lab): State<Arc<Lab>>, Path(key): Path<String>) -> Result<Json<Value>, Refused> {
    let state = lab.state();
    let leg = state.exchange.leg(&key).ok_or(Refused::NoSuchCall)?;
    Ok(Json(shown::leg(&state.exchange, leg)))
}

async fn act(
    State(lab): State<Arc<Lab>>,
    Path(key): Path<String>,
    act: Act,
) -> Result<Json<Value>, Refused> {
    lab.with_exchange(|exchange, now| exchange.tell_to(&key, act, now))?;
    one(State(lab), Path(key)).await
}

/// Any act, in the words of a number's steps: `{"do": {"refuse": "busy"}}`.
async fn any_act(
    lab: State<Arc<Lab>>,
    key: Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Do {
        r#do: Act,
    }
    let Do { r#do } = read(&body)?;
    act(lab, key, r#do).await
}

/// `{"names": "current" | "every" | "unknown"}`.
async fn punt(
    lab: State<Arc<Lab>>,
    key: Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Names {
        names: crate::numbers::Punt,
    }
    let Names { names } = read(&body)?;
    act(lab, key, Act::Punt(names)).await
}

/// The act of that name, with what the body says of it.
async fn named(
    name: &str,
    lab: State<Arc<Lab>>,
    key: Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    let fields: Value = read(&body)?;
    act(lab, key, serde_json::from_value(json!({ name: fields }))?).await
}
