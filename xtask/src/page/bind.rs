//! From cargo's module to what a browser loads: the JavaScript around it, and in release a smaller module.

use std::path::{Path, PathBuf};

use serde_json::json;
use wasm_bindgen_cli_support::Bindgen;

use crate::error::Error;
use crate::{paths, tool};

use super::Kind;
use super::assets::{self, rename_with_hash};
use super::{glue, minify, order};

/// The passes that make the module smallest: written anew without nested expressions and with its control flow laid out
/// from nothing, it has more for `-Oz` to find. 1.2 % of brotli, measured.
const PASSES: [&str; 6] = [LOW_MEMORY, "-Oz", "--flatten", "--rereloop", "-Oz", "-Oz"];

/// The first kibibyte of memory is the far end of the stack: what would reach it has overflown. So an offset can always be
/// part of the instruction that uses it. 0.5 % of brotli, measured.
const LOW_MEMORY: &str = "--low-memory-unused";

/// The last pass but one, over functions whose names say their place: see [`order`].
const IN_ORDER: &str = "--reorder-functions-by-name";

/// The last pass: each import of wasm-bindgen's has a hash in its name, and each hash is 8 bytes that nothing compresses. It
/// prints which name became which.
const SHORT_NAMES: &str = "--minify-imports-and-exports-and-modules";

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
    /// The JavaScript that starts it. A file of its own, so that a policy against inline scripts can stand.
    pub(super) start: String,
    /// The JavaScript wasm-bindgen wrote around the module, where it is not in the same file.
    pub(super) glue: Option<String>,
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
    let glue = folder.join("softphone.js");
    if release {
        shrink(&module, &glue)?;
    }
    let wasm = rename_with_hash(&module, |hash| format!("softphone-{hash}_bg.wasm"))?;
    if release {
        let start = in_one_file(&glue, &starting("softphone.js", &wasm), folder)?;
        return Ok(Code { wasm, start, glue: None });
    }
    let glue = rename_with_hash(&glue, |hash| format!("softphone-{hash}.js"))?;
    let script = starting(&glue, &wasm);
    let start =
        assets::write_with_hash(folder, script.as_bytes(), |hash| format!("start-{hash}.js"))?;
    Ok(Code { wasm, start, glue: Some(glue) })
}

/// The script that starts the module.
fn starting(glue: &str, wasm: &str) -> String {
    format!("import init from './{glue}';\ninit({{ module_or_path: '/{wasm}' }});\n")
}

/// Leaves out of the module what the glue cannot reach, runs npm's wasm-opt over it, and gives both the short names.
fn shrink(module: &Path, glue: &Path) -> Result<(), Error> {
    let text = std::fs::read_to_string(glue).map_err(Error::file(glue))?;
    let text = glue::without_classes(&text)?;

    let graph = module.with_extension("graph.json");
    let roots = glue::exports_used(&text);
    let mut nodes = vec![json!({ "name": "the page", "root": true, "reaches": roots })];
    nodes.extend(roots.iter().map(|name| json!({ "name": name, "export": name })));
    std::fs::write(&graph, json!(nodes).to_string()).map_err(Error::file(&graph))?;
    let smaller: PathBuf = module.with_extension("opt");
    let mut metadce = tool::tool(paths::npm_program("wasm-metadce"));
    metadce.args(FEATURES).arg(module).arg("--graph-file").arg(&graph).arg("-o").arg(&smaller);
    // It prints what it left out.
    tool::run_quietly(&mut metadce)?;
    std::fs::remove_file(&graph).map_err(Error::file(&graph))?;

    let wasm_opt = || tool::tool(paths::npm_program("wasm-opt"));
    tool::run_quietly(wasm_opt().args(PASSES).args(FEATURES).arg(&smaller).arg("-o").arg(module))?;
    let optimised = std::fs::read(module).map_err(Error::file(module))?;
    std::fs::write(&smaller, order::with_names(&optimised)?).map_err(Error::file(&smaller))?;
    let mut in_order = wasm_opt();
    in_order
        .args(PASSES)
        .args([IN_ORDER, SHORT_NAMES])
        .args(FEATURES)
        .arg(&smaller)
        .arg("-o")
        .arg(module);
    let names = tool::read(&mut in_order)?;
    std::fs::remove_file(&smaller).map_err(Error::file(&smaller))?;
    let names = serde_json::from_str(&names)
        .map_err(|error| Error::Bind(format!("wasm-opt's list of names: {error}")))?;
    std::fs::write(glue, glue::renamed(&text, &names)?).map_err(Error::file(glue))
}

/// Puts the starting script, the glue and the glue's own scripts into one small file, by npm's esbuild.
fn in_one_file(glue: &Path, script: &str, folder: &Path) -> Result<String, Error> {
    let start = folder.join("start.js");
    std::fs::write(&start, script).map_err(Error::file(&start))?;
    let small = minify::script(&start)?;
    let snippets = folder.join("snippets");
    for file in [&start, glue] {
        std::fs::remove_file(file).map_err(Error::file(file))?;
    }
    if snippets.is_dir() {
        std::fs::remove_dir_all(&snippets).map_err(Error::file(&snippets))?;
    }
    assets::write_with_hash(folder, small.as_bytes(), |hash| format!("start-{hash}.js"))
}
