//! The requests themselves: signed, a bounded number at a time, tried again as the schedule says.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::json;
use tokio::sync::Semaphore;

use super::log::Answer;
use super::schedule::{self, Next, Outcome};
use super::{AT_A_TIME, Delivery, Progress, Rules};
use crate::clock::{self, Moment};
use crate::exchange::io::Destination;
use crate::lab::Lab;
use crate::switches::WebhookId;
use crate::webhook::{self, Headers};

/// So much of an answer is kept.
const ANSWER_KEPT: usize = 1000;

/// A request that is about to be made.
struct Request {
    url: String,
    timeout: Duration,
    body: String,
    headers: Headers,
    /// Its place among the entry's requests.
    place: usize,
}

/// Delivers one event `after` a while, trying again while that may help. `counted` requests were made for it before.
/// Ends early when the log is emptied.
pub(super) async fn deliver(lab: Arc<Lab>, id: String, after: Duration, counted: usize) {
    let delivery = &lab.delivery;
    // When the next attempt is due: counted from the last one, so that a clock that was moved goes through them all.
    let mut due = lab.clock.now().plus(after);
    for attempt in 0.. {
        lab.clock.until(due).await;
        let began = Instant::now();
        let Some((to, rules)) = delivery.destination(&id) else { return };
        let Some(url) = schedule::address(&to, attempt) else { return };
        let turn = delivery.turn(url);
        // The semaphore is never closed.
        let Ok(turn) = turn.acquire_owned().await else { return };
        let now = lab.clock.now();
        let Some(request) = delivery.begin(&id, &to, url, counted + attempt + 1, now) else {
            return;
        };
        let place = request.place;
        let answer = delivery.send(request).await;
        let outcome = answer
            .as_ref()
            .and_then(|answer| StatusCode::from_u16(answer.status).ok())
            .map_or(Outcome::Silence, Outcome::Answered);
        delivery.note(&id, place, answer, lab.clock.now());
        drop(turn);
        if delivery.is_news(url, outcome) {
            tracing::warn!(
                url = without_query(url),
                ?outcome,
                "webhooks are not taken there; GET /lab/webhooks has them all"
            );
        }
        match schedule::next(&to, attempt, outcome, rules.client_errors) {
            Next::Done => return delivery.finish(&id, true),
            Next::GiveUp => {
                tracing::warn!(id, ?outcome, "webhook given up");
                return delivery.finish(&id, false);
            }
            Next::Again { after } => due = due.plus(lab.clock.ran_since(began)).plus(after),
        }
    }
}

impl Delivery {
    /// Whether this is the first webhook that an address did not take since it took one.
    fn is_news(&self, url: &str, outcome: Outcome) -> bool {
        let mut state = self.state();
        if matches!(outcome, Outcome::Answered(status) if status.is_success()) {
            state.refusing.remove(url);
            return false;
        }
        state.refusing.insert(url.to_owned())
    }

    fn destination(&self, id: &str) -> Option<(Destination, Rules)> {
        let mut state = self.state();
        let rules = state.rules;
        state.log.get(id).map(|entry| (entry.event.to.clone(), rules))
    }

    fn turn(&self, url: &str) -> Arc<Semaphore> {
        let mut state = self.state();
        let turn = state
            .turns
            .entry(url.to_owned())
            .or_insert_with(|| Arc::new(Semaphore::new(AT_A_TIME)));
        Arc::clone(turn)
    }

    /// Writes down that a request is made. None when the log was emptied meanwhile.
    fn begin(
        &self,
        id: &str,
        to: &Destination,
        url: &str,
        attempt: usize,
        now: Moment,
    ) -> Option<Request> {
        let mut state = self.state();
        let rules = state.rules;
        let entry = state.log.get(id)?;
        let mut body = webhook::envelope(&entry.event, attempt, url);
        match rules.id {
            WebhookId::Stable => {}
            WebhookId::EachAttempt if attempt == 1 => {}
            WebhookId::EachAttempt => {
                body["data"]["id"] = json!(self.seed.uuid(&["attempt", id, &attempt.to_string()]));
            }
        }
        let body = body.to_string();
        let headers = self.signer.sign(&body, clock::real_now());
        let place = entry.begin(url, &body, &headers, now);
        Some(Request { url: url.to_owned(), timeout: to.timeout, body, headers, place })
    }

    fn note(&self, id: &str, place: usize, answer: Option<Answer>, now: Moment) {
        if let Some(entry) = self.state().log.get(id) {
            entry.finish(place, answer, now);
        }
    }

    /// One copy is done with. The entry is when all are.
    fn finish(&self, id: &str, taken: bool) {
        if let Some(entry) = self.state().log.get(id) {
            entry.copies = entry.copies.saturating_sub(1);
            entry.taken |= taken;
            if entry.copies == 0 {
                entry.progress = if entry.taken { Progress::Delivered } else { Progress::GivenUp };
            }
        }
    }

    async fn send(&self, request: Request) -> Option<Answer> {
        let sent = self
            .client
            .post(request.url)
            .timeout(request.timeout)
            .header("content-type", "application/json")
            .header("telnyx-timestamp", &request.headers.timestamp)
            .header("telnyx-signature-ed25519", &request.headers.signature)
            .body(request.body)
            .send();
        let response = match sent.await {
            Ok(response) => response,
            Err(error) => {
                // Its address is said elsewhere, without its query.
                let error = error.without_url();
                tracing::debug!(%error, "webhook not taken");
                return None;
            }
        };
        let headers = response.headers().iter().map(|(name, value)| {
            [name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()]
        });
        let (status, headers) = (response.status().as_u16(), headers.collect());
        // The status is the answer; a body that breaks off is as good as none.
        let body = response.text().await.unwrap_or_default();
        Some(Answer { status, headers, body: body.chars().take(ANSWER_KEPT).collect() })
    }
}

/// An address as it may be logged: what follows the path may be a secret of whoever listens there.
fn without_query(url: &str) -> &str {
    url.split_once('?').map_or(url, |(address, _)| address)
}
