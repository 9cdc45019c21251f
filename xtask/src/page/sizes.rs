//! How many bytes a visitor downloads, against what DESIGN allows.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::error::Error;

use super::assets::files_below;
use super::compress::beside;

/// Brotli bytes until the dialer is usable: everything but the SDK.
const BUDGET_WITHOUT_SDK: u64 = 230_000;
/// Brotli bytes with everything.
const BUDGET_WITH_SDK: u64 = 300_000;

/// The sizes of one page.
#[derive(Debug)]
pub(crate) struct Sizes {
    files: Vec<FileSize>,
}

/// The sizes of one file; without a compressed copy it travels as it is.
#[derive(Debug)]
struct FileSize {
    name: String,
    raw: u64,
    sent: u64,
}

/// Measures the page in `folder`.
pub(crate) fn of(folder: &Path) -> Result<Sizes, Error> {
    let mut files = Vec::new();
    for file in files_below(folder)? {
        if file.extension().is_some_and(|kind| kind == "br") {
            continue;
        }
        let raw = fs::metadata(&file).map_err(Error::file(&file))?.len();
        let sent = fs::metadata(beside(&file)).map_or(raw, |about| about.len());
        let name = file.strip_prefix(folder).unwrap_or(&file).display().to_string();
        files.push(FileSize { name, raw, sent });
    }
    Ok(Sizes { files })
}

impl Sizes {
    /// Prints one line per file and the totals beside their budgets.
    pub(crate) fn print(&self) {
        let width = self.files.iter().map(|file| file.name.len()).max().unwrap_or(0).max(24);
        println!("{:width$} {:>10} {:>10}", "page file", "raw", "brotli");
        for FileSize { name, raw, sent } in &self.files {
            println!("{name:width$} {raw:>10} {sent:>10}");
        }
        for (name, raw, sent, budget) in self.totals() {
            println!("{name:width$} {raw:>10} {sent:>10}   at most {budget}");
        }
    }

    /// An error when a total is over its budget.
    pub(crate) fn within_budget(&self) -> Result<(), Error> {
        let over: Vec<String> = self
            .totals()
            .into_iter()
            .filter(|(.., sent, budget)| sent > budget)
            .map(|(name, _, sent, budget)| {
                format!("{name} is {sent} bytes, {} too many", sent - budget)
            })
            .collect();
        if over.is_empty() { Ok(()) } else { Err(Error::OverBudget(over.join("; "))) }
    }

    /// The same numbers for programs.
    pub(crate) fn json(&self) -> Value {
        let file =
            |file: &FileSize| json!({ "file": file.name, "raw": file.raw, "brotli": file.sent });
        let total = |(name, raw, sent, budget)| json!({ "name": name, "raw": raw, "brotli": sent, "budget": budget });
        json!({
            "files": self.files.iter().map(file).collect::<Vec<_>>(),
            "totals": self.totals().map(total),
        })
    }

    fn totals(&self) -> [(&'static str, u64, u64, u64); 2] {
        let sum = |count: fn(&FileSize) -> u64, sdk: bool| {
            let counted = |file: &&FileSize| sdk || !file.name.starts_with("sdk/");
            self.files.iter().filter(counted).map(count).sum()
        };
        [
            (
                "all without the SDK",
                sum(|f| f.raw, false),
                sum(|f| f.sent, false),
                BUDGET_WITHOUT_SDK,
            ),
            ("all", sum(|f| f.raw, true), sum(|f| f.sent, true), BUDGET_WITH_SDK),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(code: u64, sdk: u64) -> Sizes {
        let file = |name: &str, sent| FileSize { name: name.to_owned(), raw: sent * 4, sent };
        Sizes { files: vec![file("softphone.wasm", code), file("sdk/bundle.mjs", sdk)] }
    }

    #[test]
    fn a_page_is_weighed_with_and_without_the_sdk() {
        assert!(page(230_000, 70_000).within_budget().is_ok());
        assert!(page(230_001, 60_000).within_budget().is_err());
        assert!(page(230_000, 70_001).within_budget().is_err());
    }
}
