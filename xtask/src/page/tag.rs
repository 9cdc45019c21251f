//! Finds the tags of `index.html` that are addressed to the builder.

use crate::error::Error;

/// A stretch of `index.html`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Text that is copied as it stands.
    Text(&'a str),
    /// A tag with `data-trunk` in it.
    Tag(Tag<'a>),
}

/// A tag addressed to the builder.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// The line it begins on, counted from one.
    pub(super) line: usize,
    /// `link`, `script`, …
    pub(super) name: &'a str,
    /// Its attributes in order.
    pub(super) attributes: Vec<(&'a str, &'a str)>,
}

impl<'a> Tag<'a> {
    /// The value of an attribute.
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }
}

/// Cuts `html` into text and builder's tags; comments stay text.
pub(super) fn pieces(html: &str) -> Result<Vec<Piece<'_>>, Error> {
    let mut pieces = Vec::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(found) = html[at..].find('<').map(|offset| at + offset) {
        let line = html[..found].matches('\n').count() + 1;
        if html[found..].starts_with("<!--") {
            at = html[found..].find("-->").map_or(html.len(), |end| found + end + 3);
            continue;
        }
        let end = end_of_tag(&html[found..])
            .ok_or_else(|| problem(line, "this tag never closes"))?
            + found;
        let tag = read(&html[found + 1..end], line);
        at = end + 1;
        if tag.attributes.iter().any(|(name, _)| name.starts_with("data-trunk")) {
            pieces.push(Piece::Text(&html[copied..found]));
            pieces.push(Piece::Tag(tag));
            copied = at;
        }
    }
    pieces.push(Piece::Text(&html[copied..]));
    Ok(pieces)
}

/// An error about a line of `index.html`.
pub(super) fn problem(line: usize, problem: impl Into<String>) -> Error {
    Error::Index { line, problem: problem.into() }
}

/// Where the tag's `>` is, not counting those inside quotes.
fn end_of_tag(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, sign) in text.char_indices() {
        match quote {
            Some(open) if open == sign => quote = None,
            None if sign == '"' || sign == '\'' => quote = Some(sign),
            None if sign == '>' => return Some(at),
            Some(_) | None => {}
        }
    }
    None
}

/// Reads what stands between `<` and `>`.
fn read(inside: &str, line: usize) -> Tag<'_> {
    let inside = inside.trim_end_matches('/').trim_end();
    let (name, mut rest) =
        inside.split_once(|sign: char| sign.is_whitespace()).unwrap_or((inside, ""));
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return Tag { line, name, attributes };
        }
        let key_end =
            rest.find(|sign: char| sign == '=' || sign.is_whitespace()).unwrap_or(rest.len());
        let (key, after) = rest.split_at(key_end);
        let after = after.trim_start();
        let Some(value) = after.strip_prefix('=').map(str::trim_start) else {
            attributes.push((key, ""));
            rest = after;
            continue;
        };
        let quote = value.chars().next().filter(|sign| *sign == '"' || *sign == '\'');
        let (value, after) = match quote {
            Some(quote) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            None => value.split_once(|sign: char| sign.is_whitespace()).unwrap_or((value, "")),
        };
        attributes.push((key, value));
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(html: &str) -> Vec<Tag<'_>> {
        let pieces = pieces(html).unwrap_or_default();
        let tag = |piece| match piece {
            Piece::Tag(tag) => Some(tag),
            Piece::Text(_) => None,
        };
        pieces.into_iter().filter_map(tag).collect()
    }

    #[test]
    fn a_tag_over_several_lines_is_named_by_its_first() {
        let found = tags("<head>\n<link data-trunk\n  rel='css' href=\"style/a.css\" />\n</head>");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].line, 2);
        assert_eq!(found[0].get("rel"), Some("css"));
        assert_eq!(found[0].get("href"), Some("style/a.css"));
    }

    #[test]
    fn what_is_commented_out_is_not_asked_for() {
        assert_eq!(tags("<!-- <link data-trunk rel=\"icon\"> --><p>"), []);
    }

    #[test]
    fn an_ordinary_link_is_left_alone() {
        let html = "<link rel=\"icon\" href=\"/a>b.svg\">";
        assert_eq!(pieces(html).ok(), Some(vec![Piece::Text(html)]));
    }
}
