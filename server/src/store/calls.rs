//! Calls: one row each, placed here, listed here.

use std::sync::Arc;
use std::time::Duration;

use call::history::{Fact, Row, What};
use call::ids::{CallId, TelnyxIds};
use call::number::Number;
use call::time::Millis;
use sqlx::AnyConnection;

use crate::control::Control;
use crate::policy::{FRESH, NotAllowed, Policy, Usage};

use super::facts::{Source, Witness, insert, next_seq, recording_word, status_word, telnyx_word};
use super::sql::Sql;
use super::{Change, Store, StoreError, column, jobs, millis, projection, to_the_end};

/// A row together with where it stands in the order of changes.
pub(crate) struct Numbered {
    pub(crate) seq: i64,
    /// The row as the page gets it.
    pub(crate) json: String,
}

/// Where a page of history begins: after this call, which is the last of the page before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) placed_at: Millis,
    pub(crate) id: CallId,
}

/// Puts down a call that begins with what our server says of it.
pub(super) async fn create(
    tx: &mut AnyConnection,
    row: &Row,
    agent: &str,
    caller_id: Option<&str>,
    fact: &Fact,
    now: Millis,
) -> Result<Change, StoreError> {
    let json = serde_json::to_string(row)?;
    let seq = next_seq(tx).await?;
    sqlx::query(
        "insert into call_logs (id, agent, placed_at, seq, status, recording, telnyx, folded, caller_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(row.id.as_str())
    .bind(agent)
    .bind(column(fact.at))
    .bind(seq)
    .bind(status_word(row.status))
    .bind(recording_word(&row.recording))
    .bind(telnyx_word(row.telnyx))
    .bind(&json)
    .bind(caller_id)
    .execute(&mut *tx)
    .await?;
    jobs::put(tx, row, now).await?;
    projection::write(tx, row, &json, std::slice::from_ref(fact)).await?;
    insert(tx, Some(&row.id), Source::of(Witness::Server), fact, now).await?;
    Ok(Change { seq, agent: agent.to_owned(), json })
}

/// A call to be given out.
#[derive(Debug, Clone)]
pub(crate) struct Placing {
    pub(crate) id: CallId,
    /// Whose call it is.
    pub(crate) agent: String,
    pub(crate) to: Number,
    /// The number shown to them.
    pub(crate) caller_id: Option<Number>,
    /// The machine of a call whose legs we command.
    pub(crate) control: Option<Control>,
    /// The program that asked for it, if it was not the agent.
    pub(crate) asked_by: Option<String>,
}

impl Store {
    /// Gives out a call, if its agent may have one more.
    pub(crate) async fn place(
        &self,
        placing: Placing,
        policy: Arc<Policy>,
        now: Millis,
    ) -> Result<Result<(), NotAllowed>, StoreError> {
        let store = self.clone();
        to_the_end(async move {
            let Placing { id, agent, to, caller_id, control, asked_by } = placing;
            let what = What::Placed { agent: agent.clone(), to };
            let fact = Fact { at: now, ids: TelnyxIds::default(), what };
            let asked = asked_by.map(|by| Fact {
                at: now,
                ids: TelnyxIds::default(),
                what: What::AskedFor { by },
            });
            let row = Row::fold(id.clone(), [fact.clone()].into_iter().chain(asked.clone()));
            let mut turn = store.database.begin().await?;
            let tx = &mut *turn.tx;
            // Counted where nobody else can place one meanwhile.
            if let Err(why) = policy.allows_more(usage(tx, &agent, now).await?) {
                return Ok(Err(why));
            }
            let caller_id = caller_id.as_ref().map(Number::as_str);
            let change = create(tx, &row, &agent, caller_id, &fact, now).await?;
            if let Some(asked) = &asked {
                insert(tx, Some(&id), Source::of(Witness::Server), asked, now).await?;
            }
            if let Some(control) = &control {
                super::control::begin(tx, &id, control).await?;
            }
            store.commit(turn, Some(change)).await?;
            Ok(Ok(()))
        })
        .await
    }

    /// The agent's call, by our id or what their page calls it; nothing if it does not exist or is somebody else's.
    pub(crate) async fn call_of(&self, agent: &str, id: &str) -> Result<Option<Row>, StoreError> {
        let found: Option<String> = sqlx::query_scalar(
            "select folded from call_logs where agent = $2
                and id = coalesce((select call_id from aliases where agent = $2 and alias = $1), $1)",
        )
        .bind(id)
        .bind(agent)
        .fetch_optional(&self.database.readers)
        .await?;
        Ok(found.map(|json| serde_json::from_str(&json)).transpose()?)
    }

    /// The agent's calls, newest first, and whether there are more.
    pub(crate) async fn calls_of(
        &self,
        agent: &str,
        before: Option<&Cursor>,
        limit: u16,
    ) -> Result<(Vec<Row>, Option<Cursor>), StoreError> {
        let mut sql = Sql::new("select placed_at, folded from call_logs where agent = ");
        sql.bind(agent);
        if let Some(Cursor { placed_at, id }) = before {
            sql.push(" and (placed_at, id) < (").bind(column(*placed_at));
            sql.push(", ").bind(id.as_str()).push(")");
        }
        // One more than asked for tells whether there is a next page.
        sql.push(" order by placed_at desc, id desc limit ").bind(i64::from(limit) + 1);
        let found: Vec<(i64, String)> = sql.query_as().fetch_all(&self.database.readers).await?;
        let asked = usize::from(limit);
        let is_more = found.len() > asked;
        let mut last = None;
        let mut rows = Vec::with_capacity(found.len());
        for (placed_at, json) in found.into_iter().take(asked) {
            let row: Row = serde_json::from_str(&json)?;
            last = Some(Cursor { placed_at: millis(placed_at), id: row.id.clone() });
            rows.push(row);
        }
        Ok((rows, last.filter(|_| is_more)))
    }

    /// The number of the latest change.
    pub(crate) async fn latest(&self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("select seq from changes").fetch_one(&self.database.readers).await?)
    }

    /// The agent's rows that changed after `seq`, in the order of their changes.
    pub(crate) async fn changed_after(
        &self,
        agent: &str,
        seq: i64,
        limit: u16,
    ) -> Result<Vec<Numbered>, StoreError> {
        let found: Vec<(i64, String)> = sqlx::query_as(
            "select seq, folded from call_logs where agent = $1 and seq > $2 order by seq limit $3",
        )
        .bind(agent)
        .bind(seq)
        .bind(i64::from(limit))
        .fetch_all(&self.database.readers)
        .await?;
        Ok(found.into_iter().map(|(seq, json)| Numbered { seq, json }).collect())
    }

    /// Everybody's rows that changed after `seq`, in the order of their changes.
    pub(super) async fn changed_since(
        &self,
        seq: i64,
        limit: i64,
    ) -> Result<Vec<Change>, StoreError> {
        let found: Vec<(i64, String, String)> = sqlx::query_as(
            "select seq, agent, folded from call_logs where seq > $1 order by seq limit $2",
        )
        .bind(seq)
        .bind(limit)
        .fetch_all(&self.database.readers)
        .await?;
        Ok(found.into_iter().map(|(seq, agent, json)| Change { seq, agent, json }).collect())
    }
}

/// How much an agent calls, by transfers too. Of the calls that are not over those count that Telnyx has, or may have
/// any moment, and that the agent has not handed over.
pub(super) async fn usage(
    tx: &mut AnyConnection,
    agent: &str,
    now: Millis,
) -> Result<Usage, StoreError> {
    let before = |span: Duration| {
        column(Millis(now.0.saturating_sub(u64::try_from(span.as_millis()).unwrap_or(u64::MAX))))
    };
    let last_minute: i64 =
        sqlx::query_scalar("select count(*) from call_logs where agent = $1 and placed_at > $2")
            .bind(agent)
            .bind(before(Duration::from_mins(1)))
            .fetch_one(&mut *tx)
            .await?;
    let transfers: i64 = sqlx::query_scalar(
        "select count(*) from transfers where asked_at > $2
            and call_id in (select id from call_logs where agent = $1 and over_heard_at is null)",
    )
    .bind(agent)
    .bind(before(Duration::from_mins(1)))
    .fetch_one(&mut *tx)
    .await?;
    let at_once: i64 = sqlx::query_scalar(
        "select count(*) from call_logs where agent = $1 and over_heard_at is null and handed_over = 0
            and (status <> 'placed' or placed_at > $2)",
    )
    .bind(agent)
    .bind(before(FRESH))
    .fetch_one(&mut *tx)
    .await?;
    let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(Usage { last_minute: count(last_minute + transfers), at_once: count(at_once) })
}
