//! `tono agent …`: who may sign in, from the command line. It works on the database, whether a server runs or not.

use std::fmt::Write as _;
use std::io::BufRead as _;

use call::number::{NotANumber, Number};
use call::time::Millis;

use crate::agent::password::{self, PasswordError};
use crate::agent::{LONGEST_NAME, NoRole, Role};
use crate::app::AppError;
use crate::carrier::{Carrier, CarrierError};
use crate::config::Config;
use crate::store::{Account, Store, StoreError};

/// What can be done with agents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Makes one, with a credential at Telnyx.
    Add {
        /// The name they sign in with.
        name: String,
        /// What they may do.
        role: Role,
    },
    /// Says who there is.
    List,
    /// Keeps one from signing in, signs them out everywhere, and deletes their credential at Telnyx.
    Disable(String),
    /// Lets one sign in again.
    Enable(String),
    /// Has one show this number to those they call, or everybody's.
    CallerId(String, Option<Number>),
    /// Gives one another password and signs them out everywhere.
    Password(String),
}

/// Why nothing was done, or not all.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// The words make no command.
    #[error("{0}; `tono --help` says what there is")]
    Usage(String),
    /// There is one of that name.
    #[error("there is an agent {0} already")]
    Exists(String),
    /// There is none of that name.
    #[error("there is no agent {0}")]
    Unknown(String),
    /// The name cannot be one.
    #[error("a name has 1 to 256 bytes and no control characters")]
    Name,
    /// The password on standard input is none.
    #[error("a password has 10 characters or more, and at most 1024 bytes")]
    Password,
    /// What was given as a number is none.
    #[error("{0}; write it like +12025550142, or none")]
    Number(NotANumber),
    /// The number is not the account's.
    #[error("the account has no number {0}: Telnyx would refuse calls that show it")]
    NotOurs(Number),
    /// Telnyx could not be asked.
    #[error("the account's numbers are not known: {0}")]
    Telnyx(String),
    /// Done here, not at Telnyx.
    #[error(
        "the agent cannot sign in any more, but their credential {0} could not be deleted at Telnyx: {1}"
    )]
    Credential(String, String),
    /// No hash.
    #[error("{0}")]
    Hash(#[from] PasswordError),
    /// No randomness, no input.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// No database, no client.
    #[error("{0}")]
    App(#[from] AppError),
}

impl From<StoreError> for PeopleError {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

impl From<NoRole> for PeopleError {
    fn from(error: NoRole) -> Self {
        Self::Usage(error.to_string())
    }
}

/// Where a new password comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// It is made and shown once.
    Made,
    /// It is the first line of standard input.
    Input,
}

/// Reads the words after `tono agent`.
pub fn read(words: &[String]) -> Result<(Command, Source), PeopleError> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (words, source) = match words.as_slice() {
        [words @ .., "--password-stdin"] => (words, Source::Input),
        words => (words, Source::Made),
    };
    let command = match words {
        ["add", name] => Command::Add { name: named(name)?, role: Role::Agent },
        ["add", name, "--role", role] => Command::Add { name: named(name)?, role: role.parse()? },
        ["list"] => Command::List,
        ["disable", name] => Command::Disable(named(name)?),
        ["enable", name] => Command::Enable(named(name)?),
        ["caller-id", name, "none"] => Command::CallerId(named(name)?, None),
        ["caller-id", name, number] => {
            let number = Number::parse(number).map_err(PeopleError::Number)?;
            Command::CallerId(named(name)?, Some(number))
        }
        ["password", name] => Command::Password(named(name)?),
        other => {
            return Err(PeopleError::Usage(format!("unknown words: agent {}", other.join(" "))));
        }
    };
    Ok((command, source))
}

fn named(name: &str) -> Result<String, PeopleError> {
    let fits = (1..=LONGEST_NAME).contains(&name.len()) && !name.chars().any(char::is_control);
    if fits && !name.starts_with('-') { Ok(name.to_owned()) } else { Err(PeopleError::Name) }
}

/// Does it, and returns what to say.
pub async fn perform(
    config: &Config,
    command: Command,
    source: Source,
    now: Millis,
) -> Result<String, PeopleError> {
    std::fs::create_dir_all(&config.data)?;
    let store = Store::open(&config.database).await?;
    let carrier = Carrier::new(config).map_err(AppError::from)?;
    let known = async |name: &str| -> Result<Account, PeopleError> {
        store.account(name).await?.ok_or_else(|| PeopleError::Unknown(name.to_owned()))
    };
    match command {
        Command::List => Ok(table(&store.accounts().await?)),
        Command::Add { name, role } => {
            if store.account(&name).await?.is_some() {
                return Err(PeopleError::Exists(name));
            }
            let (password, shown) = new_password(source)?;
            if !store.add_agent(&name, role, &password::hash(&password)?).await? {
                return Err(PeopleError::Exists(name));
            }
            let telnyx = provision(config, &store, &carrier, &name).await?;
            Ok(format!("{name} can sign in as {role}{shown}{telnyx}"))
        }
        Command::Disable(name) => {
            let account = known(&name).await?;
            store.disable(&name, now).await?;
            if let Some(credential) = account.credential
                && let Err(error) = carrier.delete_credential(&credential).await
            {
                return Err(PeopleError::Credential(credential, error.to_string()));
            }
            Ok(format!("{name} cannot sign in any more"))
        }
        Command::Enable(name) => {
            known(&name).await?;
            store.enable(&name).await?;
            let telnyx = provision(config, &store, &carrier, &name).await?;
            Ok(format!("{name} can sign in again{telnyx}"))
        }
        Command::CallerId(name, number) => {
            known(&name).await?;
            let Some(number) = number else {
                store.set_caller_id(&name, None).await?;
                return Ok(format!("the calls of {name} show everybody's number"));
            };
            // Telnyx refuses calls that show a number which is somebody else's.
            if !carrier
                .has_number(&number)
                .await
                .map_err(|error| PeopleError::Telnyx(error.to_string()))?
            {
                return Err(PeopleError::NotOurs(number));
            }
            store.set_caller_id(&name, Some(number.as_str())).await?;
            Ok(format!("the calls of {name} show {number}"))
        }
        Command::Password(name) => {
            known(&name).await?;
            let (password, shown) = new_password(source)?;
            store.set_password(&name, &password::hash(&password)?).await?;
            Ok(format!("{name} has another password and is signed out everywhere{shown}"))
        }
    }
}

/// Makes the agent's credential at Telnyx. Without, the server makes it when they sign in.
async fn provision(
    config: &Config,
    store: &Store,
    carrier: &Carrier,
    name: &str,
) -> Result<String, PeopleError> {
    let made = carrier.create_credential(&config.connection_id, &format!("tono-{name}")).await;
    match made {
        Ok(made) => {
            if !store.set_credential(name, None, &made).await? {
                // Somebody else was first.
                let _: Result<(), CarrierError> = carrier.delete_credential(&made.id).await;
            }
            Ok(String::new())
        }
        Err(error) => {
            Ok(format!("; their credential at Telnyx is made when they sign in ({error})"))
        }
    }
}

/// A password, and what to say of it.
fn new_password(source: Source) -> Result<(String, String), PeopleError> {
    match source {
        Source::Made => {
            let password = made()?;
            let shown = format!("; their password, shown only now: {password}");
            Ok((password, shown))
        }
        Source::Input => {
            let mut line = String::new();
            std::io::stdin().lock().read_line(&mut line)?;
            let password = line.trim_end_matches(['\r', '\n']).to_owned();
            if password.chars().count() < password::SHORTEST || password.len() > password::LONGEST {
                return Err(PeopleError::Password);
            }
            Ok((password, String::new()))
        }
    }
}

/// Twenty letters and digits that are not taken for one another: 98 bits.
fn made() -> Result<String, std::io::Error> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut random = [0u8; 20];
    getrandom::fill(&mut random).map_err(|error| std::io::Error::other(error.to_string()))?;
    Ok(random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect())
}

fn table(accounts: &[Account]) -> String {
    let mut text =
        format!("{:24} {:10} {:12} {:17} {}", "name", "role", "state", "caller id", "credential");
    for account in accounts {
        let state = match (account.disabled, &account.password) {
            (true, _) => "disabled",
            (false, Some(_)) => "active",
            (false, None) => "no password",
        };
        let credential = account.credential.as_deref().unwrap_or("-");
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "\n{:24} {:10} {:12} {:17} {credential}",
            account.name,
            account.role.word(),
            state,
            account.caller_id.as_deref().unwrap_or("-")
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Command, Source, read};
    use crate::agent::Role;

    fn words(line: &str) -> Option<(Command, Source)> {
        read(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).ok()
    }

    #[test]
    fn words_make_a_command_or_are_refused() {
        let ann = || "ann".to_owned();
        let add = |role| Command::Add { name: ann(), role };
        assert_eq!(words("add ann"), Some((add(Role::Agent), Source::Made)));
        assert_eq!(
            words("add ann --role supervisor --password-stdin"),
            Some((add(Role::Supervisor), Source::Input))
        );
        assert_eq!(words("disable ann"), Some((Command::Disable(ann()), Source::Made)));
        for wrong in ["", "add", "add ann --role king", "add --role admin", "fire ann", "list ann"]
        {
            assert_eq!(words(wrong), None, "{wrong}");
        }
    }
}
