//! Telnyx's REST API, version 2, as far as a softphone's server uses it.

pub(crate) mod calls;
pub(crate) mod credentials;
pub(crate) mod deliveries;
pub(crate) mod error;
pub(crate) mod faults;
pub(crate) mod list;
pub(crate) mod log;
mod numbers;
pub(crate) mod recordings;
pub(crate) mod registration;
pub(crate) mod resources;
#[cfg(test)]
mod samples;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};

use crate::account::{Application, CredentialConnection, OutboundVoiceProfile, PhoneNumber};
use crate::lab::Lab;
use error::ApiError;
pub(crate) use recordings::Saved;

/// Everything under `/v2`.
pub(crate) fn routes(lab: &Arc<Lab>) -> Router<Arc<Lab>> {
    Router::new()
        .merge(calls::routes())
        .merge(recordings::routes())
        .merge(account())
        .fallback(async || ApiError::NotFound)
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed)
        .layer(middleware::from_fn_with_state(Arc::clone(lab), authorize))
        .layer(middleware::from_fn_with_state(Arc::clone(lab), faults::meet))
        .layer(middleware::from_fn_with_state(Arc::clone(lab), log::note))
}

/// What the account owns.
fn account() -> Router<Arc<Lab>> {
    use resources::{change, create, list, one};
    Router::new()
        .route("/telephony_credentials", get(credentials::list).post(credentials::create))
        .route(
            "/telephony_credentials/{id}",
            get(credentials::one).patch(credentials::change).delete(credentials::delete),
        )
        .route("/telephony_credentials/{id}/token", post(credentials::token))
        .route(
            "/credential_connections",
            get(list::<CredentialConnection>).post(create::<CredentialConnection>),
        )
        .route(
            "/credential_connections/{id}",
            get(one::<CredentialConnection>)
                .patch(change::<CredentialConnection>)
                .delete(resources::delete_connection),
        )
        .route(
            "/credential_connections/{id}/actions/check_registration_status",
            post(registration::check),
        )
        .route("/call_control_applications", get(list::<Application>).post(create::<Application>))
        .route(
            "/call_control_applications/{id}",
            get(one::<Application>)
                .patch(change::<Application>)
                .delete(resources::delete_application),
        )
        .route(
            "/outbound_voice_profiles",
            get(list::<OutboundVoiceProfile>).post(create::<OutboundVoiceProfile>),
        )
        .route(
            "/outbound_voice_profiles/{id}",
            get(one::<OutboundVoiceProfile>)
                .patch(change::<OutboundVoiceProfile>)
                .delete(resources::delete_profile),
        )
        .route("/webhook_deliveries", get(deliveries::list))
        .route("/webhook_deliveries/{id}", get(deliveries::one))
        .route("/phone_numbers", get(list::<PhoneNumber>))
        .route("/phone_numbers/{id}", get(one::<PhoneNumber>).patch(numbers::change))
        .route("/phone_numbers/{id}/voice", get(numbers::voice).patch(numbers::change_voice))
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
