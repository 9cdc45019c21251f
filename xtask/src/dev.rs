//! `make dev`: `trunk serve` in front of the lab and the server, rebuilding on every change.

use std::ffi::OsString;
use std::path::Path;

use crate::error::Error;
use crate::licences::installed;
use crate::run::{self, port::Ports};
use crate::setup::{self, Need};
use crate::{page, paths, tool};

/// The newest Trunk that this workspace's Rust compiles.
const TRUNK: &str = "0.21.14";
/// Must be the very version of the library in Cargo.lock.
const WASM_BINDGEN: &str = "0.2.130";

/// Starts the lab and the server, and Trunk in front of them.
pub(crate) fn dev() -> Result<(), Error> {
    setup::set_up(Need::Running)?;
    let trunk = match paths::on_path("trunk") {
        Some(trunk) => trunk,
        None => installed("trunk", TRUNK, &["--locked"])?,
    };
    // Its own lock file names a package that is not to be had any more.
    let bindgen = installed("wasm-bindgen-cli", WASM_BINDGEN, &[])?;
    run::build_servers()?;
    page::build(page::Kind::Dev, &paths::page())?;

    let mut running = run::start(Ports::read()?)?;
    running.add("Trunk", tool::tool(trunk).arg("serve").env("PATH", path_with(&bindgen)?))?;
    println!("\nTono, rebuilt on every change, is at http://localhost:8081\n");
    running.until_the_end()
}

/// The PATH with the folder of `program` in front.
fn path_with(program: &Path) -> Result<OsString, Error> {
    let folder = program.parent().map(Path::to_path_buf).unwrap_or_default();
    let others = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder).chain(std::env::split_paths(&others));
    std::env::join_paths(folders).map_err(|error| Error::Missing(format!("PATH: {error}")))
}
