//! The page's code, compiled by cargo.

use std::path::PathBuf;

use crate::error::Error;
use crate::setup::rust;
use crate::{paths, tool};

use super::Kind;

/// Compiles `src/` and says where the module is.
pub(super) fn compile(kind: Kind) -> Result<PathBuf, Error> {
    let compiler = rust::for_the_page()?;
    let mut command = compiler.cargo();
    command.args(["build", "-p", "softphone", "--target", rust::WASM]);
    let profile = match kind {
        Kind::Dev => "debug",
        Kind::Release => {
            command.args(["--profile", "page-release", "--config", &without_paths()]);
            "page-release"
        }
    };
    tool::run(&mut command)?;
    Ok(compiler.target().join(rust::WASM).join(profile).join("softphone.wasm"))
}

/// A setting that keeps where this machine has its sources out of what panics say.
fn without_paths() -> String {
    let home = std::env::home_dir().unwrap_or_default().join(".cargo");
    let cargo = std::env::var_os("CARGO_HOME").map_or(home, PathBuf::from);
    let flags = [cargo.join("registry/src"), paths::root().to_owned()]
        .map(|path| format!("'--remap-path-prefix={}=.'", path.display()));
    format!("target.{}.rustflags=[{}]", rust::WASM, flags.join(","))
}
