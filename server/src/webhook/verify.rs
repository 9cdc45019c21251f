//! Whether a webhook is Telnyx's: an Ed25519 signature over `timestamp|body`.

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use call::time::Millis;
use ed25519_dalek::{Signature, VerifyingKey};

/// How far a webhook's timestamp may be from now, in milliseconds: 300 s, as in Telnyx's own libraries.
const TOLERANCE: u64 = 300_000;

/// Why a webhook is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unverified {
    #[error("the webhook has no telnyx-signature-ed25519 and telnyx-timestamp that can be read")]
    Missing,
    #[error("the webhook's timestamp is more than 300 s from this server's clock")]
    Stale,
    #[error("the webhook's signature is not by the key in TONO_PUBLIC_KEY")]
    Forged,
}

/// Checks that Telnyx signed exactly these bytes, and lately.
pub(super) fn verify(
    key: &VerifyingKey,
    headers: &HeaderMap,
    body: &[u8],
    now: Millis,
) -> Result<(), Unverified> {
    let header = |name: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).ok_or(Unverified::Missing)
    };
    let timestamp = header("telnyx-timestamp")?;
    let seconds: u64 = timestamp.parse().map_err(|_| Unverified::Missing)?;
    let signature =
        BASE64.decode(header("telnyx-signature-ed25519")?).map_err(|_| Unverified::Missing)?;
    let signature = Signature::from_slice(&signature).map_err(|_| Unverified::Missing)?;

    let mut signed = Vec::with_capacity(timestamp.len() + 1 + body.len());
    signed.extend_from_slice(timestamp.as_bytes());
    signed.push(b'|');
    signed.extend_from_slice(body);
    key.verify_strict(&signed, &signature).map_err(|_| Unverified::Forged)?;

    let sent = Millis(seconds.saturating_mul(1000));
    if sent.since(now).max(now.since(sent)) > TOLERANCE {
        return Err(Unverified::Stale);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD as BASE64;
    use call::time::Millis;
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::{Unverified, verify};

    const SENT: u64 = 1_763_715_600;

    fn at(seconds: i64) -> Result<(), Unverified> {
        let key = SigningKey::from_bytes(&[7; 32]);
        let signature = key.sign(format!("{SENT}|body").as_bytes());
        let mut headers = HeaderMap::new();
        headers.insert("telnyx-timestamp", HeaderValue::from(SENT));
        if let Ok(value) = HeaderValue::from_str(&BASE64.encode(signature.to_bytes())) {
            headers.insert("telnyx-signature-ed25519", value);
        }
        let now = Millis((SENT * 1000).saturating_add_signed(seconds * 1000));
        verify(&key.verifying_key(), &headers, b"body", now)
    }

    #[test]
    fn a_signature_is_good_for_300_seconds_either_way() {
        assert_eq!(at(0), Ok(()));
        assert_eq!(at(300), Ok(()));
        assert_eq!(at(-300), Ok(()));
        assert_eq!(at(301), Err(Unverified::Stale));
        assert_eq!(at(-301), Err(Unverified::Stale));
    }
}
