//! What every request goes through: who sent it, how much, how long it may take, and how its answer is marked.

use axum::extract::{FromRequest, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::error::ApiError;

/// The largest body the page may send, in bytes.
pub(crate) const LARGEST: usize = 64 * 1024;

/// What the page uses of a browser: the microphone, and to keep the screen on.
const PERMISSIONS: HeaderValue = HeaderValue::from_static(
    "microphone=(self), screen-wake-lock=(self), camera=(), geolocation=(), payment=(), usb=()",
);

/// A JSON body; what is wrong with it is said as a problem.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match axum::Json::from_request(request, state).await {
            Ok(axum::Json(body)) => Ok(Self(body)),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(ApiError::TooLarge(LARGEST))
            }
            Err(rejection) => Err(ApiError::BadRequest(rejection.body_text())),
        }
    }
}

/// Refuses what another site makes a browser send. The cookie's `SameSite` does so too, but it takes two ports of
/// one machine for one site.
pub(crate) async fn same_origin(request: Request, next: Next) -> Result<Response, ApiError> {
    let headers = request.headers();
    let is_ours = match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        Some(from) => from == b"same-origin" || from == b"none",
        // An older browser says at least where the request was made; what says nothing is no browser.
        None => headers.get(ORIGIN).is_none_or(|origin| {
            let host = headers.get(HOST).and_then(|host| host.to_str().ok());
            let from = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
            matches!((from, host), (Some((_, from)), Some(host)) if from.eq_ignore_ascii_case(host))
        }),
    };
    if is_ours || request.method().is_safe() {
        Ok(next.run(request).await)
    } else {
        Err(ApiError::CrossSite)
    }
}

/// Gives up on an answer that takes too long. A stream's head comes at once; its body is not waited for.
pub(crate) async fn in_time(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let limit = app.config.limits.answer;
    tokio::time::timeout(limit, next.run(request)).await.map_err(|_| ApiError::TimedOut)
}

/// Marks an answer of the API as nobody else's to keep, and nothing to show.
pub(crate) async fn unkept(request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    let headers = answer.headers_mut();
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(NOTHING);
    answer
}

/// What an answer of the API may load, should a browser ever show it: nothing.
const NOTHING: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox");

/// Notes that somebody was heard, and marks every answer.
pub(crate) async fn marked(State(app): State<App>, request: Request, next: Next) -> Response {
    app.hears();
    let mut answer = next.run(request).await;
    let headers = answer.headers_mut();
    headers.insert("permissions-policy", PERMISSIONS);
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    if app.config.frame_ancestors.is_none() {
        // What says the same to browsers that know no policy.
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    if !app.config.is_demo() {
        // Heard over https only.
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    answer
}
