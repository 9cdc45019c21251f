//! A webhook on the wire: Telnyx's envelope (API version 2) and its Ed25519 signature.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use serde::Serialize;
use serde_json::{Value, json};

use crate::clock::Moment;
use crate::exchange::io::Event;
use crate::seed::Seed;

/// Signs webhooks.
#[derive(Debug)]
pub(crate) struct Signer {
    key: SigningKey,
}

/// The headers that prove a webhook's origin.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Headers {
    /// Unix seconds.
    #[serde(rename = "telnyx-timestamp")]
    pub(crate) timestamp: String,
    /// Base64 of the signature over `timestamp|body`.
    #[serde(rename = "telnyx-signature-ed25519")]
    pub(crate) signature: String,
}

impl Signer {
    /// The account's signer.
    pub(crate) fn new(seed: Seed) -> Self {
        Self { key: SigningKey::from_bytes(&seed.key("webhooks")) }
    }

    /// As the portal shows it: base64 of the raw 32 bytes.
    pub(crate) fn public_key(&self) -> String {
        STANDARD.encode(self.key.verifying_key().as_bytes())
    }

    /// Signs `body` as of `now`. The reader compares that with its own clock, so `now` is real time.
    pub(crate) fn sign(&self, body: &str, now: Moment) -> Headers {
        let timestamp = now.unix_seconds().to_string();
        let signature = self.key.sign(format!("{timestamp}|{body}").as_bytes());
        Headers { timestamp, signature: STANDARD.encode(signature.to_bytes()) }
    }
}

/// The body of delivery attempt number `attempt` (from 1) of an event.
pub(crate) fn envelope(event: &Event, attempt: usize, delivered_to: &str) -> Value {
    json!({
        "data": {
            "record_type": "event",
            "event_type": event.kind,
            "id": event.id,
            "occurred_at": event.occurred_at.iso(),
            "payload": event.payload,
        },
        "meta": { "attempt": attempt, "delivered_to": delivered_to },
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "keys and signatures have fixed lengths")]

    use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};

    use super::*;

    #[test]
    fn the_signature_covers_timestamp_and_body() {
        let signer = Signer::new(Seed(1));
        let headers = signer.sign("{}", Moment::from_micros(1_800_000_000_000_000));
        assert_eq!(headers.timestamp, "1800000000");

        let key: [u8; 32] = STANDARD.decode(signer.public_key()).unwrap().try_into().unwrap();
        let key = VerifyingKey::from_bytes(&key).unwrap();
        let signature =
            Signature::from_slice(&STANDARD.decode(headers.signature).unwrap()).unwrap();
        assert!(key.verify(b"1800000000|{}", &signature).is_ok());
        assert!(key.verify(b"1800000001|{}", &signature).is_err());
    }

    #[test]
    fn another_seed_is_another_account() {
        assert_ne!(Signer::new(Seed(1)).public_key(), Signer::new(Seed(2)).public_key());
    }
}
