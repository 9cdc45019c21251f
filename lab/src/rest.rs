//! Telnyx's REST API, version 2, as far as a softphone's server uses it.

pub(crate) mod calls;
pub(crate) mod credentials;
pub(crate) mod error;
pub(crate) mod recordings;
#[cfg(test)]
mod samples;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};

use crate::lab::Lab;
use error::ApiError;
pub(crate) use recordings::Saved;

/// Everything under `/v2`.
pub(crate) fn routes(lab: &Arc<Lab>) -> Router<Arc<Lab>> {
    Router::new()
        .route("/telephony_credentials", get(credentials::list).post(credentials::create))
        .route("/telephony_credentials/{id}/token", post(credentials::token))
        .merge(calls::routes())
        .merge(recordings::routes())
        .fallback(async || ApiError::NotFound)
        .layer(middleware::from_fn_with_state(Arc::clone(lab), authorize))
}

async fn authorize(
    State(lab): State<Arc<Lab>>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let given = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    if given.and_then(|value| value.strip_prefix("Bearer ")) == Some(&lab.config.key) {
        Ok(next.run(request).await)
    } else {
        Err(ApiError::Unauthorized)
    }
}
