//! `tono recordings check`: whether every copy of a recording is still what it was when it was stored.

use std::fmt;

use call::ids::CallId;

use crate::app::AppError;
use crate::config::Config;
use crate::recording::Copies;
use crate::store::Store;

/// How many copies are looked up at a time.
const BATCH: i64 = 200;

/// What was found.
#[derive(Debug, Default)]
pub struct Report {
    checked: usize,
    /// The calls whose copies are gone or damaged, and what is wrong with each.
    wrong: Vec<(CallId, String)>,
}

impl Report {
    /// Whether every copy is what it was.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.wrong.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (id, why) in &self.wrong {
            writeln!(f, "{id}: {why}")?;
        }
        write!(f, "{} copies, {} of them gone or damaged", self.checked, self.wrong.len())
    }
}

/// Reads every copy there is and compares it with its checksum. A server may run meanwhile.
pub async fn check(config: &Config) -> Result<Report, AppError> {
    let copies = Copies::open(config).map_err(|error| AppError::Copies(error.to_string()))?;
    let store = Store::open(&config.database).await?;
    let mut report = Report::default();
    let mut last = String::new();
    loop {
        let ids = store.copies_after(&last, BATCH).await?;
        let Some(id) = ids.last() else { return Ok(report) };
        last = id.to_string();
        for id in ids {
            // It may have been deleted meanwhile.
            let Some(copy) = store.copy(&id).await? else { continue };
            report.checked += 1;
            if let Err(error) = copies.check(&id, &copy).await
                && store.copy(&id).await?.is_some()
            {
                report.wrong.push((id, error.to_string()));
            }
        }
    }
}
