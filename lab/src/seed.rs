//! Where the lab's "random" values come from.
//!
//! Every id is a digest of the seed and of what it names. The same seed and the same dialogue at the same moments
//! (`TONO_LAB_CLOCK`) give the same ids, so a failure replays. The SDK's call id or the moment is part of it, so two runs
//! on real time never give one id to two calls.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256, Sha512};

/// The lab's seed (`TONO_LAB_SEED`).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seed(pub(crate) u64);

impl Seed {
    /// 32 bytes that belong to `name`: the key for signatures, a secret for tokens.
    pub(crate) fn key(self, name: &str) -> [u8; 32] {
        Sha256::digest(self.text(&[name])).into()
    }

    /// The UUID of the thing these parts name.
    pub(crate) fn uuid(self, parts: &[&str]) -> String {
        let digest: [u8; 32] = Sha256::digest(self.text(parts)).into();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }

    /// A long opaque word of letters, digits, `-` and `_`.
    pub(crate) fn word(self, parts: &[&str]) -> String {
        let digest: [u8; 64] = Sha512::digest(self.text(parts)).into();
        URL_SAFE_NO_PAD.encode(&digest[..40])
    }

    /// A number that belongs to `name`.
    pub(crate) fn number(self, name: &str) -> u64 {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&self.key(name)[..8]);
        u64::from_be_bytes(bytes)
    }

    /// A number of 19 digits, as Telnyx's connection ids are.
    pub(crate) fn digits(self, name: &str) -> String {
        format!("1{:018}", self.number(name) % 1_000_000_000_000_000_000)
    }

    fn text(self, parts: &[&str]) -> String {
        format!("{}\n{}", self.0, parts.join("\n"))
    }
}
