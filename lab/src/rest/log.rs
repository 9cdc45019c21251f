//! The log of requests to `/v2` and what became of each, for `GET /lab/rest`.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};

use crate::clock::Moment;
use crate::exchange::Exchange;
use crate::lab::Lab;
use crate::masking::masked;
use crate::recent::{Numbered, Recent};

/// A request may be so long, in bytes; every handler takes less.
const LONGEST: usize = 4 << 20;

/// The latest requests, in the order they were done with.
#[derive(Debug, Default)]
pub(crate) struct Requests(Recent<Entry>);

/// One request, and its answer.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Entry {
    /// When it came.
    at: String,
    answered_at: String,
    method: String,
    /// From `/v2` on.
    path: String,
    query: Option<String>,
    /// The leg it is about, by the lab's name for it, if it is about one.
    leg: Option<String>,
    /// `null` if the answer was lost on its way.
    status: Option<u16>,
    request: Value,
    /// `null` likewise.
    answer: Value,
    /// All legs it names.
    #[serde(skip)]
    legs: Vec<String>,
}

/// Marks an answer that nobody gets to read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lost;

impl Requests {
    /// The requests kept that came after the one with the number `after`; only those that name this leg, if one is
    /// asked for.
    pub(crate) fn entries(&self, leg: Option<&str>, after: u64) -> Vec<Numbered<Entry>> {
        self.0.after(after, |entry| leg.is_none_or(|leg| entry.legs.iter().any(|own| own == leg)))
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Writes down each request once it is done with.
pub(super) async fn note(State(lab): State<Arc<Lab>>, request: Request, next: Next) -> Response {
    let came = lab.clock.now();
    let (head, body) = request.into_parts();
    let Ok(asked) = to_bytes(body, LONGEST).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let (method, uri) = (head.method.clone(), head.uri.clone());
    let response = next.run(Request::from_parts(head, Body::from(asked.clone()))).await;
    let (head, body) = response.into_parts();
    // The lab made it: it is short, and no part of it is late.
    let Ok(answered) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let arrived = match head.extensions.get::<Lost>() {
        Some(Lost) => None,
        None => Some((head.status.as_u16(), read(&answered))),
    };
    let now = lab.clock.now();
    let mut state = lab.state();
    let entry = entry(&state.exchange, (&method, &uri), &read(&asked), arrived, (came, now));
    state.requests.0.add(entry);
    drop(state);
    Response::from_parts(head, Body::from(answered))
}

fn entry(
    exchange: &Exchange,
    (method, uri): (&Method, &Uri),
    request: &Value,
    arrived: Option<(u16, Value)>,
    (came, now): (Moment, Moment),
) -> Entry {
    let (status, answer) = arrived.unzip();
    let answer = answer.unwrap_or_default();
    let legs = legs(exchange, uri, request, &answer);
    Entry {
        at: came.iso(),
        answered_at: now.iso(),
        method: method.to_string(),
        path: format!("/v2{}", uri.path()),
        query: uri.query().map(str::to_owned),
        leg: legs.first().cloned(),
        status,
        request: masked(request),
        answer: masked(&answer),
        legs,
    }
}

/// A body as JSON. What is none, such as a token, is shown by its size only.
fn read(body: &Bytes) -> Value {
    if body.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(body).unwrap_or_else(|_| json!(format!("({} bytes)", body.len())))
}

/// The legs that a request names: in its address, as what it made, in its body.
fn legs(exchange: &Exchange, uri: &Uri, request: &Value, answer: &Value) -> Vec<String> {
    let mut parts = uri.path().split('/').skip(1);
    let of_path = match (parts.next(), parts.next()) {
        (Some("calls"), Some(control)) => by_control(exchange, control),
        (Some("recordings"), Some(id)) => {
            let of_id = exchange.recordings().iter().find(|recording| recording.id == id);
            of_id.map(|recording| recording.leg.clone())
        }
        (_, _) => None,
    };
    let text = |value: &Value| value.as_str().and_then(|control| by_control(exchange, control));
    let mut legs: Vec<String> = Vec::new();
    let named = [
        of_path,
        text(&answer["data"]["call_control_id"]),
        text(&request["call_control_id"]),
        text(&request["link_to"]),
    ];
    for leg in named.into_iter().flatten() {
        if !legs.contains(&leg) {
            legs.push(leg);
        }
    }
    legs
}

fn by_control(exchange: &Exchange, control: &str) -> Option<String> {
    // In an address, the colon of `v3:` may be written as it must not be in a name.
    let control = control.replace("%3A", ":").replace("%3a", ":");
    exchange.leg_by_control(&control).map(|leg| leg.key.clone())
}
