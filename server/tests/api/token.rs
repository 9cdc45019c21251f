//! `POST /api/token`.

use call::api::{Ice, Problem, ProblemCode, Token};
use reqwest::{Method, StatusCode};

use crate::harness::{Browser, Setup};
use crate::telnyx::{KEY, Telnyx};

async fn asks(browser: &Browser<'_>) -> reqwest::Response {
    browser.request(Method::POST, "/api/token").send().await.unwrap()
}

#[tokio::test]
async fn a_token_comes_from_the_agents_own_credential_which_is_made_once() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).with("TONO_GATEWAY", "ws://127.0.0.1:7800").start().await;
    let browser = server.demo_agent().await;
    for _ in 0..3 {
        let token: Token = asks(&browser).await.json().await.unwrap();
        assert_eq!(token.token, "header.credential-1.signature");
        assert_eq!(token.gateway.as_deref(), Some("ws://127.0.0.1:7800"));
        assert_eq!(token.ice, Ice::None);
    }
    assert_eq!(telnyx.asked("POST /telephony_credentials/credential-1/token"), 3);
    assert_eq!(telnyx.script().credentials.len(), 1);
}

#[tokio::test]
async fn a_credential_that_was_deleted_at_telnyx_is_replaced() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    asks(&browser).await;
    telnyx.script().credentials.clear();
    let token: Token = asks(&browser).await.json().await.unwrap();
    assert_eq!(token.token, "header.credential-2.signature");
    assert_eq!(token.gateway, None);
}

#[tokio::test]
async fn telnyxs_refusal_is_told_without_the_key() {
    let telnyx = Telnyx::start().await;
    telnyx.script().locked = true;
    let server = Setup::demo(&telnyx).start().await;
    let answer = asks(&server.demo_agent().await).await;
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
    let problem: Problem = answer.json().await.unwrap();
    assert_eq!(problem.code, ProblemCode::TelnyxRefused);
    assert!(problem.message.contains("10009 Authentication failed"), "{}", problem.message);
    assert!(!problem.message.contains(KEY));
}

#[tokio::test]
async fn telnyx_out_of_reach_is_told_as_that() {
    let server = Setup::real().start().await;
    let answer = asks(&server.agent("agent", "correct horse").await).await;
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
    assert_eq!(answer.json::<Problem>().await.unwrap().code, ProblemCode::TelnyxUnreachable);
}
