//! `/api/session`: who is signed in.

mod address;
mod handover;
mod oidc;
pub(crate) mod password;
mod role;

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::header::{COOKIE, HOST, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{delete, get};
use axum::{Json, Router};
use call::api::{Agent, Session, SignIn};
use call::time::Millis;
use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

pub(crate) use handover::Brought;
pub(crate) use password::Passwords;
pub use role::{NoRole, Role};

use crate::app::{App, AppError};
use crate::config::{Config, Secret};
use crate::error::ApiError;
use crate::guard::Body;
use crate::store::{Account, Guesser, Store};

/// The agent of a server that talks to a stand-in.
pub(crate) const DEMO_AGENT: &str = "demo";

/// The cookie that holds the session's secret, and its name where other sites' pages may have ours in a frame. A browser
/// keeps both kinds side by side: under one name an old one of the other kind would be taken for the new.
const COOKIE_NAME: &str = "tono_session";
const FRAMED_COOKIE_NAME: &str = "tono_framed_session";

/// How long a session lasts, in seconds.
const LIFE: u64 = 12 * 60 * 60;

/// The longest name of an agent, in bytes.
pub(crate) const LONGEST_NAME: usize = 256;

/// The SHA-256 of a session's secret.
pub(crate) type Digest = [u8; 32];

/// Whoever is signed in; asking for one refuses everybody else.
pub(crate) struct Caller {
    /// The agent's name.
    pub(crate) agent: String,
    /// What the agent may do.
    pub(crate) role: Role,
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
    Router::new()
        .route("/api/session", get(show).post(sign_in).delete(sign_out))
        .route("/api/sessions", delete(sign_out_everywhere))
        .route("/api/hand-over", get(handover::enter))
        .route("/api/oidc/start", get(oidc::start))
        .route("/api/oidc/back", get(oidc::back))
        .route("/api/agents", get(list))
}

async fn show(State(app): State<App>, headers: HeaderMap) -> Result<Json<Session>, ApiError> {
    let agent = caller(&app, &headers).await?.map(|caller| Agent { name: caller.agent });
    let provider = app.config.provider.is_some();
    Ok(Json(Session { demo: app.config.is_demo(), agent, provider }))
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
            // Counted before it is looked at: many at once must not get through together.
            let from = address::asked_from(peer.ip(), &headers, &app.config.proxies);
            let guesser = Guesser::of(&name, from);
            if !app.store.may_guess(guesser, now).await? {
                return Err(ApiError::TooManyAttempts);
            }
            if !knows_password(&app, &name, password).await? {
                return Err(ApiError::WrongPassword);
            }
            app.store.guessed_right(guesser).await?;
            name
        }
        SignIn::HandOver { token } => handover::agent(&app, &token, now).await?,
    };

    let cookie = open_session(&app, &headers, &agent).await?;
    let provider = app.config.provider.is_some();
    Ok((
        [(SET_COOKIE, cookie)],
        Json(Session { demo, agent: Some(Agent { name: agent }), provider }),
    ))
}

/// Opens a session and returns the cookie to set.
async fn open_session(app: &App, headers: &HeaderMap, agent: &str) -> Result<String, ApiError> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret)?;
    let secret = hex(&secret);
    let now = app.clock.now();
    app.store.open_session(&digest(&secret), agent, now, now.after(LIFE * 1000)).await?;
    Ok(set_cookie(app, headers, &secret, LIFE))
}

/// Whether that is the password of that agent. The work is the same for names nobody has.
async fn knows_password(app: &App, name: &str, password: String) -> Result<bool, ApiError> {
    if password.len() > password::LONGEST || name.len() > LONGEST_NAME || name.contains('\0') {
        return Ok(false);
    }
    let account = app.store.account(name).await?;
    let known = account.filter(|account| !account.disabled).and_then(|account| account.password);
    Ok(app.passwords.check(password, known).await?)
}

/// Signs the agent out on every machine.
async fn sign_out_everywhere(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    app.store.close_sessions_of(&caller.agent).await?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, set_cookie(&app, &headers, "", 0))]))
}

/// Who there is: everybody for those who see everybody's calls, else oneself.
async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Vec<Person>>, ApiError> {
    let seen = |account: &Account| caller.role >= Role::Supervisor || account.name == caller.agent;
    let people = app.store.accounts().await?.into_iter().filter(seen);
    Ok(Json(
        people
            .map(|Account { name, role, disabled, .. }| Person { name, role, disabled })
            .collect(),
    ))
}

/// An agent as others see them.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Person {
    name: String,
    role: Role,
    disabled: bool,
}

async fn sign_out(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    if let Some(secret) = cookie_named(&headers, cookie_name(&app)) {
        let digest = digest(secret);
        app.store.close_session(digest).await?;
    }
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, set_cookie(&app, &headers, "", 0))]))
}

async fn caller(app: &App, headers: &HeaderMap) -> Result<Option<Caller>, ApiError> {
    let Some(secret) = cookie_named(headers, cookie_name(app)) else { return Ok(None) };
    let digest = digest(secret);
    let found = app.store.session(&digest, app.clock.now()).await?;
    Ok(found.map(|(agent, role, expires_at)| Caller { agent, role, digest, expires_at }))
}

fn cookie_name(app: &App) -> &'static str {
    if app.config.frame_ancestors.is_some() { FRAMED_COOKIE_NAME } else { COOKIE_NAME }
}

fn cookie_named<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == wanted).then_some(value))
}

/// Inside another site's frame the cookie is a third party's: only `None` is sent there, and `Partitioned` keeps it
/// apart for each site that embeds us.
fn set_cookie(app: &App, headers: &HeaderMap, secret: &str, seconds: u64) -> String {
    let reach = if app.config.frame_ancestors.is_some() {
        "SameSite=None; Secure; Partitioned"
    } else if is_secure(app, headers) {
        "SameSite=Strict; Secure"
    } else {
        "SameSite=Strict"
    };
    let name = cookie_name(app);
    format!("{name}={secret}; Max-Age={seconds}; Path=/; HttpOnly; {reach}")
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

/// Makes the agents the settings name, and makes sure that somebody can sign in.
pub(crate) async fn prepare(
    store: &Store,
    config: &Config,
    passwords: &Passwords,
) -> Result<(), AppError> {
    if config.is_demo() {
        store.ensure_agent(DEMO_AGENT, Role::Admin).await?;
    }
    if let Some(Secret(password)) = &config.agent_password {
        let name = &config.agent_name;
        store.ensure_agent(name, Role::Admin).await?;
        let known = store.account(name).await?.and_then(|account| account.password);
        // Set only if it is another: setting it signs the agent out everywhere.
        if !passwords.check(password.clone(), known).await? {
            store.set_password(name, &password::hash(password)?).await?;
        }
    }
    if config.is_demo() || store.has_accounts().await? { Ok(()) } else { Err(AppError::NoAgents) }
}
