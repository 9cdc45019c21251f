//! A statement whose shape depends on what is asked, put together from constant pieces.

use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::QueryAs;
use sqlx::{Any, AssertSqlSafe, FromRow};

/// A statement and its values. Only constants can become text; whatever comes from outside becomes a value.
pub(super) struct Sql {
    text: String,
    values: Vec<Value>,
}

/// A value of a parameter.
#[cfg_attr(test, derive(Debug, Clone))]
pub(super) enum Value {
    Integer(i64),
    Text(String),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl Sql {
    pub(super) fn new(text: &'static str) -> Self {
        Self { text: text.to_owned(), values: Vec::new() }
    }

    /// Adds text.
    pub(super) fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds a parameter with its value.
    pub(super) fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        self.text.push('$');
        self.text.push_str(&self.values.len().to_string());
        self
    }

    /// The statement, to be read from.
    pub(super) fn query_as<T: for<'r> FromRow<'r, AnyRow>>(
        self,
    ) -> QueryAs<'static, Any, T, AnyArguments> {
        #[cfg(test)]
        asked::note(&self.text, &self.values);
        let query = sqlx::query_as(AssertSqlSafe(self.text));
        self.values.into_iter().fold(query, |query, value| match value {
            Value::Integer(value) => query.bind(value),
            Value::Text(value) => query.bind(value),
        })
    }
}

/// What this thread asked the database, so that tests may ask it again and count what it costs.
#[cfg(test)]
pub(super) mod asked {
    use std::cell::RefCell;

    use super::Value;

    thread_local! {
        static ASKED: RefCell<Vec<(String, Vec<Value>)>> = const { RefCell::new(Vec::new()) };
    }

    pub(super) fn note(text: &str, values: &[Value]) {
        ASKED.with_borrow_mut(|asked| asked.push((text.to_owned(), values.to_vec())));
    }

    /// Everything asked since this was last called.
    pub(in crate::store) fn take() -> Vec<(String, Vec<Value>)> {
        ASKED.take()
    }
}
