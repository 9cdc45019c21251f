//! Stages in a row: the first that fails ends it, and each is timed.

use std::time::{Duration, Instant};

use crate::error::Error;

/// The stages so far. Prints their seconds when dropped: after the last, and after the first that failed.
#[derive(Debug, Default)]
pub(crate) struct Suite {
    done: Vec<(&'static str, Duration)>,
    notes: Vec<&'static str>,
}

impl Suite {
    /// No stage yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Does one stage.
    pub(crate) fn stage(
        &mut self,
        name: &'static str,
        work: impl FnOnce() -> Result<(), Error>,
    ) -> Result<(), Error> {
        println!("\n== {name}");
        let began = Instant::now();
        let done = work();
        self.done.push((name, began.elapsed()));
        done.map_err(|source| Error::Stage { name, source: Box::new(source) })
    }

    /// Something that was left out, to be said at the very end.
    pub(crate) fn note(&mut self, note: &'static str) {
        self.notes.push(note);
    }

    /// The seconds of each stage, the failed one included.
    fn report(&self) {
        println!("\n{:20} {:>8}", "stage", "seconds");
        for (name, took) in &self.done {
            println!("{name:20} {:8.1}", took.as_secs_f64());
        }
        let total: Duration = self.done.iter().map(|(_, took)| *took).sum();
        println!("{:20} {:8.1}", "all", total.as_secs_f64());
        for note in &self.notes {
            println!("{note}");
        }
    }
}

impl Drop for Suite {
    fn drop(&mut self) {
        self.report();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stage_that_failed_is_named() {
        let failed = Suite::new().stage("format", || Err(Error::Missing("rustfmt".to_owned())));
        let said = failed.err().map(|error| error.to_string());
        assert_eq!(said.as_deref(), Some("stage \"format\": rustfmt"));
    }
}
