//! JSON. The browser parses and writes the text; serde goes between its values and our types.
//!
//! One reader for all that comes in, from our server and from the SDK. A parser of our own, or a reader that words its
//! errors, weighs as much as a screen: see "Bytes" in ARCHITECTURE.md.

mod read;

use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;

pub(crate) use read::Unreadable;

/// Our type from a value of the browser's, of which only the properties that the type names are looked at.
pub(crate) fn from_value<T: DeserializeOwned>(value: JsValue) -> Result<T, Unreadable> {
    T::deserialize(read::Reader(value))
}

/// Our type from a JSON text.
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    from_value(js_sys::JSON::parse(text).map_err(|_| Unreadable::NotJson)?)
}

/// A plain object, not a `Map`, with absent fields left out.
pub(crate) fn to_value(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&serializer).map_err(JsValue::from)
}

/// A value of ours as a JSON text; empty, which nobody takes for an answer, where a type has none.
pub(crate) fn text(value: &impl Serialize) -> String {
    let value = to_value(value).and_then(|value| js_sys::JSON::stringify(&value));
    value.map(String::from).unwrap_or_default()
}
