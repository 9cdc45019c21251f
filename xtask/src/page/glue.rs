//! The JavaScript wasm-bindgen writes around the module, cut down to what this page uses and with short names.
//!
//! It goes by how wasm-bindgen lays out its lines, and refuses what it does not recognise: the version is locked.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::error::Error;

/// The names that wasm-opt gave to what goes in and out of the module, as it prints them.
#[derive(Debug, Deserialize)]
pub(super) struct Names {
    /// Module, name, and short name of each import that is left.
    imports: Vec<(String, String, String)>,
    /// Name and short name of each export.
    exports: Vec<(String, String)>,
}

/// The glue without its classes. A library under Leptos exports some that no page of ours makes, and with them the code
/// behind their methods.
pub(super) fn without_classes(glue: &str) -> Result<String, Error> {
    let mut kept = Vec::new();
    let mut classes = Vec::new();
    let mut lines = glue.lines();
    while let Some(line) = lines.next() {
        let last = if let Some(class) = line.strip_prefix("export class ") {
            classes.push(class.trim_end_matches(" {"));
            "}"
        } else if classes.iter().any(|class| is_about(line, class)) {
            ";"
        } else {
            kept.push(line);
            continue;
        };
        let mut end = line;
        while !end.ends_with(last) || end.starts_with(' ') && last == "}" {
            end = lines.next().ok_or_else(|| strange("a class without an end"))?;
        }
    }
    let kept = kept.join("\n");
    match classes.iter().find(|class| kept.contains(**class)) {
        Some(class) => Err(strange(&format!("{class} is used"))),
        None => Ok(kept),
    }
}

/// Whether a line is a statement that only completes a class.
fn is_about(line: &str, class: &str) -> bool {
    line.starts_with(&format!("if (Symbol.dispose) {class}.prototype"))
        || line.starts_with(&format!("const {class}Finalization = "))
}

/// The exports of the module that the glue can call or read.
pub(super) fn exports_used(glue: &str) -> BTreeSet<&str> {
    glue.match_indices("wasm.").filter_map(|(at, _)| export_at(glue, at)).collect()
}

/// The name in `wasm.name`, which stands at `at`.
fn export_at(glue: &str, at: usize) -> Option<&str> {
    let is_name = |sign: char| sign.is_ascii_alphanumeric() || sign == '_' || sign == '$';
    let (before, from) = glue.split_at_checked(at)?;
    let name = from.strip_prefix("wasm.")?;
    let end = name.find(|sign| !is_name(sign)).unwrap_or(name.len());
    let whole = !before.ends_with(|sign| is_name(sign) || sign == '.');
    name.get(..end).filter(|name| whole && !name.is_empty())
}

/// What the glue begins its own imports with.
const OWN: &str = "    const import0 = {";

/// The glue with the short names, and without the imports that are gone.
pub(super) fn renamed(glue: &str, names: &Names) -> Result<String, Error> {
    let mut out = String::with_capacity(glue.len());
    let mut left: BTreeSet<&str> = names.imports.iter().map(|(_, name, _)| name.as_str()).collect();
    let mut wanted = true;
    for line in glue.lines() {
        let entry = line.strip_prefix("        ").filter(|_| !line.starts_with("         "));
        let name = entry.and_then(|entry| entry.split_once(": ")).map_or("", |(name, _)| name);
        if let Some((_, long, short)) = names.imports.iter().find(|(_, import, _)| import == name) {
            left.remove(long.as_str());
            wanted = true;
            out.push_str(&line.replacen(long, short, 1));
        } else if name.starts_with("__wb") {
            wanted = false;
        } else if name.starts_with("\"./") {
            // wasm-opt calls every module `a`, so what was in others is among our own.
            wanted = line.ends_with(": import0,");
            out.push_str(if wanted { "        a: import0," } else { "" });
        } else {
            // The end of an object, whose last may have been left out.
            wanted |= line == "    };";
            out.push_str(if wanted { line } else { "" });
        }
        if wanted {
            out.push('\n');
        }
        if line == OWN {
            for (name, entry) in of_others(glue, names) {
                left.remove(name);
                out.push_str(&entry);
            }
        }
    }
    if let Some(name) = left.first() {
        return Err(strange(&format!("{name} is imported and not there")));
    }
    exports_renamed(&out, names)
}

/// The imports that come as they are from scripts of ours: their names, and what to put among the glue's own.
fn of_others<'a>(glue: &str, names: &'a Names) -> Vec<(&'a str, String)> {
    let from = |module: &str| {
        let of = format!(" from \"{module}\"");
        glue.lines().find_map(|line| line.strip_prefix("import * as ")?.strip_suffix(of.as_str()))
    };
    let entry = |(module, name, short): &'a (String, String, String)| {
        Some((name.as_str(), format!("        {short}: {}.{name},\n", from(module)?)))
    };
    names.imports.iter().filter_map(entry).collect()
}

fn exports_renamed(glue: &str, names: &Names) -> Result<String, Error> {
    let mut out = String::with_capacity(glue.len());
    let mut copied = 0;
    for (at, found) in glue.match_indices("wasm.") {
        let Some(long) = export_at(glue, at) else { continue };
        let short = names.exports.iter().find(|(name, _)| name == long);
        let (_, short) = short.ok_or_else(|| strange(&format!("no export {long}")))?;
        let begin = at + found.len();
        out.push_str(&glue[copied..begin]);
        out.push_str(short);
        copied = begin + long.len();
    }
    out.push_str(&glue[copied..]);
    Ok(out)
}

fn strange(what: &str) -> Error {
    Error::Bind(format!("the JavaScript around the module is not as expected: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = r#"import * as import1 from "./snippets/ours.js"
export class Sink {
    free() {
        wasm.sink_free(this.ptr);
    }
}
if (Symbol.dispose) Sink.prototype[Symbol.dispose] = Sink.prototype.free;
function __wbg_get_imports() {
    const import0 = {
        __proto__: null,
        __wbg_log_12: function(arg0) {
            console.log(arg0);
        },
        __wbg_gone_34: function() { return handleError(function (arg0) {
            arg0.gone({
                it: 1,
            });
        }, arguments); },
    };
    return {
        __proto__: null,
        "./page_bg.js": import0,
        "./snippets/ours.js": import1,
    };
}
const SinkFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.sink_free(ptr, 1));
let wasm;
wasm.__wbindgen_start(wasm.memory);"#;

    fn names() -> Names {
        let owned = |name: &str, short: &str| (name.to_owned(), short.to_owned());
        Names {
            imports: vec![
                ("./page_bg.js".into(), "__wbg_log_12".into(), "b".into()),
                ("./snippets/ours.js".into(), "show".into(), "e".into()),
            ],
            exports: vec![owned("memory", "c"), owned("__wbindgen_start", "d")],
        }
    }

    #[test]
    fn what_only_a_class_uses_goes_with_it() {
        let glue = without_classes(GLUE).unwrap_or_default();
        assert!(glue.contains("\nfunction __wbg_get_imports"), "{glue}");
        assert!(!glue.contains("Sink"), "{glue}");
        assert_eq!(Vec::from_iter(exports_used(&glue)), ["__wbindgen_start", "memory"]);
    }

    #[test]
    fn a_class_that_is_used_is_not_left_out_in_silence() {
        assert!(without_classes(&format!("{GLUE}\nSink.__wrap(1);")).is_err());
    }

    #[test]
    fn imports_that_are_gone_are_left_out_and_the_others_have_short_names() {
        let glue = without_classes(GLUE).and_then(|glue| renamed(&glue, &names()));
        let expected = r#"import * as import1 from "./snippets/ours.js"
function __wbg_get_imports() {
    const import0 = {
        e: import1.show,
        __proto__: null,
        b: function(arg0) {
            console.log(arg0);
        },
    };
    return {
        __proto__: null,
        a: import0,
    };
}
let wasm;
wasm.d(wasm.c);
"#;
        assert_eq!(glue.ok().as_deref(), Some(expected));
    }

    #[test]
    fn an_import_or_export_that_is_not_found_is_an_error() {
        let glue = without_classes(GLUE).unwrap_or_default();
        let missing = Names { exports: vec![], ..names() };
        assert!(renamed(&glue, &missing).is_err());
        let mut more = names();
        more.imports.push(("./page_bg.js".into(), "__wbg_new_56".into(), "f".into()));
        assert!(renamed(&glue, &more).is_err());
    }
}
