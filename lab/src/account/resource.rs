//! What all resources have in common: an id, times, fields that REST shows, and a part of them that is read here.

use serde_json::{Map, Value, json};

use super::Account;
use super::field::{self, Field};
use crate::clock::Moment;
use crate::rest::error::ApiError;

/// One kind of resource.
pub(crate) trait Resource: Sized {
    /// Telnyx's name for it, in `record_type`.
    const RECORD_TYPE: &'static str;
    /// Its fields besides id and times.
    const FIELDS: &'static [Field];
    /// What a list can be filtered by.
    const FILTERS: &'static [Filter];
    /// Fields a list can be sorted by; with a `-` before it, downwards.
    const SORTS: &'static [&'static str];

    /// Fields that a change has to name, be they changed or not.
    const PATCH_NEEDS: &'static [&'static str] = &[];

    /// Reads what matters here.
    fn read(id: &str, fields: &Map<String, Value>) -> Self;

    fn all(account: &Account) -> &Collection<Self>;

    fn all_mut(account: &mut Account) -> &mut Collection<Self>;

    /// Whether these fields fit the rest of the account. `id` is the resource's own, if it exists already.
    fn check(
        account: &Account,
        id: Option<&str>,
        fields: &Map<String, Value>,
    ) -> Result<(), ApiError>;

    /// What a list or a look shows besides what is kept.
    fn add_shown(_account: &Account, _id: &str, _shown: &mut Map<String, Value>) {}
}

/// One thing a list can be filtered by.
#[derive(Debug)]
pub(crate) struct Filter {
    /// As in the query, without `filter`: `[connection_name][contains]`.
    pub(crate) name: &'static str,
    /// The field it looks at.
    pub(crate) field: &'static str,
    pub(crate) how: How,
}

/// How a filter compares. Without regard to case, except [`How::Equals`].
#[derive(Debug, Clone, Copy)]
pub(crate) enum How {
    Equals,
    Contains,
    StartsWith,
    EndsWith,
    /// Of a list: has it as an item.
    Holds,
}

impl Filter {
    /// A row that reads as one.
    pub(crate) const fn new(name: &'static str, field: &'static str, how: How) -> Self {
        Self { name, field, how }
    }

    /// Whether `shown` passes when `wanted` is asked for.
    pub(crate) fn passes(&self, shown: &Map<String, Value>, wanted: &str) -> bool {
        let value = field::at(shown, self.field);
        let text = value.and_then(Value::as_str).unwrap_or_default();
        let lower = || (text.to_lowercase(), wanted.to_lowercase());
        match self.how {
            How::Equals => match value {
                None | Some(Value::Null) => wanted == "null",
                Some(Value::String(text)) => text == wanted,
                // Flags and numbers, as the query spells them.
                Some(other) => {
                    serde_json::from_str(wanted).is_ok_and(|wanted: Value| *other == wanted)
                }
            },
            How::Contains => {
                let (text, wanted) = lower();
                text.contains(&wanted)
            }
            How::StartsWith => {
                let (text, wanted) = lower();
                text.starts_with(&wanted)
            }
            How::EndsWith => {
                let (text, wanted) = lower();
                text.ends_with(&wanted)
            }
            How::Holds => value
                .and_then(Value::as_array)
                .is_some_and(|items| items.iter().any(|item| item == wanted)),
        }
    }
}

/// A resource as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct Stored<T> {
    pub(crate) id: String,
    pub(crate) created_at: Moment,
    pub(crate) updated_at: Moment,
    pub(crate) fields: Map<String, Value>,
    /// What matters here of the fields.
    pub(crate) typed: T,
}

/// All resources of one kind, oldest first.
#[derive(Debug, Clone)]
pub(crate) struct Collection<T> {
    all: Vec<Stored<T>>,
    /// So many were ever made; ids come from it.
    made: u64,
}

impl<T: Resource> Collection<T> {
    /// None yet.
    pub(crate) fn new() -> Self {
        Self { all: Vec::new(), made: 0 }
    }

    /// All of them, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Stored<T>> {
        self.all.iter()
    }

    /// The one with this id.
    pub(crate) fn get(&self, id: &str) -> Option<&Stored<T>> {
        self.all.iter().find(|stored| stored.id == id)
    }

    /// A number no resource of this kind has had.
    pub(super) fn next_number(&mut self) -> u64 {
        self.made += 1;
        self.made
    }

    /// Keeps a new resource, whose fields are known to be right.
    pub(super) fn keep(&mut self, id: String, fields: Map<String, Value>, now: Moment) {
        let typed = T::read(&id, &fields);
        self.all.push(Stored { id, created_at: now, updated_at: now, fields, typed });
    }

    /// Gives a resource other fields, which are known to be right.
    pub(super) fn change(&mut self, id: &str, fields: Map<String, Value>, now: Moment) {
        if let Some(stored) = self.all.iter_mut().find(|stored| stored.id == id) {
            stored.typed = T::read(id, &fields);
            stored.fields = fields;
            stored.updated_at = now;
        }
    }

    /// Forgets one and returns it.
    pub(super) fn remove(&mut self, id: &str) -> Option<Stored<T>> {
        let at = self.all.iter().position(|stored| stored.id == id)?;
        Some(self.all.remove(at))
    }
}

impl<T: Resource> Stored<T> {
    /// As REST shows it.
    pub(crate) fn shown(&self, account: &Account) -> Map<String, Value> {
        let mut shown = Map::new();
        shown.insert("record_type".to_owned(), json!(T::RECORD_TYPE));
        shown.insert("id".to_owned(), json!(self.id));
        shown.extend(self.fields.clone());
        shown.insert("created_at".to_owned(), json!(self.created_at.iso()));
        shown.insert("updated_at".to_owned(), json!(self.updated_at.iso()));
        T::add_shown(account, &self.id, &mut shown);
        shown
    }
}
