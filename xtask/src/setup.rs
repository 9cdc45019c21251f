//! Finds what is there before it installs anything.

pub(crate) mod chromium;
pub(crate) mod moto;
pub(crate) mod node;
pub(crate) mod postgres;
pub(crate) mod rust;

use crate::error::Error;
use crate::step::step;

/// How much has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// What the page is made of.
    Running,
    /// That, and what compresses, checks and tests it.
    Developing,
}

/// Makes sure that everything needed is there.
pub(crate) fn set_up(need: Need) -> Result<(), Error> {
    step("Looking for Rust's WebAssembly target", || rust::for_the_page().map(drop))?;
    step("Looking for the packages of package-lock.json", || node::packages(need))
}

/// Whether this is a machine that has to test everything.
pub(crate) fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|ci| ci == "true")
}

/// Whether we may install system packages.
fn may_use_apt() -> bool {
    let user = std::process::Command::new("id").arg("-u").output();
    let root = user.is_ok_and(|id| String::from_utf8_lossy(&id.stdout).trim() == "0");
    root && crate::paths::on_path("apt-get").is_some()
}

/// Installs system packages; only after [`may_use_apt`].
fn apt_install(packages: &[&str]) -> Result<(), Error> {
    let mut update = crate::tool::tool("apt-get");
    crate::tool::run_quietly(update.args(["update", "-qq"]))?;
    let mut install = crate::tool::tool("apt-get");
    install.env("DEBIAN_FRONTEND", "noninteractive");
    install.args(["install", "-y", "-qq", "--no-install-recommends"]).args(packages);
    crate::tool::run_quietly(&mut install)
}
