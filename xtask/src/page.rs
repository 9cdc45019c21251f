//! Builds the page: compiles `src/` to WebAssembly and lays the result out as a folder a server can serve.
//!
//! Trunk does the same for `make dev` and reads the same lines of `index.html`; compiling Trunk itself takes
//! longer than all of the rest, so nothing else waits for it.

mod assets;
mod bind;
mod compile;
mod compress;
mod glue;
mod index;
mod layout;
mod minify;
mod order;
mod publish;
mod sizes;
mod stamp;
mod tag;

use std::path::Path;

use crate::error::Error;
use crate::paths;

pub(crate) use sizes::Sizes;

/// What the page is built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// For `make run` and the tests: quick to build.
    Dev,
    /// For people: small.
    Release,
}

/// Builds the page into `out`; the sizes of a release page come back.
///
/// Cargo decides whether the code changed. When neither it nor anything `index.html` names did, the page that
/// is there stays.
pub(crate) fn build(kind: Kind, out: &Path) -> Result<Sizes, Error> {
    let index_file = paths::root().join("index.html");
    let text = std::fs::read_to_string(&index_file).map_err(Error::file(&index_file))?;
    let index = index::parse(&text)?;

    let wasm = compile::compile(kind)?;
    let stamp = stamp::of(kind, &text, &index, &wasm)?;
    if stamp.is_on(out) {
        println!("The page is up to date");
        return sizes::of(out);
    }

    let fresh = publish::Fresh::beside(out)?;
    let code = bind::bind(kind, &wasm, fresh.folder())?;
    layout::lay_out(kind, &index, &code, fresh.folder())?;
    if kind == Kind::Release {
        compress::all(fresh.folder())?;
    }
    fresh.replace(out)?;
    stamp.put_on(out)?;
    sizes::of(out)
}
