//! `/lab/numbers`: what each number does, and making it do something else.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{Refused, read};
use crate::lab::Lab;
use crate::numbers::{self, Behaviour, Origin};

pub(super) fn routes() -> Router<Arc<Lab>> {
    Router::new()
        .route("/numbers", get(all))
        .route("/numbers/{number}", get(one).put(set).delete(forget))
}

async fn all(State(lab): State<Arc<Lab>>) -> Json<Value> {
    let numbers = lab.state().exchange.numbers.all();
    Json(numbers.iter().map(|(number, (origin, told))| shown(number, *origin, told)).collect())
}

async fn one(
    State(lab): State<Arc<Lab>>,
    Path(number): Path<String>,
) -> Result<Json<Value>, Refused> {
    let number = e164(&number)?;
    let found = lab.state().exchange.numbers.find(&number);
    let (origin, behaviour) = found.ok_or(Refused::NotSet)?;
    Ok(Json(shown(&number, origin, &behaviour)))
}

async fn set(
    State(lab): State<Arc<Lab>>,
    Path(number): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    let number = e164(&number)?;
    let behaviour: Behaviour = read(&body)?;
    lab.state().exchange.numbers.set(number.clone(), behaviour);
    one(State(lab), Path(number)).await
}

async fn forget(
    State(lab): State<Arc<Lab>>,
    Path(number): Path<String>,
) -> Result<Json<Value>, Refused> {
    if lab.state().exchange.numbers.forget(&e164(&number)?) {
        Ok(Json(json!({ "ok": true })))
    } else {
        Err(Refused::NotSet)
    }
}

/// The number in +E.164; in a path its `+` may be missing.
fn e164(text: &str) -> Result<String, Refused> {
    let written = text.chars().all(|letter| letter.is_ascii_digit() || "+ ()-.".contains(letter));
    let number = numbers::e164(text);
    if written && numbers::is_e164(&number) {
        Ok(number)
    } else {
        Err(Refused::NotANumber(text.to_owned()))
    }
}

fn shown(number: &str, origin: Origin, behaviour: &Behaviour) -> Value {
    json!({ "number": number, "origin": origin, "behaviour": behaviour })
}
