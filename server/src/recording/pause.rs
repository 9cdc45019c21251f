//! `POST /api/calls/{id}/recording/pause` and `…/resume`: what is said in between is not recorded.
//!
//! Only where this server puts the call through is there a leg it may command. The row says so ([`Row::pausable`]),
//! and that a recording is paused it says once Telnyx has taken the command.
//!
//! [`Row::pausable`]: call::history::Row::pausable

use axum::extract::{Path, State};
use axum::http::StatusCode;
use call::history::What;
use uuid::Uuid;

use crate::agent::Caller;
use crate::app::App;
use crate::calls::known_id;
use crate::control::Role;
use crate::error::ApiError;
use crate::mask;

pub(super) async fn pause(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    command(&app, &caller, &id, true).await
}

pub(super) async fn resume(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    command(&app, &caller, &id, false).await
}

async fn command(
    app: &App,
    caller: &Caller,
    id: &str,
    paused: bool,
) -> Result<StatusCode, ApiError> {
    let row = app.store.row_seen_by(Some(&caller.agent), known_id(id)?).await?;
    let row = row.ok_or(ApiError::NotFound)?;
    let control = app.store.control(&row.id).await?.filter(|_| row.pausable);
    let leg = control.as_ref().and_then(|control| control.handle(Role::Customer));
    let leg = &leg.ok_or(ApiError::NotPausable)?.0;
    app.carrier.record(leg, paused, &Uuid::new_v4().to_string()).await?;
    tracing::info!(call = %row.id, leg = mask::id(leg), paused, "recording");
    let what = if paused { What::RecordingPaused } else { What::RecordingResumed };
    app.say(&row.id, app.clock.now(), what).await?;
    Ok(StatusCode::NO_CONTENT)
}
