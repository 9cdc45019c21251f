//! `POST /webhooks/telnyx`: believe it, read it, keep it, answer, then work.
//!
//! Telnyx does not repeat what was refused with a 4xx, so everything authentic that can be read is answered with 200.

mod decode;
pub(crate) mod verify;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;

pub(crate) use decode::{announced_links, decode};

use crate::app::App;
use crate::error::ApiError;
use crate::mask;
use crate::store::{OfLeg, Said};

/// The largest webhook accepted, in bytes.
const LARGEST: usize = 1024 * 1024;

pub(crate) fn router() -> Router<App> {
    Router::new().route("/webhooks/telnyx", post(hear)).layer(DefaultBodyLimit::max(LARGEST))
}

async fn hear(
    State(app): State<App>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, ApiError> {
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::TooLarge(LARGEST),
        _ => ApiError::BadRequest("the webhook did not arrive completely".to_owned()),
    })?;
    let now = app.clock.now();
    // Logged as well as answered: whoever set the wrong key reads our log, not Telnyx's.
    verify::verify(&app.config.public_key, &headers, &body, now)
        .inspect_err(|why| tracing::warn!(bytes = body.len(), "webhook refused: {why}"))?;
    let webhook = decode(&body, app.config.ours()).map_err(|why| {
        tracing::warn!(bytes = body.len(), "webhook is authentic but {why}");
        ApiError::BadRequest(format!("the webhook is authentic but {why}"))
    })?;

    let event_type = webhook.event_type.clone();
    let event_id = mask::id(&webhook.event_id);
    let leg = match &webhook.said {
        Said::Fact(OfLeg { fact, .. }) => fact.ids.call_leg_id.as_deref().map(mask::id),
        Said::News(_, heard) => Some(mask::id(&heard.news.handle.0)),
        Said::Nothing | Said::OfAnotherConnection => None,
    };
    let accepted = app.store.accept(webhook, Arc::clone(&app.config.policy), now).await?;
    tracing::info!(event_type, event_id, leg, outcome = accepted.word(), "webhook");
    Ok(StatusCode::OK)
}
