//! `/api/agents/{agent}/calls`: a program has an agent call somebody.
//!
//! The agent's page is told first, by the row on its live stream, and says that it expects the call; only then is its
//! browser called, which answers that call by itself, and then the number. So whether the agent is there is known
//! before anything is dialled, on whichever server their page is.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use call::api::{HangUp, Place, Placed};
use call::cause::{Cause, Side};
use call::history::{Fact, Row, What};
use call::ids::{CallId, TelnyxIds};
use call::number::Number;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

use super::Program;
use crate::app::App;
use crate::config::Mode;
use crate::control::{Control, EXPECTED_WITHIN};
use crate::error::ApiError;
use crate::guard::Body;
use crate::mask;
use crate::store::{Change, Placing, StoreError, Witness};

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/api/agents/{agent}/calls", post(ask))
        .route("/api/agents/{agent}/calls/{id}", get(show))
        .route("/api/agents/{agent}/calls/{id}/hangup", post(hang_up))
}

async fn ask(
    State(app): State<App>,
    program: Program,
    Path(agent): Path<String>,
    Body(Place { to }): Body<Place>,
) -> Result<(StatusCode, Json<Placed>), ApiError> {
    match app.config.mode {
        Mode::Controlled { .. } => {}
        Mode::Direct => return Err(ApiError::NotControlled),
    }
    let to = Number::parse(&to)?;
    app.config.policy.allows(&to)?;
    let account = app.store.account(&agent).await?.filter(|account| !account.disabled);
    if agent.contains('\0') || account.is_none() {
        return Err(ApiError::NotFound);
    }
    // Who has no credential has never signed in.
    let user = app.store.sip_username(&agent).await?.ok_or(ApiError::AgentAbsent)?;
    let from = app.number_to_show(&agent).await?;

    let now = app.clock.now();
    let id = CallId(Uuid::now_v7().to_string());
    tracing::info!(call = %id, to = mask::number(to.as_str()), program = program.name, "call asked for");
    let placing = Placing {
        id: id.clone(),
        agent,
        to: to.clone(),
        caller_id: Some(from.clone()),
        control: Some(Control::asked_for(to, from.clone(), user, now)),
        asked_by: Some(program.name),
    };
    // Heard from before it is placed: the page may be quick.
    let changes = app.store.changes();
    app.store.place(placing, Arc::clone(&app.config.policy), now).await??;
    app.until_expected(&id, changes).await?;
    Ok((StatusCode::CREATED, Json(Placed { id, caller_id: Some(from.into()), controlled: true })))
}

async fn show(
    State(app): State<App>,
    _program: Program,
    Path((agent, id)): Path<(String, String)>,
) -> Result<Json<Row>, ApiError> {
    Ok(Json(app.call_of_agent(&agent, &id).await?))
}

async fn hang_up(
    State(app): State<App>,
    _program: Program,
    Path((agent, id)): Path<(String, String)>,
) -> Result<Json<HangUp>, ApiError> {
    let row = app.call_of_agent(&agent, &id).await?;
    Ok(Json(app.hang_up(&row, Control::ended).await?))
}

impl App {
    async fn call_of_agent(&self, agent: &str, id: &str) -> Result<Row, ApiError> {
        if [agent, id].iter().any(|text| text.contains('\0')) {
            return Err(ApiError::NotFound);
        }
        self.store.call_of(agent, id).await?.ok_or(ApiError::NotFound)
    }

    /// Comes back once the agent's page expects the call; what the page says instead, or that it says nothing, is an
    /// error, and the call is over.
    async fn until_expected(
        &self,
        id: &CallId,
        mut changes: broadcast::Receiver<Arc<Change>>,
    ) -> Result<(), ApiError> {
        let answer = tokio::time::timeout(EXPECTED_WITHIN, async {
            loop {
                let change = match changes.recv().await {
                    Ok(change) => change,
                    Err(RecvError::Lagged(_)) => continue,
                    Err(RecvError::Closed) => return Err(ApiError::AgentAbsent),
                };
                // Most are other calls.
                if !change.json.contains(id.as_str()) {
                    continue;
                }
                let row: Row = serde_json::from_str(&change.json).map_err(StoreError::from)?;
                match row.cause {
                    _ if row.id != *id => {}
                    _ if row.expected_at.is_some() => return Ok(()),
                    Some(Cause::AgentBusy) => return Err(ApiError::AgentBusy),
                    Some(_) => return Err(ApiError::AgentAbsent),
                    None => {}
                }
            }
        });
        if let Ok(answer) = answer.await {
            return answer;
        }
        let now = self.clock.now();
        self.store.step_control(id, Control::ended, now).await?;
        let absent = What::Ended { cause: Cause::NoAgent, by: Side::Network };
        let absent = Fact { at: now, ids: TelnyxIds::default(), what: absent };
        self.store.witness(id, Witness::Server, vec![absent], u32::MAX, now).await?;
        Err(ApiError::AgentAbsent)
    }
}
