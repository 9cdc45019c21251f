//! What the lab has written down: gateway messages, REST requests, webhooks, the SDK's reports.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Refused, read};
use crate::delivery::{Delivery, Modes};
use crate::lab::Lab;
use crate::wire::Which;

pub(super) fn routes() -> Router<Arc<Lab>> {
    Router::new()
        .route("/wire", get(wire))
        .route("/rest", get(rest))
        .route(
            "/reports",
            get(async |State(lab): State<Arc<Lab>>| Json(lab.state().reports.clone())),
        )
        .route("/webhooks", get(webhooks).post(set_webhooks))
        .route("/webhooks/{id}/again", post(webhook_again))
}

/// What part of the gateway's log is asked for. `after` is the `id` of an entry: only what came after it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireAsked {
    call_id: Option<String>,
    #[serde(default)]
    after: u64,
    socket: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RestAsked {
    call_id: Option<String>,
    #[serde(default)]
    after: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WebhooksAsked {
    call_id: Option<String>,
    /// Whatever it is set to.
    modes_only: Option<String>,
}

/// The gateway's messages; of one call (`call_id`) or one socket, if asked.
async fn wire(State(lab): State<Arc<Lab>>, Query(asked): Query<WireAsked>) -> Json<Value> {
    let WireAsked { call_id, after, socket } = asked;
    Json(json!(lab.state().wire.lines(Which { call: call_id.as_deref(), socket, after })))
}

/// The requests to `/v2`.
async fn rest(State(lab): State<Arc<Lab>>, Query(asked): Query<RestAsked>) -> Json<Value> {
    let RestAsked { call_id, after } = asked;
    Json(json!(lab.state().requests.entries(call_id.as_deref(), after)))
}

/// The modes, and the webhooks so far; those of one call (`call_id`), or none at all (`modes_only`), if asked.
async fn webhooks(State(lab): State<Arc<Lab>>, Query(asked): Query<WebhooksAsked>) -> Json<Value> {
    let modes = lab.delivery.modes();
    if asked.modes_only.is_some() {
        return Json(json!({ "modes": modes }));
    }
    let mut log = lab.delivery.log();
    if let Some(leg) = asked.call_id {
        log.retain(|entry| entry.event.leg == leg);
    }
    Json(json!({ "modes": modes, "log": log }))
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
