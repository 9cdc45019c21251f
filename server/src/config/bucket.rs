//! The bucket of an S3 API that copies of recordings are kept in.

use reqwest::Url;

use super::{ConfigError, Secret, is_loopback};

/// Where and as whom to ask for it.
pub struct Bucket {
    /// Its name (`TONO_S3_BUCKET`).
    pub name: String,
    /// Where the API is (`TONO_S3_ENDPOINT`); none is Amazon's own.
    pub endpoint: Option<Url>,
    /// The region (`TONO_S3_REGION`).
    pub region: String,
    /// The key's id and its secret (`TONO_S3_KEY_ID`, `TONO_S3_SECRET`); none takes the role of the machine.
    pub key: Option<(String, Secret)>,
}

impl Bucket {
    /// Reads the settings; nothing where no bucket is named.
    pub(super) fn read(get: &impl Fn(&str) -> Option<String>) -> Result<Option<Self>, ConfigError> {
        let Some(name) = get("TONO_S3_BUCKET") else {
            let others = ["TONO_S3_ENDPOINT", "TONO_S3_REGION", "TONO_S3_KEY_ID", "TONO_S3_SECRET"];
            return match others.into_iter().find(|other| get(other).is_some()) {
                Some(other) => {
                    Err(ConfigError::new(other, "must come with a bucket's name in TONO_S3_BUCKET"))
                }
                None => Ok(None),
            };
        };
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        if !(3..=255).contains(&name.len()) || !name.bytes().all(is_name) {
            return Err(ConfigError::new(
                "TONO_S3_BUCKET",
                "is no bucket's name: set it to one like recordings-of-example",
            ));
        }
        Ok(Some(Self {
            name,
            endpoint: get("TONO_S3_ENDPOINT").map(|text| endpoint(&text)).transpose()?,
            region: get("TONO_S3_REGION").unwrap_or_else(|| "us-east-1".to_owned()),
            key: match (get("TONO_S3_KEY_ID"), get("TONO_S3_SECRET")) {
                (Some(id), Some(secret)) => Some((id, Secret(secret))),
                (None, None) => None,
                (Some(_), None) => {
                    return Err(ConfigError::missing("TONO_S3_SECRET", "the key's secret"));
                }
                (None, Some(_)) => {
                    return Err(ConfigError::missing("TONO_S3_KEY_ID", "the key's id"));
                }
            },
        }))
    }
}

fn endpoint(text: &str) -> Result<Url, ConfigError> {
    match Url::parse(text) {
        Ok(url) if url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)) => {
            Ok(url)
        }
        Ok(_) | Err(_) => Err(ConfigError::new(
            "TONO_S3_ENDPOINT",
            "is no https URL: set it to one like https://s3.eu-central-1.amazonaws.com; plain http is for this machine",
        )),
    }
}
