//! `/api/calls/{id}/timeline`: what every witness said of a call, taken in, shown in lanes, drawn and exported.

mod axis;
mod draw;
mod lanes;
mod said;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_DISPOSITION;
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use axum::{Json, Router};
use call::history::Fact;
use call::ids::CallId;
use call::time::Millis;
use call::timeline::{
    Batch, Deed, Done, Entry, Export, FORMAT, MOST_BATCHES, VERSION, Webhook, masked,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::agent::Caller;
use crate::app::App;
use crate::calls::{known_id, own_call};
use crate::error::ApiError;
use crate::guard::Body;
use crate::log::seen_by;
use crate::store::{Course, Kept};

use draw::Place;
pub(crate) use lanes::Lanes;

/// The narrowest and the widest a timeline is drawn, in pixels.
const NARROWEST: u16 = 240;
const WIDEST: u16 = 2_000;

/// How many minutes a day has.
const DAY: i32 = 24 * 60;

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/api/calls/{id}/timeline", get(show).post(keep))
        .route("/api/calls/{id}/timeline.html", get(draw))
        .route("/api/calls/{id}/timeline.json", get(export))
}

/// A [`Batch`] whose entries may be of a page that is older or newer than this server.
#[derive(Deserialize)]
struct Unread {
    page: u32,
    number: u32,
    entries: Vec<serde_json::Value>,
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Sent {
    /// The moment of sending, by the page's clock.
    sent_at: Millis,
}

async fn keep(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(Sent { sent_at }): Query<Sent>,
    Body(Unread { page, number, entries }): Body<Unread>,
) -> Result<StatusCode, ApiError> {
    let row = own_call(&app, &caller, &id).await?;
    let sent = entries.len();
    // What cannot be read cannot be masked, and is not kept.
    let entries: Vec<Entry> = entries
        .into_iter()
        .filter_map(|entry| serde_json::from_value(entry).ok())
        .map(Entry::masked)
        .collect();
    let unread = u32::try_from(sent - entries.len()).unwrap_or(u32::MAX);
    if unread > 0 {
        tracing::warn!(call = %row.id, unread, "a page of another version writes its timeline");
    }
    let batch = Batch { page, number, entries };
    match app.store.write_down(&row.id, batch, unread, sent_at, app.clock.now()).await? {
        Kept::Yes => Ok(StatusCode::NO_CONTENT),
        Kept::Full => Err(ApiError::BadRequest(format!(
            "the timeline of this call has {MOST_BATCHES} batches and takes no more"
        ))),
    }
}

async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Lanes>, ApiError> {
    Ok(Json(lanes::of(&whole(&app, &caller, &id).await?)))
}

/// How to draw the lanes.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Room {
    /// How wide, in pixels.
    width: u16,
    /// How many minutes whoever looks is behind UTC, as `Date.getTimezoneOffset` says it.
    behind_utc: i32,
}

async fn draw(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(Room { width, behind_utc }): Query<Room>,
) -> Result<Html<String>, ApiError> {
    let lanes = lanes::of(&whole(&app, &caller, &id).await?);
    let width = f64::from(width.clamp(NARROWEST, WIDEST));
    Ok(Html(draw::lines(&lanes, Place { width, behind_utc: behind_utc.clamp(-DAY, DAY) })))
}

async fn export(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, ApiError> {
    let export = whole(&app, &caller, &id).await?;
    let name = format!("attachment; filename=\"tono-call-{}.json\"", export.row.id);
    Ok(([(CONTENT_DISPOSITION, name)], Json(export)))
}

/// Everything that was said of a call which the caller may see, without numbers.
async fn whole(app: &App, caller: &Caller, id: &str) -> Result<Export, ApiError> {
    let entry = app.store.entry(&seen_by(caller), known_id(id)?).await?;
    let row = entry.ok_or(ApiError::NotFound)?.row;
    let Course { pages, browser, telnyx, server } = app.store.course(&row.id).await?;
    let without_numbers = |fact: Fact| Fact { what: masked::what(fact.what), ..fact };
    Ok(Export {
        format: FORMAT.to_owned(),
        version: VERSION,
        exported_at: app.clock.now(),
        row: masked::row(row),
        pages,
        browser: browser.into_iter().map(without_numbers).collect(),
        telnyx: telnyx.into_iter().map(Webhook::masked).collect(),
        server: server.into_iter().map(Done::masked).collect(),
    })
}

impl App {
    /// Keeps what this server did about a call. That it cannot be kept undoes nothing.
    pub(crate) async fn did(&self, id: &CallId, deed: Deed) {
        if let Err(error) = self.store.did(id, &deed, self.clock.now()).await {
            tracing::warn!(call = %id, "writing down what was done: {error}");
        }
    }
}
