//! Calls that come in: one row each, whoever says so first.

use std::time::Duration;

use call::api::HangUp;
use call::cause::{Cause, Outcome, Side};
use call::history::{Fact, Row, Status, What, Word};
use call::ids::{CallId, TelnyxIds};
use call::party::{Direction, Party};
use call::time::Millis;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Browser, Server, Setup, event, event_of, fact};
use crate::telnyx::Telnyx;

/// Who calls.
const CALLER: &str = "+12025550107";

/// The SIP user of the browser's agent, once there is one.
async fn sip_user(browser: &Browser<'_>, agent: &str) -> String {
    let token = browser.request(Method::POST, "/api/token").send().await.unwrap();
    assert_eq!(token.status(), StatusCode::OK);
    sqlx::query_scalar("select sip_username from agents where name = $1")
        .bind(agent)
        .fetch_one(&mut browser.server.folder.opened().await)
        .await
        .unwrap()
}

/// An event of a leg that comes in to `to`.
fn comes_in(name: &str, leg: &str, to: &str) -> Value {
    let mut event = event(name, leg);
    let payload = &mut event["data"]["payload"];
    payload["custom_headers"] = json!([]);
    payload["from"] = CALLER.into();
    payload["to"] = to.into();
    if name == "call.initiated" {
        payload["direction"] = "incoming".into();
    }
    event
}

/// The end of such a leg.
fn ends(leg: &str, to: &str, cause: &str, source: &str) -> Value {
    let mut event = comes_in("call.hangup", leg, to);
    event["data"]["payload"]["hangup_cause"] = cause.into();
    event["data"]["payload"]["hangup_source"] = source.into();
    event
}

/// What the page says of a leg, which the SDK calls `sdk-…`.
fn heard(leg: &str, at: u64, what: What) -> Fact {
    let ids = TelnyxIds {
        call_control_id: Some(format!("v3:{leg}")),
        call_session_id: Some(format!("session-{leg}")),
        call_leg_id: Some(format!("leg-{leg}")),
    };
    Fact { at: Millis(1_795_251_600_000 + at), ids, what }
}

fn named(leg: &str) -> CallId {
    CallId(format!("sdk-{leg}"))
}

fn rings(leg: &str) -> What {
    let from = Party::of_caller(Some(CALLER));
    What::Offered { call: named(leg), from }
}

async fn states(browser: &Browser<'_>, leg: &str, at: u64, what: What) -> StatusCode {
    browser.states(&named(leg), vec![heard(leg, at, what)]).await.status()
}

async fn hears(server: &Server, event: Value) {
    assert_eq!(server.hears(&event).await, StatusCode::OK);
}

async fn only_row(browser: &Browser<'_>) -> Row {
    let mut rows = browser.calls("").await.rows;
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.remove(0)
}

#[tokio::test]
async fn both_witnesses_of_a_call_in_any_order_make_one_row() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let to = format!("sip:{}@sip.telnyx.com", sip_user(&browser, "demo").await);
    let mut first = None;
    for round in 0..24 {
        let leg = format!("{round:02}");
        let mut telnyxs = vec![
            comes_in("call.initiated", &leg, &to),
            comes_in("call.answered", &leg, &to),
            ends(&leg, &to, "normal_clearing", "caller"),
        ];
        // The page's words come in their order, Telnyx's in each of six and in between wherever it falls.
        telnyxs.rotate_left(round % 3);
        if round % 2 == 1 {
            telnyxs.swap(0, 1);
        }
        let ended = What::Ended { cause: Cause::Normal, by: Side::Them };
        let mut pages = vec![(1, rings(&leg)), (4, What::Active), (9, ended)].into_iter();
        for turn in 0..6 {
            if (round * 7 + turn * 5) % 8 < 4
                && let Some((at, what)) = pages.next()
            {
                assert_eq!(states(&browser, &leg, at, what).await, StatusCode::NO_CONTENT);
            }
            if turn % 2 == round % 2
                && let Some(event) = telnyxs.pop()
            {
                hears(&server, event.clone()).await;
                hears(&server, event).await;
            }
        }
        for (at, what) in pages {
            assert_eq!(states(&browser, &leg, at, what).await, StatusCode::NO_CONTENT);
        }
        let rows = browser.calls("?limit=200").await.rows;
        assert_eq!(rows.len(), round + 1, "round {round}");
        let row = rows.into_iter().find(|row| row.aliases == [named(&leg)]).unwrap();
        assert_eq!(row.ids.call_control_id, Some(format!("v3:{leg}")));
        let row =
            Row { id: CallId(String::new()), aliases: vec![], ids: TelnyxIds::default(), ..row };
        assert_eq!(&row, first.get_or_insert_with(|| row.clone()), "round {round}");
    }
    let row = first.unwrap();
    assert_eq!((row.direction, row.agent.as_deref()), (Direction::Incoming, Some("demo")));
    assert_eq!(row.with, Some(Party::of_caller(Some(CALLER))));
    assert_eq!((row.status, row.telnyx), (Status::Ended, Word::Heard));
    assert_eq!((row.outcome, row.ended_by), (Some(Outcome::Answered), Some(Side::Them)));
    assert_eq!((row.rang_ms, row.talk_ms), (Some(3), Some(12_000)));
    let found = browser.get("/api/log?direction=incoming&number=555-0107").await;
    assert_eq!(found.json::<Value>().await.unwrap()["entries"].as_array().unwrap().len(), 24);
}

#[tokio::test]
async fn declined_missed_and_nobody_signed_in() {
    let telnyx = Telnyx::start().await;
    for (leg, pages, (cause, source), outcome, by) in [
        (
            "declined",
            vec![rings("declined"), What::Ended { cause: Cause::Busy, by: Side::Us }],
            ("user_busy", "callee"),
            Outcome::Declined,
            Side::Us,
        ),
        (
            "given-up",
            vec![rings("given-up"), What::Ended { cause: Cause::Cancelled, by: Side::Network }],
            ("originator_cancel", "caller"),
            Outcome::Missed,
            Side::Them,
        ),
        (
            "no-place",
            vec![rings("no-place"), What::Ended { cause: Cause::Busy, by: Side::Network }],
            ("user_busy", "callee"),
            Outcome::Missed,
            Side::Network,
        ),
        ("nobody", vec![], ("user_busy", "callee"), Outcome::Missed, Side::Network),
        ("nowhere", vec![], ("unspecified", "unknown"), Outcome::Missed, Side::Network),
    ] {
        let server = Setup::demo(&telnyx).start().await;
        let browser = server.demo_agent().await;
        let user = sip_user(&browser, "demo").await;
        hears(&server, comes_in("call.initiated", leg, &user)).await;
        let row = only_row(&browser).await;
        assert_eq!((row.status, row.outcome), (Status::Initiated, None));
        let rang = !pages.is_empty();
        for (at, what) in (1..).zip(pages) {
            assert_eq!(states(&browser, leg, at, what).await, StatusCode::NO_CONTENT);
        }
        hears(&server, ends(leg, &user, cause, source)).await;
        let row = only_row(&browser).await;
        assert_eq!((row.outcome, row.ended_by), (Some(outcome), Some(by)), "{leg}");
        assert_eq!(row.rang_at.is_some(), rang, "{leg}");
        assert_eq!(row.talk_ms, None);
    }
}

#[tokio::test]
async fn a_second_call_while_one_talks_has_a_row_of_its_own() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let user = sip_user(&browser, "demo").await;
    let placed = browser.places("+12025550100").await;
    hears(&server, event_of("call.answered", "out", &placed)).await;
    hears(&server, comes_in("call.initiated", "in", &user)).await;
    states(&browser, "in", 1, rings("in")).await;
    states(&browser, "in", 2, What::Ended { cause: Cause::Normal, by: Side::Us }).await;
    hears(&server, event_of("call.hangup", "out", &placed)).await;
    let rows = browser.calls("").await.rows;
    let went: Vec<_> = rows.iter().map(|row| (row.direction, row.outcome)).collect();
    assert_eq!(went.len(), 2);
    assert!(went.contains(&(Direction::Outgoing, Some(Outcome::Answered))));
    assert!(went.contains(&(Direction::Incoming, Some(Outcome::Declined))));
}

#[tokio::test]
async fn a_call_to_a_number_of_ours_is_of_the_agent_in_whose_page_it_rings() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    sip_user(&browser, "demo").await;
    hears(&server, comes_in("call.initiated", "a", "+12025550142")).await;
    assert_eq!(server.outcomes().await, ["orphan"]);
    assert!(browser.calls("").await.rows.is_empty());
    assert_eq!(states(&browser, "a", 1, rings("a")).await, StatusCode::NO_CONTENT);
    assert_eq!(server.outcomes().await, ["joined"]);
    hears(&server, comes_in("call.answered", "a", "+12025550142")).await;
    let row = only_row(&browser).await;
    assert_eq!((row.status, row.direction), (Status::Answered, Direction::Incoming));
    assert_eq!(row.telnyx, Word::Heard);
}

#[tokio::test]
async fn of_a_call_between_two_agents_each_has_a_row() {
    let telnyx = Telnyx::start().await;
    for (shares, initiated_last) in [(true, false), (true, true), (false, false), (false, true)] {
        let server = Setup::demo(&telnyx).start().await;
        let (ann, bob) = (server.hires("ann", "agent").await, server.hires("bob", "agent").await);
        let (anns, bobs) = (sip_user(&ann, "ann").await, sip_user(&bob, "bob").await);
        let id = ann.places("+12025550100").await;
        // What Ann's browser sent along may be in the events of both legs, and they may be in one session.
        let of_the_leg = |name: &str, leg: &str| {
            let mut event = comes_in(name, leg, &bobs);
            let payload = &mut event["data"]["payload"];
            payload["from"] = anns.clone().into();
            payload["custom_headers"] = json!([{ "name": "X-Tono-Call", "value": id.as_str() }]);
            if shares {
                payload["call_session_id"] = "session-of-both".into();
            }
            event
        };
        let mut out = of_the_leg("call.initiated", "out");
        out["data"]["payload"]["direction"] = "outgoing".into();
        let mut events = vec![
            out,
            of_the_leg("call.initiated", "in"),
            of_the_leg("call.answered", "out"),
            of_the_leg("call.answered", "in"),
            of_the_leg("call.hangup", "out"),
            of_the_leg("call.hangup", "in"),
        ];
        if initiated_last {
            events.reverse();
        }
        for event in events {
            hears(&server, event).await;
        }
        states(&bob, "in", 1, rings("in")).await;
        let (out, into) = (only_row(&ann).await, only_row(&bob).await);
        assert_eq!((&out.id, out.direction), (&id, Direction::Outgoing));
        assert_eq!(into.direction, Direction::Incoming);
        assert_eq!(into.with, Some(Party::Named("ann".to_owned())));
        for (row, leg) in [(&out, "out"), (&into, "in")] {
            assert_eq!(row.ids.call_control_id, Some(format!("v3:{leg}")));
            assert_eq!((row.outcome, row.talk_ms), (Some(Outcome::Answered), Some(12_000)));
        }
        assert_eq!((out.ended_by, into.ended_by), (Some(Side::Us), Some(Side::Them)));
    }
}

#[tokio::test]
async fn what_the_page_calls_it_is_a_name_for_its_agent_only() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let (ann, bob) = (server.hires("ann", "agent").await, server.hires("bob", "agent").await);
    assert_eq!(states(&ann, "a", 1, What::Active).await, StatusCode::NOT_FOUND, "not offered");
    let other = vec![heard("a", 1, rings("b"))];
    assert_eq!(ann.states(&named("a"), other).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(states(&ann, "a", 1, rings("a")).await, StatusCode::NO_CONTENT);

    assert_eq!(states(&bob, "a", 2, What::Active).await, StatusCode::NOT_FOUND);
    assert_eq!(states(&bob, "a", 2, rings("a")).await, StatusCode::NOT_FOUND, "it is Ann's leg");
    assert_eq!(bob.hangs_up(&named("a")).await.status(), StatusCode::NOT_FOUND);
    assert!(bob.calls("").await.rows.is_empty());

    assert_eq!(states(&ann, "a", 3, What::Active).await, StatusCode::NO_CONTENT);
    assert_eq!(ann.hangs_up(&named("a")).await.json::<HangUp>().await.unwrap(), HangUp::Asked);
    assert_eq!(telnyx.asked("POST /calls/v3:a/actions/hangup"), 1);
    let row = only_row(&ann).await;
    assert_eq!(row.status, Status::Answered);
    assert_eq!(
        ann.states(&row.id, vec![fact(9, What::Held)]).await.status(),
        StatusCode::NO_CONTENT
    );
}

#[tokio::test]
async fn an_invite_without_telnyxs_names_is_a_row_of_its_own() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    for leg in ["a", "b"] {
        let offer = vec![fact(1, rings(leg))];
        assert_eq!(
            browser.states(&named(leg), offer.clone()).await.status(),
            StatusCode::NO_CONTENT
        );
        assert_eq!(browser.states(&named(leg), offer).await.status(), StatusCode::NO_CONTENT);
    }
    assert_eq!(browser.calls("").await.rows.len(), 2);
    // Nothing says that what Telnyx tells is one of them, and a guess could make two callers one.
    let user = sip_user(&browser, "demo").await;
    hears(&server, comes_in("call.initiated", "a", &user)).await;
    let rows = browser.calls("").await.rows;
    assert_eq!(rows.len(), 3);
    assert_eq!(rows.iter().filter(|row| row.telnyx == Word::Heard).count(), 1);
    assert_eq!(
        browser.hangs_up(&named("b")).await.json::<HangUp>().await.unwrap(),
        HangUp::NotKnown,
        "the SDK alone can"
    );
}

#[tokio::test]
async fn a_call_that_came_in_and_whose_end_was_never_told_ends_when_telnyx_knows_it_no_more() {
    let telnyx = Telnyx::start().await;
    let quick = Duration::from_millis(20);
    let server = Setup::demo(&telnyx).pauses(|pauses| pauses.sweep = quick).start().await;
    let browser = server.demo_agent().await;
    let user = sip_user(&browser, "demo").await;
    telnyx.script().alive = Some(true);
    hears(&server, comes_in("call.initiated", "a", &user)).await;
    let row = only_row(&browser).await;
    while telnyx.asked("GET /calls/v3:a") < 2 {
        tokio::time::sleep(quick).await;
    }
    assert_eq!(browser.row(&row.id).await.status, Status::Initiated);
    telnyx.script().alive = Some(false);
    let row = browser.waits_for(&row.id, Row::is_over).await;
    assert_eq!((row.outcome, row.cause), (Some(Outcome::Missed), Some(Cause::Silence)));
}

#[tokio::test]
async fn the_user_of_a_credential_that_an_older_server_made_is_learnt() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let user = sip_user(&server.demo_agent().await, "demo").await;
    let folder = server.stop().await;
    sqlx::query("update agents set sip_username = null")
        .execute(&mut folder.opened().await)
        .await
        .unwrap();
    let server = Setup::demo(&telnyx).on(&folder).start().await;
    let learnt = async || {
        let mut database = folder.opened().await;
        let found = sqlx::query_scalar::<_, Option<String>>(
            "select sip_username from agents where name = 'demo'",
        );
        found.fetch_one(&mut database).await.unwrap()
    };
    while learnt().await != Some(user.clone()) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(telnyx.asked("POST /telephony_credentials"), 2, "one credential and one token");
    server.stop().await;
}

#[tokio::test]
async fn a_row_that_an_older_server_folded_is_folded_anew() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let id = server.demo_agent().await.places("+12025550100").await;
    let folder = server.stop().await;
    let mut database = folder.opened().await;
    let older: String =
        sqlx::query_scalar("select folded from call_logs").fetch_one(&mut database).await.unwrap();
    let mut row: Value = serde_json::from_str(&older).unwrap();
    let fields = row.as_object_mut().unwrap();
    for new in ["with", "direction", "bridged_at", "rang_ms", "held_ms"] {
        assert!(fields.remove(new).is_some(), "{new}");
    }
    fields.insert("to".to_owned(), "+12025550100".into());
    sqlx::query("update call_logs set projection = 1, folded = $1")
        .bind(row.to_string())
        .execute(&mut database)
        .await
        .unwrap();
    let server = Setup::demo(&telnyx).on(&folder).start().await;
    let row = server.demo_agent().await.row(&id).await;
    assert_eq!(row.number().unwrap().as_str(), "+12025550100");
    server.stop().await;
}
