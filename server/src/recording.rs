//! `/api/calls/{id}/recording`: our own copy, in parts if asked; its picture; and the end of it.
//!
//! Whoever sees a call may hear it. Who sees everybody's calls may have a recording deleted.

mod audio;
mod chase;
mod copies;
mod copy;
mod format;
mod pause;
mod play;
mod range;
mod wav;
mod waveform;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use call::history::{Recording, Row, What};
use call::ids::CallId;

pub(crate) use chase::{RemovalError, next};
pub(crate) use copies::{Copies, CopiesError, Sum};
pub(crate) use format::Format;

use crate::agent::{Caller, Role};
use crate::app::App;
use crate::calls::known_id;
use crate::error::ApiError;
use crate::store::Copy;

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/api/calls/{id}/recording", get(play::play).delete(delete))
        .route("/api/calls/{id}/recording/pause", post(pause::pause))
        .route("/api/calls/{id}/recording/resume", post(pause::resume))
        .route("/api/calls/{id}/waveform", get(waveform))
}

/// How long a browser may keep what it was sent: as long as it likes, if it asks each time whether it is still right.
const KEPT: &str = "private, no-cache";

async fn waveform(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let row = ready(&app, &caller, &id).await?;
    let copy = known_copy(&app, &row.id).await?;
    if copy.peaks.is_empty() {
        // It can be played and not drawn.
        return Err(ApiError::NotFound);
    }
    let tag = tag(&copy);
    let kept = [(ETAG, tag.clone()), (CACHE_CONTROL, KEPT.to_owned())];
    if names(&headers, IF_NONE_MATCH.as_str(), &tag) {
        return Ok((StatusCode::NOT_MODIFIED, kept).into_response());
    }
    let picture = waveform::svg(&copy.peaks, copy.channels);
    Ok((kept, [(CONTENT_TYPE, "image/svg+xml")], picture).into_response())
}

async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    match caller.role {
        Role::Supervisor | Role::Admin => {}
        Role::Agent => return Err(ApiError::NotAllowed),
    }
    let row = seen(&app, &caller, &id).await?;
    match row.recording {
        // There is none, or none yet: it cannot be deleted before the call is over.
        Recording::None | Recording::Expected | Recording::Paused => {
            return Err(ApiError::NotFound);
        }
        Recording::Processing
        | Recording::Ready { .. }
        | Recording::Failed { .. }
        | Recording::Missing => {
            tracing::info!(call = %row.id, by = caller.agent, "recording to be deleted");
            let what = What::RecordingDeleted { by: Some(caller.agent) };
            app.say(&row.id, app.clock.now(), what).await?;
        }
        Recording::Deleted => {}
    }
    Ok(StatusCode::NO_CONTENT)
}

/// A call the caller may see.
async fn seen(app: &App, caller: &Caller, id: &str) -> Result<Row, ApiError> {
    let agent = match caller.role {
        Role::Agent => Some(caller.agent.as_str()),
        Role::Supervisor | Role::Admin => None,
    };
    app.store.row_seen_by(agent, known_id(id)?).await?.ok_or(ApiError::NotFound)
}

/// The same, with a recording that can be played.
async fn ready(app: &App, caller: &Caller, id: &str) -> Result<Row, ApiError> {
    let row = seen(app, caller, id).await?;
    match row.recording {
        Recording::Ready { .. } => Ok(row),
        Recording::Deleted => Err(ApiError::Gone),
        Recording::None
        | Recording::Expected
        | Recording::Paused
        | Recording::Processing
        | Recording::Failed { .. }
        | Recording::Missing => Err(ApiError::NotFound),
    }
}

/// What is known of a copy that is there; one an older server made is looked into now.
async fn known_copy(app: &App, id: &CallId) -> Result<Copy, ApiError> {
    if let Some(copy) = app.store.copy(id).await? {
        return Ok(copy);
    }
    let copy = copy::look_into(app, id).await?;
    app.store.keep_copy(id, copy.clone(), None, app.clock.now()).await?;
    Ok(copy)
}

/// The version of a copy, and of its picture: the same bytes have the same.
fn tag(copy: &Copy) -> String {
    use std::fmt::Write as _;
    let mut tag = String::from("\"");
    for byte in &copy.sha256[..16] {
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

/// Whether a conditional header names the tag.
fn names(headers: &HeaderMap, name: &str, tag: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|part| {
            // Only a whole file may be compared weakly, or as any.
            let loosely = name == IF_NONE_MATCH.as_str();
            part == tag || (loosely && (part == "*" || part.strip_prefix("W/") == Some(tag)))
        })
}

/// Removes our copies of a call's recording; none is as good.
pub(crate) async fn remove_copies(app: &App, id: &CallId) -> Result<(), CopiesError> {
    for format in Format::ALL {
        app.copies.remove(&format.name(id)).await?;
    }
    app.copies.discard(id.as_str()).await
}
