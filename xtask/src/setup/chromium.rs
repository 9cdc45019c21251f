//! The browser of the end-to-end tests.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::paths;

use super::{apt_install, may_use_apt};

/// What Chromium is called on a PATH.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Finds Chromium, or as root installs Debian's.
pub(crate) fn find() -> Result<PathBuf, Error> {
    if let Some(named) = std::env::var_os("CHROMIUM").map(PathBuf::from) {
        if named.is_file() {
            return Ok(named);
        }
        return Err(Error::Missing(format!(
            "CHROMIUM names {}, which is no file.",
            named.display()
        )));
    }
    if let Some(found) = installed() {
        return Ok(found);
    }
    if may_use_apt() {
        crate::step::step("Installing Chromium", || apt_install(&["chromium"]))?;
    }
    installed().ok_or_else(|| {
        Error::Missing(
            "Chromium was not found. Install it (on Debian: `apt-get install chromium`) or name it: \
             CHROMIUM=/path/to/chromium make test"
                .to_owned(),
        )
    })
}

fn installed() -> Option<PathBuf> {
    let mac = Path::new("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
    NAMES
        .into_iter()
        .find_map(paths::on_path)
        .or_else(playwrights)
        .or_else(|| mac.is_file().then(|| mac.to_path_buf()))
}

/// A browser somebody downloaded for another project with Playwright.
fn playwrights() -> Option<PathBuf> {
    let cache = Path::new(&std::env::var_os("HOME")?).join(".cache/ms-playwright");
    let folders = std::fs::read_dir(cache).ok()?.filter_map(Result::ok);
    let mut found: Vec<PathBuf> = folders
        .map(|folder| folder.path().join("chrome-linux/chrome"))
        .filter(|chrome| chrome.is_file())
        .collect();
    found.sort();
    found.pop()
}
