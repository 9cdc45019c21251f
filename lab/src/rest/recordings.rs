//! `/recordings`. Shapes: `lab/carrier/recording.json`, `recordings.list.json`.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use serde_json::{Value, json};

use super::error::ApiError;
use crate::clock::Moment;
use crate::exchange::call::{Call, Recording, Stage, Talk};
use crate::exchange::{Audio, Exchange};
use crate::lab::Lab;

/// Fields a list can be filtered by.
const FILTERS: [&str; 6] =
    ["call_control_id", "call_leg_id", "call_session_id", "connection_id", "from", "to"];

/// A recording that can be downloaded, and the call it is of.
pub(crate) struct Saved<'a> {
    call: &'a Call,
    id: &'a str,
    /// The sound.
    pub(crate) audio: &'a Audio,
    at: Moment,
    from: Moment,
    to: Moment,
}

impl<'a> Saved<'a> {
    /// The recording of a call, if it has been saved.
    pub(crate) fn of(call: &'a Call) -> Option<Self> {
        match call.stage() {
            Stage::Ended { at, talk: Some(Talk { answered_at, recording }), .. } => match recording
            {
                Recording::Collecting | Recording::Processing { .. } => None,
                Recording::Saved { id, audio, at: saved } => {
                    Some(Self { call, id, audio, at: *saved, from: *answered_at, to: *at })
                }
            },
            Stage::Preparing
            | Stage::Refusing { .. }
            | Stage::Ringing { .. }
            | Stage::AgentRings { .. }
            | Stage::Answered { .. }
            | Stage::Ended { talk: None, .. } => None,
        }
    }

    /// The recording with this id.
    pub(crate) fn find(exchange: &'a Exchange, id: &str) -> Option<Self> {
        exchange.calls().iter().filter_map(Self::of).find(|saved| saved.id == id)
    }

    /// As REST shows it, with a link made `now`.
    pub(crate) fn written(&self, exchange: &Exchange, now: Moment) -> Value {
        let saved_at = self.at.iso();
        json!({
            "record_type": "recording",
            "id": self.id,
            "call_control_id": self.call.ids.control,
            "call_leg_id": self.call.ids.leg,
            "call_session_id": self.call.ids.session,
            "connection_id": exchange.connection_id(),
            "channels": "dual",
            "created_at": saved_at,
            "download_urls": { "wav": exchange.links.to(self.id, now) },
            "duration_millis": self.audio.millis,
            "from": self.call.from,
            "initiated_by": "Trunking",
            "recording_ended_at": self.to.iso(),
            "recording_started_at": self.from.iso(),
            "source": "call",
            "status": "completed",
            "to": self.call.to,
            "updated_at": saved_at,
        })
    }
}

/// `GET /recordings`, newest first.
pub(crate) async fn list(
    State(lab): State<Arc<Lab>>,
    Query(query): Query<HashMap<String, String>>,
) -> Json<Value> {
    let now = lab.clock.now();
    let state = lab.state();
    let all = state.exchange.calls().iter().rev().filter_map(Saved::of);
    let found = all
        .map(|saved| saved.written(&state.exchange, now))
        .filter(|recording| {
            FILTERS.iter().all(|name| {
                query
                    .get(&format!("filter[{name}]"))
                    .is_none_or(|wanted| recording[name].as_str() == Some(wanted))
            })
        })
        .collect();
    Json(Page::asked(&query, 20).of(found))
}

/// `GET /recordings/{id}`, with fresh links each time.
pub(crate) async fn one(
    State(lab): State<Arc<Lab>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let now = lab.clock.now();
    let state = lab.state();
    let saved = Saved::find(&state.exchange, &id).ok_or(ApiError::NotFound)?;
    Ok(Json(json!({ "data": saved.written(&state.exchange, now) })))
}

/// The part of a list that is asked for (`page[number]`, `page[size]`).
pub(crate) struct Page {
    number: usize,
    size: usize,
}

impl Page {
    /// Reads the query; both parts have defaults, and 250 is the largest size.
    pub(crate) fn asked(query: &HashMap<String, String>, default_size: usize) -> Self {
        let number = |name: &str| query.get(name).and_then(|text| text.parse::<usize>().ok());
        Self {
            number: number("page[number]").unwrap_or(1).max(1),
            size: number("page[size]").unwrap_or(default_size).clamp(1, 250),
        }
    }

    /// The page out of `all`, with its `meta`.
    pub(crate) fn of(&self, all: Vec<Value>) -> Value {
        let total = all.len();
        let skipped = (self.number - 1).saturating_mul(self.size);
        let data: Vec<Value> = all.into_iter().skip(skipped).take(self.size).collect();
        json!({
            "data": data,
            "meta": {
                "page_number": self.number,
                "page_size": self.size,
                "total_pages": total.div_ceil(self.size),
                "total_results": total,
            },
        })
    }
}
