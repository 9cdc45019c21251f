//! `/api/log`: finding, writing beside, counting, carrying away.

use call::cause::Outcome;
use call::history::What;
use call::ids::CallId;
use call::log::{Entry, Log, Totals};
use call::party::Party;
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::harness::{Browser, Kind, Server, Setup, event_of, fact};
use crate::recording::{call_that_is_over, is_ready, soon, wav};
use crate::telnyx::Telnyx;
use crate::volume::fill;

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

#[tokio::test]
async fn what_can_be_heard_and_what_came_in_is_found() {
    let telnyx = Telnyx::start().await;
    telnyx.script().audio = wav();
    telnyx.script().recordings.push(("rec-1".to_owned(), "session-a".to_owned()));
    let server = soon(Setup::demo(&telnyx)).start().await;
    let browser = server.demo_agent().await;
    let heard = call_that_is_over(&server, &browser, "a").await;
    browser.waits_for(&heard, |row| is_ready(&row.recording)).await;
    let offer = What::Offered {
        call: CallId("sdk-1".to_owned()),
        from: Party::of_caller(Some("+12025550133")),
    };
    let stated = browser.states(&CallId("sdk-1".to_owned()), vec![fact(1, offer)]).await;
    assert_eq!(stated.status(), StatusCode::NO_CONTENT);
    let came_in = browser.calls("").await.rows.into_iter().find(|row| row.id != heard).unwrap().id;
    for (query, expected) in [
        ("?recorded=true", &heard),
        ("?recorded=false", &came_in),
        ("?direction=incoming", &came_in),
        ("?direction=outgoing", &heard),
        ("?number=5550133", &came_in),
        ("?recorded=true&direction=outgoing&outcome=answered&number=0100&agent=demo", &heard),
    ] {
        assert_eq!(found(&browser, query).await, std::slice::from_ref(expected), "{query}");
    }
}

#[tokio::test]
async fn calls_that_come_meanwhile_move_no_page() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let mut ids = Vec::new();
    for _ in 0..6 {
        ids.push(browser.places("+12025550100").await);
    }
    ids.reverse();
    let mut seen = Vec::new();
    let mut next = None;
    loop {
        let before = next.map(|next| format!("&before={next}")).unwrap_or_default();
        let path = format!("/api/log?limit=2{before}");
        let page: Log = browser.get(&path).await.json().await.unwrap();
        seen.extend(page.entries.into_iter().map(|entry| entry.row.id));
        browser.places("+12025550100").await;
        let Some(more) = page.next else { break };
        next = Some(more);
    }
    assert_eq!(seen, ids, "each once, and none that came after the first page");
}

#[tokio::test]
async fn a_day_is_as_long_as_the_clocks_of_its_zone_make_it() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).with("TONO_TIME_ZONE", "Europe/Madrid").start().await;
    let browser = server.demo_agent().await;
    let mut database = server.folder.opened().await;
    // The day on which the clocks go forward has 23 hours there, the one on which they go back 25.
    for (day, hours, midnight) in
        [("2026-03-29", 23, 1_774_738_800_000_i64), ("2026-10-25", 25, 1_792_879_200_000)]
    {
        let mut within = Vec::new();
        for (after, is_within) in
            [(-1, false), (0, true), (hours * 3_600_000 - 1, true), (hours * 3_600_000, false)]
        {
            let id = browser.places("+12025550100").await;
            sqlx::query("update call_logs set placed_at = $1 where id = $2")
                .bind(midnight + after)
                .bind(id.as_str())
                .execute(&mut database)
                .await
                .unwrap();
            if is_within {
                within.insert(0, id);
            }
        }
        assert_eq!(found(&browser, &format!("?from={day}&to={day}")).await, within, "{day}");
        let path = format!("/api/log/totals?from={day}&to={day}");
        let totals: Totals = browser.get(&path).await.json().await.unwrap();
        assert_eq!(totals.days.iter().map(|day| day.calls).collect::<Vec<_>>(), [2], "{day}");
    }
    let path = "/api/log/totals?from=2026-03-28&to=2026-03-30";
    let totals: Totals = browser.get(path).await.json().await.unwrap();
    assert_eq!(totals.days.iter().map(|day| day.calls).collect::<Vec<_>>(), [1, 2, 1]);
}

#[tokio::test]
async fn the_file_is_read_while_it_is_sent() {
    const CALLS: u32 = 40_000;
    match crate::DATABASE {
        Kind::Sqlite => {}
        // The statements that fill it are SQLite's.
        Kind::Postgres => return,
    }
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    server.hires("rare", "agent").await;
    let browser = server.demo_agent().await;
    let id = browser.places("+12025550100").await;
    let template = serde_json::to_value(browser.row(&id).await).unwrap();
    fill(&server, &template, 0, CALLS).await;

    let mut answer = browser.get("/api/log.csv").await;
    assert!(answer.headers().get(header::CONTENT_LENGTH).is_none());
    let mut text = answer.chunk().await.unwrap().unwrap().to_vec();
    assert!(text.starts_with(b"id,agent,"));
    // The sockets between hold some of it; what comes after is not read yet.
    sqlx::query("update call_logs set notes = 'late'")
        .execute(&mut server.folder.opened().await)
        .await
        .unwrap();
    while let Some(chunk) = answer.chunk().await.unwrap() {
        text.extend_from_slice(&chunk);
    }
    let text = String::from_utf8(text).unwrap();
    let late = text.lines().filter(|line| line.ends_with(",late")).count();
    println!("{} of {} lines were read after the first came", late, text.lines().count() - 1);
    assert_eq!(text.lines().count(), usize::try_from(CALLS).unwrap() + 2);
    assert!(late > 0 && text.trim_end().ends_with(",late"));
}
