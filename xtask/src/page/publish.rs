//! A page is made beside its place and moved there when it is whole, so that a server reading it never sees half.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// A folder being filled. Dropped before it replaced the old one, it leaves nothing behind.
#[derive(Debug)]
pub(super) struct Fresh {
    folder: PathBuf,
}

impl Fresh {
    /// An empty folder on the same disk as `out`, so that moving it is one step.
    pub(super) fn beside(out: &Path) -> Result<Self, Error> {
        let folder = named(out, "new");
        remove(&folder)?;
        fs::create_dir_all(&folder).map_err(Error::file(&folder))?;
        Ok(Self { folder })
    }

    /// Where to write.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Takes the place of `out`.
    pub(super) fn replace(self, out: &Path) -> Result<(), Error> {
        let old = named(out, "old");
        match fs::rename(out, &old) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(Error::file(out)(error)),
        }
        fs::rename(&self.folder, out).map_err(Error::file(out))?;
        remove(&old)
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        // After `replace` the folder is gone and there is nothing to remove.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A neighbour of `out` that no other build uses.
fn named(out: &Path, what: &str) -> PathBuf {
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{what}-{}", std::process::id()));
    out.with_file_name(name)
}

fn remove(folder: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::file(folder)(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}
