//! Telephony credentials and the tokens made from them (Telnyx: `POST /telephony_credentials`, `…/{id}/token`).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha512;

use crate::clock::Moment;
use crate::seed::Seed;

/// A token's life (Telnyx's developer docs: 24 hours).
const TOKEN_LIFE: Duration = Duration::from_hours(24);

/// One set of SIP credentials under the credential connection.
#[derive(Debug, Clone)]
pub(crate) struct Credential {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) tag: Option<String>,
    pub(crate) expires_at: Option<String>,
    pub(crate) sip_username: String,
    pub(crate) sip_password: String,
    pub(crate) created_at: Moment,
}

/// Why someone cannot sign in at the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LoginRefused {
    #[error("Login Incorrect")]
    Unknown,
    #[error("Login token expired")]
    Expired,
}

/// All credentials, and the secret that signs their tokens.
#[derive(Debug)]
pub(crate) struct Credentials {
    seed: Seed,
    all: Vec<Credential>,
    tokens: u64,
}

/// The claims of a token as Telnyx's API document shows them.
#[derive(Serialize, Deserialize)]
struct Claims {
    aud: String,
    exp: u64,
    iat: u64,
    iss: String,
    jti: String,
    nbf: u64,
    sub: String,
    tel_token: String,
    typ: String,
}

impl Credentials {
    pub(crate) fn new(seed: Seed) -> Self {
        Self { seed, all: Vec::new(), tokens: 0 }
    }

    /// Makes a credential.
    pub(crate) fn create(
        &mut self,
        name: Option<String>,
        tag: Option<String>,
        expires_at: Option<String>,
        now: Moment,
    ) -> &Credential {
        let number = self.all.len().to_string();
        let made = now.iso();
        let word = |what| self.seed.word(&["credential", &number, &made, what]);
        let letters: String =
            word("username").chars().filter(char::is_ascii_alphanumeric).take(25).collect();
        let credential = Credential {
            id: self.seed.uuid(&["credential", &number, &made]),
            name,
            tag,
            expires_at,
            sip_username: format!("gencred{letters}"),
            sip_password: word("password")
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .take(32)
                .collect(),
            created_at: now,
        };
        let at = self.all.len();
        self.all.push(credential);
        &self.all[at]
    }

    /// All credentials, oldest first.
    pub(crate) fn all(&self) -> &[Credential] {
        &self.all
    }

    /// Makes a token for the credential with this id, if there is one: a JWT signed with HS512.
    pub(crate) fn token(&mut self, id: &str, now: Moment) -> Option<String> {
        let credential = self.all.iter().find(|credential| credential.id == id)?;
        self.tokens += 1;
        let number = self.tokens.to_string();
        let issued = now.unix_seconds();
        let claims = Claims {
            aud: "telnyx_telephony".to_owned(),
            exp: issued + TOKEN_LIFE.as_secs(),
            iat: issued,
            iss: "telnyx_telephony".to_owned(),
            jti: self.seed.uuid(&["token", id, &number]),
            nbf: issued.saturating_sub(1),
            sub: credential.id.clone(),
            tel_token: self.seed.word(&["tel_token", id, &number]),
            typ: "access".to_owned(),
        };
        // Strings and numbers always serialise.
        let claims = serde_json::to_vec(&claims).ok()?;
        let signed = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(r#"{"alg":"HS512","typ":"JWT"}"#),
            URL_SAFE_NO_PAD.encode(claims),
        );
        let signature = self.mac(&signed)?.finalize().into_bytes();
        Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// Who the bearer of this token is: a SIP user name.
    pub(crate) fn by_token(&self, token: &str, now: Moment) -> Result<String, LoginRefused> {
        let claims = self.claims(token).ok_or(LoginRefused::Unknown)?;
        if claims.exp <= now.unix_seconds() {
            return Err(LoginRefused::Expired);
        }
        let credential = self.all.iter().find(|credential| credential.id == claims.sub);
        credential.map(|found| found.sip_username.clone()).ok_or(LoginRefused::Unknown)
    }

    /// Who signs in with this SIP user name and password.
    pub(crate) fn by_password(&self, login: &str, password: &str) -> Result<String, LoginRefused> {
        let matches = |credential: &&Credential| {
            credential.sip_username == login && credential.sip_password == password
        };
        let found = self.all.iter().find(matches);
        found.map(|credential| credential.sip_username.clone()).ok_or(LoginRefused::Unknown)
    }

    fn claims(&self, token: &str) -> Option<Claims> {
        let (signed, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        self.mac(signed)?.verify_slice(&signature).ok()?;
        let (_, claims) = signed.split_once('.')?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
    }

    fn mac(&self, signed: &str) -> Option<Hmac<Sha512>> {
        let mut mac = Hmac::<Sha512>::new_from_slice(&self.seed.key("tokens")).ok()?;
        mac.update(signed.as_bytes());
        Some(mac)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a credential just made is there")]

    use super::*;

    fn day_one() -> Moment {
        Moment::from_micros(1_800_000_000_000_000)
    }

    #[test]
    fn a_token_signs_its_credential_in_for_a_day() {
        let mut credentials = Credentials::new(Seed(1));
        let made = credentials.create(None, None, None, day_one()).clone();
        let token = credentials.token(&made.id, day_one()).unwrap();

        let later = |hours: u64| day_one().plus(Duration::from_secs(hours * 3600));
        assert_eq!(credentials.by_token(&token, later(23)), Ok(made.sip_username));
        assert_eq!(credentials.by_token(&token, later(24)), Err(LoginRefused::Expired));
    }

    #[test]
    fn a_token_that_was_touched_signs_nobody_in() {
        let mut credentials = Credentials::new(Seed(1));
        let id = credentials.create(None, None, None, day_one()).id.clone();
        let token = credentials.token(&id, day_one()).unwrap();

        let touched = format!("{}x", &token[..token.len() - 1]);
        assert_eq!(credentials.by_token(&touched, day_one()), Err(LoginRefused::Unknown));
        assert_eq!(credentials.by_token("nonsense", day_one()), Err(LoginRefused::Unknown));
        assert_eq!(credentials.token("nobody", day_one()), None);
    }

    #[test]
    fn a_password_has_to_belong_to_its_user() {
        let mut credentials = Credentials::new(Seed(1));
        let made = credentials.create(None, None, None, day_one()).clone();
        assert!(credentials.by_password(&made.sip_username, &made.sip_password).is_ok());
        assert_eq!(credentials.by_password(&made.sip_username, "no"), Err(LoginRefused::Unknown));
    }
}
