//! `POST /api/pages/{page}`: an agent's page says which calls it has, every so often and when it goes.
//!
//! A leg whose page is gone is ended, after the time a reload takes. A page that did not say that it goes is taken to be
//! gone when its live stream has ended and it has not been heard for longer; and only if somebody else was heard since:
//! a server that nobody reaches cannot know which end is gone.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use call::api::Page;

use crate::agent::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::guard::Body;
use crate::jobs::span;

/// The longest name a page may have, in bytes.
const LONGEST_NAME: usize = 64;

/// The name of an agent's page as the store has it: two agents' pages may have made up the same.
pub(crate) fn name_of(page: &str, agent: &str) -> Result<String, ApiError> {
    if page.is_empty() || page.len() > LONGEST_NAME || page.contains('\0') {
        return Err(ApiError::BadRequest("this is no page's name".to_owned()));
    }
    Ok(format!("{page}@{agent}"))
}

/// How many calls a page may have. It has four at most.
const MOST_CALLS: usize = 16;

pub(crate) fn router() -> Router<App> {
    Router::new().route("/api/pages/{page}", post(hear))
}

async fn hear(
    State(app): State<App>,
    caller: Caller,
    Path(page): Path<String>,
    Body(Page { calls, goes }): Body<Page>,
) -> Result<StatusCode, ApiError> {
    let page = name_of(&page, &caller.agent)?;
    if calls.len() > MOST_CALLS {
        return Err(ApiError::BadRequest(format!("a page has at most {MOST_CALLS} calls")));
    }
    // PostgreSQL's texts have no place for U+0000, and no call of ours has one in its name.
    if calls.iter().any(|call| call.as_str().contains('\0')) {
        return Err(ApiError::BadRequest("one of the ids is no text".to_owned()));
    }
    if goes {
        tracing::info!(calls = calls.len(), "a page goes");
        let now = app.clock.now();
        let end_at = now.after(span(app.config.pauses.unclaimed));
        app.store.leave(&caller.agent, &page, &calls, end_at, now).await?;
    } else {
        app.store.claim(&caller.agent, &page, &calls).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// A page's open stream: when it ends and neither we nor the page's session ended it, the page may be gone.
pub(crate) struct Presence {
    app: App,
    page: String,
    /// Whether it was us who ended the stream.
    ended: bool,
}

impl Presence {
    pub(crate) const fn new(app: App, page: String) -> Self {
        Self { app, page, ended: false }
    }

    /// The stream ends because we end it.
    pub(crate) const fn end(&mut self) {
        self.ended = true;
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        if self.ended || self.app.is_stopping() {
            return;
        }
        let (app, page) = (self.app.clone(), std::mem::take(&mut self.page));
        // Without a runtime the server is gone as well.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            let now = app.clock.now();
            let end_at = now.after(span(app.config.pauses.silent));
            if let Err(error) = app.store.fall_silent(&page, end_at, now).await {
                tracing::error!("noting that a page is not heard: {error}");
            }
        });
    }
}
