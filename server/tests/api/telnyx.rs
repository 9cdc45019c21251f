//! A small Telnyx that says what a test tells it to, in the words pinned in `lab/carrier`.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The key the server has to show, and to nobody but the API.
pub(crate) const KEY: &str = "KEY-that-nobody-else-may-see";

/// The connection the calls go out on, as in the samples.
pub(crate) const CONNECTION: &str = "1494404757140276705";

/// The Call Control application.
pub(crate) const APPLICATION: &str = "1494404757140276999";

/// What this Telnyx says and what it was asked.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fault of its own, set by the test that needs it"
)]
pub(crate) struct Script {
    /// The credentials that were made and still exist.
    pub(crate) credentials: Vec<String>,
    /// Whether every request is refused as unauthenticated.
    pub(crate) locked: bool,
    /// Whether Telnyx says that a call goes on; if not said, it knows of none.
    pub(crate) alive: Option<bool>,
    /// What a hang-up is answered with.
    pub(crate) hang_up: Option<(u16, Value)>,
    /// What the next dials, answers and bridges are answered with, by their name; an answer as in the samples if none is
    /// left. Status 0 is no answer at all, although it was carried out.
    pub(crate) commands: Vec<(&'static str, u16, Value)>,
    /// Whether dials that come now are never answered.
    pub(crate) deaf: bool,
    /// The commands that came: their path and body.
    pub(crate) commanded: Vec<(String, Value)>,
    /// The ids of recordings that exist, and under which session they are listed.
    pub(crate) recordings: Vec<(String, String)>,
    /// Where links to recordings lead; the own storage if none.
    pub(crate) link: Option<String>,
    /// The audio in the storage.
    pub(crate) audio: Vec<u8>,
    /// Whether downloads begun now never come to an end.
    pub(crate) stalled: bool,
    /// How many of the next downloads fail.
    pub(crate) failures: u32,
    /// How many of the next downloads break off in the middle.
    pub(crate) cut: u32,
    /// Whether downloads do not say how long they are.
    pub(crate) streamed: bool,
    /// Where downloads are sent instead.
    pub(crate) redirect: Option<String>,
    /// How often the storage was shown the key.
    pub(crate) keys_given_away: usize,
    /// Every request, as "METHOD /path?query".
    pub(crate) asked: Vec<String>,
    made: u32,
}

/// A running stand-in: the API and, on another origin, its storage.
#[derive(Clone)]
pub(crate) struct Telnyx {
    script: Arc<Mutex<Script>>,
    pub(crate) api: SocketAddr,
    pub(crate) storage: SocketAddr,
}

/// To a request without the right key.
struct Refusal;

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (StatusCode::UNAUTHORIZED, Json(sample("error.401"))).into_response()
    }
}

/// The `body` of a sample.
pub(crate) fn sample(name: &str) -> Value {
    let path = format!("{}/../lab/carrier/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let mut sample: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    sample["body"].take()
}

impl Telnyx {
    pub(crate) async fn start() -> Self {
        let api = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let storage = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let telnyx = Self {
            script: Arc::default(),
            api: api.local_addr().unwrap(),
            storage: storage.local_addr().unwrap(),
        };
        let calls = Router::new()
            .route("/v2/telephony_credentials", post(create_credential))
            .route("/v2/telephony_credentials/{id}", get(credential).delete(delete_credential))
            .route("/v2/telephony_credentials/{id}/token", post(token))
            .route("/v2/phone_numbers", get(numbers))
            .route("/v2/calls", post(dial))
            .route("/v2/calls/{id}", get(call))
            .route("/v2/calls/{id}/actions/{action}", post(command))
            .route("/v2/calls/{id}/actions/hangup", post(hang_up))
            .route("/v2/recordings", get(recordings))
            .route("/v2/recordings/{id}", get(recording).delete(delete_recording))
            .with_state(telnyx.clone());
        let files = Router::new().route("/{file}", get(download)).with_state(telnyx.clone());
        tokio::spawn(async move { axum::serve(api, calls).await });
        tokio::spawn(async move { axum::serve(storage, files).await });
        telnyx
    }

    pub(crate) fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap()
    }

    /// Waits until so many commands have come, and returns what they were: `LEG ACTION`, or `dial`.
    pub(crate) async fn commands(&self, count: usize) -> Vec<String> {
        let come = async {
            while self.script().commanded.len() < count {
                tokio::task::yield_now().await;
            }
        };
        let in_time = tokio::time::timeout(crate::harness::PATIENCE, come).await;
        let commanded: Vec<String> =
            self.script().commanded.iter().map(|(name, _)| name.clone()).collect();
        assert!(in_time.is_ok(), "instead of {count} commands: {commanded:?}");
        commanded
    }

    /// How often something was asked that contains `words`.
    pub(crate) fn asked(&self, words: &str) -> usize {
        self.script().asked.iter().filter(|request| request.contains(words)).count()
    }

    /// Notes a request and refuses one without the key.
    fn admit(
        &self,
        request: String,
        headers: &HeaderMap,
    ) -> Result<MutexGuard<'_, Script>, Refusal> {
        let mut script = self.script();
        script.asked.push(request);
        let expected = format!("Bearer {KEY}");
        let is_right =
            headers.get(header::AUTHORIZATION).is_some_and(|key| key == expected.as_str());
        if script.locked || !is_right {
            return Err(Refusal);
        }
        Ok(script)
    }

    fn recording(&self, script: &Script, id: &str, session: &str) -> Value {
        let link = script.link.clone();
        let link = link
            .unwrap_or_else(|| format!("http://{}/{id}.wav?X-Amz-Signature=secret", self.storage));
        let mut recording = sample("recording")["data"].take();
        recording["id"] = id.into();
        recording["call_session_id"] = session.into();
        recording["download_urls"] = json!({ "wav": link });
        recording
    }
}

async fn create_credential(
    State(telnyx): State<Telnyx>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let mut script = match telnyx.admit("POST /telephony_credentials".to_owned(), &headers) {
        Ok(script) => script,
        Err(refusal) => return refusal.into_response(),
    };
    assert_eq!(body["connection_id"], CONNECTION);
    script.made += 1;
    let id = format!("credential-{}", script.made);
    script.credentials.push(id.clone());
    let mut credential = sample("telephony_credential");
    credential["data"]["sip_username"] = sip_user(&id).into();
    credential["data"]["id"] = id.into();
    (StatusCode::CREATED, Json(credential)).into_response()
}

async fn credential(
    State(telnyx): State<Telnyx>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    match telnyx.admit(format!("GET /telephony_credentials/{id}"), &headers) {
        Ok(script) if script.credentials.contains(&id) => {
            let mut credential = sample("telephony_credential");
            credential["data"]["sip_username"] = sip_user(&id).into();
            credential["data"]["id"] = id.into();
            Json(credential).into_response()
        }
        Ok(_) => StatusCode::NOT_FOUND.into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

/// The SIP user of a credential this Telnyx made.
pub(crate) fn sip_user(credential: &str) -> String {
    format!("gencred{credential}")
}

async fn delete_credential(
    State(telnyx): State<Telnyx>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    match telnyx.admit(format!("DELETE /telephony_credentials/{id}"), &headers) {
        Ok(mut script) => {
            script.credentials.retain(|known| *known != id);
            Json(sample("telephony_credential")).into_response()
        }
        Err(refusal) => refusal.into_response(),
    }
}

async fn token(
    State(telnyx): State<Telnyx>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    match telnyx.admit(format!("POST /telephony_credentials/{id}/token"), &headers) {
        Ok(script) if script.credentials.contains(&id) => {
            (StatusCode::CREATED, format!("header.{id}.signature")).into_response()
        }
        Ok(_) => {
            let body = json!({ "errors": [{ "code": "10005", "title": "Resource not found" }] });
            (StatusCode::NOT_FOUND, Json(body)).into_response()
        }
        Err(refusal) => refusal.into_response(),
    }
}

async fn hang_up(
    State(telnyx): State<Telnyx>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    assert!(body["command_id"].is_string());
    match telnyx.admit(format!("POST /calls/{id}/actions/hangup"), &headers) {
        Ok(mut script) => {
            script.commanded.push((format!("{id} hangup"), body));
            let (status, body) =
                script.hang_up.clone().unwrap_or_else(|| (200, sample("call.command")));
            (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
        }
        Err(refusal) => refusal.into_response(),
    }
}

/// The account's one number is +12025550142; a filter is left to the server.
async fn numbers(
    State(telnyx): State<Telnyx>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    match telnyx.admit(format!("GET /phone_numbers?{query}"), &headers) {
        Ok(_) => Json(sample("phone_numbers.list")).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

/// `POST /v2/calls`: the legs are `v3:dialled-1`, `v3:dialled-2` and so on.
async fn dial(
    State(telnyx): State<Telnyx>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    assert_eq!(body["connection_id"], APPLICATION);
    let deaf = match telnyx.admit("POST /calls".to_owned(), &headers) {
        Ok(mut script) => {
            script.commanded.push(("dial".to_owned(), body));
            script.deaf
        }
        Err(refusal) => return refusal.into_response(),
    };
    if deaf {
        return std::future::pending().await;
    }
    let script = telnyx.script();
    let count = script.commanded.iter().filter(|(name, _)| name == "dial").count();
    let mut dialled = sample("call.dial");
    dialled["data"]["call_control_id"] = format!("v3:dialled-{count}").into();
    scripted(script, "dial", dialled)
}

async fn command(
    State(telnyx): State<Telnyx>,
    Path((id, action)): Path<(String, String)>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    assert!(body["command_id"].is_string());
    let script = telnyx.admit(format!("POST /calls/{id}/actions/{action}"), &headers);
    let Ok(mut script) = script else { return Refusal.into_response() };
    script.commanded.push((format!("{id} {action}"), body));
    scripted(script, &action, sample("call.command"))
}

fn scripted(mut script: MutexGuard<'_, Script>, name: &str, usual: Value) -> Response {
    let next = script.commands.iter().position(|(known, ..)| *known == name);
    let (status, body) = match next {
        Some(next) => {
            let (_, status, body) = script.commands.remove(next);
            (status, body)
        }
        None => (200, usual),
    };
    // A gateway in between that lost the answer says so.
    let status = if status == 0 { 504 } else { status };
    (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
}

async fn call(
    State(telnyx): State<Telnyx>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let alive = match telnyx.admit(format!("GET /calls/{id}"), &headers) {
        Ok(script) => script.alive,
        Err(refusal) => return refusal.into_response(),
    };
    let Some(alive) = alive else { return StatusCode::NOT_FOUND.into_response() };
    let mut status = sample("call.status");
    status["data"]["is_alive"] = alive.into();
    Json(status).into_response()
}

async fn delete_recording(
    State(telnyx): State<Telnyx>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    match telnyx.admit(format!("DELETE /recordings/{id}"), &headers) {
        Ok(mut script) => {
            script.recordings.retain(|(known, _)| *known != id);
            Json(sample("recording")).into_response()
        }
        Err(refusal) => refusal.into_response(),
    }
}

async fn recordings(
    State(telnyx): State<Telnyx>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    let script = match telnyx.admit(format!("GET /recordings?{query}"), &headers) {
        Ok(script) => script,
        Err(refusal) => return refusal.into_response(),
    };
    let mut list = sample("recordings.list");
    let found =
        script.recordings.iter().filter(|(_, session)| query.ends_with(&format!("={session}")));
    list["data"] = found.map(|(id, session)| telnyx.recording(&script, id, session)).collect();
    Json(list).into_response()
}

async fn recording(
    State(telnyx): State<Telnyx>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let script = match telnyx.admit(format!("GET /recordings/{id}"), &headers) {
        Ok(script) => script,
        Err(refusal) => return refusal.into_response(),
    };
    match script.recordings.iter().find(|(known, _)| *known == id) {
        Some((id, session)) => {
            Json(json!({ "data": telnyx.recording(&script, id, session) })).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Like S3: a signed link and a key at once are one too many.
async fn download(
    State(telnyx): State<Telnyx>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    let stalled = {
        let mut script = telnyx.script();
        script.asked.push(format!("GET storage/{file}"));
        let shown =
            |value: &header::HeaderValue| value.to_str().is_ok_and(|text| text.contains(KEY));
        script.keys_given_away += headers.values().filter(|value| shown(value)).count();
        script.stalled
    };
    if stalled {
        return std::future::pending().await;
    }
    let mut script = telnyx.script();
    if headers.contains_key(header::AUTHORIZATION) {
        return (StatusCode::BAD_REQUEST, "Only one auth mechanism allowed").into_response();
    }
    if script.failures > 0 {
        script.failures -= 1;
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if let Some(elsewhere) = &script.redirect {
        return Redirect::temporary(elsewhere).into_response();
    }
    let audio = Bytes::from(script.audio.clone());
    let is_cut = script.cut > 0;
    script.cut = script.cut.saturating_sub(1);
    let half = audio.slice(..audio.len() / 2);
    let rest = audio.slice(half.len()..);
    let broken = || std::io::Error::other("the line broke");
    let pieces = [Ok(half), if is_cut { Err(broken()) } else { Ok(rest) }];
    match (is_cut, script.streamed) {
        (true, _) => {
            let length = [(header::CONTENT_LENGTH, audio.len())];
            (length, Body::from_stream(futures_util::stream::iter(pieces))).into_response()
        }
        (false, true) => Body::from_stream(futures_util::stream::iter(pieces)).into_response(),
        (false, false) => audio.into_response(),
    }
}
