//! Whom agents may call, and how much; the numbers they show.

use std::time::Duration;

use call::api::{Placed, Problem, ProblemCode};
use call::cause::{Cause, Side};
use call::history::What;
use reqwest::StatusCode;
use serde_json::json;

use crate::harness::{Browser, Setup, fact};
use crate::telnyx::Telnyx;

/// What a request for a call is answered with.
async fn asks(browser: &Browser<'_>, to: &str) -> (StatusCode, Option<ProblemCode>) {
    let answer = browser.post("/api/calls", &json!({ "to": to })).await;
    let status = answer.status();
    (status, answer.json::<Problem>().await.ok().map(|problem| problem.code))
}

#[tokio::test]
async fn a_number_that_may_not_be_called_is_refused_in_both_modes_and_leaves_no_row() {
    for setup in [Setup::demo, Setup::controlled] {
        let telnyx = Telnyx::start().await;
        let server = setup(&telnyx)
            .with("TONO_ALLOWED_PREFIXES", "+1, +34")
            .with("TONO_BLOCKED_NUMBERS", "+1900*, +1 202 555 0199")
            .start()
            .await;
        let browser = server.demo_agent().await;
        let country = Some(ProblemCode::CountryNotAllowed);
        let blocked = Some(ProblemCode::NumberBlocked);
        assert_eq!(asks(&browser, "+447700900123").await, (StatusCode::FORBIDDEN, country));
        assert_eq!(asks(&browser, "+1 900 555 0100").await, (StatusCode::FORBIDDEN, blocked));
        assert_eq!(asks(&browser, "(202) 555-0199").await, (StatusCode::FORBIDDEN, blocked));
        assert!(browser.calls("").await.rows.is_empty());
        browser.places("+34910123456").await;
    }
}

#[tokio::test]
async fn an_agent_may_ask_for_so_many_calls_in_a_minute() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx)
        .with("TONO_CALLS_PER_MINUTE", "2")
        .with("TONO_AGENT_PASSWORD", "correct horse")
        .start()
        .await;
    let (demo, agent) = (server.demo_agent().await, server.agent("agent", "correct horse").await);
    demo.places("+12025550100").await;
    demo.places("+12025550100").await;
    let refused = (StatusCode::TOO_MANY_REQUESTS, Some(ProblemCode::TooManyCalls));
    assert_eq!(asks(&demo, "+12025550100").await, refused);
    agent.places("+12025550100").await;
    server.later(Duration::from_secs(61));
    demo.places("+12025550100").await;
}

#[tokio::test]
async fn an_agent_may_have_so_many_calls_at_once() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).with("TONO_CALLS_AT_ONCE", "1").start().await;
    let browser = server.demo_agent().await;
    let id = browser.places("+12025550100").await;
    let refused = (StatusCode::TOO_MANY_REQUESTS, Some(ProblemCode::TooManyAtOnce));
    assert_eq!(asks(&browser, "+12025550100").await, refused);
    browser.states(&id, vec![fact(1, What::Ended { cause: Cause::Normal, by: Side::Us })]).await;
    // What was given out and never dialled counts for as long as it may be.
    browser.places("+12025550100").await;
    assert_eq!(asks(&browser, "+12025550100").await, refused);
    server.later(Duration::from_secs(121));
    browser.places("+12025550100").await;
}

#[tokio::test]
async fn of_many_requests_at_once_no_more_than_allowed_get_through() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).with("TONO_CALLS_AT_ONCE", "3").start().await;
    let browser = server.demo_agent().await;
    let all = futures_util::future::join_all((0..20).map(|_| asks(&browser, "+12025550100")));
    let granted = all.await.iter().filter(|(status, _)| *status == StatusCode::CREATED).count();
    assert_eq!(granted, 3);
}

#[tokio::test]
async fn an_agents_calls_show_their_own_number_if_it_is_the_accounts() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).with("TONO_CALLER_ID", "+12025550143").start().await;
    let browser = server.demo_agent().await;
    let shown = async || {
        let answer = browser.post("/api/calls", &json!({ "to": "+12025550100" })).await;
        answer.json::<Placed>().await.unwrap().caller_id
    };
    assert_eq!(shown().await.as_deref(), Some("+12025550143"));
    let (code, said) = server.tono(&["agent", "caller-id", "demo", "+12025550142"], "").await;
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(shown().await.as_deref(), Some("+12025550142"));
    let (code, said) = server.tono(&["agent", "caller-id", "demo", "+12025550199"], "").await;
    assert_eq!(code, Some(1));
    assert!(said.contains("the account has no number +12025550199"), "{said}");
    assert_eq!(shown().await.as_deref(), Some("+12025550142"));
    server.tono(&["agent", "caller-id", "demo", "none"], "").await;
    assert_eq!(shown().await.as_deref(), Some("+12025550143"));
}
