//! A program that runs beside us and never outlives us.

use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use crate::error::Error;
use crate::tool;

use super::End;

/// How long a child may take to end after it was asked to.
const GRACE: Duration = Duration::from_secs(5);

/// A running program, stopped when dropped.
#[derive(Debug)]
pub(crate) struct Child {
    pid: u32,
    gone: Receiver<()>,
}

/// A child that ended although nobody asked it to.
#[derive(Debug)]
pub(crate) struct Death {
    name: &'static str,
    status: String,
}

impl From<Death> for Error {
    fn from(Death { name, status }: Death) -> Self {
        Self::Died { name, status }
    }
}

impl Child {
    /// Starts a program; its end is told to `ends`.
    pub(crate) fn start(
        name: &'static str,
        command: &mut Command,
        ends: &Sender<End>,
    ) -> Result<Self, Error> {
        let program = tool::typed(command);
        let mut child = command.spawn().map_err(|source| Error::NotStarted { program, source })?;
        let pid = child.id();
        let (say_gone, gone) = channel();
        let ends = ends.clone();
        thread::spawn(move || {
            let status =
                child.wait().map_or_else(|error| error.to_string(), |status| status.to_string());
            // Either may have stopped listening; then the end was expected.
            let _ = say_gone.send(());
            let _ = ends.send(End::Died(Death { name, status }));
        });
        Ok(Self { pid, gone })
    }

    fn signal(&self, signal: &str) {
        // A child that is gone already cannot be signalled, and need not be.
        let _ = Command::new("kill").args([signal, &self.pid.to_string()]).output();
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if self.gone.try_recv().is_ok() {
            return;
        }
        self.signal("-TERM");
        if let Err(RecvTimeoutError::Timeout) = self.gone.recv_timeout(GRACE) {
            self.signal("-KILL");
            let _ = self.gone.recv_timeout(GRACE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_that_dies_is_named_with_its_status() {
        let (say, ends) = channel();
        let child = Child::start("The lab", Command::new("sh").args(["-c", "exit 3"]), &say);
        assert!(child.is_ok());
        let Ok(End::Died(death)) = ends.recv() else { unreachable!("it must be told") };
        let error = Error::from(death).to_string();
        assert!(error.starts_with("The lab stopped by itself") && error.contains('3'), "{error}");
    }

    #[test]
    fn a_child_ends_with_its_owner() {
        let (say, ends) = channel();
        let child = Child::start("A sleeper", Command::new("sleep").arg("600"), &say);
        drop(child);
        assert!(matches!(ends.recv(), Ok(End::Died(_))));
    }
}
