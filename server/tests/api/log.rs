//! `/api/log`: finding, writing beside, counting, carrying away.

use call::cause::Outcome;
use call::ids::CallId;
use call::log::{Entry, Log, Totals};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::harness::{Browser, Server, Setup, event_of};
use crate::telnyx::Telnyx;

async fn found(browser: &Browser<'_>, query: &str) -> Vec<CallId> {
    let answer = browser.get(&format!("/api/log{query}")).await;
    assert_eq!(answer.status(), StatusCode::OK, "{query}");
    answer.json::<Log>().await.unwrap().entries.into_iter().map(|entry| entry.row.id).collect()
}

async fn edits(browser: &Browser<'_>, id: &CallId, edit: &Value) -> reqwest::Response {
    let request = browser.request(Method::PATCH, &format!("/api/calls/{id}"));
    request.json(edit).send().await.unwrap()
}

/// Telnyx says how a call went.
async fn goes(server: &Server, id: &CallId, names: &[&str], cause: &str) {
    for name in names {
        let mut event = event_of(name, id.as_str(), id);
        if *name == "call.hangup" {
            event["data"]["payload"]["hangup_cause"] = cause.into();
            event["data"]["payload"]["hangup_source"] = "callee".into();
        }
        assert_eq!(server.hears(&event).await, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_call_is_found_by_whatever_is_known_of_it() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let (ann, bob) = (server.hires("ann", "agent").await, server.hires("bob", "agent").await);
    let sue = server.hires("sue", "supervisor").await;
    let busy = ann.places("+12025550102").await;
    let answered = ann.places("+34911234567").await;
    let bobs = bob.places("+12025550102").await;
    goes(&server, &busy, &["call.initiated", "call.hangup"], "user_busy").await;
    goes(
        &server,
        &answered,
        &["call.initiated", "call.answered", "call.hangup"],
        "normal_clearing",
    )
    .await;
    let edit = json!({ "notes": "Wants 50% off_", "tags": ["Ángel"], "disposition": "call back" });
    assert_eq!(edits(&ann, &answered, &edit).await.status(), StatusCode::OK);

    for (query, expected) in [
        ("", vec![&bobs, &answered, &busy]),
        ("?agent=ann", vec![&answered, &busy]),
        ("?number=91123", vec![&answered]),
        ("?number=555-0102", vec![&bobs, &busy]),
        ("?number=5550102&agent=bob", vec![&bobs]),
        ("?number=000000", vec![]),
        ("?outcome=busy", vec![&busy]),
        ("?direction=outgoing&outcome=answered", vec![&answered]),
        ("?direction=incoming", vec![]),
        ("?recorded=true", vec![]),
        ("?recorded=false&agent=bob", vec![&bobs]),
        ("?text=50%25+off", vec![&answered]),
        ("?text=%C3%A1ngel", vec![&answered]),
        ("?text=CALL+back", vec![&answered]),
        // The wild cards of the database stand for themselves.
        ("?text=50_", vec![]),
        ("?text=%25", vec![&answered]),
        ("?from=2000-01-01&to=2000-01-02", vec![]),
        ("?from=2000-01-01", vec![&bobs, &answered, &busy]),
    ] {
        let expected: Vec<CallId> = expected.into_iter().cloned().collect();
        assert_eq!(found(&sue, query).await, expected, "{query}");
    }
    assert_eq!(found(&ann, "").await, [answered, busy.clone()]);
    assert_eq!(found(&bob, "?number=0102").await, [bobs]);
    assert_eq!(ann.get("/api/log?agent=bob").await.status(), StatusCode::FORBIDDEN);
    for wrong in [
        "?number=abc",
        "?from=soon",
        "?agnet=ann",
        "?limit=-1",
        "?from=2026-02-02&to=2026-02-01",
        "?text=%00",
        "?recorded=perhaps",
        "?direction=up",
        "?before=x",
    ] {
        assert_eq!(
            sue.get(&format!("/api/log{wrong}")).await.status(),
            StatusCode::BAD_REQUEST,
            "{wrong}"
        );
    }
    let log: Log = sue.get("/api/log?outcome=busy").await.json().await.unwrap();
    assert_eq!(log.entries[0].row.outcome, Some(Outcome::Busy));
    assert!(log.entries[0].initiated_at.is_some() && log.entries[0].row.bridged_at.is_none());
}

#[tokio::test]
async fn a_fragment_of_very_many_numbers_finds_the_latest_first() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let mut ids = Vec::new();
    for number in 0..250 {
        ids.push(browser.places(&format!("+1202555{:04}", 1000 + number)).await);
    }
    ids.reverse();
    let mut seen = Vec::new();
    let mut query = "?number=202555&limit=100".to_owned();
    loop {
        let log: Log = browser.get(&format!("/api/log{query}")).await.json().await.unwrap();
        seen.extend(log.entries.into_iter().map(|entry| entry.row.id));
        let Some(next) = log.next else { break };
        query = format!("?number=202555&limit=100&before={next}");
    }
    assert_eq!(seen, ids);
    assert_eq!(found(&browser, "?number=5551249").await, ids[..1]);
}

#[tokio::test]
async fn what_is_written_beside_a_call_stays_whatever_telnyx_says_later() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let (ann, bob) = (server.hires("ann", "agent").await, server.hires("bob", "agent").await);
    let id = ann.places("+12025550100").await;
    let mut live = ann.listens(ann.calls("").await.seq).await;
    let entry: Entry = edits(&ann, &id, &json!({ "notes": "hello", "tags": ["a", "b"] }))
        .await
        .json()
        .await
        .unwrap();
    assert_eq!((entry.notes.as_str(), entry.tags.len(), entry.disposition), ("hello", 2, None));
    assert_eq!(live.next().await.unwrap().1.id, id, "other pages are told");
    goes(&server, &id, &["call.initiated", "call.answered"], "").await;
    edits(&ann, &id, &json!({ "disposition": "sold" })).await;
    let log: Log = ann.get("/api/log").await.json().await.unwrap();
    let entry = &log.entries[0];
    assert_eq!((entry.notes.as_str(), entry.disposition.as_deref()), ("hello", Some("sold")));
    let entry: Entry = edits(&ann, &id, &json!({ "notes": "", "tags": [], "disposition": "" }))
        .await
        .json()
        .await
        .unwrap();
    assert_eq!((entry.notes.as_str(), entry.tags.len(), entry.disposition), ("", 0, None));
    assert!(found(&ann, "?text=hello").await.is_empty());

    assert_eq!(edits(&bob, &id, &json!({ "notes": "mine" })).await.status(), StatusCode::NOT_FOUND);
    for wrong in [
        json!({ "note": "x" }),
        json!({ "tags": [""] }),
        json!({ "tags": ["x".repeat(65)] }),
        json!({ "notes": "\0" }),
        json!({ "notes": "x".repeat(10_001) }),
    ] {
        assert_eq!(edits(&ann, &id, &wrong).await.status(), StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn the_calls_of_each_day_are_counted() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).with("TONO_TIME_ZONE", "Europe/Madrid").start().await;
    let browser = server.demo_agent().await;
    let answered = browser.places("+12025550100").await;
    browser.places("+12025550100").await;
    goes(
        &server,
        &answered,
        &["call.initiated", "call.answered", "call.hangup"],
        "normal_clearing",
    )
    .await;
    let totals: Totals = browser.get("/api/log/totals").await.json().await.unwrap();
    assert_eq!((totals.zone.as_str(), totals.days.len()), ("Europe/Madrid", 30));
    let today = totals.days.last().unwrap();
    assert_eq!((today.calls, today.answered, today.talk_ms), (2, 1, 12_000));
    assert_eq!(totals.days.iter().map(|day| day.calls).sum::<u64>(), 2);
    let answer = browser.get("/api/log/totals?from=2020-01-01&to=2026-01-01").await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_is_found_is_carried_away_as_csv() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let mut last = None;
    for _ in 0..450 {
        last = Some(browser.places("+12025550100").await);
    }
    let id = last.unwrap();
    edits(&browser, &id, &json!({ "notes": "=1+1, \"quoted\"" })).await;
    let answer = browser.get("/api/log.csv").await;
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/csv; charset=utf-8");
    let text = answer.text().await.unwrap();
    let lines: Vec<&str> = text.trim_end().split("\r\n").collect();
    assert_eq!(lines.len(), 451);
    assert!(lines[0].starts_with("id,agent,direction,number,"));
    assert!(lines[1].starts_with(&format!("{id},demo,outgoing,+12025550100,")), "{}", lines[1]);
    assert!(lines[1].ends_with(",\"'=1+1, \"\"quoted\"\"\""), "{}", lines[1]);
    assert_eq!(
        browser.get("/api/log.csv?number=999").await.text().await.unwrap().lines().count(),
        1
    );
}
