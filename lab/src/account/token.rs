//! The tokens of telephony credentials: JWTs signed with HS512, which only the account can check (Telnyx:
//! `POST /telephony_credentials/{id}/token`).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha512;

use crate::clock::Moment;
use crate::seed::Seed;

/// The claims of a token as the example in Telnyx's API document has them. Times are Unix seconds.
#[derive(Serialize, Deserialize)]
pub(super) struct Claims {
    aud: String,
    pub(super) exp: u64,
    iat: u64,
    iss: String,
    jti: String,
    nbf: u64,
    /// The credential's id.
    pub(super) sub: String,
    tel_token: String,
    typ: String,
}

/// The token number `number` of `credential`, good from `now` until `end`.
pub(super) fn issue(
    seed: Seed,
    credential: &str,
    number: u64,
    now: Moment,
    end: Moment,
) -> Option<String> {
    let issued = now.unix_seconds();
    let number = number.to_string();
    let claims = Claims {
        aud: "telnyx_telephony".to_owned(),
        exp: end.unix_seconds(),
        iat: issued,
        iss: "telnyx_telephony".to_owned(),
        jti: seed.uuid(&["token", credential, &number]),
        nbf: issued.saturating_sub(1),
        sub: credential.to_owned(),
        tel_token: seed.word(&["tel_token", credential, &number]),
        typ: "access".to_owned(),
    };
    // Strings and numbers always serialise, and HMAC takes a key of any length.
    let claims = serde_json::to_vec(&claims).ok()?;
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"HS512","typ":"JWT"}"#),
        URL_SAFE_NO_PAD.encode(claims),
    );
    let signature = mac(seed, &signed)?.finalize().into_bytes();
    Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// The claims of a token that is one of ours, whether or not its time is over.
pub(super) fn read(seed: Seed, token: &str) -> Option<Claims> {
    let (signed, signature) = token.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    mac(seed, signed)?.verify_slice(&signature).ok()?;
    let (_, claims) = signed.split_once('.')?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}

fn mac(seed: Seed, signed: &str) -> Option<Hmac<Sha512>> {
    let mut mac = Hmac::<Sha512>::new_from_slice(&seed.key("tokens")).ok()?;
    mac.update(signed.as_bytes());
    Some(mac)
}
