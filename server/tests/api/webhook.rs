//! `POST /webhooks/telnyx`.

use std::time::{Duration, Instant};

use call::api::{Problem, ProblemCode};
use call::history::{Recording, Status, What, Word};
use call::ids::TelnyxIds;
use ed25519_dalek::{Signer as _, SigningKey};
use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::harness::{PATIENCE, Setup, event, event_of, fact};
use crate::recording::{call_that_is_over, soon, wav};
use crate::telnyx::Telnyx;

#[tokio::test]
async fn what_telnyx_did_not_sign_lately_is_refused_and_leaves_nothing() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = browser.places("+12025550100").await;
    let body = event_of("call.answered", "a", &id).to_string().into_bytes();
    let now = (server.clock.now().0 / 1000).to_string();
    let old = (server.clock.now().0 / 1000 - 301).to_string();
    let good = server.sign(&now, &body);
    let stranger = {
        use base64::Engine as _;
        let signed = [now.as_bytes(), b"|", &body].concat();
        let key = SigningKey::from_bytes(&[1; 32]);
        base64::engine::general_purpose::STANDARD.encode(key.sign(&signed).to_bytes())
    };
    let mut altered = body.clone();
    altered.push(b' ');
    for (why, timestamp, signature, body) in [
        ("altered", &now, &good, altered),
        ("another moment", &old, &good, body.clone()),
        ("stale", &old, &server.sign(&old, &body), body.clone()),
        ("another key", &now, &stranger, body.clone()),
        ("no signature", &now, &String::new(), body.clone()),
        ("no base64", &now, &"%%%".to_owned(), body.clone()),
        ("no time", &"soon".to_owned(), &good, body.clone()),
    ] {
        let answer = server.posts(timestamp, signature, body).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{why}");
        assert_eq!(
            answer.json::<Problem>().await.unwrap().code,
            ProblemCode::BadSignature,
            "{why}"
        );
    }
    let bare =
        server.request(Method::POST, "/webhooks/telnyx").body(body.clone()).send().await.unwrap();
    assert_eq!(bare.status(), StatusCode::UNAUTHORIZED);
    assert!(server.outcomes().await.is_empty());
    assert_eq!(browser.row(&id).await.telnyx, Word::Awaited);
    assert_eq!(server.posts(&now, &good, body).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    assert_eq!(
        server.hears_bytes(vec![b' '; 1024 * 1024 + 1]).await,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    assert!(server.outcomes().await.is_empty());
}

#[tokio::test]
async fn an_authentic_body_that_cannot_be_read_is_refused_as_that() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    for body in ["", "{", r#"{"event_type":"call_answered","payload":{}}"#] {
        assert_eq!(server.hears_bytes(body.into()).await, StatusCode::BAD_REQUEST, "{body}");
    }
    assert!(server.outcomes().await.is_empty());
}

#[tokio::test]
async fn an_event_that_comes_twice_counts_once() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = browser.places("+12025550100").await;
    let mut answered = event_of("call.answered", "a", &id);
    assert_eq!(server.hears(&answered).await, StatusCode::OK);
    let (row, seq) = (browser.row(&id).await, browser.calls("").await.seq);
    answered["meta"]["attempt"] = 2.into();
    assert_eq!(server.hears(&answered).await, StatusCode::OK);
    assert_eq!((browser.row(&id).await, browser.calls("").await.seq), (row, seq));
    assert_eq!(server.outcomes().await, ["joined"]);
}

#[tokio::test]
async fn an_event_we_do_not_know_is_kept_and_changes_nothing() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = browser.places("+12025550100").await;
    let mut unknown = event_of("call.answered", "a", &id);
    unknown["data"]["event_type"] = "call.teleported".into();
    assert_eq!(server.hears(&unknown).await, StatusCode::OK);
    assert_eq!(server.outcomes().await, ["no_fact"]);
    assert_eq!(browser.row(&id).await.status, Status::Placed);
}

#[tokio::test]
async fn an_event_of_another_connection_is_kept_apart_even_if_it_names_our_call() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = browser.places("+12025550100").await;
    for connection in [Value::from("99"), Value::Null] {
        let mut foreign = event_of("call.answered", "a", &id);
        foreign["data"]["payload"]["connection_id"] = connection;
        assert_eq!(server.hears(&foreign).await, StatusCode::OK);
    }
    assert_eq!(server.outcomes().await, ["other_connection", "other_connection"]);
    assert_eq!(browser.row(&id).await.status, Status::Placed);
}

#[tokio::test]
async fn an_event_that_came_before_anybody_knew_its_call_is_joined_later() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = browser.places("+12025550100").await;
    // The second event shares only the session with what the browser will know, the third only the leg with the second.
    let initiated = event("call.initiated", "a");
    let mut answered = event("call.answered", "a");
    answered["data"]["payload"]["call_control_id"] = Value::Null;
    answered["data"]["payload"]["call_leg_id"] = "leg-b".into();
    let mut hung_up = event("call.hangup", "b");
    hung_up["data"]["payload"]["call_session_id"] = Value::Null;
    for event in [&initiated, &answered, &hung_up] {
        assert_eq!(server.hears(event).await, StatusCode::OK);
    }
    assert_eq!(server.outcomes().await, ["orphan", "orphan", "orphan"]);
    assert_eq!(browser.row(&id).await.telnyx, Word::Awaited);

    let mut rang = fact(2, What::Rang);
    rang.ids = TelnyxIds { call_session_id: Some("session-a".to_owned()), ..TelnyxIds::default() };
    assert_eq!(browser.states(&id, vec![rang]).await.status(), StatusCode::NO_CONTENT);
    let row = browser.row(&id).await;
    assert_eq!((row.telnyx, row.status), (Word::Heard, Status::Ended));
    assert_eq!(server.outcomes().await, ["joined", "joined", "joined"]);
}

#[tokio::test]
async fn our_header_and_telnyxs_ids_find_the_call_where_the_client_state_does_not() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = browser.places("+12025550100").await;
    let mut initiated = event("call.initiated", "a");
    initiated["data"]["payload"]["custom_headers"] =
        serde_json::json!([{ "name": "x-tono-call", "value": id }]);
    server.hears(&initiated).await;
    server.hears(&event("call.answered", "a")).await;
    assert_eq!(server.outcomes().await, ["joined", "joined"]);
    assert_eq!(browser.row(&id).await.status, Status::Answered);
}

#[tokio::test]
async fn what_telnyx_was_told_survives_a_restart() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = browser.places("+12025550100").await;
    let answered = event_of("call.answered", "a", &id);
    server.hears(&answered).await;
    let folder = server.stop().await;

    let server = Setup::demo(&telnyx).on(&folder).start().await;
    server.later(Duration::from_secs(1));
    assert_eq!(server.hears(&answered).await, StatusCode::OK);
    assert_eq!(server.outcomes().await, ["joined"], "still known as seen");
    assert_eq!(server.demo_agent().await.row(&id).await.status, Status::Answered);
}

#[tokio::test]
async fn a_webhook_is_answered_before_the_work_it_makes_is_done() {
    let telnyx = Telnyx::start().await;
    {
        let mut script = telnyx.script();
        script.stalled = true;
        script.audio = wav();
        script.recordings.push(("rec-1".to_owned(), "session-a".to_owned()));
    }
    let server = soon(Setup::demo(&telnyx)).start().await;
    let browser = server.demo_agent().await;
    let id = call_that_is_over(&server, &browser, "a").await;
    let mut saved = event_of("call.recording.saved", "a", &id);
    saved["data"]["payload"]["recording_id"] = "rec-1".into();
    assert_eq!(server.hears(&saved).await, StatusCode::OK);
    tokio::time::timeout(PATIENCE, async {
        while telnyx.asked("GET storage/") == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    // The copy hangs at Telnyx's storage; what else Telnyx says is taken all the same.
    let mut took = Vec::new();
    for leg in 0..50 {
        let other = event("call.initiated", &format!("leg{leg}"));
        let began = Instant::now();
        assert_eq!(server.hears(&other).await, StatusCode::OK);
        took.push(began.elapsed());
    }
    took.sort();
    println!("{} webhooks: median {:?}, longest {:?}", took.len(), took[25], took[49]);
    assert_eq!(browser.row(&id).await.recording, Recording::Processing);
}

#[tokio::test]
async fn an_event_that_comes_again_under_another_id_makes_the_same_row() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = browser.places("+12025550100").await;
    let events = ["call.initiated", "call.answered", "call.hangup"];
    let mut events = events.map(|name| event_of(name, "a", &id));
    for event in &events {
        assert_eq!(server.hears(event).await, StatusCode::OK);
    }
    let row = browser.row(&id).await;
    for event in events.iter_mut().rev() {
        event["data"]["id"] = uuid::Uuid::new_v4().to_string().into();
        assert_eq!(server.hears(event).await, StatusCode::OK);
    }
    assert_eq!(browser.row(&id).await, row);
    assert_eq!(browser.calls("").await.rows.len(), 1);
}

#[tokio::test]
async fn a_webhook_that_cannot_be_kept_is_not_taken_and_may_come_again() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = browser.places("+12025550100").await;
    let event = event_of("call.answered", "a", &id);
    let mut database = server.folder.opened().await;
    let away = "alter table webhooks rename to webhooks_away";
    sqlx::query(away).execute(&mut database).await.unwrap();
    assert_eq!(server.hears(&event).await, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(browser.row(&id).await.status, Status::Placed, "nothing is half kept");
    let back = "alter table webhooks_away rename to webhooks";
    sqlx::query(back).execute(&mut database).await.unwrap();
    assert_eq!(server.hears(&event).await, StatusCode::OK);
    assert_eq!(browser.row(&id).await.status, Status::Answered);
}
