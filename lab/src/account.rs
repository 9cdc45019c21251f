//! What the account at Telnyx owns: connections, applications, profiles, numbers, credentials. Data only; time is an
//! argument.
//!
//! [`resource`] has what all kinds of resource share, `field` checks what may be set, and a file each has the kinds.

pub(crate) mod application;
pub(crate) mod connection;
pub(crate) mod credentials;
pub(crate) mod field;
pub(crate) mod number;
pub(crate) mod profile;
pub(crate) mod resource;
pub(crate) mod seeded;
#[cfg(test)]
mod tests;
pub(crate) mod token;

use std::time::Duration;

use serde_json::{Map, Value};

pub(crate) use application::Application;
pub(crate) use connection::CredentialConnection;
pub(crate) use credentials::{Credential, Credentials, LoginRefused};
pub(crate) use number::PhoneNumber;
pub(crate) use profile::OutboundVoiceProfile;
pub(crate) use resource::{Collection, Resource};
pub(crate) use seeded::{application_id, connection_id};

use crate::clock::Moment;
use crate::exchange::io::Destination;
use crate::rest::error::ApiError;
use crate::seed::Seed;

/// How long a webhook's receiver may take unless its connection says otherwise (developer docs: 2000 ms).
pub(crate) const WEBHOOK_TIMEOUT: Duration = Duration::from_secs(2);

/// Where a connection's or an application's webhooks go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Webhook {
    /// Without one none are sent.
    pub(crate) url: Option<String>,
    /// Tried when `url` does not take them.
    pub(crate) failover: Option<String>,
    /// How long the receiver may take.
    pub(crate) timeout: Duration,
    pub(crate) api_version: ApiVersion,
}

impl Webhook {
    /// As an event carries it. A connection left at version 1, Telnyx's default, has no address: what it would be sent
    /// there is not what its server waits for.
    pub(crate) fn destination(&self) -> Destination {
        let (url, failover) = match self.api_version {
            ApiVersion::One => (None, None),
            ApiVersion::Two => (self.url.clone(), self.failover.clone()),
        };
        Destination { url, failover, timeout: self.timeout, retries: None }
    }
}

/// Which envelope webhooks have. The lab writes the second one only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ApiVersion {
    /// Telnyx's default, whose events have other names; also `TeXML`.
    One,
    Two,
}

/// Everything the account owns.
#[derive(Debug)]
pub(crate) struct Account {
    seed: Seed,
    pub(crate) credentials: Credentials,
    connections: Collection<CredentialConnection>,
    applications: Collection<Application>,
    profiles: Collection<OutboundVoiceProfile>,
    numbers: Collection<PhoneNumber>,
    /// As it was at the start, for [`Account::reset`].
    webhook: String,
    opened_at: Moment,
}

impl Account {
    /// The credential connection with this id.
    pub(crate) fn connection(&self, id: &str) -> Option<&CredentialConnection> {
        self.connections.get(id).map(|stored| &stored.typed)
    }

    /// The Call Control application with this id.
    pub(crate) fn application(&self, id: &str) -> Option<&Application> {
        self.applications.get(id).map(|stored| &stored.typed)
    }

    /// The outbound voice profile with this id.
    pub(crate) fn profile(&self, id: &str) -> Option<&OutboundVoiceProfile> {
        self.profiles.get(id).map(|stored| &stored.typed)
    }

    /// The account's phone number that is written so, in +E.164.
    pub(crate) fn number(&self, number: &str) -> Option<&PhoneNumber> {
        self.numbers.iter().map(|stored| &stored.typed).find(|own| own.number == number)
    }

    /// The connection a SIP user name belongs to, be it a telephony credential's or a connection's own.
    pub(crate) fn connection_of_user(&self, sip_username: &str) -> Option<&CredentialConnection> {
        match self.credentials.of_user(sip_username) {
            Some(credential) => self.connection(&credential.connection_id),
            None => self
                .connections
                .iter()
                .map(|stored| &stored.typed)
                .find(|connection| connection.user_name == sip_username),
        }
    }

    /// Who signs in with this token: a SIP user name.
    pub(crate) fn by_token(&self, token: &str, now: Moment) -> Result<String, LoginRefused> {
        self.admitted(self.credentials.by_token(token, now)?)
    }

    /// Who signs in with this SIP user name and password, a telephony credential's or a connection's own.
    pub(crate) fn by_password(
        &self,
        user: &str,
        password: &str,
        now: Moment,
    ) -> Result<String, LoginRefused> {
        let own = |connection: &CredentialConnection| {
            connection.user_name == user && connection.password == password
        };
        if self.connections.iter().any(|stored| own(&stored.typed)) {
            return self.admitted(user.to_owned());
        }
        self.admitted(self.credentials.by_password(user, password, now)?)
    }

    /// A user of a connection that is switched off, or gone, is nobody.
    fn admitted(&self, user: String) -> Result<String, LoginRefused> {
        match self.connection_of_user(&user) {
            Some(connection) if connection.active => Ok(user),
            Some(_) | None => Err(LoginRefused::Unknown),
        }
    }

    /// The SIP user names of a connection: its own first, then its credentials'.
    pub(crate) fn users_of<'a>(&'a self, connection: &'a CredentialConnection) -> Vec<&'a str> {
        let credentials = self.credentials.all().iter();
        let of_it = credentials.filter(|credential| credential.connection_id == connection.id);
        std::iter::once(connection.user_name.as_str())
            .chain(of_it.map(|credential| credential.sip_username.as_str()))
            .collect()
    }

    /// Makes a resource out of a request's body. Returns its id.
    pub(crate) fn create<T: Resource>(
        &mut self,
        body: &Value,
        now: Moment,
    ) -> Result<String, ApiError> {
        let fields = field::filled(T::FIELDS, body)?;
        T::check(self, None, &fields)?;
        let number = T::all_mut(self).next_number();
        let id = self.seed.digits(&format!("{} {number}", T::RECORD_TYPE));
        T::all_mut(self).keep(id.clone(), fields, now);
        Ok(id)
    }

    /// Changes what a request's body names.
    pub(crate) fn change<T: Resource>(
        &mut self,
        id: &str,
        body: &Value,
        now: Moment,
    ) -> Result<(), ApiError> {
        let stored = T::all(self).get(id).ok_or(ApiError::NotFound)?;
        let fields = field::merged(T::FIELDS, &stored.fields, body)?;
        T::check(self, Some(id), &fields)?;
        T::all_mut(self).change(id, fields, now);
        Ok(())
    }

    /// Changes what a request's body names of a phone number's voice settings.
    pub(crate) fn change_voice(
        &mut self,
        id: &str,
        body: &Value,
        now: Moment,
    ) -> Result<(), ApiError> {
        let mut fields = self.numbers.get(id).ok_or(ApiError::NotFound)?.fields.clone();
        let before = fields.get("voice").and_then(Value::as_object).cloned().unwrap_or_default();
        let voice = field::merged(number::VOICE, &before, body)?;
        fields.insert("voice".to_owned(), Value::Object(voice));
        self.numbers.change(id, fields, now);
        Ok(())
    }

    /// Deletes a connection, with its credentials; its numbers belong to none from then on.
    pub(crate) fn delete_connection(&mut self, id: &str, now: Moment) -> Result<(), ApiError> {
        self.connections.remove(id).ok_or(ApiError::NotFound)?;
        self.credentials.delete_of(id);
        self.release_numbers(id, now);
        Ok(())
    }

    /// Deletes an application; its numbers belong to none from then on.
    pub(crate) fn delete_application(&mut self, id: &str, now: Moment) -> Result<(), ApiError> {
        self.applications.remove(id).ok_or(ApiError::NotFound)?;
        self.release_numbers(id, now);
        Ok(())
    }

    /// Deletes a profile that nothing uses.
    pub(crate) fn delete_profile(&mut self, id: &str) -> Result<(), ApiError> {
        self.profile(id).ok_or(ApiError::NotFound)?;
        if self.users_of_profile(id) > 0 {
            return Err(ApiError::InUse);
        }
        self.profiles.remove(id);
        Ok(())
    }

    /// How many connections and applications call out by this profile.
    pub(crate) fn users_of_profile(&self, id: &str) -> usize {
        let uses = |profile: &Option<String>| profile.as_deref() == Some(id);
        self.connections.iter().filter(|stored| uses(&stored.typed.profile_id)).count()
            + self.applications.iter().filter(|stored| uses(&stored.typed.profile_id)).count()
    }

    /// The name of a connection or of an application.
    pub(crate) fn connection_name(&self, id: &str) -> Option<&str> {
        let connection = self.connections.get(id).map(|stored| (&stored.fields, "connection_name"));
        let application =
            || self.applications.get(id).map(|stored| (&stored.fields, "application_name"));
        connection.or_else(application).and_then(|(fields, name)| field::text(fields, name))
    }

    fn release_numbers(&mut self, connection: &str, now: Moment) {
        let theirs: Vec<(String, Map<String, Value>)> = self
            .numbers
            .iter()
            .filter(|stored| stored.typed.connection_id.as_deref() == Some(connection))
            .map(|stored| (stored.id.clone(), stored.fields.clone()))
            .collect();
        for (id, mut fields) in theirs {
            fields.insert("connection_id".to_owned(), Value::Null);
            self.numbers.change(&id, fields, now);
        }
    }
}

/// Refuses an outbound voice profile that is not there.
fn known_profile(account: &Account, fields: &Map<String, Value>) -> Result<(), ApiError> {
    let path = "outbound.outbound_voice_profile_id";
    match field::text(fields, path) {
        Some(id) if account.profile(id).is_none() => {
            Err(ApiError::NoAssociate { field: path.to_owned() })
        }
        Some(_) | None => Ok(()),
    }
}
