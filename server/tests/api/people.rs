//! Who may sign in, and `tono agent …`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use call::api::{Session, SignIn};
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, StatusCode, header};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::harness::{Server, Setup, password_of};
use crate::telnyx::Telnyx;

const CRM_KEY: &str = "a key that only the CRM and we know";

#[tokio::test]
async fn an_agent_is_made_listed_disabled_and_made_again_with_a_credential_each_time() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let (code, said) = server.tono(&["agent", "add", "ann"], "").await;
    assert_eq!(code, Some(0), "{said}");
    let password = said.trim().rsplit(": ").next().unwrap().to_owned();
    assert_eq!(password.len(), 20, "{said}");
    let ann = server.agent("ann", &password).await;
    assert_eq!(ann.get("/api/calls").await.status(), StatusCode::OK);
    let (code, said) = server.tono(&["agent", "add", "ann"], "").await;
    assert_eq!(code, Some(1), "{said}");

    let (_, said) = server.tono(&["agent", "list"], "").await;
    let line = said.lines().find(|line| line.starts_with("ann")).unwrap();
    let credential = line.split_whitespace().last().unwrap().to_owned();
    assert!(line.contains("agent") && line.contains("active"), "{line}");
    assert!(telnyx.script().credentials.contains(&credential));
    assert!(!said.contains(&password));

    assert_eq!(server.tono(&["agent", "disable", "ann"], "").await.0, Some(0));
    assert!(!telnyx.script().credentials.contains(&credential), "revoked at Telnyx");
    assert_eq!(ann.get("/api/calls").await.status(), StatusCode::UNAUTHORIZED);
    let answer = server.sign_in(&password_of("ann", &password)).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);

    assert_eq!(server.tono(&["agent", "enable", "ann"], "").await.0, Some(0));
    let again = server.agent("ann", &password).await;
    assert_eq!(again.get("/api/calls").await.status(), StatusCode::OK);
    assert_eq!(server.tono(&["agent", "disable", "nobody"], "").await.0, Some(1));
    assert_eq!(server.tono(&["agent", "fire", "ann"], "").await.0, Some(2));
}

#[tokio::test]
async fn another_password_signs_the_agent_out_everywhere() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let ann = server.hires("ann", "agent").await;
    let words = ["agent", "password", "ann", "--password-stdin"];
    assert_eq!(server.tono(&words, "short\n").await.0, Some(1));
    assert_eq!(ann.get("/api/calls").await.status(), StatusCode::OK);
    assert_eq!(server.tono(&words, "another password\n").await.0, Some(0));
    assert_eq!(ann.get("/api/calls").await.status(), StatusCode::UNAUTHORIZED);
    let answer = server.sign_in(&password_of("ann", "a long password")).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    server.agent("ann", "another password").await;
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_session_and_stream_of_the_agent_alone() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let here = server.hires("ann", "agent").await;
    let there = server.agent("ann", "a long password").await;
    let other = server.demo_agent().await;
    let (mut live, mut others) = (there.listens(0).await, other.listens(0).await);
    let answer = here.request(Method::DELETE, "/api/sessions").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    assert!(live.next().await.is_none());
    for browser in [&here, &there] {
        assert_eq!(browser.get("/api/calls").await.status(), StatusCode::UNAUTHORIZED);
    }
    let id = other.places("+12025550100").await;
    assert_eq!(others.next().await.unwrap().1.id, id);
}

#[tokio::test]
async fn an_unknown_name_is_answered_as_a_wrong_password_is() {
    let server = Setup::real().start().await;
    let mut answers = vec![];
    for name in ["agent", "nobody"] {
        let began = std::time::Instant::now();
        let answer = server.sign_in(&password_of(name, "a guess")).await;
        // That both are the same work is shown beside the passwords; times decide nothing here.
        println!("{name}: {:.1} ms", began.elapsed().as_secs_f64() * 1e3);
        let status = answer.status();
        let mut headers = answer.headers().clone();
        headers.remove("date");
        answers.push((status, headers, answer.text().await.unwrap()));
    }
    assert_eq!(answers[0].0, StatusCode::UNAUTHORIZED);
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn everybody_is_listed_for_a_supervisor_and_oneself_for_an_agent() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let (ann, sue) = (server.hires("ann", "agent").await, server.hires("sue", "supervisor").await);
    let names = async |browser: &crate::harness::Browser<'_>| {
        let people: Vec<Value> = browser.get("/api/agents").await.json().await.unwrap();
        let names = people.iter().map(|person| person["name"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names(&ann).await, ["ann"]);
    assert_eq!(names(&sue).await, ["ann", "demo", "sue"]);
}

fn signed(claims: &Value) -> SignIn {
    let header = BASE64.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let signed = format!("{header}.{}", BASE64.encode(claims.to_string()));
    let mut mac = Hmac::<Sha256>::new_from_slice(CRM_KEY.as_bytes()).unwrap();
    mac.update(signed.as_bytes());
    let token = format!("{signed}.{}", BASE64.encode(mac.finalize().into_bytes()));
    SignIn::HandOver { token }
}

#[tokio::test]
async fn a_crm_hands_an_agent_over_once() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).with("TONO_HANDOVER_KEY", CRM_KEY).start().await;
    server.hires("ann", "agent").await;
    let soon = server.clock.now().0 / 1000 + 60;
    let claims =
        |name: &str, id: &str| json!({ "sub": name, "aud": "tono", "exp": soon, "jti": id });
    let token = signed(&claims("ann", "1"));
    let answer = server.sign_in(&token).await;
    let session: Session = answer.json().await.unwrap();
    assert_eq!(session.agent.unwrap().name, "ann");
    for refused in [token, signed(&claims("nobody", "2"))] {
        assert_eq!(server.sign_in(&refused).await.status(), StatusCode::UNAUTHORIZED);
    }
    server.tono(&["agent", "disable", "ann"], "").await;
    let answer = server.sign_in(&signed(&claims("ann", "3"))).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);

    let without = Setup::demo(&telnyx).start().await;
    without.hires("ann", "agent").await;
    let answer = without.sign_in(&signed(&claims("ann", "4"))).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "nobody to be handed over by");
}

#[tokio::test]
async fn a_frame_is_signed_in_by_its_address_once() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx)
        .with("TONO_HANDOVER_KEY", CRM_KEY)
        .with("TONO_FRAME_ANCESTORS", "https://crm.example.com")
        .start()
        .await;
    server.hires("ann", "agent").await;
    let client = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
    let opens = async |token: &str| {
        let request = client.get(format!("{}/api/hand-over?token={token}", server.base));
        // As a browser asks for a frame of another site's page.
        request.header("sec-fetch-site", "cross-site").send().await.unwrap()
    };
    let soon = server.clock.now().0 / 1000 + 60;
    let token = |name: &str, id: &str| {
        let claims = json!({ "sub": name, "aud": "tono", "exp": soon, "jti": id });
        let SignIn::HandOver { token } = signed(&claims) else { unreachable!() };
        token
    };
    let anns = token("ann", "1");
    let answer = opens(&anns).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(answer.headers()[header::LOCATION], "/");
    let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("frame-ancestors https://crm.example.com"), "{policy}");
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("SameSite=None; Secure; Partitioned"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap();
    // The browser may have one of the time before frames were allowed, and sends it first.
    let both = format!("tono_session={}; {cookie}", "0".repeat(64));
    let session = server.request(Method::GET, "/api/session").header(header::COOKIE, both);
    let session: Session = session.send().await.unwrap().json().await.unwrap();
    assert_eq!(session.agent.unwrap().name, "ann");

    for refused in [anns, token("nobody", "2"), "x".to_owned(), String::new()] {
        let answer = opens(&refused).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        assert!(answer.headers().get(header::SET_COOKIE).is_none());
    }
}

#[tokio::test]
async fn in_a_frame_of_an_allowed_site_the_cookie_is_partitioned_and_frames_are_not_forbidden() {
    let telnyx = Telnyx::start().await;
    let framed =
        Setup::demo(&telnyx).with("TONO_FRAME_ANCESTORS", "https://crm.example.com").start().await;
    let answer = framed.sign_in(&SignIn::Demo).await;
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    for mark in ["HttpOnly", "SameSite=None", "Secure", "Partitioned"] {
        assert!(cookie.split("; ").any(|part| part == mark), "{mark} in {cookie}");
    }
    // That the policy names the site is shown beside the page; what older browsers know forbids every frame.
    let forbids = async |server: &Server| {
        let answer = server.request(Method::GET, "/api/health").send().await.unwrap();
        answer.headers().contains_key(header::X_FRAME_OPTIONS)
    };
    assert!(!forbids(&framed).await);
    assert!(forbids(&Setup::demo(&telnyx).start().await).await);
}

#[tokio::test]
async fn an_older_browser_is_believed_by_its_origin() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let from = async |origin: &str| {
        let request = server.request(Method::POST, "/api/session").header(header::ORIGIN, origin);
        request.json(&SignIn::Demo).send().await.unwrap().status()
    };
    assert_eq!(from(&server.base).await, StatusCode::OK);
    assert_eq!(from("https://evil.example").await, StatusCode::FORBIDDEN);
    assert_eq!(from("null").await, StatusCode::FORBIDDEN);
}
