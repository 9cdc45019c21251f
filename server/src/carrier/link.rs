//! Links to recordings: which of them we follow, and how.
//!
//! A link comes from outside and is fetched from inside: only Telnyx's own storage is asked, it is never sent our
//! key (S3 refuses a second way to authenticate, and it is nobody else's to see), and it cannot send us elsewhere.

use reqwest::{Response, Url};

use super::{Carrier, CarrierError, send};
use crate::config::is_loopback;

/// The hosts Telnyx keeps recordings on; each stands for itself and what is below it.
const HOSTS: [&str; 2] = ["amazonaws.com", "telnyx.com"];

/// A link we may follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link(Url);

/// Why a link is not followed. Fresh links would lead to the same place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LinkError {
    #[error("the recording's link is no URL")]
    NoUrl,
    #[error("the recording is in custom storage ({0}), which is not supported")]
    CustomStorage(String),
    #[error("the recording's link leads to a host that is not Telnyx's storage: {0}")]
    StrangeHost(String),
}

impl Link {
    /// Reads a link; one to a stand-in on this machine is allowed in demo mode only.
    pub(crate) fn parse(text: &str, demo: bool) -> Result<Self, LinkError> {
        let url = Url::parse(text).map_err(|_| LinkError::NoUrl)?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(LinkError::CustomStorage(url.scheme().to_owned()));
        }
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        let telnyxs = HOSTS.iter().any(|known| {
            host == *known || host.strip_suffix(known).is_some_and(|below| below.ends_with('.'))
        });
        let plain = url.username().is_empty() && url.password().is_none();
        let secure = url.scheme() == "https" && url.port().is_none() && telnyxs;
        if plain && (secure || (demo && is_loopback(&url))) {
            Ok(Self(url))
        } else {
            Err(LinkError::StrangeHost(host))
        }
    }
}

impl Carrier {
    /// Reads a link by the rules of this account.
    pub(crate) fn link(&self, text: &str) -> Result<Link, LinkError> {
        Link::parse(text, self.demo)
    }

    /// Starts to fetch what is behind a link. A redirect is a refusal.
    pub(crate) async fn fetch(&self, link: &Link) -> Result<Response, CarrierError> {
        let answer = send(self.plain.get(link.0.clone())).await?;
        let status = answer.status();
        if status.is_success() {
            Ok(answer)
        } else {
            Err(CarrierError::Refused {
                status: status.as_u16(),
                code: String::new(),
                title: "the storage".to_owned(),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Link, LinkError};

    #[test]
    fn only_telnyxs_storage_is_asked() {
        for link in [
            "https://s3.amazonaws.com/telephony-recorder-prod/a.wav?X-Amz-Expires=600",
            "https://bucket.s3.eu-central-1.amazonaws.com/a.wav",
            "https://storage.telnyx.com/a.mp3",
            "https://S3.AmazonAWS.com/a.wav",
        ] {
            assert!(Link::parse(link, false).is_ok(), "{link}");
        }
        for link in [
            "http://s3.amazonaws.com/a.wav",
            "https://s3.amazonaws.com:8443/a.wav",
            "https://amazonaws.com.evil.example/a.wav",
            "https://evilamazonaws.com/a.wav",
            "https://user:word@s3.amazonaws.com/a.wav",
            "https://169.254.169.254/latest/meta-data",
            "http://127.0.0.1:7801/a.wav",
            "https://localhost/a.wav",
        ] {
            assert!(matches!(Link::parse(link, false), Err(LinkError::StrangeHost(_))), "{link}");
        }
        assert_eq!(Link::parse("a.wav", false), Err(LinkError::NoUrl));
        assert_eq!(
            Link::parse("s3://bucket/a.wav", false),
            Err(LinkError::CustomStorage("s3".to_owned()))
        );
    }

    #[test]
    fn a_link_to_this_machine_is_for_demo_mode() {
        assert!(Link::parse("http://127.0.0.1:7801/a.wav", true).is_ok());
        assert!(Link::parse("http://[::1]:7801/a.wav", true).is_ok());
        assert!(Link::parse("http://10.0.0.1/a.wav", true).is_err());
    }
}
