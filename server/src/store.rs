//! All SQL. One file, one writer at a time, many readers.
//!
//! A change is announced on [`Store::changes`] before the next one may begin, so that announcements come in the
//! order of their `seq` and a listener that has seen one has seen all before it.

mod agents;
mod calls;
mod facts;
mod pursuit;
mod webhooks;

use std::future::Future;
use std::str::FromStr as _;
use std::sync::Arc;

use sqlx::sqlite::SqlitePoolOptions;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::sync::{Mutex, broadcast};

pub(crate) use calls::Cursor;
pub(crate) use facts::{Kept, Witness};
pub(crate) use pursuit::Pursuit;
pub(crate) use webhooks::{Accepted, Said, Webhook};

/// How many changes a slow listener may fall behind before it has to ask the database.
const BACKLOG: usize = 1024;

/// The database.
#[derive(Clone)]
pub(crate) struct Store {
    readers: SqlitePool,
    writer: Arc<Mutex<SqliteConnection>>,
    changes: broadcast::Sender<Arc<Change>>,
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

/// The database did not do what it should.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("{0}")]
    Database(#[from] sqlx::Error),
    #[error("its tables could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("what it holds cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    #[error("a write was cut short: {0}")]
    CutShort(#[from] tokio::task::JoinError),
}

impl Store {
    /// Opens the database, creating it and bringing its tables up to date.
    pub(crate) async fn open(url: &str) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A webhook that got its 200 is never sent again: it has to survive a power cut.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(std::time::Duration::from_secs(5))
            .disable_statement_logging();
        let mut writer = options.connect().await?;
        sqlx::migrate!().run(&mut writer).await?;
        let readers = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
        Ok(Self {
            readers,
            writer: Arc::new(Mutex::new(writer)),
            changes: broadcast::Sender::new(BACKLOG),
        })
    }

    /// Hears every change from now on.
    pub(crate) fn changes(&self) -> broadcast::Receiver<Arc<Change>> {
        self.changes.subscribe()
    }

    fn announce(&self, change: Change) {
        // Nobody listening is no failure: the page asks for the list when it opens.
        let _ = self.changes.send(Arc::new(change));
    }
}

/// Runs a write to its end even if whoever asked for it goes away: a change that is committed must be announced.
async fn to_the_end<T: Send + 'static>(
    write: impl Future<Output = Result<T, StoreError>> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::spawn(write).await?
}

/// The write transaction, which excludes every other from its first statement on.
async fn begin(writer: &mut SqliteConnection) -> Result<sqlx::SqliteTransaction<'_>, sqlx::Error> {
    writer.begin_with("begin immediate").await
}

/// A moment as a column holds it.
fn column(millis: call::time::Millis) -> i64 {
    i64::try_from(millis.0).unwrap_or(i64::MAX)
}

/// A moment as a column held it.
fn millis(column: i64) -> call::time::Millis {
    call::time::Millis(u64::try_from(column).unwrap_or(0))
}
