//! Where recordings are downloaded: an origin of its own that trusts signed links only, as S3 does.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::header::{ACCEPT_RANGES, AUTHORIZATION, CONTENT_RANGE, CONTENT_TYPE, RANGE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::lab::Lab;
use crate::links::BadLink;
use crate::rest::Saved;

/// The whole origin.
pub(crate) fn router(lab: Arc<Lab>) -> Router {
    Router::new().route("/recordings/{file}", get(download)).with_state(lab)
}

/// Why a download is refused, in S3's words.
#[derive(Debug, thiserror::Error)]
enum Denied {
    #[error(
        "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified"
    )]
    TwoSignatures,
    #[error(transparent)]
    Link(#[from] BadLink),
    #[error("The specified key does not exist.")]
    NoSuchKey,
    #[error("The requested range is not satisfiable")]
    Range,
}

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        let (status, code) = match &self {
            Self::TwoSignatures => (StatusCode::BAD_REQUEST, "InvalidArgument"),
            Self::Link(BadLink::Expired) => (StatusCode::FORBIDDEN, "AccessDenied"),
            Self::Link(BadLink::Signature) => (StatusCode::FORBIDDEN, "SignatureDoesNotMatch"),
            Self::NoSuchKey => (StatusCode::NOT_FOUND, "NoSuchKey"),
            Self::Range => (StatusCode::RANGE_NOT_SATISFIABLE, "InvalidRange"),
        };
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{self}</Message></Error>",
        );
        (status, [(CONTENT_TYPE, "application/xml")], body).into_response()
    }
}

async fn download(
    State(lab): State<Arc<Lab>>,
    Path(file): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Response, Denied> {
    if headers.contains_key(AUTHORIZATION) {
        return Err(Denied::TwoSignatures);
    }
    let id = file.strip_suffix(".wav").ok_or(Denied::NoSuchKey)?;
    let now = lab.clock.now();
    let wav = {
        let state = lab.state();
        state.exchange.links.check(id, &query, now)?;
        let saved = Saved::find(&state.exchange, id).ok_or(Denied::NoSuchKey)?;
        Bytes::from_owner(Arc::clone(&saved.audio.bytes))
    };
    let content = [(CONTENT_TYPE, "audio/wav"), (ACCEPT_RANGES, "bytes")];
    let Some(range) = headers.get(RANGE).and_then(|value| value.to_str().ok()) else {
        return Ok((content, wav).into_response());
    };
    let (first, last) = span(range, wav.len()).ok_or(Denied::Range)?;
    let told = [(CONTENT_RANGE, format!("bytes {first}-{last}/{}", wav.len()))];
    Ok((StatusCode::PARTIAL_CONTENT, content, told, wav.slice(first..=last)).into_response())
}

/// First and last byte of a single range (RFC 9110, section 14.1.2).
fn span(range: &str, length: usize) -> Option<(usize, usize)> {
    let end = length.checked_sub(1)?;
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let (first, last) = match (first, last) {
        ("", suffix) => (length.saturating_sub(suffix.parse().ok()?), end),
        (first, "") => (first.parse().ok()?, end),
        (first, last) => (first.parse().ok()?, last.parse::<usize>().ok()?.min(end)),
    };
    (first <= last).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_http_says() {
        assert_eq!(span("bytes=0-99", 1000), Some((0, 99)));
        assert_eq!(span("bytes=900-", 1000), Some((900, 999)));
        assert_eq!(span("bytes=-100", 1000), Some((900, 999)));
        assert_eq!(span("bytes=0-9999", 1000), Some((0, 999)));
        assert_eq!(span("bytes=1000-", 1000), None);
        assert_eq!(span("lines=1-2", 1000), None);
    }
}
