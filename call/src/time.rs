//! Points in time and spans between them.

use serde::{Deserialize, Serialize};

/// A point in time: milliseconds since 1970-01-01 00:00 UTC.
///
/// Always an argument, never read in this crate: whoever owns a clock passes it in.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Millis(pub u64);

impl Millis {
    /// The milliseconds from `earlier` to this moment; zero if `earlier` is later, as when clocks disagree.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// This moment, `span` milliseconds later.
    #[must_use]
    pub const fn after(self, span: u64) -> Self {
        Self(self.0.saturating_add(span))
    }
}
