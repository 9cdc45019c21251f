//! Sign-ins under way at an `OpenID` Connect provider, so that any server may finish what another began.

use call::time::Millis;

use super::{Store, StoreError, column};

/// What has to be known again when the browser comes back.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SignInUnderWay {
    pub(crate) nonce: String,
    /// PKCE's (RFC 7636).
    pub(crate) verifier: String,
}

impl Store {
    /// Begins one, and forgets those nobody came back from.
    pub(crate) async fn begin_sign_in(
        &self,
        digest: [u8; 32],
        begun: &SignInUnderWay,
        now: Millis,
        expires_at: Millis,
    ) -> Result<(), StoreError> {
        sqlx::query("delete from sign_ins where expires_at <= $1")
            .bind(column(now))
            .execute(&self.database.writers)
            .await?;
        sqlx::query(
            "insert into sign_ins (digest, nonce, verifier, expires_at) values ($1, $2, $3, $4)",
        )
        .bind(digest.as_slice())
        .bind(&begun.nonce)
        .bind(&begun.verifier)
        .bind(column(expires_at))
        .execute(&self.database.writers)
        .await?;
        Ok(())
    }

    /// Takes one, which can be done once.
    pub(crate) async fn take_sign_in(
        &self,
        digest: [u8; 32],
        now: Millis,
    ) -> Result<Option<SignInUnderWay>, StoreError> {
        let found: Vec<(String, String, i64)> = sqlx::query_as(
            "delete from sign_ins where digest = $1 returning nonce, verifier, expires_at",
        )
        .bind(digest.as_slice())
        .fetch_all(&self.database.writers)
        .await?;
        let good = found.into_iter().find(|(.., expires_at)| *expires_at > column(now));
        Ok(good.map(|(nonce, verifier, _)| SignInUnderWay { nonce, verifier }))
    }
}
