//! What every witness said of a call, kept so that it can be shown on one time axis, exported and replayed.
//!
//! The browser's part is the phone's own log: every [`phone::Event`] while the call lives, and what happened around
//! it. It begins with the [`Phone`] as it was, so that [`replay`] comes through the same states. The server adds Telnyx's
//! webhooks and what it did itself. Numbers are [`masked`] before anything is stored; a token was never written down.
//!
//! | call | body | answer |
//! | --- | --- | --- |
//! | `POST /api/calls/{id}/timeline?sent_at=…` | [`Batch`] | nothing |
//! | `GET /api/calls/{id}/timeline.json` | | [`Export`] |

pub mod masked;
pub mod replay;

use serde::{Deserialize, Serialize};

use crate::api::HangUp;
use crate::history::{Fact, Row, What};
use crate::ids::CallId;
use crate::phone::{self, Phone};
use crate::time::Millis;

/// How many entries are kept of one call. A call of an hour has some fifty; what is more is counted, not kept.
pub const MOST_ENTRIES: u32 = 2_000;
/// How many bytes of entries, as JSON, are kept of one call.
pub const MOST_BYTES: u32 = 512 * 1024;
/// How many batches are kept of one call: each document of a browser begins its own.
pub const MOST_BATCHES: u32 = 1_000;
/// How many entries a page sends at once.
pub const BATCH_ENTRIES: usize = 64;
/// How many bytes of entries a page sends at once, at most: the server takes bodies of 64 KiB.
pub const BATCH_BYTES: usize = 16 * 1024;

/// The [`Export::format`] of a timeline.
pub const FORMAT: &str = "tono.timeline";
/// The [`Export::version`] that is written, and the only one that is read.
pub const VERSION: u32 = 1;

/// Some of what one document of a browser wrote down of a call.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Batch {
    /// The document: a number it drew when it was opened. A reloaded page is another.
    pub page: u32,
    /// Which of its batches about this call, counted from zero: one that comes twice is stored once.
    pub number: u32,
    /// What it wrote down, oldest first.
    pub entries: Vec<Entry>,
}

/// One thing that was written down.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "TimelineEntry"))]
pub struct Entry {
    /// When, by the browser's clock.
    pub at: Millis,
    /// What.
    #[cfg_attr(feature = "schema", schemars(schema_with = "noted"))]
    pub what: Noted,
}

/// What a browser writes down is the phone's own business, and changes with it.
#[cfg(feature = "schema")]
fn noted(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": "object", "maxProperties": 1, "minProperties": 1 })
}

/// What a browser writes down.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Noted {
    /// The phone as it was before what follows.
    Phone(Box<Phone>),
    /// Something happened to the phone.
    Event(phone::Event),
    /// Something happened around it.
    Around(Around),
    /// So many further entries were not kept.
    Dropped(u32),
}

/// What happens around a phone and moves nothing in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Around {
    /// The sound devices changed (`devicechange`).
    Devices {
        /// How many microphones there are.
        microphones: u32,
        /// How many loudspeakers and headphones.
        speakers: u32,
    },
    /// The page came into sight (`true`) or went out of it (`visibilitychange`).
    Visible(bool),
    /// The browser has a network (`true`) or none (`online`, `offline`).
    Online(bool),
    /// The document was left: closed, reloaded, or put aside (`pagehide`).
    Left,
    /// The SDK warned, by this code (31001 to 36005).
    Warning(u32),
    /// The SDK reported an error, by this code (40001 to 49001).
    Error(u32),
    /// The SDK said a word that Tono does not know.
    Unknown(String),
}

/// Everything that was said of a call.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Timeline"))]
pub struct Export {
    /// [`FORMAT`].
    pub format: String,
    /// [`VERSION`].
    pub version: u32,
    /// When it was exported, by the server's clock.
    pub exported_at: Millis,
    /// The row of the history.
    pub row: Row,
    /// What browsers wrote down: one part for each document, in the order in which they began.
    pub pages: Vec<Page>,
    /// What browsers stated for the record, which the row is concluded from.
    pub browser: Vec<Fact>,
    /// Telnyx's webhooks, in the order in which they came.
    pub telnyx: Vec<Webhook>,
    /// What our server did and found out, in its order.
    pub server: Vec<Done>,
}

/// What one document of a browser wrote down.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "TimelinePage"))]
pub struct Page {
    /// [`Batch::page`].
    pub page: u32,
    /// By how many milliseconds its clock is ahead of the server's; negative if it is behind. What it takes to send
    /// something makes it look that much further behind: the quickest batch counts.
    pub ahead_ms: i64,
    /// How many entries were not kept, by the page's own limit or the server's.
    pub dropped: u32,
    /// How many batches have not come, or not yet, though later ones have.
    pub missing: u32,
    /// What it wrote down.
    pub entries: Vec<Entry>,
}

impl Page {
    /// A moment of the page's clock, by the server's.
    #[must_use]
    pub const fn aligned(&self, at: Millis) -> Millis {
        Millis(at.0.saturating_add_signed(self.ahead_ms.saturating_neg()))
    }
}

/// A webhook of Telnyx's about the call.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "TimelineWebhook"))]
pub struct Webhook {
    /// Telnyx's `data.id`.
    pub event_id: String,
    /// Telnyx's `data.event_type`, as `call.answered`.
    pub event_type: String,
    /// When our server had it first.
    pub received_at: Millis,
    /// What it says, and when it says that happened (`data.occurred_at`, by Telnyx's clock).
    pub fact: Fact,
}

/// Something our server did or found out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Done {
    /// When, by its clock.
    pub at: Millis,
    /// What.
    pub what: Deed,
}

/// What our server does about a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Deed {
    /// It found something out, and said so in the call's record.
    Stated(What),
    /// It asked Telnyx to hang up, for the page; the answer, if Telnyx could be asked.
    HungUp(Option<HangUp>),
    /// It asked Telnyx for the recording; whether there was one, if Telnyx could be asked.
    AskedForRecording(Option<bool>),
    /// It tried to copy the recording; whether that worked.
    Copied(bool),
    /// It deleted the recording, here and at Telnyx; whether there was one, if Telnyx could be asked.
    AskedToDeleteRecording(Option<bool>),
    /// It asked Telnyx whether the call goes on; the answer, if Telnyx could be asked.
    AskedWhetherAlive(Option<bool>),
}

/// Our address of a call's [`Export`].
#[must_use]
pub fn export_path(id: &CallId) -> String {
    [&timeline_path(id), ".json"].concat()
}

/// Our address for what a page wrote down of a call.
#[must_use]
pub fn timeline_path(id: &CallId) -> String {
    format!("/api/calls/{id}/timeline")
}
