//! What the lab is told from outside: environment variables, each with a default.

use std::fmt::Display;
use std::str::FromStr;

use reqwest::Url;

use crate::account;
use crate::clock::{self, Moment};
use crate::numbers::{self, Scenario};
use crate::seed::Seed;

/// Everything that can be set.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// REST, gateway and control API (`TONO_LAB_PORT`).
    pub(crate) port: u16,
    /// Where recordings are downloaded: a port of its own, because Telnyx's files are on another origin too.
    pub(crate) files_port: u16,
    /// Where webhooks go (`TONO_LAB_WEBHOOK`).
    pub(crate) webhook: Url,
    /// The API key that REST requests carry (`TONO_LAB_KEY`).
    pub(crate) key: String,
    /// Keys and ids come from it (`TONO_LAB_SEED`).
    pub(crate) seed: Seed,
    /// Where the lab's clock stands until it is moved (`TONO_LAB_CLOCK`); it runs without.
    pub(crate) clock: Option<Moment>,
    /// What numbers do and how the switches stand (`TONO_LAB_SCENARIO`).
    pub(crate) scenario: Scenario,
}

/// A variable that holds something the lab cannot use.
#[derive(Debug, thiserror::Error)]
#[error("{variable} is {value:?}: {problem}")]
pub(crate) struct BadVariable {
    variable: &'static str,
    value: String,
    problem: String,
}

impl Config {
    /// Reads the variables through `lookup`, so that tests need no environment.
    pub(crate) fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, BadVariable> {
        let port: u16 = parsed(&lookup, "TONO_LAB_PORT", 7800)?;
        let files_port = parsed(&lookup, "TONO_LAB_FILES_PORT", port.saturating_add(1))?;
        for (variable, value) in [("TONO_LAB_PORT", port), ("TONO_LAB_FILES_PORT", files_port)] {
            if value == 0 {
                return Err(bad(variable, "0", "a fixed port is needed"));
            }
        }
        if port == files_port {
            let value = files_port.to_string();
            return Err(bad("TONO_LAB_FILES_PORT", &value, "must differ from TONO_LAB_PORT"));
        }
        let webhook: Url =
            parsed(&lookup, "TONO_LAB_WEBHOOK", "http://127.0.0.1:8080/webhooks/telnyx".to_owned())
                .and_then(|text: String| {
                    text.parse().map_err(|error| bad("TONO_LAB_WEBHOOK", &text, error))
                })?;
        if !matches!(webhook.scheme(), "http" | "https") {
            return Err(bad("TONO_LAB_WEBHOOK", webhook.as_str(), "must be an http address"));
        }
        let key = lookup("TONO_LAB_KEY").unwrap_or_else(|| "KEY-lab".to_owned());
        if key.is_empty() || !key.chars().all(|c| c.is_ascii_graphic()) {
            return Err(bad("TONO_LAB_KEY", &key, "must be visible ASCII without spaces"));
        }
        let seed = Seed(parsed(&lookup, "TONO_LAB_SEED", 1)?);
        let clock = match lookup("TONO_LAB_CLOCK") {
            None => None,
            Some(text) => match clock::from_iso(&text) {
                Some(moment) => Some(moment),
                None => {
                    return Err(bad("TONO_LAB_CLOCK", &text, "must be like 2026-11-21T09:00:00Z"));
                }
            },
        };
        let scenario = match lookup("TONO_LAB_SCENARIO") {
            None => Scenario::default(),
            Some(path) => scenario(&path)?,
        };
        Ok(Self { port, files_port, webhook, key, seed, clock, scenario })
    }

    /// The origin of REST, gateway and control API.
    pub(crate) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The origin recordings are downloaded from.
    pub(crate) fn files_origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.files_port)
    }

    /// The WebSocket address to give to the SDK as `host`.
    pub(crate) fn gateway(&self) -> String {
        format!("ws://127.0.0.1:{}/gateway", self.port)
    }

    /// The credential connection the lab has, as an id of Telnyx's form.
    pub(crate) fn connection_id(&self) -> String {
        account::connection_id(self.seed)
    }

    /// The Call Control application the lab has, to dial through.
    pub(crate) fn application_id(&self) -> String {
        account::application_id(self.seed)
    }
}

fn scenario(path: &str) -> Result<Scenario, BadVariable> {
    let bad = |problem: String| bad("TONO_LAB_SCENARIO", path, problem);
    let text = std::fs::read_to_string(path).map_err(|error| bad(error.to_string()))?;
    let scenario: Scenario = serde_json::from_str(&text).map_err(|error| bad(error.to_string()))?;
    match scenario.numbers.keys().find(|number| !numbers::is_e164(number)) {
        Some(number) => Err(bad(format!("{number:?} is no number in the form +12025550100"))),
        None => Ok(scenario),
    }
}

fn parsed<T>(
    lookup: &impl Fn(&str) -> Option<String>,
    variable: &'static str,
    default: T,
) -> Result<T, BadVariable>
where
    T: FromStr,
    T::Err: Display,
{
    match lookup(variable) {
        None => Ok(default),
        Some(text) => text.parse().map_err(|error| bad(variable, &text, error)),
    }
}

fn bad(variable: &'static str, value: &str, problem: impl Display) -> BadVariable {
    BadVariable { variable, value: value.to_owned(), problem: problem.to_string() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed read is a failed test")]

    use super::*;

    #[test]
    fn without_variables_there_are_defaults() {
        let config = Config::read(|_| None).unwrap();
        assert_eq!((config.port, config.files_port), (7800, 7801));
        assert_eq!(config.gateway(), "ws://127.0.0.1:7800/gateway");
        assert_eq!(config.connection_id().len(), 19);
    }

    #[test]
    fn a_value_that_cannot_be_used_is_named() {
        let says = |name: &'static str, value: &'static str| {
            Config::read(|asked| (asked == name).then(|| value.to_owned())).unwrap_err().to_string()
        };
        assert_eq!(
            says("TONO_LAB_PORT", "many"),
            r#"TONO_LAB_PORT is "many": invalid digit found in string"#
        );
        assert!(says("TONO_LAB_FILES_PORT", "7800").starts_with("TONO_LAB_FILES_PORT"));
        assert!(says("TONO_LAB_WEBHOOK", "nowhere").starts_with("TONO_LAB_WEBHOOK"));
        assert!(says("TONO_LAB_KEY", "").starts_with("TONO_LAB_KEY"));
        assert!(says("TONO_LAB_CLOCK", "noon").starts_with(r#"TONO_LAB_CLOCK is "noon": must be"#));
        assert!(says("TONO_LAB_SCENARIO", "/nowhere.json").starts_with("TONO_LAB_SCENARIO"));
    }
}
