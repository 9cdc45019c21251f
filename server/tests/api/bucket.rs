//! Copies of recordings in a bucket of an S3 API. What needs moto has `bucket` in its name, so that it can be left out.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use call::history::Recording;
use call::ids::CallId;
use reqwest::{Client, Method, StatusCode};
use tokio::net::TcpListener;

use crate::harness::{Browser, PATIENCE, Server, Setup, exists};
use crate::moto::{BUCKET, Moto, in_bucket};
use crate::recording::{call_that_is_over, comes_in_parts, is_ready, soon, wav};
use crate::telnyx::Telnyx;

/// What stands between a server and its bucket: sees everything, and spoils what it is told to.
#[derive(Clone)]
struct Between {
    seen: Arc<Mutex<Seen>>,
    behind: String,
    client: Client,
    address: SocketAddr,
}

#[derive(Default)]
struct Seen {
    /// Every request, as "GET a.wav bytes=0-3".
    asked: Vec<String>,
    /// How many of the next objects lose a bit on their way.
    spoilt: u32,
    /// Whether the bucket cannot be reached.
    down: bool,
}

impl Between {
    async fn start(moto: &Moto) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let between = Self {
            seen: Arc::default(),
            behind: moto.endpoint.clone(),
            client: Client::builder().no_proxy().build().unwrap(),
            address: listener.local_addr().unwrap(),
        };
        let passing = Router::new().fallback(pass).with_state(between.clone());
        tokio::spawn(async move { axum::serve(listener, passing).await });
        between
    }

    fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }

    /// The requests of this method, without it.
    fn asked(&self, method: &str) -> Vec<String> {
        let seen = self.seen();
        seen.asked
            .iter()
            .filter_map(|asked| asked.strip_prefix(method))
            .map(str::to_owned)
            .collect()
    }
}

async fn pass(State(between): State<Between>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let body = {
        let mut seen = between.seen();
        let range = head.headers.get(header::RANGE).map_or("", |range| range.to_str().unwrap());
        let what = head.uri.path_and_query().unwrap().as_str();
        let what = what.trim_start_matches('/').trim_start_matches(BUCKET);
        seen.asked.push(format!("{} {what} {range}", head.method));
        if seen.down {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        match (head.method == Method::PUT && seen.spoilt > 0, body.len()) {
            (true, bytes @ 1..) => {
                seen.spoilt -= 1;
                let mut body = body.to_vec();
                body[bytes / 2] ^= 1;
                Bytes::from(body)
            }
            (_, _) => body,
        }
    };
    let url = format!("{}{}", between.behind, head.uri);
    let mut request = between.client.request(head.method, url).body(body);
    for (name, value) in &head.headers {
        if name != header::HOST && name != header::CONTENT_LENGTH {
            request = request.header(name, value);
        }
    }
    let answer = request.send().await.unwrap();
    let mut passed = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        if name != header::TRANSFER_ENCODING && name != header::CONNECTION {
            passed = passed.header(name, value);
        }
    }
    passed.body(Body::from(answer.bytes().await.unwrap())).unwrap()
}

/// A Telnyx with one recording of session `a`.
async fn recorded() -> Telnyx {
    let telnyx = Telnyx::start().await;
    telnyx.script().audio = wav();
    telnyx.script().recordings.push(("rec-1".to_owned(), "session-a".to_owned()));
    telnyx
}

/// A call whose recording is in the bucket.
async fn copied(server: &Server, browser: &Browser<'_>) -> CallId {
    let id = call_that_is_over(server, browser, "a").await;
    browser.waits_for(&id, |row| is_ready(&row.recording)).await;
    assert!(!exists(&server.folder, &format!("{id}.wav")), "not in the folder");
    assert!(!exists(&server.folder, &format!(".{id}.part")), "nor what it was put together in");
    id
}

#[tokio::test]
async fn a_recording_is_sent_in_parts_that_are_asked_of_the_bucket_as_parts() {
    let (telnyx, moto) = (recorded().await, Moto::start().await);
    let between = Between::start(&moto).await;
    let server = in_bucket(soon(Setup::demo(&telnyx)), &between.endpoint()).start().await;
    let browser = server.demo_agent().await;
    let id = copied(&server, &browser).await;
    between.seen().asked.clear();
    comes_in_parts(&browser, &id).await;
    let asked = between.asked("GET ");
    let object = format!("/{id}.wav");
    let last = wav().len() - 1;
    for range in [
        format!("bytes=0-{last}"),
        "bytes=0-3".to_owned(),
        format!("bytes=32000-{last}"),
        format!("bytes={}-{last}", last - 3),
    ] {
        assert!(asked.contains(&format!("{object} {range}")), "{range}: {asked:?}");
    }
    assert_eq!(asked.iter().filter(|asked| !asked.contains("bytes=")).count(), 0, "{asked:?}");
}

#[tokio::test]
async fn a_large_recording_goes_to_the_bucket_in_pieces() {
    let (telnyx, moto) = (recorded().await, Moto::start().await);
    let between = Between::start(&moto).await;
    {
        let mut script = telnyx.script();
        // Nine MiB that are not all alike, and are what the header says.
        let bytes = 9 * 1024 * 1024_u32;
        script.audio.truncate(44);
        script.audio[40..44].copy_from_slice(&bytes.to_le_bytes());
        script.audio.extend((0..bytes).map(|at| at.to_le_bytes()[1]));
    }
    let server = in_bucket(soon(Setup::demo(&telnyx)), &between.endpoint()).start().await;
    let browser = server.demo_agent().await;
    let id = copied(&server, &browser).await;
    let pieces = between.asked("PUT ");
    assert_eq!(
        pieces.iter().filter(|piece| piece.contains("partNumber=")).count(),
        2,
        "{pieces:?}"
    );
    let answer = browser.get(&format!("/api/calls/{id}/recording")).await;
    assert_eq!(answer.bytes().await.unwrap(), telnyx.script().audio);
}

#[tokio::test]
async fn a_copy_that_lost_a_bit_on_its_way_to_the_bucket_is_refused_and_made_anew() {
    let (telnyx, moto) = (recorded().await, Moto::start().await);
    let between = Between::start(&moto).await;
    between.seen().spoilt = 2;
    let server = in_bucket(soon(Setup::demo(&telnyx)), &between.endpoint()).start().await;
    let browser = server.demo_agent().await;
    let id = copied(&server, &browser).await;
    assert_eq!(telnyx.asked("GET storage/"), 3, "two copies were refused");
    assert_eq!(between.asked("DELETE ").len(), 2, "and taken away");
    let answer = browser.get(&format!("/api/calls/{id}/recording")).await;
    assert_eq!(answer.bytes().await.unwrap(), wav());
}

#[tokio::test]
async fn a_copy_the_bucket_never_keeps_as_it_is_makes_no_recording() {
    let (telnyx, moto) = (recorded().await, Moto::start().await);
    let between = Between::start(&moto).await;
    between.seen().spoilt = u32::MAX;
    let server = in_bucket(soon(Setup::demo(&telnyx)), &between.endpoint())
        .pauses(|pauses| pauses.copy = Duration::from_millis(50))
        .start()
        .await;
    let browser = server.demo_agent().await;
    let id = call_that_is_over(&server, &browser, "a").await;
    let row = browser.waits_for(&id, |row| matches!(row.recording, Recording::Failed { .. })).await;
    let Recording::Failed { reason } = row.recording else { unreachable!() };
    assert!(reason.contains("not what was sent to it"), "{reason}");
}

#[tokio::test]
async fn a_bucket_that_cannot_be_reached_is_waited_for() {
    let (telnyx, moto) = (recorded().await, Moto::start().await);
    let between = Between::start(&moto).await;
    between.seen().down = true;
    let server = in_bucket(soon(Setup::demo(&telnyx)), &between.endpoint()).start().await;
    let browser = server.demo_agent().await;
    let id = call_that_is_over(&server, &browser, "a").await;
    tokio::time::timeout(PATIENCE, async {
        while telnyx.asked("GET storage/") < 2 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    assert_eq!(browser.row(&id).await.recording, Recording::Processing);
    between.seen().down = false;
    browser.waits_for(&id, |row| is_ready(&row.recording)).await;
    let path = format!("/api/calls/{id}/recording");
    between.seen().down = true;
    assert_eq!(browser.get(&path).await.status(), StatusCode::INTERNAL_SERVER_ERROR);
    between.seen().down = false;
    assert_eq!(browser.get(&path).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_recording_that_is_deleted_is_gone_from_the_bucket() {
    let (telnyx, moto) = (recorded().await, Moto::start().await);
    let between = Between::start(&moto).await;
    let server = in_bucket(soon(Setup::demo(&telnyx)), &between.endpoint()).start().await;
    let browser = server.demo_agent().await;
    let id = copied(&server, &browser).await;
    let path = format!("/api/calls/{id}/recording");
    browser.request(Method::DELETE, &path).send().await.unwrap();
    tokio::time::timeout(PATIENCE, async {
        while !telnyx.script().recordings.is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    assert!(between.asked("DELETE ").contains(&format!("/{id}.wav ")));
    let object = format!("{}/{BUCKET}/{id}.wav", moto.endpoint);
    // It wants to be asked with a key, and takes any.
    let key = "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20261121/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
    let gone = server.client.head(object).header(header::AUTHORIZATION, key).send();
    assert_eq!(gone.await.unwrap().status(), StatusCode::NOT_FOUND);
    assert_eq!(browser.get(&path).await.status(), StatusCode::GONE);
}

#[tokio::test]
async fn what_was_copied_before_there_was_a_bucket_is_played_from_the_folder_and_deleted_there() {
    let (telnyx, moto) = (recorded().await, Moto::start().await);
    let server = soon(Setup::demo(&telnyx)).start().await;
    let browser = server.demo_agent().await;
    let id = call_that_is_over(&server, &browser, "a").await;
    browser.waits_for(&id, |row| is_ready(&row.recording)).await;
    let folder = server.stop().await;

    let server = in_bucket(soon(Setup::demo(&telnyx)).on(&folder), &moto.endpoint).start().await;
    let browser = server.demo_agent().await;
    comes_in_parts(&browser, &id).await;
    let path = format!("/api/calls/{id}/recording");
    browser.request(Method::DELETE, &path).send().await.unwrap();
    tokio::time::timeout(PATIENCE, async {
        while exists(&server.folder, &format!("{id}.wav")) {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
}
