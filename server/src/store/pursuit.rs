//! Calls that are over and about which something is still to be found out.

use call::history::{Fact, Row, What};
use call::ids::CallId;
use call::time::Millis;

use super::copies::Removal;
use super::{Store, StoreError, Unclaimed, claims, millis};

/// What is known of a call that may have a recording to come.
#[derive(Debug, Clone)]
pub(crate) struct Pursuit {
    /// The row.
    pub(crate) row: Row,
    /// When this server first knew the call to be over.
    pub(crate) over_heard_at: Option<Millis>,
    /// When a server last heard anything of the call.
    pub(crate) heard_at: Millis,
    /// When this server first knew that Telnyx has a recording.
    pub(crate) saved_heard_at: Option<Millis>,
    /// Telnyx's names for what was recorded, as far as they came; the first is what we copy.
    pub(crate) recording_ids: Vec<String>,
    /// Whether it is to be deleted.
    pub(crate) removal: Removal,
    /// Set where its page is gone.
    pub(crate) unclaimed: Option<Unclaimed>,
}

#[cfg(test)]
impl Pursuit {
    /// A call with these facts that was over at second 100 by the server's clock, its recording known a second later.
    pub(crate) fn of(facts: Vec<What>) -> Self {
        let saved = facts.iter().any(|what| matches!(what, What::RecordingSaved { .. }));
        let ids = call::ids::TelnyxIds::default;
        let facts = facts.into_iter().map(|what| Fact { at: Millis(1), ids: ids(), what });
        let row = Row::fold(CallId("id".to_owned()), facts);
        let over_heard_at = row.is_over().then_some(Millis(100_000));
        Self {
            row,
            over_heard_at,
            heard_at: Millis(100_000),
            saved_heard_at: saved.then_some(Millis(101_000)),
            recording_ids: Vec::new(),
            removal: Removal::NotAsked,
            unclaimed: None,
        }
    }
}

impl Store {
    /// What is known of the call.
    pub(crate) async fn pursuit(&self, id: &CallId) -> Result<Option<Pursuit>, StoreError> {
        let mut reader = self.database.readers.begin().await?;
        let found: Option<(String, Option<i64>)> =
            sqlx::query_as("select folded, over_heard_at from call_logs where id = $1")
                .bind(id.as_str())
                .fetch_optional(&mut *reader)
                .await?;
        let Some((json, over_heard_at)) = found else { return Ok(None) };
        let facts: Vec<(i64, String)> =
            sqlx::query_as("select heard_at, fact from facts where call_id = $1 order by id")
                .bind(id.as_str())
                .fetch_all(&mut *reader)
                .await?;
        let unclaimed = claims::unclaimed(&mut reader, id).await?;
        drop(reader);
        let heard_at = millis(facts.iter().map(|(heard_at, _)| *heard_at).max().unwrap_or(0));
        let mut saved_heard_at: Option<Millis> = None;
        let mut recording_ids = Vec::new();
        let mut removal = Removal::NotAsked;
        for (heard_at, json) in facts {
            let fact: Fact = serde_json::from_str(&json)?;
            removal = removal.heard(&fact.what, millis(heard_at));
            if let What::RecordingSaved { recording_id: named } = fact.what {
                saved_heard_at = saved_heard_at.or(Some(millis(heard_at)));
                recording_ids.extend(named.filter(|named| !recording_ids.contains(named)));
            }
        }
        Ok(Some(Pursuit {
            row: serde_json::from_str(&json)?,
            over_heard_at: over_heard_at.map(millis),
            heard_at,
            saved_heard_at,
            recording_ids,
            removal,
            unclaimed,
        }))
    }

    /// The bodies of the webhooks that announced a recording of the call, latest first.
    pub(crate) async fn recording_announcements(
        &self,
        id: &CallId,
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        Ok(sqlx::query_scalar(
            "select body from webhooks where event_type = 'call.recording.saved'
                and event_id in (select event_id from facts where call_id = $1)
             order by received_at desc",
        )
        .bind(id.as_str())
        .fetch_all(&self.database.readers)
        .await?)
    }
}
