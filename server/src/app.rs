//! The whole URL space on one screen, and what its handlers share.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use call::number::Number;
use call::time::Millis;
use schemars::JsonSchema;
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, OnceCell, watch};

use crate::agent::password::PasswordError;
use crate::agent::{self, Passwords};
use crate::carrier::Carrier;
use crate::clock::Clock;
use crate::config::Config;
use crate::error::ApiError;
use crate::recording::Copies;
use crate::store::{Store, StoreError};
use crate::{
    calls, control, doors, erase, guard, jobs, live, log, page, pages, programs, recording, serve,
    timeline, token, transfers, webhook,
};

/// Everything under one address.
fn router(app: App) -> Router {
    let api = Router::new()
        .merge(agent::router()) //     GET, POST, DELETE /api/session; DELETE /api/sessions; GET /api/agents, /api/hand-over, /api/oidc/start, /api/oidc/back
        .merge(programs::router()) //  POST /api/agents/{agent}/calls; GET, POST …/{id}, …/{id}/hangup
        .merge(token::router()) //     POST /api/token
        .merge(calls::router()) //     GET, POST /api/calls; POST /api/calls/{id}/facts, /api/calls/{id}/hangup
        .merge(timeline::router()) //  GET, POST /api/calls/{id}/timeline; GET /api/calls/{id}/timeline.html, /api/calls/{id}/timeline.json
        .merge(log::router()) //       GET /api/log, /api/log.csv, /api/log/totals; PATCH /api/calls/{id}
        .merge(erase::router()) //     GET, DELETE /api/numbers/{number}
        .merge(recording::router()) // GET, DELETE /api/calls/{id}/recording; POST …/pause, …/resume; GET /api/calls/{id}/waveform
        .merge(transfers::router()) // POST /api/calls/{id}/transfer, …/join, …/cancel
        .merge(pages::router()) //     POST /api/pages/{page}
        .merge(live::router()) //      GET /api/live
        .route("/api/openapi.json", get(async || axum::Json(doors::openapi())))
        .route("/api/health", get(async || axum::Json(Health { ok: true })))
        .layer(from_fn_with_state(app.clone(), guard::in_time))
        .layer(from_fn(guard::same_origin))
        .layer(from_fn(guard::unkept))
        .layer(DefaultBodyLimit::max(guard::LARGEST));
    Router::new()
        .merge(api)
        .merge(webhook::router().layer(from_fn_with_state(app.clone(), guard::in_time))) //   POST /webhooks/telnyx
        .method_not_allowed_fallback(async || ApiError::WrongMethod)
        .fallback(page::serve) //      the page
        .layer(from_fn_with_state(app.clone(), guard::marked))
        .with_state(app)
}

/// That the server runs.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Health {
    ok: bool,
}

/// What the handlers share.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// The parts of an [`App`].
pub struct Inner {
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    pub(crate) store: Store,
    pub(crate) carrier: Carrier,
    /// Our copies of recordings.
    pub(crate) copies: Copies,
    /// Asks the provider of sign-ins; follows no redirect.
    pub(crate) provider_client: reqwest::Client,
    pub(crate) passwords: Passwords,
    /// Held while a telephony credential is made, so that an agent gets one and not two.
    pub(crate) credentials: Mutex<()>,
    /// When a request last came, whoever sent it: milliseconds since 1970.
    heard_at: AtomicU64,
    /// A number of the account, once one was asked for.
    pub(crate) any_number: OnceCell<Number>,
    /// The page's content security policy.
    pub(crate) policy: String,
    stop: watch::Sender<bool>,
}

impl Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// Why the server could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The folder for data cannot be used.
    #[error("TONO_DATA: the folder {0} cannot be used: {1}")]
    Data(String, std::io::Error),
    /// There is no place for recordings.
    #[error("TONO_DATA or TONO_S3_BUCKET: recordings cannot be kept: {0}")]
    Copies(String),
    /// The database cannot be used.
    #[error("DATABASE_URL: {0}")]
    Store(String),
    /// Nobody could sign in.
    #[error(
        "TONO_AGENT_PASSWORD is not set and there is no agent: set it, or make one with `tono agent add`"
    )]
    NoAgents,
    /// A password could not be kept.
    #[error("{0}")]
    Password(#[from] PasswordError),
    /// There is no way out to Telnyx.
    #[error("the HTTP client cannot be made: {0}")]
    Client(#[from] reqwest::Error),
    /// The port was lost.
    #[error("serving: {0}")]
    Serve(#[from] std::io::Error),
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        Self::Store(error.to_string())
    }
}

impl App {
    /// Opens what the settings name.
    pub async fn open(config: Config, clock: Clock) -> Result<Self, AppError> {
        std::fs::create_dir_all(&config.data)
            .map_err(|error| AppError::Data(config.data.display().to_string(), error))?;
        let copies = Copies::open(&config).map_err(|error| AppError::Copies(error.to_string()))?;
        let store = Store::open(&config.database).await?;
        let passwords = Passwords::new().await?;
        agent::prepare(&store, &config, &passwords).await?;
        let provider_client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(10))
            .build()?;
        let carrier = Carrier::new(&config)?;
        let policy = page::policy(&config);
        Ok(Self(Arc::new(Inner {
            config,
            clock,
            store,
            carrier,
            copies,
            provider_client,
            passwords,
            credentials: Mutex::default(),
            heard_at: AtomicU64::default(),
            any_number: OnceCell::new(),
            policy,
            stop: watch::Sender::new(false),
        })))
    }

    /// Serves on `listener` until [`App::stop`]; open streams end and requests under way are finished.
    pub async fn serve(self, listener: TcpListener) -> Result<(), AppError> {
        let mut agents = Vec::new();
        if self.config.is_demo() {
            agents.push(agent::DEMO_AGENT.to_owned());
        }
        if self.config.agent_password.is_some() {
            agents.push(self.config.agent_name.clone());
        }
        tokio::spawn(self.clone().provision(agents));
        let working = tokio::spawn(jobs::work(self.clone()));
        let commanding = tokio::spawn(control::work(self.clone()));
        tokio::spawn(self.clone().forget());

        let limits = self.config.limits;
        serve::serve(self.clone(), listener, router(self), limits).await;
        // They end by the same word, and give back what they hold.
        working.await.map_err(std::io::Error::from)?;
        commanding.await.map_err(std::io::Error::from)?;
        Ok(())
    }

    /// Asks everything to come to its end.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Notes that somebody was heard.
    pub(crate) fn hears(&self) {
        self.heard_at.store(self.clock.now().0, Ordering::Relaxed);
    }

    /// When anybody was last heard.
    pub(crate) fn heard_at(&self) -> Millis {
        Millis(self.heard_at.load(Ordering::Relaxed))
    }

    /// Whether the server is to stop.
    pub(crate) fn is_stopping(&self) -> bool {
        *self.stop.borrow()
    }

    /// Comes back once the server is to stop.
    pub(crate) async fn stopping(&self) {
        // The sender lives as long as `self`, so there is always an answer.
        let _ = self.stop.subscribe().wait_for(|stop| *stop).await;
    }
}
