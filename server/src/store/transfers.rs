//! Transfers: begun, joined and taken back, each with its fact in the transaction that moves the call's machine on.

use std::sync::Arc;

use call::history::{Fact, How, What};
use call::ids::{CallId, TelnyxIds};
use call::number::Number;
use call::time::Millis;
use sqlx::AnyConnection;

use super::calls::usage;
use super::facts::{Source, Witness, insert, refold};
use super::{Store, StoreError, column, control, projection, to_the_end};
use crate::control::{Control, NotNow};
use crate::policy::{NotAllowed, Policy, Usage};

/// What an agent asks of a call that is, or is to be, transferred.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wish {
    Begin { agent: String, to: Number, how: How },
    Join,
    Cancel,
}

/// Why nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Declined {
    /// The call is not put through by this server.
    Direct,
    /// It is not as it would have to be.
    State(NotNow),
    Policy(NotAllowed),
}

impl From<NotNow> for Declined {
    fn from(why: NotNow) -> Self {
        Self::State(why)
    }
}

impl Store {
    /// Does what the agent asks of a transfer. What was asked for before changes nothing.
    pub(crate) async fn transfer(
        &self,
        id: &CallId,
        wish: Wish,
        policy: Arc<Policy>,
        now: Millis,
    ) -> Result<Result<(), Declined>, StoreError> {
        let (store, id) = (self.clone(), id.clone());
        to_the_end(async move {
            let mut turn = store.database.begin().await?;
            let tx = &mut *turn.tx;
            let Some(before) = control::known(tx, &id).await? else {
                return Ok(Err(Declined::Direct));
            };
            let (agent, after) = match wish {
                Wish::Begin { agent, to, how } => (Some(agent), before.clone().transfer(to, how)),
                Wish::Join => (None, before.clone().join()),
                Wish::Cancel => (None, before.clone().cancel()),
            };
            let after = match after {
                Ok(after) if after == before => return Ok(Ok(())),
                Ok(after) => after,
                Err(why) => return Ok(Err(why.into())),
            };
            if let Some(agent) = agent {
                // It is a call more that is asked for, not one more at once: the agent leaves this one to it.
                let usage = Usage { at_once: 0, ..usage(tx, &agent, now).await? };
                if let Err(why) = policy.allows_more(usage) {
                    return Ok(Err(Declined::Policy(why)));
                }
                note(tx, &id, &after, now).await?;
            }
            let what = said(&before, &after);
            control::step(tx, &id, |_| after, now).await?;
            let mut change = None;
            if let Some(what) = what {
                let fact = Fact { at: now, ids: TelnyxIds::default(), what };
                insert(tx, Some(&id), Source::of(Witness::Server), &fact, now).await?;
                change = refold(tx, &id, now).await?;
            }
            store.commit(turn, change).await?;
            store.orders.notify_one();
            Ok(Ok(()))
        })
        .await
    }
}

/// What is to be said of such a step. That two are to be joined is said once they are.
fn said(before: &Control, after: &Control) -> Option<What> {
    let now = after.transfers()?;
    let transfer = now.number;
    if before.transfers().map(|known| known.number) != Some(transfer) {
        return Some(What::TransferAsked { transfer, to: now.to.clone(), how: now.how });
    }
    (!after.is_handed_over()).then_some(What::TransferCancelled { transfer })
}

/// Notes whom the call is transferred to.
async fn note(
    tx: &mut AnyConnection,
    id: &CallId,
    control: &Control,
    now: Millis,
) -> Result<(), StoreError> {
    let Some(transfer) = control.transfers() else { return Ok(()) };
    sqlx::query("insert into transfers (call_id, number, asked_at) values ($1, $2, $3)")
        .bind(id.as_str())
        .bind(projection::digits(transfer.to.as_str()))
        .bind(column(now))
        .execute(tx)
        .await?;
    Ok(())
}
