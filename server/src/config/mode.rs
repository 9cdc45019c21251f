//! Who puts calls through, and whom agents may call.

use super::ConfigError;
use crate::policy::{Blocked, Policy, is_beginning};

/// Who puts a call through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// The SDK calls the number by itself.
    Direct,
    /// What the SDK calls waits at Telnyx, and this server calls the number beside it.
    Controlled {
        /// The Call Control application the numbers are called by (`TONO_CALL_CONTROL_APP`).
        application: String,
    },
}

/// What of the account is ours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ours<'a> {
    /// The credential connection, on which browsers register.
    pub(crate) connection: &'a str,
    /// The Call Control application, where calls are commanded; none in direct mode.
    pub(crate) application: Option<&'a str>,
}

impl Ours<'_> {
    /// Whether something of this connection is ours.
    pub(crate) fn has(self, connection_id: &str) -> bool {
        connection_id == self.connection || self.application == Some(connection_id)
    }
}

/// Whom agents may call, and how much; what is not set is not limited.
pub(super) fn policy(get: &impl Fn(&str) -> Option<String>) -> Result<Policy, ConfigError> {
    let list = |variable: &str| -> Vec<String> {
        let text = get(variable).unwrap_or_default();
        text.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
    };
    let allowed = list("TONO_ALLOWED_PREFIXES");
    if !allowed.iter().all(|beginning| is_beginning(beginning)) {
        return Err(ConfigError::new(
            "TONO_ALLOWED_PREFIXES",
            "is no list of what numbers begin with: set it to one like +1, +34",
        ));
    }
    let blocked: Option<Vec<Blocked>> =
        list("TONO_BLOCKED_NUMBERS").iter().map(|text| Blocked::read(text)).collect();
    Ok(Policy {
        allowed,
        blocked: blocked.ok_or_else(|| {
            ConfigError::new(
                "TONO_BLOCKED_NUMBERS",
                "is no list of numbers: set it to one like +12025550199, +1900*",
            )
        })?,
        per_minute: most(get, "TONO_CALLS_PER_MINUTE")?,
        at_once: most(get, "TONO_CALLS_AT_ONCE")?,
    })
}

fn most(
    get: &impl Fn(&str) -> Option<String>,
    variable: &'static str,
) -> Result<Option<u32>, ConfigError> {
    let Some(text) = get(variable) else { return Ok(None) };
    let most = text.parse().ok().filter(|most| *most > 0);
    most.map(Some).ok_or_else(|| {
        ConfigError::new(variable, "is no number of calls: set it to 1 or more, or leave it out")
    })
}

/// What controlled mode needs has to be there; in direct mode it is left alone.
pub(super) fn mode(get: &impl Fn(&str) -> Option<String>) -> Result<Mode, ConfigError> {
    match get("TONO_MODE").as_deref() {
        None | Some("direct") => return Ok(Mode::Direct),
        Some("controlled") => {}
        Some(_) => {
            return Err(ConfigError::new(
                "TONO_MODE",
                "is no mode: set it to direct or controlled",
            ));
        }
    }
    let application = get("TONO_CALL_CONTROL_APP").ok_or_else(|| {
        ConfigError::missing(
            "TONO_CALL_CONTROL_APP",
            "the id of the Call Control application the numbers are called by; TONO_MODE=controlled needs it",
        )
    })?;
    Ok(Mode::Controlled { application })
}
