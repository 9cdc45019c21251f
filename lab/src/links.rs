//! Download links that expire, in the form of S3's pre-signed ones (Telnyx: `X-Amz-Expires=600`).

use std::collections::HashMap;
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::clock::{self, Moment};
use crate::exchange::io::Format;
use crate::seed::Seed;

const LIFE: Duration = Duration::from_mins(10);

/// Makes links and checks them.
#[derive(Debug, Clone)]
pub(crate) struct Links {
    origin: String,
    secret: [u8; 32],
}

/// Why a link does not open, in S3's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadLink {
    #[error("Request has expired")]
    Expired,
    #[error("The request signature we calculated does not match the signature you provided.")]
    Signature,
}

impl Links {
    /// Links under `origin`, the address of the files' own port.
    pub(crate) fn new(origin: String, seed: Seed) -> Self {
        Self { origin, secret: seed.key("download links") }
    }

    /// A link to this recording's file that opens for 600 s from `now`.
    pub(crate) fn to_file(&self, recording: &str, format: Format, now: Moment) -> String {
        let path = path(recording, format);
        let date = now.basic();
        let signature = hex(&self.mac(&path, &date).finalize().into_bytes());
        format!(
            "{}{path}?X-Amz-Date={date}&X-Amz-Expires={}&X-Amz-Signature={signature}",
            self.origin,
            LIFE.as_secs(),
        )
    }

    /// Whether the link with this query opens the file of `recording` at `now`.
    pub(crate) fn check(
        &self,
        recording: &str,
        format: Format,
        query: &HashMap<String, String>,
        now: Moment,
    ) -> Result<(), BadLink> {
        let date = query.get("X-Amz-Date").ok_or(BadLink::Signature)?;
        let signature =
            query.get("X-Amz-Signature").and_then(|text| unhex(text)).ok_or(BadLink::Signature)?;
        self.mac(&path(recording, format), date)
            .verify_slice(&signature)
            .map_err(|_| BadLink::Signature)?;
        let made = clock::from_basic(date).ok_or(BadLink::Signature)?;
        if now.since(made) > LIFE { Err(BadLink::Expired) } else { Ok(()) }
    }

    fn mac(&self, path: &str, date: &str) -> Hmac<Sha256> {
        // HMAC itself fills a short key up with zeroes to a block; doing it here leaves no length to be wrong.
        let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
        block[..32].copy_from_slice(&self.secret);
        let mut mac = Hmac::<Sha256>::new(&block);
        mac.update(format!("{path}\n{date}\n{}", LIFE.as_secs()).as_bytes());
        mac
    }
}

fn path(recording: &str, format: Format) -> String {
    format!("/recordings/{recording}.{}", extension(format))
}

/// How the names of such files end.
pub(crate) fn extension(format: Format) -> &'static str {
    match format {
        Format::Wav => "wav",
        Format::Mp3 => "mp3",
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(link: &str) -> HashMap<String, String> {
        let (_, query) = link.split_once('?').unwrap_or_default();
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    #[test]
    fn a_link_opens_its_recording_for_ten_minutes_and_nothing_else() {
        let links = Links::new("http://files".to_owned(), Seed(1));
        let now = Moment::from_micros(1_800_000_000_000_000);
        let query = query(&links.to_file("r", Format::Mp3, now));
        let after = |seconds| now.plus(Duration::from_secs(seconds));

        let check = |recording, query, at| links.check(recording, Format::Mp3, query, at);
        assert_eq!(check("r", &query, after(600)), Ok(()));
        assert_eq!(check("r", &query, after(601)), Err(BadLink::Expired));
        assert_eq!(check("s", &query, now), Err(BadLink::Signature));
        assert_eq!(check("r", &HashMap::new(), now), Err(BadLink::Signature));
        assert_eq!(links.check("r", Format::Wav, &query, now), Err(BadLink::Signature));
    }
}
