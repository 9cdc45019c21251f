//! What one server commits, the others tell their pages: PostgreSQL's `LISTEN` and `NOTIFY`.
//!
//! A notification says that there is something; what it is, is read from the database by its number. So a
//! notification that is lost with its connection loses nothing: after a new connection everything since the last
//! number is read. The own changes come this way, too, which keeps all of them in one order.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sqlx::postgres::PgListener;

use super::{Ended, Store, StoreError};

/// The channel's name.
pub(super) const CHANNEL: &str = "tono";

/// How many rows are read at a time.
const BATCH: i64 = 200;

/// How long to wait before connecting again.
const PAUSE: Duration = Duration::from_secs(1);

/// What a notification says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Word {
    /// There are rows with new numbers.
    Changed,
    /// Somebody is signed out.
    Ended(Ended),
}

/// A new connection that listens.
async fn listen(url: &str) -> Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect(url).await?;
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

impl Store {
    /// Listens from now on, in a task that lives as long as the runtime.
    pub(super) async fn relay(&self, url: &str) -> Result<(), StoreError> {
        let mut listener = listen(url).await?;
        // Listening begins before reading, so that a change in between is seen at least once.
        let mut last = self.latest().await?;
        let (store, url) = (self.clone(), url.to_owned());
        tokio::spawn(async move {
            loop {
                if let Err(error) = store.pass_on(&mut listener, &mut last).await {
                    tracing::error!("listening to the database: {error}");
                }
                listener = loop {
                    match listen(&url).await {
                        Ok(listener) => break listener,
                        Err(error) => tracing::error!("listening to the database: {error}"),
                    }
                    tokio::time::sleep(PAUSE).await;
                };
                // A sign-out may have been missed meanwhile: the streams begin anew, and are asked who they are.
                store.say_ended(Ended::Unknown);
            }
        });
        Ok(())
    }

    /// Passes on what is heard, until the connection is lost.
    async fn pass_on(&self, listener: &mut PgListener, last: &mut i64) -> Result<(), StoreError> {
        self.announce_after(last).await?;
        while let Some(word) = listener.try_recv().await? {
            match serde_json::from_str(word.payload())? {
                Word::Changed => {
                    self.announce_after(last).await?;
                    // Its server may be gone before Telnyx was told what follows from it.
                    self.orders.notify_one();
                }
                Word::Ended(ended) => self.say_ended(ended),
            }
        }
        Ok(())
    }

    /// Announces every row with a number after `last`, in the order of the numbers.
    async fn announce_after(&self, last: &mut i64) -> Result<(), StoreError> {
        loop {
            let changes = self.changed_since(*last, BATCH).await?;
            let Some(latest) = changes.last() else { return Ok(()) };
            *last = latest.seq;
            for change in changes {
                self.announce(change);
            }
        }
    }
}
