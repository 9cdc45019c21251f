//! The provider whose people may sign in.

use reqwest::Url;

use super::{ConfigError, Secret, is_loopback};

/// An OpenID Connect provider.
pub struct Provider {
    /// Its issuer (`TONO_OIDC_ISSUER`), exactly as it calls itself.
    pub issuer: String,
    /// What it calls this server (`TONO_OIDC_CLIENT_ID`).
    pub client_id: String,
    /// What this server shows it (`TONO_OIDC_CLIENT_SECRET`).
    pub client_secret: Secret,
    /// Whether `preferred_username` is the agent's name (`TONO_OIDC_CLAIM`), else the verified `email` is.
    pub by_username: bool,
    /// Where browsers find this server (`TONO_PUBLIC_URL`), without a slash at its end.
    pub own_url: String,
}

impl Provider {
    /// All settings of a provider, or none.
    pub(super) fn read(get: &impl Fn(&str) -> Option<String>) -> Result<Option<Self>, ConfigError> {
        let Some(issuer) = get("TONO_OIDC_ISSUER") else { return Ok(None) };
        let secure = |text: &str| {
            Url::parse(text).is_ok_and(|url| {
                url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url))
            })
        };
        if !secure(&issuer) {
            return Err(ConfigError::new(
                "TONO_OIDC_ISSUER",
                "is no issuer: set it to one like https://login.example.com",
            ));
        }
        let own_url = get("TONO_PUBLIC_URL").filter(|url| secure(url)).ok_or_else(|| {
            ConfigError::missing(
                "TONO_PUBLIC_URL",
                "where browsers find this server, as https://phone.example.com",
            )
        })?;
        Ok(Some(Self {
            issuer,
            client_id: get("TONO_OIDC_CLIENT_ID").ok_or_else(|| {
                ConfigError::missing("TONO_OIDC_CLIENT_ID", "what the provider calls this server")
            })?,
            client_secret: get("TONO_OIDC_CLIENT_SECRET").map(Secret).ok_or_else(|| {
                ConfigError::missing(
                    "TONO_OIDC_CLIENT_SECRET",
                    "the secret the provider gave this server",
                )
            })?,
            by_username: match get("TONO_OIDC_CLAIM").as_deref() {
                None | Some("email") => false,
                Some("preferred_username") => true,
                Some(_) => {
                    return Err(ConfigError::new(
                        "TONO_OIDC_CLAIM",
                        "is no claim we know: set it to email or preferred_username",
                    ));
                }
            },
            own_url: own_url.trim_end_matches('/').to_owned(),
        }))
    }
}
