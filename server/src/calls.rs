//! `/api/calls`: give out a call, hear what the browser says of it, hang it up, list them.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use call::api::{Calls, HangUp, Place, Placed, Witnessed};
use call::cause::Cause;
use call::history::{Fact, Row, What};
use call::ids::CallId;
use call::number::Number;
use call::party::Party;
use call::time::Millis;
use call::timeline::Deed;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use crate::agent::Caller;
use crate::app::App;
use crate::carrier::HungUp;
use crate::config::Mode;
use crate::control::Control;
use crate::error::ApiError;
use crate::guard::Body;
use crate::mask;
use crate::store::{Cursor, Kept, Placing, Witness};

/// How many facts a browser may state, at once and in all: a call has a handful, and two each time it is held.
const MOST_FACTS: u32 = 500;

/// The longest word a browser may state, in bytes.
const LONGEST_WORD: usize = 512;

/// How many rows a page of history has, unless asked otherwise, and at most.
const ROWS: u16 = 50;
const MOST_ROWS: u16 = 200;

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/api/calls", get(list).post(place))
        .route("/api/calls/{id}/facts", post(testify))
        .route("/api/calls/{id}/hangup", post(hang_up))
}

async fn place(
    State(app): State<App>,
    caller: Caller,
    Body(Place { to }): Body<Place>,
) -> Result<(StatusCode, Json<Placed>), ApiError> {
    let to = Number::parse(&to)?;
    app.config.policy.allows(&to)?;
    let now = app.clock.now();
    let id = CallId(Uuid::now_v7().to_string());
    let masked = mask::number(to.as_str());
    let (caller_id, control) = match app.config.mode {
        Mode::Direct => (app.caller_id(&caller.agent).await?, None),
        Mode::Controlled { .. } => {
            let from = app.number_to_show(&caller.agent).await?;
            let control = Control::placed(to.clone(), from.clone(), now);
            let is_announced = app.config.announcement.is_some();
            (Some(from), Some(if is_announced { control.announced() } else { control }))
        }
    };
    let controlled = control.is_some();
    let placing =
        Placing { id: id.clone(), agent: caller.agent, to, caller_id, control, asked_by: None };
    let caller_id = placing.caller_id.clone().map(String::from);
    app.store.place(placing, Arc::clone(&app.config.policy), now).await??;
    tracing::info!(call = %id, to = masked, "call placed");
    Ok((StatusCode::CREATED, Json(Placed { id, caller_id, controlled })))
}

async fn testify(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(Witnessed { facts }): Body<Witnessed>,
) -> Result<StatusCode, ApiError> {
    let known = known_call(&app, &caller, &id).await?;
    if u32::try_from(facts.len()).unwrap_or(u32::MAX) > MOST_FACTS {
        return Err(too_many());
    }
    let stated = facts.into_iter().map(|fact| from_a_browser(fact, &id));
    let facts = stated.collect::<Result<Vec<_>, _>>()?;
    let offer = facts.iter().find(|fact| matches!(fact.what, What::Offered { .. }));
    let id = match (known, offer) {
        (Some(row), Some(Fact { what: What::Offered { call, .. }, .. })) => {
            // What the SDK calls it is another name of it from now on.
            app.store.name(&caller.agent, call, &row.id).await?;
            row.id
        }
        (Some(row), _) => row.id,
        (None, Some(offer)) => {
            let now = app.clock.now();
            let received = app.store.offered(&caller.agent, &id, offer.clone(), now).await?;
            received.ok_or(ApiError::NotFound)?
        }
        (None, None) => return Err(ApiError::NotFound),
    };
    match app.store.witness(&id, Witness::Browser, facts, MOST_FACTS, app.clock.now()).await? {
        Kept::Yes => {}
        Kept::Full => return Err(too_many()),
    }
    Ok(StatusCode::NO_CONTENT)
}

impl App {
    /// Hangs up every leg of a call that can be commanded and that `end` wants over.
    pub(crate) async fn hang_up(
        &self,
        row: &Row,
        end: fn(Control) -> Control,
    ) -> Result<HangUp, ApiError> {
        let now = self.clock.now();
        if let Some(control) = self.store.step_control(&row.id, end, now).await? {
            // What is left to hang up is put down, and done until Telnyx has taken it.
            let said = if control.is_over() { HangUp::AlreadyOver } else { HangUp::Asked };
            self.did(&row.id, Deed::HungUp(Some(said))).await;
            return Ok(said);
        }
        let Some(handle) = &row.ids.call_control_id else {
            self.did(&row.id, Deed::HungUp(Some(HangUp::NotKnown))).await;
            return Ok(HangUp::NotKnown);
        };
        let answer = self.carrier.hang_up(handle, &Uuid::new_v4().to_string()).await;
        let answer = answer.map(|answer| {
            tracing::info!(call = %row.id, leg = mask::id(handle), ?answer, "hang-up");
            match answer {
                HungUp::Taken => HangUp::Asked,
                HungUp::Over => HangUp::AlreadyOver,
                HungUp::NotTaken => HangUp::Refused,
            }
        });
        self.did(&row.id, Deed::HungUp(answer.as_ref().ok().copied())).await;
        Ok(answer?)
    }

    /// The number shown to those an agent calls: their own, else everybody's, if there is one.
    async fn caller_id(&self, agent: &str) -> Result<Option<Number>, ApiError> {
        let own = self.store.account(agent).await?.and_then(|account| account.caller_id);
        let own = own.and_then(|number| Number::parse(&number).ok());
        Ok(own.or_else(|| self.config.caller_id.clone()))
    }

    /// The same where there has to be one: else a number of the account.
    pub(crate) async fn number_to_show(&self, agent: &str) -> Result<Number, ApiError> {
        if let Some(number) = self.caller_id(agent).await? {
            return Ok(number);
        }
        let any = self.any_number.get_or_try_init(|| async {
            self.carrier.any_number().await?.ok_or(ApiError::NoCallerId)
        });
        any.await.cloned()
    }
}

/// The fact, if a browser can have witnessed it of the call it has this name for.
fn from_a_browser(mut fact: Fact, name: &str) -> Result<Fact, ApiError> {
    match &fact.what {
        What::Ended { cause: Cause::Other(word), .. } if word.len() > LONGEST_WORD => {
            return Err(ApiError::BadRequest("the cause is too long".to_owned()));
        }
        What::Expecting
        | What::Dialled
        | What::Rang
        | What::Active
        | What::Held
        | What::Resumed
        | What::Ended { .. } => {}
        What::Offered { call, from } => {
            let long = matches!(from, Party::Named(name) if name.len() > LONGEST_WORD);
            // Under our name for it where our server has made it, else under the SDK's.
            let ours = Uuid::try_parse(name).is_ok() && is_name(call.as_str());
            if long || !(call.as_str() == name || ours) {
                return Err(ApiError::BadRequest("this is offered as another call".to_owned()));
            }
        }
        What::Placed { .. }
        | What::Received { .. }
        | What::Initiated
        | What::Answered
        | What::AgentAnswered
        | What::AgentHungUp { .. }
        | What::AskedFor { .. }
        | What::Bridged
        | What::HungUp { .. }
        | What::RecordingOrdered
        | What::RecordingPaused
        | What::RecordingResumed
        | What::Announced
        | What::TransferAsked { .. }
        | What::ThirdAnswered { .. }
        | What::ThirdHungUp { .. }
        | What::Consulting { .. }
        | What::TransferFailed { .. }
        | What::TransferCancelled { .. }
        | What::Transferred { .. }
        | What::RecordingSaved { .. }
        | What::RecordingFailed { .. }
        | What::RecordingStored { .. }
        | What::RecordingMissing
        | What::Lapsed
        | What::LetGo { .. }
        | What::RecordingDeleted { .. }
        | What::RecordingRemoved
        | What::NoWord => {
            return Err(ApiError::BadRequest("a browser cannot have witnessed this".to_owned()));
        }
    }
    for id in
        [&mut fact.ids.call_control_id, &mut fact.ids.call_session_id, &mut fact.ids.call_leg_id]
    {
        // PostgreSQL's texts have no place for U+0000.
        if id.as_ref().is_some_and(|id| id.len() > LONGEST_WORD || id.contains('\0')) {
            return Err(ApiError::BadRequest("one of the ids is too long or no text".to_owned()));
        }
        // The SDK has empty strings where it knows nothing; two calls must not meet in one.
        if id.as_ref().is_some_and(String::is_empty) {
            *id = None;
        }
    }
    Ok(fact)
}

fn too_many() -> ApiError {
    ApiError::BadRequest(format!("a browser may state {MOST_FACTS} facts of a call"))
}

async fn hang_up(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<HangUp>, ApiError> {
    let row = own_call(&app, &caller, &id).await?;
    Ok(Json(app.hang_up(&row, Control::left).await?))
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Which {
    before: Option<String>,
    limit: Option<u16>,
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(which): Query<Which>,
) -> Result<Json<Calls>, ApiError> {
    let before = which.before.as_deref().map(read_cursor).transpose()?;
    let limit = which.limit.unwrap_or(ROWS).clamp(1, MOST_ROWS);
    // Read first: a change between the two is then in the list and once more on the stream, never on neither.
    let seq = app.store.latest().await?;
    let (rows, next) = app.store.calls_of(&caller.agent, before.as_ref(), limit).await?;
    Ok(Json(Calls { rows, next: next.map(write_cursor), seq }))
}

pub(crate) fn write_cursor(Cursor { placed_at, id }: Cursor) -> String {
    format!("{}.{id}", placed_at.0)
}

/// A call's id in an address: what cannot be one is nobody's.
pub(crate) fn known_id(id: &str) -> Result<&str, ApiError> {
    if Uuid::try_parse(id).is_ok() { Ok(id) } else { Err(ApiError::NotFound) }
}

pub(crate) fn read_cursor(text: &str) -> Result<Cursor, ApiError> {
    let (placed_at, id) = text
        .split_once('.')
        .filter(|(_, id)| !id.contains('\0'))
        .ok_or_else(|| ApiError::BadRequest("before is no cursor of ours".to_owned()))?;
    let placed_at = placed_at
        .parse()
        .map_err(|_| ApiError::BadRequest("before is no cursor of ours".to_owned()))?;
    Ok(Cursor { placed_at: Millis(placed_at), id: CallId(id.to_owned()) })
}

/// The caller's call, by our id or by what their page calls it.
async fn known_call(app: &App, caller: &Caller, id: &str) -> Result<Option<Row>, ApiError> {
    if !is_name(id) {
        return Err(ApiError::NotFound);
    }
    Ok(app.store.call_of(&caller.agent, id).await?)
}

/// Whether a page may call a call so. PostgreSQL's texts have no place for U+0000.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST_WORD && !text.contains('\0')
}

pub(crate) async fn own_call(app: &App, caller: &Caller, id: &str) -> Result<Row, ApiError> {
    known_call(app, caller, id).await?.ok_or(ApiError::NotFound)
}
