//! Webhooks against a receiver that listens on the loopback interface.

#![allow(clippy::unwrap_used, reason = "a receiver that cannot listen is a failed test")]

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::routing::post;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::sync::mpsc::{self, UnboundedReceiver};

use super::*;
use crate::account::WEBHOOK_TIMEOUT;
use crate::carrier::{sample, shape};
use crate::clock;
use crate::exchange::io::{Destination, Fate, Treatment};
use crate::rest::deliveries;

/// A receiver that answers with the statuses given, the last one for ever.
struct Receiver {
    lab: Arc<Lab>,
    url: String,
    received: UnboundedReceiver<Value>,
    /// The most requests that were there at once.
    busiest: Arc<AtomicUsize>,
}

impl Receiver {
    async fn answering(statuses: &'static [u16]) -> Self {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (sender, received) = mpsc::unbounded_channel();
        let asked = Arc::new(AtomicUsize::new(0));
        let busy = Arc::new(AtomicUsize::new(0));
        let busiest = Arc::new(AtomicUsize::new(0));
        let most = Arc::clone(&busiest);
        let hook = post(move |body: String| {
            let number = asked.fetch_add(1, Ordering::Relaxed);
            most.fetch_max(busy.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
            sender.send(serde_json::from_str(&body).unwrap()).unwrap();
            let busy = Arc::clone(&busy);
            async move {
                tokio::task::yield_now().await;
                busy.fetch_sub(1, Ordering::Relaxed);
                StatusCode::from_u16(statuses[number.min(statuses.len() - 1)]).unwrap()
            }
        });
        let router = Router::new().route("/hook", hook.clone()).route("/second", hook);
        tokio::spawn(async { axum::serve(listener, router).await });
        let lab = Lab::new(Config::read(|_| None).unwrap()).unwrap().0;
        Self { lab, url, received, busiest }
    }

    fn event(&self, id: &str, kind: &'static str, treatment: Treatment) -> Event {
        Event {
            id: id.to_owned(),
            kind,
            occurred_at: clock::real_now(),
            payload: json!({}),
            leg: "leg".to_owned(),
            session: "session".to_owned(),
            to: Destination {
                url: Some(self.url.clone()),
                failover: None,
                timeout: WEBHOOK_TIMEOUT,
                retries: None,
            },
            treatment,
        }
    }

    fn posts(&self, id: &str, kind: &'static str, treatment: Treatment) {
        Delivery::post(&self.lab, self.event(id, kind, treatment));
    }

    /// Moves the lab's clock on until something arrives or nothing is underway.
    async fn arrives(&mut self) -> Option<Value> {
        loop {
            if let Ok(body) = self.received.try_recv() {
                return Some(body);
            }
            let underway = |entry: &Entry| entry.progress == Progress::Underway;
            if !self.lab.delivery.log().iter().any(underway) {
                return self.received.try_recv().ok();
            }
            self.lab.clock.advance(Duration::from_millis(100));
            tokio::task::yield_now().await;
        }
    }

    /// The ids of all that arrives, in order.
    async fn all(&mut self) -> Vec<String> {
        let mut ids = Vec::new();
        while let Some(body) = self.arrives().await {
            ids.push(body["data"]["id"].as_str().unwrap().to_owned());
        }
        ids
    }
}

/// A burst, such as a server meets that has been away for a while.
const MANY: usize = 2000;

fn plain() -> Treatment {
    Treatment::default()
}

#[tokio::test]
async fn a_receiver_in_trouble_is_asked_again_and_told_which_attempt_it_is() {
    let mut receiver = Receiver::answering(&[500, 429, 200]).await;
    receiver.posts("event", "call.answered", plain());
    for attempt in 1..=3 {
        let body = receiver.arrives().await.unwrap();
        assert_eq!(body["meta"], json!({ "attempt": attempt, "delivered_to": receiver.url }));
        assert_eq!(body["data"]["id"], "event");
    }
    assert_eq!(receiver.arrives().await, None);
    assert_eq!(receiver.lab.delivery.log()[0].progress, Progress::Delivered);
}

#[tokio::test]
async fn a_clock_that_is_moved_goes_through_every_attempt_that_was_due() {
    let mut receiver = Receiver::answering(&[500]).await;
    receiver.posts("e", "call.hangup", plain());
    assert_eq!(receiver.received.recv().await.unwrap()["meta"]["attempt"], 1);
    receiver.lab.clock.advance(Duration::from_mins(1));
    for attempt in 2..=6 {
        // By the clock on the wall the last pause alone would be 16 s.
        let body = tokio::time::timeout(Duration::from_secs(12), receiver.received.recv()).await;
        assert_eq!(body.unwrap().unwrap()["meta"]["attempt"], attempt);
    }
}

#[tokio::test]
async fn a_receiver_that_refuses_is_left_alone_unless_the_switch_says_otherwise() {
    let mut receiver = Receiver::answering(&[401, 401, 200]).await;
    receiver.posts("event", "call.answered", plain());
    assert_eq!(receiver.all().await, ["event"]);
    assert_eq!(receiver.lab.delivery.log()[0].progress, Progress::GivenUp);

    let rules = Rules { client_errors: Webhook4xx::Retried, id: WebhookId::EachAttempt };
    receiver.lab.delivery.set_rules(rules);
    receiver.posts("other", "call.hangup", plain());
    let ids = receiver.all().await;
    assert_eq!((ids.len(), ids[0].as_str()), (2, "other"));
    assert_ne!(ids[1], "other");
}

/// An address that sends on to another: which one it says, of the base it is at itself.
async fn moved(to: impl FnOnce(&str) -> String) -> String {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/moved", listener.local_addr().unwrap());
    let to = to(&url);
    let moved = post(move || async move { axum::response::Redirect::temporary(&to) });
    let router = Router::new().route("/moved", moved);
    tokio::spawn(async { axum::serve(listener, router).await });
    url
}

#[tokio::test]
async fn a_receiver_that_has_moved_is_followed_and_one_that_moves_for_ever_is_not() {
    let mut receiver = Receiver::answering(&[200]).await;
    let mut event = receiver.event("event", "call.answered", plain());
    event.to.url = Some(moved(|_| receiver.url.clone()).await);
    Delivery::post(&receiver.lab, event);
    assert_eq!(receiver.all().await, ["event"]);
    assert_eq!(receiver.lab.delivery.log()[0].progress, Progress::Delivered);

    let mut event = receiver.event("lost", "call.answered", plain());
    event.to.url = Some(moved(str::to_owned).await);
    event.to.retries = Some(Vec::new());
    Delivery::post(&receiver.lab, event);
    while receiver.lab.delivery.log()[1].progress == Progress::Underway {
        tokio::task::yield_now().await;
    }
    assert_eq!(receiver.lab.delivery.log()[1].progress, Progress::GivenUp);
}

#[tokio::test]
async fn the_failover_is_asked_when_the_first_address_does_not_take_it() {
    let mut receiver = Receiver::answering(&[503, 200]).await;
    let mut event = receiver.event("event", "call.answered", plain());
    let second = receiver.url.replace("/hook", "/second");
    event.to.failover = Some(second.clone());
    Delivery::post(&receiver.lab, event);
    assert_eq!(receiver.arrives().await.unwrap()["meta"]["delivered_to"], receiver.url);
    let body = receiver.arrives().await.unwrap();
    assert_eq!(body["meta"], json!({ "attempt": 2, "delivered_to": second }));
    assert_eq!(receiver.arrives().await, None);
}

#[tokio::test]
async fn what_was_held_goes_when_it_may_and_what_was_lost_does_not() {
    let mut receiver = Receiver::answering(&[200]).await;
    let mode = |value: Value| serde_json::from_value(value).unwrap();
    Delivery::set_modes(&receiver.lab, mode(json!({ "mode": "hold" })));
    receiver.posts("held", "call.answered", plain());
    receiver.posts("lost", "call.answered", Treatment { fate: Fate::Lose, ..plain() });
    assert_eq!(receiver.arrives().await, None);

    Delivery::set_modes(&receiver.lab, mode(json!({})));
    assert_eq!(receiver.all().await, ["held"]);
    assert!(Delivery::again(&receiver.lab, "lost"));
    assert_eq!(receiver.all().await, ["lost"]);
}

#[tokio::test]
async fn a_webhook_can_come_late_twice_and_in_reverse() {
    let mut receiver = Receiver::answering(&[200]).await;
    let before = receiver.lab.clock.now();
    receiver.posts("late", "call.answered", Treatment { delay: Duration::from_secs(7), ..plain() });
    assert_eq!(receiver.all().await, ["late"]);
    assert!(receiver.lab.clock.now().since(before) >= Duration::from_secs(7));

    receiver.posts("twice", "call.answered", Treatment { copies: 2, ..plain() });
    assert_eq!(receiver.all().await, ["twice", "twice"]);

    let reversed = Treatment { reversed: true, ..plain() };
    receiver.posts("1", "call.initiated", reversed);
    receiver.posts("2", "call.answered", reversed);
    assert_eq!(receiver.arrives().await, None);
    receiver.posts("3", "call.hangup", reversed);
    assert_eq!(receiver.all().await, ["3", "2", "1"]);
}

#[tokio::test]
async fn the_control_api_can_delay_and_double_by_type() {
    let mut receiver = Receiver::answering(&[200]).await;
    let modes = json!({ "per_type": { "call.answered": "twice", "call.hangup": "delay" }, "delay_ms": 60_000 });
    Delivery::set_modes(&receiver.lab, serde_json::from_value(modes).unwrap());
    let before = receiver.lab.clock.now();
    receiver.posts("late", "call.hangup", plain());
    receiver.posts("twice", "call.answered", plain());
    assert_eq!(receiver.all().await, ["twice", "twice", "late"]);
    assert!(receiver.lab.clock.now().since(before) >= Duration::from_mins(1));
}

#[tokio::test]
async fn an_event_without_an_address_is_written_down_and_not_sent() {
    let mut receiver = Receiver::answering(&[200]).await;
    let mut event = receiver.event("event", "call.answered", plain());
    event.to.url = None;
    Delivery::post(&receiver.lab, event);
    assert_eq!(receiver.arrives().await, None);
    assert_eq!(receiver.lab.delivery.log()[0].progress, Progress::Unaddressed);
    assert!(!Delivery::again(&receiver.lab, "event"));
}

#[tokio::test]
async fn a_delivery_is_shown_as_pinned() {
    /// Without what every receiver and every moment has its own of.
    fn accidents_aside(mut delivery: Value) -> Value {
        let http = &mut delivery["attempts"][0]["http"];
        let names = |headers: &Value| -> Vec<Value> {
            headers.as_array().unwrap().iter().map(|header| header[0].clone()).collect()
        };
        http["request"]["headers"] = names(&http["request"]["headers"]).into();
        http["request"]["url"] =
            json!(http["request"]["url"].as_str().unwrap().starts_with("http://"));
        http["response"]["headers"] =
            json!(http["response"]["headers"][0].as_array().unwrap().len());
        http["response"]["body"] = json!(http["response"]["body"].is_string());
        delivery["webhook"]["id"] = json!(delivery["webhook"]["id"].is_string());
        shape(&delivery)
    }
    let mut receiver = Receiver::answering(&[200]).await;
    receiver.posts("event", "call.answered", plain());
    assert_eq!(receiver.all().await, ["event"]);
    let log = receiver.lab.delivery.log();
    let shown = deliveries::written(&log[0], receiver.lab.config.seed).unwrap();
    let pinned = sample("webhook_delivery")["data"].clone();
    assert_eq!(accidents_aside(json!(shown)), accidents_aside(pinned));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_all_arrive_thirty_two_at_a_time() {
    let mut receiver = Receiver::answering(&[200]).await;
    for number in 0..MANY {
        receiver.posts(&number.to_string(), "call.answered", plain());
    }
    let mut ids = std::collections::HashSet::new();
    while ids.len() < MANY {
        ids.insert(receiver.received.recv().await.unwrap()["data"]["id"].to_string());
    }
    assert!(receiver.busiest.load(Ordering::Relaxed) <= AT_A_TIME);
}
