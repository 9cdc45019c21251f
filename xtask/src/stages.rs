//! `make test` and `make check`: what is checked, in which order.

use crate::error::Error;
use crate::page::{self, Kind};
use crate::setup::moto::{self, Moto};
use crate::setup::postgres::{self, Postgres};
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
    if setup::is_ci() {
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
    let mut postgres = Postgres::Missing;
    let found = suite.stage("PostgreSQL", || {
        postgres = postgres::find()?;
        Ok(())
    });
    if postgres == Postgres::Missing {
        suite.note("PostgreSQL is not installed: the server was not tested on it (on Debian: `apt-get install postgresql`)");
    }
    found?;
    let mut moto = Moto::Missing;
    let found = suite.stage("S3", || {
        moto = moto::find()?;
        Ok(())
    });
    if moto == Moto::Missing {
        suite.note("moto could not be installed: the server was not tested on S3 (it needs python3 with venv, and PyPI)");
    }
    found?;
    suite.stage("tests", || tests(postgres, moto))
}

fn tests(postgres: Postgres, moto: Moto) -> Result<(), Error> {
    let with_nextest = paths::on_path("cargo-nextest").is_some();
    commands(with_nextest, postgres, moto)
        .iter()
        .try_for_each(|words| tool::run(tool::cargo().args(words)))
}

/// Runs every test for which there is what it needs. Those that need an S3 have `bucket` in their names.
fn commands(with_nextest: bool, postgres: Postgres, moto: Moto) -> Vec<Vec<&'static str>> {
    if with_nextest {
        let filter: &[&str] = match (postgres, moto) {
            (Postgres::Installed, Moto::Installed) => &[],
            (Postgres::Missing, Moto::Installed) => &["-E", "not binary(postgres)"],
            (Postgres::Installed, Moto::Missing) => &["-E", "not test(bucket)"],
            (Postgres::Missing, Moto::Missing) => &["-E", "not (binary(postgres) or test(bucket))"],
        };
        return vec![[&["nextest", "run", "--workspace"], filter].concat()];
    }
    let skipped: &[&str] = match moto {
        Moto::Installed => &[],
        Moto::Missing => &["--", "--skip", "bucket"],
    };
    let commands: &[&[&str]] = match postgres {
        Postgres::Installed => &[&["test", "--all-targets", "--workspace"]],
        Postgres::Missing => &[
            &["test", "--all-targets", "--workspace", "--exclude", "server"],
            &["test", "-p", "server", "--lib", "--bins", "--test", "sqlite"],
        ],
    };
    commands.iter().map(|words| [words, skipped].concat()).collect()
}
