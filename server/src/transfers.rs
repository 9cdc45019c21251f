//! `POST /api/calls/{id}/transfer`, `…/join` and `…/cancel`: the agent hands the far end on to somebody else.
//!
//! Answered as soon as it is written down; what comes of it, the call's row says ([`Row::transfer`]).
//!
//! [`Row::transfer`]: call::history::Row::transfer

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use call::api::TransferTo;
use call::number::Number;

use crate::agent::Caller;
use crate::app::App;
use crate::calls::own_call;
use crate::error::ApiError;
use crate::guard::Body;
use crate::mask;
use crate::store::{Declined, Wish};

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/api/calls/{id}/transfer", post(begin))
        .route("/api/calls/{id}/transfer/join", post(join))
        .route("/api/calls/{id}/transfer/cancel", post(cancel))
}

async fn begin(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(TransferTo { to, how }): Body<TransferTo>,
) -> Result<StatusCode, ApiError> {
    let to = Number::parse(&to)?;
    app.config.policy.allows(&to)?;
    tracing::info!(to = mask::number(to.as_str()), ?how, "transfer asked for");
    let agent = caller.agent.clone();
    app.transfer(&caller, &id, Wish::Begin { agent, to, how }).await
}

async fn join(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    app.transfer(&caller, &id, Wish::Join).await
}

async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    app.transfer(&caller, &id, Wish::Cancel).await
}

impl App {
    async fn transfer(
        &self,
        caller: &Caller,
        id: &str,
        wish: Wish,
    ) -> Result<StatusCode, ApiError> {
        let row = own_call(self, caller, id).await?;
        let policy = Arc::clone(&self.config.policy);
        match self.store.transfer(&row.id, wish, policy, self.clock.now()).await? {
            Ok(()) => Ok(StatusCode::NO_CONTENT),
            Err(Declined::Direct) => Err(ApiError::NotControlled),
            Err(Declined::State(why)) => Err(why.into()),
            Err(Declined::Policy(why)) => Err(why.into()),
        }
    }
}
