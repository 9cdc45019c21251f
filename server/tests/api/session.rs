//! `/api/session`.

use std::net::IpAddr;
use std::time::Duration;

use call::api::{Problem, ProblemCode, Session, SignIn};
use reqwest::{Client, Method, StatusCode, header};

use crate::harness::{Setup, password_of};
use crate::telnyx::Telnyx;

#[tokio::test]
async fn the_demo_agent_signs_in_without_a_password_and_out_again() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let before: Session =
        server.request(Method::GET, "/api/session").send().await.unwrap().json().await.unwrap();
    assert!(before.demo && before.agent.is_none());

    let browser = server.demo_agent().await;
    let session: Session = browser.get("/api/session").await.json().await.unwrap();
    assert_eq!(session.agent.unwrap().name, "demo");

    let out = browser.request(Method::DELETE, "/api/session").send().await.unwrap();
    assert_eq!(out.status(), StatusCode::NO_CONTENT);
    assert!(out.headers()[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    let after: Session = browser.get("/api/session").await.json().await.unwrap();
    assert!(after.agent.is_none(), "the old cookie opens nothing");
}

#[tokio::test]
async fn a_real_account_has_no_demo_agent() {
    let server = Setup::real().start().await;
    let answer = server.sign_in(&SignIn::Demo).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert_eq!(answer.json::<Problem>().await.unwrap().code, ProblemCode::NoDemo);
    let session: Session =
        server.request(Method::GET, "/api/session").send().await.unwrap().json().await.unwrap();
    assert!(!session.demo);
}

#[tokio::test]
async fn the_right_name_and_password_sign_in_and_nothing_else_does() {
    let server = Setup::real().start().await;
    for (name, password) in [("agent", "wrong horse"), ("someone", "correct horse"), ("agent", "")]
    {
        let answer = server.sign_in(&password_of(name, password)).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{name}");
        assert!(answer.headers().get(header::SET_COOKIE).is_none());
        assert_eq!(answer.json::<Problem>().await.unwrap().code, ProblemCode::WrongPassword);
    }
    let answer = server.sign_in(&password_of("agent", "correct horse")).await;
    assert_eq!(answer.json::<Session>().await.unwrap().agent.unwrap().name, "agent");
}

#[tokio::test]
async fn the_sixth_wrong_password_in_a_minute_is_not_even_looked_at() {
    let server = Setup::real().start().await;
    for _ in 0..5 {
        let answer = server.sign_in(&password_of("agent", "guess")).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    }
    let answer = server.sign_in(&password_of("agent", "correct horse")).await;
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.json::<Problem>().await.unwrap().code, ProblemCode::TooManyAttempts);
    server.later(Duration::from_mins(1));
    let answer = server.sign_in(&password_of("agent", "correct horse")).await;
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test]
async fn guesses_count_by_name_and_address_and_a_right_password_forgets_them() {
    let server = Setup::real().start().await;
    let from = |address: [u8; 4]| {
        Client::builder().no_proxy().local_address(IpAddr::from(address)).build().unwrap()
    };
    let (here, elsewhere) = (from([127, 0, 0, 1]), from([127, 0, 0, 2]));
    let tries = async |client: &Client, name: &str, password: &str| {
        let request = client.post(format!("{}/api/session", server.base));
        request.json(&password_of(name, password)).send().await.unwrap().status()
    };
    for _ in 0..4 {
        assert_eq!(tries(&here, "agent", "guess").await, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(tries(&here, "agent", "correct horse").await, StatusCode::OK);
    for _ in 0..5 {
        assert_eq!(tries(&here, "agent", "guess").await, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(tries(&here, "agent", "correct horse").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(tries(&here, "other", "guess").await, StatusCode::UNAUTHORIZED);
    assert_eq!(tries(&elsewhere, "agent", "correct horse").await, StatusCode::OK);
    let kept: Vec<Vec<u8>> = sqlx::query_scalar("select guesser from guesses")
        .fetch_all(&mut server.folder.opened().await)
        .await
        .unwrap();
    assert_eq!(kept.iter().map(Vec::len).collect::<Vec<_>>(), [32; 2], "who, only digests say");
}

#[tokio::test]
async fn behind_a_proxy_guesses_count_by_whom_it_names_and_others_may_name_nobody() {
    for (proxies, other) in
        [("127.0.0.1", StatusCode::OK), ("192.0.2.1", StatusCode::TOO_MANY_REQUESTS)]
    {
        let server = Setup::real().with("TONO_PROXIES", proxies).start().await;
        let tries = async |from: &str, password: &str| {
            let request = server.request(Method::POST, "/api/session");
            let request = request.header("x-forwarded-for", from);
            request.json(&password_of("agent", password)).send().await.unwrap().status()
        };
        for forged in 1..=5 {
            let from = format!("198.51.100.{forged}, 203.0.113.1");
            assert_eq!(tries(&from, "guess").await, StatusCode::UNAUTHORIZED);
        }
        assert_eq!(tries("203.0.113.1", "correct horse").await, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(tries("203.0.113.2", "correct horse").await, other, "{proxies}");
    }
}

#[tokio::test]
async fn of_many_guesses_at_once_five_are_looked_at() {
    let server = Setup::real().start().await;
    let guess = password_of("agent", "guess");
    let guesses = (0..20).map(|_| server.sign_in(&guess));
    let answers = futures_util::future::join_all(guesses).await;
    let looked_at = answers.iter().filter(|answer| answer.status() == StatusCode::UNAUTHORIZED);
    assert_eq!(looked_at.count(), 5);
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_other_sites_and_plain_http() {
    let server = Setup::real().start().await;
    let sign_in = async |host: &str| {
        let answer = server
            .request(Method::POST, "/api/session")
            .header(header::HOST, host)
            .json(&password_of("agent", "correct horse"))
            .send()
            .await
            .unwrap();
        answer.headers()[header::SET_COOKIE].to_str().unwrap().to_owned()
    };
    let far = sign_in("phone.example.com").await;
    for mark in ["HttpOnly", "SameSite=Strict", "Path=/", "Secure", "Max-Age=43200"] {
        assert!(far.split("; ").any(|part| part == mark), "{mark} in {far}");
    }
    let (name, secret) = far.split(';').next().unwrap().split_once('=').unwrap();
    assert_eq!((name, secret.len()), ("tono_session", 64));
    assert!(!sign_in("localhost:8080").await.contains("Secure"));
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    server.later(Duration::from_hours(12) - Duration::from_secs(5));
    assert_eq!(browser.get("/api/calls").await.status(), StatusCode::OK);
    server.later(Duration::from_secs(5));
    let answer = browser.get("/api/calls").await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(answer.json::<Problem>().await.unwrap().code, ProblemCode::NotSignedIn);
}

#[tokio::test]
async fn signing_out_ends_the_live_stream() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let (here, elsewhere) = (server.demo_agent().await, server.demo_agent().await);
    let (mut live, mut other) = (here.listens(0).await, elsewhere.listens(0).await);
    here.request(Method::DELETE, "/api/session").send().await.unwrap();
    assert!(live.next().await.is_none());
    let id = elsewhere.places("+12025550100").await;
    assert_eq!(other.next().await.unwrap().1.id, id, "another session goes on");
}

#[tokio::test]
async fn without_a_session_there_is_nothing_to_see_or_do() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    for (method, path) in [
        (Method::POST, "/api/token"),
        (Method::GET, "/api/calls"),
        (Method::POST, "/api/calls/1/hangup"),
        (Method::GET, "/api/calls/1/recording"),
        (Method::GET, "/api/live"),
    ] {
        let answer = server
            .request(method, path)
            .header(header::COOKIE, "tono_session=0000")
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn another_site_cannot_act_in_the_agents_name() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let place = |from: &'static str| {
        let body = serde_json::json!({ "to": "+12025550100" });
        browser
            .request(Method::POST, "/api/calls")
            .header("sec-fetch-site", from)
            .json(&body)
            .send()
    };
    for from in ["cross-site", "same-site"] {
        assert_eq!(place(from).await.unwrap().status(), StatusCode::FORBIDDEN, "{from}");
    }
    assert_eq!(place("same-origin").await.unwrap().status(), StatusCode::CREATED);
    let form = browser
        .request(Method::POST, "/api/calls")
        .header(header::CONTENT_TYPE, "text/plain")
        .body(r#"{"to":"+12025550100"}"#);
    assert_eq!(
        form.send().await.unwrap().status(),
        StatusCode::BAD_REQUEST,
        "a form can send this"
    );
}
