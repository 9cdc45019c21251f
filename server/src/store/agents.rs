//! Agents, their telephony credentials and their sessions.

use call::time::Millis;

use super::{Store, StoreError, column, millis};

impl Store {
    /// Makes sure the agent exists.
    pub(crate) async fn ensure_agent(&self, name: &str) -> Result<(), StoreError> {
        let mut writer = self.writer.lock().await;
        sqlx::query("insert into agents (name) values (?) on conflict do nothing")
            .bind(name)
            .execute(&mut *writer)
            .await?;
        Ok(())
    }

    /// Telnyx's id of the agent's telephony credential, once there is one.
    pub(crate) async fn credential(&self, agent: &str) -> Result<Option<String>, StoreError> {
        let found: Option<Option<String>> =
            sqlx::query_scalar("select credential_id from agents where name = ?")
                .bind(agent)
                .fetch_optional(&self.readers)
                .await?;
        Ok(found.flatten())
    }

    /// Remembers the agent's telephony credential.
    pub(crate) async fn set_credential(&self, agent: &str, id: &str) -> Result<(), StoreError> {
        let mut writer = self.writer.lock().await;
        sqlx::query("update agents set credential_id = ? where name = ?")
            .bind(id)
            .bind(agent)
            .execute(&mut *writer)
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
        let mut writer = self.writer.lock().await;
        sqlx::query("delete from sessions where expires_at <= ?")
            .bind(column(now))
            .execute(&mut *writer)
            .await?;
        sqlx::query("insert into sessions (digest, agent, expires_at) values (?, ?, ?)")
            .bind(digest)
            .bind(agent)
            .bind(column(expires_at))
            .execute(&mut *writer)
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
            "select agent, expires_at from sessions where digest = ? and expires_at > ?",
        )
        .bind(digest)
        .bind(column(now))
        .fetch_optional(&self.readers)
        .await?;
        Ok(found.map(|(agent, expires_at)| (agent, millis(expires_at))))
    }

    /// Ends a session.
    pub(crate) async fn close_session(&self, digest: &[u8]) -> Result<(), StoreError> {
        let mut writer = self.writer.lock().await;
        sqlx::query("delete from sessions where digest = ?")
            .bind(digest)
            .execute(&mut *writer)
            .await?;
        Ok(())
    }
}
