//! The binary itself, as an operator starts it and as a power cut ends it.
#![allow(dead_code, reason = "the tests on SQLite start it once at a time")]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use call::api::SignIn;
use reqwest::{Client, StatusCode, header};
use serde_json::Value;
use server::clock::Clock;

use crate::harness::{Folder, cookie, sign, signer};
use crate::telnyx::{CONNECTION, KEY, Telnyx};

/// The binary with a complete configuration for a demo, in a world of its own.
pub(crate) fn tono(folder: &Folder) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tono"));
    command
        .env_clear()
        .env("TONO_PORT", "0")
        .env("TONO_DATA", &folder.0)
        .env("DATABASE_URL", folder.database())
        .env("TONO_TELNYX_API", "http://127.0.0.1:1/v2")
        .env("TONO_TELNYX_KEY", KEY)
        .env("TONO_PUBLIC_KEY", BASE64.encode(signer().verifying_key().to_bytes()))
        .env("TONO_CONNECTION_ID", CONNECTION);
    command
}

/// A running binary. Dropping it kills it.
pub(crate) struct Tono {
    child: Child,
    /// `127.0.0.1:40123`.
    pub(crate) address: String,
}

impl Tono {
    /// Starts one in front of `telnyx`, on a port or on any free one (0), and waits until it listens.
    pub(crate) fn start(folder: &Folder, telnyx: &Telnyx, port: u16) -> Self {
        Self::start_with(folder, telnyx, port, &[])
    }

    /// The same with further settings.
    pub(crate) fn start_with(
        folder: &Folder,
        telnyx: &Telnyx,
        port: u16,
        settings: &[(&str, String)],
    ) -> Self {
        let mut child = tono(folder)
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .env("TONO_TELNYX_API", format!("http://{}/v2", telnyx.api))
            .env("TONO_PORT", port.to_string())
            .env("RUST_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let base = line.split_whitespace().nth(1).unwrap();
        Self { child, address: base.trim_start_matches("http://").to_owned() }
    }

    /// `kill -9`: it gets no chance to finish anything.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Tono {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Signs the demo agent in and returns the cookie.
pub(crate) async fn demo_cookie(client: &Client, base: &str) -> String {
    let request = client.post(format!("{base}/api/session")).json(&SignIn::Demo);
    cookie(&request.send().await.unwrap())
}

/// Posts an event as Telnyx does, once; nothing if no answer comes.
pub(crate) async fn post(client: &Client, base: &str, event: &Value) -> Option<StatusCode> {
    let body = event.to_string().into_bytes();
    let timestamp = (Clock::system().now().0 / 1000).to_string();
    let request = client
        .post(format!("{base}/webhooks/telnyx"))
        .header("telnyx-timestamp", &timestamp)
        .header("telnyx-signature-ed25519", sign(&signer(), &timestamp, &body))
        .header(header::CONTENT_TYPE, "application/json")
        .timeout(Duration::from_secs(10))
        .body(body);
    Some(request.send().await.ok()?.status())
}

/// Posts an event until it is taken, as Telnyx does.
pub(crate) async fn deliver(client: &Client, base: &str, event: &Value) {
    while post(client, base, event).await != Some(StatusCode::OK) {
        // Not in place of a condition: Telnyx, too, waits a little before it tries again.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
