//! `GET /connections/{id}/active_calls` and `GET /call_events`.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use serde_json::{Value, json};

use super::super::error::ApiError;
use super::super::list::Page;
use crate::clock::Moment;
use crate::exchange::Exchange;
use crate::exchange::events::LogEntry;
use crate::exchange::leg::Leg;
use crate::lab::Lab;

/// `GET /call_events` reaches back so far unless one leg or session is asked for.
const EVENTS_KEPT: Duration = Duration::from_hours(24);

/// `GET /connections/{id}/active_calls`: a list with cursors (`page[after]`, `page[before]`, `page[limit]`), as the API
/// document has it. Telnyx's own client asks for a `page[number]` and goes on for ever unless `meta` says which page is the
/// last; whoever asks for a page is told.
pub(super) async fn active_calls(
    State(lab): State<Arc<Lab>>,
    Path(connection): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, ApiError> {
    let now = lab.clock.now();
    let state = lab.state();
    let account = &state.exchange.account;
    if account.connection(&connection).is_none() && account.application(&connection).is_none() {
        return Err(ApiError::NotFound);
    }
    Ok(Json(active(&state.exchange, &connection, &query, now)))
}

/// The calls of a connection that are not over, as a page of them.
pub(crate) fn active(
    exchange: &Exchange,
    connection: &str,
    query: &HashMap<String, String>,
    now: Moment,
) -> Value {
    let limit = query.get("page[limit]").or_else(|| query.get("page[size]"));
    let limit = limit.and_then(|text| text.parse().ok()).unwrap_or(20_usize).clamp(1, 250);
    let all: Vec<&Leg> = exchange
        .legs()
        .iter()
        .filter(|leg| {
            leg.is_alive()
                && leg.announced().is_some_and(|announced| announced.connection == connection)
        })
        .collect();
    let number = query.get("page[number]").and_then(|text| text.parse::<usize>().ok());
    let place = |name: &str| {
        let cursor = query.get(name)?;
        all.iter().position(|leg| leg.ids.leg == *cursor)
    };
    let first = match (place("page[after]"), place("page[before]")) {
        (Some(after), _) => after + 1,
        (None, Some(before)) => before.saturating_sub(limit),
        (None, None) => number.unwrap_or(1).saturating_sub(1).saturating_mul(limit),
    };
    let page: Vec<&Leg> = all.iter().skip(first).take(limit).copied().collect();
    let cursor = |leg: Option<&&Leg>| leg.map(|leg| leg.ids.leg.clone());
    let mut meta = json!({
        "cursors": { "after": cursor(page.last()), "before": cursor(page.first()) },
        "total_items": all.len(),
    });
    if let Some(number) = number {
        meta["page_number"] = json!(number);
        meta["total_pages"] = json!(all.len().div_ceil(limit));
    }
    json!({
        "data": page.iter().map(|leg| json!({
            "record_type": "call",
            "call_control_id": leg.ids.control,
            "call_leg_id": leg.ids.leg,
            "call_session_id": leg.ids.session,
            "client_state": leg.client_state.clone().unwrap_or_default(),
            "call_duration": leg.answered_at().map_or(0, |at| now.since(at).as_secs()),
        })).collect::<Vec<_>>(),
        "meta": meta,
    })
}

/// `GET /call_events`, in the order they happened.
pub(super) async fn call_events(
    State(lab): State<Arc<Lab>>,
    Query(query): Query<HashMap<String, String>>,
) -> Json<Value> {
    let now = lab.clock.now();
    let state = lab.state();
    let asked = |names: [&str; 2]| {
        names.iter().find_map(|name| query.get(&format!("filter[{name}]")).map(String::as_str))
    };
    let leg = asked(["leg_id", "call_leg_id"]);
    let session = asked(["application_session_id", "call_session_id"]);
    let (kind, name) = (asked(["type", "type"]), asked(["name", "event_type"]));
    let connection = asked(["connection_id", "connection_id"]);
    let (from, to) = (asked(["from", "from"]), asked(["to", "to"]));
    let found = state
        .exchange
        .log()
        .iter()
        .filter(|entry| {
            leg.is_none_or(|leg| entry.leg == leg)
                && session.is_none_or(|session| entry.session == session)
                && kind.is_none_or(|kind| entry.kind.name() == kind)
                && name.is_none_or(|name| entry.name == name)
                && connection.is_none_or(|connection| entry.connection == connection)
                && from.is_none_or(|from| entry.from == from)
                && to.is_none_or(|to| entry.to == to)
                && (leg.is_some() || session.is_some() || now.since(entry.at) <= EVENTS_KEPT)
        })
        .map(written)
        .collect();
    Json(Page::asked(&query, 20).of(found))
}

/// A line of the log as REST shows it (`CallEvent`).
pub(crate) fn written(entry: &LogEntry) -> Value {
    json!({
        "record_type": "call_event",
        "call_leg_id": entry.leg,
        "call_session_id": entry.session,
        "event_timestamp": entry.at.iso(),
        "metadata": entry.metadata,
        "name": entry.name,
        "type": entry.kind.name(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a dialogue that breaks is a failed test")]

    use super::*;
    use crate::account;
    use crate::exchange::dialogue::Dialogue;
    use crate::seed::Seed;

    #[test]
    fn active_calls_can_be_leafed_through_by_number_and_by_cursor() {
        let mut dialogue = Dialogue::ready();
        let dials = |dialogue: &mut Dialogue| {
            dialogue.dials_by_rest(&json!({ "to": "+12025550108" })).unwrap()
        };
        let legs = [dials(&mut dialogue), dials(&mut dialogue), dials(&mut dialogue)];
        let page = |asked: [(&str, &str); 2]| -> (Vec<String>, Value) {
            let query = asked.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
            let application = account::application_id(Seed(1));
            let page = active(&dialogue.exchange, &application, &query, dialogue.now());
            let leg = |call: &Value| call["call_leg_id"].as_str().unwrap().to_owned();
            let legs = page["data"].as_array().unwrap().iter().map(leg).collect();
            (legs, json!([page["meta"]["page_number"], page["meta"]["total_pages"]]))
        };
        let by_number = |number| page([("page[size]", "2"), ("page[number]", number)]);
        assert_eq!(by_number("1"), (legs[..2].to_vec(), json!([1, 2])));
        assert_eq!(by_number("2"), (legs[2..].to_vec(), json!([2, 2])));
        assert_eq!(by_number("3").0, [""; 0]);
        let after = page([("page[limit]", "2"), ("page[after]", &legs[1])]);
        assert_eq!(after, (legs[2..].to_vec(), json!([null, null])));
    }
}
