//! A failing run replays: the program started twice with one seed and one clock gives the same ids and webhooks.

#![allow(clippy::unwrap_used, reason = "a request that fails is a failed test")]

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use axum::Router;
use axum::routing::post;
use serde_json::{Value, json};

/// A number that answers after 1.5 s and hangs up 5 s later.
const HANGS_UP: &str = "+12025550105";

/// The running program.
struct Lab {
    child: Child,
    origin: String,
    client: reqwest::Client,
}

impl Drop for Lab {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Lab {
    /// Starts it and waits until it is healthy. Its webhooks go to this address.
    async fn start(ports: [u16; 2], webhook: &str, seed: &str) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_tono-lab"))
            .env("TONO_LAB_PORT", ports[0].to_string())
            .env("TONO_LAB_FILES_PORT", ports[1].to_string())
            .env("TONO_LAB_WEBHOOK", webhook)
            .env("TONO_LAB_SEED", seed)
            .env("TONO_LAB_CLOCK", "2026-11-21T09:00:00Z")
            .env_remove("TONO_LAB_KEY")
            .env_remove("TONO_LAB_SCENARIO")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let lab = Self { child, origin: format!("http://127.0.0.1:{}", ports[0]), client };
        let health = format!("{}/lab/health", lab.origin);
        while lab.client.get(&health).send().await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        lab
    }

    async fn get(&self, path: &str) -> Value {
        let sent = self.client.get(format!("{}{path}", self.origin)).bearer_auth("KEY-lab");
        sent.send().await.unwrap().json().await.unwrap()
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let sent = self.client.post(format!("{}{path}", self.origin)).bearer_auth("KEY-lab");
        let answer = sent.json(body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    /// Every webhook so far, once all have arrived: its id, type and body.
    async fn webhooks(&self) -> Vec<[Value; 3]> {
        loop {
            let told = self.get("/lab/webhooks").await;
            let log = told["log"].as_array().unwrap();
            if log.iter().all(|entry| entry["progress"] == "delivered") {
                let facts =
                    |entry: &Value| ["id", "event_type", "body"].map(|fact| entry[fact].clone());
                return log.iter().map(facts).collect();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Somebody is called, answers and hangs up; somebody calls and is answered. Returns what REST answered to that, and all
/// webhooks.
async fn story(ports: [u16; 2], webhook: &str, seed: &str) -> (Vec<Value>, Vec<[Value; 3]>) {
    let lab = Lab::start(ports, webhook, seed).await;
    let applications = lab.get("/v2/call_control_applications").await;
    let connections = lab.get("/v2/credential_connections").await;
    let application = applications["data"][0]["id"].clone();
    let connection = json!({ "connection_id": connections["data"][0]["id"] });
    let dial = json!({ "connection_id": application, "from": "+12025550142", "to": HANGS_UP });
    let made = lab.post("/v2/telephony_credentials", &connection).await;
    let dialled = lab.post("/v2/calls", &dial).await;
    lab.post("/lab/clock", &json!({ "advance_ms": 4000 })).await;
    let caller = json!({ "from": "+12025550107", "application": application });
    let called = lab.post("/lab/call-agent", &caller).await;
    let control = called["call_control_id"].as_str().unwrap();
    lab.post(&format!("/v2/calls/{control}/actions/answer"), &json!({})).await;
    lab.post("/lab/clock", &json!({ "advance_ms": 4000 })).await;
    let webhooks = lab.webhooks().await;
    (vec![applications, made, dialled, called], webhooks)
}

/// Two ports that are free now.
fn free_ports() -> [u16; 2] {
    let held = [(); 2].map(|()| TcpListener::bind(("127.0.0.1", 0)).unwrap());
    held.map(|listener| listener.local_addr().unwrap().port())
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
