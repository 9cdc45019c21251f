//! Passwords: kept as Argon2id (RFC 9106), in the PHC format.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::Semaphore;

/// How many passwords are looked at, at a time: each takes 19 MiB and some hundredths of a second.
const AT_ONCE: usize = 2;

/// The shortest password a person may be given, in characters.
pub(crate) const SHORTEST: usize = 10;

/// The longest, in bytes: more is no password but work for the server.
pub(crate) const LONGEST: usize = 1024;

/// What went wrong with a hash, never with a guess.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// It could not be computed.
    #[error("a password's hash could not be computed: {0}")]
    Hash(argon2::password_hash::Error),
    /// The server is about to stop.
    #[error("a password's hash was cut short")]
    CutShort,
}

/// Checks passwords, with the same work whether there is one to check against or not.
pub(crate) struct Passwords {
    turns: Semaphore,
    /// Of a password nobody knows.
    nobodys: String,
}

/// The hash of a password, with a salt of its own. Takes some hundredths of a second.
pub(crate) fn hash(password: &str) -> Result<String, PasswordError> {
    let hash: PasswordHash =
        Argon2::default().hash_password(password.as_bytes()).map_err(PasswordError::Hash)?;
    Ok(hash.to_string())
}

/// Whether it is the password of that hash.
fn is_right(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

impl Passwords {
    pub(crate) async fn new() -> Result<Self, PasswordError> {
        let mut secret = [0; 32];
        // Were there no randomness, it would still be a password nobody types.
        let _ = getrandom::fill(&mut secret);
        let nobodys = blocking(move || hash(&format!("{secret:?}"))).await??;
        Ok(Self { turns: Semaphore::new(AT_ONCE), nobodys })
    }

    /// Whether it is the password of `known`; without one, the work is done all the same.
    pub(crate) async fn check(
        &self,
        password: String,
        known: Option<String>,
    ) -> Result<bool, PasswordError> {
        let _turn = self.turns.acquire().await.map_err(|_| PasswordError::CutShort)?;
        let (hash, exists) = self.against(known);
        let right = blocking(move || is_right(&password, &hash)).await?;
        Ok(right && exists)
    }

    /// What a password is checked against, and whether it is anybody's.
    fn against(&self, known: Option<String>) -> (String, bool) {
        let exists = known.is_some();
        (known.unwrap_or_else(|| self.nobodys.clone()), exists)
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, PasswordError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| PasswordError::CutShort)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use argon2::password_hash::phc::PasswordHash;

    use super::{Passwords, hash, is_right};

    #[test]
    fn a_hash_is_argon2id_salted_and_of_one_password() {
        let (one, two) = (hash("correct horse").ok(), hash("correct horse").ok());
        assert!(
            one.as_deref().is_some_and(|hash| hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"))
        );
        assert_ne!(one, two);
        assert!(one.as_deref().is_some_and(|hash| is_right("correct horse", hash)));
        assert!(one.as_deref().is_some_and(|hash| !is_right("wrong horse", hash)));
        assert!(!is_right("correct horse", "no hash at all"));
    }

    #[tokio::test]
    async fn an_unknown_name_is_checked_against_a_hash_that_costs_as_much_as_anybodys() {
        let passwords = Passwords::new().await.unwrap();
        let anybodys = hash("correct horse").unwrap();
        let (nobodys, exists) = passwords.against(None);
        let [known, unknown] = [&anybodys, &nobodys].map(|hash| PasswordHash::new(hash).unwrap());
        assert!(!exists);
        assert_eq!(
            (known.algorithm, known.version, &known.params),
            (unknown.algorithm, unknown.version, &unknown.params)
        );
        assert_eq!(passwords.against(Some(anybodys.clone())), (anybodys, true));
        assert!(!passwords.check("correct horse".to_owned(), None).await.unwrap());
    }
}
