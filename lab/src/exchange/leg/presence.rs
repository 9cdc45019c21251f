//! How a leg appears to Telnyx's customer: its ids, its connection, its headers.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::super::io::Destination;
use crate::account::{Application, CredentialConnection};
use crate::seed::Seed;

/// Telnyx's ids of a leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ids {
    pub(crate) control: String,
    pub(crate) session: String,
    pub(crate) leg: String,
}

impl Ids {
    /// The ids of a leg that the lab names `key`. Unless an SDK chose the key, it is the leg's id itself.
    pub(crate) fn of(key: &str, made_by_sdk: bool, seed: Seed) -> Self {
        Self {
            control: format!("v3:{}", seed.word(&["call control", key])),
            session: seed.uuid(&["call session", key]),
            leg: if made_by_sdk { seed.uuid(&["call leg", key]) } else { key.to_owned() },
        }
    }
}

/// Whether Telnyx's customer sees a leg: in webhooks, and through REST.
#[derive(Debug, Clone)]
pub(crate) enum Presence {
    /// Telnyx's own trunk to a far end: no webhooks, no REST.
    Trunk,
    Announced(Announced),
}

/// How a leg appears to the customer.
#[derive(Debug, Clone)]
pub(crate) struct Announced {
    pub(crate) connection: String,
    pub(crate) control: Control,
    pub(crate) to: Destination,
    /// Where events of some types go instead (`webhook_urls`).
    pub(crate) urls: BTreeMap<String, String>,
    /// When events of some types are tried again (`webhook_retries_policies`).
    pub(crate) retries: BTreeMap<String, Vec<Duration>>,
    /// Whether its connection wants `call.cost`.
    pub(crate) cost: bool,
}

impl Announced {
    /// A leg of a credential connection.
    pub(crate) fn of_connection(connection: &CredentialConnection, control: Control) -> Self {
        Self {
            connection: connection.id.clone(),
            control,
            to: connection.webhook.destination(),
            urls: BTreeMap::new(),
            retries: BTreeMap::new(),
            cost: connection.cost,
        }
    }

    /// A leg of a Call Control application.
    pub(crate) fn of_application(application: &Application) -> Self {
        Self {
            connection: application.id.clone(),
            control: Control::Rest,
            to: application.webhook.destination(),
            urls: BTreeMap::new(),
            retries: BTreeMap::new(),
            cost: application.cost,
        }
    }
}

/// Who commands a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Control {
    /// Nobody but its end: a call through the credential connection that was not parked.
    Connection,
    /// REST: it was parked, or dialled by REST.
    Rest,
}

/// `direction` in webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Outgoing,
    Incoming,
}

impl Direction {
    /// Telnyx's word.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Outgoing => "outgoing",
            Self::Incoming => "incoming",
        }
    }
}

/// The headers of the leg's INVITE, each list as `[{name, value}]`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Headers {
    /// As the SDK or REST gave them.
    pub(crate) given: Value,
    /// `custom_headers` and `sip_headers` of webhooks.
    pub(crate) custom: Value,
    pub(crate) sip: Value,
}

impl Headers {
    /// No headers at all.
    pub(crate) fn none() -> Self {
        let none = || Value::Array(Vec::new());
        Self { given: none(), custom: none(), sip: none() }
    }

    /// Headers that a REST command gave.
    pub(crate) fn of_command(custom: Value, sip: Value) -> Self {
        Self { given: custom.clone(), custom, sip }
    }
}
