//! The log of all calls as page and server say it: found, annotated, counted.
//!
//! | call | body | answer |
//! | --- | --- | --- |
//! | `GET /api/log?…` | | [`Log`] |
//! | `GET /api/log.csv?…` | | the same as comma-separated values |
//! | `GET /api/log/totals?from=…&to=…` | | [`Totals`] |
//! | `PATCH /api/calls/{id}` | [`Edit`] | [`Entry`] |

use serde::{Deserialize, Serialize};

use crate::history::Row;
pub use crate::party::Direction;
use crate::time::Millis;

/// One call in the log: its row, what else the facts say, and what people wrote beside it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Entry {
    /// The row.
    pub row: Row,
    /// The number shown to the far end, if one was configured.
    pub caller_id: Option<String>,
    /// When Telnyx says it was initiated.
    pub initiated_at: Option<Millis>,
    /// What somebody noted.
    pub notes: String,
    /// The tags it was given.
    pub tags: Vec<String>,
    /// What came of it in the agent's words, as "call back".
    pub disposition: Option<String>,
}

/// One page of the log, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Log {
    /// The calls.
    pub entries: Vec<Entry>,
    /// What to pass as `before` for the next page; none at the end.
    pub next: Option<String>,
}

/// What to write beside a call. What is absent stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Edit {
    /// The notes; an empty text removes them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// The tags, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// The disposition; an empty text removes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposition: Option<String>,
}

/// How many calls there were on each day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Totals {
    /// The time zone the days are of, as `Europe/Madrid`.
    pub zone: String,
    /// Every day asked for, the first first; those without calls too.
    pub days: Vec<Day>,
}

/// One day of [`Totals`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Day {
    /// `2026-11-21`.
    pub date: String,
    /// Calls placed.
    pub calls: u64,
    /// Of these, answered.
    pub answered: u64,
    /// How long they talked, in milliseconds.
    pub talk_ms: u64,
    /// How long they were on hold, in milliseconds: a part of the talk.
    pub held_ms: u64,
}
