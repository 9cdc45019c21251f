//! What the fields of a resource may hold, as tables: one row a field, read by one checker.
//!
//! Telnyx's resources have some thirty fields each, most of which change nothing here. A row is enough to refuse what
//! Telnyx would refuse, to fill in its default, and to give back what was set.

use serde_json::{Map, Value, json};

use crate::rest::error::ApiError;

/// One field of a resource.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) fallback: Fallback,
}

/// What a field may hold.
#[derive(Debug)]
pub(crate) enum Kind {
    Flag,
    /// An integer from `min` to `max`, both allowed.
    Whole {
        min: i64,
        max: i64,
    },
    /// Any number.
    Number,
    /// A text of `min` to `max` characters, both allowed.
    Text {
        min: usize,
        max: usize,
    },
    /// As `Text`, of ASCII letters and digits only.
    Alphanumeric {
        min: usize,
        max: usize,
    },
    Choice(&'static [&'static str]),
    /// An http or https address; blank means none.
    Url,
    /// A list of texts.
    Texts,
    Object(&'static [Field]),
}

/// What holds when a field is not given. Only [`Fallback::Null`] lets it be set to `null`.
#[derive(Debug)]
pub(crate) enum Fallback {
    /// It has to be given, and not blank.
    Required,
    Null,
    Flag(bool),
    Whole(i64),
    Text(&'static str),
    Texts(&'static [&'static str]),
    /// What these fields of an object fall back to.
    Fields(&'static [Field]),
}

/// Any length that a text can have.
pub(crate) const ANY: Kind = Kind::Text { min: 0, max: 2000 };

/// A count or a limit.
pub(crate) const COUNT: Kind = Kind::Whole { min: 0, max: i32::MAX as i64 };

/// A row that reads as one.
pub(crate) const fn field(name: &'static str, kind: Kind, fallback: Fallback) -> Field {
    Field { name, kind, fallback }
}

/// A row for an object that is there even if not given.
pub(crate) const fn nested(name: &'static str, fields: &'static [Field]) -> Field {
    Field { name, kind: Kind::Object(fields), fallback: Fallback::Fields(fields) }
}

/// All fields of a new resource: those in `body`, and for the others what they fall back to.
pub(crate) fn filled(table: &[Field], body: &Value) -> Result<Map<String, Value>, ApiError> {
    filled_in("", table, object(body)?)
}

/// `fields` with what `body` changes. Objects are merged.
pub(crate) fn merged(
    table: &[Field],
    fields: &Map<String, Value>,
    body: &Value,
) -> Result<Map<String, Value>, ApiError> {
    merged_in("", table, fields, object(body)?)
}

/// The value at a path of names joined by dots.
pub(crate) fn at<'a>(fields: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let mut names = path.split('.');
    let first = fields.get(names.next()?)?;
    names.try_fold(first, |value, name| value.get(name))
}

/// The text at a path; blank is none.
pub(crate) fn text<'a>(fields: &'a Map<String, Value>, path: &str) -> Option<&'a str> {
    at(fields, path).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// Whether the flag at a path is set.
pub(crate) fn flag(fields: &Map<String, Value>, path: &str) -> bool {
    at(fields, path).and_then(Value::as_bool).unwrap_or_default()
}

/// The whole number at a path, if it is one that counts something.
pub(crate) fn whole(fields: &Map<String, Value>, path: &str) -> Option<u64> {
    at(fields, path).and_then(Value::as_u64)
}

fn object(body: &Value) -> Result<&Map<String, Value>, ApiError> {
    body.as_object().ok_or(ApiError::Malformed)
}

fn filled_in(
    place: &str,
    table: &[Field],
    body: &Map<String, Value>,
) -> Result<Map<String, Value>, ApiError> {
    let mut fields = Map::new();
    for row in table {
        let path = below(place, row.name);
        let value = match body.get(row.name) {
            Some(value) => row.checked(&path, None, value)?,
            None => row.without(&path)?,
        };
        fields.insert(row.name.to_owned(), value);
    }
    Ok(fields)
}

fn merged_in(
    place: &str,
    table: &[Field],
    fields: &Map<String, Value>,
    body: &Map<String, Value>,
) -> Result<Map<String, Value>, ApiError> {
    let mut merged = fields.clone();
    for row in table {
        if let Some(value) = body.get(row.name) {
            let path = below(place, row.name);
            let value = row.checked(&path, fields.get(row.name), value)?;
            merged.insert(row.name.to_owned(), value);
        }
    }
    Ok(merged)
}

impl Field {
    fn without(&self, path: &str) -> Result<Value, ApiError> {
        Ok(match &self.fallback {
            Fallback::Required => return Err(ApiError::missing(path)),
            Fallback::Null => Value::Null,
            Fallback::Flag(flag) => json!(flag),
            Fallback::Whole(number) => json!(number),
            Fallback::Text(text) => json!(text),
            Fallback::Texts(texts) => json!(texts),
            Fallback::Fields(table) => Value::Object(filled_in(path, table, &Map::new())?),
        })
    }

    /// `value` as it is kept; `before` is what an object is merged into.
    fn checked(
        &self,
        path: &str,
        before: Option<&Value>,
        value: &Value,
    ) -> Result<Value, ApiError> {
        let blank = value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty());
        if blank && matches!(self.fallback, Fallback::Required) {
            return Err(ApiError::missing(path));
        }
        if value.is_null() && matches!(self.fallback, Fallback::Null) {
            return Ok(Value::Null);
        }
        let wrong_type = |wanted| ApiError::bad_type(path, wanted, value);
        match &self.kind {
            Kind::Flag => value.as_bool().map(drop).ok_or_else(|| wrong_type("boolean"))?,
            Kind::Whole { min, max } => {
                let number = value.as_i64().ok_or_else(|| wrong_type("integer"))?;
                if !(*min..=*max).contains(&number) {
                    return Err(ApiError::out_of_range(path, *min, *max));
                }
            }
            Kind::Number => value.as_f64().map(drop).ok_or_else(|| wrong_type("number"))?,
            Kind::Text { min, max } | Kind::Alphanumeric { min, max } => {
                let text = value.as_str().ok_or_else(|| wrong_type("string"))?;
                let length = text.chars().count();
                if !(*min..=*max).contains(&length) {
                    return Err(ApiError::bad_length(path, *min, *max, length));
                }
                if matches!(self.kind, Kind::Alphanumeric { .. })
                    && !text.bytes().all(|letter| letter.is_ascii_alphanumeric())
                {
                    let problem = format!("The '{path}' parameter must be alphanumeric.");
                    return Err(ApiError::bad_value(path, problem));
                }
            }
            Kind::Choice(choices) => {
                if !value.as_str().is_some_and(|text| choices.contains(&text)) {
                    return Err(ApiError::bad_enum(path, choices));
                }
            }
            Kind::Url => {
                let text = value.as_str().ok_or_else(|| wrong_type("string"))?;
                if !text.is_empty() && !is_web_address(text) {
                    return Err(ApiError::BadUrl { field: path.to_owned() });
                }
            }
            Kind::Texts => {
                let texts = value.as_array().ok_or_else(|| wrong_type("array"))?;
                if let Some(other) = texts.iter().find(|item| !item.is_string()) {
                    return Err(ApiError::bad_type(path, "string", other));
                }
            }
            Kind::Object(table) => {
                let body = value.as_object().ok_or_else(|| wrong_type("object"))?;
                return Ok(Value::Object(match before.and_then(Value::as_object) {
                    Some(before) => merged_in(path, table, before, body)?,
                    None => filled_in(path, table, body)?,
                }));
            }
        }
        Ok(value.clone())
    }
}

/// Telnyx, error 10003: at most 2000 characters.
pub(crate) fn is_web_address(text: &str) -> bool {
    text.len() <= 2000
        && reqwest::Url::parse(text)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn below(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "what cannot be filled in is a failed test")]

    use super::*;

    const TABLE: &[Field] = &[
        field("name", Kind::Text { min: 3, max: 5 }, Fallback::Required),
        field("limit", COUNT, Fallback::Null),
        field("colour", Kind::Choice(&["red", "green"]), Fallback::Text("red")),
        field("hook", Kind::Url, Fallback::Null),
        nested("inner", &[field("on", Kind::Flag, Fallback::Flag(true))]),
    ];

    fn code(error: &ApiError) -> String {
        let body = error.body();
        let error = &body["errors"][0];
        format!(
            "{} {}",
            error["code"].as_str().unwrap(),
            error["source"]["pointer"].as_str().unwrap()
        )
    }

    #[test]
    fn what_is_not_given_falls_back_and_what_is_unknown_is_left_out() {
        let fields = filled(TABLE, &json!({ "name": "tono", "weather": "fine" })).unwrap();
        assert_eq!(
            Value::Object(fields),
            json!({ "name": "tono", "limit": null, "colour": "red", "hook": null, "inner": { "on": true } }),
        );
    }

    #[test]
    fn a_change_keeps_the_rest_inside_objects_too() {
        let fields = filled(TABLE, &json!({ "name": "tono", "limit": 4 })).unwrap();
        let changed = merged(TABLE, &fields, &json!({ "inner": {}, "limit": null })).unwrap();
        assert_eq!((at(&changed, "limit"), flag(&changed, "inner.on")), (Some(&Value::Null), true));
        let changed = merged(TABLE, &changed, &json!({ "inner": { "on": false } })).unwrap();
        assert_eq!((text(&changed, "name"), flag(&changed, "inner.on")), (Some("tono"), false));
    }

    #[test]
    fn what_a_field_cannot_hold_is_pointed_at() {
        for (body, expected) in [
            (json!({}), "10004 /name"),
            (json!({ "name": "  " }), "10004 /name"),
            (json!({ "name": "to" }), "10025 /name"),
            (json!({ "name": "tono", "limit": "4" }), "10026 /limit"),
            (json!({ "name": "tono", "limit": -1 }), "10033 /limit"),
            (json!({ "name": "tono", "colour": "blue" }), "10032 /colour"),
            (json!({ "name": "tono", "colour": null }), "10032 /colour"),
            (json!({ "name": "tono", "hook": "ftp://here" }), "10003 /hook"),
            (json!({ "name": "tono", "inner": { "on": 1 } }), "10026 /inner/on"),
        ] {
            assert_eq!(code(&filled(TABLE, &body).unwrap_err()), expected, "{body}");
        }
        assert_eq!(filled(TABLE, &json!([])), Err(ApiError::Malformed));
    }
}
