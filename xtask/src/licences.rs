//! `make deny`: whether every crate we use may be used.

use std::path::PathBuf;

use crate::error::Error;
use crate::step::step;
use crate::{paths, tool};

/// The newest that this workspace's Rust compiles.
const CARGO_DENY: &str = "0.20.2";

/// Checks licences, sources and bans, installing cargo-deny into `target/tools` when it is nowhere.
pub(crate) fn deny() -> Result<(), Error> {
    let program = match paths::on_path("cargo-deny") {
        Some(program) => program,
        None => installed("cargo-deny", CARGO_DENY, &["--locked"])?,
    };
    tool::run(tool::tool(program).args(["--workspace", "check", "bans", "licenses", "sources"]))
}

/// A cargo tool of our own, compiled once; quickly rather than to run quickly.
pub(crate) fn installed(package: &str, version: &str, options: &[&str]) -> Result<PathBuf, Error> {
    let tools = paths::target().join("tools");
    let program = match package {
        "wasm-bindgen-cli" => "wasm-bindgen",
        other => other,
    };
    let program = tools.join("bin").join(program);
    if !program.is_file() {
        step(&format!("Compiling {package} {version}"), || {
            let mut cargo = tool::cargo();
            cargo.args(["install", package, "--version", version, "--debug"]);
            tool::run(cargo.args(options).arg("--root").arg(&tools))
        })?;
    }
    Ok(program)
}
