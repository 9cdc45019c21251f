//! npm's esbuild, on what a release page carries besides its module.

use std::path::Path;

use crate::error::Error;
use crate::{paths, tool};

/// A script and all it imports as one small text. The SDK stays where it is: it is fetched when it is needed.
pub(super) fn script(file: &Path) -> Result<String, Error> {
    read(&["--bundle", "--format=esm", "--target=es2022", "--external:/sdk/*"], file)
}

/// A style sheet as a small text.
pub(super) fn style(file: &Path) -> Result<String, Error> {
    read(&[], file)
}

fn read(options: &[&str], file: &Path) -> Result<String, Error> {
    let mut esbuild = tool::tool(paths::npm_program("esbuild"));
    tool::read(esbuild.args(["--minify", "--log-level=warning"]).args(options).arg(file))
}
