//! `POST /api/token`: what the SDK signs in with. The API key stays here.

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use call::api::{Ice, Token};
use call::time::Millis;
use serde::Deserialize;

use crate::agent::Caller;
use crate::app::App;
use crate::carrier::CarrierError;
use crate::error::ApiError;

pub(crate) fn router() -> Router<App> {
    Router::new().route("/api/token", post(token))
}

async fn token(State(app): State<App>, caller: Caller) -> Result<Json<Token>, ApiError> {
    let credential = app.credential(&caller.agent).await?;
    let token = match app.carrier.token(&credential).await {
        Err(error) if error.is_not_found() => {
            // Somebody deleted it in Telnyx's portal: once more with a new one.
            let credential = app.renew_credential(&caller.agent, Some(&credential)).await?;
            app.carrier.token(&credential).await?
        }
        other => other?,
    };
    Ok(Json(Token {
        lives_ms: life_ms(&token, app.clock.now()),
        token,
        gateway: app.config.gateway.as_ref().map(gateway_text),
        ice: if app.config.is_demo() { Ice::None } else { Ice::Default },
    }))
}

/// What a token says of its life (RFC 7519, 4.1): Unix seconds.
#[derive(Deserialize)]
struct Life {
    exp: u64,
    iat: Option<u64>,
}

/// How long a token that was made just now is good, in milliseconds; nothing if it does not say. By the clock of whoever
/// made it, where it names the moment.
fn life_ms(token: &str, now: Millis) -> Option<u64> {
    let claims = BASE64.decode(token.split('.').nth(1)?).ok()?;
    let Life { exp, iat } = serde_json::from_slice(&claims).ok()?;
    let made = iat.map_or(now, |iat| Millis(iat.saturating_mul(1000)));
    Some(Millis(exp.saturating_mul(1000)).since(made))
}

/// The URL as it was written: a bare origin has no slash at its end, and the SDK appends nothing.
fn gateway_text(url: &reqwest::Url) -> String {
    let text = url.as_str();
    let bare = url.path() == "/" && url.query().is_none();
    (if bare { text.trim_end_matches('/') } else { text }).to_owned()
}

impl App {
    /// The agent's telephony credential, made if there is none.
    pub(crate) async fn credential(&self, agent: &str) -> Result<String, ApiError> {
        match self.store.credential(agent).await? {
            Some(id) => Ok(id),
            None => self.renew_credential(agent, None).await,
        }
    }

    /// Makes a telephony credential in place of `old`, unless somebody else has done so meanwhile.
    async fn renew_credential(&self, agent: &str, old: Option<&str>) -> Result<String, ApiError> {
        let _one_at_a_time = self.credentials.lock().await;
        let known = self.store.credential(agent).await?;
        if let Some(known) = known
            && Some(known.as_str()) != old
        {
            return Ok(known);
        }
        let made = self
            .carrier
            .create_credential(&self.config.connection_id, &format!("tono-{agent}"))
            .await?;
        if self.store.set_credential(agent, old, &made).await? {
            tracing::info!(agent, "telephony credential made");
            return Ok(made.id);
        }
        // Another server was first, or the agent may not sign in any more: nobody is to sign in with this one.
        self.carrier.delete_credential(&made.id).await?;
        self.store.credential(agent).await?.ok_or(ApiError::NotSignedIn)
    }

    /// Makes the agent's credential if there is none, and learns its SIP user if that is not known.
    async fn provision_one(&self, agent: &str) -> Result<(), ApiError> {
        let id = self.credential(agent).await?;
        if self.store.credential_without_user(agent).await?.as_ref() == Some(&id) {
            match self.carrier.credential(&id).await {
                Ok(known) => {
                    self.store.set_credential(agent, Some(&id), &known).await?;
                }
                // Somebody deleted it in Telnyx's portal.
                Err(error) if error.is_not_found() => {
                    self.renew_credential(agent, Some(&id)).await?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Makes the agents' credentials before anybody asks: a new one takes Telnyx about five seconds to know.
    pub(crate) async fn provision(self, agents: Vec<String>) {
        for agent in agents {
            let mut pause = self.config.pauses.first;
            loop {
                match self.provision_one(&agent).await {
                    Ok(()) => break,
                    // A refusal stays one until somebody changes a setting; the page is told when it asks.
                    Err(ApiError::Carrier(error @ CarrierError::Refused { .. })) => {
                        tracing::warn!(agent, "telephony credential: {error}");
                        break;
                    }
                    Err(error) => {
                        tracing::warn!(agent, "telephony credential, trying again: {error}");
                    }
                }
                tokio::select! {
                    () = tokio::time::sleep(pause) => pause = (pause * 2).min(self.config.pauses.longest),
                    () = self.stopping() => return,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use call::time::Millis;

    use super::{BASE64, life_ms};

    /// The life of a token with these claims, at second 1000.
    fn life(claims: &str) -> Option<u64> {
        let token = format!("{}.{}.c2ln", BASE64.encode("{}"), BASE64.encode(claims));
        life_ms(&token, Millis(1_000_000))
    }

    #[test]
    fn a_tokens_life_is_what_it_says_of_itself() {
        assert_eq!(life(r#"{"exp":87400,"iat":1000}"#), Some(86_400_000));
        assert_eq!(life(r#"{"exp":1060}"#), Some(60_000));
        // Whatever our own clock shows.
        assert_eq!(life(r#"{"exp":560,"iat":500}"#), Some(60_000));
        assert_eq!(life(r#"{"exp":900}"#), Some(0));
        assert_eq!(life(r#"{"exp":18446744073709551615,"iat":0}"#), Some(u64::MAX));
    }

    #[test]
    fn a_token_that_does_not_say_has_no_known_life() {
        for claims in ["{}", r#"{"exp":"soon"}"#, r#"{"exp":-1}"#, "not JSON"] {
            assert_eq!(life(claims), None, "{claims}");
        }
        for token in ["", "abc", "a.b.c", "a.%%%.c"] {
            assert_eq!(life_ms(token, Millis(0)), None, "{token}");
        }
    }
}
