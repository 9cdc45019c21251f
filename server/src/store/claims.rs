//! Which page has which call, so that a leg nobody is at any more can be ended.

use call::ids::CallId;
use call::time::Millis;
use sqlx::AnyConnection;

use super::{Store, StoreError, column, millis, to_the_end};

/// A call whose page is gone, or seems to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unclaimed {
    /// When its leg is to be ended.
    pub(crate) end_at: Millis,
    /// Since when the page has not been heard, if it went without saying so.
    pub(crate) silent_since: Option<Millis>,
}

impl Store {
    /// Notes that this page has these calls, as far as they are the agent's, and no others.
    pub(crate) async fn claim(
        &self,
        agent: &str,
        page: &str,
        calls: &[CallId],
    ) -> Result<(), StoreError> {
        let (store, agent, page) = (self.clone(), agent.to_owned(), page.to_owned());
        let calls = calls.to_vec();
        to_the_end(async move {
            let mut turn = store.database.begin().await?;
            let tx = &mut *turn.tx;
            let calls = going_on(tx, &agent, &calls).await?;
            for call in &calls {
                put(tx, &page, call, None).await?;
            }
            let has: Vec<String> = sqlx::query_scalar("select call_id from claims where page = $1")
                .bind(&page)
                .fetch_all(&mut *tx)
                .await?;
            for id in has.into_iter().filter(|id| !calls.contains(id)) {
                sqlx::query("delete from claims where call_id = $1 and page = $2")
                    .bind(id)
                    .bind(&page)
                    .execute(&mut *tx)
                    .await?;
            }
            store.commit(turn, None).await
        })
        .await
    }

    /// Notes that this page goes and leaves these calls behind. What another page has claimed is that one's.
    pub(crate) async fn leave(
        &self,
        agent: &str,
        page: &str,
        calls: &[CallId],
        end_at: Millis,
        now: Millis,
    ) -> Result<(), StoreError> {
        let (store, agent, page) = (self.clone(), agent.to_owned(), page.to_owned());
        let calls = calls.to_vec();
        to_the_end(async move {
            let mut turn = store.database.begin().await?;
            for call in &going_on(&mut turn.tx, &agent, &calls).await? {
                put(&mut turn.tx, &page, call, Some(end_at)).await?;
            }
            wake(&mut turn.tx, &page, now).await?;
            store.commit(turn, None).await
        })
        .await
    }

    /// Notes that this page is not heard any more, though it did not say that it goes.
    pub(crate) async fn fall_silent(
        &self,
        page: &str,
        end_at: Millis,
        now: Millis,
    ) -> Result<(), StoreError> {
        let (store, page) = (self.clone(), page.to_owned());
        to_the_end(async move {
            let mut turn = store.database.begin().await?;
            sqlx::query(
                "update claims set end_at = $1, silent_since = $2 where page = $3 and end_at is null",
            )
            .bind(column(end_at))
            .bind(column(now))
            .bind(&page)
            .execute(&mut *turn.tx)
            .await?;
            wake(&mut turn.tx, &page, now).await?;
            store.commit(turn, None).await
        })
        .await
    }

    /// Puts the end of a leg off, where Telnyx did not answer.
    pub(crate) async fn end_later(&self, id: &CallId, end_at: Millis) -> Result<(), StoreError> {
        sqlx::query("update claims set end_at = $1 where call_id = $2 and end_at is not null")
            .bind(column(end_at))
            .bind(id.as_str())
            .execute(&self.database.writers)
            .await?;
        Ok(())
    }

    /// There is nothing more to be done about a call that no page has.
    pub(crate) async fn let_go(&self, id: &CallId) -> Result<(), StoreError> {
        sqlx::query("delete from claims where call_id = $1 and end_at is not null")
            .bind(id.as_str())
            .execute(&self.database.writers)
            .await?;
        Ok(())
    }
}

/// Whether the call's page is gone. On the connection that asks: each that held one and waited for another would keep
/// the others waiting, and be kept waiting by them.
pub(super) async fn unclaimed(
    reader: &mut AnyConnection,
    id: &CallId,
) -> Result<Option<Unclaimed>, sqlx::Error> {
    let found: Option<(Option<i64>, Option<i64>)> =
        sqlx::query_as("select end_at, silent_since from claims where call_id = $1")
            .bind(id.as_str())
            .fetch_optional(reader)
            .await?;
    let Some((Some(end_at), silent_since)) = found else { return Ok(None) };
    Ok(Some(Unclaimed { end_at: millis(end_at), silent_since: silent_since.map(millis) }))
}

/// A call is over: nobody has it any more, and nothing is to be ended.
pub(super) async fn drop(tx: &mut AnyConnection, id: &CallId) -> Result<(), sqlx::Error> {
    sqlx::query("delete from claims where call_id = $1").bind(id.as_str()).execute(tx).await?;
    Ok(())
}

/// Those of the agent's calls that go on, by their own names; a page knows a call that came in by another.
async fn going_on(
    tx: &mut AnyConnection,
    agent: &str,
    calls: &[CallId],
) -> Result<Vec<String>, sqlx::Error> {
    let mut found = Vec::with_capacity(calls.len());
    for call in calls {
        let id: Option<String> = sqlx::query_scalar(
            "select id from call_logs where agent = $2 and over_heard_at is null and handed_over = 0
                and id = coalesce((select call_id from aliases where agent = $2 and alias = $1), $1)",
        )
        .bind(call.as_str())
        .bind(agent)
        .fetch_optional(&mut *tx)
        .await?;
        found.extend(id);
    }
    Ok(found)
}

/// Notes which page has a call (`end_at` null), or had it last and goes.
async fn put(
    tx: &mut AnyConnection,
    page: &str,
    call: &str,
    end_at: Option<Millis>,
) -> Result<(), sqlx::Error> {
    let sql = if end_at.is_none() {
        "insert into claims (call_id, page, end_at, silent_since) values ($1, $2, $3, null)
         on conflict (call_id) do update set page = excluded.page, end_at = null, silent_since = null"
    } else {
        "insert into claims (call_id, page, end_at, silent_since) values ($1, $2, $3, null)
         on conflict (call_id) do update set end_at = excluded.end_at, silent_since = null
            where claims.page = excluded.page"
    };
    sqlx::query(sql).bind(call).bind(page).bind(end_at.map(column)).execute(tx).await?;
    Ok(())
}

/// Has the jobs of this page's calls looked at, which were put off until something else.
async fn wake(tx: &mut AnyConnection, page: &str, now: Millis) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update jobs set due_at = $1, news = news + 1
         where call_id in (select call_id from claims where page = $2 and end_at is not null)",
    )
    .bind(column(now))
    .bind(page)
    .execute(tx)
    .await?;
    Ok(())
}
