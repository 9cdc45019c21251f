//! A stand-in for the account until it has REST of its own: one connection, one application, one profile.

use std::time::Duration;

use super::io::{Channels, Format};
use crate::seed::Seed;

#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) connection: CredentialConnection,
    pub(crate) application: Application,
    pub(crate) profile: OutboundVoiceProfile,
}

#[derive(Debug, Clone)]
pub(crate) struct CredentialConnection {
    pub(crate) id: String,
    pub(crate) webhook: Webhook,
    pub(crate) parking: bool,
    pub(crate) profile_id: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Application {
    pub(crate) id: String,
    pub(crate) webhook: Webhook,
    pub(crate) profile_id: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Webhook {
    pub(crate) url: Option<String>,
    pub(crate) failover: Option<String>,
    pub(crate) timeout: Duration,
}

#[derive(Debug, Clone)]
pub(crate) struct OutboundVoiceProfile {
    pub(crate) id: String,
    pub(crate) recording: RecordingPolicy,
}

#[derive(Debug, Clone)]
pub(crate) struct RecordingPolicy {
    pub(crate) channels: Channels,
    pub(crate) format: Format,
}

impl RecordingPolicy {
    pub(crate) fn covers(&self, _caller: &str) -> bool {
        true
    }
}

impl Account {
    pub(crate) fn new(seed: Seed, url: &str) -> Self {
        let webhook =
            Webhook { url: Some(url.to_owned()), failover: None, timeout: Duration::from_secs(2) };
        let profile = OutboundVoiceProfile {
            id: seed.digits("outbound voice profile"),
            recording: RecordingPolicy { channels: Channels::Dual, format: Format::Wav },
        };
        Self {
            connection: CredentialConnection {
                id: seed.digits("credential connection"),
                webhook: webhook.clone(),
                parking: false,
                profile_id: Some(profile.id.clone()),
            },
            application: Application {
                id: seed.digits("call control application"),
                webhook,
                profile_id: Some(profile.id.clone()),
            },
            profile,
        }
    }

    pub(crate) fn connection(&self, id: &str) -> Option<&CredentialConnection> {
        Some(&self.connection).filter(|connection| connection.id == id)
    }

    pub(crate) fn application(&self, id: &str) -> Option<&Application> {
        Some(&self.application).filter(|application| application.id == id)
    }

    pub(crate) fn profile(&self, id: &str) -> Option<&OutboundVoiceProfile> {
        Some(&self.profile).filter(|profile| profile.id == id)
    }

    pub(crate) fn connection_of_user(&self, _user: &str) -> Option<&CredentialConnection> {
        Some(&self.connection)
    }
}
