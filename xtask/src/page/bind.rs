//! From cargo's module to what a browser loads: the JavaScript around it, and in release a smaller module.

use std::path::{Path, PathBuf};

use wasm_bindgen_cli_support::Bindgen;

use crate::error::Error;
use crate::{paths, tool};

use super::Kind;
use super::assets::{self, rename_with_hash};

/// The passes that make the module smallest: written anew without nested expressions and with its control flow laid out
/// from nothing, it has more for `-Oz` to find. 1.2 % of brotli, measured.
const PASSES: [&str; 5] = ["-Oz", "--flatten", "--rereloop", "-Oz", "-Oz"];

/// What rustc's wasm target uses; wasm-opt assumes the first version of WebAssembly unless told.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-reference-types",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-multivalue",
];

/// The page's code, as file names below the page's folder.
#[derive(Debug)]
pub(super) struct Code {
    /// The module.
    pub(super) wasm: String,
    /// The JavaScript wasm-bindgen wrote around it.
    pub(super) glue: String,
    /// The few lines that start it. A file of its own, so that a policy against inline scripts can stand.
    pub(super) start: String,
}

/// Binds `wasm` and writes the code into `folder`.
pub(super) fn bind(kind: Kind, wasm: &Path, folder: &Path) -> Result<Code, Error> {
    let release = kind == Kind::Release;
    let made = Bindgen::new().input_path(wasm).web(true).and_then(|bindgen| {
        bindgen
            .typescript(false)
            .omit_default_module_path(true)
            // In dev a panic's back trace should have names.
            .remove_name_section(release)
            .remove_producers_section(release)
            .out_name("softphone")
            .generate(folder)
    });
    made.map_err(|error| Error::Bind(format!("{error:#}")))?;

    let module = folder.join("softphone_bg.wasm");
    if release {
        shrink(&module)?;
    }
    let wasm = rename_with_hash(&module, |hash| format!("softphone-{hash}_bg.wasm"))?;
    let glue =
        rename_with_hash(&folder.join("softphone.js"), |hash| format!("softphone-{hash}.js"))?;
    let script = format!("import init from './{glue}';\ninit({{ module_or_path: '/{wasm}' }});\n");
    let start =
        assets::write_with_hash(folder, script.as_bytes(), |hash| format!("start-{hash}.js"))?;
    Ok(Code { wasm, glue, start })
}

/// Runs npm's wasm-opt over the module.
fn shrink(module: &Path) -> Result<(), Error> {
    let smaller: PathBuf = module.with_extension("opt");
    let mut wasm_opt = tool::tool(paths::npm_program("wasm-opt"));
    wasm_opt.args(PASSES).args(FEATURES).arg(module).arg("-o").arg(&smaller);
    tool::run(&mut wasm_opt)?;
    std::fs::rename(&smaller, module).map_err(Error::file(&smaller))
}
