//! That the tables of `lab/README.md` say what the code does: numbers, switches, the control API, error codes.

#![allow(clippy::unwrap_used, reason = "a table that cannot be read is a failed test")]

use std::collections::BTreeSet;

use serde_json::json;

use crate::numbers::Book;
use crate::switches::Switches;

const README: &str = include_str!("../README.md");

/// Where the routes of the control API are put together.
const ROUTES: [&str; 5] = [
    include_str!("control.rs"),
    include_str!("control/agents.rs"),
    include_str!("control/legs.rs"),
    include_str!("control/logs.rs"),
    include_str!("control/numbers_told.rs"),
];

/// The cells of the rows of the table that begins with this line, without its head.
fn rows(head: &str) -> Vec<Vec<&'static str>> {
    let (_, table) = README.split_once(head).unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
}

/// What stands between backticks.
fn code(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_built_in_number_has_a_row_and_every_row_a_number() {
    let listed: Vec<String> = rows("| number | what happens |")
        .iter()
        .filter(|cells| cells[0].starts_with('+'))
        .map(|cells| cells[0].replace(' ', ""))
        .collect();
    let known: Vec<String> = Book::default().all().into_keys().collect();
    assert_eq!(listed, known);
}

#[test]
fn every_switch_has_a_row_with_its_values_the_default_first() {
    let defaults = serde_json::to_value(Switches::default()).unwrap();
    let defaults = defaults.as_object().unwrap();
    let rows = rows("| switch | values | what is not known |");
    let listed: BTreeSet<&str> = rows.iter().map(|cells| code(cells[0])[0]).collect();
    assert_eq!(listed, defaults.keys().map(String::as_str).collect());
    assert_eq!(listed.len(), rows.len());
    for cells in rows {
        let switch = code(cells[0])[0];
        let values = code(cells[1]);
        match defaults[switch].as_str() {
            Some(default) => {
                assert_eq!(values[0], default, "{switch}");
                let values: BTreeSet<String> = values.into_iter().map(str::to_owned).collect();
                assert_eq!(values, values_of(switch), "{switch}");
            }
            None => assert!(cells[1].starts_with(&defaults[switch].to_string()), "{switch}"),
        }
    }
}

#[test]
fn every_switch_is_tried_by_tests_that_are_there() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |path: &std::path::Path| std::fs::read_to_string(path).unwrap_or_default();
    let server: String = std::fs::read_dir(root.join("server/tests/api"))
        .unwrap()
        .map(|file| read(&file.unwrap().path()))
        .collect();
    let defaults = serde_json::to_value(Switches::default()).unwrap();
    let rows = rows("| what is not known | tried by |");
    let listed: BTreeSet<&str> = rows.iter().map(|cells| code(cells[0])[0]).collect();
    assert_eq!(listed, defaults.as_object().unwrap().keys().map(String::as_str).collect());
    for cells in rows {
        let switch = code(cells[0])[0];
        let tests = code(cells[1]);
        assert!(!tests.is_empty(), "{switch}");
        // A spec sets it by name; tests of the server make what the value leads to themselves.
        let specs: String = tests
            .iter()
            .filter(|test| test.ends_with(".spec.ts"))
            .map(|test| read(&root.join(test)))
            .collect();
        if let Some(default) = defaults[switch].as_str().filter(|_| !specs.is_empty()) {
            for value in values_of(switch).iter().filter(|value| *value != default) {
                assert!(specs.contains(&format!("\"{value}\"")), "{switch}: no spec has {value}");
            }
        }
        for test in tests {
            let is_there = if test.ends_with(".spec.ts") {
                read(&root.join(test)).contains(switch)
            } else {
                server.contains(&format!("async fn {test}("))
            };
            assert!(is_there, "{switch}: {test}");
        }
    }
}

/// The values a switch can have, as it names them to who sets it to another.
pub(crate) fn values_of(switch: &str) -> BTreeSet<String> {
    let refused = Switches::default().changed(&json!({ switch: "?" })).unwrap_err().to_string();
    let (_, expected) = refused.split_once("expected").unwrap();
    code(expected).into_iter().map(str::to_owned).collect()
}

#[test]
fn every_request_of_the_control_api_has_a_row_and_every_row_a_request() {
    let known: BTreeSet<String> = ROUTES.into_iter().flat_map(routes).collect();
    let rows = rows("| request | does |");
    let listed: BTreeSet<String> = rows.iter().flat_map(|cells| requests(cells[0])).collect();
    assert_eq!(listed, known);
}

/// The requests that a router's source has: `GET /lab/legs/{}`.
fn routes(source: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for route in source.split(".route(").skip(1) {
        // The last one goes on to the end of its function.
        let route = route.split("\n}").next().unwrap();
        let (path, handlers) = route.split_once('"').unwrap().1.split_once('"').unwrap();
        for method in ["get", "post", "put", "patch", "delete"] {
            let call = format!("{method}(");
            let is_method =
                |at: usize| !handlers[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            if handlers.match_indices(&call).any(|(at, _)| is_method(at)) {
                found.insert(format!("{} /lab{}", method.to_uppercase(), unnamed(path)));
            }
        }
    }
    found
}

/// The requests that a cell names: `GET /a`, or `GET`, `PUT /a` for both, or `…/b` for what differs from the last one in
/// its last part only.
fn requests(cell: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut methods: Vec<&str> = Vec::new();
    let mut last = ("", String::new());
    for text in code(cell) {
        let path = |text: &str| unnamed(text.split(['?', ' ']).next().unwrap());
        if let Some(rest) = text.strip_prefix('…') {
            let (parent, _) = last.1.rsplit_once('/').unwrap();
            found.push(format!("{} {parent}{}", last.0, path(rest)));
        } else if let Some((method, rest)) = text.split_once(' ') {
            last = (method, path(rest));
            methods.push(method);
            found.extend(methods.drain(..).map(|method| format!("{method} {}", last.1)));
        } else if !text.starts_with('?') {
            methods.push(text);
        }
    }
    found
}

/// A path whose parameters have no names.
fn unnamed(path: &str) -> String {
    let part = |part: &str| if part.starts_with('{') { "{}".to_owned() } else { part.to_owned() };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[test]
fn every_error_code_is_listed_that_a_sample_pins() {
    let digits = |cell: &str| -> Vec<String> {
        let words = cell.split(|c: char| !c.is_ascii_digit());
        words.filter(|word| word.len() == 5).map(str::to_owned).collect()
    };
    let listed: BTreeSet<String> =
        rows("| status | codes |").iter().flat_map(|cells| digits(cells[1])).collect();
    let mut pinned = BTreeSet::new();
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/carrier")).unwrap() {
        let file = file.unwrap();
        if file.file_name().to_string_lossy().starts_with("error.") {
            let text = std::fs::read_to_string(file.path()).unwrap();
            let (_, codes) = text.split_once("\"code\": \"").unwrap_or_default();
            pinned.extend(digits(codes.split('"').next().unwrap()));
        }
    }
    assert_eq!(listed, pinned);
}
