//! A failing run replays: the program started twice with one seed and one clock gives the same ids and webhooks.

use axum::Router;
use axum::routing::post;
use serde_json::{Value, json};

use crate::running::{Lab, free_ports};

/// A number that answers after 1.5 s and hangs up 5 s later.
const HANGS_UP: &str = "+12025550105";

/// Somebody is called, answers and hangs up; somebody calls and is answered. Returns what REST answered to that, and all
/// webhooks.
async fn story(ports: [u16; 2], webhook: &str, seed: &str) -> (Vec<Value>, Vec<[Value; 3]>) {
    let lab = Lab::start(
        ports,
        &[
            ("TONO_LAB_WEBHOOK", webhook),
            ("TONO_LAB_SEED", seed),
            ("TONO_LAB_CLOCK", "2026-11-21T09:00:00Z"),
        ],
        &[],
    )
    .await;
    assert_eq!(lab.get("/lab/clock").await["runs"], false);
    let applications = lab.get("/v2/call_control_applications").await;
    let connections = lab.get("/v2/credential_connections").await;
    let application = applications["data"][0]["id"].clone();
    let connection = json!({ "connection_id": connections["data"][0]["id"] });
    let dial = json!({ "connection_id": application, "from": "+12025550142", "to": HANGS_UP });
    let made = lab.post("/v2/telephony_credentials", &connection).await;
    let dialled = lab.post("/v2/calls", &dial).await;
    lab.post("/lab/clock", &json!({ "advance_ms": 4000 })).await;
    let caller = json!({ "from": "+12025550107", "application": application });
    let incoming = lab.post("/lab/call-agent", &caller).await;
    let control = incoming["call_control_id"].as_str().unwrap();
    lab.post(&format!("/v2/calls/{control}/actions/answer"), &json!({})).await;
    lab.post("/lab/clock", &json!({ "advance_ms": 4000 })).await;
    let webhooks = lab.webhooks().await;
    (vec![applications, made, dialled, incoming], webhooks)
}

/// Takes every webhook, at the address that is returned.
async fn receiver() -> String {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    let router = Router::new().route("/", post(async || ()));
    tokio::spawn(async { axum::serve(listener, router).await });
    address
}

#[tokio::test]
async fn the_same_seed_clock_and_requests_give_the_same_ids_and_webhooks() {
    let (ports, webhook) = (free_ports(), receiver().await);
    let once = story(ports, &webhook, "7").await;
    let types: Vec<&str> = once.1.iter().filter_map(|[_, kind, _]| kind.as_str()).collect();
    assert_eq!(
        types,
        ["call.initiated", "call.answered", "call.initiated", "call.answered", "call.hangup"]
    );
    // Not `assert_eq`, which would say all of it twice.
    assert!(story(ports, &webhook, "7").await == once, "the second run differs");

    let other = story(ports, &webhook, "8").await;
    for (one, other) in once.1.iter().zip(&other.1) {
        assert_eq!(one[1], other[1]);
        assert_ne!(one[0], other[0]);
        assert_ne!(one[2], other[2]);
    }
}
