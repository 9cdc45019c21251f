//! A serde deserializer over the browser's values.
//!
//! An object is given to serde as the sequence of its type's fields, and a variant by its place among the type's: serde takes
//! both, and what compares names is here once and not in every type. That holds as long as no name has an alias and nothing
//! is flattened, which a test sees to.

use js_sys::{Array, Number, Object, Reflect};
use serde::de::value::U32Deserializer;
use serde::de::{self, DeserializeSeed, Visitor};
use wasm_bindgen::prelude::*;

/// Why a value is not what it was read as. Holds only what costs nothing to say: every error that serde would word
/// brings the formatting of numbers with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    /// The text is no JSON.
    #[error("not JSON")]
    NotJson,
    /// A property is not there; which, counted from none among those of its type.
    #[error("property {0} is missing")]
    Missing(usize),
    /// A value is of another kind, or a word that we do not know.
    #[error("a value of another kind, or an unknown word")]
    Other,
}

impl de::Error for Unreadable {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        Self::Other
    }

    fn invalid_type(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self::Other
    }

    fn invalid_value(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self::Other
    }

    fn invalid_length(place: usize, _: &dyn de::Expected) -> Self {
        Self::Missing(place)
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self::Other
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self::Other
    }

    fn missing_field(_: &'static str) -> Self {
        Self::Other
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self::Other
    }
}

/// One value.
pub(super) struct Reader(pub(super) JsValue);

impl Reader {
    fn is_nothing(&self) -> bool {
        self.0.is_null() || self.0.is_undefined()
    }

    fn text(&self) -> Result<String, Unreadable> {
        self.0.as_string().ok_or(Unreadable::Other)
    }

    /// A whole number. JavaScript's own are exact up to 2^53, and further than that nothing of ours counts.
    fn whole(&self) -> Result<i64, Unreadable> {
        let number = self.0.as_f64().filter(|_| Number::is_safe_integer(&self.0));
        #[expect(clippy::cast_possible_truncation, reason = "a safe integer is one of i64's")]
        number.map(|number| number as i64).ok_or(Unreadable::Other)
    }
}

/// Numbers of every width by way of the widest: serde narrows them, and checks.
macro_rules! whole_numbers {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
            visitor.visit_i64(self.whole()?)
        })*
    };
}

/// Kinds that are read as text.
macro_rules! texts {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
            visitor.visit_string(self.text()?)
        })*
    };
}

impl<'de> de::Deserializer<'de> for Reader {
    type Error = Unreadable;

    /// Whatever it is. Only types that do not say what they expect come here: an untagged or tagged enum.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.is_nothing() {
            visitor.visit_unit()
        } else if let Some(truth) = self.0.as_bool() {
            visitor.visit_bool(truth)
        } else if let Ok(number) = self.whole() {
            visitor.visit_i64(number)
        } else if let Some(number) = self.0.as_f64() {
            visitor.visit_f64(number)
        } else if let Ok(text) = self.text() {
            visitor.visit_string(text)
        } else if Array::is_array(&self.0) {
            self.deserialize_seq(visitor)
        } else {
            self.deserialize_map(visitor)
        }
    }

    whole_numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    texts! { deserialize_char deserialize_str deserialize_string deserialize_identifier }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_bool(self.0.as_bool().ok_or(Unreadable::Other)?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.is_nothing() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if !Array::is_array(&self.0) {
            return Err(Unreadable::Other);
        }
        visitor.visit_seq(Items { array: self.0.unchecked_into(), next: 0 })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        if !self.0.is_object() {
            return Err(Unreadable::Other);
        }
        visitor.visit_seq(Fields { object: self.0, names: fields })
    }

    /// A word, or an object whose only property is named by the word.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_enum(variant(self.0, variants)?)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let object = self.0.dyn_ref::<Object>().ok_or(Unreadable::Other)?;
        visitor.visit_map(Entries { entries: Object::entries(object), next: 0 })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        f32 f64 bytes byte_buf unit unit_struct tuple tuple_struct
    }
}

/// Which of these variants a value is.
fn variant(value: JsValue, variants: &[&str]) -> Result<Variant, Unreadable> {
    let (tag, payload) = if value.is_string() {
        (value, JsValue::UNDEFINED)
    } else {
        let object = value.dyn_ref::<Object>().ok_or(Unreadable::Other)?;
        let entries = Object::entries(object);
        if entries.length() != 1 {
            return Err(Unreadable::Other);
        }
        pair(&entries.get(0))
    };
    let tag = tag.as_string().ok_or(Unreadable::Other)?;
    let place = variants.iter().position(|known| *known == tag).ok_or(Unreadable::Other)?;
    Ok(Variant { place: self::place(place), payload })
}

/// A place among the names of a type, as serde takes it.
fn place(place: usize) -> U32Deserializer<Unreadable> {
    U32Deserializer::new(u32::try_from(place).unwrap_or(u32::MAX))
}

/// A property's name and value, as `Object.entries` has them.
fn pair(entry: &JsValue) -> (JsValue, JsValue) {
    let entry: &Array = entry.unchecked_ref();
    (entry.get(0), entry.get(1))
}

/// The items of an array that are left.
struct Items {
    array: Array,
    next: u32,
}

impl<'de> de::SeqAccess<'de> for Items {
    type Error = Unreadable;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Unreadable> {
        if self.next == self.array.length() {
            return Ok(None);
        }
        let item = self.array.get(self.next);
        self.next += 1;
        seed.deserialize(Reader(item)).map(Some)
    }
}

/// The properties of an object that a type has names for.
struct Fields {
    object: JsValue,
    /// The names of those that are left.
    names: &'static [&'static str],
}

impl Fields {
    fn advance(&mut self) -> Option<JsValue> {
        let (name, rest) = self.names.split_first()?;
        self.names = rest;
        Some(Reflect::get(&self.object, &JsValue::from_str(name)).unwrap_or_default())
    }
}

impl<'de> de::SeqAccess<'de> for Fields {
    type Error = Unreadable;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Unreadable> {
        let Some(value) = self.advance() else { return Ok(None) };
        let missing = value.is_undefined();
        let read = seed.deserialize(Reader(value));
        // An option reads what is missing as none; any other field has a default or is an error.
        if missing { Ok(read.ok()) } else { read.map(Some) }
    }
}

/// All properties of an object, for types that take any name.
struct Entries {
    entries: Array,
    next: u32,
}

impl<'de> de::MapAccess<'de> for Entries {
    type Error = Unreadable;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Unreadable> {
        if self.next == self.entries.length() {
            return Ok(None);
        }
        let (name, _) = pair(&self.entries.get(self.next));
        seed.deserialize(Reader(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, Unreadable> {
        let (_, value) = pair(&self.entries.get(self.next));
        self.next += 1;
        seed.deserialize(Reader(value))
    }
}

/// One variant of an enum, and what it holds.
struct Variant {
    place: U32Deserializer<Unreadable>,
    payload: JsValue,
}

impl<'de> de::EnumAccess<'de> for Variant {
    type Error = Unreadable;
    type Variant = Reader;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Reader), Unreadable> {
        Ok((seed.deserialize(self.place)?, Reader(self.payload)))
    }
}

impl<'de> de::VariantAccess<'de> for Reader {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<(), Unreadable> {
        if self.is_nothing() { Ok(()) } else { Err(Unreadable::Other) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<T::Value, Unreadable> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unreadable> {
        de::Deserializer::deserialize_seq(self, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        de::Deserializer::deserialize_struct(self, "", fields, visitor)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// The Rust below a folder, in one text.
    fn source(folder: &Path) -> String {
        let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
        files
            .map(|file| file.path())
            .map(|path| {
                if path.is_dir() {
                    source(&path)
                } else {
                    std::fs::read_to_string(path).unwrap_or_default()
                }
            })
            .collect()
    }

    #[test]
    fn nothing_that_the_page_reads_has_an_alias_or_is_flattened() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let all = source(&root.join("src")) + &source(&root.join("call/src"));
        assert!(all.contains("#[serde(default"), "the source was read");
        let aliases: Vec<&str> = all
            .lines()
            .map(str::trim)
            .filter(|line| line.starts_with("#[serde("))
            .filter(|line| line.contains("alias") || line.contains("flatten"))
            .collect();
        assert_eq!(aliases, Vec::<&str>::new());
    }
}
