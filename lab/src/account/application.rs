//! Call Control applications: what `POST /calls` dials through.

use serde_json::{Map, Value};

use super::field::{self, ANY, COUNT, Fallback, Field, Kind, field, nested};
use super::resource::{Collection, Filter, How, Resource};
use super::{Account, Webhook, known_profile};
use crate::rest::error::ApiError;

/// What is read here of an application (Telnyx: `CallControlApplication`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Application {
    pub(crate) id: String,
    /// Whether it may be used.
    pub(crate) active: bool,
    pub(crate) webhook: Webhook,
    /// The outbound voice profile; without one no call leaves Telnyx.
    pub(crate) profile_id: Option<String>,
    /// Whether `call.cost` is sent (`call_cost_in_webhooks`).
    pub(crate) cost: bool,
    /// So many calls out at a time.
    pub(crate) channel_limit: Option<u64>,
}

impl Resource for Application {
    const RECORD_TYPE: &'static str = "call_control_application";
    const FIELDS: &'static [Field] = FIELDS;
    const FILTERS: &'static [Filter] = &[
        Filter::new("[application_name][contains]", "application_name", How::Contains),
        Filter::new(
            "[outbound.outbound_voice_profile_id]",
            "outbound.outbound_voice_profile_id",
            How::Equals,
        ),
        Filter::new(
            "[outbound_voice_profile_id]",
            "outbound.outbound_voice_profile_id",
            How::Equals,
        ),
        Filter::new("[connection_id]", "id", How::Equals),
        Filter::new("[name]", "application_name", How::Equals),
    ];
    const SORTS: &'static [&'static str] = &["created_at", "connection_name", "active"];

    const PATCH_NEEDS: &'static [&'static str] = &["application_name", "webhook_event_url"];

    fn read(id: &str, fields: &Map<String, Value>) -> Self {
        Self {
            id: id.to_owned(),
            active: field::flag(fields, "active"),
            webhook: Webhook::read(fields),
            cost: field::flag(fields, "call_cost_in_webhooks"),
            profile_id: field::text(fields, "outbound.outbound_voice_profile_id")
                .map(str::to_owned),
            channel_limit: field::whole(fields, "outbound.channel_limit"),
        }
    }

    fn all(account: &Account) -> &Collection<Self> {
        &account.applications
    }

    fn all_mut(account: &mut Account) -> &mut Collection<Self> {
        &mut account.applications
    }

    fn check(
        account: &Account,
        _id: Option<&str>,
        fields: &Map<String, Value>,
    ) -> Result<(), ApiError> {
        known_profile(account, fields)
    }
}

const SITES: &[&str] = &[
    "Latency",
    "Chicago, IL",
    "Ashburn, VA",
    "San Jose, CA",
    "London, UK",
    "Chennai, IN",
    "Amsterdam, Netherlands",
    "Toronto, Canada",
    "Sydney, Australia",
];

const INBOUND: &[Field] = &[
    field("channel_limit", COUNT, Fallback::Null),
    field("shaken_stir_enabled", Kind::Flag, Fallback::Flag(false)),
    field("sip_subdomain", ANY, Fallback::Null),
    field(
        "sip_subdomain_receive_settings",
        Kind::Choice(&["only_my_connections", "from_anyone"]),
        Fallback::Text("from_anyone"),
    ),
];

const OUTBOUND: &[Field] = &[
    field("channel_limit", COUNT, Fallback::Null),
    field("outbound_voice_profile_id", ANY, Fallback::Null),
];

/// Telnyx's `CreateCallControlApplicationRequest`.
const FIELDS: &[Field] = &[
    field("active", Kind::Flag, Fallback::Flag(true)),
    field("application_name", ANY, Fallback::Required),
    field("anchorsite_override", Kind::Choice(SITES), Fallback::Text("Latency")),
    field("call_cost_in_webhooks", Kind::Flag, Fallback::Flag(false)),
    field(
        "dtmf_type",
        Kind::Choice(&["RFC 2833", "Inband", "SIP INFO"]),
        Fallback::Text("RFC 2833"),
    ),
    field("first_command_timeout", Kind::Flag, Fallback::Flag(false)),
    field("first_command_timeout_secs", COUNT, Fallback::Whole(30)),
    nested("inbound", INBOUND),
    nested("outbound", OUTBOUND),
    field("redact_dtmf_debug_logging", Kind::Flag, Fallback::Flag(false)),
    field("tags", Kind::Texts, Fallback::Texts(&[])),
    field("webhook_api_version", Kind::Choice(&["1", "2"]), Fallback::Text("1")),
    field("webhook_event_url", Kind::Url, Fallback::Required),
    field("webhook_event_failover_url", Kind::Url, Fallback::Null),
    field("webhook_timeout_secs", Kind::Whole { min: 0, max: 30 }, Fallback::Null),
];
