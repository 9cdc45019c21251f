//! Calls that come in: whose they are, and the one row each of them gets.
//!
//! Two may be the first to say so: Telnyx's `call.initiated`, which names the agent's credential, and the agent's page,
//! in which it rings. Whoever is second is joined by Telnyx's names for the leg.

use call::history::{Fact, Row, What};
use call::ids::{CallId, TelnyxIds};
use call::party::Party;
use call::time::Millis;
use sqlx::AnyConnection;
use uuid::Uuid;

use super::calls::create;
use super::facts::{Source, Witness, adopt, insert, leg_known_as, refold, session_known_as};
use super::{Store, StoreError, to_the_end};

/// The agent whose telephony credential has this SIP user.
pub(super) async fn agent_of(
    tx: &mut AnyConnection,
    sip_user: &str,
) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar("select name from agents where sip_username = $1 limit 1")
        .bind(sip_user)
        .fetch_optional(tx)
        .await?)
}

/// The agent whose call this is.
pub(super) async fn agent_with(
    tx: &mut AnyConnection,
    id: &CallId,
) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar("select agent from call_logs where id = $1")
        .bind(id.as_str())
        .fetch_optional(tx)
        .await?)
}

/// What our server says of a call that came in.
pub(super) fn received(agent: &str, from: Party, at: Millis) -> Fact {
    let what = What::Received { agent: agent.to_owned(), from };
    Fact { at, ids: TelnyxIds::default(), what }
}

/// Gives a call that comes in its row.
pub(super) async fn receive(
    tx: &mut AnyConnection,
    agent: &str,
    from: Party,
    at: Millis,
    now: Millis,
) -> Result<CallId, StoreError> {
    let id = CallId(Uuid::now_v7().to_string());
    let fact = received(agent, from, at);
    let row = Row::fold(id.clone(), [fact.clone()]);
    create(tx, &row, agent, None, &fact, now).await?;
    Ok(id)
}

impl Store {
    /// Remembers what an agent's page calls a call, beside our name for it.
    pub(crate) async fn name(
        &self,
        agent: &str,
        name: &CallId,
        id: &CallId,
    ) -> Result<(), StoreError> {
        if name != id {
            sqlx::query(
                "insert into aliases (agent, alias, call_id) values ($1, $2, $3) on conflict do nothing",
            )
            .bind(agent)
            .bind(name.as_str())
            .bind(id.as_str())
            .execute(&self.database.writers)
            .await?;
        }
        Ok(())
    }

    /// An agent's page says that a call rings there, under a name of the SDK's. Returns our id, of the row there was or
    /// of a new one; nothing if it is a leg of somebody else's call.
    pub(crate) async fn offered(
        &self,
        agent: &str,
        name: &str,
        offer: Fact,
        now: Millis,
    ) -> Result<Option<CallId>, StoreError> {
        let (store, agent, name) = (self.clone(), agent.to_owned(), name.to_owned());
        to_the_end(async move {
            let mut turn = store.database.begin().await?;
            let tx = &mut *turn.tx;
            let again: Option<String> = sqlx::query_scalar(
                "select call_id from aliases where agent = $1 and alias = $2",
            )
            .bind(&agent)
            .bind(&name)
            .fetch_optional(&mut *tx)
            .await?;
            if let Some(id) = again {
                return Ok(Some(CallId(id)));
            }
            let known = match leg_known_as(tx, &offer.ids).await? {
                Some(id) if agent_with(tx, &id).await?.as_ref() != Some(&agent) => return Ok(None),
                Some(id) => Some(id),
                None => session_known_as(tx, &offer.ids, Some(&agent)).await?,
            };
            let id = match (known, &offer.what) {
                (Some(id), _) => id,
                (None, What::Offered { from, .. }) => {
                    receive(tx, &agent, from.clone(), now, now).await?
                }
                (None, _) => return Ok(None),
            };
            sqlx::query(
                "insert into aliases (agent, alias, call_id) values ($1, $2, $3) on conflict do nothing",
            )
            .bind(&agent)
            .bind(&name)
            .bind(id.as_str())
            .execute(&mut *tx)
            .await?;
            insert(tx, Some(&id), Source::of(Witness::Browser), &offer, now).await?;
            adopt(tx, &id).await?;
            let change = refold(tx, &id, now).await?;
            store.commit(turn, change).await?;
            Ok(Some(id))
        })
        .await
    }
}
