//! `GET /api/live`.

use call::history::{Status, What};
use reqwest::{Method, StatusCode};

use crate::harness::{Live, Setup, event_of, fact};
use crate::telnyx::Telnyx;

#[tokio::test]
async fn a_stream_goes_on_where_the_list_ended() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = browser.places("+12025550100").await;
    let list = browser.calls("").await;
    // What happens between the list and the stream is not lost.
    server.hears(&event_of("call.initiated", "a", &id)).await;
    let mut live = browser.listens(list.seq).await;
    let (first, row) = live.next().await.unwrap();
    assert_eq!(row.status, Status::Initiated);
    server.hears(&event_of("call.answered", "a", &id)).await;
    let (second, row) = live.next().await.unwrap();
    assert_eq!(row.status, Status::Answered);
    assert!(list.seq < first && first < second);
}

#[tokio::test]
async fn a_stream_that_broke_repeats_what_was_missed_and_nothing_else() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let one = browser.places("+12025550100").await;
    let mut live = browser.listens(0).await;
    let (last, _) = live.next().await.unwrap();
    drop(live);

    let two = browser.places("+12025550101").await;
    server.hears(&event_of("call.initiated", "b", &two)).await;
    server.hears(&event_of("call.answered", "b", &two)).await;
    // The header is the later word: `after` is what the page began with.
    let answer = browser
        .request(Method::GET, "/api/live?after=0")
        .header("last-event-id", last.to_string())
        .send();
    let mut live = Live::open(answer.await.unwrap());
    let (seq, row) = live.next().await.unwrap();
    assert_eq!((row.id, row.status), (two, Status::Answered), "a row is sent once, as it is now");
    browser.states(&one, vec![fact(5, What::Rang)]).await;
    let (next, row) = live.next().await.unwrap();
    assert_eq!(row.id, one);
    assert!(next > seq);
}

#[tokio::test]
async fn more_than_a_batch_is_caught_up_without_a_gap() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let mut ids = Vec::new();
    for _ in 0..450 {
        ids.push(browser.places("+12025550100").await);
    }
    let mut live = browser.listens(0).await;
    for id in ids {
        assert_eq!(live.next().await.unwrap().1.id, id);
    }
}

#[tokio::test]
async fn a_stream_without_a_beginning_starts_now() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    browser.places("+12025550100").await;
    let mut live = Live::open(browser.get("/api/live").await);
    let id = browser.places("+12025550101").await;
    assert_eq!(live.next().await.unwrap().1.id, id);
    assert_eq!(browser.get("/api/live?after=soon").await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn open_streams_do_not_keep_the_server_from_stopping() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let mut live = server.demo_agent().await.listens(0).await;
    server.stop().await;
    assert!(live.next().await.is_none());
}
