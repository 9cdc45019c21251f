//! `/api/log`: every call one may see, found, counted and carried away; and what people write beside a call.
//!
//! An agent sees the own calls, a supervisor everybody's.

mod csv;
mod query;
mod totals;

use axum::extract::{Path, Query, State};
use axum::routing::{get, patch};
use axum::{Json, Router};
use call::log::{Edit, Entry, Log};

use crate::agent::{Caller, Role};
use crate::app::App;
use crate::calls::{known_id, write_cursor};
use crate::error::ApiError;
use crate::guard::Body;
use crate::store::Filter;

pub(crate) use query::Asked;

/// The longest notes, in characters.
const LONGEST_NOTES: usize = 10_000;

/// The longest tag or disposition, in characters, and how many tags there may be.
const LONGEST_TAG: usize = 64;
const MOST_TAGS: usize = 32;

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/api/log", get(list))
        .route("/api/log.csv", get(csv::carry))
        .route("/api/log/totals", get(totals::count))
        .route("/api/calls/{id}", patch(edit))
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Json<Log>, ApiError> {
    let asked = asked.read(&caller, &app.config.zone)?;
    let (entries, next) = app.store.find(&asked.filter, asked.before.as_ref(), asked.limit).await?;
    Ok(Json(Log { entries, next: next.map(write_cursor) }))
}

async fn edit(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(edit): Body<Edit>,
) -> Result<Json<Entry>, ApiError> {
    check(&edit)?;
    let entry =
        app.store.edit(&seen_by(&caller), known_id(&id)?, edit).await?.ok_or(ApiError::NotFound)?;
    Ok(Json(entry))
}

/// The calls somebody may see.
pub(crate) fn seen_by(caller: &Caller) -> Filter {
    let agent = match caller.role {
        Role::Agent => Some(caller.agent.clone()),
        Role::Supervisor | Role::Admin => None,
    };
    Filter { agent, ..Filter::default() }
}

fn check(edit: &Edit) -> Result<(), ApiError> {
    let refuse = |why: &str| Err(ApiError::BadRequest(why.to_owned()));
    let tags = edit.tags.as_deref().unwrap_or_default();
    let short = tags.iter().chain(&edit.disposition);
    if edit.notes.as_ref().is_some_and(|notes| notes.chars().count() > LONGEST_NOTES) {
        return refuse("the notes are longer than 10000 characters");
    }
    if tags.len() > MOST_TAGS || tags.iter().any(|tag| tag.trim().is_empty()) {
        return refuse("there may be 32 tags, none of them empty");
    }
    if short.clone().any(|text| text.chars().count() > LONGEST_TAG) {
        return refuse("a tag or disposition is longer than 64 characters");
    }
    // PostgreSQL's texts cannot hold it.
    if short.chain(&edit.notes).any(|text| text.contains('\0')) {
        return refuse("a text has a character that is none");
    }
    Ok(())
}
