//! `make dist` and `make bench`: what people get, and how big it is.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::error::Error;
use crate::page::{self, Kind, Sizes};
use crate::setup::{self, Need};
use crate::step::step;
use crate::{paths, run, tool};

/// The release page in `dist/`, then the binaries, one of which carries it.
pub(crate) fn dist() -> Result<(), Error> {
    setup::set_up(Need::Developing)?;
    let sizes = release_page(&paths::root().join("dist"))?;
    step("Building the release binaries", || {
        tool::run(tool::cargo().args(["build", "--release", "-p", "server", "-p", "lab"]))
    })?;
    for name in ["tono", "tono-lab"] {
        let file = paths::target().join("release").join(name);
        let bytes = fs::metadata(&file).map_err(Error::file(&file))?.len();
        println!("{:40} {bytes:>12} bytes", file.display());
    }
    sizes.print();
    step("Starting the release server in an empty folder", run::smoke::test)?;
    sizes.within_budget()
}

/// The sizes of the release page, and how punctual the lab's audio is with 100 calls, for people and in
/// `target/bench.json`.
pub(crate) fn bench() -> Result<(), Error> {
    setup::set_up(Need::Developing)?;
    let sizes = release_page(&paths::target().join("page-release"))?;
    let calls = calls()?;
    sizes.print();
    let file = paths::target().join("bench.json");
    let text = format!("{:#}\n", json!({ "page": sizes.json(), "calls": calls }));
    fs::write(&file, text).map_err(Error::file(&file))?;
    println!("Written to {}", file.display());
    Ok(())
}

/// 100 browsers in a process of their own talk to a lab for a minute; what it writes down.
fn calls() -> Result<Value, Error> {
    let file = paths::target().join("bench-calls.json");
    step("Letting 100 calls talk for a minute", || {
        let cargo = &mut tool::cargo();
        tool::run(cargo.args(["bench", "-p", "lab", "--bench", "calls", "--", "--json"]).arg(&file))
    })?;
    let text = fs::read_to_string(&file).map_err(Error::file(&file))?;
    serde_json::from_str(&text).map_err(|error| Error::file(&file)(error.into()))
}

fn release_page(out: &Path) -> Result<Sizes, Error> {
    step("Building the release page", || page::build(Kind::Release, out))
}
