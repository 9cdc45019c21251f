//! Puts the parts where `index.html` wants them, and writes the `index.html` that loads them.

use std::fs;
use std::path::Path;

use crate::error::Error;
use crate::paths;

use super::assets;
use super::bind::Code;
use super::index::{Asset, Part};
use super::{Kind, minify};

/// Copies every asset into `folder` and writes its `index.html`.
pub(super) fn lay_out(
    kind: Kind,
    index: &[Part<'_>],
    code: &Code,
    folder: &Path,
) -> Result<(), Error> {
    let mut style = Some(style_link(kind, index, folder)?);
    let mut html = String::new();
    for part in index {
        match part {
            Part::Text(text) => html.push_str(text),
            Part::Asset(Asset::Rust) => html.push_str(&code_links(code)),
            // One file for all sheets, where the first of them is linked.
            Part::Asset(Asset::Css(_)) => html.push_str(&style.take().unwrap_or_default()),
            Part::Asset(Asset::CopyDir { from, to }) => {
                assets::copy_dir(&paths::root().join(from), &folder.join(to))?;
            }
            Part::Asset(Asset::CopyFile { from, to }) => {
                let from = paths::root().join(from);
                let name = from.file_name().unwrap_or_default();
                assets::copy_file(&from, &folder.join(to).join(name))?;
            }
        }
    }
    let file = folder.join("index.html");
    fs::write(&file, html).map_err(Error::file(&file))
}

/// The lines that load the code: all files are asked for at once, not one after the other.
fn code_links(code: &Code) -> String {
    let Code { wasm, start, glue } = code;
    let glue = glue.iter().map(|glue| format!("<link rel=\"modulepreload\" href=\"/{glue}\">"));
    let others = [
        format!(
            "<link rel=\"preload\" href=\"/{wasm}\" as=\"fetch\" type=\"application/wasm\" crossorigin>"
        ),
        format!("<script type=\"module\" src=\"/{start}\"></script>"),
    ];
    glue.chain(others).collect::<Vec<_>>().join("\n    ")
}

/// Joins the style sheets into one file and says how to link it.
fn style_link(kind: Kind, index: &[Part<'_>], folder: &Path) -> Result<String, Error> {
    let mut css = String::new();
    for part in index {
        let Part::Asset(Asset::Css(href)) = part else { continue };
        let file = paths::root().join(href);
        css.push_str(&fs::read_to_string(&file).map_err(Error::file(&file))?);
        css.push('\n');
    }
    if css.is_empty() {
        return Ok(String::new());
    }
    if kind == Kind::Release {
        let whole = folder.join("style.css");
        fs::write(&whole, &css).map_err(Error::file(&whole))?;
        css = minify::style(&whole)?;
        fs::remove_file(&whole).map_err(Error::file(&whole))?;
    }
    let name = assets::write_with_hash(folder, css.as_bytes(), |hash| format!("style-{hash}.css"))?;
    Ok(format!("<link rel=\"stylesheet\" href=\"/{name}\">"))
}
