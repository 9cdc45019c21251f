//! Forgetting: calls that are too old, and everything about a number when somebody asks for it.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use call::history::What;
use call::ids::CallId;
use call::number::Number;
use call::time::Millis;
use schemars::JsonSchema;
use serde::Serialize;

use crate::agent::{Caller, Role};
use crate::app::App;
use crate::error::ApiError;
use crate::mask;
use crate::store::Dossier;

/// How often what is too old is looked for.
const ROUND: Duration = Duration::from_hours(1);

/// How many calls are looked for at a time.
const BATCH: i64 = 100;

/// How long a day is, in milliseconds.
const DAY: u64 = 24 * 60 * 60 * 1000;

/// Everything known of a number.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Export {
    number: String,
    calls: Vec<Dossier>,
}

/// How much was erased.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Erased {
    /// Calls, with what was said and written of them and their recordings, here and at Telnyx.
    calls: usize,
    /// Events of Telnyx's that name the number and belong to no call.
    webhooks: u64,
}

pub(crate) fn router() -> Router<App> {
    Router::new().route("/api/numbers/{number}", get(export).delete(erase))
}

async fn export(
    State(app): State<App>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<Json<Export>, ApiError> {
    let number = admit(&caller, &number)?;
    let mut calls = Vec::new();
    for id in app.store.calls_with(digits(&number)).await? {
        calls.extend(app.store.dossier(&id).await?);
    }
    Ok(Json(Export { number: number.as_str().to_owned(), calls }))
}

async fn erase(
    State(app): State<App>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<Json<Erased>, ApiError> {
    let number = admit(&caller, &number)?;
    let mut calls = 0;
    for id in app.store.calls_with(digits(&number)).await? {
        app.erase_call(&id).await?;
        calls += 1;
    }
    let webhooks = app.store.erase_strays_with(digits(&number)).await?;
    tracing::info!(by = caller.agent, number = mask::number(number.as_str()), calls, "erased");
    Ok(Json(Erased { calls, webhooks }))
}

fn admit(caller: &Caller, number: &str) -> Result<Number, ApiError> {
    match caller.role {
        Role::Admin => Ok(Number::parse(number)?),
        Role::Agent | Role::Supervisor => Err(ApiError::NotAllowed),
    }
}

fn digits(number: &Number) -> &str {
    number.as_str().trim_start_matches('+')
}

impl App {
    /// Erases a call: the recording at Telnyx, our copy, and the rows, in this order, so that what fails can be repeated.
    async fn erase_call(&self, id: &CallId) -> Result<(), ApiError> {
        if let Some(call) = self.store.pursuit(id).await? {
            self.remove_at_telnyx(&call).await?;
        }
        self.remove_here(id).await?;
        self.store.erase(id).await?;
        Ok(())
    }

    /// Erases what is older than the settings allow, now and every hour until the server stops.
    pub(crate) async fn forget(self) {
        loop {
            if let Err(error) = self.forget_old().await {
                tracing::warn!("erasing what is too old: {error}");
            }
            tokio::select! {
                () = tokio::time::sleep(ROUND) => {}
                () = self.stopping() => return,
            }
        }
    }

    async fn forget_old(&self) -> Result<(), ApiError> {
        if let Some(days) = self.config.recording_retention_days {
            self.forget_recordings(days).await?;
        }
        let Some(days) = self.config.retention_days else { return Ok(()) };
        let limit = self.days_ago(days);
        loop {
            let old = self.store.placed_before(limit, BATCH).await?;
            let mut erased = 0;
            for id in &old {
                match self.erase_call(id).await {
                    Ok(()) => erased += 1,
                    Err(error) => tracing::warn!(call = %id, "erasing what is too old: {error}"),
                }
            }
            // What could not be erased is tried again in the next round.
            if erased == 0 {
                break;
            }
            tracing::info!(calls = erased, days, "erased what was too old");
        }
        self.store.erase_strays_before(limit).await?;
        Ok(())
    }

    /// Has recordings deleted that are too old, and keeps their calls. The deletion itself is a job.
    async fn forget_recordings(&self, days: u32) -> Result<(), ApiError> {
        let limit = self.days_ago(days);
        loop {
            let old = self.store.recorded_before(limit, BATCH).await?;
            if old.is_empty() {
                return Ok(());
            }
            for id in &old {
                self.say(id, self.clock.now(), What::RecordingDeleted { by: None }).await?;
            }
            tracing::info!(recordings = old.len(), days, "recordings were too old");
        }
    }

    fn days_ago(&self, days: u32) -> Millis {
        Millis(self.clock.now().0.saturating_sub(u64::from(days) * DAY))
    }
}
