//! The settings that are one variable each: what it may say, and what to do where it says something else.

use std::net::{IpAddr, Ipv4Addr};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::VerifyingKey;
use jiff::tz::TimeZone;
use reqwest::Url;

use super::{ConfigError, Secret};
use crate::store::Dialect;

/// The largest recording that is copied, unless told otherwise: four hours of two channels of 16 bits at 8 kHz are 440 MiB.
const LARGEST_RECORDING_MIB: u64 = 512;

/// Bytes.
const MIB: u64 = 1024 * 1024;

/// The address to listen on. Demo mode asks for no password, so it stays on this machine.
pub(super) fn listen(given: Option<String>, demo: bool) -> Result<IpAddr, ConfigError> {
    let Some(text) = given else { return Ok(IpAddr::V4(Ipv4Addr::LOCALHOST)) };
    let address: IpAddr = text.parse().map_err(|_| {
        ConfigError::new("TONO_LISTEN", "is no IP address: set it to one like 127.0.0.1 or 0.0.0.0")
    })?;
    if demo && !address.is_loopback() {
        return Err(ConfigError::new(
            "TONO_LISTEN",
            "must be a loopback address in demo mode, which lets anybody in without a password",
        ));
    }
    Ok(address)
}

pub(super) fn proxies(given: Option<String>) -> Result<Vec<IpAddr>, ConfigError> {
    let text = given.unwrap_or_default();
    let named = text.split(',').map(str::trim).filter(|address| !address.is_empty());
    named.map(str::parse).collect::<Result<_, _>>().map_err(|_| {
        ConfigError::new(
            "TONO_PROXIES",
            "is no list of IP addresses: set it to one like 127.0.0.1,10.0.0.2",
        )
    })
}

/// Whether a URL leads to this machine and nowhere else.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

pub(super) fn api_url(text: &str) -> Result<Url, ConfigError> {
    // A base without the slash would lose its last segment when paths are added.
    let text = format!("{}/", text.trim_end_matches('/'));
    match Url::parse(&text) {
        Ok(url) if url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)) => {
            Ok(url)
        }
        Ok(_) => Err(ConfigError::new(
            "TONO_TELNYX_API",
            "must begin with https://; plain http is for a stand-in on this machine",
        )),
        Err(_) => Err(ConfigError::new(
            "TONO_TELNYX_API",
            "is no URL: set it to one like https://api.telnyx.com/v2",
        )),
    }
}

pub(super) fn gateway_url(text: &str) -> Result<Url, ConfigError> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "ws" | "wss") && url.has_host() => Ok(url),
        Ok(_) | Err(_) => Err(ConfigError::new(
            "TONO_GATEWAY",
            "is no WebSocket URL: set it to one like wss://rtc.telnyx.com",
        )),
    }
}

pub(super) fn database_url(
    given: Option<String>,
    data: &std::path::Path,
) -> Result<String, ConfigError> {
    match given {
        None => Ok(format!("sqlite:{}", data.join("tono.db").display())),
        Some(url) if Dialect::of(&url).is_some() => Ok(url),
        Some(_) => Err(ConfigError::new(
            "DATABASE_URL",
            "names a database that is not supported: set it to one that begins with sqlite: or postgres://, or leave it out",
        )),
    }
}

/// Origins, nothing that would end the directive or mean more than an origin.
pub(super) fn frame_ancestors(text: &str) -> Result<String, ConfigError> {
    let origins: Option<Vec<String>> = text
        .split_whitespace()
        .map(|origin| {
            let url = Url::parse(origin).ok()?;
            let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
            let secure = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
            (plain && secure).then(|| url.origin().ascii_serialization())
        })
        .collect();
    origins.filter(|origins| !origins.is_empty()).map(|origins| origins.join(" ")).ok_or_else(
        || {
            ConfigError::new(
                "TONO_FRAME_ANCESTORS",
                "is no list of origins: set it to one or more like https://crm.example.com",
            )
        },
    )
}

pub(super) fn handover_key(given: Option<String>) -> Result<Option<Secret>, ConfigError> {
    match given {
        Some(key) if key.len() < 32 => Err(ConfigError::new(
            "TONO_HANDOVER_KEY",
            "is too short to be a key: set it to 32 or more random characters",
        )),
        key => Ok(key.map(Secret)),
    }
}

pub(super) fn days(
    variable: &'static str,
    get: &impl Fn(&str) -> Option<String>,
) -> Result<Option<u32>, ConfigError> {
    let read = |days: String| {
        days.parse()
            .ok()
            .filter(|days| (1..=36_500).contains(days))
            .ok_or_else(|| ConfigError::new(variable, "is no number of days: set it to 1 or more"))
    };
    get(variable).map(read).transpose()
}

pub(super) fn largest(given: Option<String>) -> Result<u64, ConfigError> {
    let Some(text) = given else { return Ok(LARGEST_RECORDING_MIB * MIB) };
    text.parse()
        .ok()
        .filter(|mib| (1..=1_048_576).contains(mib))
        .map(|mib: u64| mib * MIB)
        .ok_or_else(|| {
            ConfigError::new("TONO_RECORDING_MIB", "is no number of MiB: set it to 1 or more")
        })
}

pub(super) fn zone(given: Option<String>) -> Result<TimeZone, ConfigError> {
    let Some(name) = given else { return Ok(TimeZone::UTC) };
    TimeZone::get(&name).map_err(|_| {
        ConfigError::new("TONO_TIME_ZONE", "is no time zone: set it to one like Europe/Madrid")
    })
}

pub(super) fn public_key(given: Option<String>) -> Result<VerifyingKey, ConfigError> {
    let what =
        "the public key from Telnyx's portal (Keys & Credentials, Public Key): base64 of 32 bytes";
    let text = given.ok_or_else(|| ConfigError::missing("TONO_PUBLIC_KEY", what))?;
    BASE64
        .decode(&text)
        .ok()
        .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
        .and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok())
        .ok_or_else(|| {
            ConfigError::new("TONO_PUBLIC_KEY", format!("is no Ed25519 key: set it to {what}"))
        })
}
