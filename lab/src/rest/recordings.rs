//! `/recordings`. Shapes: `lab/carrier/recording.json`, `recordings.list.json`.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::error::ApiError;
use super::list::{self, Page};
use crate::clock::{self, Moment};
use crate::exchange::recordings::{Progress, Recording};
use crate::exchange::{Audio, Exchange};
use crate::lab::Lab;

/// Fields a list can be filtered by, and how each is spelt in a recording.
const FILTERS: [(&str, &str); 9] = [
    ("call_control_id", "call_control_id"),
    ("call_leg_id", "call_leg_id"),
    ("call_session_id", "call_session_id"),
    ("connection_id", "connection_id"),
    ("from", "from"),
    ("to", "to"),
    ("conference_id", "conference_id"),
    // Nothing here is of a conference, so these two find nothing.
    ("conference_region", "conference_region"),
    ("sip_call_id", "sip_call_id"),
];

/// Times a list can be limited by, and how each is spelt in a recording.
const TIMES: [(&str, &str); 3] = [
    ("created_at", "created_at"),
    ("start_time", "recording_started_at"),
    ("end_time", "recording_ended_at"),
];

/// What is here of `/v2`.
pub(crate) fn routes() -> Router<Arc<Lab>> {
    Router::new()
        .route("/recordings", get(list))
        .route("/recordings/{id}", get(one).delete(delete))
        .route("/recordings/actions/delete", post(delete_many))
}

/// A recording that can be downloaded.
pub(crate) struct Saved<'a> {
    /// The sound.
    pub(crate) audio: &'a Audio,
}

impl<'a> Saved<'a> {
    /// The recording with this id.
    pub(crate) fn find(exchange: &'a Exchange, id: &str) -> Option<Self> {
        let recording = exchange.recordings().iter().find(|recording| recording.id == id)?;
        match &recording.progress {
            Progress::Saved { audio, .. } => Some(Self { audio }),
            Progress::Running { .. }
            | Progress::Collecting { .. }
            | Progress::Processing { .. }
            | Progress::Failed => None,
        }
    }
}

/// `GET /recordings`, newest first.
async fn list(
    State(lab): State<Arc<Lab>>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, ApiError> {
    let now = lab.clock.now();
    Ok(Json(listed(&lab.state().exchange, &query, now)?))
}

/// The page of recordings that a query asks for.
pub(crate) fn listed(
    exchange: &Exchange,
    query: &HashMap<String, String>,
    now: Moment,
) -> Result<Value, ApiError> {
    for (filter, _) in list::filters(query) {
        if !is_known(filter) {
            return Err(list::bad_filter(filter));
        }
    }
    let limits = limits(query)?;
    let found = exchange
        .recordings()
        .iter()
        .rev()
        .filter_map(|recording| exchange.written_recording(recording, now))
        .filter(|recording| {
            let text = |field: &str| recording[field].as_str();
            FILTERS.iter().all(|(name, field)| {
                query
                    .get(&format!("filter[{name}]"))
                    .is_none_or(|wanted| text(field) == Some(wanted))
            }) && limits.iter().all(|limit| {
                text(limit.field).and_then(clock::from_iso).is_some_and(|at| limit.allows(at))
            })
        })
        .collect();
    Ok(Page::asked(query, 20).of(found))
}

/// `GET /recordings/{id}`, with fresh links each time.
async fn one(State(lab): State<Arc<Lab>>, Path(id): Path<String>) -> Result<Json<Value>, ApiError> {
    let now = lab.clock.now();
    let state = lab.state();
    let recording = saved(&state.exchange, &id, now).ok_or(ApiError::NotFound)?;
    Ok(Json(json!({ "data": recording })))
}

fn saved(exchange: &Exchange, id: &str, now: Moment) -> Option<Value> {
    let found: &Recording = exchange.recordings().iter().find(|recording| recording.id == id)?;
    exchange.written_recording(found, now)
}

/// `DELETE /recordings/{id}`: shows for the last time what it deletes.
async fn delete(
    State(lab): State<Arc<Lab>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let now = lab.clock.now();
    let mut state = lab.state();
    let recording = saved(&state.exchange, &id, now).ok_or(ApiError::NotFound)?;
    state.exchange.delete_recording(&id);
    Ok(Json(json!({ "data": recording })))
}

/// `POST /recordings/actions/delete`: all of them, or none if one does not exist.
async fn delete_many(State(lab): State<Arc<Lab>>, body: Bytes) -> Result<Json<Value>, ApiError> {
    let body: Value = serde_json::from_slice(&body).map_err(|_| ApiError::Malformed)?;
    let ids: Vec<&str> = match body["ids"].as_array() {
        Some(ids) => ids.iter().filter_map(Value::as_str).collect(),
        None => return Err(ApiError::missing("ids")),
    };
    let now = lab.clock.now();
    let mut state = lab.state();
    if ids.iter().any(|id| saved(&state.exchange, id, now).is_none()) {
        return Err(ApiError::NotFound);
    }
    for id in ids {
        state.exchange.delete_recording(id);
    }
    Ok(Json(deleted()))
}

/// What is left to say of recordings that were deleted together.
pub(crate) fn deleted() -> Value {
    json!({ "status": "ok" })
}

/// Whether this is a filter, by what stands behind `filter`.
fn is_known(filter: &str) -> bool {
    let by_time =
        |name: &str| ["gte", "lte"].iter().any(|bound| filter == format!("[{name}][{bound}]"));
    FILTERS.iter().any(|(name, _)| filter == format!("[{name}]"))
        || TIMES.iter().any(|(name, _)| by_time(name))
}

/// `filter[created_at][gte]` and its like.
struct Limit {
    field: &'static str,
    bound: Bound,
    at: Moment,
}

#[derive(Clone, Copy)]
enum Bound {
    From,
    UpTo,
}

impl Limit {
    fn allows(&self, at: Moment) -> bool {
        match self.bound {
            Bound::From => at >= self.at,
            Bound::UpTo => at <= self.at,
        }
    }
}

fn limits(query: &HashMap<String, String>) -> Result<Vec<Limit>, ApiError> {
    let mut limits = Vec::new();
    for (name, field) in TIMES {
        for (word, bound) in [("gte", Bound::From), ("lte", Bound::UpTo)] {
            let parameter = format!("filter[{name}][{word}]");
            if let Some(text) = query.get(&parameter) {
                let at = clock::from_iso(text).ok_or_else(|| ApiError::not_a_time(&parameter))?;
                limits.push(Limit { field, bound, at });
            }
        }
    }
    Ok(limits)
}
