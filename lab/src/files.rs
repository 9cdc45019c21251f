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

use crate::exchange::io::Format;
use crate::lab::Lab;
use crate::links::{BadLink, extension};
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
    let (id, format) = named(&file).ok_or(Denied::NoSuchKey)?;
    let now = lab.clock.now();
    let bytes = {
        let state = lab.state();
        state.exchange.links.check(id, format, &query, now)?;
        let saved = Saved::find(&state.exchange, id).ok_or(Denied::NoSuchKey)?;
        Bytes::from_owner(Arc::clone(&saved.audio.bytes))
    };
    serve(format, bytes, &headers)
}

/// The recording and the format that a file's name says.
fn named(file: &str) -> Option<(&str, Format)> {
    let (id, ending) = file.rsplit_once('.')?;
    let format = [Format::Wav, Format::Mp3].into_iter().find(|format| extension(*format) == ending);
    Some((id, format?))
}

/// The file, or the part of it that is asked for.
fn serve(format: Format, bytes: Bytes, headers: &HeaderMap) -> Result<Response, Denied> {
    let kind = match format {
        Format::Wav => "audio/wav",
        Format::Mp3 => "audio/mpeg",
    };
    let content = [(CONTENT_TYPE, kind), (ACCEPT_RANGES, "bytes")];
    let Some(range) = headers.get(RANGE).and_then(|value| value.to_str().ok()) else {
        return Ok((content, bytes).into_response());
    };
    let (first, last) = span(range, bytes.len()).ok_or(Denied::Range)?;
    let told = [(CONTENT_RANGE, format!("bytes {first}-{last}/{}", bytes.len()))];
    Ok((StatusCode::PARTIAL_CONTENT, content, told, bytes.slice(first..=last)).into_response())
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
    #![allow(clippy::unwrap_used, reason = "what is missing is a failed test")]

    use super::*;

    #[test]
    fn a_name_says_its_format() {
        assert_eq!(named("a-b.wav"), Some(("a-b", Format::Wav)));
        assert_eq!(named("a-b.mp3"), Some(("a-b", Format::Mp3)));
        assert_eq!(named("a-b.ogg"), None);
        assert_eq!(named("wav"), None);
    }

    #[test]
    fn a_part_of_a_file_is_told_as_one() {
        let bytes = Bytes::from_static(b"0123456789");
        let asked = |range: Option<&str>| {
            let headers = range.map(|range| (RANGE, range.parse().unwrap()));
            serve(Format::Mp3, bytes.clone(), &headers.into_iter().collect())
        };
        let whole = asked(None).unwrap();
        assert_eq!(
            (whole.status(), &whole.headers()[CONTENT_TYPE]),
            (StatusCode::OK, &"audio/mpeg".parse().unwrap())
        );
        let part = asked(Some("bytes=2-4")).unwrap();
        assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
        assert_eq!(part.headers()[CONTENT_RANGE], "bytes 2-4/10");
        let refused = asked(Some("bytes=10-")).unwrap_or_else(IntoResponse::into_response);
        assert_eq!(refused.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    }

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
