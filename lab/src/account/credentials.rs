//! Telephony credentials: SIP users under a credential connection (Telnyx: `POST /telephony_credentials`).

use std::time::Duration;

use super::token;
use crate::clock::Moment;
use crate::rest::error::ApiError;
use crate::seed::Seed;

/// A token's life, unless its credential's is shorter (Telnyx's developer docs: 24 hours).
const TOKEN_LIFE: Duration = Duration::from_hours(24);

/// So many credentials can have one tag (Telnyx's API document).
const TAG_HOLDS: usize = 1000;

/// One set of SIP credentials under a credential connection.
#[derive(Debug, Clone)]
pub(crate) struct Credential {
    pub(crate) id: String,
    pub(crate) connection_id: String,
    pub(crate) name: Option<String>,
    pub(crate) tag: Option<String>,
    /// From then on nobody signs in with it.
    pub(crate) expires_at: Option<Moment>,
    pub(crate) sip_username: String,
    pub(crate) sip_password: String,
    pub(crate) created_at: Moment,
    pub(crate) updated_at: Moment,
}

/// What a new credential is given.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pub(crate) connection_id: String,
    pub(crate) name: Option<String>,
    pub(crate) tag: Option<String>,
    pub(crate) expires_at: Option<Moment>,
}

/// What is to be different of a credential; `None` stays.
#[derive(Debug, Clone, Default)]
pub(crate) struct Change {
    pub(crate) connection_id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) tag: Option<String>,
    pub(crate) expires_at: Option<Moment>,
}

/// Why someone cannot sign in at the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LoginRefused {
    #[error("Login Incorrect")]
    Unknown,
    #[error("Login token expired")]
    Expired,
}

impl Credential {
    /// Whether its time is over.
    pub(crate) fn is_expired(&self, now: Moment) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }
}

/// All credentials.
#[derive(Debug)]
pub(crate) struct Credentials {
    seed: Seed,
    /// Oldest first.
    all: Vec<Credential>,
    made: u64,
    tokens: u64,
}

impl Credentials {
    pub(super) fn new(seed: Seed) -> Self {
        Self { seed, all: Vec::new(), made: 0, tokens: 0 }
    }

    /// Makes a credential.
    pub(crate) fn create(&mut self, wanted: Wanted, now: Moment) -> Result<&Credential, ApiError> {
        self.room_for(wanted.tag.as_deref())?;
        let number = self.made.to_string();
        self.made += 1;
        let made = now.iso();
        let word = |what, length| -> String {
            let word = self.seed.word(&["credential", &number, &made, what]);
            word.chars().filter(char::is_ascii_alphanumeric).take(length).collect()
        };
        let at = self.all.len();
        self.all.push(Credential {
            id: self.seed.uuid(&["credential", &number, &made]),
            connection_id: wanted.connection_id,
            name: wanted.name,
            tag: wanted.tag,
            expires_at: wanted.expires_at,
            sip_username: format!("gencred{}", word("username", 25)),
            sip_password: word("password", 32),
            created_at: now,
            updated_at: now,
        });
        Ok(&self.all[at])
    }

    /// All credentials, oldest first.
    pub(crate) fn all(&self) -> &[Credential] {
        &self.all
    }

    /// The credential with this id.
    pub(crate) fn get(&self, id: &str) -> Option<&Credential> {
        self.all.iter().find(|credential| credential.id == id)
    }

    /// The credential with this SIP user name.
    pub(crate) fn of_user(&self, sip_username: &str) -> Option<&Credential> {
        self.all.iter().find(|credential| credential.sip_username == sip_username)
    }

    pub(super) fn has_user(&self, sip_username: &str) -> bool {
        self.of_user(sip_username).is_some()
    }

    /// Changes a credential. One that is expired can only be deleted.
    pub(crate) fn change(
        &mut self,
        id: &str,
        change: Change,
        now: Moment,
    ) -> Result<&Credential, ApiError> {
        let at = self.position(id).ok_or(ApiError::NotFound)?;
        if self.all[at].is_expired(now) {
            return Err(ApiError::CredentialExpired);
        }
        if change.tag.is_some() && change.tag != self.all[at].tag {
            self.room_for(change.tag.as_deref())?;
        }
        let credential = &mut self.all[at];
        if let Some(connection_id) = change.connection_id {
            credential.connection_id = connection_id;
        }
        credential.name = change.name.or(credential.name.take());
        credential.tag = change.tag.or(credential.tag.take());
        credential.expires_at = change.expires_at.or(credential.expires_at);
        credential.updated_at = now;
        Ok(credential)
    }

    /// Deletes a credential and returns it.
    pub(crate) fn delete(&mut self, id: &str) -> Result<Credential, ApiError> {
        let at = self.position(id).ok_or(ApiError::NotFound)?;
        Ok(self.all.remove(at))
    }

    pub(super) fn delete_of(&mut self, connection: &str) {
        self.all.retain(|credential| credential.connection_id != connection);
    }

    pub(super) fn keep_only(&mut self, connection: &str) {
        self.all.retain(|credential| credential.connection_id == connection);
    }

    /// Makes a token: a JWT, good for a day or for as long as its credential.
    pub(crate) fn token(&mut self, id: &str, now: Moment) -> Result<String, ApiError> {
        let credential = self.get(id).ok_or(ApiError::NotFound)?;
        if credential.is_expired(now) {
            return Err(ApiError::CredentialExpired);
        }
        let day = now.plus(TOKEN_LIFE);
        let end = credential.expires_at.map_or(day, |at| at.min(day));
        self.tokens += 1;
        token::issue(self.seed, id, self.tokens, now, end).ok_or(ApiError::Internal)
    }

    /// Who the bearer of this token is: a SIP user name.
    pub(super) fn by_token(&self, token: &str, now: Moment) -> Result<String, LoginRefused> {
        let claims = token::read(self.seed, token).ok_or(LoginRefused::Unknown)?;
        let credential = self.get(&claims.sub).ok_or(LoginRefused::Unknown)?;
        if claims.exp <= now.unix_seconds() || credential.is_expired(now) {
            return Err(LoginRefused::Expired);
        }
        Ok(credential.sip_username.clone())
    }

    /// Who signs in with this SIP user name and password.
    pub(super) fn by_password(
        &self,
        user: &str,
        password: &str,
        now: Moment,
    ) -> Result<String, LoginRefused> {
        let credential = self.of_user(user).ok_or(LoginRefused::Unknown)?;
        if credential.sip_password != password || credential.is_expired(now) {
            return Err(LoginRefused::Unknown);
        }
        Ok(credential.sip_username.clone())
    }

    fn room_for(&self, tag: Option<&str>) -> Result<(), ApiError> {
        let holds = self.all.iter().filter(|other| tag.is_some() && other.tag.as_deref() == tag);
        if holds.count() >= TAG_HOLDS { Err(ApiError::TagFull) } else { Ok(()) }
    }

    fn position(&self, id: &str) -> Option<usize> {
        self.all.iter().position(|credential| credential.id == id)
    }
}
