//! Signing in at an OpenID Connect provider, here one on this machine.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::StatusCode as Status;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ed25519_dalek::{Signer as _, SigningKey};
use reqwest::{Client, StatusCode, Url, header};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;

use crate::harness::{Server, Setup};
use crate::telnyx::Telnyx;

/// What the provider will say, and what the browser was sent to it with.
#[derive(Default)]
struct Script {
    claims: Value,
    challenge: String,
    nonce: String,
    stranger: bool,
}

#[derive(Clone)]
struct Provider {
    issuer: String,
    script: Arc<Mutex<Script>>,
}

impl Provider {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let provider = Self { issuer, script: Arc::default() };
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        provider
    }

    fn says(&self, claims: Value) {
        self.script.lock().unwrap().claims = claims;
    }
}

async fn discovery(State(provider): State<Provider>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", provider.issuer);
    Json(json!({
        "issuer": provider.issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "jwks_uri": at("/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
    }))
}

fn key(stranger: bool) -> SigningKey {
    SigningKey::from_bytes(&[if stranger { 8 } else { 7 }; 32])
}

async fn keys() -> Json<Value> {
    let x = BASE64.encode(key(false).verifying_key().to_bytes());
    Json(
        json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": "1", "x": x }] }),
    )
}

async fn token(State(provider): State<Provider>, form: String) -> Response {
    let form = Url::parse(&format!("http://form/?{form}")).unwrap();
    let field = |wanted: &str| {
        let found = form.query_pairs().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let script = provider.script.lock().unwrap();
    // PKCE: whoever redeems the code has to be who asked for it.
    let proven = BASE64.encode(Sha256::digest(field("code_verifier"))) == script.challenge;
    if field("code") != "the-code" || !proven {
        return (Status::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
    }
    let now = server::clock::Clock::system().now().0 / 1000;
    let mut claims = json!({
        "iss": provider.issuer, "aud": "tono-at-work", "sub": "42", "iat": now, "exp": now + 300, "nonce": script.nonce,
    });
    for (name, value) in script.claims.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let header = BASE64.encode(r#"{"alg":"EdDSA","kid":"1"}"#);
    let signed = format!("{header}.{}", BASE64.encode(claims.to_string()));
    let signature = BASE64.encode(key(script.stranger).sign(signed.as_bytes()).to_bytes());
    Json(json!({ "access_token": "x", "token_type": "Bearer", "id_token": format!("{signed}.{signature}") }))
        .into_response()
}

fn browser() -> Client {
    Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// A browser goes to the provider; returns the state it was sent with, and its cookie.
async fn goes(server: &Server, provider: &Provider) -> (String, String) {
    let answer = browser().get(format!("{}/api/oidc/start", server.base)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let line = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    assert!(line.contains("HttpOnly") && line.contains("SameSite=Lax"), "{line}");
    let cookie = line.split(';').next().unwrap().to_owned();
    let url = Url::parse(answer.headers()[header::LOCATION].to_str().unwrap()).unwrap();
    assert_eq!(url.path(), "/authorize");
    let parameter = |wanted: &str| {
        let mut pairs = url.query_pairs();
        pairs.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned()).unwrap()
    };
    assert_eq!(parameter("client_id"), "tono-at-work");
    assert_eq!(parameter("code_challenge_method"), "S256");
    let mut script = provider.script.lock().unwrap();
    script.challenge = parameter("code_challenge");
    script.nonce = parameter("nonce");
    (parameter("state"), cookie)
}

/// The browser comes back; returns the status and the session's cookie, if it got one.
async fn comes_back(
    server: &Server,
    state: &str,
    code: &str,
    cookie: &str,
) -> (StatusCode, Option<String>) {
    let url = format!("{}/api/oidc/back?state={state}&code={code}", server.base);
    let answer = browser().get(url).header(header::COOKIE, cookie).send().await.unwrap();
    let mut cookies =
        answer.headers().get_all(header::SET_COOKIE).iter().map(|line| line.to_str().unwrap());
    let session = cookies.find(|line| line.starts_with("tono_session="));
    (answer.status(), session.map(|line| line.split(';').next().unwrap().to_owned()))
}

async fn start(telnyx: &Telnyx, provider: &Provider, claim: &str) -> Server {
    let server = Setup::demo(telnyx)
        .with("TONO_OIDC_ISSUER", &provider.issuer)
        .with("TONO_OIDC_CLIENT_ID", "tono-at-work")
        .with("TONO_OIDC_CLIENT_SECRET", "between us")
        .with("TONO_OIDC_CLAIM", claim)
        .with("TONO_PUBLIC_URL", "http://localhost:8080/")
        .start()
        .await;
    server.hires("ann@example.com", "agent").await;
    server
}

#[tokio::test]
async fn whom_the_provider_vouches_for_is_signed_in() {
    let (telnyx, provider) = (Telnyx::start().await, Provider::start().await);
    let server = start(&telnyx, &provider, "email").await;
    provider.says(json!({ "email": "ann@example.com", "email_verified": true }));
    let (state, cookie) = goes(&server, &provider).await;
    let (status, session) = comes_back(&server, &state, "the-code", &cookie).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let answer = browser()
        .get(format!("{}/api/session", server.base))
        .header(header::COOKIE, session.unwrap())
        .send();
    let session: call::api::Session = answer.await.unwrap().json().await.unwrap();
    assert_eq!(session.agent.unwrap().name, "ann@example.com");
    let (status, session) = comes_back(&server, &state, "the-code", &cookie).await;
    assert_eq!((status, session), (StatusCode::UNAUTHORIZED, None), "once");
}

#[tokio::test]
async fn whom_it_does_not_vouch_for_is_not() {
    let (telnyx, provider) = (Telnyx::start().await, Provider::start().await);
    let server = start(&telnyx, &provider, "email").await;
    let good = || json!({ "email": "ann@example.com", "email_verified": true });
    let with = |name: &str, value: Value| {
        let mut claims = good();
        claims[name] = value;
        claims
    };
    for claims in [
        with("email", "eve@example.com".into()),
        with("email_verified", false.into()),
        with("aud", "somebody-else".into()),
        with("iss", "http://127.0.0.1:1".into()),
        with("exp", 1.into()),
        with("nonce", "another".into()),
        json!({ "preferred_username": "ann@example.com" }),
    ] {
        provider.says(claims.clone());
        let (state, cookie) = goes(&server, &provider).await;
        let refused = comes_back(&server, &state, "the-code", &cookie).await;
        assert_eq!(refused, (StatusCode::UNAUTHORIZED, None), "{claims}");
    }
    provider.says(good());
    let refused = (StatusCode::UNAUTHORIZED, None);
    let (state, cookie) = goes(&server, &provider).await;
    assert_eq!(comes_back(&server, &state, "another-code", &cookie).await, refused);
    let (state, _) = goes(&server, &provider).await;
    assert_eq!(
        comes_back(&server, &state, "the-code", "tono_sign_in=x").await,
        refused,
        "another browser"
    );
    provider.script.lock().unwrap().stranger = true;
    let (state, cookie) = goes(&server, &provider).await;
    assert_eq!(comes_back(&server, &state, "the-code", &cookie).await, refused, "another key");
}

#[tokio::test]
async fn the_settings_may_take_the_user_name_instead() {
    let (telnyx, provider) = (Telnyx::start().await, Provider::start().await);
    let server = start(&telnyx, &provider, "preferred_username").await;
    provider.says(json!({ "preferred_username": "ann@example.com" }));
    let (state, cookie) = goes(&server, &provider).await;
    let (status, session) = comes_back(&server, &state, "the-code", &cookie).await;
    assert_eq!((status, session.is_some()), (StatusCode::SEE_OTHER, true));
}
