//! Webhooks: kept as they came, each once, together with what they say.

use std::sync::Arc;

use call::history::{Fact, What};
use call::ids::CallId;
use call::party::Party;
use call::time::Millis;
use sqlx::AnyConnection;

use super::facts::{Source, Witness, adopt, insert, leg_known_as, refold, session_known_as};
use super::incoming::{agent_of, agent_with, receive, received};
use super::{Store, StoreError, column, control, to_the_end};
use crate::control::{Control, Heard, Role};
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
    /// A fact about a leg.
    Fact(OfLeg),
    /// Something about a leg of this call that only matters to who commands it.
    News(CallId, Box<Heard>),
}

/// A fact, and what its event says of the leg that it is about.
pub(crate) struct OfLeg {
    pub(crate) fact: Fact,
    /// The calls it may be about by our own word in it, the surest first.
    pub(crate) named: Vec<CallId>,
    /// Which way the leg goes, where the event says so.
    pub(crate) way: Way,
    /// The SIP users that it may name as called.
    pub(crate) called: Vec<String>,
    /// What it says of a leg that can be commanded.
    pub(crate) heard: Option<Box<Heard>>,
}

/// Which way a leg goes, as seen from the connection: only `call.initiated` says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Way {
    NotSaid,
    /// Somebody of ours calls.
    Outgoing,
    /// Somebody of ours is called.
    Incoming {
        /// The SIP user who calls, or the number.
        from: String,
    },
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
            let (accepted, called) = match &webhook.said {
                Said::Nothing | Said::News(..) => (Accepted::Kept, None),
                Said::OfAnotherConnection => (Accepted::OtherConnection, None),
                Said::Fact(said) => {
                    let called = called(tx, said).await?;
                    let joined = join(tx, said, called.as_deref(), now).await?;
                    (joined.map_or(Accepted::Orphan, Accepted::Joined), called)
                }
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
            if let Said::News(id, heard) = &webhook.said {
                change = control::hear(tx, Some(id), Heard::clone(heard), &policy, now).await?;
            }
            if let Said::Fact(OfLeg { mut fact, way, heard, .. }) = webhook.said {
                let id = match &accepted {
                    Accepted::Joined(id) => Some(id),
                    Accepted::Duplicate | Accepted::Kept | Accepted::OtherConnection | Accepted::Orphan => None,
                };
                if let (Some(id), Some(heard)) = (id, &heard) {
                    let control = control::known(tx, id).await?;
                    fact.what = of_its_leg(fact.what, heard.news.role, control.as_ref());
                }
                let event = Some(webhook.event_id.as_str());
                let leg_only = leg_only(&way, called.as_deref());
                let source = Source { witness: Witness::Telnyx, event, leg_only };
                insert(tx, id, source, &fact, now).await?;
                if let Some(id) = id {
                    adopt(tx, id).await?;
                    change = refold(tx, id, now).await?;
                }
                if let Some(heard) = heard {
                    change = control::hear(tx, id, *heard, &policy, now).await?.or(change);
                }
            }
            store.commit(turn, change).await?;
            store.orders.notify_one();
            Ok(accepted)
        })
        .await
    }
}

/// What an event says of the call, by the leg that it is about.
fn of_its_leg(what: What, role: Role, control: Option<&Control>) -> What {
    match role {
        // A program asked for the call, so the agent's own leg is one that was called.
        Role::Agent if control.is_some_and(|control| control.agents_user().is_some()) => {
            what.of_the_agents_leg()
        }
        Role::Agent if control.is_some_and(|control| control.transfers().is_some()) => {
            what.of_the_agents_call()
        }
        Role::Agent | Role::Customer => what,
        Role::Third(transfer) => what.of_the_third_leg(transfer),
    }
}

/// The agent whose credential the event names as called.
async fn called(tx: &mut AnyConnection, said: &OfLeg) -> Result<Option<String>, StoreError> {
    for user in &said.called {
        if let Some(agent) = agent_of(tx, user).await? {
            return Ok(Some(agent));
        }
    }
    Ok(None)
}

/// The call a fact is about; one that comes in for an agent gets its row.
async fn join(
    tx: &mut AnyConnection,
    said: &OfLeg,
    called: Option<&str>,
    now: Millis,
) -> Result<Option<CallId>, StoreError> {
    let known = whose(tx, said, called).await?;
    let Way::Incoming { from } = &said.way else { return Ok(known) };
    let from = match agent_of(tx, from).await? {
        Some(colleague) => Party::Named(colleague),
        None => Party::of_caller(Some(from)),
    };
    let at = said.fact.at;
    match (known, called) {
        (Some(id), _) => {
            let Some(agent) = agent_with(tx, &id).await? else { return Ok(Some(id)) };
            let fact = received(&agent, from, at);
            insert(tx, Some(&id), Source::of(Witness::Server), &fact, now).await?;
            Ok(Some(id))
        }
        (None, Some(agent)) => receive(tx, agent, from, at, now).await.map(Some),
        (None, None) => Ok(None),
    }
}

/// Which call a fact is about: by Telnyx's names for its leg, by our own id in it, by the session.
///
/// Where an agent is called, neither our id nor the session settles it: both may be those of the colleague who calls,
/// and each of the two has a call.
async fn whose(
    tx: &mut AnyConnection,
    OfLeg { fact, named, way, .. }: &OfLeg,
    called: Option<&str>,
) -> Result<Option<CallId>, StoreError> {
    if let Some(id) = leg_known_as(tx, &fact.ids).await? {
        return Ok(Some(id));
    }
    for id in named {
        let Some(agent) = agent_with(tx, id).await? else { continue };
        let own = match way {
            Way::Outgoing => true,
            Way::Incoming { .. } => called == Some(&agent),
            Way::NotSaid => called.is_none_or(|called| called == agent),
        };
        if own {
            return Ok(Some(id.clone()));
        }
    }
    if leg_only(way, called) {
        return Ok(None);
    }
    session_known_as(tx, &fact.ids, None).await
}

/// Whether a fact may be joined by its leg's names only.
fn leg_only(way: &Way, called: Option<&str>) -> bool {
    called.is_some() || matches!(way, Way::Incoming { .. })
}
