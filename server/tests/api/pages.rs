//! A call whose page is gone: its leg is ended, and a call whose page is there is left alone.

use std::time::Duration;

use call::history::{Fact, What};
use call::ids::{CallId, TelnyxIds};
use call::party::Party;
use call::time::Millis;
use reqwest::{Method, StatusCode};
use serde_json::json;
use server::config::Pauses;

use crate::harness::{Browser, PATIENCE, Server, Setup, event_of};
use crate::telnyx::{Telnyx, sample};

/// With the limits it has by itself.
fn setup(telnyx: &Telnyx) -> Setup {
    Setup::demo(telnyx).pauses(|pauses| {
        pauses.unclaimed = Duration::from_secs(20);
        pauses.silent = Duration::from_mins(1);
        pauses.first = Duration::from_secs(3);
    })
}

/// A call that was answered, and whose leg Telnyx knows by `leg`.
async fn call(server: &Server, browser: &Browser<'_>, leg: &str) -> CallId {
    let id = browser.places("+12025550100").await;
    for name in ["call.initiated", "call.answered"] {
        assert_eq!(server.hears(&event_of(name, leg, &id)).await, StatusCode::OK);
    }
    id
}

/// A page says which calls it has, or that it goes.
async fn says(browser: &Browser<'_>, page: &str, calls: &[&CallId], goes: bool) {
    let body = json!({ "calls": calls, "goes": goes });
    let answer = browser.post(&format!("/api/pages/{page}"), &body).await;
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
}

/// Lets time pass, and has the server look at its jobs: by itself it would at the end of a real pause.
async fn later(browser: &Browser<'_>, by: Duration) {
    browser.server.later(by);
    says(browser, "another", &[], false).await;
}

/// How often Telnyx was asked to end a leg.
fn ended(telnyx: &Telnyx, leg: &str) -> usize {
    telnyx.asked(&format!("POST /calls/v3:{leg}/actions/hangup"))
}

async fn is_ended(telnyx: &Telnyx, leg: &str) {
    let asked = async {
        while ended(telnyx, leg) == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asked).await.unwrap_or_else(|_| panic!("{leg} goes on"));
}

#[tokio::test]
async fn twenty_seconds_after_its_page_went_a_leg_is_ended() {
    let telnyx = Telnyx::start().await;
    let server = setup(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let (a, b) = (call(&server, &browser, "a").await, call(&server, &browser, "b").await);
    says(&browser, "first", &[&a], true).await;
    later(&browser, Duration::from_secs(2)).await;
    says(&browser, "second", &[&b], true).await;

    later(&browser, Duration::from_secs(18)).await;
    is_ended(&telnyx, "a").await;
    assert_eq!(ended(&telnyx, "b"), 0, "its page went two seconds later");
    later(&browser, Duration::from_secs(2)).await;
    is_ended(&telnyx, "b").await;
    let row = browser.waits_for(&a, |row| row.let_go.is_some()).await;
    assert_eq!((row.let_go, row.is_over()), (Some(true), false), "Telnyx has not said so yet");
    server.hears(&event_of("call.hangup", "a", &a)).await;
    assert!(browser.waits_for(&a, call::history::Row::is_over).await.outcome.is_some());
    assert_eq!((ended(&telnyx, "a"), ended(&telnyx, "b")), (1, 1));
}

#[tokio::test]
async fn a_leg_that_the_page_after_a_reload_claims_goes_on() {
    let telnyx = Telnyx::start().await;
    let server = setup(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let (a, b) = (call(&server, &browser, "a").await, call(&server, &browser, "b").await);
    says(&browser, "first", &[&a, &b], false).await;
    says(&browser, "first", &[&a, &b], true).await;
    says(&browser, "second", &[&a], false).await;
    // What was on its way comes late.
    says(&browser, "first", &[&a, &b], true).await;

    later(&browser, Duration::from_secs(21)).await;
    is_ended(&telnyx, "b").await;
    assert_eq!(ended(&telnyx, "a"), 0);
    // The second page goes as well.
    says(&browser, "second", &[&a], true).await;
    later(&browser, Duration::from_secs(21)).await;
    is_ended(&telnyx, "a").await;
}

#[tokio::test]
async fn a_call_that_came_in_is_claimed_by_the_name_that_its_page_has_for_it() {
    let telnyx = Telnyx::start().await;
    let server = setup(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let b = call(&server, &browser, "b").await;
    let named = CallId("sdk-a".to_owned());
    let from = Party::of_caller(Some("+12025550107"));
    let ids = TelnyxIds { call_control_id: Some("v3:a".to_owned()), ..TelnyxIds::default() };
    let rings = What::Offered { call: named.clone(), from };
    let offered = Fact { at: Millis(1), ids, what: rings };
    assert_eq!(browser.states(&named, vec![offered]).await.status(), StatusCode::NO_CONTENT);
    says(&browser, "first", &[&named, &b], false).await;
    says(&browser, "first", &[&named, &b], true).await;
    says(&browser, "second", &[&named], false).await;
    later(&browser, Duration::from_secs(21)).await;
    is_ended(&telnyx, "b").await;
    assert_eq!(ended(&telnyx, "a"), 0);
    says(&browser, "second", &[&named], true).await;
    later(&browser, Duration::from_secs(21)).await;
    is_ended(&telnyx, "a").await;
}

#[tokio::test]
async fn nothing_is_left_of_a_claim_when_its_call_is_over_or_erased() {
    let telnyx = Telnyx::start().await;
    let server = setup(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let (a, b) = (call(&server, &browser, "a").await, call(&server, &browser, "b").await);
    says(&browser, "first", &[&a, &b], false).await;
    let left = async || {
        let claims = "select call_id from claims order by call_id";
        let mut database = server.folder.opened().await;
        sqlx::query_scalar::<_, String>(claims).fetch_all(&mut database).await.unwrap()
    };
    assert_eq!(left().await.len(), 2);
    server.hears(&event_of("call.hangup", "a", &a)).await;
    assert_eq!(left().await, [b.to_string()]);
    let admin = server.hires("adam", "admin").await;
    let erased = admin.request(Method::DELETE, "/api/numbers/+12025550100").send().await.unwrap();
    assert_eq!(erased.status(), StatusCode::OK);
    assert!(left().await.is_empty());
}

#[tokio::test]
async fn a_page_that_no_longer_has_a_call_cannot_end_it_by_going() {
    let telnyx = Telnyx::start().await;
    let server = setup(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let (a, b) = (call(&server, &browser, "a").await, call(&server, &browser, "b").await);
    says(&browser, "first", &[&a, &b], false).await;
    server.hears(&event_of("call.hangup", "a", &a)).await;
    says(&browser, "first", &[&b], false).await;
    says(&browser, "first", &[&a, &b], true).await;
    later(&browser, Duration::from_secs(21)).await;
    is_ended(&telnyx, "b").await;
    assert_eq!(ended(&telnyx, "a"), 0, "it is over");
}

/// Waits until the server has noted that a page fell silent.
async fn is_silent(server: &Server) {
    let noted = async {
        let mut database = server.folder.opened().await;
        let silent = "select count(*) from claims where silent_since is not null";
        while sqlx::query_scalar::<_, i64>(silent).fetch_one(&mut database).await.unwrap() == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, noted).await.unwrap();
}

#[tokio::test]
async fn a_page_whose_stream_ended_is_gone_after_a_minute_if_anybody_else_is_heard() {
    let telnyx = Telnyx::start().await;
    // Looked at often, since whoever would wake the server would be heard.
    let often = |pauses: &mut Pauses| pauses.lease = Duration::from_millis(100);
    let server = setup(&telnyx).pauses(often).start().await;
    let browser = server.demo_agent().await;
    let (a, b) = (call(&server, &browser, "a").await, call(&server, &browser, "b").await);
    says(&browser, "second", &[&b], true).await;
    says(&browser, "first", &[&a], false).await;
    let stream = browser.get("/api/live?page=first").await;
    drop(stream);
    is_silent(&server).await;

    // The other one shows that the server does look; and that nobody was heard since, so that the way here may be cut.
    server.later(Duration::from_secs(61));
    is_ended(&telnyx, "b").await;
    assert_eq!(ended(&telnyx, "a"), 0);

    server.request(Method::GET, "/api/health").send().await.unwrap();
    server.later(Duration::from_secs(21));
    is_ended(&telnyx, "a").await;
}

#[tokio::test]
async fn a_page_that_only_lost_its_stream_says_so_and_keeps_its_call() {
    let telnyx = Telnyx::start().await;
    let server = setup(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let (a, b) = (call(&server, &browser, "a").await, call(&server, &browser, "b").await);
    says(&browser, "first", &[&a], false).await;
    drop(browser.get("/api/live?page=first").await);
    is_silent(&server).await;
    later(&browser, Duration::from_secs(50)).await;
    says(&browser, "first", &[&a], false).await;
    says(&browser, "second", &[&b], true).await;
    later(&browser, Duration::from_mins(5)).await;
    is_ended(&telnyx, "b").await;
    assert_eq!(ended(&telnyx, "a"), 0);
}

#[tokio::test]
async fn where_telnyx_takes_no_command_the_row_says_so_and_nobody_asks_again() {
    let telnyx = Telnyx::start().await;
    let server = setup(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let (a, b) = (call(&server, &browser, "a").await, call(&server, &browser, "b").await);
    telnyx.script().hang_up = Some((422, sample("error.90015")));
    says(&browser, "first", &[&a], true).await;
    later(&browser, Duration::from_secs(21)).await;
    let row = browser.waits_for(&a, |row| row.let_go.is_some()).await;
    assert_eq!((row.let_go, row.is_over()), (Some(false), false));

    says(&browser, "second", &[&b], true).await;
    later(&browser, Duration::from_secs(21)).await;
    is_ended(&telnyx, "b").await;
    assert_eq!(ended(&telnyx, "a"), 1);
}

#[tokio::test]
async fn telnyx_out_of_reach_is_asked_again() {
    let telnyx = Telnyx::start().await;
    let server = setup(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let a = call(&server, &browser, "a").await;
    telnyx.script().hang_up = Some((503, json!({})));
    says(&browser, "first", &[&a], true).await;
    later(&browser, Duration::from_secs(21)).await;
    is_ended(&telnyx, "a").await;
    telnyx.script().hang_up = None;
    later(&browser, Duration::from_secs(4)).await;
    let row = browser.waits_for(&a, |row| row.let_go.is_some()).await;
    assert_eq!(row.let_go, Some(true));
}

#[tokio::test]
async fn what_a_stopped_server_had_to_end_another_ends() {
    let telnyx = Telnyx::start().await;
    let server = setup(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let a = call(&server, &browser, "a").await;
    says(&browser, "first", &[&a], false).await;
    let stream = browser.get("/api/live?page=first").await;
    says(&browser, "first", &[&a], true).await;
    let folder = server.stop().await;
    assert_eq!(ended(&telnyx, "a"), 0);
    drop(stream);
    let _other = setup(&telnyx).on(&folder).ahead(Duration::from_secs(21)).start().await;
    is_ended(&telnyx, "a").await;
}

#[tokio::test]
async fn nobody_speaks_for_anothers_calls_and_nonsense_is_refused() {
    let telnyx = Telnyx::start().await;
    let server = setup(&telnyx).with("TONO_AGENT_PASSWORD", "correct horse").start().await;
    let (demo, agent) = (server.demo_agent().await, server.agent("agent", "correct horse").await);
    let (a, b) = (call(&server, &demo, "a").await, call(&server, &demo, "b").await);
    says(&agent, "theirs", &[&a], true).await;
    says(&demo, "first", &[&b], true).await;
    later(&demo, Duration::from_secs(21)).await;
    is_ended(&telnyx, "b").await;
    assert_eq!(ended(&telnyx, "a"), 0);

    let many: Vec<String> = (0..17).map(|number| number.to_string()).collect();
    for (page, body) in [
        ("first", json!({ "calls": many, "goes": false })),
        ("first", json!({ "calls": ["\0"], "goes": false })),
        ("first", json!({ "calls": [] })),
        (&"x".repeat(65), json!({ "calls": [], "goes": false })),
    ] {
        let answer = demo.post(&format!("/api/pages/{page}"), &body).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{page} {body}");
    }
    let answer = demo.get(&format!("/api/live?page={}", "x".repeat(65))).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
}
