//! `kill -9` while Telnyx speaks: what was answered with 200 is there, once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use call::api::{Calls, Placed};
use call::history::Status;
use call::ids::CallId;
use reqwest::{Client, StatusCode, header};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::binary::{Tono, demo_cookie, post};
use crate::harness::{Folder, event_of};
use crate::telnyx::Telnyx;

/// How often the server is killed.
const KILLS: usize = 24;

/// How many calls Telnyx speaks of; four events each, and every tenth has a fifth.
const CALLS: usize = 2_500;

/// How many webhooks are under way at a time.
const AT_ONCE: usize = 16;

/// A generator one can start again from its seed (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % u64::try_from(bound).unwrap()).unwrap()
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

#[derive(Default)]
struct Counts {
    /// Attempts begun, the repeated ones too.
    attempts: watch::Sender<usize>,
    /// Events answered with 200 at least once.
    taken: AtomicUsize,
    /// Attempts without an answer.
    unanswered: AtomicUsize,
}

/// What Telnyx says: of every call, what happened and something we do not know.
fn events(ids: &[CallId]) -> Vec<Value> {
    let mut events = Vec::new();
    for (number, id) in ids.iter().enumerate() {
        let leg = format!("leg{number}");
        let mut unknown = event_of("call.answered", &leg, id);
        unknown["data"]["event_type"] = "call.teleported".into();
        events.push(unknown);
        for name in ["call.initiated", "call.answered", "call.bridged"] {
            events.push(event_of(name, &leg, id));
        }
        if number % 10 == 0 {
            events.push(event_of("call.hangup", &leg, id));
        }
    }
    events
}

/// Delivers from the end of `events` until there is none left; some are sent again although they were taken.
async fn send(
    client: Client,
    base: String,
    events: Arc<Vec<Value>>,
    next: Arc<AtomicUsize>,
    counts: Arc<Counts>,
) {
    loop {
        let index = next.fetch_add(1, Ordering::SeqCst);
        let Some(event) = events.get(index) else { return };
        let mut wanted = if index % 10 == 3 { 2 } else { 1 };
        while wanted > 0 {
            counts.attempts.send_modify(|attempts| *attempts += 1);
            match post(&client, &base, event).await {
                Some(StatusCode::OK) => wanted -= 1,
                Some(status) => panic!("an authentic event was answered with {status}"),
                None => {
                    counts.unanswered.fetch_add(1, Ordering::SeqCst);
                    // Telnyx, too, waits a little before it tries again.
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
        counts.taken.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_webhooks_and_two_dozen_kills_lose_nothing_and_double_nothing() {
    let seed = std::env::var("TONO_SEED").ok().and_then(|seed| seed.parse().ok());
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_nanos();
    let seed = seed.unwrap_or_else(|| u64::try_from(now & 0xffff_ffff).unwrap());
    println!("seed {seed} (TONO_SEED={seed} repeats it)");
    let mut random = Random(seed);

    let telnyx = Telnyx::start().await;
    let folder = Folder::new();
    let mut server = Tono::start(&folder, &telnyx, 0);
    let base = format!("http://{}", server.address);
    let port: u16 = server.address.rsplit(':').next().unwrap().parse().unwrap();
    let client = Client::builder().no_proxy().build().unwrap();
    let cookie = demo_cookie(&client, &base).await;
    let mut ids = Vec::new();
    for _ in 0..CALLS {
        let request = client.post(format!("{base}/api/calls")).header(header::COOKIE, &cookie);
        let answer = request.json(&json!({ "to": "+12025550100" })).send().await.unwrap();
        ids.push(answer.json::<Placed>().await.unwrap().id);
    }

    let mut events = events(&ids);
    random.shuffle(&mut events);
    let events = Arc::new(events);
    // The moments of the kills: how many attempts have begun by then, and some microseconds.
    let mut moments: Vec<usize> = (0..KILLS).map(|_| random.below(events.len())).collect();
    moments.sort_unstable();
    let (next, counts) = (Arc::new(AtomicUsize::new(0)), Arc::new(Counts::default()));
    let began = Instant::now();
    let senders: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (events, next, counts) =
                (Arc::clone(&events), Arc::clone(&next), Arc::clone(&counts));
            tokio::spawn(send(client.clone(), base.clone(), events, next, counts))
        })
        .collect();
    for moment in &moments {
        counts.attempts.subscribe().wait_for(|attempts| attempts >= moment).await.unwrap();
        tokio::time::sleep(Duration::from_micros(u64::try_from(random.below(5_000)).unwrap()))
            .await;
        server.kill();
        server = Tono::start(&folder, &telnyx, port);
    }
    for sender in senders {
        sender.await.unwrap();
    }
    let took = began.elapsed();

    let mut database = folder.opened().await;
    let mut count = async |sql: &'static str| -> usize {
        let count: i64 = sqlx::query_scalar(sql).fetch_one(&mut database).await.unwrap();
        usize::try_from(count).unwrap()
    };
    let webhooks = count("select count(*) from webhooks").await;
    let facts = count("select count(*) from facts where witness = 'telnyx'").await;
    let distinct =
        count("select count(distinct event_id) from facts where witness = 'telnyx'").await;
    let rows = count("select count(*) from call_logs").await;
    println!(
        "{} webhooks in {} attempts, {} of them unanswered, {KILLS} kills, {:.1} s: {webhooks} kept, {facts} facts of \
         {distinct} events, {rows} rows",
        events.len(),
        *counts.attempts.borrow(),
        counts.unanswered.load(Ordering::SeqCst),
        took.as_secs_f64()
    );
    assert!(events.len() >= 10_000 && moments.len() >= 20);
    assert_eq!(counts.taken.load(Ordering::SeqCst), events.len());
    assert_eq!(webhooks, events.len(), "every event once");
    assert_eq!((facts, distinct), (events.len() - CALLS, events.len() - CALLS), "every fact once");
    assert_eq!(rows, CALLS);

    // Sessions and rows came through as well: the page's own view of every call.
    let mut listed = 0;
    let mut query = "?limit=200".to_owned();
    loop {
        let request =
            client.get(format!("{base}/api/calls{query}")).header(header::COOKIE, &cookie);
        let page: Calls = request.send().await.unwrap().json().await.unwrap();
        for row in &page.rows {
            let number = ids.iter().position(|id| *id == row.id).unwrap();
            let expected = if number % 10 == 0 { Status::Ended } else { Status::Answered };
            assert_eq!(row.status, expected, "{}", row.id);
            assert_eq!(row.ids.call_control_id, Some(format!("v3:leg{number}")));
        }
        listed += page.rows.len();
        match page.next {
            Some(before) => query = format!("?limit=200&before={before}"),
            None => break,
        }
    }
    assert_eq!(listed, CALLS);
}
