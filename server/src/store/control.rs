//! Calls we command: the machine of each, and the orders that follow from it.
//!
//! Every step is taken in a transaction that also puts down what begins to be wanted by it, so that a server that is
//! killed after it leaves that to another.

use call::cause::{Cause, Side};
use call::history::{Fact, What};
use call::ids::{CallId, TelnyxIds};
use call::time::Millis;
use sqlx::AnyConnection;
use uuid::Uuid;

use super::facts::{Source, Witness, insert, refold};
use super::leases::Leased;
use super::{Change, Store, StoreError, column, millis, to_the_end};
use crate::control::{Command, Control, Heard, Performed};
use crate::policy::Policy;

/// Something Telnyx is to be told, by whoever holds the lease.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    /// Telnyx's `command_id`.
    pub(crate) id: String,
    /// The call; none for a leg that belongs to none.
    pub(crate) call: Option<CallId>,
    pub(crate) command: Command,
    pub(crate) put_at: Millis,
    /// How often Telnyx was told, this time included.
    pub(crate) attempts: u32,
}

const ORDERS: Leased = Leased {
    table: "orders",
    key: "id",
    also: ", attempts = attempts + 1",
    columns: "id, call_id, command, put_at, attempts",
};

/// [`ORDERS`]' columns.
type Columns = (String, Option<String>, String, i64, i64);

impl Order {
    fn read(columns: Columns) -> Result<Self, StoreError> {
        let (id, call, command, put_at, attempts) = columns;
        Ok(Self {
            id,
            call: call.map(CallId),
            command: serde_json::from_str(&command)?,
            put_at: millis(put_at),
            attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        })
    }
}

impl Store {
    /// The machine of a call; none if it is not ours to command.
    pub(crate) async fn control(&self, id: &CallId) -> Result<Option<Control>, StoreError> {
        let found: Option<String> =
            sqlx::query_scalar("select state from controls where call_id = $1")
                .bind(id.as_str())
                .fetch_optional(&self.database.readers)
                .await?;
        Ok(found.map(|json| serde_json::from_str(&json)).transpose()?)
    }

    /// Moves a call's machine on; returns it as it is then, or nothing if the call is not ours to command.
    pub(crate) async fn step_control(
        &self,
        id: &CallId,
        change: impl FnOnce(Control) -> Control + Send + 'static,
        now: Millis,
    ) -> Result<Option<Control>, StoreError> {
        let (store, id) = (self.clone(), id.clone());
        to_the_end(async move {
            let mut turn = store.database.begin().await?;
            let stepped = step(&mut turn.tx, &id, change, now).await?;
            store.commit(turn, None).await?;
            store.orders.notify_one();
            Ok(stepped)
        })
        .await
    }

    /// Takes up to `most` orders that are due and nobody's.
    pub(crate) async fn take_orders(
        &self,
        holder: &str,
        most: usize,
        now: Millis,
        until: Millis,
    ) -> Result<Vec<Order>, StoreError> {
        let (store, holder) = (self.clone(), holder.to_owned());
        to_the_end(async move {
            let taken = ORDERS.take(&store.database, &holder, most, now, until).await?;
            taken.into_iter().map(Order::read).collect()
        })
        .await
    }

    /// When the next order may be taken; nothing if there is none.
    pub(crate) async fn next_order(&self, now: Millis) -> Result<Option<Millis>, StoreError> {
        Ok(ORDERS.next(&self.database, now).await?)
    }

    /// Puts an order off until `due`, to be told under the id `as_id`.
    pub(crate) async fn put_off(
        &self,
        order: &Order,
        as_id: &str,
        due: Millis,
    ) -> Result<(), StoreError> {
        sqlx::query("update orders set id = $1, leased_until = 0, due_at = $2 where id = $3")
            .bind(as_id)
            .bind(column(due))
            .bind(&order.id)
            .execute(&self.database.writers)
            .await?;
        Ok(())
    }

    /// Ends an order: the machine learns what became of it, and what is known of the call by it is kept.
    ///
    /// An order that is gone was ended by another server, whose word counts.
    pub(crate) async fn end_order(
        &self,
        order: &Order,
        performed: Option<Performed>,
        facts: Vec<Fact>,
        now: Millis,
    ) -> Result<(), StoreError> {
        let (store, order) = (self.clone(), order.clone());
        to_the_end(async move {
            let mut turn = store.database.begin().await?;
            let tx = &mut *turn.tx;
            let ended = sqlx::query("delete from orders where id = $1")
                .bind(&order.id)
                .execute(&mut *tx)
                .await?
                .rows_affected();
            let mut change = None;
            if let (1, Some(call), Some(performed)) = (ended, &order.call, performed) {
                let command = order.command.clone();
                step(tx, call, move |control| control.performed(&command, &performed), now).await?;
                for fact in &facts {
                    insert(tx, Some(call), Source::of(Witness::Server), fact, now).await?;
                }
                if !facts.is_empty() {
                    change = refold(tx, call, now).await?;
                }
            }
            store.commit(turn, change).await?;
            store.orders.notify_one();
            Ok(())
        })
        .await
    }

    /// Gives back every order a server holds that is about to stop.
    pub(crate) async fn leave_orders(&self, holder: &str) -> Result<(), StoreError> {
        Ok(ORDERS.leave(&self.database, holder).await?)
    }

    /// Comes back when there may be an order that was not there before.
    pub(crate) async fn ordered(&self) {
        self.orders.notified().await;
    }
}

/// Keeps the machine of a call that is given out.
pub(super) async fn begin(
    tx: &mut AnyConnection,
    id: &CallId,
    control: &Control,
) -> Result<(), StoreError> {
    sqlx::query("insert into controls (call_id, state) values ($1, $2)")
        .bind(id.as_str())
        .bind(serde_json::to_string(control)?)
        .execute(tx)
        .await?;
    Ok(())
}

/// Moves a call's machine on and puts down what begins to be wanted by it.
pub(super) async fn step(
    tx: &mut AnyConnection,
    id: &CallId,
    change: impl FnOnce(Control) -> Control,
    now: Millis,
) -> Result<Option<Control>, StoreError> {
    let found: Option<String> = sqlx::query_scalar("select state from controls where call_id = $1")
        .bind(id.as_str())
        .fetch_optional(&mut *tx)
        .await?;
    let Some(json) = found else { return Ok(None) };
    let before: Control = serde_json::from_str(&json)?;
    let known = before.wishes();
    let after = change(before);
    for command in after.wishes().difference(&known) {
        put(tx, Some(id), command, now).await?;
    }
    sqlx::query("update controls set state = $1 where call_id = $2")
        .bind(serde_json::to_string(&after)?)
        .bind(id.as_str())
        .execute(tx)
        .await?;
    Ok(Some(after))
}

/// The machine of a call; none if it is not ours to command.
pub(super) async fn known(
    tx: &mut AnyConnection,
    id: &CallId,
) -> Result<Option<Control>, StoreError> {
    let found: Option<String> = sqlx::query_scalar("select state from controls where call_id = $1")
        .bind(id.as_str())
        .fetch_optional(tx)
        .await?;
    Ok(found.map(|json| serde_json::from_str(&json)).transpose()?)
}

/// Moves on the machine of the call a leg is of. A leg that waits and is of no call is hung up: nobody asked for it.
/// Returns the change of the row if that says why the call is not put through.
pub(super) async fn hear(
    tx: &mut AnyConnection,
    id: Option<&CallId>,
    heard: Heard,
    policy: &Policy,
    now: Millis,
) -> Result<Option<Change>, StoreError> {
    let Heard { news, tagged, waits } = heard;
    let (at, handle) = (news.at, news.handle.clone());
    if let Some(id) = id {
        // The page may have given up before Telnyx's word of its call came.
        let over = is_over(tx, id).await?;
        let mut refused = None;
        let change = |control: Control| match (&waits, control.agents_user()) {
            // The agent is called; what a browser dials under this id is nothing anybody asked for.
            (Some(_), Some(_)) => control.strayed(news.handle),
            // The browser's end of the leg that was called, seen from its own connection.
            (None, Some(_)) if !tagged => control,
            (waits, _) => {
                let control = control.heard(&news);
                // A browser can dial without asking, or something else than it asked for.
                let waits = waits.as_ref().filter(|_| !over && control.is_to_begin());
                refused = waits.and_then(|waits| {
                    let dialled = waits.dialled.as_deref();
                    policy.admits(&control.to, dialled, control.placed_at, now).err()
                });
                if over || refused.is_some() { control.ended() } else { control }
            }
        };
        if step(tx, id, change, now).await?.is_none() {
            // Of direct mode.
            return Ok(None);
        }
        let Some(why) = refused else { return Ok(None) };
        tracing::warn!(call = %id, "a call that waits at Telnyx is not put through: {why}");
        let what = What::HungUp { cause: Cause::NotAllowed, by: Side::Network };
        let fact = Fact { at, ids: TelnyxIds::default(), what };
        insert(tx, Some(id), Source::of(Witness::Server), &fact, now).await?;
        return refold(tx, id, now).await;
    }
    if waits.is_some() {
        tracing::warn!("a call waits at Telnyx that nobody asked for: it is hung up");
        put(tx, None, &Command::HangUp(handle), now).await?;
    }
    Ok(None)
}

async fn is_over(tx: &mut AnyConnection, id: &CallId) -> Result<bool, StoreError> {
    let over: Option<Option<i64>> =
        sqlx::query_scalar("select over_heard_at from call_logs where id = $1")
            .bind(id.as_str())
            .fetch_optional(tx)
            .await?;
    Ok(over.flatten().is_some())
}

/// Puts down that Telnyx is to be told something, of a call or of a leg that is of none.
async fn put(
    tx: &mut AnyConnection,
    call: Option<&CallId>,
    command: &Command,
    now: Millis,
) -> Result<(), StoreError> {
    let due = now.after(u64::try_from(command.patience().as_millis()).unwrap_or(u64::MAX));
    sqlx::query(
        "insert into orders (id, call_id, command, put_at, due_at) values ($1, $2, $3, $4, $5)",
    )
    .bind(Uuid::new_v4().to_string())
    .bind(call.map(CallId::as_str))
    .bind(serde_json::to_string(command)?)
    .bind(column(now))
    .bind(column(due))
    .execute(tx)
    .await?;
    Ok(())
}
