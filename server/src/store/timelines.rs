//! Timelines: what browsers wrote down of a call, what servers did about it, and both beside Telnyx's word.

use std::collections::BTreeMap;

use call::history::Fact;
use call::ids::CallId;
use call::time::Millis;
use call::timeline::{
    Batch, Deed, Done, Entry, MOST_BATCHES, MOST_BYTES, MOST_ENTRIES, Noted, Page, Webhook,
};

use super::facts::{Kept, Witness};
use super::{Store, StoreError, column, millis, to_the_end};

/// What is known of a call's course beside its row.
pub(crate) struct Course {
    /// What browsers wrote down.
    pub(crate) pages: Vec<Page>,
    /// What browsers stated for the record.
    pub(crate) browser: Vec<Fact>,
    /// Telnyx's webhooks.
    pub(crate) telnyx: Vec<Webhook>,
    /// What servers did and found out.
    pub(crate) server: Vec<Done>,
}

/// `page, number, sent_at, received_at, dropped, entries`.
type Columns = (i64, i64, i64, i64, i64, String);

/// `witness, fact`, and the webhook's `event_id, event_type, received_at` where it came by one.
type FactColumns = (String, String, Option<String>, Option<String>, Option<i64>);

impl Store {
    /// Keeps a batch of what a browser wrote down, masked already; one that was kept before is not kept again.
    ///
    /// `sent_at` is by the browser's clock, `dropped` how many of its entries could not be read. What is beyond
    /// [`MOST_ENTRIES`] or [`MOST_BYTES`] is counted; a call that has [`MOST_BATCHES`] takes no more.
    pub(crate) async fn write_down(
        &self,
        id: &CallId,
        batch: Batch,
        dropped: u32,
        sent_at: Millis,
        now: Millis,
    ) -> Result<Kept, StoreError> {
        let (store, id) = (self.clone(), id.clone());
        to_the_end(async move {
            let mut entries = serde_json::to_string(&batch.entries)?;
            let mut kept = i64::try_from(batch.entries.len()).unwrap_or(i64::MAX);
            let mut dropped = i64::from(dropped);
            let mut turn = store.database.begin().await?;
            let tx = &mut *turn.tx;
            let (batches, known, bytes): (i64, i64, i64) = sqlx::query_as(
                "select count(*), cast(coalesce(sum(kept), 0) as bigint),
                    cast(coalesce(sum(length(entries)), 0) as bigint) from timelines where call_id = $1",
            )
            .bind(id.as_str())
            .fetch_one(&mut *tx)
            .await?;
            if batches >= i64::from(MOST_BATCHES) {
                return Ok(Kept::Full);
            }
            let size = i64::try_from(entries.len()).unwrap_or(i64::MAX);
            if known + kept > i64::from(MOST_ENTRIES) || bytes + size > i64::from(MOST_BYTES) {
                let lost = batch.entries.iter().map(|entry| i64::from(missing(entry).unwrap_or(1)));
                dropped += lost.sum::<i64>();
                kept = 0;
                "[]".clone_into(&mut entries);
            }
            sqlx::query(
                "insert into timelines (call_id, page, number, sent_at, received_at, kept, dropped, entries)
                 values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
            )
            .bind(id.as_str())
            .bind(i64::from(batch.page))
            .bind(i64::from(batch.number))
            .bind(column(sent_at))
            .bind(column(now))
            .bind(kept)
            .bind(dropped)
            .bind(entries)
            .execute(&mut *tx)
            .await?;
            turn.commit(|| ()).await?;
            Ok(Kept::Yes)
        })
        .await
    }

    /// Keeps what this server did about a call.
    pub(crate) async fn did(
        &self,
        id: &CallId,
        deed: &Deed,
        now: Millis,
    ) -> Result<(), StoreError> {
        sqlx::query("insert into deeds (call_id, done_at, deed) values ($1, $2, $3)")
            .bind(id.as_str())
            .bind(column(now))
            .bind(serde_json::to_string(deed)?)
            .execute(&self.database.writers)
            .await?;
        Ok(())
    }

    /// Everything that was said of a call.
    pub(crate) async fn course(&self, id: &CallId) -> Result<Course, StoreError> {
        let mut reader = self.database.readers.begin().await?;
        let batches: Vec<Columns> = sqlx::query_as(
            "select page, number, sent_at, received_at, dropped, entries from timelines where call_id = $1
             order by page, number",
        )
        .bind(id.as_str())
        .fetch_all(&mut *reader)
        .await?;
        let facts: Vec<FactColumns> =
            sqlx::query_as(
                "select facts.witness, facts.fact, webhooks.event_id, webhooks.event_type, webhooks.received_at
                 from facts left join webhooks on webhooks.event_id = facts.event_id
                 where facts.call_id = $1 order by facts.id",
            )
            .bind(id.as_str())
            .fetch_all(&mut *reader)
            .await?;
        let deeds: Vec<(i64, String)> =
            sqlx::query_as("select done_at, deed from deeds where call_id = $1 order by id")
                .bind(id.as_str())
                .fetch_all(&mut *reader)
                .await?;

        let (mut browser, mut telnyx, mut server) = (vec![], vec![], vec![]);
        for (witness, fact, event_id, event_type, received_at) in facts {
            let fact: Fact = serde_json::from_str(&fact)?;
            if let (Some(event_id), Some(event_type), Some(at)) =
                (event_id, event_type, received_at)
            {
                telnyx.push(Webhook { event_id, event_type, received_at: millis(at), fact });
            } else if witness == Witness::Browser.word() {
                browser.push(fact);
            } else {
                server.push(Done { at: fact.at, what: Deed::Stated(fact.what) });
            }
        }
        for (at, deed) in deeds {
            server.push(Done { at: millis(at), what: serde_json::from_str(&deed)? });
        }
        server.sort_by_key(|done| done.at);
        Ok(Course { pages: pages(batches)?, browser, telnyx, server })
    }
}

/// How many entries this one stands for that were not kept.
const fn missing(entry: &Entry) -> Option<u32> {
    match entry.what {
        Noted::Dropped(count) => Some(count),
        Noted::Phone(_) | Noted::Event(_) | Noted::Around(_) => None,
    }
}

/// The documents that sent these batches, in the order in which they began.
fn pages(batches: Vec<Columns>) -> Result<Vec<Page>, StoreError> {
    let mut pages: BTreeMap<i64, Page> = BTreeMap::new();
    let count = |column: i64| u32::try_from(column).unwrap_or(u32::MAX);
    let mut came: BTreeMap<i64, u32> = BTreeMap::new();
    for (number, batch, sent_at, received_at, dropped, entries) in batches {
        let entries: Vec<Entry> = serde_json::from_str(&entries)?;
        let ahead_ms = sent_at.saturating_sub(received_at);
        let page = pages.entry(number).or_insert_with(|| Page {
            page: count(number),
            ahead_ms,
            dropped: 0,
            missing: 0,
            entries: vec![],
        });
        let came = came.entry(number).or_default();
        // They are read in the order of their numbers, which begin at zero.
        page.missing = count(batch).saturating_sub(*came);
        *came += 1;
        // The batch that was quickest on its way lets the page's clock look least behind.
        page.ahead_ms = page.ahead_ms.max(ahead_ms);
        let said = entries.iter().filter_map(missing);
        page.dropped = said.fold(page.dropped.saturating_add(count(dropped)), u32::saturating_add);
        page.entries.extend(entries);
    }
    let mut pages: Vec<Page> = pages.into_values().collect();
    pages.sort_by_key(|page| page.entries.first().map(|first| page.aligned(first.at)));
    Ok(pages)
}
