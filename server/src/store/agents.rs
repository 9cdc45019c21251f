//! Agents, their telephony credentials and their sessions.

use call::time::Millis;

use super::{Ended, Store, StoreError, column, millis, to_the_end};

impl Store {
    /// Makes sure the agent exists.
    pub(crate) async fn ensure_agent(&self, name: &str) -> Result<(), StoreError> {
        sqlx::query("insert into agents (name) values ($1) on conflict do nothing")
            .bind(name)
            .execute(&self.database.writers)
            .await?;
        Ok(())
    }

    /// Telnyx's id of the agent's telephony credential, once there is one.
    pub(crate) async fn credential(&self, agent: &str) -> Result<Option<String>, StoreError> {
        let found: Option<Option<String>> =
            sqlx::query_scalar("select credential_id from agents where name = $1")
                .bind(agent)
                .fetch_optional(&self.database.readers)
                .await?;
        Ok(found.flatten())
    }

    /// Remembers the agent's telephony credential.
    pub(crate) async fn set_credential(&self, agent: &str, id: &str) -> Result<(), StoreError> {
        sqlx::query("update agents set credential_id = $1 where name = $2")
            .bind(id)
            .bind(agent)
            .execute(&self.database.writers)
            .await?;
        Ok(())
    }

    /// Opens a session and forgets those that have ended.
    pub(crate) async fn open_session(
        &self,
        digest: &[u8],
        agent: &str,
        now: Millis,
        expires_at: Millis,
    ) -> Result<(), StoreError> {
        sqlx::query("delete from sessions where expires_at <= $1")
            .bind(column(now))
            .execute(&self.database.writers)
            .await?;
        sqlx::query("insert into sessions (digest, agent, expires_at) values ($1, $2, $3)")
            .bind(digest)
            .bind(agent)
            .bind(column(expires_at))
            .execute(&self.database.writers)
            .await?;
        Ok(())
    }

    /// Whose session it is and when it ends; nothing if it has.
    pub(crate) async fn session(
        &self,
        digest: &[u8],
        now: Millis,
    ) -> Result<Option<(String, Millis)>, StoreError> {
        let found: Option<(String, i64)> = sqlx::query_as(
            "select agent, expires_at from sessions where digest = $1 and expires_at > $2",
        )
        .bind(digest)
        .bind(column(now))
        .fetch_optional(&self.database.readers)
        .await?;
        Ok(found.map(|(agent, expires_at)| (agent, millis(expires_at))))
    }

    /// Ends a session, and with it the streams it holds open on any server.
    pub(crate) async fn close_session(&self, digest: [u8; 32]) -> Result<(), StoreError> {
        let store = self.clone();
        to_the_end(async move {
            let ended = Ended::Session(digest);
            let mut tx = store.database.writers.begin().await?;
            sqlx::query("delete from sessions where digest = $1")
                .bind(digest.as_slice())
                .execute(&mut *tx)
                .await?;
            store.commit_end(tx, ended).await
        })
        .await
    }
}
