//! Forgetting: what is too old, and what somebody asked to be erased.

use call::history::Fact;
use call::ids::CallId;
use call::log::Entry;
use call::time::Millis;
use call::timeline::{Done, Page};
use schemars::JsonSchema;
use serde::Serialize;

use super::log::read_entry;
use super::{Course, Store, StoreError, column, to_the_end, words};

/// How many webhooks are looked through at a time.
const BATCH: i64 = 200;

/// Everything that is known of one call.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Dossier {
    pub(crate) entry: Entry,
    pub(crate) facts: Vec<Fact>,
    /// Telnyx's events about it, as they came.
    pub(crate) webhooks: Vec<serde_json::Value>,
    /// What browsers wrote down of it.
    pub(crate) pages: Vec<Page>,
    /// What this server did and found out about it.
    pub(crate) server: Vec<Done>,
}

impl Store {
    /// Some calls that were placed before a moment.
    pub(crate) async fn placed_before(
        &self,
        moment: Millis,
        most: i64,
    ) -> Result<Vec<CallId>, StoreError> {
        let found: Vec<String> = sqlx::query_scalar(
            "select id from call_logs where placed_at < $1 order by placed_at, id limit $2",
        )
        .bind(column(moment))
        .bind(most)
        .fetch_all(&self.database.readers)
        .await?;
        Ok(found.into_iter().map(CallId).collect())
    }

    /// Every call with a number, or transferred to it, given by its digits.
    pub(crate) async fn calls_with(&self, number: &str) -> Result<Vec<CallId>, StoreError> {
        let found: Vec<String> = sqlx::query_scalar(
            "select id from call_logs where number = $1 union select call_id from transfers where number = $1",
        )
            .bind(number)
            .fetch_all(&self.database.readers)
            .await?;
        Ok(found.into_iter().map(CallId).collect())
    }

    /// Everything that is known of a call.
    pub(crate) async fn dossier(&self, id: &CallId) -> Result<Option<Dossier>, StoreError> {
        let mut reader = self.database.readers.begin().await?;
        let Some(entry) = read_entry(&mut reader, id).await? else { return Ok(None) };
        let facts: Vec<String> =
            sqlx::query_scalar("select fact from facts where call_id = $1 order by id")
                .bind(id.as_str())
                .fetch_all(&mut *reader)
                .await?;
        let bodies: Vec<Vec<u8>> = sqlx::query_scalar(
            "select body from webhooks where event_id in (select event_id from facts where call_id = $1)
             order by received_at, event_id",
        )
        .bind(id.as_str())
        .fetch_all(&mut *reader)
        .await?;
        drop(reader);
        let Course { pages, server, .. } = self.course(id).await?;
        Ok(Some(Dossier {
            entry,
            pages,
            server,
            facts: facts.iter().map(|fact| serde_json::from_str(fact)).collect::<Result<_, _>>()?,
            webhooks: bodies
                .iter()
                .map(|body| serde_json::from_slice(body))
                .collect::<Result<_, _>>()?,
        }))
    }

    /// Erases a call with everything that was said of it.
    pub(crate) async fn erase(&self, id: &CallId) -> Result<(), StoreError> {
        let (store, id) = (self.clone(), id.clone());
        to_the_end(async move {
            let mut turn = store.database.begin().await?;
            let tx = &mut *turn.tx;
            let events: Vec<String> = sqlx::query_scalar(
                "select event_id from facts where call_id = $1 and event_id is not null",
            )
            .bind(id.as_str())
            .fetch_all(&mut *tx)
            .await?;
            let number: Option<Option<String>> =
                sqlx::query_scalar("select number from call_logs where id = $1")
                    .bind(id.as_str())
                    .fetch_optional(&mut *tx)
                    .await?;
            words::erase(tx, &id).await?;
            for statement in [
                "delete from facts where call_id = $1",
                "delete from jobs where call_id = $1",
                "delete from orders where call_id = $1",
                "delete from controls where call_id = $1",
                "delete from timelines where call_id = $1",
                "delete from deeds where call_id = $1",
                "delete from aliases where call_id = $1",
                "delete from claims where call_id = $1",
                "delete from transfers where call_id = $1",
                "delete from copies where call_id = $1",
                "delete from call_logs where id = $1",
            ] {
                sqlx::query(statement).bind(id.as_str()).execute(&mut *tx).await?;
            }
            for event in events {
                sqlx::query("delete from webhooks where event_id = $1")
                    .bind(event)
                    .execute(&mut *tx)
                    .await?;
            }
            if let Some(number) = number.flatten() {
                sqlx::query(
                    "delete from number_parts where number = $1
                        and not exists (select 1 from call_logs where call_logs.number = $1)",
                )
                .bind(number)
                .execute(&mut *tx)
                .await?;
            }
            store.commit(turn, None).await
        })
        .await
    }

    /// Erases the webhooks that belong to no call and came before a moment.
    pub(crate) async fn erase_strays_before(&self, moment: Millis) -> Result<u64, StoreError> {
        let store = self.clone();
        to_the_end(async move {
            let mut turn = store.database.begin().await?;
            let tx = &mut *turn.tx;
            sqlx::query(
                "delete from facts where call_id is null
                    and event_id in (select event_id from webhooks where received_at < $1)",
            )
            .bind(column(moment))
            .execute(&mut *tx)
            .await?;
            let erased = sqlx::query(
                "delete from webhooks where received_at < $1
                    and not exists (select 1 from facts where facts.event_id = webhooks.event_id)",
            )
            .bind(column(moment))
            .execute(&mut *tx)
            .await?
            .rows_affected();
            store.commit(turn, None).await?;
            Ok(erased)
        })
        .await
    }

    /// Erases the webhooks that belong to no call and have a number in them, given by its digits.
    pub(crate) async fn erase_strays_with(&self, number: &str) -> Result<u64, StoreError> {
        let mut after = String::new();
        let mut erased = 0;
        loop {
            let found: Vec<(String, Vec<u8>)> = sqlx::query_as(
                "select event_id, body from webhooks where outcome <> 'joined' and event_id > $1
                 order by event_id limit $2",
            )
            .bind(&after)
            .bind(BATCH)
            .fetch_all(&self.database.readers)
            .await?;
            let Some((last, _)) = found.last() else { return Ok(erased) };
            after.clone_from(last);
            for (event, body) in found {
                if !String::from_utf8_lossy(&body).contains(number) {
                    continue;
                }
                let mut turn = self.database.begin().await?;
                sqlx::query("delete from facts where event_id = $1 and call_id is null")
                    .bind(&event)
                    .execute(&mut *turn.tx)
                    .await?;
                erased += sqlx::query(
                    "delete from webhooks where event_id = $1
                        and not exists (select 1 from facts where facts.event_id = $1)",
                )
                .bind(&event)
                .execute(&mut *turn.tx)
                .await?
                .rows_affected();
                self.commit(turn, None).await?;
            }
        }
    }
}
