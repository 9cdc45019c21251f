//! Reads from `index.html` what the page is made of: the four kinds of line Trunk and we both understand.

use crate::error::Error;

use super::tag::{Piece, Tag, pieces, problem};

/// A stretch of `index.html`, once the builder's tags are understood.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// Text that is copied as it stands.
    Text(&'a str),
    /// Something the builder puts in place of the tag.
    Asset(Asset<'a>),
}

/// What a tag asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asset<'a> {
    /// The page's own code.
    Rust,
    /// A style sheet; all of them become one file, in the order of their lines.
    Css(&'a str),
    /// A folder whose content goes to `to`.
    CopyDir {
        /// The folder.
        from: &'a str,
        /// Where its content goes, below the page's root.
        to: &'a str,
    },
    /// A file that goes into the folder `to`.
    CopyFile {
        /// The file.
        from: &'a str,
        /// The folder, below the page's root.
        to: &'a str,
    },
}

/// Reads `index.html`.
pub(super) fn parse(html: &str) -> Result<Vec<Part<'_>>, Error> {
    let part = |piece| match piece {
        Piece::Text(text) => Ok(Part::Text(text)),
        Piece::Tag(tag) => asset(&tag).map(Part::Asset),
    };
    pieces(html)?.into_iter().map(part).collect()
}

fn asset<'a>(tag: &Tag<'a>) -> Result<Asset<'a>, Error> {
    if tag.name != "link" {
        let name = tag.name;
        return Err(problem(tag.line, format!("<{name} data-trunk> is not built, only <link> is")));
    }
    let rel = tag.get("rel").ok_or_else(|| problem(tag.line, "rel=… is missing"))?;
    let href = || tag.get("href").ok_or_else(|| problem(tag.line, "href=… is missing"));
    let (asset, understood): (Asset<'a>, &[&str]) = match rel {
        // Trunk's wasm-opt settings; ours are in `bind`, with the reasons.
        "rust" => (Asset::Rust, &["href", "data-wasm-opt", "data-wasm-opt-params", "data-bin"]),
        "css" => (Asset::Css(href()?), &["href"]),
        "copy-dir" => {
            let from = href()?;
            let name = from.trim_end_matches('/').rsplit('/').next().unwrap_or(from);
            (Asset::CopyDir { from, to: target(tag, name)? }, &["href", "data-target-path"])
        }
        "copy-file" => {
            (Asset::CopyFile { from: href()?, to: target(tag, "")? }, &["href", "data-target-path"])
        }
        other => {
            let known = "rust, css, copy-dir and copy-file";
            return Err(problem(
                tag.line,
                format!("rel=\"{other}\" is not built, only {known} are"),
            ));
        }
    };
    for (name, _) in &tag.attributes {
        if !["data-trunk", "rel"].contains(name) && !understood.contains(name) {
            return Err(problem(tag.line, format!("{name} has no meaning for rel=\"{rel}\" here")));
        }
    }
    Ok(asset)
}

/// The target path, which may not leave the page's folder.
fn target<'a>(tag: &Tag<'a>, otherwise: &'a str) -> Result<&'a str, Error> {
    let path = tag.get("data-target-path").unwrap_or(otherwise);
    if path.starts_with('/') || path.split('/').any(|step| step == "..") {
        return Err(problem(tag.line, format!("data-target-path=\"{path}\" leaves the page")));
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_kinds_are_understood_in_order() {
        let html = concat!(
            "<link data-trunk rel=\"rust\" data-wasm-opt=\"z\"><link data-trunk rel=\"css\" href=\"style/a.css\">",
            "<link data-trunk rel=\"copy-dir\" href=\"public\">",
            "<link data-trunk rel=\"copy-file\" href=\"x/bundle.mjs\" data-target-path=\"sdk\">",
        );
        let parts = parse(html).unwrap_or_default();
        let assets: Vec<_> =
            parts.into_iter().filter(|part| !matches!(part, Part::Text(_))).collect();
        assert_eq!(
            assets,
            [
                Part::Asset(Asset::Rust),
                Part::Asset(Asset::Css("style/a.css")),
                Part::Asset(Asset::CopyDir { from: "public", to: "public" }),
                Part::Asset(Asset::CopyFile { from: "x/bundle.mjs", to: "sdk" }),
            ]
        );
    }

    #[test]
    fn anything_else_is_refused_by_its_line() {
        for (html, line) in [
            ("\n<link data-trunk rel=\"sass\" href=\"a.scss\">", 2),
            ("\n\n<script data-trunk src=\"a.js\"></script>", 3),
            ("<link data-trunk rel=\"copy-dir\" href=\"a\" data-target-path=\"../b\">", 1),
            ("<link data-trunk rel=\"css\">", 1),
            ("<link data-trunk rel=\"css\" href=\"a.css\" data-inline>", 1),
        ] {
            let refused = parse(html).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(
                refused.starts_with(&format!("index.html, line {line}: ")),
                "{html}: {refused}"
            );
        }
    }
}
