//! Calls Telnyx no longer knows, calls that are too old, and numbers somebody wants erased.

use std::time::Duration;

use call::cause::Outcome;
use call::history::{Status, What};
use call::ids::CallId;
use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::harness::{Server, Setup, event, event_of, exists, fact};
use crate::recording::{call_that_is_over, is_ready, soon, wav};
use crate::telnyx::Telnyx;
use crate::timeline::writes_a_talk;

/// How many rows each table has about calls, in the order given.
async fn count(server: &Server, tables: &[&'static str]) -> Vec<i64> {
    let mut database = server.folder.opened().await;
    let mut counts = Vec::new();
    for table in tables {
        let sql = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
        counts.push(sqlx::query_scalar(sql).fetch_one(&mut database).await.unwrap());
    }
    counts
}

const TABLES: [&str; 11] = [
    "call_logs",
    "facts",
    "webhooks",
    "jobs",
    "number_parts",
    "word_parts",
    "call_words",
    "aliases",
    "claims",
    "timelines",
    "deeds",
];

#[tokio::test]
async fn a_call_telnyx_no_longer_knows_ends_by_itself() {
    let telnyx = Telnyx::start().await;
    telnyx.script().alive = Some(true);
    let quick = Duration::from_millis(20);
    let server = Setup::demo(&telnyx).pauses(|pauses| pauses.sweep = quick).start().await;
    let browser = server.demo_agent().await;
    let id = browser.places("+12025550100").await;
    server.hears(&event_of("call.initiated", "a", &id)).await;
    server.hears(&event_of("call.answered", "a", &id)).await;
    tokio::time::timeout(Duration::from_secs(20), async {
        while telnyx.asked("GET /calls/v3:a") < 3 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    assert_eq!(browser.row(&id).await.status, Status::Answered, "it goes on");
    telnyx.script().alive = Some(false);
    let row = browser.waits_for(&id, |row| row.status == Status::Ended).await;
    assert_eq!(row.outcome, Some(Outcome::Answered));

    telnyx.script().alive = None;
    let gone = browser.places("+12025550101").await;
    server.hears(&event_of("call.initiated", "b", &gone)).await;
    browser.waits_for(&gone, |row| row.outcome == Some(Outcome::Failed)).await;
    // Telnyx's own word, late as it is, settles it.
    let mut busy = event_of("call.hangup", "b", &gone);
    busy["data"]["payload"]["hangup_cause"] = "user_busy".into();
    busy["data"]["payload"]["hangup_source"] = "callee".into();
    server.hears(&busy).await;
    browser.waits_for(&gone, |row| row.outcome == Some(Outcome::Busy)).await;
}

#[tokio::test]
async fn a_call_nobody_ever_dialled_ends_after_the_longest_call_there_is() {
    let telnyx = Telnyx::start().await;
    let quick = Duration::from_millis(20);
    let server = Setup::demo(&telnyx).pauses(|pauses| pauses.longest_call = quick).start().await;
    let browser = server.demo_agent().await;
    let id = browser.places("+12025550100").await;
    browser.waits_for(&id, |row| row.status == Status::Ended).await;
    assert_eq!(telnyx.asked("GET /calls"), 0, "there is nothing to ask by");
}

/// A call with a recording, in our store and at Telnyx.
async fn recorded(telnyx: &Telnyx, server: &Server) -> CallId {
    telnyx.script().audio = wav();
    telnyx.script().recordings.push(("rec-1".to_owned(), "session-a".to_owned()));
    let browser = server.demo_agent().await;
    let id = call_that_is_over(server, &browser, "a").await;
    browser.waits_for(&id, |row| is_ready(&row.recording)).await;
    writes_a_talk(&browser, &id).await;
    assert!(exists(&server.folder, &format!("{id}.wav")));
    id
}

#[tokio::test]
async fn a_number_is_exported_whole_and_erased_whole() {
    let telnyx = Telnyx::start().await;
    let server = soon(Setup::demo(&telnyx)).start().await;
    let admin = server.demo_agent().await;
    let kept = admin.places("+12025550199").await;
    let before = count(&server, &TABLES).await;
    let id = recorded(&telnyx, &server).await;
    let path = format!("/api/calls/{id}");
    let notes = serde_json::json!({ "notes": "an offer" });
    let written = admin.request(Method::PATCH, &path).json(&notes).send().await.unwrap();
    assert_eq!(written.status(), StatusCode::OK);
    let mut stray = event("call.initiated", "stray");
    stray["data"]["payload"]["to"] = "+12025550100".into();
    server.hears(&stray).await;

    let export: Value = admin.get("/api/numbers/+12025550100").await.json().await.unwrap();
    let call = &export["calls"][0];
    assert_eq!(call["entry"]["row"]["id"], id.as_str());
    assert_eq!(call["webhooks"].as_array().unwrap().len(), 3);
    assert!(call["facts"].as_array().unwrap().len() >= 5);
    assert_eq!(call["pages"][0]["entries"].as_array().unwrap().len(), 8);
    assert!(!call["server"].as_array().unwrap().is_empty());
    assert_ne!(count(&server, &TABLES).await[8..], before[8..], "there is a timeline to erase");

    for role in ["agent", "supervisor"] {
        let other = server.hires(role, role).await;
        for method in [Method::GET, Method::DELETE] {
            let answer = other.request(method, "/api/numbers/+12025550100").send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{role}");
        }
    }
    let answer = admin.request(Method::DELETE, "/api/numbers/+12025550100").send().await.unwrap();
    let erased: Value = answer.json().await.unwrap();
    assert_eq!((&erased["calls"], &erased["webhooks"]), (&1.into(), &1.into()));
    assert!(!exists(&server.folder, &format!("{id}.wav")));
    assert!(telnyx.script().recordings.is_empty(), "at Telnyx, too");
    assert_eq!(count(&server, &TABLES).await, before, "nothing is left, and nothing else is gone");
    assert_eq!(admin.calls("").await.rows[0].id, kept);
    assert_eq!(admin.get("/api/numbers/nobody").await.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn what_telnyx_cannot_delete_now_is_not_forgotten_here() {
    let telnyx = Telnyx::start().await;
    let server = soon(Setup::demo(&telnyx)).start().await;
    let admin = server.demo_agent().await;
    let id = recorded(&telnyx, &server).await;
    telnyx.script().locked = true;
    let erase = async || {
        admin.request(Method::DELETE, "/api/numbers/+12025550100").send().await.unwrap().status()
    };
    assert_eq!(erase().await, StatusCode::BAD_GATEWAY);
    assert!(exists(&server.folder, &format!("{id}.wav")));
    telnyx.script().locked = false;
    assert_eq!(erase().await, StatusCode::OK);
    assert!(admin.calls("").await.rows.is_empty());
}

#[tokio::test]
async fn what_is_older_than_the_retention_goes_and_the_rest_stays() {
    let telnyx = Telnyx::start().await;
    let server = soon(Setup::demo(&telnyx)).start().await;
    let id = recorded(&telnyx, &server).await;
    server.hears(&event("call.initiated", "stray")).await;
    let folder = server.stop().await;

    let day = Duration::from_hours(24);
    let server = Setup::demo(&telnyx)
        .on(&folder)
        .with("TONO_RETENTION_DAYS", "30")
        .ahead(29 * day)
        .start()
        .await;
    let browser = server.demo_agent().await;
    let new = browser.places("+12025550101").await;
    assert!(browser.calls("").await.rows.iter().any(|row| row.id == id));
    let folder = server.stop().await;
    let server = Setup::demo(&telnyx)
        .on(&folder)
        .with("TONO_RETENTION_DAYS", "30")
        .ahead(31 * day)
        .start()
        .await;
    let browser = server.demo_agent().await;
    tokio::time::timeout(Duration::from_secs(20), async {
        while browser.calls("").await.rows.len() > 1 || count(&server, &["webhooks"]).await != [0] {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    assert_eq!(browser.calls("").await.rows[0].id, new);
    assert!(!exists(&server.folder, &format!("{id}.wav")));
    browser.states(&new, vec![fact(1, What::Rang)]).await;
}
