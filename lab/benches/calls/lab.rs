//! The lab under test: a process of its own.

use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::Error;

/// The key the lab is started with.
const KEY: &str = "KEY-bench";

/// A running lab, ended when dropped.
pub(crate) struct Lab {
    process: Child,
    port: u16,
    client: reqwest::Client,
}

/// What the lab has counted so far.
pub(crate) struct Figures {
    /// Packets it got from browsers.
    pub(crate) packets: u64,
    /// Of these, the ones more than 40 ms late.
    pub(crate) late: u64,
    /// Seconds of processor time it has used; `None` where the system has no `/proc`.
    pub(crate) processor: Option<f64>,
}

impl Lab {
    /// Starts a lab on free ports, with webhooks that go nowhere.
    pub(crate) async fn start() -> Result<Self, Error> {
        let (port, files) = (free_port()?, free_port()?);
        let process = Command::new(env!("CARGO_BIN_EXE_tono-lab"))
            .env("TONO_LAB_PORT", port.to_string())
            .env("TONO_LAB_FILES_PORT", files.to_string())
            .env("TONO_LAB_KEY", KEY)
            .env("RUST_LOG", "warn")
            .stdout(Stdio::null())
            .spawn()?;
        let mut lab = Self { process, port, client: reqwest::Client::new() };
        let mut tries = 0;
        while lab.get("/lab/health").await.is_err() {
            if let Some(status) = lab.process.try_wait()? {
                return Err(format!("the lab ended at once: {status}").into());
            }
            tries += 1;
            if tries > 200 {
                return Err("the lab does not answer".into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        lab.post("/lab/webhooks", &json!({ "mode": "lose" })).await?;
        Ok(lab)
    }

    /// Where browsers connect to.
    pub(crate) fn gateway(&self) -> String {
        format!("ws://127.0.0.1:{}/gateway", self.port)
    }

    /// A token to sign in with, of a credential made for this.
    pub(crate) async fn token(&self) -> Result<String, Error> {
        let environment = Command::new(env!("CARGO_BIN_EXE_tono-lab")).arg("env").output()?;
        let environment = String::from_utf8(environment.stdout)?;
        let connection = environment
            .lines()
            .find_map(|line| line.strip_prefix("export TONO_CONNECTION_ID="))
            .ok_or("`tono-lab env` names no connection")?;
        let made = self
            .post(
                "/v2/telephony_credentials",
                &json!({ "connection_id": connection, "name": "bench" }),
            )
            .await?;
        let made: Value = serde_json::from_str(&made)?;
        let id = made["data"]["id"].as_str().ok_or("no credential was made")?;
        self.post(&format!("/v2/telephony_credentials/{id}/token"), &json!({})).await
    }

    /// What the lab has counted so far.
    pub(crate) async fn figures(&self) -> Result<Figures, Error> {
        let calls: Value = serde_json::from_str(&self.get("/lab/calls").await?)?;
        let calls =
            calls.as_array().or_else(|| calls["calls"].as_array()).ok_or("no list of calls")?;
        let sum = |name: &str| calls.iter().filter_map(|call| call["heard"][name].as_u64()).sum();
        Ok(Figures { packets: sum("packets"), late: sum("late"), processor: self.processor() })
    }

    /// Seconds of processor time so far: fields 14 and 15 of `/proc/PID/stat`, in hundredths of a second.
    fn processor(&self) -> Option<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).ok()?;
        let (_, fields) = stat.rsplit_once(") ")?;
        let ticks = fields.split(' ').skip(11).take(2).map(str::parse::<u32>);
        Some(ticks.sum::<Result<u32, _>>().ok().map(f64::from)? / 100.0)
    }

    async fn get(&self, path: &str) -> Result<String, Error> {
        self.send(self.client.get(self.url(path))).await
    }

    async fn post(&self, path: &str, body: &Value) -> Result<String, Error> {
        self.send(self.client.post(self.url(path)).json(body)).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<String, Error> {
        let response = request.bearer_auth(KEY).send().await?;
        Ok(response.error_for_status()?.text().await?)
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        // One that ended by itself need not be ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
