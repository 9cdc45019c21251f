//! Webhooks against a receiver that listens on the loopback interface.

#![allow(clippy::unwrap_used, reason = "a receiver that cannot listen is a failed test")]

use std::sync::atomic::{AtomicU16, Ordering};

use axum::Router;
use axum::routing::post;
use serde_json::{Value, json};
use tokio::sync::mpsc::{self, UnboundedReceiver};

use super::*;
use crate::exchange::io::{Destination, Treatment};

/// A receiver that answers with the statuses given, the last one for ever, and a lab that posts to it.
async fn receiver(statuses: &'static [u16]) -> (Arc<Lab>, UnboundedReceiver<Value>) {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let (sender, received) = mpsc::unbounded_channel();
    let asked = AtomicU16::new(0);
    let answer = Arc::new(move |body: String| {
        let number = usize::from(asked.fetch_add(1, Ordering::Relaxed));
        sender.send(serde_json::from_str(&body).unwrap()).unwrap();
        StatusCode::from_u16(statuses[number.min(statuses.len() - 1)]).unwrap()
    });
    let hook = post(move |body: String| async move { answer(body) });
    let router = Router::new().route("/hook", hook);
    tokio::spawn(async { axum::serve(listener, router).await });
    let config = Config::read(|name| (name == "TONO_LAB_WEBHOOK").then(|| url.clone())).unwrap();
    (Lab::new(config).unwrap().0, received)
}

fn event() -> Event {
    Event {
        id: "event".to_owned(),
        kind: "call.answered",
        occurred_at: clock::real_now(),
        payload: json!({}),
        leg: String::new(),
        session: String::new(),
        to: Destination { url: None, failover: None, timeout: Duration::from_secs(2) },
        treatment: Treatment::default(),
    }
}

/// Moves the lab's clock on until something arrives or nothing is underway.
async fn arrives(lab: &Lab, received: &mut UnboundedReceiver<Value>) -> Option<Value> {
    loop {
        if let Ok(body) = received.try_recv() {
            return Some(body);
        }
        if lab.delivery.log().iter().all(|entry| entry.progress != Progress::Underway) {
            return received.try_recv().ok();
        }
        lab.clock.advance(Duration::from_millis(100));
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_receiver_in_trouble_is_asked_again_and_told_which_attempt_it_is() {
    let (lab, mut received) = receiver(&[500, 429, 200]).await;
    Delivery::post(&lab, event());
    for attempt in 1..=3 {
        let body = arrives(&lab, &mut received).await.unwrap();
        assert_eq!(body["meta"]["attempt"], attempt);
        assert_eq!(body["data"]["id"], "event");
    }
    assert_eq!(arrives(&lab, &mut received).await, None);
    assert_eq!(lab.delivery.log()[0].progress, Progress::Delivered);
}

#[tokio::test]
async fn a_receiver_that_refuses_is_left_alone() {
    let (lab, mut received) = receiver(&[401]).await;
    Delivery::post(&lab, event());
    assert!(arrives(&lab, &mut received).await.is_some());
    assert_eq!(arrives(&lab, &mut received).await, None);
    assert_eq!(lab.delivery.log()[0].progress, Progress::GivenUp);
}

#[tokio::test]
async fn what_was_held_goes_when_it_may_and_what_was_lost_does_not() {
    let (lab, mut received) = receiver(&[200]).await;
    let mode = |value: Value| serde_json::from_value(value).unwrap();
    Delivery::set_modes(&lab, mode(json!({ "mode": "hold" })));
    Delivery::post(&lab, event());
    let treatment = Treatment { fate: Fate::Lose, ..Treatment::default() };
    Delivery::post(&lab, Event { id: "lost".to_owned(), treatment, ..event() });
    assert_eq!(arrives(&lab, &mut received).await, None);

    Delivery::set_modes(&lab, mode(json!({})));
    assert_eq!(arrives(&lab, &mut received).await.unwrap()["data"]["id"], "event");
    assert_eq!(arrives(&lab, &mut received).await, None);
    assert!(Delivery::again(&lab, "lost"));
    assert_eq!(arrives(&lab, &mut received).await.unwrap()["data"]["id"], "lost");
}
