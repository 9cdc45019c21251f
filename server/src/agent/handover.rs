//! A session for somebody a CRM already knows: a short-lived token the CRM signs instead of a password.
//!
//! It is a JWT (RFC 7519) signed with HS256 and the key both know (`TONO_HANDOVER_KEY`): `sub` is the agent's name,
//! `aud` is `tono`, `exp` at most five minutes ahead, and `jti` something that is never used again.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use call::time::Millis;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Deserialize;
use sha2::Sha256;

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
