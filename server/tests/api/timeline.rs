//! Timelines: taken in once, without numbers, within limits, put beside Telnyx's word, exported and replayed.

use std::time::Duration;

use call::api::Placed;
use call::call::{self as one_call, Object, Sdk};
use call::cause::Cause;
use call::history::What;
use call::ids::CallId;
use call::line::Line;
use call::phone::{Event, Phone};
use call::time::Millis;
use call::timeline::replay::Shown;
use call::timeline::{
    Batch, Deed, Entry, Export, MOST_BATCHES, MOST_ENTRIES, Noted, Page, timeline_path,
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Browser, Server, Setup, event_of, fact};
use crate::telnyx::Telnyx;

/// A page's clock is this far ahead of ours in these tests, in milliseconds.
const AHEAD: u64 = 90_000;

fn happened(at: u64, event: Event) -> Entry {
    Entry { at: Millis(at), what: Noted::Event(event) }
}

/// What a page writes down of a call that was talked on for three seconds, by a clock that began at `from`.
fn talk(id: &CallId, from: u64) -> Vec<Entry> {
    let of = |at, event| happened(from + at, Event::Call(id.clone(), event));
    // The third the page met; the first two were other calls'.
    let object = Object(3);
    let sdk = |state| one_call::Event::Sdk(object, state);
    let phone = Phone { line: Line::Ready, ..Phone::default() };
    let placed =
        Placed { id: id.clone(), caller_id: Some("+12025550142".to_owned()), controlled: false };
    vec![
        Entry { at: Millis(from), what: Noted::Phone(Box::new(phone)) },
        happened(from, Event::Dial { written: "(202) 555-0100".to_owned() }),
        happened(from + 10, Event::Granted { attempt: 1, placed }),
        of(20, sdk(Sdk::New)),
        of(400, one_call::Event::FarEndRings),
        of(2_000, sdk(Sdk::Active)),
        of(4_990, one_call::Event::HangUp),
        of(5_000, one_call::Event::SdkOver(object, Some(Cause::Normal))),
    ]
}

/// A page writes down a whole talk of a call.
pub(crate) async fn writes_a_talk(browser: &Browser<'_>, id: &CallId) {
    let batch = Batch { page: 7, number: 0, entries: talk(id, 1_000) };
    assert_eq!(sends(browser, id, &batch, 1_000).await, StatusCode::NO_CONTENT);
}

/// A page sends a batch at this moment of its clock.
async fn sends(browser: &Browser<'_>, id: &CallId, batch: &Batch, sent_at: u64) -> StatusCode {
    let body = serde_json::to_value(batch).unwrap();
    send(browser, id, &body, sent_at).await
}

async fn send(browser: &Browser<'_>, id: &CallId, body: &Value, sent_at: u64) -> StatusCode {
    let path = format!("{}?sent_at={sent_at}", timeline_path(id));
    browser.post(&path, body).await.status()
}

async fn export(browser: &Browser<'_>, id: &CallId) -> (String, Export) {
    let answer = browser.get(&format!("/api/calls/{id}/timeline.json")).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let disposition = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(disposition.starts_with("attachment; filename=\"tono-call-"), "{disposition}");
    let text = answer.text().await.unwrap();
    let export = serde_json::from_str(&text).unwrap();
    (text, export)
}

/// A call that was talked on, with everything said of it.
async fn talked(server: &Server, browser: &Browser<'_>) -> CallId {
    let id = browser.places("+12025550100").await;
    let page_now = server.clock.now().0 + AHEAD;
    let entries = talk(&id, page_now);
    let (early, late) = entries.split_at(5);
    let batch = |number, entries: &[Entry]| Batch { page: 7, number, entries: entries.to_vec() };
    // The second came while the first was on its way for a second.
    let second = batch(1, late);
    assert_eq!(sends(browser, &id, &second, page_now).await, StatusCode::NO_CONTENT);
    let first = batch(0, early);
    assert_eq!(sends(browser, &id, &first, page_now - 1_000).await, StatusCode::NO_CONTENT);
    // What is sent twice is stored once.
    assert_eq!(sends(browser, &id, &second, page_now).await, StatusCode::NO_CONTENT);
    for name in ["call.initiated", "call.answered", "call.hangup"] {
        server.hears(&event_of(name, "a", &id)).await;
    }
    browser.hangs_up(&id).await;
    id
}

#[tokio::test]
async fn every_witness_is_in_the_export_and_no_number() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = talked(&server, &browser).await;

    let (text, export) = export(&browser, &id).await;
    for secret in ["202555", "555-01", "0142"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert_eq!(export.row.id, id);
    let types: Vec<&str> = export.telnyx.iter().map(|hook| hook.event_type.as_str()).collect();
    assert_eq!(types, ["call.initiated", "call.answered", "call.hangup"]);
    assert!(export.telnyx.iter().all(|hook| !hook.event_id.is_empty()));
    assert!(export.telnyx.iter().all(|hook| hook.received_at >= export.row.placed_at.unwrap()));
    assert!(matches!(export.server[0].what, Deed::Stated(What::Placed { .. })));
    assert!(export.server.iter().any(|done| matches!(done.what, Deed::HungUp(Some(_)))));

    let [Page { page: 7, ahead_ms, dropped: 0, missing: 0, entries }] = export.pages.as_slice()
    else {
        panic!("one page, whole, expected");
    };
    assert_eq!(entries.len(), 8, "each batch once, in the order of its number");
    let (slow, quick): (i64, i64) = sqlx::query_as(
        "select min(sent_at - received_at), max(sent_at - received_at) from timelines",
    )
    .fetch_one(&mut server.folder.opened().await)
    .await
    .unwrap();
    assert!(*ahead_ms == quick && slow < quick, "the slower batch does not count");
    assert!(*ahead_ms <= i64::try_from(AHEAD).unwrap(), "sending only makes it look behind");
    let begun = export.pages[0].aligned(entries[0].at);
    assert!(begun >= export.row.placed_at.unwrap(), "on the server's time axis");

    let replays = export.replay().unwrap();
    let shown: Vec<Shown> = replays[0].screens.iter().map(|(_, shown)| *shown).collect();
    assert_eq!(shown, [Shown::Dialer, Shown::Calling, Shown::InCall, Shown::Ended]);
    assert_eq!(replays[0].talked_ms, Some(3_000));
}

#[tokio::test]
async fn an_exported_file_is_replayed_by_the_program_itself() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = talked(&server, &browser).await;
    let (text, _) = export(&browser, &id).await;
    let file = server.folder.0.join("call.json");
    std::fs::write(&file, &text).unwrap();
    let file = file.display().to_string();

    let (code, said) = server.tono(&["replay", &file], "").await;
    assert_eq!(code, Some(0), "{said}");
    let lines: Vec<&str> = said.lines().skip(2).map(str::trim).collect();
    assert_eq!(
        lines,
        [
            "0.000 s screen Dialer",
            "0.020 s screen Calling",
            "0.020 s call dialled",
            "0.400 s call ringing there",
            "2.000 s screen In call",
            "2.000 s call in talk",
            "5.000 s screen Call ended",
            "5.000 s call over",
            "talked 3.000 s",
        ]
    );
    let later = text.replacen("\"version\":1", "\"version\":2", 1);
    std::fs::write(&file, later).unwrap();
    let (code, said) = server.tono(&["replay", &file], "").await;
    assert_eq!(code, Some(1));
    assert!(said.contains("version 2"), "{said}");
    for words in [&["replay"][..], &["replay", &file, &file]] {
        let (code, said) = server.tono(words, "").await;
        assert_eq!(code, Some(2), "{said}");
    }
    let (code, said) = server.tono(&["replay", "/nowhere.json"], "").await;
    assert_eq!(code, Some(1));
    assert!(said.contains("/nowhere.json cannot be read"), "{said}");
}

#[tokio::test]
async fn what_is_too_much_or_unreadable_is_counted_and_the_replay_says_so() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = browser.places("+12025550100").await;
    let now = server.clock.now().0;
    let mut entries = serde_json::to_value(talk(&id, now)).unwrap();
    let unknown = json!({ "at": now, "what": { "event": { "levitated": "+12025550100" } } });
    entries.as_array_mut().unwrap().extend([unknown, json!("+12025550100")]);
    let body = json!({ "page": 1, "number": 0, "entries": entries });
    assert_eq!(send(&browser, &id, &body, now).await, StatusCode::NO_CONTENT);

    let many = || Batch {
        page: 1,
        number: 0,
        entries: (0..400).map(|at| happened(now + at, Event::Dismiss)).collect(),
    };
    for number in 1..=5 {
        let batch = Batch { number, ..many() };
        assert_eq!(sends(&browser, &id, &batch, now).await, StatusCode::NO_CONTENT);
    }
    let (text, whole) = export(&browser, &id).await;
    assert!(!text.contains("2025550100"), "what cannot be read is not kept");
    let page = &whole.pages[0];
    assert_eq!(page.entries.len(), 8 + 4 * 400);
    assert!(page.entries.len() <= MOST_ENTRIES as usize);
    assert_eq!(page.dropped, 2 + 400);
    assert!(!whole.replay().unwrap()[0].whole);
    let marker = Entry { at: Millis(now), what: Noted::Dropped(30) };
    let batch = Batch { page: 1, number: 9, entries: vec![marker; 400] };
    assert_eq!(sends(&browser, &id, &batch, now).await, StatusCode::NO_CONTENT);
    let page = &export(&browser, &id).await.1.pages[0];
    assert_eq!((page.dropped, page.missing), (402 + 400 * 30, 3), "numbers 6 to 8 never came");

    for body in [
        json!({ "page": 1, "number": 0 }),
        json!({ "page": -1, "number": 0, "entries": [] }),
        json!({ "page": 1, "number": 0, "entries": {} }),
        json!([]),
    ] {
        assert_eq!(send(&browser, &id, &body, now).await, StatusCode::BAD_REQUEST, "{body}");
    }
    let large = json!({ "page": 1, "number": 9, "entries": ["x".repeat(70_000)] });
    assert_eq!(send(&browser, &id, &large, now).await, StatusCode::PAYLOAD_TOO_LARGE);
    let answer = browser.post(&timeline_path(&id), &json!({})).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "the page's clock is needed");
    assert_eq!(export(&browser, &id).await.1.pages[0].entries.len(), 8 + 4 * 400);
}

#[tokio::test]
async fn a_call_takes_so_many_batches_and_no_more() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = browser.places("+12025550100").await;
    let mut database = server.folder.opened().await;
    for number in 0..i64::from(MOST_BATCHES) {
        sqlx::query(
            "insert into timelines (call_id, page, number, sent_at, received_at, kept, dropped, entries)
             values ($1, 1, $2, 0, 0, 0, 0, '[]')",
        )
        .bind(id.as_str())
        .bind(number)
        .execute(&mut database)
        .await
        .unwrap();
    }
    let batch = Batch { page: 2, number: 0, entries: talk(&id, 0) };
    assert_eq!(sends(&browser, &id, &batch, 0).await, StatusCode::BAD_REQUEST);
    assert_eq!(export(&browser, &id).await.1.pages.len(), 1);
}

#[tokio::test]
async fn two_documents_of_one_call_stand_in_the_order_in_which_they_began() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = browser.places("+12025550100").await;
    let now = server.clock.now().0;
    // The later document drew the smaller number, and another machine's clock.
    for (page, from) in [(2, now), (1, now + 500_000)] {
        let batch = Batch { page, number: 0, entries: talk(&id, from) };
        let sent_at = from;
        assert_eq!(sends(&browser, &id, &batch, sent_at).await, StatusCode::NO_CONTENT);
        server.later(Duration::from_mins(1));
    }
    let (_, export) = export(&browser, &id).await;
    let order: Vec<u32> = export.pages.iter().map(|page| page.page).collect();
    assert_eq!(order, [2, 1]);
}

#[tokio::test]
async fn a_timeline_is_its_agents_to_write_and_a_supervisors_to_read() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let ann = server.hires("ann", "agent").await;
    let bob = server.hires("bob", "agent").await;
    let sue = server.hires("sue", "supervisor").await;
    let id = ann.places("+12025550100").await;
    let batch = Batch { page: 1, number: 0, entries: talk(&id, 0) };
    for other in [&bob, &sue] {
        assert_eq!(sends(other, &id, &batch, 0).await, StatusCode::NOT_FOUND);
    }
    assert_eq!(sends(&ann, &id, &batch, 0).await, StatusCode::NO_CONTENT);
    let path = format!("/api/calls/{id}/timeline.json");
    assert_eq!(bob.get(&path).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(export(&sue, &id).await.1.pages.len(), 1);
    assert_eq!(ann.get("/api/calls/nothing/timeline.json").await.status(), StatusCode::NOT_FOUND);
    let nobody = server.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
}

/// The words of a lane, in their order.
fn words(lanes: &Value, name: &str) -> Vec<String> {
    let lanes = lanes["lanes"].as_array().unwrap();
    let lane = lanes.iter().find(|lane| lane["lane"] == name).unwrap();
    let marks = lane["marks"].as_array().unwrap();
    marks.iter().map(|mark| mark["word"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn each_witness_has_a_lane_and_all_have_one_axis() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = talked(&server, &browser).await;
    let lanes: Value =
        browser.get(&format!("/api/calls/{id}/timeline")).await.json().await.unwrap();

    assert_eq!(words(&lanes, "person"), ["dial", "hang up"]);
    assert_eq!(words(&lanes, "sdk"), ["new", "telnyx_rtc.ringing", "active", "hangup: normal"]);
    let said = words(&lanes, "telnyx");
    assert_eq!(said, ["call.initiated", "call.answered", "call.hangup: normal"]);
    assert_eq!(words(&lanes, "server"), ["placed", "granted", "actions/hangup: asked"]);
    let spans = lanes["lanes"][1]["spans"].as_array().unwrap();
    let held: Vec<(&str, u64)> = spans
        .iter()
        .map(|span| {
            let ms = span["until"].as_u64().unwrap() - span["from"].as_u64().unwrap();
            (span["what"].as_str().unwrap(), ms)
        })
        .collect();
    assert_eq!(held, [("calling", 1_980), ("talking", 3_000)]);
    // The page's clock is ahead, and its marks are not.
    let active = lanes["lanes"][1]["marks"][2]["at"].as_u64().unwrap();
    assert!(active < server.clock.now().0 + 10_000, "on the server's clock");
    assert!(lanes["lanes"][5]["marks"][0]["received"].is_u64());

    let path = format!("/api/calls/{id}/timeline.html?width=320&behind_utc=-60");
    let answer = browser.get(&path).await;
    assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
    let drawn = answer.text().await.unwrap();
    assert_eq!(drawn.lines().count(), 8);
    assert!(drawn.contains("telnyx_rtc.ringing") && !drawn.contains("555"), "{drawn}");
    for wrong in ["", "?width=320", "?width=wide&behind_utc=0", "?width=70000&behind_utc=0"] {
        let answer = browser.get(&format!("/api/calls/{id}/timeline.html{wrong}")).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn of_a_call_whose_page_wrote_nothing_down_there_is_what_others_said() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = browser.places("+12025550100").await;
    let now = server.clock.now().0;
    browser.states(&id, vec![fact(now + 9, What::Rang), fact(now, What::Dialled)]).await;
    server.hears(&event_of("call.initiated", "a", &id)).await;
    let lanes: Value =
        browser.get(&format!("/api/calls/{id}/timeline")).await.json().await.unwrap();
    assert_eq!(words(&lanes, "sdk"), ["dialled", "rang"]);
    assert_eq!(words(&lanes, "telnyx"), ["call.initiated"]);
    assert!(words(&lanes, "person").is_empty());
}
