//! Remembers what a page was made from, so that making it again is skipped when nothing changed.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::error::Error;
use crate::paths;

use super::Kind;
use super::assets::{files_below, hash};
use super::index::{Asset, Part};

/// Everything a page was made from.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stamp(String);

/// The stamp of a page that would be made now. `wasm` is cargo's module, newer when any code changed.
pub(super) fn of(kind: Kind, html: &str, index: &[Part<'_>], wasm: &Path) -> Result<Stamp, Error> {
    let mut stamp = format!("{kind:?} {}\n", hash(html.as_bytes()));
    let mut files = vec![wasm.to_path_buf()];
    // A newer builder may build differently.
    files.extend(std::env::current_exe());
    for part in index {
        let Part::Asset(asset) = part else { continue };
        match asset {
            Asset::Rust => {}
            Asset::Css(from) | Asset::CopyFile { from, .. } => files.push(paths::root().join(from)),
            Asset::CopyDir { from, .. } => files.extend(files_below(&paths::root().join(from))?),
        }
    }
    for file in files {
        let about = fs::metadata(&file).map_err(Error::file(&file))?;
        let changed = about.modified().map_err(Error::file(&file))?;
        let changed = changed.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        // Writing into a String cannot fail.
        let _ = writeln!(stamp, "{} {} {changed}", file.display(), about.len());
    }
    Ok(Stamp(stamp))
}

impl Stamp {
    /// Whether the page in `out` was made from exactly this.
    pub(super) fn is_on(&self, out: &Path) -> bool {
        out.join("index.html").is_file()
            && fs::read_to_string(place(out)).is_ok_and(|stamp| stamp == self.0)
    }

    /// Remembers that the page in `out` was made from this.
    pub(super) fn put_on(&self, out: &Path) -> Result<(), Error> {
        let place = place(out);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder).map_err(Error::file(folder))?;
        }
        fs::write(&place, &self.0).map_err(Error::file(&place))
    }
}

/// Not inside the page, where it would be served.
fn place(out: &Path) -> PathBuf {
    let name = hash(out.as_os_str().as_encoded_bytes());
    paths::target().join("xtask").join(format!("page-{name}.stamp"))
}
