//! Facts: how they are kept, which call they belong to, and the row they fold into.

use call::history::{Fact, Recording, Row, Status, What, Word};
use call::ids::{CallId, TelnyxIds};
use call::time::Millis;
use sqlx::AnyConnection;

use super::{Change, Store, StoreError, claims, column, control, jobs, projection, to_the_end};

/// Who said something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Witness {
    /// Telnyx, by a webhook.
    Telnyx,
    /// The page, of what it heard from the SDK.
    Browser,
    /// This server, of what it did or found out by asking.
    Server,
}

impl Witness {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Telnyx => "telnyx",
            Self::Browser => "browser",
            Self::Server => "server",
        }
    }
}

/// What became of a fact that was to be kept.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It was kept, or had been before.
    Yes,
    /// The call already has as many facts from this witness as it may have.
    Full,
}

impl Store {
    /// Keeps what a witness said of a call and refolds the row. At most `most` facts are kept of one witness and call.
    pub(crate) async fn witness(
        &self,
        id: &CallId,
        witness: Witness,
        facts: Vec<Fact>,
        most: u32,
        now: Millis,
    ) -> Result<Kept, StoreError> {
        let (store, id) = (self.clone(), id.clone());
        to_the_end(async move {
            let mut turn = store.database.begin().await?;
            let tx = &mut *turn.tx;
            for fact in &facts {
                insert(tx, Some(&id), Source::of(witness), fact, now).await?;
            }
            let kept: i64 = sqlx::query_scalar(
                "select count(*) from facts where call_id = $1 and witness = $2",
            )
            .bind(id.as_str())
            .bind(witness.word())
            .fetch_one(&mut *tx)
            .await?;
            if kept > i64::from(most) {
                turn.tx.rollback().await?;
                return Ok(Kept::Full);
            }
            adopt(tx, &id).await?;
            let change = refold(tx, &id, now).await?;
            if facts.iter().any(|fact| fact.what == What::Expecting) {
                control::step(tx, &id, |control| control.expected(now), now).await?;
            }
            store.commit(turn, change).await?;
            store.orders.notify_one();
            Ok(Kept::Yes)
        })
        .await
    }
}

/// Where a fact comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) witness: Witness,
    /// The webhook that says it.
    pub(super) event: Option<&'a str>,
    /// Whether it may be joined to a call by its leg's names only.
    pub(super) leg_only: bool,
}

impl Source<'_> {
    /// Anything but a webhook.
    pub(super) const fn of(witness: Witness) -> Self {
        Self { witness, event: None, leg_only: false }
    }
}

/// Adds a fact; one that the browser or the server has said before is not added again.
pub(super) async fn insert(
    tx: &mut AnyConnection,
    call: Option<&CallId>,
    Source { witness, event, leg_only }: Source<'_>,
    fact: &Fact,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into facts
            (call_id, witness, heard_at, call_control_id, call_session_id, call_leg_id, event_id, leg_only, fact)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict do nothing",
    )
    .bind(call.map(CallId::as_str))
    .bind(witness.word())
    .bind(column(now))
    .bind(&fact.ids.call_control_id)
    .bind(&fact.ids.call_session_id)
    .bind(&fact.ids.call_leg_id)
    .bind(event)
    .bind(i64::from(leg_only))
    .bind(serde_json::to_string(fact)?)
    .execute(&mut *tx)
    .await?;
    Ok(())
}

/// The call that has a leg of one of these names.
pub(super) async fn leg_known_as(
    tx: &mut AnyConnection,
    ids: &TelnyxIds,
) -> Result<Option<CallId>, StoreError> {
    let queries = [
        (
            &ids.call_control_id,
            "select call_id from facts where call_control_id = $1 and call_id is not null limit 1",
        ),
        (
            &ids.call_leg_id,
            "select call_id from facts where call_leg_id = $1 and call_id is not null limit 1",
        ),
    ];
    for (name, query) in queries {
        let Some(name) = name else { continue };
        let found: Option<String> =
            sqlx::query_scalar(query).bind(name).fetch_optional(&mut *tx).await?;
        if let Some(id) = found {
            return Ok(Some(CallId(id)));
        }
    }
    Ok(None)
}

/// The call in this session, which may span several legs; of this agent, if one is named: two agents may talk in one
/// session, and each has a call of it.
pub(super) async fn session_known_as(
    tx: &mut AnyConnection,
    ids: &TelnyxIds,
    agent: Option<&str>,
) -> Result<Option<CallId>, StoreError> {
    let Some(session) = &ids.call_session_id else { return Ok(None) };
    let found: Option<String> = match agent {
        None => sqlx::query_scalar(
            "select call_id from facts where call_session_id = $1 and call_id is not null limit 1",
        )
        .bind(session)
        .fetch_optional(tx)
        .await?,
        Some(agent) => {
            sqlx::query_scalar(
                "select call_id from facts join call_logs on call_logs.id = call_id
                 where facts.call_session_id = $1 and agent = $2 limit 1",
            )
            .bind(session)
            .bind(agent)
            .fetch_optional(tx)
            .await?
        }
    };
    Ok(found.map(CallId))
}

/// Joins the facts that came before anybody could say which call they belong to.
///
/// An adopted fact can bring a name the call did not have, and with it further facts; hence the loop.
pub(super) async fn adopt(tx: &mut AnyConnection, id: &CallId) -> Result<(), StoreError> {
    loop {
        let adopted = sqlx::query(
            "update facts set call_id = $1 where call_id is null and (
                call_control_id in (select call_control_id from facts where call_id = $1)
                or call_leg_id in (select call_leg_id from facts where call_id = $1)
                or (leg_only = 0
                    and call_session_id in (select call_session_id from facts where call_id = $1)))",
        )
        .bind(id.as_str())
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if adopted == 0 {
            return Ok(());
        }
        sqlx::query(
            "update webhooks set outcome = 'joined' where outcome = 'orphan'
                and event_id in (select event_id from facts where call_id = $1)",
        )
        .bind(id.as_str())
        .execute(&mut *tx)
        .await?;
    }
}

/// The call's row as its facts make it, and the facts.
pub(super) async fn fold(
    tx: &mut AnyConnection,
    id: &CallId,
) -> Result<(Row, Vec<Fact>), StoreError> {
    let facts: Vec<String> = sqlx::query_scalar("select fact from facts where call_id = $1")
        .bind(id.as_str())
        .fetch_all(&mut *tx)
        .await?;
    let facts =
        facts.iter().map(|fact| serde_json::from_str(fact)).collect::<Result<Vec<Fact>, _>>()?;
    Ok((Row::fold(id.clone(), facts.iter().cloned()), facts))
}

/// Folds the call's facts anew and puts down what is to be found out; no change if the row is what it was.
pub(super) async fn refold(
    tx: &mut AnyConnection,
    id: &CallId,
    now: Millis,
) -> Result<Option<Change>, StoreError> {
    let (row, facts) = fold(tx, id).await?;
    let json = serde_json::to_string(&row)?;
    jobs::put(tx, &row, now).await?;

    let (agent, before): (String, String) =
        sqlx::query_as("select agent, folded from call_logs where id = $1")
            .bind(id.as_str())
            .fetch_one(&mut *tx)
            .await?;
    if json == before {
        return Ok(None);
    }
    let seq = next_seq(tx).await?;
    sqlx::query(
        "update call_logs set seq = $1, status = $2, recording = $3, recording_url = $4, telnyx = $5,
            over_heard_at = coalesce(over_heard_at, $6), handed_over = $7
         where id = $8",
    )
    .bind(seq)
    .bind(status_word(row.status))
    .bind(recording_word(&row.recording))
    .bind(&row.recording_url)
    .bind(telnyx_word(row.telnyx))
    .bind(row.is_over().then_some(column(now)))
    .bind(i64::from(row.is_handed_over()))
    .bind(id.as_str())
    .execute(&mut *tx)
    .await?;
    if row.is_over() || row.is_handed_over() {
        claims::drop(tx, id).await?;
    }
    projection::write(tx, &row, &json, &facts).await?;
    Ok(Some(Change { seq, agent, json }))
}

/// The next number in the order of all changes.
pub(super) async fn next_seq(tx: &mut AnyConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("update changes set seq = seq + 1 returning seq").fetch_one(tx).await
}

/// `call_logs.status`.
pub(super) const fn status_word(status: Status) -> &'static str {
    match status {
        Status::Placed => "placed",
        Status::Initiated => "initiated",
        Status::Answered => "answered",
        Status::Ended => "ended",
        Status::Completed => "completed",
    }
}

/// `call_logs.recording`.
pub(super) const fn recording_word(recording: &Recording) -> &'static str {
    match recording {
        Recording::None => "none",
        Recording::Expected => "expected",
        Recording::Paused => "paused",
        Recording::Processing => "processing",
        Recording::Ready { .. } => "ready",
        Recording::Failed { .. } => "failed",
        Recording::Missing => "missing",
        Recording::Deleted => "deleted",
    }
}

/// `call_logs.telnyx`.
pub(super) const fn telnyx_word(word: Word) -> &'static str {
    match word {
        Word::Awaited => "awaited",
        Word::Heard => "heard",
        Word::Missing => "missing",
    }
}
