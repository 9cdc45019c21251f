//! `GET /api/calls/{id}/recording`: our own copy, in parts if asked.

mod chase;
mod copy;
mod wav;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, RANGE};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::response::IntoResponse as _;
use axum::routing::get;
use call::history::Recording;
use call::ids::CallId;
use tower::ServiceExt as _;
use tower_http::services::ServeFile;

pub(crate) use chase::next;

use crate::agent::Caller;
use crate::app::App;
use crate::calls::known_id;
use crate::error::ApiError;

/// The kinds of file a recording can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Wav,
    Mp3,
}

impl Format {
    const ALL: [Self; 2] = [Self::Wav, Self::Mp3];

    const fn extension(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::Mp3 => "mp3",
        }
    }

    const fn content_type(self) -> HeaderValue {
        match self {
            Self::Wav => HeaderValue::from_static("audio/wav"),
            Self::Mp3 => HeaderValue::from_static("audio/mpeg"),
        }
    }

    /// Tells by the first bytes what a file is; its name and its sender may be wrong.
    fn of(head: &[u8]) -> Option<Self> {
        match head {
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => Some(Self::Wav),
            [b'I', b'D', b'3', ..] => Some(Self::Mp3),
            // MPEG audio's frame sync: eleven ones.
            [0xff, second, ..] if second & 0xe0 == 0xe0 => Some(Self::Mp3),
            _ => None,
        }
    }
}

/// Removes our copies of a call's recording; none is as good.
pub(crate) async fn remove_copies(app: &App, id: &CallId) -> Result<(), std::io::Error> {
    let names = Format::ALL.map(|format| format!("{id}.{}", format.extension()));
    for name in names.into_iter().chain([format!(".{id}.part")]) {
        match tokio::fs::remove_file(app.config.recordings().join(name)).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

pub(crate) fn router() -> Router<App> {
    Router::new().route("/api/calls/{id}/recording", get(play))
}

async fn play(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response<Body>, ApiError> {
    let row = app.store.call_of(&caller.agent, known_id(&id)?).await?.ok_or(ApiError::NotFound)?;
    match row.recording {
        Recording::Ready { .. } => {}
        Recording::None
        | Recording::Expected
        | Recording::Processing
        | Recording::Failed { .. }
        | Recording::Missing => return Err(ApiError::NotFound),
    }
    for format in Format::ALL {
        let path = app.config.recordings().join(format!("{}.{}", row.id, format.extension()));
        if !tokio::fs::try_exists(&path).await? {
            continue;
        }
        // A copy never changes once it is stored, so its call's id is all there is to know about its version.
        let tag = format!("\"{}\"", row.id);
        if names(request.headers(), IF_NONE_MATCH.as_str(), &tag) {
            return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
        }
        let mut request = request;
        if request.headers().contains_key(IF_RANGE)
            && !names(request.headers(), IF_RANGE.as_str(), &tag)
        {
            // The part asked for is one of another file.
            request.headers_mut().remove(RANGE);
        }
        let mut answer = match ServeFile::new(path).oneshot(request).await {
            Ok(answer) => answer.map(Body::new),
            Err(never) => match never {},
        };
        let headers = answer.headers_mut();
        headers.insert(CONTENT_TYPE, format.content_type());
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        headers.insert(ETAG, HeaderValue::from_str(&tag).map_err(|_| ApiError::NotFound)?);
        return Ok(answer);
    }
    tracing::error!(call = %row.id, "the copy of a recording is gone from the store");
    Err(ApiError::NotFound)
}

/// Whether a conditional header names the tag.
fn names(headers: &HeaderMap, name: &str, tag: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|part| {
            part.trim() == tag || (name == IF_NONE_MATCH.as_str() && matches!(part.trim(), "*"))
        })
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn a_file_is_what_its_first_bytes_say() {
        assert_eq!(Format::of(b"RIFF\x24\0\0\0WAVEfmt "), Some(Format::Wav));
        assert_eq!(Format::of(b"ID3\x04"), Some(Format::Mp3));
        assert_eq!(Format::of(&[0xff, 0xfb, 0x90]), Some(Format::Mp3));
        assert_eq!(Format::of(b"<?xml version=\"1.0\"?><Error>"), None);
        assert_eq!(Format::of(b""), None);
    }
}
