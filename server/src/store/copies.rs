//! Our copies of recordings: what each is, and by what to know that it is still the same.

use call::history::{Fact, Row, What};
use call::ids::CallId;
use call::time::Millis;

use super::facts::{Source, Witness, insert, refold};
use super::{Store, StoreError, column, to_the_end};
use crate::recording::{Format, Sum};

/// What is known of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Copy {
    pub(crate) format: Format,
    pub(crate) bytes: u64,
    pub(crate) sha256: Sum,
    /// How many channels `peaks` is of; none where it could not be decoded.
    pub(crate) channels: usize,
    /// A byte for each step of time, channel after channel.
    pub(crate) peaks: Vec<u8>,
}

/// `format, bytes, sha256, channels, peaks`.
type Columns = (String, i64, Vec<u8>, i64, Vec<u8>);

impl Copy {
    fn read((format, bytes, sha256, channels, peaks): Columns) -> Option<Self> {
        Some(Self {
            format: Format::ALL.into_iter().find(|known| known.extension() == format)?,
            bytes: u64::try_from(bytes).ok()?,
            sha256: sha256.try_into().ok()?,
            channels: usize::try_from(channels).ok()?,
            peaks,
        })
    }
}

impl Store {
    /// What is known of the copy of a call's recording.
    pub(crate) async fn copy(&self, id: &CallId) -> Result<Option<Copy>, StoreError> {
        let found: Option<Columns> = sqlx::query_as(
            "select format, bytes, sha256, channels, peaks from copies where call_id = $1",
        )
        .bind(id.as_str())
        .fetch_optional(&self.database.readers)
        .await?;
        Ok(found.and_then(Copy::read))
    }

    /// Keeps what a copy is, and what is said of it in the same breath; `false` if the call has been erased meanwhile.
    pub(crate) async fn keep_copy(
        &self,
        id: &CallId,
        copy: Copy,
        fact: Option<Fact>,
        now: Millis,
    ) -> Result<bool, StoreError> {
        let (store, id) = (self.clone(), id.clone());
        to_the_end(async move {
            let mut turn = store.database.begin().await?;
            let tx = &mut *turn.tx;
            let known: Option<i64> = sqlx::query_scalar("select 1 from call_logs where id = $1")
                .bind(id.as_str())
                .fetch_optional(&mut *tx)
                .await?;
            if known.is_none() {
                turn.tx.rollback().await?;
                return Ok(false);
            }
            sqlx::query(
                "insert into copies (call_id, format, bytes, sha256, channels, peaks) values ($1, $2, $3, $4, $5, $6)
                 on conflict (call_id) do update set format = excluded.format, bytes = excluded.bytes,
                    sha256 = excluded.sha256, channels = excluded.channels, peaks = excluded.peaks",
            )
            .bind(id.as_str())
            .bind(copy.format.extension())
            .bind(i64::try_from(copy.bytes).unwrap_or(i64::MAX))
            .bind(copy.sha256.to_vec())
            .bind(i64::try_from(copy.channels).unwrap_or(i64::MAX))
            .bind(copy.peaks)
            .execute(&mut *tx)
            .await?;
            let change = match fact {
                Some(fact) => {
                    insert(tx, Some(&id), Source::of(Witness::Server), &fact, now).await?;
                    refold(tx, &id, now).await?
                }
                None => None,
            };
            store.commit(turn, change).await?;
            Ok(true)
        })
        .await
    }

    /// Forgets what the copy of a call's recording was.
    pub(crate) async fn forget_copy(&self, id: &CallId) -> Result<(), StoreError> {
        sqlx::query("delete from copies where call_id = $1")
            .bind(id.as_str())
            .execute(&self.database.writers)
            .await?;
        Ok(())
    }

    /// The calls there are copies of, after one, a few at a time.
    pub(crate) async fn copies_after(
        &self,
        last: &str,
        most: i64,
    ) -> Result<Vec<CallId>, StoreError> {
        let found: Vec<String> = sqlx::query_scalar(
            "select call_id from copies where call_id > $1 order by call_id limit $2",
        )
        .bind(last)
        .bind(most)
        .fetch_all(&self.database.readers)
        .await?;
        Ok(found.into_iter().map(CallId).collect())
    }

    /// Some calls that were placed before a moment and whose recording can be deleted.
    pub(crate) async fn recorded_before(
        &self,
        moment: Millis,
        most: i64,
    ) -> Result<Vec<CallId>, StoreError> {
        // A recording that failed here may lie at Telnyx, if it was ever there.
        let found: Vec<String> = sqlx::query_scalar(
            "select id from call_logs where recording in ('ready', 'failed') and placed_at < $1
                and exists (select 1 from facts where call_id = call_logs.id and fact like '%\"recording_saved\"%')
             order by placed_at limit $2",
        )
        .bind(column(moment))
        .bind(most)
        .fetch_all(&self.database.readers)
        .await?;
        Ok(found.into_iter().map(CallId).collect())
    }

    /// A call's row; nothing if it does not exist or is another's than `agent`'s, where one is given.
    pub(crate) async fn row_seen_by(
        &self,
        agent: Option<&str>,
        id: &str,
    ) -> Result<Option<Row>, StoreError> {
        let found: Option<String> = sqlx::query_scalar(
            "select folded from call_logs where id = $1 and ($2 is null or agent = $2)",
        )
        .bind(id)
        .bind(agent)
        .fetch_optional(&self.database.readers)
        .await?;
        Ok(found.map(|json| serde_json::from_str(&json)).transpose()?)
    }
}

/// What of a call's recording is to be deleted, and whether it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Removal {
    /// Nobody wants it deleted.
    NotAsked,
    /// It is to be deleted, here and at Telnyx, since this moment by a server's clock.
    Asked(Millis),
    /// It is gone.
    Done,
}

impl Removal {
    /// What is known once a fact is known that a server heard at `heard_at`. Facts come in the order they were heard.
    pub(super) fn heard(self, what: &What, heard_at: Millis) -> Self {
        match self {
            Self::NotAsked if matches!(what, What::RecordingDeleted { .. }) => {
                Self::Asked(heard_at)
            }
            // One more has come to light.
            Self::Done if matches!(what, What::RecordingSaved { .. }) => Self::Asked(heard_at),
            Self::Asked(_) if *what == What::RecordingRemoved => Self::Done,
            Self::NotAsked | Self::Asked(_) | Self::Done => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use call::history::What;
    use call::time::Millis;

    use super::Removal;

    #[test]
    fn a_deletion_is_done_until_one_more_recording_comes_to_light() {
        let deleted = What::RecordingDeleted { by: Some("sue".to_owned()) };
        let saved = What::RecordingSaved { recording_id: None };
        let after = |facts: &[What]| {
            facts.iter().fold(Removal::NotAsked, |known, what| known.heard(what, Millis(7)))
        };
        assert_eq!(after(&[saved.clone(), What::RecordingRemoved]), Removal::NotAsked);
        assert_eq!(after(&[saved.clone(), deleted.clone()]), Removal::Asked(Millis(7)));
        let done = [saved.clone(), deleted.clone(), What::RecordingRemoved, deleted];
        assert_eq!(after(&done), Removal::Done);
        assert_eq!(after(&[&done[..], &[saved]].concat()), Removal::Asked(Millis(7)));
    }
}
