//! What a fresh account has, so that there is something to call with.

use serde_json::{Value, json};

use super::resource::{Collection, Resource};
use super::{Account, Credentials, field};
use crate::clock::Moment;
use crate::seed::Seed;

/// The account's phone numbers, from the range reserved for fiction.
const NUMBERS: [&str; 3] = ["+12025550142", "+12025550143", "+12025550144"];

/// The id of the credential connection that is there from the start.
pub(crate) fn connection_id(seed: Seed) -> String {
    seed.digits("credential connection")
}

/// The id of the Call Control application that is there from the start.
pub(crate) fn application_id(seed: Seed) -> String {
    seed.digits("call control application")
}

/// The id of the outbound voice profile that is there from the start.
pub(crate) fn profile_id(seed: Seed) -> String {
    seed.digits("outbound voice profile")
}

impl Account {
    /// An account with one of each, whose webhooks go to `webhook`.
    pub(crate) fn new(seed: Seed, webhook: &str, now: Moment) -> Self {
        let mut account = Self {
            seed,
            credentials: Credentials::new(seed),
            connections: Collection::new(),
            applications: Collection::new(),
            profiles: Collection::new(),
            numbers: Collection::new(),
            webhook: webhook.to_owned(),
            opened_at: now,
        };
        account.furnish();
        account
    }

    /// Puts everything back to the start, except credentials, which pages and servers hold on to. Those of connections
    /// made since go with them.
    pub(crate) fn reset(&mut self) {
        self.connections = Collection::new();
        self.applications = Collection::new();
        self.profiles = Collection::new();
        self.numbers = Collection::new();
        self.furnish();
        let seeded = connection_id(self.seed);
        self.credentials.keep_only(&seeded);
    }

    fn furnish(&mut self) {
        let (seed, webhook) = (self.seed, self.webhook.clone());
        let outbound = json!({ "outbound_voice_profile_id": profile_id(seed) });
        self.place::<super::OutboundVoiceProfile>(
            profile_id(seed),
            &json!({
                "name": "Tono lab",
                "call_recording": {
                    "call_recording_type": "all",
                    "call_recording_channels": "dual",
                    "call_recording_format": "wav",
                },
            }),
        );
        let password: String = seed.word(&["connection password"]);
        self.place::<super::CredentialConnection>(
            connection_id(seed),
            &json!({
                "connection_name": "Tono lab",
                "user_name": "tonolab",
                "password": password.chars().filter(char::is_ascii_alphanumeric).take(24).collect::<String>(),
                "webhook_event_url": webhook,
                "webhook_api_version": "2",
                // So that agents can call each other, and REST can call them.
                "sip_uri_calling_preference": "internal",
                "outbound": outbound,
            }),
        );
        self.place::<super::Application>(
            application_id(seed),
            &json!({
                "application_name": "Tono lab",
                "webhook_event_url": webhook,
                "webhook_api_version": "2",
                "outbound": outbound,
            }),
        );
        for number in NUMBERS {
            self.place::<super::PhoneNumber>(
                seed.digits(number),
                &json!({ "phone_number": number, "connection_id": connection_id(seed) }),
            );
        }
    }

    fn place<T: Resource>(&mut self, id: String, body: &Value) {
        let now = self.opened_at;
        match field::filled(T::FIELDS, body) {
            Ok(fields) => T::all_mut(self).keep(id, fields, now),
            // The tests read every one of them.
            Err(error) => tracing::error!(%error, kind = T::RECORD_TYPE, "not furnished"),
        }
    }
}
