//! `GET /api/calls/{id}/recording`: the audio, or the part of it that is asked for (RFC 9110, 13 and 14).

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    IF_RANGE, RANGE,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::range::{Part, part};
use super::{CopiesError, KEPT, known_copy, names, ready, tag};
use crate::agent::Caller;
use crate::app::App;
use crate::error::ApiError;

pub(super) async fn play(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let row = ready(&app, &caller, &id).await?;
    let copy = known_copy(&app, &row.id).await?;
    let tag = tag(&copy);
    let kept = [(ETAG, tag.clone()), (CACHE_CONTROL, KEPT.to_owned())];
    if names(&headers, IF_NONE_MATCH.as_str(), &tag) {
        return Ok((StatusCode::NOT_MODIFIED, kept).into_response());
    }
    let all = copy.bytes;
    let (status, sent) = match asked(&headers, &tag, all) {
        Part::Whole => (StatusCode::OK, 0..all),
        Part::Some(part) => (StatusCode::PARTIAL_CONTENT, part),
        Part::Beyond => {
            let beyond = [(CONTENT_RANGE, format!("bytes */{all}"))];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, kept, beyond).into_response());
        }
    };
    let name = copy.format.name(&row.id);
    // What has another length than it was stored with has other bytes, too.
    if app.copies.bytes(&name).await? != all {
        return Err(CopiesError::Damaged.into());
    }
    let body = if method == Method::HEAD {
        Body::empty()
    } else {
        Body::from_stream(app.copies.read(&name, sent.clone()).await?)
    };
    let mut answer = (status, kept, body).into_response();
    let head = answer.headers_mut();
    head.insert(CONTENT_TYPE, copy.format.content_type());
    head.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    head.insert(CONTENT_LENGTH, HeaderValue::from(sent.end - sent.start));
    if status == StatusCode::PARTIAL_CONTENT {
        let range = format!("bytes {}-{}/{all}", sent.start, sent.end - 1);
        if let Ok(range) = HeaderValue::try_from(range) {
            head.insert(CONTENT_RANGE, range);
        }
    }
    Ok(answer)
}

/// What is asked for of a file of `all` bytes. A part of another file than ours is of no use: then it is all of ours.
fn asked(headers: &HeaderMap, tag: &str, all: u64) -> Part {
    let is_another = headers.contains_key(IF_RANGE) && !names(headers, IF_RANGE.as_str(), tag);
    match headers.get(RANGE) {
        Some(range) if !is_another => part(range.as_bytes(), all),
        Some(_) | None => Part::Whole,
    }
}
