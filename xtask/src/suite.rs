//! Stages in a row: the first that fails ends it, and each is timed.

use std::time::{Duration, Instant};

use crate::error::Error;

/// The stages so far.
#[derive(Debug, Default)]
pub(crate) struct Suite {
    done: Vec<(&'static str, Duration)>,
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
        work().map_err(|source| Error::Stage { name, source: Box::new(source) })?;
        self.done.push((name, began.elapsed()));
        Ok(())
    }

    /// Prints the seconds of each stage.
    pub(crate) fn report(&self) {
        println!("\n{:20} {:>8}", "stage", "seconds");
        for (name, took) in &self.done {
            println!("{name:20} {:8.1}", took.as_secs_f64());
        }
        let total: Duration = self.done.iter().map(|(_, took)| *took).sum();
        println!("{:20} {:8.1}", "all", total.as_secs_f64());
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
