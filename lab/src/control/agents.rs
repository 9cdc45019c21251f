//! `/lab/agents` and `/lab/call-agent`: which browsers can be called, and calling one.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Refused, read, shown};
use crate::exchange::{Called, Socket};
use crate::lab::Lab;
use crate::numbers;

/// What callers dial to reach the agent, if the test does not care.
const AGENTS_NUMBER: &str = "+12025550142";

pub(super) fn routes() -> Router<Arc<Lab>> {
    Router::new().route("/agents", get(agents)).route("/call-agent", post(call_agent))
}

/// The browsers that calls reach, the one that registered last first. It is the one that rings.
async fn agents(State(lab): State<Arc<Lab>>) -> Json<Value> {
    let state = lab.state();
    let account = &state.exchange.account;
    let shown = |(socket, user): (Socket, &str)| {
        let connection = account.connection_of_user(user).map(|connection| &connection.id);
        json!({ "user": user, "socket": socket.0, "connection_id": connection })
    };
    Json(state.exchange.all_registered().into_iter().map(shown).collect())
}

async fn call_agent(State(lab): State<Arc<Lab>>, body: Bytes) -> Result<Json<Value>, Refused> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct CallAgent {
        from: String,
        to: Option<String>,
        user: Option<String>,
        application: Option<String>,
    }
    let CallAgent { from, to, user, application } = read(&body)?;
    let to = to.as_deref().unwrap_or(AGENTS_NUMBER);
    // A SIP address is not a number because it has digits in it.
    let is_address = to.contains(|letter: char| letter.is_ascii_alphabetic());
    let to = if is_address { to.trim().to_owned() } else { numbers::e164(to) };
    let from = numbers::e164(&from);
    let called = match application.or_else(|| application_of(&lab, &to)) {
        Some(id) if user.is_none() => Called::Application { id },
        Some(_) | None => Called::Browser { user },
    };
    let key = lab.with_exchange(|exchange, now| exchange.call_in(&from, &to, &called, now))?;
    let state = lab.state();
    let leg = state.exchange.leg(&key).ok_or(Refused::NoSuchCall)?;
    Ok(Json(match leg.browser() {
        Some(_) => shown::call(&state.exchange, leg),
        None => shown::leg(&state.exchange, leg),
    }))
}

/// The application that calls to this number reach, if it is one of the account's and belongs to one.
fn application_of(lab: &Lab, number: &str) -> Option<String> {
    let state = lab.state();
    let account = &state.exchange.account;
    let id = account.number(number)?.connection_id.as_deref()?;
    account.application(id).map(|application| application.id.clone())
}
