//! How often somebody may guess a password, whichever server they ask.

use std::net::IpAddr;

use call::time::Millis;
use sha2::{Digest as _, Sha256};

use super::{Store, StoreError, column};

/// How long a wrong password counts, in milliseconds. Five are taken within it: as many as the table has columns.
const WINDOW: u64 = 60_000;

/// Who guesses: the digest of a name and an address. Neither is to be read in the database; what is typed as a name may
/// be a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Guesser([u8; 32]);

impl Guesser {
    /// Somebody at an address who says to be of that name.
    pub(crate) fn of(name: &str, from: IpAddr) -> Self {
        let digest = Sha256::new().chain_update(from.to_string()).chain_update("\n");
        Self(digest.chain_update(name).finalize().into())
    }
}

impl Store {
    /// Counts a password that is about to be looked at; `false` if it must not be: too many were wrong.
    ///
    /// One statement, so that of many at once no more than allowed get through, on however many servers.
    pub(crate) async fn may_guess(&self, who: Guesser, now: Millis) -> Result<bool, StoreError> {
        // Those that no longer count are nobody's business any more.
        let past = column(Millis(now.0.saturating_sub(WINDOW)));
        sqlx::query("delete from guesses where first <= $1")
            .bind(past)
            .execute(&self.database.writers)
            .await?;
        let counted = sqlx::query(
            "insert into guesses (guesser, first, second, third, fourth, fifth) values ($1, $2, 0, 0, 0, 0)
             on conflict (guesser) do update set first = excluded.first, second = guesses.first,
                third = guesses.second, fourth = guesses.third, fifth = guesses.fourth
             where guesses.fifth <= $3",
        )
        .bind(who.0.as_slice())
        .bind(column(now))
        .bind(past)
        .execute(&self.database.writers)
        .await?
        .rows_affected();
        Ok(counted == 1)
    }

    /// A password was right: the wrong ones before it no longer count.
    pub(crate) async fn guessed_right(&self, who: Guesser) -> Result<(), StoreError> {
        sqlx::query("delete from guesses where guesser = $1")
            .bind(who.0.as_slice())
            .execute(&self.database.writers)
            .await?;
        Ok(())
    }
}
