//! The log: finding calls, writing beside them, counting them.

use call::ids::CallId;
use call::log::{Direction, Edit, Entry};
use call::time::Millis;
use sqlx::AnyConnection;

use super::facts::next_seq;
use super::projection::digits;
use super::sql::Sql;
use super::{Change, Cursor, Store, StoreError, column, millis, to_the_end, words};

/// How long a quarter of an hour is, in milliseconds. Every time zone's offset is a multiple of it.
pub(crate) const QUARTER: i64 = 15 * 60 * 1000;

/// Which calls are asked for; nothing means all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) agent: Option<String>,
    /// Digits that stand together somewhere in the far end's number.
    pub(crate) number: Option<String>,
    pub(crate) direction: Option<Direction>,
    /// As `call_logs.outcome`.
    pub(crate) outcome: Option<String>,
    /// Placed at this moment or later.
    pub(crate) from: Option<Millis>,
    /// Placed before this moment.
    pub(crate) until: Option<Millis>,
    /// Whether there is something to hear.
    pub(crate) recorded: Option<bool>,
    /// What somebody wrote beside the call.
    pub(crate) text: Option<String>,
}

/// How many calls began in one quarter of an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quarter {
    /// Its beginning.
    pub(crate) at: Millis,
    pub(crate) calls: u64,
    pub(crate) answered: u64,
    pub(crate) talk_ms: u64,
    pub(crate) held_ms: u64,
}

/// `folded, caller_id, initiated_at, notes, tags, disposition, placed_at`.
type Columns = (String, Option<String>, Option<i64>, String, String, Option<String>, i64);

const COLUMNS: &str = "select folded, caller_id, initiated_at, notes, tags, disposition, placed_at \
                       from call_logs where ";

fn entry(columns: Columns) -> Result<(Millis, Entry), StoreError> {
    let (folded, caller_id, initiated_at, notes, tags, disposition, placed) = columns;
    let entry = Entry {
        row: serde_json::from_str(&folded)?,
        caller_id,
        initiated_at: initiated_at.map(millis),
        notes,
        tags: serde_json::from_str(&tags)?,
        disposition,
    };
    Ok((millis(placed), entry))
}

/// What is searched for `text`, and what it is searched as.
fn small(text: &str) -> String {
    text.to_lowercase()
}

/// `call_logs.direction`.
const fn direction_word(direction: Direction) -> &'static str {
    match direction {
        Direction::Outgoing => "outgoing",
        Direction::Incoming => "incoming",
    }
}

/// One call, whoever's.
pub(super) async fn read_entry(
    tx: &mut AnyConnection,
    id: &CallId,
) -> Result<Option<Entry>, StoreError> {
    let mut sql = Sql::new(COLUMNS);
    sql.push("id = ").bind(id.as_str());
    let found: Option<Columns> = sql.query_as().fetch_optional(tx).await?;
    Ok(found.map(entry).transpose()?.map(|(_, entry)| entry))
}

impl Store {
    /// The calls that pass, newest first, and whether there are more.
    pub(crate) async fn find(
        &self,
        filter: &Filter,
        before: Option<&Cursor>,
        limit: u16,
    ) -> Result<(Vec<Entry>, Option<Cursor>), StoreError> {
        let mut sql = Sql::new(COLUMNS);
        self.restrict(&mut sql, filter).await?;
        if let Some(Cursor { placed_at, id }) = before {
            sql.push(" and (placed_at, id) < (").bind(column(*placed_at));
            sql.push(", ").bind(id.as_str()).push(")");
        }
        // One more than asked for tells whether there is a next page.
        sql.push(" order by placed_at desc, id desc limit ").bind(i64::from(limit) + 1);
        let found: Vec<Columns> = sql.query_as().fetch_all(&self.database.readers).await?;
        let asked = usize::from(limit);
        let is_more = found.len() > asked;
        let found = found.into_iter().take(asked).map(entry).collect::<Result<Vec<_>, _>>()?;
        let last = found.last().filter(|_| is_more);
        let next = last.map(|(at, entry)| Cursor { placed_at: *at, id: entry.row.id.clone() });
        Ok((found.into_iter().map(|(_, entry)| entry).collect(), next))
    }

    /// One call, if the filter lets it pass.
    pub(crate) async fn entry(
        &self,
        filter: &Filter,
        id: &str,
    ) -> Result<Option<Entry>, StoreError> {
        let mut sql = Sql::new(COLUMNS);
        self.restrict(&mut sql, filter).await?;
        sql.push(" and id = ").bind(id);
        let found: Option<Columns> = sql.query_as().fetch_optional(&self.database.readers).await?;
        Ok(found.map(entry).transpose()?.map(|(_, entry)| entry))
    }

    /// How many calls that pass began in each quarter of an hour that has any.
    pub(crate) async fn quarters(&self, filter: &Filter) -> Result<Vec<Quarter>, StoreError> {
        let mut sql = Sql::new(
            "select placed_at / 900000, count(*), count(answered_at),
                cast(coalesce(sum(talk_ms), 0) as bigint), cast(coalesce(sum(held_ms), 0) as bigint)
             from call_logs where ",
        );
        self.restrict(&mut sql, filter).await?;
        sql.push(" group by placed_at / 900000 order by placed_at / 900000");
        let found: Vec<(i64, i64, i64, i64, i64)> =
            sql.query_as().fetch_all(&self.database.readers).await?;
        let count = |column: i64| u64::try_from(column).unwrap_or(0);
        Ok(found
            .into_iter()
            .map(|(quarter, calls, answered, talk_ms, held_ms)| Quarter {
                at: millis(quarter.saturating_mul(QUARTER)),
                calls: count(calls),
                answered: count(answered),
                talk_ms: count(talk_ms),
                held_ms: count(held_ms),
            })
            .collect())
    }

    /// Adds what a filter asks for; at the least a condition that is always true.
    async fn restrict(&self, sql: &mut Sql, filter: &Filter) -> Result<(), StoreError> {
        let Filter { agent, number, direction, outcome, from, until, recorded, text } = filter;
        sql.push("1 = 1");
        if let Some(agent) = agent {
            sql.push(" and agent = ").bind(agent.as_str());
        }
        if let Some(direction) = direction {
            sql.push(" and direction = ").bind(direction_word(*direction));
        }
        if let Some(outcome) = outcome {
            sql.push(" and outcome = ").bind(outcome.as_str());
        }
        if let Some(from) = from {
            sql.push(" and placed_at >= ").bind(column(*from));
        }
        if let Some(until) = until {
            sql.push(" and placed_at < ").bind(column(*until));
        }
        match recorded {
            None => {}
            Some(true) => drop(sql.push(" and recording = 'ready'")),
            Some(false) => drop(sql.push(" and recording <> 'ready'")),
        }
        if let Some(text) = text {
            self.restrict_text(sql, &small(text)).await?;
        }
        if let Some(number) = number {
            self.restrict_number(sql, &digits(number)).await?;
        }
        Ok(())
    }

    /// Writes beside a call; nothing if the filter does not let it pass.
    pub(crate) async fn edit(
        &self,
        filter: &Filter,
        id: &str,
        edit: Edit,
    ) -> Result<Option<Entry>, StoreError> {
        let Some(known) = self.entry(filter, id).await? else { return Ok(None) };
        let (store, id) = (self.clone(), known.row.id);
        to_the_end(async move {
            let mut turn = store.database.begin().await?;
            let tx = &mut *turn.tx;
            let Some(mut entry) = read_entry(tx, &id).await? else { return Ok(None) };
            entry.notes = edit.notes.unwrap_or(entry.notes);
            entry.tags = edit.tags.unwrap_or(entry.tags);
            entry.disposition = match edit.disposition {
                Some(words) => Some(words).filter(|words| !words.is_empty()),
                None => entry.disposition,
            };
            let disposition = entry.disposition.as_deref().unwrap_or_default();
            let written = [entry.notes.as_str(), &entry.tags.join("\n"), disposition].join("\n");
            let seq = next_seq(tx).await?;
            sqlx::query(
                "update call_logs set notes = $1, tags = $2, disposition = $3, written = $4, seq = $5 where id = $6",
            )
            .bind(&entry.notes)
            .bind(serde_json::to_string(&entry.tags)?)
            .bind(&entry.disposition)
            .bind(small(written.trim()))
            .bind(seq)
            .bind(id.as_str())
            .execute(&mut *tx)
            .await?;
            words::write(tx, &id, &small(&written)).await?;
            // The row is what it was; that something beside it changed is for whoever shows it.
            let json = serde_json::to_string(&entry.row)?;
            let agent = entry.row.agent.clone().unwrap_or_default();
            store.commit(turn, Some(Change { seq, agent, json })).await?;
            Ok(Some(entry))
        })
        .await
    }
}
