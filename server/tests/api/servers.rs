//! Several servers on one database, behind a proxy.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use call::api::{Calls, Placed};
use call::history::{Recording, Row, Status};
use call::ids::CallId;
use reqwest::{Client, Method, RequestBuilder, StatusCode, header};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};

use crate::binary::{Tono, deliver, demo_cookie, post};
use crate::harness::{Folder, Live, PATIENCE, event_of, password_of};
use crate::moto::{Moto, settings};
use crate::recording::{is_ready, wav};
use crate::telnyx::Telnyx;

/// Passes each connection to the server it is told to prefer, or to another if that one is gone.
struct Proxy {
    base: String,
    preferred: Arc<AtomicUsize>,
}

impl Proxy {
    async fn start(servers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let preferred = Arc::new(AtomicUsize::new(0));
        let first = Arc::clone(&preferred);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let first = first.load(Ordering::SeqCst);
                let servers = [&servers[first..], &servers[..first]].concat();
                tokio::spawn(async move {
                    for server in servers {
                        if let Ok(mut far) = TcpStream::connect(server).await {
                            // A server that is killed ends its connections, and the client sees that.
                            let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                            return;
                        }
                    }
                });
            }
        });
        Self { base, preferred }
    }

    fn prefer(&self, server: usize) {
        self.preferred.store(server, Ordering::SeqCst);
    }
}

/// The demo agent's page behind the proxy.
struct Page<'a> {
    client: Client,
    proxy: &'a Proxy,
    cookie: String,
}

impl<'a> Page<'a> {
    async fn open(proxy: &'a Proxy) -> Self {
        // A connection for each request, so that the proxy decides about each.
        let client = Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap();
        let cookie = demo_cookie(&client, &proxy.base).await;
        Self { client, proxy, cookie }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.proxy.base);
        self.client.request(method, url).header(header::COOKIE, &self.cookie)
    }

    async fn listens(&self) -> Live {
        Live::open(self.request(Method::GET, "/api/live?after=0").send().await.unwrap())
    }

    async fn places(&self) -> CallId {
        let request =
            self.request(Method::POST, "/api/calls").json(&json!({ "to": "+12025550100" }));
        request.send().await.unwrap().json::<Placed>().await.unwrap().id
    }
}

async fn next_of(live: &mut Live, id: &CallId, wish: impl Fn(&Row) -> bool) {
    loop {
        let (_, row) = live.next().await.unwrap();
        if row.id == *id && wish(&row) {
            return;
        }
    }
}

#[tokio::test]
async fn a_webhook_that_lands_on_one_server_appears_in_a_page_served_by_the_other() {
    let telnyx = Telnyx::start().await;
    let folder = Folder::new();
    let [a, b] = [(); 2].map(|()| Tono::start(&folder, &telnyx, 0));
    let proxy = Proxy::start(vec![a.address.clone(), b.address.clone()]).await;
    let page = Page::open(&proxy).await;
    proxy.prefer(1);
    let mut live = page.listens().await;

    proxy.prefer(0);
    let mut took = Vec::new();
    for round in 0..50 {
        let id = page.places().await;
        next_of(&mut live, &id, |_| true).await;
        let answered = event_of("call.answered", &format!("leg{round}"), &id);
        let began = Instant::now();
        assert_eq!(post(&page.client, &proxy.base, &answered).await, Some(StatusCode::OK));
        next_of(&mut live, &id, |row| row.status == Status::Answered).await;
        took.push(began.elapsed());
    }
    took.sort();
    println!(
        "from posting a webhook to one server until the other's page has it, of {}: median {:?}, longest {:?}",
        took.len(),
        took[took.len() / 2],
        took[took.len() - 1]
    );
    assert!(took[took.len() - 1] < Duration::from_secs(2));

    page.request(Method::DELETE, "/api/session").send().await.unwrap();
    assert!(live.next().await.is_none(), "signed out on one, the other's stream ends");
}

#[tokio::test]
async fn the_jobs_of_a_server_that_is_killed_finish_on_the_other_and_no_row_is_lost() {
    const CALLS: usize = 12;
    let telnyx = Telnyx::start().await;
    {
        let mut script = telnyx.script();
        script.audio = wav();
        script.stalled = true;
        for call in 0..CALLS {
            script.recordings.push((format!("rec-{call}"), format!("session-leg{call}")));
        }
    }
    let folder = Folder::new();
    let mut a = Tono::start(&folder, &telnyx, 0);
    // The other begins once the first has its hands full.
    let reserved = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = reserved.local_addr().unwrap().port();
    drop(reserved);
    let proxy = Proxy::start(vec![a.address.clone(), format!("127.0.0.1:{port}")]).await;
    let page = Page::open(&proxy).await;

    let mut ids = Vec::new();
    for call in 0..CALLS {
        let id = page.places().await;
        for name in ["call.initiated", "call.answered", "call.hangup", "call.recording.saved"] {
            let mut event = event_of(name, &format!("leg{call}"), &id);
            if name == "call.recording.saved" {
                event["data"]["payload"]["recording_id"] = format!("rec-{call}").into();
            }
            deliver(&page.client, &proxy.base, &event).await;
        }
        ids.push(id);
    }
    tokio::time::timeout(PATIENCE, async {
        while telnyx.asked("GET storage/") < 8 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    telnyx.script().stalled = false;
    let _b = Tono::start(&folder, &telnyx, port);
    a.kill();
    let killed = Instant::now();

    // What Telnyx says meanwhile finds its way.
    let late = page.places().await;
    deliver(&page.client, &proxy.base, &event_of("call.initiated", "late", &late)).await;
    let mut live = page.listens().await;
    let mut left: Vec<CallId> = ids.clone();
    let all = tokio::time::timeout(Duration::from_mins(1), async {
        while !left.is_empty() {
            let (_, row) = live.next().await.unwrap();
            if matches!(row.recording, Recording::Ready { .. }) {
                left.retain(|id| *id != row.id);
            }
        }
    });
    all.await.unwrap();
    println!(
        "{CALLS} recordings of a killed server were stored by the other after {:.1} s",
        killed.elapsed().as_secs_f64()
    );
    let calls: Calls =
        page.request(Method::GET, "/api/calls").send().await.unwrap().json().await.unwrap();
    let mut rows: Vec<CallId> = calls.rows.into_iter().map(|row| row.id).collect();
    ids.push(late);
    rows.sort();
    ids.sort();
    assert_eq!(rows, ids, "every row once");
    let stored: i64 =
        sqlx::query_scalar("select count(*) from facts where fact like '%recording_stored%'")
            .fetch_one(&mut folder.opened().await)
            .await
            .unwrap();
    assert_eq!(usize::try_from(stored).unwrap(), CALLS, "every copy once");
}

#[tokio::test]
async fn guesses_at_one_server_count_at_the_other() {
    let telnyx = Telnyx::start().await;
    let folder = Folder::new();
    let [a, b] = [(); 2].map(|()| Tono::start(&folder, &telnyx, 0));
    let client = Client::builder().no_proxy().build().unwrap();
    let tries = async |server: &Tono| {
        let request = client.post(format!("http://{}/api/session", server.address));
        request.json(&password_of("demo", "guess")).send().await.unwrap().status()
    };
    for server in [&a, &b, &a, &b, &a] {
        assert_eq!(tries(server).await, StatusCode::UNAUTHORIZED);
    }
    for server in [&a, &b] {
        assert_eq!(tries(server).await, StatusCode::TOO_MANY_REQUESTS);
    }
}

#[tokio::test]
async fn what_one_server_put_into_the_bucket_the_other_plays_and_deletes() {
    let (telnyx, moto) = (Telnyx::start().await, Moto::start().await);
    telnyx.script().audio = wav();
    telnyx.script().recordings.push(("rec-1".to_owned(), "session-a".to_owned()));
    let folder = Folder::new();
    // They share the database and the bucket, and no file.
    let own = Folder::new();
    let start = |data: &Folder| {
        let data = ("TONO_DATA", data.0.display().to_string());
        Tono::start_with(&folder, &telnyx, 0, &[&settings(&moto.endpoint)[..], &[data]].concat())
    };
    let mut a = start(&folder);
    let proxy = Proxy::start(vec![a.address.clone()]).await;
    let page = Page::open(&proxy).await;
    let id = page.places().await;
    for name in ["call.initiated", "call.answered", "call.hangup"] {
        deliver(&page.client, &proxy.base, &event_of(name, "a", &id)).await;
    }
    let mut saved = event_of("call.recording.saved", "a", &id);
    saved["data"]["payload"]["recording_id"] = "rec-1".into();
    deliver(&page.client, &proxy.base, &saved).await;
    let mut live = page.listens().await;
    next_of(&mut live, &id, |row| is_ready(&row.recording)).await;
    a.kill();

    let b = start(&own);
    let proxy = Proxy::start(vec![b.address.clone()]).await;
    let page = Page { proxy: &proxy, ..page };
    let path = format!("/api/calls/{id}/recording");
    let part = page.request(Method::GET, &path).header(header::RANGE, "bytes=40-99");
    let part = part.send().await.unwrap();
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.bytes().await.unwrap(), wav()[40..100]);
    let drawn = page.request(Method::GET, &format!("/api/calls/{id}/waveform")).send().await;
    assert_eq!(drawn.unwrap().status(), StatusCode::OK);
    page.request(Method::DELETE, &path).send().await.unwrap();
    tokio::time::timeout(PATIENCE, async {
        while !telnyx.script().recordings.is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    let gone = page.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::GONE);
}
