//! Jobs: calls something is still to be found out about, and who is at it.
//!
//! A job is put down in the transaction that makes it necessary, so a server that is killed after it leaves the job
//! to itself or to another. Whoever works on one holds a lease, renewed meanwhile; what a lease that ran out was for
//! is taken up by anybody.

use call::history::{Recording, Row, Word};
use call::ids::CallId;
use call::time::Millis;
use sqlx::AnyConnection;

use super::leases::Leased;
use super::{Store, StoreError, column, millis, to_the_end};

/// A job this server holds the lease of.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    /// The call.
    pub(crate) call: CallId,
    /// What was tried so far.
    pub(crate) attempts: Attempts,
    /// How much had been heard of the call when the lease began.
    news: i64,
}

/// What was tried so far, by whichever server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Attempts {
    /// How often Telnyx was asked for a recording, and when it may be asked again.
    pub(crate) asked: u32,
    pub(crate) ask_after: Option<Millis>,
    /// How often a copy failed, and when it may be tried again.
    pub(crate) copied: u32,
    pub(crate) copy_after: Option<Millis>,
    /// When Telnyx may be asked again whether the call goes on.
    pub(crate) check_after: Option<Millis>,
    /// How often a deletion was tried, and when it may be tried again.
    pub(crate) removed: u32,
    pub(crate) remove_after: Option<Millis>,
}

const JOBS: Leased = Leased {
    table: "jobs",
    key: "call_id",
    also: "",
    columns: "call_id, news, asked, ask_after, copied, copy_after, check_after, removed, remove_after",
};

/// [`JOBS`]' columns.
type Columns = (String, i64, i64, Option<i64>, i64, Option<i64>, Option<i64>, i64, Option<i64>);

impl Job {
    fn read(columns: Columns) -> Self {
        let (call, news, asked, ask_after, copied, copy_after, check_after, removed, remove_after) =
            columns;
        let count = |column: i64| u32::try_from(column).unwrap_or(u32::MAX);
        let attempts = Attempts {
            asked: count(asked),
            ask_after: ask_after.map(millis),
            copied: count(copied),
            copy_after: copy_after.map(millis),
            check_after: check_after.map(millis),
            removed: count(removed),
            remove_after: remove_after.map(millis),
        };
        Self { call: CallId(call), attempts, news }
    }
}

/// Puts down that something is to be found out about the call, or that there is news for whoever is at it.
pub(super) async fn put(tx: &mut AnyConnection, row: &Row, now: Millis) -> Result<(), sqlx::Error> {
    if !row.is_over() {
        // Once is enough: when Telnyx is to be asked about it is known to whoever looks at the job.
        sqlx::query("insert into jobs (call_id, due_at) values ($1, $2) on conflict do nothing")
            .bind(row.id.as_str())
            .bind(column(now))
            .execute(tx)
            .await?;
        return Ok(());
    }
    let to_copy = row.recording == Recording::Processing;
    let to_wait_for_word = row.telnyx == Word::Awaited;
    // Perhaps it is gone already: whoever looks at the job knows.
    let to_remove = row.recording == Recording::Deleted;
    if !(to_copy || to_wait_for_word || to_remove) {
        return Ok(());
    }
    sqlx::query(
        "insert into jobs (call_id, due_at) values ($1, $2)
         on conflict (call_id) do update set due_at = excluded.due_at, news = jobs.news + 1",
    )
    .bind(row.id.as_str())
    .bind(column(now))
    .execute(tx)
    .await?;
    Ok(())
}

impl Store {
    /// Makes every job of a call that is over due: what was put off by another version, or by a clock that was wrong, is looked at anew.
    pub(crate) async fn review_jobs(&self, now: Millis) -> Result<(), StoreError> {
        sqlx::query(
            "update jobs set due_at = $1 where due_at > $1
                and call_id in (select id from call_logs where over_heard_at is not null)",
        )
        .bind(column(now))
        .execute(&self.database.writers)
        .await?;
        Ok(())
    }

    /// Takes up to `most` jobs that are due and nobody's.
    pub(crate) async fn take_jobs(
        &self,
        holder: &str,
        most: usize,
        now: Millis,
        until: Millis,
    ) -> Result<Vec<Job>, StoreError> {
        let (store, holder) = (self.clone(), holder.to_owned());
        to_the_end(async move {
            let taken = JOBS.take(&store.database, &holder, most, now, until).await?;
            Ok(taken.into_iter().map(Job::read).collect())
        })
        .await
    }

    /// When the next job may be taken; nothing if there is none.
    pub(crate) async fn next_job(&self, now: Millis) -> Result<Option<Millis>, StoreError> {
        Ok(JOBS.next(&self.database, now).await?)
    }

    /// Keeps the lease; `false` if it had run out and somebody else has it.
    pub(crate) async fn keep_job(
        &self,
        job: &Job,
        holder: &str,
        until: Millis,
    ) -> Result<bool, StoreError> {
        let kept =
            sqlx::query("update jobs set leased_until = $1 where call_id = $2 and holder = $3")
                .bind(column(until))
                .bind(job.call.as_str())
                .bind(holder)
                .execute(&self.database.writers)
                .await?
                .rows_affected();
        Ok(kept == 1)
    }

    /// Gives a job back until `due`, or for good. News that came meanwhile makes it due at once.
    pub(crate) async fn leave_job(
        &self,
        job: &Job,
        holder: &str,
        due: Option<Millis>,
    ) -> Result<(), StoreError> {
        let id = job.call.as_str();
        let writers = &self.database.writers;
        let Some(due) = due else {
            let done =
                sqlx::query("delete from jobs where call_id = $1 and holder = $2 and news = $3")
                    .bind(id)
                    .bind(holder)
                    .bind(job.news)
                    .execute(writers)
                    .await?
                    .rows_affected();
            if done == 0 {
                sqlx::query("update jobs set leased_until = 0 where call_id = $1 and holder = $2")
                    .bind(id)
                    .bind(holder)
                    .execute(writers)
                    .await?;
                self.work.notify_one();
            }
            return Ok(());
        };
        sqlx::query(
            "update jobs set leased_until = 0, asked = $1, ask_after = $2, copied = $3, copy_after = $4,
                check_after = $5, removed = $6, remove_after = $7,
                due_at = case when news = $8 then $9 else due_at end
             where call_id = $10 and holder = $11",
        )
        .bind(i64::from(job.attempts.asked))
        .bind(job.attempts.ask_after.map(column))
        .bind(i64::from(job.attempts.copied))
        .bind(job.attempts.copy_after.map(column))
        .bind(job.attempts.check_after.map(column))
        .bind(i64::from(job.attempts.removed))
        .bind(job.attempts.remove_after.map(column))
        .bind(job.news)
        .bind(column(due))
        .bind(id)
        .bind(holder)
        .execute(writers)
        .await?;
        Ok(())
    }

    /// Gives back everything a server holds that is about to stop.
    pub(crate) async fn leave_jobs(&self, holder: &str) -> Result<(), StoreError> {
        Ok(JOBS.leave(&self.database, holder).await?)
    }
}
