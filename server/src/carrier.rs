//! Telnyx's REST API, as much of it as we use. Its words stop here.

mod commands;
mod link;
mod numbers;
mod recordings;

use std::time::Duration;

use call::time::Millis;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url};
use serde::Deserialize;
use serde_json::json;

pub(crate) use commands::Dial;
pub(crate) use link::{Link, LinkError};
pub(crate) use recordings::Links;

use crate::config::{Config, Secret};

/// The longest word of Telnyx's that an error repeats.
const LONGEST_QUOTE: usize = 200;

/// A client of one account.
pub(crate) struct Carrier {
    /// Sends the API key; never used for a link.
    api: Client,
    /// Follows no redirects and knows no key.
    plain: Client,
    base: Url,
    key: Secret,
    demo: bool,
}

/// What Telnyx did not do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CarrierError {
    /// No answer came, or none that is an answer.
    #[error("Telnyx cannot be reached: {0}")]
    Unreachable(String),
    /// It answered no.
    #[error("Telnyx refused: {status} {code} {title}")]
    Refused {
        status: u16,
        /// Telnyx's error code, `90018`; empty where none came.
        code: String,
        title: String,
    },
    /// It answered something else than its documents say.
    #[error("Telnyx's answer cannot be read: {0}")]
    Undecodable(String),
}

impl CarrierError {
    /// Whether what was asked for does not exist there.
    pub(crate) const fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }

    /// Whether the leg a command is for is over. The id came from Telnyx: what it no longer finds is over, too.
    pub(crate) fn is_over(&self) -> bool {
        self.is_not_found() || matches!(self, Self::Refused { code, .. } if code == "90018")
    }
}

/// What Telnyx said to a hang-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HungUp {
    /// It takes the command.
    Taken,
    /// The call was over.
    Over,
    /// It takes no command for this leg.
    NotTaken,
}

/// `{"data": …}`, around everything Telnyx answers.
#[derive(Deserialize)]
struct Envelope<T> {
    data: T,
}

#[derive(Deserialize)]
struct Errors {
    errors: Vec<ErrorItem>,
}

#[derive(Deserialize)]
struct ErrorItem {
    code: String,
    title: String,
}

/// A telephony credential (schema `TelephonyCredential`).
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Credential {
    pub(crate) id: String,
    /// The SIP user that calls to it name.
    pub(crate) sip_username: String,
}

/// Whether Telnyx still has a call (schema `Call`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alive {
    /// It goes on.
    Yes,
    /// It is over, since this moment if Telnyx says so.
    No(Option<Millis>),
}

#[derive(Deserialize)]
struct Status {
    is_alive: bool,
    #[serde(default)]
    end_time: Option<String>,
}

#[derive(Deserialize)]
struct CommandResult {
    result: String,
}

impl Carrier {
    /// A client for the account the settings name.
    pub(crate) fn new(config: &Config) -> Result<Self, reqwest::Error> {
        let patient = || {
            Client::builder()
                .connect_timeout(Duration::from_secs(5))
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy_for_loopback(config.is_demo())
        };
        Ok(Self {
            api: patient().timeout(Duration::from_secs(10)).build()?,
            plain: patient().read_timeout(Duration::from_secs(30)).build()?,
            base: config.telnyx_api.clone(),
            key: Secret(config.telnyx_key.0.clone()),
            demo: config.is_demo(),
        })
    }

    /// Makes a telephony credential on the connection.
    pub(crate) async fn create_credential(
        &self,
        connection_id: &str,
        name: &str,
    ) -> Result<Credential, CarrierError> {
        let request = self
            .request(Method::POST, &["telephony_credentials"])
            .json(&json!({ "connection_id": connection_id, "name": name }));
        let answer = accepted(send(request).await?).await?;
        data(answer).await
    }

    /// The telephony credential of this id.
    pub(crate) async fn credential(&self, id: &str) -> Result<Credential, CarrierError> {
        let request = self.request(Method::GET, &["telephony_credentials", id]);
        data(accepted(send(request).await?).await?).await
    }

    /// Deletes a telephony credential: whoever is registered with it is signed out. One that is gone is as good.
    pub(crate) async fn delete_credential(&self, id: &str) -> Result<(), CarrierError> {
        let request = self.request(Method::DELETE, &["telephony_credentials", id]);
        match accepted(send(request).await?).await {
            Err(error) if !error.is_not_found() => Err(error),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// A short-lived JWT for the SDK. Telnyx sends it as bare text.
    pub(crate) async fn token(&self, credential_id: &str) -> Result<String, CarrierError> {
        let request = self
            .request(Method::POST, &["telephony_credentials", credential_id, "token"])
            .header(reqwest::header::ACCEPT, "text/plain");
        let answer = accepted(send(request).await?).await?;
        let token = answer.text().await.map_err(unreachable)?;
        let token = token.trim();
        // An HTML page from something in between would otherwise become a "token".
        if token.is_empty() || token.contains(|c: char| c.is_whitespace() || c == '<' || c == '{') {
            return Err(CarrierError::Undecodable("the token is no bare word".to_owned()));
        }
        Ok(token.to_owned())
    }

    /// Hangs up a leg. `command_id` makes a repetition harmless.
    pub(crate) async fn hang_up(
        &self,
        call_control_id: &str,
        command_id: &str,
    ) -> Result<HungUp, CarrierError> {
        let ask = || {
            let request = self
                .request(Method::POST, &["calls", call_control_id, "actions", "hangup"])
                .json(&json!({ "command_id": command_id }));
            async move { accepted(send(request).await?).await }
        };
        let answer = match ask().await {
            // Telnyx's advice for commands: repeat at once, under the same id.
            Err(CarrierError::Unreachable(_)) => ask().await,
            other => other,
        };
        match answer {
            Ok(answer) => match data::<CommandResult>(answer).await?.result.as_str() {
                "ok" => Ok(HungUp::Taken),
                other => {
                    Err(CarrierError::Undecodable(format!("to a hang-up it said {}", quote(other))))
                }
            },
            Err(error) if error.is_over() => Ok(HungUp::Over),
            Err(error @ CarrierError::Refused { .. }) => {
                tracing::warn!("hang-up: {error}");
                Ok(HungUp::NotTaken)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether a leg still exists.
    pub(crate) async fn is_alive(&self, call_control_id: &str) -> Result<Alive, CarrierError> {
        let request = self.request(Method::GET, &["calls", call_control_id]);
        let status = match accepted(send(request).await?).await {
            Ok(answer) => data::<Status>(answer).await?,
            Err(error) if error.is_not_found() => return Ok(Alive::No(None)),
            Err(error) => return Err(error),
        };
        Ok(if status.is_alive { Alive::Yes } else { Alive::No(status.ended_at()) })
    }

    fn request(&self, method: Method, path: &[&str]) -> RequestBuilder {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        self.api.request(method, url).bearer_auth(&self.key.0)
    }
}

impl Status {
    fn ended_at(&self) -> Option<Millis> {
        let moment: jiff::Timestamp = self.end_time.as_deref()?.parse().ok()?;
        u64::try_from(moment.as_millisecond()).ok().map(Millis)
    }
}

/// Where a proxy is set in the environment, a stand-in on this machine is still asked directly.
trait NoProxyForLoopback {
    fn no_proxy_for_loopback(self, demo: bool) -> Self;
}

impl NoProxyForLoopback for reqwest::ClientBuilder {
    fn no_proxy_for_loopback(self, demo: bool) -> Self {
        if demo { self.no_proxy() } else { self }
    }
}

async fn send(request: RequestBuilder) -> Result<Response, CarrierError> {
    request.send().await.map_err(unreachable)
}

/// The answer, if it is a yes.
async fn accepted(answer: Response) -> Result<Response, CarrierError> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    if status.is_server_error() {
        return Err(CarrierError::Unreachable(format!("it answered {status}")));
    }
    let body = answer.bytes().await.map_err(unreachable)?;
    Err(refused(status, &body))
}

/// What an error's body says; a body that is none of Telnyx's still leaves the status.
fn refused(status: StatusCode, body: &[u8]) -> CarrierError {
    let first =
        serde_json::from_slice::<Errors>(body).ok().and_then(|body| body.errors.into_iter().next());
    let (code, title) =
        first.map_or_else(Default::default, |error| (quote(&error.code), quote(&error.title)));
    CarrierError::Refused { status: status.as_u16(), code, title }
}

async fn data<T: serde::de::DeserializeOwned>(answer: Response) -> Result<T, CarrierError> {
    let body = answer.bytes().await.map_err(unreachable)?;
    decode(&body)
}

fn decode<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, CarrierError> {
    serde_json::from_slice::<Envelope<T>>(body)
        .map(|envelope| envelope.data)
        .map_err(|error| CarrierError::Undecodable(error.to_string()))
}

fn quote(text: &str) -> String {
    text.chars().take(LONGEST_QUOTE).collect()
}

/// The address is left out: a link carries its own signature.
pub(crate) fn unreachable(error: reqwest::Error) -> CarrierError {
    use std::error::Error as _;
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(why) = cause {
        text = format!("{text}: {why}");
        cause = why.source();
    }
    CarrierError::Unreachable(text)
}

/// Whether a sample of what Telnyx sends is understood.
#[cfg(test)]
pub(crate) mod samples {
    pub(crate) use super::commands::read_dialled;
    pub(crate) use super::numbers::read_numbers;
    use super::recordings::Recording;
    use super::{CarrierError, CommandResult, Credential, Status, StatusCode, decode, refused};

    pub(crate) fn read_result(body: &[u8]) -> bool {
        decode::<CommandResult>(body).is_ok_and(|read| read.result == "ok")
    }

    pub(crate) fn read_status(body: &[u8]) -> bool {
        decode::<Status>(body).is_ok_and(|read| !read.is_alive && read.ended_at().is_some())
    }

    pub(crate) fn read_credential(body: &[u8]) -> bool {
        decode::<Credential>(body)
            .is_ok_and(|read| !read.id.is_empty() && !read.sip_username.is_empty())
    }

    pub(crate) fn read_recording(body: &[u8]) -> bool {
        decode::<Recording>(body)
            .is_ok_and(|read| read.is_complete() && read.duration_millis.is_some())
    }

    pub(crate) fn read_recordings(body: &[u8]) -> bool {
        decode::<Vec<Recording>>(body)
            .is_ok_and(|read| read.iter().all(Recording::is_complete) && !read.is_empty())
    }

    pub(crate) fn read_refusal(status: StatusCode, body: &[u8]) -> bool {
        let is_digits =
            |code: &str| code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_digit());
        matches!(refused(status, body), CarrierError::Refused { code, .. } if is_digits(&code))
    }

    #[test]
    fn a_refusal_that_is_no_json_still_has_its_status() {
        let error = refused(StatusCode::FORBIDDEN, b"<html>");
        assert_eq!(error.to_string().trim(), "Telnyx refused: 403");
    }
}
