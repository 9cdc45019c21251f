//! The end-to-end suite: Playwright against the lab, the server and the page as `make run` builds them.

use std::process::Command;

use crate::error::Error;
use crate::page::{self, Kind};
use crate::setup::{self, Need, chromium};
use crate::step::step;
use crate::{paths, run, tool};

/// Builds what the suite needs and runs it.
pub(crate) fn run(part: Option<&str>) -> Result<(), Error> {
    build()?;
    suite(part)
}

/// Runs the specs whose path contains `part`; everything must be built.
pub(crate) fn suite(part: Option<&str>) -> Result<(), Error> {
    let mut playwright = playwright()?;
    // The part comes first: `--project` swallows every word behind it.
    playwright.args(part).args(["--project", "promises"]);
    tool::run(&mut playwright)
}

/// Builds the servers and runs Telnyx's own client against the lab. Needs no page and no browser.
pub(crate) fn client() -> Result<(), Error> {
    setup::set_up(Need::Developing)?;
    run::build_servers()?;
    client_suite()
}

/// The same; the servers must be built.
pub(crate) fn client_suite() -> Result<(), Error> {
    let mut playwright = tool::tool(paths::npm_program("playwright"));
    playwright.env("TONO_BIN", paths::target().join("debug"));
    tool::run(playwright.args(["test", "--project", "client"]))
}

/// Takes a picture of every screen.
pub(crate) fn shots() -> Result<(), Error> {
    build()?;
    tool::run(playwright()?.args(["--project", "shots"]))?;
    println!("The pictures are in {}", paths::target().join("shots").display());
    Ok(())
}

fn build() -> Result<(), Error> {
    setup::set_up(Need::Developing)?;
    run::build_servers()?;
    step("Building the page", || page::build(Kind::Dev, &paths::page()).map(drop))
}

fn playwright() -> Result<Command, Error> {
    let mut playwright = tool::tool(paths::npm_program("playwright"));
    playwright
        .arg("test")
        .env("CHROMIUM", chromium::find()?)
        .env("TONO_BIN", paths::target().join("debug"));
    Ok(playwright)
}
