//! `make test` and `make check`: what is checked, in which order.

use crate::error::Error;
use crate::page::{self, Kind};
use crate::setup::{self, Need, rust};
use crate::suite::Suite;
use crate::{e2e, explore, licences, paths, run, tool};

/// Everything, from format to the end-to-end suite.
pub(crate) fn test() -> Result<(), Error> {
    let mut suite = Suite::new();
    quick(&mut suite)?;
    suite.stage("every order of events", || explore::explore(None))?;
    suite.stage("every broken rule is seen", || explore::explore(Some("all")))?;
    suite.stage("page", || page::build(Kind::Dev, &paths::page()).map(drop))?;
    suite.stage("servers", run::build_servers)?;
    suite.stage("telnyx's client", e2e::client_suite)?;
    suite.stage("end to end", || e2e::suite(None))?;
    // Compiling cargo-deny costs minutes: once a day in CI is enough, and `make deny` is there for the rest.
    if std::env::var_os("CI").is_some_and(|ci| ci == "true") {
        suite.stage("licences", licences::deny)?;
    }
    Ok(())
}

/// What one runs before a commit.
pub(crate) fn check() -> Result<(), Error> {
    let mut suite = Suite::new();
    quick(&mut suite)
}

fn quick(suite: &mut Suite) -> Result<(), Error> {
    suite.stage("set-up", || setup::set_up(Need::Developing))?;
    suite.stage("format", || tool::run(tool::cargo().args(["fmt", "--all", "--check"])))?;
    suite.stage("types of the specs", || tool::run(&mut tool::tool(paths::npm_program("tsc"))))?;
    // The page is linted twice: its tests for this machine, what they test for the browser's.
    suite.stage("lints", || {
        let lints = ["--workspace", "--all-targets", "--", "-D", "warnings"];
        tool::run(tool::cargo().arg("clippy").args(lints))
    })?;
    suite.stage("lints of the page", || {
        let mut cargo = rust::for_the_page()?.cargo();
        tool::run(cargo.args([
            "clippy",
            "-p",
            "softphone",
            "--target",
            rust::WASM,
            "--",
            "-D",
            "warnings",
        ]))
    })?;
    suite.stage("tests", tests)
}

fn tests() -> Result<(), Error> {
    let mut cargo = tool::cargo();
    if paths::on_path("cargo-nextest").is_some() {
        cargo.args(["nextest", "run"]);
    } else {
        cargo.args(["test", "--all-targets"]);
    }
    tool::run(cargo.arg("--workspace"))
}
