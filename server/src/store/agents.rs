//! Agents, their telephony credentials and their sessions.

use call::time::Millis;

use super::{Ended, Store, StoreError, column, millis, to_the_end};
use crate::agent::Role;
use crate::carrier::Credential;

/// Somebody who may sign in, or might once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) role: Role,
    /// Argon2id, in the PHC format.
    pub(crate) password: Option<String>,
    pub(crate) disabled: bool,
    /// Telnyx's id of the telephony credential.
    pub(crate) credential: Option<String>,
    /// The number shown to those they call, where it is another than everybody's.
    pub(crate) caller_id: Option<String>,
}

/// `name, role, password, disabled_at, credential_id, caller_id`.
type Columns = (String, String, Option<String>, Option<i64>, Option<String>, Option<String>);

impl Account {
    fn read((name, role, password, disabled_at, credential, caller_id): Columns) -> Self {
        // The table admits these three words only; of another, the least is made.
        let role = role.parse().unwrap_or(Role::Agent);
        Self { name, role, password, disabled: disabled_at.is_some(), credential, caller_id }
    }
}

impl Store {
    /// Makes sure the agent exists, in this role.
    pub(crate) async fn ensure_agent(&self, name: &str, role: Role) -> Result<(), StoreError> {
        sqlx::query(
            "insert into agents (name, role) values ($1, $2) on conflict (name) do update set role = excluded.role",
        )
        .bind(name)
        .bind(role.word())
        .execute(&self.database.writers)
        .await?;
        Ok(())
    }

    /// Adds an agent; `false` if there is one of that name.
    pub(crate) async fn add_agent(
        &self,
        name: &str,
        role: Role,
        password: &str,
    ) -> Result<bool, StoreError> {
        let added = sqlx::query(
            "insert into agents (name, role, password) values ($1, $2, $3) on conflict do nothing",
        )
        .bind(name)
        .bind(role.word())
        .bind(password)
        .execute(&self.database.writers)
        .await?
        .rows_affected();
        Ok(added == 1)
    }

    /// Everybody, by name.
    pub(crate) async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let found: Vec<Columns> = sqlx::query_as(
            "select name, role, password, disabled_at, credential_id, caller_id from agents order by name",
        )
        .fetch_all(&self.database.readers)
        .await?;
        Ok(found.into_iter().map(Account::read).collect())
    }

    /// The agent of that name.
    pub(crate) async fn account(&self, name: &str) -> Result<Option<Account>, StoreError> {
        let found: Option<Columns> = sqlx::query_as(
            "select name, role, password, disabled_at, credential_id, caller_id from agents where name = $1",
        )
        .bind(name)
        .fetch_optional(&self.database.readers)
        .await?;
        Ok(found.map(Account::read))
    }

    /// Whether anybody could sign in with a password.
    pub(crate) async fn has_accounts(&self) -> Result<bool, StoreError> {
        let found: i64 = sqlx::query_scalar(
            "select count(*) from agents where password is not null and disabled_at is null",
        )
        .fetch_one(&self.database.readers)
        .await?;
        Ok(found > 0)
    }

    /// Sets the agent's password and signs them out everywhere.
    pub(crate) async fn set_password(&self, agent: &str, hash: &str) -> Result<(), StoreError> {
        sqlx::query("update agents set password = $1 where name = $2")
            .bind(hash)
            .bind(agent)
            .execute(&self.database.writers)
            .await?;
        self.close_sessions_of(agent).await
    }

    /// Sets the number shown to those the agent calls; none shows everybody's.
    pub(crate) async fn set_caller_id(
        &self,
        agent: &str,
        number: Option<&str>,
    ) -> Result<(), StoreError> {
        sqlx::query("update agents set caller_id = $1 where name = $2")
            .bind(number)
            .bind(agent)
            .execute(&self.database.writers)
            .await?;
        Ok(())
    }

    /// Keeps the agent from signing in and signs them out everywhere.
    pub(crate) async fn disable(&self, agent: &str, now: Millis) -> Result<(), StoreError> {
        sqlx::query(
            "update agents set disabled_at = coalesce(disabled_at, $1), credential_id = null, sip_username = null
             where name = $2",
        )
        .bind(column(now))
        .bind(agent)
        .execute(&self.database.writers)
        .await?;
        self.close_sessions_of(agent).await
    }

    /// Lets the agent sign in again.
    pub(crate) async fn enable(&self, agent: &str) -> Result<(), StoreError> {
        sqlx::query("update agents set disabled_at = null where name = $1")
            .bind(agent)
            .execute(&self.database.writers)
            .await?;
        Ok(())
    }

    /// The SIP user the agent's browser registers as, once it is known.
    pub(crate) async fn sip_username(&self, agent: &str) -> Result<Option<String>, StoreError> {
        let found: Option<Option<String>> =
            sqlx::query_scalar("select sip_username from agents where name = $1")
                .bind(agent)
                .fetch_optional(&self.database.readers)
                .await?;
        Ok(found.flatten())
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

    /// The agent's telephony credential, if its SIP user is not known: an older server did not ask for it.
    pub(crate) async fn credential_without_user(
        &self,
        agent: &str,
    ) -> Result<Option<String>, StoreError> {
        let found: Option<Option<String>> = sqlx::query_scalar(
            "select credential_id from agents where name = $1 and sip_username is null",
        )
        .bind(agent)
        .fetch_optional(&self.database.readers)
        .await?;
        Ok(found.flatten())
    }

    /// Remembers the agent's telephony credential in place of `old`; `false` if another server was first.
    pub(crate) async fn set_credential(
        &self,
        agent: &str,
        old: Option<&str>,
        new: &Credential,
    ) -> Result<bool, StoreError> {
        let set = sqlx::query(
            "update agents set credential_id = $1, sip_username = $2
             where name = $3 and coalesce(credential_id, '') = $4 and disabled_at is null",
        )
        .bind(&new.id)
        .bind(&new.sip_username)
        .bind(agent)
        .bind(old.unwrap_or_default())
        .execute(&self.database.writers)
        .await?
        .rows_affected();
        Ok(set == 1)
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

    /// Whose session it is, in which role, and when it ends; nothing if it has, or if they may not sign in any more.
    pub(crate) async fn session(
        &self,
        digest: &[u8],
        now: Millis,
    ) -> Result<Option<(String, Role, Millis)>, StoreError> {
        let found: Option<(String, String, i64)> = sqlx::query_as(
            "select agents.name, agents.role, sessions.expires_at
             from sessions join agents on agents.name = sessions.agent
             where sessions.digest = $1 and sessions.expires_at > $2 and agents.disabled_at is null",
        )
        .bind(digest)
        .bind(column(now))
        .fetch_optional(&self.database.readers)
        .await?;
        Ok(found.map(|(agent, role, expires_at)| {
            (agent, role.parse().unwrap_or(Role::Agent), millis(expires_at))
        }))
    }

    /// Ends a session, and with it the streams it holds open on any server.
    pub(crate) async fn close_session(&self, digest: [u8; 32]) -> Result<(), StoreError> {
        let store = self.clone();
        to_the_end(async move {
            let mut tx = store.database.writers.begin().await?;
            sqlx::query("delete from sessions where digest = $1")
                .bind(digest.as_slice())
                .execute(&mut *tx)
                .await?;
            store.commit_end(tx, Ended::Session(digest)).await
        })
        .await
    }

    /// Ends every session of an agent, and the streams they hold open on any server.
    pub(crate) async fn close_sessions_of(&self, agent: &str) -> Result<(), StoreError> {
        let (store, agent) = (self.clone(), agent.to_owned());
        to_the_end(async move {
            let mut tx = store.database.writers.begin().await?;
            sqlx::query("delete from sessions where agent = $1")
                .bind(&agent)
                .execute(&mut *tx)
                .await?;
            store.commit_end(tx, Ended::Agent(agent)).await
        })
        .await
    }

    /// Uses up a hand-over token; `false` if it was used before.
    pub(crate) async fn use_handover(
        &self,
        id: &str,
        now: Millis,
        expires_at: Millis,
    ) -> Result<bool, StoreError> {
        sqlx::query("delete from handovers where expires_at <= $1")
            .bind(column(now))
            .execute(&self.database.writers)
            .await?;
        let used = sqlx::query(
            "insert into handovers (id, expires_at) values ($1, $2) on conflict do nothing",
        )
        .bind(id)
        .bind(column(expires_at))
        .execute(&self.database.writers)
        .await?
        .rows_affected();
        Ok(used == 1)
    }
}
