//! Running other programs, with an error that shows what was run.

use std::ffi::OsStr;
use std::process::{Command, Output, Stdio};

use crate::error::Error;
use crate::paths;

/// A program to run in the workspace's folder.
pub(crate) fn tool(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(paths::root());
    command
}

/// Cargo, the very one that runs us.
pub(crate) fn cargo() -> Command {
    tool(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs a program whose output the person should see.
pub(crate) fn run(command: &mut Command) -> Result<(), Error> {
    let status = command.status().map_err(|source| not_started(command, source))?;
    if status.success() {
        return Ok(());
    }
    Err(Error::Failed { command: typed(command), status: status.to_string() })
}

/// Runs a program for what it prints; its errors go to the terminal.
pub(crate) fn read(command: &mut Command) -> Result<String, Error> {
    let output =
        command.stderr(Stdio::inherit()).output().map_err(|source| not_started(command, source))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(Error::Failed { command: typed(command), status: output.status.to_string() })
}

/// Runs a program quietly; what it printed is shown only when it fails.
pub(crate) fn run_quietly(command: &mut Command) -> Result<(), Error> {
    let Output { status, stdout, stderr } =
        command.output().map_err(|source| not_started(command, source))?;
    if status.success() {
        return Ok(());
    }
    eprint!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    Err(Error::Failed { command: typed(command), status: status.to_string() })
}

/// The command as one would type it.
pub(crate) fn typed(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn not_started(command: &Command, source: std::io::Error) -> Error {
    Error::NotStarted { program: command.get_program().to_string_lossy().into_owned(), source }
}
