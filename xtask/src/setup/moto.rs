//! The S3 of the server's tests: moto, from `PyPI`, in a Python environment of its own.

use std::path::PathBuf;

use crate::error::Error;
use crate::{paths, step, tool};

use super::{apt_install, may_use_apt};

/// What is installed; the exact version, so that a release of somebody else's changes no test of ours.
const PACKAGE: &str = "moto[server]==5.2.5";

/// Whether there is an S3 to test on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moto {
    Installed,
    Missing,
}

/// Finds moto, or installs it. Only in CI is it an error to have none.
pub(crate) fn find() -> Result<Moto, Error> {
    if program().is_file() {
        return Ok(Moto::Installed);
    }
    match step::step("Installing moto, an S3 to test on", install) {
        Ok(()) => Ok(Moto::Installed),
        Err(error) if super::is_ci() => Err(error),
        Err(error) => {
            eprintln!("{error}");
            Ok(Moto::Missing)
        }
    }
}

fn folder() -> PathBuf {
    paths::target().join("tools/moto")
}

/// The server's tests look for it here, too.
fn program() -> PathBuf {
    folder().join("bin/moto_server")
}

fn install() -> Result<(), Error> {
    let make = || {
        let mut python = tool::tool("python3");
        tool::run_quietly(python.args(["-m", "venv", "--clear"]).arg(folder()))
    };
    match make() {
        Ok(()) => {}
        // Debian's Python comes without what makes environments.
        Err(_) if may_use_apt() => {
            apt_install(&["python3-venv"])?;
            make()?;
        }
        Err(error) => return Err(error),
    }
    let mut pip = tool::tool(folder().join("bin/pip"));
    tool::run_quietly(pip.args(["install", "--quiet", "--disable-pip-version-check", PACKAGE]))
}
