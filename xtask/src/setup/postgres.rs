//! The database server of the server's tests: they start one of their own from what is found here.

use std::path::Path;

use crate::error::Error;
use crate::paths;

use super::{apt_install, may_use_apt};

/// Whether there is a PostgreSQL to test on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Postgres {
    Installed,
    Missing,
}

/// Finds PostgreSQL, or as root installs Debian's. Only in CI is it an error to have none.
pub(crate) fn find() -> Result<Postgres, Error> {
    if is_installed() {
        return Ok(Postgres::Installed);
    }
    if may_use_apt() {
        crate::step::step("Installing PostgreSQL", || apt_install(&["postgresql"]))?;
    }
    if is_installed() {
        return Ok(Postgres::Installed);
    }
    if super::is_ci() {
        return Err(Error::Missing(
            "PostgreSQL was not found, and CI tests on it (on Debian: `apt-get install postgresql`)"
                .to_owned(),
        ));
    }
    Ok(Postgres::Missing)
}

/// Debian keeps `initdb` off the PATH, a folder for each version.
fn is_installed() -> bool {
    let debian = std::fs::read_dir(Path::new("/usr/lib/postgresql")).into_iter().flatten();
    paths::on_path("initdb").is_some()
        || debian.flatten().any(|version| version.path().join("bin/initdb").is_file())
}
