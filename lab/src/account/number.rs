//! The account's phone numbers: what it may call from, and where calls to it go.

use serde_json::{Map, Value, json};

use super::Account;
use super::field::{self, ANY, Fallback, Field, Kind, field, nested};
use super::resource::{Collection, Filter, How, Resource};
use crate::rest::error::ApiError;

/// What is read here of a phone number (Telnyx: `PhoneNumberDetailed` and `PhoneNumberWithVoiceSettings`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PhoneNumber {
    pub(crate) id: String,
    /// In +E.164.
    pub(crate) number: String,
    /// The connection or application that calls to it reach.
    pub(crate) connection_id: Option<String>,
}

impl Resource for PhoneNumber {
    const RECORD_TYPE: &'static str = "phone_number";
    const FIELDS: &'static [Field] = FIELDS;
    const FILTERS: &'static [Filter] = &[
        Filter::new("[phone_number]", "phone_number", How::Contains),
        Filter::new("[connection_id]", "connection_id", How::Equals),
        Filter::new("[status]", "status", How::Equals),
        Filter::new("[tag]", "tags", How::Holds),
        Filter::new("[customer_reference]", "customer_reference", How::Equals),
        Filter::new("[billing_group_id]", "billing_group_id", How::Equals),
        Filter::new("[emergency_address_id]", "emergency_address_id", How::Equals),
        Filter::new("[country_iso_alpha2]", "country_iso_alpha2", How::Equals),
        Filter::new("[number_type][eq]", "phone_number_type", How::Equals),
        Filter::new("[voice.connection_name][contains]", "connection_name", How::Contains),
        Filter::new("[voice.connection_name][starts_with]", "connection_name", How::StartsWith),
        Filter::new("[voice.connection_name][ends_with]", "connection_name", How::EndsWith),
        Filter::new("[voice.connection_name][eq]", "connection_name", How::Equals),
        Filter::new("[connection_name][contains]", "connection_name", How::Contains),
    ];
    const SORTS: &'static [&'static str] = &["purchased_at", "phone_number", "connection_name"];

    fn read(id: &str, fields: &Map<String, Value>) -> Self {
        let text = |path| field::text(fields, path).map(str::to_owned);
        Self {
            id: id.to_owned(),
            number: text("phone_number").unwrap_or_default(),
            connection_id: text("connection_id"),
        }
    }

    fn all(account: &Account) -> &Collection<Self> {
        &account.numbers
    }

    fn all_mut(account: &mut Account) -> &mut Collection<Self> {
        &mut account.numbers
    }

    fn check(
        account: &Account,
        _id: Option<&str>,
        fields: &Map<String, Value>,
    ) -> Result<(), ApiError> {
        match field::text(fields, "connection_id") {
            Some(id) if account.connection_name(id).is_none() => {
                Err(ApiError::NoAssociate { field: "connection_id".to_owned() })
            }
            Some(_) | None => Ok(()),
        }
    }

    fn add_shown(account: &Account, _id: &str, shown: &mut Map<String, Value>) {
        let connection =
            field::text(shown, "connection_id").and_then(|id| account.connection_name(id));
        let voice = shown.remove("voice").unwrap_or_default();
        shown.remove("address_id");
        let created = shown.get("created_at").cloned().unwrap_or_default();
        let settled = json!({
            "connection_name": connection,
            "call_forwarding_enabled": voice["call_forwarding"]["call_forwarding_enabled"],
            "call_recording_enabled": voice["call_recording"]["inbound_call_recording_enabled"],
            "caller_id_name_enabled": voice["caller_id_name_enabled"],
            "cnam_listing_enabled": voice["cnam_listing"]["cnam_listing_enabled"],
            "country_iso_alpha2": "US",
            "deletion_lock_enabled": false,
            "emergency_address_id": null,
            "emergency_enabled": false,
            "emergency_status": "disabled",
            "inbound_call_screening": voice["inbound_call_screening"],
            "messaging_profile_id": null,
            "messaging_profile_name": null,
            "phone_number_type": "local",
            "purchased_at": created,
            "activated_at": created,
            "source_type": "number_order",
            "status": "active",
            "t38_fax_gateway_enabled": voice["media_features"]["t38_fax_gateway_enabled"],
        });
        if let Value::Object(settled) = settled {
            shown.extend(settled);
        }
    }
}

impl PhoneNumber {
    /// What may be changed by `PATCH /phone_numbers/{id}`.
    pub(crate) const CHANGEABLE: &'static [&'static str] = &[
        "address_id",
        "billing_group_id",
        "connection_id",
        "customer_reference",
        "external_pin",
        "hd_voice_enabled",
        "tags",
    ];
}

/// The number's voice settings as `/phone_numbers/{id}/voice` shows them.
pub(crate) fn voice(id: &str, fields: &Map<String, Value>) -> Value {
    let mut shown = fields.get("voice").and_then(Value::as_object).cloned().unwrap_or_default();
    shown.insert("record_type".to_owned(), json!("voice_settings"));
    shown.insert("id".to_owned(), json!(id));
    for name in ["phone_number", "connection_id", "customer_reference"] {
        shown.insert(name.to_owned(), fields.get(name).cloned().unwrap_or_default());
    }
    shown.insert(
        "emergency".to_owned(),
        json!({ "emergency_enabled": false, "emergency_address_id": null, "emergency_status": "disabled" }),
    );
    Value::Object(shown)
}

/// Telnyx's `UpdateVoiceSettings`.
pub(super) const VOICE: &[Field] = &[
    field("tech_prefix_enabled", Kind::Flag, Fallback::Flag(false)),
    field("translated_number", ANY, Fallback::Text("")),
    field("caller_id_name_enabled", Kind::Flag, Fallback::Flag(false)),
    nested(
        "call_forwarding",
        &[
            field("call_forwarding_enabled", Kind::Flag, Fallback::Flag(false)),
            field("forwards_to", ANY, Fallback::Text("")),
            field("forwarding_type", Kind::Choice(&["always", "on-failure"]), Fallback::Null),
        ],
    ),
    nested(
        "cnam_listing",
        &[
            field("cnam_listing_enabled", Kind::Flag, Fallback::Flag(false)),
            field("cnam_listing_details", Kind::Text { min: 0, max: 15 }, Fallback::Text("")),
        ],
    ),
    field(
        "usage_payment_method",
        Kind::Choice(&["pay-per-minute", "channel"]),
        Fallback::Text("pay-per-minute"),
    ),
    nested(
        "media_features",
        &[
            field("rtp_auto_adjust_enabled", Kind::Flag, Fallback::Flag(true)),
            field("accept_any_rtp_packets_enabled", Kind::Flag, Fallback::Flag(false)),
            field("t38_fax_gateway_enabled", Kind::Flag, Fallback::Flag(false)),
        ],
    ),
    nested(
        "call_recording",
        &[
            field("inbound_call_recording_enabled", Kind::Flag, Fallback::Flag(false)),
            field(
                "inbound_call_recording_format",
                Kind::Choice(&["wav", "mp3"]),
                Fallback::Text("wav"),
            ),
            field(
                "inbound_call_recording_channels",
                Kind::Choice(&["single", "dual"]),
                Fallback::Text("single"),
            ),
        ],
    ),
    field(
        "inbound_call_screening",
        Kind::Choice(&["disabled", "reject_calls", "flag_calls"]),
        Fallback::Text("disabled"),
    ),
];

/// What Telnyx's `UpdatePhoneNumberRequest` can change, and the number itself.
const FIELDS: &[Field] = &[
    field("phone_number", ANY, Fallback::Required),
    field("connection_id", ANY, Fallback::Null),
    field("address_id", ANY, Fallback::Null),
    field("billing_group_id", ANY, Fallback::Null),
    field("customer_reference", ANY, Fallback::Null),
    field("external_pin", ANY, Fallback::Null),
    field("hd_voice_enabled", Kind::Flag, Fallback::Flag(false)),
    field("tags", Kind::Texts, Fallback::Texts(&[])),
    nested("voice", VOICE),
];
