//! The page's code, compiled by cargo.

use std::path::PathBuf;

use crate::error::Error;
use crate::setup::rust;
use crate::tool;

use super::Kind;

/// Compiles `src/` and says where the module is.
pub(super) fn compile(kind: Kind) -> Result<PathBuf, Error> {
    let compiler = rust::for_the_page()?;
    let mut command = compiler.cargo();
    command.args(["build", "-p", "softphone", "--target", rust::WASM]);
    let profile = match kind {
        Kind::Dev => "debug",
        Kind::Release => {
            command.args(["--profile", "page-release"]);
            "page-release"
        }
    };
    tool::run(&mut command)?;
    Ok(compiler.target().join(rust::WASM).join(profile).join("softphone.wasm"))
}
