//! `/api/openapi.json`: its schemas, and what is held against them.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use server::doors::{DOORS, openapi};

/// The schemas of the document.
pub(crate) struct Schemas(Value);

impl Schemas {
    pub(crate) fn new() -> Self {
        Self(openapi()["components"]["schemas"].take())
    }

    /// What about a body is not as the schema of that name says; a field that it does not name is, too.
    pub(crate) fn check(&self, name: &str, body: &Value) -> Result<(), String> {
        self.fits(&json!({ "$ref": format!("#/components/schemas/{name}") }), body, name)
    }

    fn fits(&self, schema: &Value, body: &Value, at: &str) -> Result<(), String> {
        let words = match schema {
            Value::Bool(true) => return Ok(()),
            Value::Object(words) => words,
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => {
                panic!("{at}: the test does not know the schema {schema}")
            }
        };
        let all = |ok: bool, what: &str| {
            if ok { Ok(()) } else { Err(format!("{at}: {body} is not {what} as in {schema}")) }
        };
        for (word, said) in words {
            match word.as_str() {
                "$ref" => {
                    let name = said.as_str().unwrap().rsplit('/').next().unwrap();
                    self.fits(&self.0[name], body, at)?;
                }
                "type" => all(is_of_type(said, body), "of the type")?,
                "enum" => all(said.as_array().unwrap().contains(body), "one")?,
                "const" => all(said == body, "the word")?,
                "minimum" => {
                    all(body.as_f64().is_none_or(|n| n >= said.as_f64().unwrap()), "enough")?;
                }
                "maximum" => {
                    all(body.as_f64().is_none_or(|n| n <= said.as_f64().unwrap()), "little")?;
                }
                "oneOf" | "anyOf" => {
                    let fitting = said.as_array().unwrap().iter();
                    let fitting =
                        fitting.filter(|schema| self.fits(schema, body, at).is_ok()).count();
                    all(fitting == 1 || (word == "anyOf" && fitting > 0), "any")?;
                }
                "items" => {
                    for (index, item) in body.as_array().into_iter().flatten().enumerate() {
                        self.fits(said, item, &format!("{at}[{index}]"))?;
                    }
                }
                "required" => {
                    for field in said.as_array().unwrap() {
                        let is_there = body.get(field.as_str().unwrap()).is_some();
                        all(is_there || !body.is_object(), "complete")?;
                    }
                }
                "properties" => {
                    for (name, field) in body.as_object().into_iter().flatten() {
                        let Some(schema) = said.get(name) else {
                            return Err(format!("{at}.{name} is in no schema"));
                        };
                        self.fits(schema, field, &format!("{at}.{name}"))?;
                    }
                }
                "minProperties" => {
                    all(body.as_object().unwrap().len() as u64 >= said.as_u64().unwrap(), "full")?;
                }
                "maxProperties" => {
                    all(body.as_object().unwrap().len() as u64 <= said.as_u64().unwrap(), "small")?;
                }
                // What it forbids, `properties` does here in any case.
                "additionalProperties" => assert_eq!(said, &json!(false)),
                "description" | "format" | "title" | "default" => {}
                other => panic!("{at}: the test does not know {other}"),
            }
        }
        Ok(())
    }
}

fn is_of_type(said: &Value, body: &Value) -> bool {
    let is = |name: &Value| match name.as_str().unwrap() {
        "null" => body.is_null(),
        "boolean" => body.is_boolean(),
        "integer" => body.is_i64() || body.is_u64(),
        "number" => body.is_number(),
        "string" => body.is_string(),
        "array" => body.is_array(),
        "object" => body.is_object(),
        other => panic!("the test does not know the type {other}"),
    };
    said.as_array().map_or_else(|| is(said), |names| names.iter().any(is))
}

/// Every `$ref` in a document.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(reference)) = fields.get("$ref") {
                found.insert(reference.clone());
            }
            fields.values().for_each(|field| references(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_body_has_a_schema_made_from_its_type_and_every_schema_is_somebodys() {
    let document = openapi();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let known = schemas.keys().map(|name| format!("#/components/schemas/{name}"));
    assert_eq!(found, known.collect());

    let named = DOORS.iter().flat_map(|door| [door.takes, door.gives]);
    for name in named.filter(|name| *name != "-" && !name.contains('/')) {
        let schema = &schemas[name];
        assert!(schema.get("type").or(schema.get("oneOf")).is_some(), "{name}: {schema}");
    }
    let row = &schemas["Row"];
    assert_eq!(row["properties"]["talk_ms"]["type"], json!(["integer", "null"]));
    assert!(row["properties"]["talk_ms"]["description"].as_str().unwrap().contains("milliseconds"));
}

#[test]
fn a_search_and_what_may_be_asked_of_it_stand_in_the_document() {
    let document = openapi();
    let parameters = |method: &str, path: &str| {
        let parameters = document["paths"][path][method]["parameters"].as_array().unwrap().clone();
        let name = |one: &Value| {
            let needed = if one["required"] == json!(true) { "!" } else { "" };
            format!("{}{needed}", one["name"].as_str().unwrap())
        };
        parameters
            .iter()
            .map(name)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(
        parameters("get", "/api/log"),
        "agent before direction from limit number outcome recorded text to"
    );
    assert_eq!(parameters("get", "/api/calls"), "before limit");
    assert_eq!(parameters("get", "/api/live"), "after page");
    assert_eq!(parameters("post", "/api/calls/{id}/timeline"), "id! sent_at!");
    assert_eq!(parameters("get", "/api/calls/{id}/timeline.html"), "behind_utc! id! width!");
}

#[test]
fn a_body_that_is_not_as_its_schema_says_is_seen() {
    let schemas = Schemas::new();
    let placed = json!({ "id": "1", "caller_id": null, "controlled": true });
    assert_eq!(schemas.check("Placed", &placed), Ok(()));
    for (name, wrong) in [
        ("Placed", json!({ "id": "1", "caller_id": null })),
        ("Placed", json!({ "id": 1, "caller_id": null, "controlled": true })),
        ("Placed", json!({ "id": "1", "caller_id": null, "controlled": true, "more": 1 })),
        ("HangUp", json!("perhaps")),
        ("SignIn", json!({ "password": { "name": "ann" } })),
        ("Calls", json!({ "rows": [{}], "next": null, "seq": 1 })),
        (
            "Totals",
            json!({ "zone": "UTC", "days": [{ "date": "2026-11-21", "calls": -1, "answered": 0, "talk_ms": 0, "held_ms": 0 }] }),
        ),
    ] {
        assert!(schemas.check(name, &wrong).is_err(), "{name} {wrong}");
    }
}
