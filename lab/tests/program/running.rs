//! The program, running by itself.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

/// The running program.
pub(crate) struct Lab {
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
    /// Starts it with these variables and arguments, and waits until it is healthy.
    pub(crate) async fn start(
        ports: [u16; 2],
        variables: &[(&str, &str)],
        arguments: &[&str],
    ) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tono-lab"));
        for name in ["TONO_LAB_KEY", "TONO_LAB_SCENARIO", "TONO_LAB_CLOCK", "TONO_LAB_SEED"] {
            command.env_remove(name);
        }
        let child = command
            .args(arguments)
            .env("TONO_LAB_PORT", ports[0].to_string())
            .env("TONO_LAB_FILES_PORT", ports[1].to_string())
            .envs(variables.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut lab = Self { child, origin: format!("http://127.0.0.1:{}", ports[0]), client };
        let health = format!("{}/lab/health", lab.origin);
        while lab.client.get(&health).send().await.is_err() {
            assert!(lab.child.try_wait().unwrap().is_none(), "the lab has ended by itself");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        lab
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let sent = self.client.get(format!("{}{path}", self.origin)).bearer_auth("KEY-lab");
        sent.send().await.unwrap().json().await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        let sent = self.client.post(format!("{}{path}", self.origin)).bearer_auth("KEY-lab");
        let answer = sent.json(body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    /// Every webhook so far, once all have arrived: its id, type and body.
    pub(crate) async fn webhooks(&self) -> Vec<[Value; 3]> {
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

/// Two ports that are free now.
pub(crate) fn free_ports() -> [u16; 2] {
    let held = [(); 2].map(|()| TcpListener::bind(("127.0.0.1", 0)).unwrap());
    held.map(|listener| listener.local_addr().unwrap().port())
}
