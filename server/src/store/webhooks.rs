//! Webhooks: kept as they came, each once, together with what they say.

use std::sync::Arc;

use call::cause::{Cause, Side};
use call::history::{Fact, What};
use call::ids::{CallId, TelnyxIds};
use call::time::Millis;

use super::facts::{Witness, adopt, insert, known_as, refold};
use super::{Change, Store, StoreError, column, control, to_the_end};
use crate::control::{Command, Control, News};
use crate::policy::Policy;

/// An authentic webhook, decoded.
pub(crate) struct Webhook {
    /// Telnyx's `data.id`.
    pub(crate) event_id: String,
    /// Telnyx's `data.event_type`.
    pub(crate) event_type: String,
    /// The body as it was signed.
    pub(crate) body: Vec<u8>,
    /// What it says of a call, if it says something we keep.
    pub(crate) said: Said,
}

/// What a webhook says.
pub(crate) enum Said {
    /// Nothing we keep: an event type we do not know or do not need.
    Nothing,
    /// Something about a call of another connection: not ours to join.
    OfAnotherConnection,
    /// A fact, and the calls it may be about by our own word in it, the surest first.
    Fact {
        fact: Fact,
        named: Vec<CallId>,
        /// The leg it is about, if that can be commanded.
        leg: Option<Box<Leg>>,
    },
}

/// A leg that can be commanded, in a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leg {
    /// What is heard of it.
    pub(crate) news: News,
    /// Whether it waits for a command of ours, and for nothing else.
    pub(crate) waits: Option<Waits>,
}

/// What became of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Accepted {
    /// It had come before.
    Duplicate,
    /// Kept; it changes no call.
    Kept,
    /// Kept; it says nothing of a call of ours.
    OtherConnection,
    /// Kept until a fact says which call it belongs to.
    Orphan,
    /// Kept and joined to a call.
    Joined(CallId),
}

/// A leg that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Waits {
    /// What the browser dialled.
    pub(crate) dialled: Option<String>,
}

impl Accepted {
    /// The word in the log and in `webhooks.outcome`.
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Kept => "no_fact",
            Self::OtherConnection => "other_connection",
            Self::Orphan => "orphan",
            Self::Joined(_) => "joined",
        }
    }
}

impl Store {
    /// Keeps a webhook, its fact and the refolded row, all or none of them.
    pub(crate) async fn accept(
        &self,
        webhook: Webhook,
        policy: Arc<Policy>,
        now: Millis,
    ) -> Result<Accepted, StoreError> {
        let store = self.clone();
        to_the_end(async move {
            let mut turn = store.database.begin().await?;
            let tx = &mut *turn.tx;
            let known: Option<i64> = sqlx::query_scalar("select 1 from webhooks where event_id = $1")
                .bind(&webhook.event_id)
                .fetch_optional(&mut *tx)
                .await?;
            if known.is_some() {
                return Ok(Accepted::Duplicate);
            }
            let accepted = match &webhook.said {
                Said::Nothing => Accepted::Kept,
                Said::OfAnotherConnection => Accepted::OtherConnection,
                Said::Fact { fact, named, leg: _ } => match whose(tx, fact, named).await? {
                    Some(id) => Accepted::Joined(id),
                    None => Accepted::Orphan,
                },
            };
            sqlx::query(
                "insert into webhooks (event_id, event_type, received_at, outcome, body) values ($1, $2, $3, $4, $5)",
            )
            .bind(&webhook.event_id)
            .bind(&webhook.event_type)
            .bind(column(now))
            .bind(accepted.word())
            .bind(&webhook.body)
            .execute(&mut *tx)
            .await?;
            let mut change = None;
            if let Said::Fact { fact, leg, .. } = webhook.said {
                let id = match &accepted {
                    Accepted::Joined(id) => Some(id),
                    Accepted::Duplicate | Accepted::Kept | Accepted::OtherConnection | Accepted::Orphan => None,
                };
                insert(tx, id, Witness::Telnyx, &fact, Some(&webhook.event_id), now).await?;
                if let Some(id) = id {
                    adopt(tx, id).await?;
                    change = refold(tx, id, now).await?;
                }
                if let Some(leg) = leg {
                    change = command(tx, id, *leg, &policy, now).await?.or(change);
                }
            }
            store.commit(turn, change).await?;
            store.orders.notify_one();
            Ok(accepted)
        })
        .await
    }
}

/// Moves on the machine of the call the leg is of. A leg that waits and is of no call is hung up: nobody asked for it.
async fn command(
    tx: &mut sqlx::AnyConnection,
    id: Option<&CallId>,
    leg: Leg,
    policy: &Policy,
    now: Millis,
) -> Result<Option<Change>, StoreError> {
    let Leg { news, waits } = leg;
    let hang_up = Command::HangUp(news.handle.clone());
    if let Some(id) = id {
        // The page may have given up before Telnyx's word of its call came.
        let over = is_over(tx, id).await?;
        let at = news.at;
        let mut refused = None;
        let heard = |control: Control| {
            let control = control.heard(&news);
            if over {
                return control.ended();
            }
            // A browser can dial without asking, or something else than it asked for.
            let waits = waits.as_ref().filter(|_| control.is_to_begin());
            refused = waits.and_then(|waits| {
                let dialled = waits.dialled.as_deref();
                policy.admits(&control.to, dialled, control.placed_at, now).err()
            });
            if refused.is_some() { control.ended() } else { control }
        };
        if control::step(tx, id, heard, now).await?.is_none() {
            // Not ours to command: a call of direct mode, which nobody parks.
            return Ok(None);
        }
        let Some(why) = refused else { return Ok(None) };
        tracing::warn!(call = %id, "a call that waits at Telnyx is not put through: {why}");
        let what = What::HungUp { cause: Cause::NotAllowed, by: Side::Network };
        let fact = Fact { at, ids: TelnyxIds::default(), what };
        insert(tx, Some(id), Witness::Server, &fact, None, now).await?;
        return refold(tx, id, now).await;
    }
    if waits.is_some() {
        tracing::warn!("a call waits at Telnyx that nobody asked for: it is hung up");
        control::put(tx, None, &hang_up, now).await?;
    }
    Ok(None)
}

async fn is_over(tx: &mut sqlx::AnyConnection, id: &CallId) -> Result<bool, StoreError> {
    let over: Option<Option<i64>> =
        sqlx::query_scalar("select over_heard_at from call_logs where id = $1")
            .bind(id.as_str())
            .fetch_optional(tx)
            .await?;
    Ok(over.flatten().is_some())
}

/// Which call a fact is about: by our own id in it, else by one of Telnyx's.
async fn whose(
    tx: &mut sqlx::AnyConnection,
    fact: &Fact,
    named: &[CallId],
) -> Result<Option<CallId>, StoreError> {
    for id in named {
        let found: Option<i64> = sqlx::query_scalar("select 1 from call_logs where id = $1")
            .bind(id.as_str())
            .fetch_optional(&mut *tx)
            .await?;
        if found.is_some() {
            return Ok(Some(id.clone()));
        }
    }
    known_as(tx, &fact.ids).await
}
