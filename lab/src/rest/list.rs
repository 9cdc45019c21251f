//! Lists: filtered, sorted and in pages, as the query asks (`filter[…]`, `sort`, `page[number]`, `page[size]`).

use std::cmp::Ordering;
use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::error::ApiError;
use crate::account::field;
use crate::account::resource::Filter;

/// A query's parameters.
pub(crate) type Query = HashMap<String, String>;

/// The part of a list that is asked for (`page[number]`, `page[size]`).
pub(crate) struct Page {
    number: usize,
    size: usize,
}

impl Page {
    /// Reads the query; both parts have defaults, and 250 is the largest size.
    pub(crate) fn asked(query: &Query, default_size: usize) -> Self {
        let number = |name: &str| query.get(name).and_then(|text| text.parse::<usize>().ok());
        Self {
            number: number("page[number]").unwrap_or(1).max(1),
            size: number("page[size]").unwrap_or(default_size).clamp(1, 250),
        }
    }

    /// The page out of `all`, with its `meta`.
    pub(crate) fn of(&self, all: Vec<Value>) -> Value {
        let total = all.len();
        let skipped = (self.number - 1).saturating_mul(self.size);
        let data: Vec<Value> = all.into_iter().skip(skipped).take(self.size).collect();
        json!({
            "data": data,
            "meta": {
                "page_number": self.number,
                "page_size": self.size,
                "total_pages": total.div_ceil(self.size),
                "total_results": total,
            },
        })
    }
}

/// The filters that a query names, by what stands behind `filter`, and the value each asks for.
pub(crate) fn filters(query: &Query) -> impl Iterator<Item = (&str, &str)> {
    query.iter().filter_map(|(name, wanted)| {
        name.strip_prefix("filter")
            .filter(|rest| rest.starts_with('['))
            .map(|rest| (rest, wanted.as_str()))
    })
}

/// A filter that there is not.
pub(crate) fn bad_filter(name: &str) -> ApiError {
    ApiError::BadFilter { name: name.trim_start_matches('[').trim_end_matches(']').to_owned() }
}

/// Leaves in `all` what passes every filter the query names.
pub(crate) fn filtered(
    mut all: Vec<Map<String, Value>>,
    known: &[Filter],
    query: &Query,
) -> Result<Vec<Map<String, Value>>, ApiError> {
    for (name, wanted) in filters(query) {
        let filter =
            known.iter().find(|filter| filter.name == name).ok_or_else(|| bad_filter(name))?;
        all.retain(|shown| filter.passes(shown, wanted));
    }
    Ok(all)
}

/// Sorts by the field that `sort` names; a `-` before it means downwards.
pub(crate) fn sorted(
    mut all: Vec<Map<String, Value>>,
    known: &[&str],
    query: &Query,
) -> Result<Vec<Map<String, Value>>, ApiError> {
    let Some(asked) = query.get("sort") else { return Ok(all) };
    let (name, down) = asked.strip_prefix('-').map_or((asked.as_str(), false), |name| (name, true));
    if !known.contains(&name) {
        return Err(ApiError::bad_enum("sort", known));
    }
    all.sort_by(|one, other| {
        let order = order(field::at(one, name), field::at(other, name));
        if down { order.reverse() } else { order }
    });
    Ok(all)
}

fn order(one: Option<&Value>, other: Option<&Value>) -> Ordering {
    match (one, other) {
        (Some(Value::String(one)), Some(Value::String(other))) => one.cmp(other),
        (Some(Value::Bool(one)), Some(Value::Bool(other))) => one.cmp(other),
        // Nothing else is sorted by; what has no value comes last.
        (Some(Value::String(_)), _) => Ordering::Less,
        (_, Some(Value::String(_))) => Ordering::Greater,
        _ => Ordering::Equal,
    }
}
