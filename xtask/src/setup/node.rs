//! Node, and the packages that package-lock.json names.

use std::fs;
use std::path::PathBuf;

use crate::error::Error;
use crate::{paths, tool};

use super::Need;

/// The oldest Node that runs the tests.
const OLDEST: u32 = 20;

/// Installs the locked packages, unless they are there already.
pub(crate) fn packages(need: Need) -> Result<(), Error> {
    node()?;
    let lock = paths::root().join("package-lock.json");
    let lock = fs::read_to_string(&lock).map_err(Error::file(&lock))?;
    if is_installed(&lock, need) {
        return Ok(());
    }
    let mut npm = tool::tool("npm");
    npm.args(["ci", "--no-audit", "--no-fund"]);
    if need == Need::Running {
        npm.arg("--omit=dev");
    }
    tool::run_quietly(&mut npm)?;
    fs::write(stamp(need), lock).map_err(Error::file(&stamp(need)))
}

/// Whether these very packages are there. Who has all of them has those for running, too.
fn is_installed(lock: &str, need: Need) -> bool {
    let has = |need| fs::read_to_string(stamp(need)).is_ok_and(|installed| installed == lock);
    match need {
        Need::Running => has(Need::Running) || has(Need::Developing),
        Need::Developing => has(Need::Developing),
    }
}

/// A copy of the lock file that was installed. `npm ci` empties the folder, so it cannot outlive its packages.
fn stamp(need: Need) -> PathBuf {
    let name = match need {
        Need::Running => ".installed-for-running",
        Need::Developing => ".installed-for-developing",
    };
    paths::root().join("node_modules").join(name)
}

fn node() -> Result<(), Error> {
    let advice =
        format!("Node {OLDEST} or newer is needed (https://nodejs.org, or your system's packages)");
    if paths::on_path("node").is_none() || paths::on_path("npm").is_none() {
        return Err(Error::Missing(format!("{advice}; `node` and `npm` were not found on PATH.")));
    }
    let version = tool::read(tool::tool("node").arg("--version"))?;
    let version = version.trim();
    if major(version).is_some_and(|major| major >= OLDEST) {
        return Ok(());
    }
    Err(Error::Missing(format!("{advice}; found {version}.")))
}

/// The first number of `v20.11.1`.
fn major(version: &str) -> Option<u32> {
    version.trim_start_matches('v').split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_first_number_decides() {
        assert_eq!(major("v20.11.1"), Some(20));
        assert_eq!(major("v9.0.0"), Some(9));
        assert_eq!(major("who knows"), None);
    }
}
