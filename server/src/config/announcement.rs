//! What whoever is called is told before they are put through.

use reqwest::Url;

use super::{ConfigError, is_loopback};

/// The longest text Telnyx speaks, in characters.
const LONGEST: usize = 3000;

/// An announcement, as that the call is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Announcement {
    /// A text, spoken by one of Telnyx's voices.
    Said {
        /// The text (`TONO_ANNOUNCEMENT`).
        text: String,
        /// The voice (`TONO_ANNOUNCEMENT_VOICE`), as Telnyx names it.
        voice: String,
    },
    /// A WAV or MP3 file (`TONO_ANNOUNCEMENT`), fetched by Telnyx.
    Played(Url),
}

impl Announcement {
    /// Reads the settings; nothing where there is nothing to announce, or nobody to do it.
    pub(super) fn read(
        get: &impl Fn(&str) -> Option<String>,
        controlled: bool,
    ) -> Result<Option<Self>, ConfigError> {
        let Some(text) = get("TONO_ANNOUNCEMENT") else { return Ok(None) };
        if !controlled {
            return Err(ConfigError::new(
                "TONO_ANNOUNCEMENT",
                "must come with TONO_MODE=controlled: in direct mode nobody is put through by this server",
            ));
        }
        if let Some(url) = sound(&text) {
            return Ok(Some(Self::Played(url)));
        }
        if text.chars().count() > LONGEST || text.starts_with("http") {
            return Err(ConfigError::new(
                "TONO_ANNOUNCEMENT",
                "is no announcement: set it to a text of at most 3000 characters, or to a file's address with https",
            ));
        }
        let voice = get("TONO_ANNOUNCEMENT_VOICE").unwrap_or_else(|| "AWS.Polly.Joanna".to_owned());
        Ok(Some(Self::Said { text, voice }))
    }
}

/// The address of a sound that Telnyx can fetch.
fn sound(text: &str) -> Option<Url> {
    Url::parse(text)
        .ok()
        .filter(|url| url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url)))
}

/// What those hear who wait while their call is transferred (`TONO_HOLD_MUSIC`); nothing is silence.
pub(super) fn hold_music(
    get: &impl Fn(&str) -> Option<String>,
    controlled: bool,
) -> Result<Option<Url>, ConfigError> {
    let Some(text) = get("TONO_HOLD_MUSIC") else { return Ok(None) };
    let wrong = |what| Err(ConfigError::new("TONO_HOLD_MUSIC", what));
    match sound(&text) {
        _ if !controlled => wrong(
            "must come with TONO_MODE=controlled: in direct mode this server puts nobody on hold",
        ),
        Some(url) => Ok(Some(url)),
        None => wrong("is no address of a sound: set it to that of a WAV or MP3 file, with https"),
    }
}
