//! What goes wrong with the REST side when the control API says so: `GET`/`POST /lab/rest-faults`.
//!
//! Each rule is for the next so many requests that match it; the first rule that matches counts.

pub(crate) mod connection;
mod rule;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::{ApiError, Limit};
use super::log::Lost;
use crate::clock::Moment;
use crate::lab::Lab;
use connection::Cut;
use rule::{Fault, Rule, Status};

/// All rules, as the control API takes and shows them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Rules {
    faults: Vec<Rule>,
    /// So many requests a second; more are answered with 429. None: no limit.
    rate_limit_per_second: Option<u32>,
}

/// The rules in force and how far they are used up.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    state: Mutex<Running>,
}

#[derive(Debug, Default)]
struct Running {
    rules: Rules,
    /// The second that requests are counted in, and how many it has had.
    window: Option<(u64, u32)>,
}

impl Faults {
    /// Forgets every rule.
    pub(crate) fn reset(&self) {
        *self.running() = Running::default();
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        // A panic elsewhere must not take the REST side along.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    /// Uses up what this request meets.
    fn meets(&mut self, method: &Method, path: &str, now: Moment) -> Option<Fault> {
        let rule = self.rules.faults.iter_mut().find(|rule| rule.matches(method, path));
        let fault = rule.map(Rule::used);
        fault.or_else(|| self.over_the_limit(now).map(|limit| Fault::Status(Status::over(limit))))
    }

    /// Counts the request. The limit if it is over.
    fn over_the_limit(&mut self, now: Moment) -> Option<Limit> {
        let allowed = self.rules.rate_limit_per_second?;
        let second = now.unix_seconds();
        let count = match self.window {
            Some((of, count)) if of == second => count + 1,
            Some(_) | None => 1,
        };
        self.window = Some((second, count));
        (count > allowed).then_some(Limit { allowed, left: 0, reset_secs: 1 })
    }
}

/// Meets each request before anything else does.
pub(crate) async fn meet(State(lab): State<Arc<Lab>>, request: Request, next: Next) -> Response {
    let fault = lab.faults.running().meets(request.method(), request.uri().path(), lab.clock.now());
    match fault {
        None => next.run(request).await,
        Some(Fault::Status(status)) => status.error().into_response(),
        Some(Fault::DelayMs(millis)) => {
            lab.clock.until(lab.clock.now().plus(Duration::from_millis(millis))).await;
            next.run(request).await
        }
        Some(Fault::Close) => lost(cutter(&request).as_ref()),
        Some(Fault::CloseAfter) => {
            let cutter = cutter(&request);
            next.run(request).await;
            lost(cutter.as_ref())
        }
        Some(Fault::StatusAfter(status)) => {
            next.run(request).await;
            status.error().into_response()
        }
    }
}

/// What cuts the connection that a request came by.
fn cutter(request: &Request) -> Option<Cut> {
    request.extensions().get::<ConnectInfo<Cut>>().map(|ConnectInfo(cut)| cut.clone())
}

/// Cuts the connection. The answer is one that nobody gets to read.
fn lost(cutter: Option<&Cut>) -> Response {
    if let Some(cut) = cutter {
        cut.cut();
    }
    (Extension(Lost), ApiError::Internal).into_response()
}

/// `GET /lab/rest-faults`: what is left of the rules.
pub(crate) async fn show(State(lab): State<Arc<Lab>>) -> Json<Value> {
    Json(json!(lab.faults.running().rules))
}

/// `POST /lab/rest-faults`: these rules instead of those before; `{}` ends them all.
pub(crate) async fn set(State(lab): State<Arc<Lab>>, body: Bytes) -> Response {
    let body: &[u8] = if body.is_empty() { b"{}" } else { &body };
    match serde_json::from_slice::<Rules>(body) {
        Ok(rules) => {
            *lab.faults.running() = Running { rules, window: None };
            show(State(lab)).await.into_response()
        }
        Err(error) => {
            let problem = format!("the body cannot be read: {error}");
            (StatusCode::BAD_REQUEST, Json(json!({ "error": problem }))).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "rules that cannot be read are a failed test")]

    use super::*;

    fn running(rules: Value) -> Running {
        Running { rules: serde_json::from_value(rules).unwrap(), window: None }
    }

    fn noon() -> Moment {
        Moment::from_micros(1_800_000_000_000_000)
    }

    #[test]
    fn a_rule_is_for_so_many_requests_that_match_it() {
        let mut running = running(json!({ "faults": [
            { "method": "POST", "path": "/v2/calls", "times": 2, "fault": { "status": 503 } },
            { "path": "/calls/*", "fault": "close" },
            { "path": "/recordings", "fault": "close_after" },
            { "path": "/recordings", "fault": { "status_after": 503 } },
        ]}));
        let mut meets = |method: Method, path: &str| {
            running.meets(&method, path, noon()).map(|fault| format!("{fault:?}"))
        };
        assert_eq!(meets(Method::GET, "/calls"), None);
        assert_eq!(meets(Method::GET, "/recordings").unwrap(), "CloseAfter");
        assert_eq!(meets(Method::GET, "/recordings").unwrap(), "StatusAfter(Unavailable)");
        assert_eq!(meets(Method::POST, "/calls").unwrap(), "Status(Unavailable)");
        assert_eq!(meets(Method::POST, "/calls/v3:a/actions/hangup").unwrap(), "Close");
        assert_eq!(meets(Method::POST, "/calls/v3:a/actions/hangup"), None);
        assert_eq!(meets(Method::POST, "/calls").unwrap(), "Status(Unavailable)");
        assert_eq!(meets(Method::POST, "/calls"), None);
    }

    #[test]
    fn the_rate_is_counted_by_the_second() {
        let mut running = running(json!({ "rate_limit_per_second": 2 }));
        let mut meets = |now| running.meets(&Method::GET, "/recordings", now).is_some();
        assert_eq!([meets(noon()), meets(noon()), meets(noon())], [false, false, true]);
        assert!(!meets(noon().plus(Duration::from_secs(1))));
    }

    #[test]
    fn rules_that_make_no_sense_are_refused() {
        let refused =
            |rules: Value| serde_json::from_value::<Rules>(rules).unwrap_err().to_string();
        assert!(refused(json!({ "fault": [] })).contains("unknown field"));
        assert!(refused(json!({ "faults": [{ "fault": { "status": 200 } }] })).contains("200"));
        assert!(refused(json!({ "faults": [{ "method": "POST" }] })).contains("fault"));
    }
}
