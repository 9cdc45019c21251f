//! What may be set from outside, and what is wrong with it.

mod announcement;
mod bucket;
mod mode;
mod pauses;
mod provider;
mod settings;

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use call::number::Number;
use ed25519_dalek::VerifyingKey;
use jiff::tz::TimeZone;
use reqwest::Url;

pub use announcement::Announcement;
pub use bucket::Bucket;
pub use mode::Mode;
pub(crate) use mode::Ours;
pub use pauses::Pauses;
pub use provider::Provider;
pub(crate) use settings::is_loopback;

use crate::policy::Policy;
use crate::serve::Limits;

/// Everything the server is told at its start.
pub struct Config {
    /// The address to listen on (`TONO_LISTEN`); loopback unless told otherwise.
    pub listen: IpAddr,
    /// The proxies whose word is taken for where somebody asks from (`TONO_PROXIES`).
    pub proxies: Vec<IpAddr>,
    /// The port (`TONO_PORT`); 0 takes any free one.
    pub port: u16,
    /// Where the database and the recordings live (`TONO_DATA`).
    pub data: PathBuf,
    /// The database's URL (`DATABASE_URL`).
    pub database: String,
    /// Telnyx's REST API (`TONO_TELNYX_API`), ending in a slash.
    pub telnyx_api: Url,
    /// The key for it (`TONO_TELNYX_KEY`).
    pub telnyx_key: Secret,
    /// The key Telnyx signs its webhooks with (`TONO_PUBLIC_KEY`).
    pub public_key: VerifyingKey,
    /// The credential connection the page's calls go out on (`TONO_CONNECTION_ID`).
    pub connection_id: String,
    /// Who puts a call through (`TONO_MODE`).
    pub mode: Mode,
    /// What whoever is called is told before they are put through (`TONO_ANNOUNCEMENT`).
    pub announcement: Option<Announcement>,
    /// What those hear who wait while their call is transferred (`TONO_HOLD_MUSIC`), over and over.
    pub hold_music: Option<Url>,
    /// Whom agents may call, and how much.
    pub policy: Arc<Policy>,
    /// The SDK's WebSocket URL (`TONO_GATEWAY`); none means the SDK's own.
    pub gateway: Option<Url>,
    /// The number shown to the far end (`TONO_CALLER_ID`).
    pub caller_id: Option<Number>,
    /// The agent's name (`TONO_AGENT_NAME`).
    pub agent_name: String,
    /// The password of an admin of that name (`TONO_AGENT_PASSWORD`); none leaves those made by `tono agent add`.
    pub agent_password: Option<Secret>,
    /// The sites whose pages may have ours in a frame (`TONO_FRAME_ANCESTORS`), as in a content security policy.
    pub frame_ancestors: Option<String>,
    /// The key of a CRM that hands agents over (`TONO_HANDOVER_KEY`).
    pub handover_key: Option<Secret>,
    /// Where people may sign in instead (`TONO_OIDC_ISSUER`).
    pub provider: Option<Provider>,
    /// The time zone days are counted in (`TONO_TIME_ZONE`); UTC unless told otherwise.
    pub zone: TimeZone,
    /// After how many days a call is erased (`TONO_RETENTION_DAYS`); none keeps all.
    pub retention_days: Option<u32>,
    /// After how many days a recording is deleted while its call is kept (`TONO_RECORDING_RETENTION_DAYS`).
    pub recording_retention_days: Option<u32>,
    /// The largest recording that is copied, in bytes (`TONO_RECORDING_MIB`).
    pub largest_recording: u64,
    /// The bucket copies of recordings are kept in (`TONO_S3_BUCKET`); none keeps them in a folder of `data`.
    pub bucket: Option<Bucket>,
    /// How long to wait for what.
    pub pauses: Pauses,
    /// How many connections, and how patient with them.
    pub limits: Limits,
}

/// A word that must not be seen; it has no `Debug` and no `Display`.
pub struct Secret(pub String);

/// A setting that keeps the server from starting.
#[derive(Debug, thiserror::Error)]
#[error("{variable} {problem}")]
pub struct ConfigError {
    /// The variable at fault.
    pub variable: &'static str,
    /// What is wrong and what to do.
    pub problem: String,
}

impl ConfigError {
    fn new(variable: &'static str, problem: impl Into<String>) -> Self {
        Self { variable, problem: problem.into() }
    }

    fn missing(variable: &'static str, what: &str) -> Self {
        Self::new(variable, format!("is not set: set it to {what}"))
    }
}

impl Config {
    /// Reads the settings from `lookup`, which is the environment outside of tests. An empty value counts as none.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let get = |name: &str| {
            lookup(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
        };

        let telnyx_api = settings::api_url(
            get("TONO_TELNYX_API").as_deref().unwrap_or("https://api.telnyx.com/v2"),
        )?;
        let demo = is_loopback(&telnyx_api);
        let data = PathBuf::from(get("TONO_DATA").unwrap_or_else(|| "data".to_owned()));
        let mode = mode::mode(&get)?;
        Ok(Self {
            listen: settings::listen(get("TONO_LISTEN"), demo)?,
            proxies: settings::proxies(get("TONO_PROXIES"))?,
            port: match get("TONO_PORT") {
                None => 8080,
                Some(text) => text.parse().map_err(|_| {
                    ConfigError::new("TONO_PORT", "is no port: set it to a number from 0 to 65535")
                })?,
            },
            database: settings::database_url(get("DATABASE_URL"), &data)?,
            data,
            telnyx_api,
            telnyx_key: get("TONO_TELNYX_KEY")
                .map(Secret)
                .ok_or_else(|| ConfigError::missing("TONO_TELNYX_KEY", "a Telnyx API key"))?,
            public_key: settings::public_key(get("TONO_PUBLIC_KEY"))?,
            connection_id: get("TONO_CONNECTION_ID").ok_or_else(|| {
                ConfigError::missing(
                    "TONO_CONNECTION_ID",
                    "the id of the credential connection the calls go out on",
                )
            })?,
            announcement: Announcement::read(&get, mode != Mode::Direct)?,
            hold_music: announcement::hold_music(&get, mode != Mode::Direct)?,
            mode,
            policy: Arc::new(mode::policy(&get)?),
            gateway: get("TONO_GATEWAY").map(|text| settings::gateway_url(&text)).transpose()?,
            caller_id: get("TONO_CALLER_ID")
                .map(|text| {
                    Number::parse(&text).map_err(|why| {
                        ConfigError::new(
                            "TONO_CALLER_ID",
                            format!("cannot be used: {why}; write it like +12025550142"),
                        )
                    })
                })
                .transpose()?,
            agent_name: get("TONO_AGENT_NAME").unwrap_or_else(|| "agent".to_owned()),
            agent_password: get("TONO_AGENT_PASSWORD").map(Secret),
            frame_ancestors: get("TONO_FRAME_ANCESTORS")
                .map(|text| settings::frame_ancestors(&text))
                .transpose()?,
            handover_key: settings::handover_key(get("TONO_HANDOVER_KEY"))?,
            provider: Provider::read(&get)?,
            zone: settings::zone(get("TONO_TIME_ZONE"))?,
            retention_days: settings::days("TONO_RETENTION_DAYS", &get)?,
            recording_retention_days: settings::days("TONO_RECORDING_RETENTION_DAYS", &get)?,
            largest_recording: settings::largest(get("TONO_RECORDING_MIB"))?,
            bucket: Bucket::read(&get)?,
            pauses: Pauses::default(),
            limits: Limits::default(),
        })
    }

    /// Whether Telnyx is a stand-in on this machine: nothing said here leaves it.
    #[must_use]
    pub fn is_demo(&self) -> bool {
        is_loopback(&self.telnyx_api)
    }

    /// What of the account is ours.
    pub(crate) fn ours(&self) -> Ours<'_> {
        let application = match &self.mode {
            Mode::Direct => None,
            Mode::Controlled { application } => Some(application.as_str()),
        };
        Ours { connection: &self.connection_id, application }
    }

    /// Where our copies of recordings are kept.
    #[must_use]
    pub fn recordings(&self) -> PathBuf {
        self.data.join("recordings")
    }
}

#[cfg(test)]
mod tests {
    use super::Config;

    /// Reads settings on top of a complete demo configuration; an empty value removes one.
    fn read(changes: &[(&str, &str)]) -> Result<Config, String> {
        let complete = [
            ("TONO_TELNYX_API", "http://127.0.0.1:7801/v2"),
            ("TONO_TELNYX_KEY", "KEY123"),
            ("TONO_PUBLIC_KEY", "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="),
            ("TONO_CONNECTION_ID", "1494404757140276705"),
        ];
        Config::read(|name| {
            let find = |list: &[(&str, &str)]| {
                list.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            };
            find(changes).or_else(|| find(&complete))
        })
        .map_err(|error| error.to_string())
    }

    #[test]
    fn the_wrong_setting_is_named_with_what_to_do() {
        for (variable, value) in [
            ("TONO_TELNYX_KEY", ""),
            ("TONO_PUBLIC_KEY", ""),
            ("TONO_PUBLIC_KEY", "c2hvcnQ="),
            ("TONO_CONNECTION_ID", "  "),
            ("TONO_PORT", "http"),
            ("TONO_PORT", "65536"),
            ("TONO_LISTEN", "everywhere"),
            ("TONO_PROXIES", "127.0.0.1, nginx"),
            // Demo mode would let the whole network in.
            ("TONO_LISTEN", "0.0.0.0"),
            ("TONO_TELNYX_API", "api.telnyx.com"),
            ("TONO_TELNYX_API", "http://api.telnyx.com/v2"),
            ("TONO_GATEWAY", "https://rtc.telnyx.com"),
            ("TONO_MODE", "automatic"),
            ("TONO_MODE", "controlled"),
            ("TONO_ALLOWED_PREFIXES", "+1, Spain"),
            ("TONO_BLOCKED_NUMBERS", "1900*"),
            ("TONO_CALLS_PER_MINUTE", "0"),
            ("TONO_CALLS_AT_ONCE", "many"),
            ("TONO_CALLER_ID", "five"),
            ("TONO_TIME_ZONE", "Mars/Olympus"),
            ("TONO_FRAME_ANCESTORS", "*"),
            ("TONO_FRAME_ANCESTORS", "https://crm.example.com; script-src *"),
            ("TONO_FRAME_ANCESTORS", "http://crm.example.com"),
            ("TONO_HANDOVER_KEY", "short"),
            ("TONO_RETENTION_DAYS", "0"),
            ("TONO_RECORDING_RETENTION_DAYS", "a week"),
            ("TONO_RECORDING_MIB", "0"),
            ("TONO_S3_BUCKET", "Not/A Bucket"),
            ("TONO_S3_ENDPOINT", "http://127.0.0.1:1/"),
            ("TONO_S3_KEY_ID", "AKIA"),
            ("TONO_ANNOUNCEMENT", "This call is recorded."),
            ("TONO_HOLD_MUSIC", "https://example.com/music.mp3"),
            ("TONO_OIDC_ISSUER", "http://login.example.com"),
            ("DATABASE_URL", "mysql://localhost/tono"),
        ] {
            let error = read(&[(variable, value)]).err().unwrap_or_default();
            let named = if value == "controlled" { "TONO_CALL_CONTROL_APP" } else { variable };
            assert!(error.starts_with(named), "{variable}={value:?}: {error}");
            assert!(
                error.contains("set it to") || error.contains("write it") || error.contains("must"),
                "{error}"
            );
            assert!(!error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn demo_mode_is_a_loopback_address_and_nothing_that_looks_like_one() {
        for (api, demo) in [
            ("http://127.0.0.1:7801/v2", true),
            ("http://127.9.9.9/v2", true),
            ("http://[::1]:7801/v2/", true),
            ("http://localhost:7801/v2", true),
            ("https://localhost.example.com/v2", false),
            ("https://127.0.0.1.example.com/v2", false),
        ] {
            let config = read(&[("TONO_TELNYX_API", api), ("TONO_AGENT_PASSWORD", "x")]);
            assert_eq!(config.map(|config| config.is_demo()), Ok(demo), "{api}");
        }
    }
}
