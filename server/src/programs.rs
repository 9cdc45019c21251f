//! Programs that may have agents call somebody, as a CRM does: `tono program …`, and who shows a token.
//!
//! A token is shown once. Only its digest is kept: a stolen database lets nobody call.

mod calls;

use std::fmt::Write as _;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use call::time::Millis;
use sha2::{Digest as _, Sha256};

pub(crate) use calls::router;

use crate::agent::LONGEST_NAME;
use crate::app::{App, AppError};
use crate::config::Config;
use crate::error::ApiError;
use crate::store::{Store, StoreError};

/// What tokens begin with, so that one is known where it was left lying about.
const BEGINNING: &str = "tono_";

/// How many random bytes a token has.
const RANDOM: usize = 32;

/// A program that has shown its token; asking for one refuses everybody else.
pub(crate) struct Program {
    /// Its name.
    pub(crate) name: String,
}

impl FromRequestParts<App> for Program {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let shown = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = shown.and_then(|value| value.strip_prefix("Bearer "));
        let token = token.filter(|token| token.starts_with(BEGINNING)).ok_or(ApiError::NoToken)?;
        let name = app.store.program(&digest(token)).await?.ok_or(ApiError::NoToken)?;
        Ok(Self { name })
    }
}

/// What can be done with programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Lets one in, and shows its token.
    Add(String),
    /// Says which there are.
    List,
    /// Lets one in no more.
    Remove(String),
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum ProgramsError {
    /// The words make no command.
    #[error("{0}; `tono --help` says what there is")]
    Usage(String),
    /// There is one of that name.
    #[error("there is a program {0} already")]
    Exists(String),
    /// There is none of that name.
    #[error("there is no program {0}")]
    Unknown(String),
    /// No randomness, no folder.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// No database.
    #[error("{0}")]
    App(#[from] AppError),
}

impl From<StoreError> for ProgramsError {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

/// Reads the words after `tono program`.
pub fn read(words: &[String]) -> Result<Command, ProgramsError> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["add", name] => Ok(Command::Add(named(name)?)),
        ["list"] => Ok(Command::List),
        ["remove", name] => Ok(Command::Remove(named(name)?)),
        other => Err(ProgramsError::Usage(format!("unknown words: program {}", other.join(" ")))),
    }
}

fn named(name: &str) -> Result<String, ProgramsError> {
    let fits = (1..=LONGEST_NAME).contains(&name.len()) && !name.chars().any(char::is_control);
    if fits && !name.starts_with('-') {
        Ok(name.to_owned())
    } else {
        Err(ProgramsError::Usage("a name has 1 to 256 bytes and no control characters".to_owned()))
    }
}

/// Does it, and returns what to say.
pub async fn perform(
    config: &Config,
    command: Command,
    now: Millis,
) -> Result<String, ProgramsError> {
    std::fs::create_dir_all(&config.data)?;
    let store = Store::open(&config.database).await?;
    match command {
        Command::Add(name) => {
            let token = made()?;
            if store.add_program(&name, &digest(&token), now).await? {
                Ok(format!("{name} may have agents call; its token, shown only now: {token}"))
            } else {
                Err(ProgramsError::Exists(name))
            }
        }
        Command::List => Ok(store.programs().await?.join("\n")),
        Command::Remove(name) => {
            if store.remove_program(&name).await? {
                Ok(format!("{name} may do nothing any more"))
            } else {
                Err(ProgramsError::Unknown(name))
            }
        }
    }
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

fn made() -> Result<String, std::io::Error> {
    let mut random = [0u8; RANDOM];
    getrandom::fill(&mut random).map_err(|error| std::io::Error::other(error.to_string()))?;
    Ok(random.iter().fold(BEGINNING.to_owned(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

#[cfg(test)]
mod tests {
    use super::{Command, read};

    #[test]
    fn words_make_a_command_or_are_refused() {
        let words =
            |line: &str| read(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).ok();
        assert_eq!(words("add crm"), Some(Command::Add("crm".to_owned())));
        assert_eq!(words("list"), Some(Command::List));
        for wrong in ["", "add", "add --crm", "remove", "list crm"] {
            assert_eq!(words(wrong), None, "{wrong}");
        }
    }
}
