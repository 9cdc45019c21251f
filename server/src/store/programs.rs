//! Programs, by the digests of their tokens.

use call::time::Millis;

use super::{Store, StoreError, column};

impl Store {
    /// The program whose token has this digest.
    pub(crate) async fn program(&self, digest: &[u8]) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("select name from api_tokens where digest = $1")
            .bind(digest)
            .fetch_optional(&self.database.readers)
            .await?)
    }

    /// Which programs there are, by name.
    pub(crate) async fn programs(&self) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar("select name from api_tokens order by name")
            .fetch_all(&self.database.readers)
            .await?)
    }

    /// Lets a program in; `false` if there is one of that name.
    pub(crate) async fn add_program(
        &self,
        name: &str,
        digest: &[u8],
        now: Millis,
    ) -> Result<bool, StoreError> {
        let added = sqlx::query(
            "insert into api_tokens (name, digest, made_at) values ($1, $2, $3) on conflict do nothing",
        )
        .bind(name)
        .bind(digest)
        .bind(column(now))
        .execute(&self.database.writers)
        .await?
        .rows_affected();
        Ok(added == 1)
    }

    /// Lets a program in no more; `false` if there is none of that name.
    pub(crate) async fn remove_program(&self, name: &str) -> Result<bool, StoreError> {
        let removed = sqlx::query("delete from api_tokens where name = $1")
            .bind(name)
            .execute(&self.database.writers)
            .await?
            .rows_affected();
        Ok(removed == 1)
    }
}
