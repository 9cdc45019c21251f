//! All SQL. One writer at a time, many readers.
//!
//! A change is announced on [`Store::changes`] in the order of the numbers (`seq`), so that a listener that has seen
//! one has seen all before it. [`database`] knows which database there is, [`relay`] carries what other servers did.

mod agents;
mod calls;
mod claims;
mod control;
mod copies;
#[cfg(test)]
mod cost;
mod database;
mod erase;
mod facts;
mod guesses;
mod incoming;
mod jobs;
mod leases;
mod log;
mod programs;
mod projection;
mod pursuit;
mod relay;
mod search;
mod sign_ins;
mod sql;
mod timelines;
mod transfers;
mod webhooks;
mod words;

use std::future::Future;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, broadcast};

pub(crate) use agents::Account;
pub(crate) use calls::{Cursor, Placing};
pub(crate) use claims::Unclaimed;
pub(crate) use control::Order;
pub(crate) use copies::{Copy, Removal};
pub(crate) use database::Dialect;
use database::{Database, Turn};
pub(crate) use erase::Dossier;
pub(crate) use facts::{Kept, Witness};
pub(crate) use guesses::Guesser;
pub(crate) use jobs::{Attempts, Job};
pub(crate) use log::{Filter, Quarter};
pub(crate) use projection::word;
pub(crate) use pursuit::Pursuit;
pub(crate) use sign_ins::SignInUnderWay;
pub(crate) use timelines::Course;
pub(crate) use transfers::{Declined, Wish};
pub(crate) use webhooks::{OfLeg, Said, Way, Webhook};

/// How many changes a slow listener may fall behind before it has to ask the database.
const BACKLOG: usize = 1024;

/// The database, and what is heard from it.
#[derive(Clone)]
pub(crate) struct Store {
    database: Database,
    changes: broadcast::Sender<Arc<Change>>,
    ended: broadcast::Sender<Ended>,
    work: Arc<Notify>,
    orders: Arc<Notify>,
}

/// A row that is no longer what it was.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    /// Where the change stands in the order of all changes.
    pub(crate) seq: i64,
    /// Whose call it is.
    pub(crate) agent: String,
    /// The row as the page gets it.
    pub(crate) json: String,
}

/// Whose sessions are over, for the streams they hold open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ended {
    /// The session whose secret has this digest.
    Session([u8; 32]),
    /// Every session of this agent.
    Agent(String),
    /// Perhaps anybody's: the word was lost.
    Unknown,
}

/// The database did not do what it should.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("{0}")]
    Database(#[from] sqlx::Error),
    #[error("it is neither SQLite (sqlite:…) nor PostgreSQL (postgres://…)")]
    Unsupported,
    #[error("its tables could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("what it holds cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    #[error("a write was cut short: {0}")]
    CutShort(#[from] tokio::task::JoinError),
}

impl Store {
    /// Opens the database, creating a SQLite file and bringing its tables up to date.
    pub(crate) async fn open(url: &str) -> Result<Self, StoreError> {
        let store = Self {
            database: Database::open(url).await?,
            changes: broadcast::Sender::new(BACKLOG),
            ended: broadcast::Sender::new(BACKLOG),
            work: Arc::default(),
            orders: Arc::default(),
        };
        store.project_all().await?;
        match store.database.dialect {
            Dialect::Sqlite => {}
            Dialect::Postgres => store.relay(url).await?,
        }
        Ok(store)
    }

    /// Hears every change from now on.
    pub(crate) fn changes(&self) -> broadcast::Receiver<Arc<Change>> {
        self.changes.subscribe()
    }

    /// Hears from now on who is signed out.
    pub(crate) fn ended(&self) -> broadcast::Receiver<Ended> {
        self.ended.subscribe()
    }

    /// Comes back when there may be a job to do that was not there before.
    pub(crate) async fn work(&self) {
        self.work.notified().await;
    }

    /// Commits, and tells every listener of every server.
    async fn commit(&self, mut turn: Turn, change: Option<Change>) -> Result<(), StoreError> {
        if change.is_some() {
            let word = serde_json::to_string(&relay::Word::Changed)?;
            self.database.notify(&mut turn.tx, &word).await?;
        }
        turn.commit(|| match (self.database.dialect, change) {
            (Dialect::Sqlite, Some(change)) => self.announce(change),
            // It comes back as a notification.
            (Dialect::Postgres, Some(_)) | (Dialect::Sqlite | Dialect::Postgres, None) => {}
        })
        .await?;
        self.work.notify_one();
        Ok(())
    }

    /// Commits that somebody is signed out, and tells every stream of every server.
    async fn commit_end(
        &self,
        mut tx: sqlx::Transaction<'static, sqlx::Any>,
        ended: Ended,
    ) -> Result<(), StoreError> {
        let word = serde_json::to_string(&relay::Word::Ended(ended.clone()))?;
        self.database.notify(&mut tx, &word).await?;
        tx.commit().await?;
        match self.database.dialect {
            Dialect::Sqlite => self.say_ended(ended),
            // It comes back as a notification.
            Dialect::Postgres => {}
        }
        Ok(())
    }

    fn announce(&self, change: Change) {
        // Nobody listening is no failure: the page asks for the list when it opens.
        let _ = self.changes.send(Arc::new(change));
    }

    fn say_ended(&self, ended: Ended) {
        // Nobody listening means that no stream of any session is open.
        let _ = self.ended.send(ended);
    }
}

/// Runs a write to its end even if whoever asked for it goes away: a change that is committed must be announced.
async fn to_the_end<T: Send + 'static>(
    write: impl Future<Output = Result<T, StoreError>> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::spawn(write).await?
}

/// A moment as a column holds it.
fn column(millis: call::time::Millis) -> i64 {
    i64::try_from(millis.0).unwrap_or(i64::MAX)
}

/// A moment as a column held it.
fn millis(column: i64) -> call::time::Millis {
    call::time::Millis(u64::try_from(column).unwrap_or(0))
}
