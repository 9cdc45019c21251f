//! `/api/session`: who is signed in.

mod attempts;

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::header::{COOKIE, HOST, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use call::api::{Agent, Session, SignIn};
use call::time::Millis;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

pub(crate) use attempts::Attempts;

use crate::app::App;
use crate::error::ApiError;
use crate::guard::Body;

/// The agent of a server that talks to a stand-in.
pub(crate) const DEMO_AGENT: &str = "demo";

/// The cookie that holds the session's secret.
const COOKIE_NAME: &str = "tono_session";

/// How long a session lasts, in seconds.
const LIFE: u64 = 12 * 60 * 60;

/// The SHA-256 of a session's secret.
pub(crate) type Digest = [u8; 32];

/// Whoever is signed in; asking for one refuses everybody else.
pub(crate) struct Caller {
    /// The agent's name.
    pub(crate) agent: String,
    /// Which session it is.
    pub(crate) digest: Digest,
    /// When it ends.
    pub(crate) expires_at: Millis,
}

impl FromRequestParts<App> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        caller(app, &parts.headers).await?.ok_or(ApiError::NotSignedIn)
    }
}

pub(crate) fn router() -> Router<App> {
    Router::new().route("/api/session", get(show).post(sign_in).delete(sign_out))
}

async fn show(State(app): State<App>, headers: HeaderMap) -> Result<Json<Session>, ApiError> {
    let agent = caller(&app, &headers).await?.map(|caller| Agent { name: caller.agent });
    Ok(Json(Session { demo: app.config.is_demo(), agent }))
}

async fn sign_in(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Body(how): Body<SignIn>,
) -> Result<impl IntoResponse, ApiError> {
    let now = app.clock.now();
    let demo = app.config.is_demo();
    let agent = match how {
        SignIn::Demo if demo => DEMO_AGENT.to_owned(),
        SignIn::Demo => return Err(ApiError::NoDemo),
        SignIn::Password { name, password } => {
            if !app.attempts.may_try(&name, peer.ip(), now) {
                return Err(ApiError::TooManyAttempts);
            }
            if !is_right(&app, &name, &password) {
                app.attempts.failed(&name, peer.ip(), now);
                return Err(ApiError::WrongPassword);
            }
            app.attempts.succeeded(&name, peer.ip());
            name
        }
    };

    app.store.ensure_agent(&agent).await?;
    let mut secret = [0; 32];
    getrandom::fill(&mut secret)?;
    let secret = hex(&secret);
    app.store.open_session(&digest(&secret), &agent, now, now.after(LIFE * 1000)).await?;
    let cookie = set_cookie(&secret, LIFE, is_secure(&app, &headers));
    Ok(([(SET_COOKIE, cookie)], Json(Session { demo, agent: Some(Agent { name: agent }) })))
}

async fn sign_out(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    if let Some(secret) = cookie(&headers) {
        let digest = digest(secret);
        app.store.close_session(digest).await?;
    }
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, set_cookie("", 0, is_secure(&app, &headers)))]))
}

async fn caller(app: &App, headers: &HeaderMap) -> Result<Option<Caller>, ApiError> {
    let Some(secret) = cookie(headers) else { return Ok(None) };
    let digest = digest(secret);
    let found = app.store.session(&digest, app.clock.now()).await?;
    Ok(found.map(|(agent, expires_at)| Caller { agent, digest, expires_at }))
}

/// Compares digests, both of them always: neither the length nor the beginning of a guess shows in the time it takes.
fn is_right(app: &App, name: &str, password: &str) -> bool {
    let Some(expected) = &app.config.agent_password else { return false };
    let same = |a: &str, b: &str| digest(a).ct_eq(&digest(b));
    (same(name, &app.config.agent_name) & same(password, &expected.0)).into()
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE_NAME).then_some(value))
}

fn set_cookie(secret: &str, seconds: u64, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("{COOKIE_NAME}={secret}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Strict{secure}")
}

/// Over plain HTTP a cookie may travel inside this machine only.
fn is_secure(app: &App, headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let local = reqwest::Url::parse(&format!("http://{host}/"))
        .is_ok_and(|url| crate::config::is_loopback(&url));
    !(app.config.is_demo() || local)
}

fn digest(secret: &str) -> Digest {
    Sha256::digest(secret.as_bytes()).into()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
