//! Rows that whoever works on them holds a lease of: jobs and orders.
//!
//! A row is due at a moment, and nobody's until a server takes it for a while. What a lease that ran out was for is
//! taken up by anybody.

use call::time::Millis;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, FromRow};

use super::{Database, column, millis};

/// A table of such rows. It has the columns `due_at`, `leased_until` and `holder`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leased {
    pub(super) table: &'static str,
    /// The column that names a row.
    pub(super) key: &'static str,
    /// What else taking one changes, as SQL behind a comma; or nothing.
    pub(super) also: &'static str,
    /// The columns a taken row is read from.
    pub(super) columns: &'static str,
}

impl Leased {
    /// Takes up to `most` rows that are due at `now` and nobody's.
    pub(super) async fn take<Columns>(
        self,
        database: &Database,
        holder: &str,
        most: usize,
        now: Millis,
        until: Millis,
    ) -> Result<Vec<Columns>, sqlx::Error>
    where
        Columns: for<'row> FromRow<'row, AnyRow> + Send + Unpin,
    {
        let Self { table, key, also, columns } = self;
        let taking = database.dialect.taking();
        let sql = format!(
            "with due as materialized (
                select {key} from {table} where due_at <= $3 and leased_until <= $3 order by due_at limit $4{taking})
             update {table} set holder = $1, leased_until = $2{also}
             where {key} in (select {key} from due) returning {columns}"
        );
        // Of constants.
        sqlx::query_as(AssertSqlSafe(sql))
            .bind(holder)
            .bind(column(until))
            .bind(column(now))
            .bind(i64::try_from(most).unwrap_or(i64::MAX))
            .fetch_all(&database.writers)
            .await
    }

    /// When the next row may be taken; nothing if there is none.
    pub(super) async fn next(
        self,
        database: &Database,
        now: Millis,
    ) -> Result<Option<Millis>, sqlx::Error> {
        let sql = format!(
            "select min(case when leased_until > $1 and leased_until > due_at then leased_until else due_at end)
             from {}",
            self.table
        );
        let next: Option<i64> = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(column(now))
            .fetch_one(&database.readers)
            .await?;
        Ok(next.map(millis))
    }

    /// Gives back every row a server holds that is about to stop.
    pub(super) async fn leave(self, database: &Database, holder: &str) -> Result<(), sqlx::Error> {
        let sql = format!("update {} set leased_until = 0 where holder = $1", self.table);
        sqlx::query(AssertSqlSafe(sql)).bind(holder).execute(&database.writers).await?;
        Ok(())
    }
}
