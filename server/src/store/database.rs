//! Which database there is: the one place that knows SQLite from PostgreSQL.
//!
//! Everywhere else in [`super`] the same SQL goes to both: `$1` marks a parameter, moments and counts are `bigint`
//! (which SQLite calls `integer`), texts `text`, and nothing of a query's text comes from outside.
//!
//! | | SQLite | PostgreSQL |
//! | --- | --- | --- |
//! | one writer at a time | one connection, behind a lock | the row of `changes`, locked first of all |
//! | what was committed is told | by the writer, before the next | by `NOTIFY`, which comes in the order of commits |
//! | a job is taken | there is one server | `for update skip locked` |

use std::sync::Arc;
use std::time::Duration;

use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::{AnyConnection, AnyPool, Connection as _, Transaction};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::StoreError;

/// How many connections one server keeps to PostgreSQL, besides the one that listens.
const CONNECTIONS: u32 = 16;

/// How many readers a SQLite file has.
const READERS: u32 = 4;

/// The kinds of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// The kind a URL names.
    pub(crate) fn of(url: &str) -> Option<Self> {
        if url.starts_with("sqlite:") {
            Some(Self::Sqlite)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Some(Self::Postgres)
        } else {
            None
        }
    }

    /// Ends a `select … limit n` whose rows are taken by the transaction: others see past them.
    pub(super) const fn taking(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " for update skip locked",
        }
    }
}

/// The open database.
#[derive(Clone)]
pub(super) struct Database {
    pub(super) dialect: Dialect,
    /// For whatever only reads.
    pub(super) readers: AnyPool,
    /// For single statements that write and are announced to nobody.
    pub(super) writers: AnyPool,
    /// SQLite's: held from the beginning of a [`Turn`] until its changes are announced.
    turn: Arc<Mutex<()>>,
}

/// A write that excludes every other, on every server, until it is committed or dropped.
pub(super) struct Turn {
    pub(super) tx: Transaction<'static, sqlx::Any>,
    /// Nothing on PostgreSQL, where the lock is in the transaction.
    _held: Option<OwnedMutexGuard<()>>,
}

impl Turn {
    /// Commits, and runs `announce` before the next may begin.
    pub(super) async fn commit(self, announce: impl FnOnce()) -> Result<(), sqlx::Error> {
        self.tx.commit().await?;
        announce();
        Ok(())
    }
}

impl Database {
    /// Opens the database, creating a SQLite file, and brings its tables up to date.
    pub(super) async fn open(url: &str) -> Result<Self, StoreError> {
        install_default_drivers();
        match Dialect::of(url) {
            Some(Dialect::Sqlite) => Self::sqlite(url).await,
            Some(Dialect::Postgres) => Self::postgres(url).await,
            None => Err(StoreError::Unsupported),
        }
    }

    async fn sqlite(url: &str) -> Result<Self, StoreError> {
        // Journal and synchronisation are as strict as they can be without being asked for; what has to be asked for is
        // that readers do not wait for the writer. A webhook that got its 200 is never sent again: FULL, SQLite's
        // default, makes it survive a power cut.
        let url = if url.contains('?') { url.to_owned() } else { format!("{url}?mode=rwc") };
        let options = || {
            AnyPoolOptions::new()
                .idle_timeout(None)
                .max_lifetime(None)
                .test_before_acquire(false)
                .after_connect(|connection, _| {
                    Box::pin(async move {
                        sqlx::query("pragma journal_mode = wal").execute(&mut *connection).await?;
                        sqlx::query("pragma synchronous = full").execute(&mut *connection).await?;
                        Ok(())
                    })
                })
        };
        let writers = options().max_connections(1).connect(&url).await?;
        sqlx::migrate!("migrations/sqlite").run(&writers).await?;
        let readers = options().max_connections(READERS).connect(&url).await?;
        Ok(Self { dialect: Dialect::Sqlite, readers, writers, turn: Arc::default() })
    }

    async fn postgres(url: &str) -> Result<Self, StoreError> {
        // Not by the pool, which would try for a while before it says what is wrong with the URL.
        let mut connection = AnyConnection::connect(url).await?;
        sqlx::migrate!("migrations/postgres").run(&mut connection).await?;
        connection.close().await?;
        let pool = AnyPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(Duration::from_secs(10))
            .after_connect(|connection, _| {
                Box::pin(async move {
                    // A server that the network lost must not hold the others up for longer than this.
                    sqlx::query("set idle_in_transaction_session_timeout = '30s'")
                        .execute(&mut *connection)
                        .await?;
                    Ok(())
                })
            })
            .connect(url)
            .await?;
        Ok(Self {
            dialect: Dialect::Postgres,
            readers: pool.clone(),
            writers: pool,
            turn: Arc::default(),
        })
    }

    /// Begins a write that excludes every other.
    ///
    /// On PostgreSQL the counter's row is locked first: what a transaction then reads is all that was committed before,
    /// and the numbers it gives out become visible in their own order.
    pub(super) async fn begin(&self) -> Result<Turn, sqlx::Error> {
        match self.dialect {
            Dialect::Sqlite => {
                let held = Arc::clone(&self.turn).lock_owned().await;
                let tx = self.writers.begin_with("begin immediate").await?;
                Ok(Turn { tx, _held: Some(held) })
            }
            Dialect::Postgres => {
                let mut tx = self.writers.begin().await?;
                sqlx::query("select seq from changes for update").execute(&mut *tx).await?;
                Ok(Turn { tx, _held: None })
            }
        }
    }

    /// Tells every server, this one too, once the transaction is committed; nothing on SQLite, where there is one.
    pub(super) async fn notify(
        &self,
        tx: &mut AnyConnection,
        payload: &str,
    ) -> Result<(), sqlx::Error> {
        match self.dialect {
            Dialect::Sqlite => {}
            Dialect::Postgres => {
                sqlx::query("select pg_notify($1, $2)")
                    .bind(super::relay::CHANNEL)
                    .bind(payload)
                    .execute(tx)
                    .await?;
            }
        }
        Ok(())
    }
}
