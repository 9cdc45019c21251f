//! `/webhook_deliveries`: what became of each webhook. Shape: `lab/carrier/webhook_delivery.json`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use serde_json::{Map, Value, json};

use super::error::ApiError;
use super::list::{self, Page};
use super::resources::PAGE;
use crate::account::field;
use crate::clock::{self, Moment};
use crate::delivery::{Attempt, Entry};
use crate::lab::Lab;
use crate::seed::Seed;

/// `GET /webhook_deliveries`, newest first.
pub(crate) async fn list(
    State(lab): State<Arc<Lab>>,
    Query(query): Query<list::Query>,
) -> Result<Json<Value>, ApiError> {
    let mut found: Vec<Map<String, Value>> = all(&lab).collect();
    for (name, wanted) in list::filters(&query) {
        let keep = filter(name, wanted)?;
        found.retain(|shown| keep(shown));
    }
    found.reverse();
    Ok(Json(Page::asked(&query, PAGE).of(found.into_iter().map(Value::Object).collect())))
}

/// `GET /webhook_deliveries/{id}`.
pub(crate) async fn one(
    State(lab): State<Arc<Lab>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let found =
        all(&lab).find(|shown| field::text(shown, "id") == Some(&id)).ok_or(ApiError::NotFound)?;
    Ok(Json(json!({ "data": found })))
}

fn all(lab: &Lab) -> impl Iterator<Item = Map<String, Value>> {
    let seed = lab.config.seed;
    lab.delivery.log().into_iter().filter_map(move |entry| written(&entry, seed))
}

type Keep<'a> = Box<dyn Fn(&Map<String, Value>) -> bool + 'a>;

/// What passes the filter of this name.
fn filter<'a>(name: &str, wanted: &'a str) -> Result<Keep<'a>, ApiError> {
    let moment =
        || clock::from_iso(wanted).ok_or_else(|| ApiError::not_a_time(&format!("filter{name}")));
    let at =
        |shown: &Map<String, Value>, field| field::text(shown, field).and_then(clock::from_iso);
    let contains = move |shown: &Map<String, Value>, field: &str| {
        shown.get(field).is_some_and(|value| value.to_string().contains(wanted))
    };
    Ok(match name {
        "[status][eq]" => Box::new(move |shown| field::text(shown, "status") == Some(wanted)),
        "[event_type]" => Box::new(move |shown| {
            let kind = field::text(shown, "webhook.event_type");
            wanted.split(',').any(|wanted| kind == Some(wanted.trim()))
        }),
        "[webhook][contains]" => Box::new(move |shown| contains(shown, "webhook")),
        "[attempts][contains]" => Box::new(move |shown| contains(shown, "attempts")),
        "[started_at][gte]" => {
            let from = moment()?;
            Box::new(move |shown| at(shown, "started_at").is_some_and(|at| at >= from))
        }
        "[started_at][lte]" => {
            let to = moment()?;
            Box::new(move |shown| at(shown, "started_at").is_some_and(|at| at <= to))
        }
        "[finished_at][gte]" => {
            let from = moment()?;
            Box::new(move |shown| at(shown, "finished_at").is_some_and(|at| at >= from))
        }
        "[finished_at][lte]" => {
            let to = moment()?;
            Box::new(move |shown| at(shown, "finished_at").is_some_and(|at| at <= to))
        }
        _ => return Err(list::bad_filter(name)),
    })
}

/// A webhook that was tried at least once and has an outcome so far.
pub(crate) fn written(entry: &Entry, seed: Seed) -> Option<Map<String, Value>> {
    let first = entry.made.first()?;
    let finished = entry.made.iter().rev().find_map(|attempt| attempt.finished.as_ref())?;
    let taken = entry.made.iter().any(Attempt::taken);
    let event = &entry.event;
    let shown = json!({
        "record_type": "webhook_delivery",
        "id": seed.uuid(&["delivery", &event.id]),
        "user_id": seed.uuid(&["user"]),
        "status": status(taken),
        "started_at": first.began_at.iso(),
        "finished_at": finished.at.iso(),
        "attempts": entry.made.iter().rev().map(attempt).collect::<Vec<_>>(),
        "webhook": {
            "record_type": "event",
            "id": event.id,
            "event_type": event.kind,
            "occurred_at": event.occurred_at.iso(),
            "payload": event.payload,
        },
    });
    shown.as_object().cloned()
}

fn attempt(attempt: &Attempt) -> Value {
    let answer = attempt.finished.as_ref().and_then(|finished| finished.answer.as_ref());
    json!({
        "status": status(attempt.taken()),
        "errors": [],
        "started_at": attempt.began_at.iso(),
        "finished_at": attempt.finished.as_ref().map(|finished| finished.at).map(Moment::iso),
        "http": {
            "request": {
                "url": attempt.url,
                "headers": [
                    ["content-type", "application/json"],
                    ["telnyx-timestamp", attempt.headers.timestamp],
                    ["telnyx-signature-ed25519", attempt.headers.signature],
                ],
            },
            "response": answer.map(|answer| json!({
                "status": answer.status,
                "headers": answer.headers,
                "body": answer.body,
            })),
        },
    })
}

fn status(taken: bool) -> &'static str {
    if taken { "delivered" } else { "failed" }
}
