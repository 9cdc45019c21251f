//! `GET /api/live`: an agent's rows as they change, each with the number of its change.
//!
//! A stream begins with everything that changed after the number it is given (`Last-Event-ID`, else `?after=`), then
//! goes on with what is announced; an announcement that was missed is asked of the database. The list a page fetched
//! says which number that is (`Calls::seq`), so nothing falls between the two.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use axum::routing::get;
use call::api::LIVE_EVENT;
use futures_util::Stream;
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::agent::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::pages::{Presence, name_of};
use crate::store::{Change, Ended};

/// How many rows are read from the database at a time.
const BATCH: u16 = 200;

/// How often a stream that is silent makes sure that its session still exists.
const RECHECK: Duration = Duration::from_mins(1);

#[derive(Deserialize, JsonSchema)]
pub(crate) struct From {
    after: Option<i64>,
    /// The page that listens, where it says so.
    page: Option<String>,
}

pub(crate) fn router() -> Router<App> {
    Router::new().route("/api/live", get(live))
}

async fn live(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Query(from): Query<From>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let page = from.page.map(|page| name_of(&page, &caller.agent)).transpose()?;
    let presence = page.map(|page| Presence::new(app.clone(), page));
    // Listening begins before reading, so that a change in between is seen at least once.
    let changes = app.store.changes();
    let ended = app.store.ended();
    let heard =
        headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    let last = match heard.or(from.after) {
        Some(last) => last,
        None => app.store.latest().await?,
    };
    let waiting = VecDeque::new();
    let listener = Listener { app, caller, changes, ended, last, waiting, behind: true, presence };
    let stream = futures_util::stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await;
        if let (None, Some(presence)) = (&event, &mut listener.presence) {
            presence.end();
        }
        Some((Ok(event?), listener))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

/// One open stream.
struct Listener {
    app: App,
    caller: Caller,
    changes: broadcast::Receiver<Arc<Change>>,
    ended: broadcast::Receiver<Ended>,
    /// The last change that was sent, or that the page had before.
    last: i64,
    /// Read from the database and not sent yet.
    waiting: VecDeque<(i64, String)>,
    /// Whether the database may have more than was read or announced.
    behind: bool,
    /// Says that the page may be gone when the stream is.
    presence: Option<Presence>,
}

impl Listener {
    /// The next event; nothing when the stream is over.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((seq, json)) = self.waiting.pop_front() {
                self.last = seq;
                return Some(event(seq, &json));
            }
            if self.behind {
                self.catch_up().await?;
                continue;
            }
            match self.hear().await? {
                Ok(change) => {
                    if change.agent == self.caller.agent && change.seq > self.last {
                        self.last = change.seq;
                        return Some(event(change.seq, &change.json));
                    }
                }
                Err(RecvError::Lagged(_)) => self.behind = true,
                Err(RecvError::Closed) => return None,
            }
        }
    }

    async fn catch_up(&mut self) -> Option<()> {
        match self.app.store.changed_after(&self.caller.agent, self.last, BATCH).await {
            Ok(rows) => {
                self.behind = rows.len() == usize::from(BATCH);
                self.waiting.extend(rows.into_iter().map(|row| (row.seq, row.json)));
                Some(())
            }
            // The page comes back by itself and asks again from where it was.
            Err(error) => {
                tracing::error!("a live stream ends: {error}");
                None
            }
        }
    }

    /// The next announcement; nothing once the server stops or the session is over.
    async fn hear(&mut self) -> Option<Result<Arc<Change>, RecvError>> {
        loop {
            let left = Duration::from_millis(self.caller.expires_at.since(self.app.clock.now()));
            if left.is_zero() {
                return None;
            }
            tokio::select! {
                change = self.changes.recv() => return Some(change),
                () = self.app.stopping() => return None,
                // `tono agent disable` speaks to the database, not to a server on SQLite.
                () = tokio::time::sleep(left.min(RECHECK)) => {
                    let session = self.app.store.session(&self.caller.digest, self.app.clock.now());
                    if matches!(session.await, Ok(None)) {
                        return None;
                    }
                }
                ended = self.ended.recv() => match ended {
                    Ok(Ended::Session(digest)) if digest != self.caller.digest => {}
                    Ok(Ended::Agent(agent)) if agent != self.caller.agent => {}
                    // This one, or nobody can tell: the page comes back and is asked who it is.
                    Ok(Ended::Session(_) | Ended::Agent(_) | Ended::Unknown) | Err(_) => return None,
                },
            }
        }
    }
}

fn event(seq: i64, json: &str) -> Event {
    Event::default().event(LIVE_EVENT).id(seq.to_string()).data(json)
}
