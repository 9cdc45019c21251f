//! Credential connections: what browsers sign in to, and whose settings their calls have.

use std::time::Duration;

use serde_json::{Map, Value};

use super::field::{self, ANY, COUNT, Fallback, Field, Kind, field, nested};
use super::resource::{Collection, Filter, How, Resource};
use super::{Account, Webhook, known_profile};
use crate::rest::error::ApiError;

/// What is read here of a credential connection (Telnyx: `CredentialConnection`).
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "Telnyx has as many settings that are on or off")]
pub(crate) struct CredentialConnection {
    pub(crate) id: String,
    /// Whether anyone may sign in or be called.
    pub(crate) active: bool,
    /// A SIP user of its own, beside its telephony credentials.
    pub(crate) user_name: String,
    pub(crate) password: String,
    pub(crate) webhook: Webhook,
    /// Whether a browser's calls wait for a command, and go nowhere by themselves.
    pub(crate) parking: bool,
    /// The outbound voice profile; without one no call leaves Telnyx.
    pub(crate) profile_id: Option<String>,
    /// So many calls out at a time.
    pub(crate) channel_limit: Option<u64>,
    /// The caller's number, whatever the browser says.
    pub(crate) ani_override: Option<String>,
    /// Whether a caller hears ringback at once.
    pub(crate) instant_ringback: bool,
    /// Whether `call.cost` is sent (`call_cost_in_webhooks`).
    pub(crate) cost: bool,
    /// Who may call this connection's SIP URIs.
    pub(crate) sip_uri_calling: SipUriCalling,
}

/// Who may call a connection's SIP URIs (`sip_uri_calling_preference`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SipUriCalling {
    Disabled,
    /// Connections of the same account.
    Internal,
    Unrestricted,
}

impl Resource for CredentialConnection {
    const RECORD_TYPE: &'static str = "credential_connection";
    const FIELDS: &'static [Field] = FIELDS;
    const FILTERS: &'static [Filter] = &[
        Filter::new("[connection_name][contains]", "connection_name", How::Contains),
        Filter::new(
            "[outbound_voice_profile_id]",
            "outbound.outbound_voice_profile_id",
            How::Equals,
        ),
        Filter::new(
            "[outbound.outbound_voice_profile_id]",
            "outbound.outbound_voice_profile_id",
            How::Equals,
        ),
        // A credential connection has no host name, so this finds none.
        Filter::new("[fqdn]", "fqdn", How::Equals),
    ];
    const SORTS: &'static [&'static str] = &["created_at", "connection_name", "active"];

    fn read(id: &str, fields: &Map<String, Value>) -> Self {
        let text = |path| field::text(fields, path).map(str::to_owned);
        Self {
            id: id.to_owned(),
            active: field::flag(fields, "active"),
            user_name: text("user_name").unwrap_or_default(),
            password: text("password").unwrap_or_default(),
            webhook: Webhook::read(fields),
            cost: field::flag(fields, "call_cost_in_webhooks"),
            parking: field::flag(fields, "outbound.call_parking_enabled"),
            profile_id: text("outbound.outbound_voice_profile_id"),
            channel_limit: field::whole(fields, "outbound.channel_limit"),
            ani_override: text("outbound.ani_override"),
            instant_ringback: field::flag(fields, "outbound.instant_ringback_enabled"),
            sip_uri_calling: match field::text(fields, "sip_uri_calling_preference") {
                Some("internal") => SipUriCalling::Internal,
                Some("unrestricted") => SipUriCalling::Unrestricted,
                Some(_) | None => SipUriCalling::Disabled,
            },
        }
    }

    fn all(account: &Account) -> &Collection<Self> {
        &account.connections
    }

    fn all_mut(account: &mut Account) -> &mut Collection<Self> {
        &mut account.connections
    }

    fn check(
        account: &Account,
        id: Option<&str>,
        fields: &Map<String, Value>,
    ) -> Result<(), ApiError> {
        known_profile(account, fields)?;
        let user_name = field::text(fields, "user_name").unwrap_or_default();
        let taken = account
            .connections
            .iter()
            .any(|other| Some(other.id.as_str()) != id && other.typed.user_name == user_name);
        if taken || account.credentials.has_user(user_name) {
            return Err(ApiError::Duplicate { field: "user_name".to_owned() });
        }
        Ok(())
    }
}

impl Webhook {
    /// Of a connection or an application, which spell it the same.
    pub(super) fn read(fields: &Map<String, Value>) -> Self {
        let url = |path| field::text(fields, path).map(str::to_owned);
        Self {
            url: url("webhook_event_url"),
            failover: url("webhook_event_failover_url"),
            // Telnyx, developer docs: 2000 ms unless the connection says otherwise.
            timeout: field::whole(fields, "webhook_timeout_secs")
                .filter(|seconds| *seconds > 0)
                .map_or(super::WEBHOOK_TIMEOUT, Duration::from_secs),
            api_version: match field::text(fields, "webhook_api_version") {
                Some("2") => super::ApiVersion::Two,
                Some(_) | None => super::ApiVersion::One,
            },
        }
    }
}

/// Where Telnyx lets media be anchored.
const SITES: &[&str] = &[
    "Latency",
    "Chicago, IL",
    "Ashburn, VA",
    "San Jose, CA",
    "Sydney, Australia",
    "Amsterdam, Netherlands",
    "London, UK",
    "Toronto, Canada",
    "Vancouver, Canada",
    "Frankfurt, Germany",
];

const INBOUND: &[Field] = &[
    field(
        "ani_number_format",
        Kind::Choice(&["+E.164", "E.164", "+E.164-national", "E.164-national"]),
        Fallback::Text("E.164-national"),
    ),
    field(
        "dnis_number_format",
        Kind::Choice(&["+e164", "e164", "national", "sip_username"]),
        Fallback::Text("e164"),
    ),
    field(
        "codecs",
        Kind::Texts,
        Fallback::Texts(&["G722", "G711U", "G711A", "G729", "OPUS", "H.264"]),
    ),
    field("default_routing_method", Kind::Choice(&["sequential", "round-robin"]), Fallback::Null),
    field("channel_limit", COUNT, Fallback::Null),
    field("generate_ringback_tone", Kind::Flag, Fallback::Flag(false)),
    field("isup_headers_enabled", Kind::Flag, Fallback::Flag(false)),
    field("prack_enabled", Kind::Flag, Fallback::Flag(false)),
    field("sip_compact_headers_enabled", Kind::Flag, Fallback::Flag(true)),
    field(
        "simultaneous_ringing",
        Kind::Choice(&["disabled", "enabled"]),
        Fallback::Text("disabled"),
    ),
    field("timeout_1xx_secs", Kind::Whole { min: 1, max: 120 }, Fallback::Whole(3)),
    field("timeout_2xx_secs", Kind::Whole { min: 1, max: 600 }, Fallback::Whole(90)),
    field("shaken_stir_enabled", Kind::Flag, Fallback::Flag(false)),
];

const OUTBOUND: &[Field] = &[
    field("call_parking_enabled", Kind::Flag, Fallback::Null),
    field("ani_override", ANY, Fallback::Text("")),
    field(
        "ani_override_type",
        Kind::Choice(&["always", "normal", "emergency"]),
        Fallback::Text("always"),
    ),
    field("channel_limit", COUNT, Fallback::Null),
    field("instant_ringback_enabled", Kind::Flag, Fallback::Flag(true)),
    field("generate_ringback_tone", Kind::Flag, Fallback::Flag(false)),
    field("localization", Kind::Text { min: 2, max: 2 }, Fallback::Text("US")),
    field(
        "t38_reinvite_source",
        Kind::Choice(&[
            "telnyx",
            "customer",
            "disabled",
            "passthru",
            "caller-passthru",
            "callee-passthru",
        ]),
        Fallback::Text("telnyx"),
    ),
    field("outbound_voice_profile_id", ANY, Fallback::Null),
];

const JITTER_BUFFER: &[Field] = &[
    field("enable_jitter_buffer", Kind::Flag, Fallback::Flag(false)),
    field("jitterbuffer_msec_max", Kind::Whole { min: 40, max: 400 }, Fallback::Whole(200)),
    field("jitterbuffer_msec_min", Kind::Whole { min: 40, max: 400 }, Fallback::Whole(60)),
];

const RTCP: &[Field] = &[
    field("port", Kind::Choice(&["rtcp-mux", "rtp+1"]), Fallback::Text("rtp+1")),
    field("capture_enabled", Kind::Flag, Fallback::Flag(false)),
    field("report_frequency_secs", COUNT, Fallback::Whole(5)),
];

const NOISE: &[Field] = &[
    field("attenuation_limit", Kind::Whole { min: 0, max: 100 }, Fallback::Null),
    field(
        "engine",
        Kind::Choice(&[
            "denoiser",
            "deep_filter_net",
            "deep_filter_net_large",
            "krisp_viva_tel",
            "krisp_viva_tel_lite",
            "krisp_viva_promodel",
            "krisp_viva_ss",
            "quail_voice_focus",
        ]),
        Fallback::Text("denoiser"),
    ),
];

/// Telnyx's `CreateCredentialConnectionRequest`.
const FIELDS: &[Field] = &[
    field("active", Kind::Flag, Fallback::Flag(true)),
    field("connection_name", ANY, Fallback::Required),
    field("user_name", Kind::Alphanumeric { min: 4, max: 32 }, Fallback::Required),
    field("password", Kind::Text { min: 8, max: 128 }, Fallback::Required),
    field("anchorsite_override", Kind::Choice(SITES), Fallback::Text("Latency")),
    field("android_push_credential_id", ANY, Fallback::Null),
    field("ios_push_credential_id", ANY, Fallback::Null),
    field("call_cost_in_webhooks", Kind::Flag, Fallback::Flag(false)),
    field("conversation_persistence", Kind::Flag, Fallback::Flag(false)),
    field("default_on_hold_comfort_noise_enabled", Kind::Flag, Fallback::Flag(false)),
    field(
        "dtmf_type",
        Kind::Choice(&["RFC 2833", "Inband", "SIP INFO"]),
        Fallback::Text("RFC 2833"),
    ),
    field("encode_contact_header_enabled", Kind::Flag, Fallback::Flag(false)),
    field("encrypted_media", Kind::Choice(&["SRTP"]), Fallback::Null),
    nested("inbound", INBOUND),
    nested("outbound", OUTBOUND),
    nested("jitter_buffer", JITTER_BUFFER),
    field(
        "noise_suppression",
        Kind::Choice(&["inbound", "outbound", "both", "disabled"]),
        Fallback::Text("disabled"),
    ),
    nested("noise_suppression_details", NOISE),
    field("onnet_t38_passthrough_enabled", Kind::Flag, Fallback::Flag(false)),
    nested("rtcp_settings", RTCP),
    field(
        "sip_uri_calling_preference",
        Kind::Choice(&["disabled", "unrestricted", "internal"]),
        Fallback::Text("disabled"),
    ),
    field("tags", Kind::Texts, Fallback::Texts(&[])),
    field("webhook_api_version", Kind::Choice(&["1", "2", "texml"]), Fallback::Text("1")),
    field("webhook_event_url", Kind::Url, Fallback::Null),
    field("webhook_event_failover_url", Kind::Url, Fallback::Null),
    field("webhook_timeout_secs", Kind::Whole { min: 0, max: 30 }, Fallback::Null),
];
