//! What is left of the URL space.

use call::api::{Problem, ProblemCode};
use reqwest::{Method, StatusCode, header};

use crate::harness::Setup;
use crate::telnyx::Telnyx;

#[tokio::test]
async fn an_unknown_address_of_the_api_is_a_problem_and_never_the_page() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    for (method, path, status, code) in [
        (Method::GET, "/api/nothing", StatusCode::NOT_FOUND, ProblemCode::NotFound),
        (Method::GET, "/api", StatusCode::NOT_FOUND, ProblemCode::NotFound),
        (Method::PUT, "/api/calls", StatusCode::METHOD_NOT_ALLOWED, ProblemCode::BadRequest),
        (Method::POST, "/", StatusCode::METHOD_NOT_ALLOWED, ProblemCode::BadRequest),
    ] {
        let answer = server.request(method, path).send().await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(answer.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(answer.headers()[header::REFERRER_POLICY], "no-referrer");
        assert_eq!(answer.json::<Problem>().await.unwrap().code, code, "{path}");
    }
}

#[tokio::test]
async fn health_needs_no_session_and_is_not_kept() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let answer = server.request(Method::GET, "/api/health").send().await.unwrap();
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
    assert_eq!(
        answer.json::<serde_json::Value>().await.unwrap(),
        serde_json::json!({ "ok": true })
    );
}
