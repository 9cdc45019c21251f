//! A running server, and what people and Telnyx do with it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use call::api::{Calls, Placed, SignIn, Witnessed};
use call::history::{Fact, Row, What};
use call::ids::{CallId, TelnyxIds};
use call::time::Millis;
use ed25519_dalek::{Signer as _, SigningKey};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, header};
use serde_json::{Value, json};
use server::app::App;
use server::clock::Clock;
use server::config::{Config, Pauses};
use server::serve::Limits;
use sqlx::{AnyConnection, Connection as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::telnyx::{APPLICATION, CONNECTION, KEY, Telnyx, sample};
use crate::{binary, cluster};

/// How long anything may take before a test gives up on it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The databases the promises are kept on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "each of the two test programs uses one")]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

/// A folder and a database of the test's own, gone when the test is.
pub(crate) struct Folder(pub(crate) PathBuf, OnceLock<String>);

impl Folder {
    pub(crate) fn new() -> Arc<Self> {
        let path = std::env::temp_dir().join(format!("tono-{}", Uuid::new_v4()));
        Arc::new(Self(path, OnceLock::new()))
    }

    /// The database's URL; where it is PostgreSQL's, it is created when first asked for.
    pub(crate) fn database(&self) -> &str {
        self.1.get_or_init(|| match crate::DATABASE {
            Kind::Sqlite => format!("sqlite:{}", self.0.join("tono.db").display()),
            Kind::Postgres => cluster::create_database(),
        })
    }

    /// Asks the database itself.
    pub(crate) async fn opened(&self) -> AnyConnection {
        sqlx::any::install_default_drivers();
        AnyConnection::connect(self.database()).await.unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is the system's to clean up.
        let _ = std::fs::remove_dir_all(&self.0);
        if let (Kind::Postgres, Some(url)) = (crate::DATABASE, self.1.get()) {
            cluster::drop_database(url);
        }
    }
}

/// A server to be started.
pub(crate) struct Setup {
    vars: Vec<(&'static str, String)>,
    folder: Arc<Folder>,
    pauses: Pauses,
    ahead: Duration,
    limits: Limits,
}

/// Pauses that no test lives to see the end of.
const NEVER: Duration = Duration::from_hours(1);

impl Setup {
    /// A server in demo mode in front of `telnyx`, which asks for nothing by itself.
    pub(crate) fn demo(telnyx: &Telnyx) -> Self {
        Self {
            vars: vec![("TONO_TELNYX_API", format!("http://{}/v2", telnyx.api))],
            folder: Folder::new(),
            pauses: Pauses {
                no_word: NEVER,
                first: NEVER,
                longest: NEVER,
                recording: NEVER,
                copy: NEVER,
                removal: NEVER,
                sweep: NEVER,
                longest_call: NEVER,
                unclaimed: NEVER,
                silent: NEVER,
                lease: NEVER,
                order: NEVER,
            },
            ahead: Duration::ZERO,
            limits: Limits::default(),
        }
    }

    /// The same in controlled mode.
    pub(crate) fn controlled(telnyx: &Telnyx) -> Self {
        Self::demo(telnyx)
            .with("TONO_MODE", "controlled")
            .with("TONO_CALL_CONTROL_APP", APPLICATION)
            .with("TONO_CALLER_ID", "+12025550142")
    }

    /// A server with a real account that cannot be reached.
    pub(crate) fn real() -> Self {
        Self {
            vars: vec![
                ("TONO_TELNYX_API", "https://telnyx.invalid/v2".to_owned()),
                ("TONO_AGENT_PASSWORD", "correct horse".to_owned()),
            ],
            folder: Folder::new(),
            pauses: Pauses::default(),
            ahead: Duration::ZERO,
            limits: Limits::default(),
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.vars.push((name, value.to_owned()));
        self
    }

    pub(crate) fn pauses(mut self, change: impl FnOnce(&mut Pauses)) -> Self {
        change(&mut self.pauses);
        self
    }

    pub(crate) fn limits(mut self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut self.limits);
        self
    }

    /// With a clock that is ahead from the start.
    pub(crate) fn ahead(mut self, by: Duration) -> Self {
        self.ahead = by;
        self
    }

    /// On what another server left.
    pub(crate) fn on(mut self, folder: &Arc<Folder>) -> Self {
        self.folder = Arc::clone(folder);
        self
    }

    pub(crate) async fn start(self) -> Server {
        let signer = signer();
        let mut config = Config::read(|name| {
            let value = match name {
                "TONO_TELNYX_KEY" => KEY.to_owned(),
                "TONO_CONNECTION_ID" => CONNECTION.to_owned(),
                "TONO_PUBLIC_KEY" => BASE64.encode(signer.verifying_key().to_bytes()),
                "TONO_DATA" => self.folder.0.display().to_string(),
                "DATABASE_URL" => self.folder.database().to_owned(),
                name => self.vars.iter().find(|(known, _)| *known == name)?.1.clone(),
            };
            Some(value)
        })
        .unwrap();
        config.pauses = self.pauses;
        config.limits = self.limits;
        let ahead = u64::try_from(self.ahead.as_millis()).unwrap();
        let ahead = Arc::new(AtomicU64::new(ahead));
        let clock = Clock::new({
            let ahead = Arc::clone(&ahead);
            let system = Clock::system();
            move || system.now().after(ahead.load(Ordering::SeqCst))
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let app = App::open(config, clock.clone()).await.unwrap();
        let serving = tokio::spawn({
            let app = app.clone();
            async move { app.serve(listener).await.unwrap() }
        });
        let client = Client::builder().no_proxy().build().unwrap();
        let (folder, telnyx) = (self.folder, self.vars[0].1.clone());
        Server { base, client, app, clock, signer, folder, serving, telnyx, ahead }
    }
}

/// A running server.
pub(crate) struct Server {
    pub(crate) base: String,
    pub(crate) client: Client,
    pub(crate) app: App,
    pub(crate) clock: Clock,
    pub(crate) signer: SigningKey,
    pub(crate) folder: Arc<Folder>,
    serving: JoinHandle<()>,
    telnyx: String,
    ahead: Arc<AtomicU64>,
}

impl Server {
    /// Lets time pass.
    pub(crate) fn later(&self, by: Duration) {
        self.ahead.fetch_add(u64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    pub(crate) async fn sign_in(&self, how: &SignIn) -> Response {
        self.request(Method::POST, "/api/session").json(how).send().await.unwrap()
    }

    /// The demo agent's browser.
    pub(crate) async fn demo_agent(&self) -> Browser<'_> {
        Browser { server: self, cookie: cookie(&self.sign_in(&SignIn::Demo).await) }
    }

    /// Runs `tono …` on this server's data, with something on its standard input.
    pub(crate) async fn tono(&self, words: &[&str], input: &str) -> (Option<i32>, String) {
        let mut command = binary::tono(&self.folder);
        command.args(words).env("TONO_TELNYX_API", &self.telnyx);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let input = input.to_owned();
        // Its answers may have to come from this very runtime.
        let output = tokio::task::spawn_blocking(move || {
            let mut child = command.spawn().unwrap();
            child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
            child.wait_with_output().unwrap()
        });
        let output = output.await.unwrap();
        let said = if output.status.success() { output.stdout } else { output.stderr };
        (output.status.code(), String::from_utf8(said).unwrap())
    }

    /// The browser of a new agent.
    pub(crate) async fn hires(&self, name: &str, role: &str) -> Browser<'_> {
        let words = ["agent", "add", name, "--role", role, "--password-stdin"];
        let (code, said) = self.tono(&words, "a long password\n").await;
        assert_eq!(code, Some(0), "{said}");
        self.agent(name, "a long password").await
    }

    /// The browser of the agent with a password.
    pub(crate) async fn agent(&self, name: &str, password: &str) -> Browser<'_> {
        Browser { server: self, cookie: cookie(&self.sign_in(&password_of(name, password)).await) }
    }

    /// Telnyx posts an event.
    pub(crate) async fn hears(&self, event: &Value) -> StatusCode {
        self.hears_bytes(event.to_string().into_bytes()).await
    }

    /// Telnyx posts a body.
    pub(crate) async fn hears_bytes(&self, body: Vec<u8>) -> StatusCode {
        let timestamp = (self.clock.now().0 / 1000).to_string();
        let signature = self.sign(&timestamp, &body);
        self.posts(&timestamp, &signature, body).await.status()
    }

    pub(crate) fn sign(&self, timestamp: &str, body: &[u8]) -> String {
        sign(&self.signer, timestamp, body)
    }

    pub(crate) async fn posts(&self, timestamp: &str, signature: &str, body: Vec<u8>) -> Response {
        self.request(Method::POST, "/webhooks/telnyx")
            .header("telnyx-timestamp", timestamp)
            .header("telnyx-signature-ed25519", signature)
            .header(header::CONTENT_TYPE, "application/json")
            .body(body)
            .send()
            .await
            .unwrap()
    }

    /// What became of the webhooks that were kept, in the order of the alphabet.
    pub(crate) async fn outcomes(&self) -> Vec<String> {
        sqlx::query_scalar("select outcome from webhooks order by outcome")
            .fetch_all(&mut self.folder.opened().await)
            .await
            .unwrap()
    }

    /// The columns a report on `call_logs` is made from.
    pub(crate) async fn logged(&self, id: &CallId) -> (String, Option<String>) {
        sqlx::query_as("select status, recording_url from call_logs where id = $1")
            .bind(id.as_str())
            .fetch_one(&mut self.folder.opened().await)
            .await
            .unwrap()
    }

    /// Waits until the demo agent's SIP user is known, which the server asks Telnyx for by itself.
    pub(crate) async fn knows_credentials(&self) {
        let mut database = self.folder.opened().await;
        let known = async {
            loop {
                let found: Option<Option<String>> =
                    sqlx::query_scalar("select sip_username from agents where name = 'demo'")
                        .fetch_optional(&mut database)
                        .await
                        .unwrap();
                if found.flatten().is_some() {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, known).await.unwrap();
    }

    /// The number of the latest change, as a page that opens now is told.
    pub(crate) async fn latest(&self, browser: &Browser<'_>) -> i64 {
        browser.calls("").await.seq
    }

    /// Stops the server and waits until it has.
    pub(crate) async fn stop(self) -> Arc<Folder> {
        self.app.stop();
        tokio::time::timeout(PATIENCE, self.serving).await.unwrap().unwrap();
        self.folder
    }
}

/// Telnyx's key in these tests.
pub(crate) fn signer() -> SigningKey {
    SigningKey::from_bytes(&[42; 32])
}

/// `telnyx-signature-ed25519` for a body.
pub(crate) fn sign(signer: &SigningKey, timestamp: &str, body: &[u8]) -> String {
    let message = [timestamp.as_bytes(), b"|", body].concat();
    BASE64.encode(signer.sign(&message).to_bytes())
}

pub(crate) fn password_of(name: &str, password: &str) -> SignIn {
    SignIn::Password { name: name.to_owned(), password: password.to_owned() }
}

/// The cookie an answer sets, as the browser will send it.
pub(crate) fn cookie(answer: &Response) -> String {
    assert_eq!(answer.status(), StatusCode::OK);
    let line = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    line.split(';').next().unwrap().to_owned()
}

/// Where somebody is signed in.
pub(crate) struct Browser<'a> {
    pub(crate) server: &'a Server,
    pub(crate) cookie: String,
}

impl Browser<'_> {
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.server.request(method, path).header(header::COOKIE, &self.cookie)
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Response {
        self.request(Method::POST, path).json(body).send().await.unwrap()
    }

    /// Asks for a call.
    pub(crate) async fn places(&self, to: &str) -> CallId {
        let answer = self.post("/api/calls", &json!({ "to": to })).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        answer.json::<Placed>().await.unwrap().id
    }

    /// States facts of a call.
    pub(crate) async fn states(&self, id: &CallId, facts: Vec<Fact>) -> Response {
        let body = serde_json::to_value(Witnessed { facts }).unwrap();
        self.post(&format!("/api/calls/{id}/facts"), &body).await
    }

    pub(crate) async fn hangs_up(&self, id: &CallId) -> Response {
        self.request(Method::POST, &format!("/api/calls/{id}/hangup")).send().await.unwrap()
    }

    pub(crate) async fn calls(&self, query: &str) -> Calls {
        self.get(&format!("/api/calls{query}")).await.json().await.unwrap()
    }

    pub(crate) async fn row(&self, id: &CallId) -> Row {
        self.calls("").await.rows.into_iter().find(|row| row.id == *id).unwrap()
    }

    /// Opens the live stream after a change.
    pub(crate) async fn listens(&self, after: i64) -> Live {
        Live::open(self.get(&format!("/api/live?after={after}")).await)
    }

    /// Waits on the live stream until the call's row is as wished.
    pub(crate) async fn waits_for(&self, id: &CallId, wish: impl Fn(&Row) -> bool) -> Row {
        let mut live = self.listens(0).await;
        loop {
            let (_, row) = live.next().await.unwrap();
            if row.id == *id && wish(&row) {
                return row;
            }
        }
    }
}

/// An open live stream.
pub(crate) struct Live {
    answer: Response,
    text: String,
}

impl Live {
    pub(crate) fn open(answer: Response) -> Self {
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
        Self { answer, text: String::new() }
    }

    /// The next row and its number; nothing when the stream is over.
    pub(crate) async fn next(&mut self) -> Option<(i64, Row)> {
        // The stream keeps itself alive with comments, so a limit on each of its chunks would be none.
        tokio::time::timeout(PATIENCE, self.read()).await.unwrap()
    }

    async fn read(&mut self) -> Option<(i64, Row)> {
        loop {
            while let Some(end) = self.text.find("\n\n") {
                let event: String = self.text.drain(..end + 2).collect();
                let field = |name: &str| {
                    event
                        .lines()
                        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
                        .map(str::to_owned)
                };
                let read = (field("event"), field("id"), field("data"));
                if let (Some(name), Some(id), Some(data)) = read {
                    assert_eq!(name, call::api::LIVE_EVENT);
                    return Some((id.parse().unwrap(), serde_json::from_str(&data).unwrap()));
                }
            }
            let chunk = self.answer.chunk().await.unwrap()?;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

pub(crate) fn fact(at: u64, what: What) -> Fact {
    Fact { at: Millis(at), ids: TelnyxIds::default(), what }
}

/// An event of Telnyx's, as in the sample of that name, about a leg of its own.
pub(crate) fn event(name: &str, leg: &str) -> Value {
    let mut event = sample(name);
    event["data"]["id"] = Uuid::new_v4().to_string().into();
    let payload = &mut event["data"]["payload"];
    payload["client_state"] = Value::Null;
    payload["call_control_id"] = format!("v3:{leg}").into();
    payload["call_leg_id"] = format!("leg-{leg}").into();
    payload["call_session_id"] = format!("session-{leg}").into();
    event
}

/// The same with our id where the page had the SDK put it.
pub(crate) fn event_of(name: &str, leg: &str, id: &CallId) -> Value {
    let mut event = event(name, leg);
    event["data"]["payload"]["client_state"] = BASE64.encode(id.as_str()).into();
    event
}

pub(crate) fn exists(folder: &Folder, name: &str) -> bool {
    Path::new(&folder.0).join("recordings").join(name).exists()
}
