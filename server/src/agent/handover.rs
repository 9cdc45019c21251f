//! A session for somebody a CRM already knows: a short-lived token the CRM signs instead of a password.
//!
//! It is a JWT (RFC 7519) signed with HS256 and the key both know (`TONO_HANDOVER_KEY`): `sub` is the agent's name,
//! `aud` is `tono`, `exp` at most five minutes ahead, and `jti` something that is never used again.

use axum::extract::{Query, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use call::time::Millis;
use hmac::{Hmac, KeyInit as _, Mac as _};
use schemars::JsonSchema;
use serde::Deserialize;
use sha2::Sha256;

use super::open_session;
use crate::app::App;
use crate::error::ApiError;

/// How far ahead a token may expire, in milliseconds.
const LONGEST_LIFE: u64 = 5 * 60 * 1000;

/// The longest name or id in a token, in bytes.
const LONGEST: usize = 256;

/// Who a token is for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct HandOver {
    pub(super) agent: String,
    /// Never accepted twice.
    pub(super) id: String,
    pub(super) expires_at: Millis,
}

/// What the frame's address brings.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Brought {
    /// The token. It is good once, so that it stands in logs or a history does no harm.
    token: String,
}

/// `GET /api/hand-over`: where the CRM points its frame. Whoever the token is for is signed in, and the page follows.
///
/// A form or a script of the CRM's page could not do this: what another site makes a browser send is refused.
pub(super) async fn enter(
    State(app): State<App>,
    headers: HeaderMap,
    Query(Brought { token }): Query<Brought>,
) -> Response {
    let mut answer = match admit(&app, &headers, &token).await {
        Ok(cookie) => {
            (StatusCode::SEE_OTHER, [(LOCATION, "/"), (SET_COOKIE, &*cookie)]).into_response()
        }
        Err(why) => why.into_response(),
    };
    // It stands in the frame, as the page will, and what is wrong is to be read there.
    if let Ok(policy) = HeaderValue::from_str(&app.policy) {
        answer.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    answer
}

/// The cookie of a session for whom the token is for; the token is used up.
async fn admit(app: &App, headers: &HeaderMap, token: &str) -> Result<String, ApiError> {
    // Without a key there is no such door.
    app.config.handover_key.as_ref().ok_or(ApiError::NotFound)?;
    let agent = agent(app, token, app.clock.now()).await?;
    open_session(app, headers, &agent).await
}

/// The agent a token is for; it is used up.
pub(super) async fn agent(app: &App, token: &str, now: Millis) -> Result<String, ApiError> {
    let key = app.config.handover_key.as_ref().ok_or(ApiError::NotHandedOver)?;
    let read = read(token, key.0.as_bytes(), now).ok_or(ApiError::NotHandedOver)?;
    match app.store.account(&read.agent).await? {
        Some(account) if !account.disabled => {}
        Some(_) | None => return Err(ApiError::NotHandedOver),
    }
    if app.store.use_handover(&read.id, now, read.expires_at).await? {
        Ok(read.agent)
    } else {
        Err(ApiError::NotHandedOver)
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    aud: String,
    exp: u64,
    jti: String,
}

/// Reads a token; nothing if it is not good at this moment. Why not is nobody's business.
pub(super) fn read(token: &str, key: &[u8], now: Millis) -> Option<HandOver> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(signed.as_bytes());
    mac.verify_slice(&BASE64.decode(signature).ok()?).ok()?;
    let header: Header = serde_json::from_slice(&BASE64.decode(header).ok()?).ok()?;
    let claims: Claims = serde_json::from_slice(&BASE64.decode(claims).ok()?).ok()?;
    let expires_at = Millis(claims.exp.saturating_mul(1000));
    let good = header.alg == "HS256"
        && claims.aud == "tono"
        && expires_at > now
        && expires_at.since(now) <= LONGEST_LIFE
        && (1..=LONGEST).contains(&claims.jti.len())
        && (1..=LONGEST).contains(&claims.sub.len())
        && !(claims.sub.contains('\0') || claims.jti.contains('\0'));
    good.then_some(HandOver { agent: claims.sub, id: claims.jti, expires_at })
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use call::time::Millis;
    use hmac::{Hmac, KeyInit as _, Mac as _};
    use sha2::Sha256;

    use super::{BASE64, read};

    const KEY: &[u8] = b"a key of thirty-two bytes, or so";
    const NOW: Millis = Millis(1_000_000);

    fn token(header: &str, claims: &str, key: &[u8]) -> String {
        let signed = format!("{}.{}", BASE64.encode(header), BASE64.encode(claims));
        let signature = Hmac::<Sha256>::new_from_slice(key).map(|mut mac| {
            mac.update(signed.as_bytes());
            mac.finalize().into_bytes()
        });
        format!("{signed}.{}", signature.map(|bytes| BASE64.encode(bytes)).unwrap_or_default())
    }

    #[test]
    fn only_what_the_crm_signed_for_now_is_good() {
        let header = r#"{"alg":"HS256","typ":"JWT"}"#;
        let good = r#"{"sub":"ann","aud":"tono","exp":1060,"jti":"1"}"#;
        assert_eq!(
            read(&token(header, good, KEY), KEY, NOW).map(|read| read.agent).as_deref(),
            Some("ann")
        );
        for (header, claims, key) in [
            (header, good, b"another key of thirty-two bytes.".as_slice()),
            (r#"{"alg":"none"}"#, good, KEY),
            (header, r#"{"sub":"ann","aud":"crm","exp":1060,"jti":"1"}"#, KEY),
            (header, r#"{"sub":"ann","aud":"tono","exp":1000,"jti":"1"}"#, KEY),
            (header, r#"{"sub":"ann","aud":"tono","exp":1301,"jti":"1"}"#, KEY),
            (header, r#"{"sub":"ann","aud":"tono","exp":1060,"jti":""}"#, KEY),
            (header, r#"{"sub":"","aud":"tono","exp":1060,"jti":"1"}"#, KEY),
        ] {
            assert_eq!(read(&token(header, claims, key), KEY, NOW), None, "{header} {claims}");
        }
        let unsigned = token(header, good, KEY);
        let unsigned =
            unsigned.rsplit_once('.').map(|(signed, _)| format!("{signed}.")).unwrap_or_default();
        assert_eq!(read(&unsigned, KEY, NOW), None);
    }
}
