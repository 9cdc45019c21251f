//! Brings webhooks to their address: at once, late, again, or never, as the control API says.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::{Client, StatusCode, Url};
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::config::Config;
use crate::exchange::Event;
use crate::exchange::io::Fate;
use crate::lab::Lab;
use crate::webhook::{self, Headers, Signer};

/// How long the receiver may take (developer docs: 2000 ms).
const TIMEOUT: Duration = Duration::from_secs(2);

/// Pauses between attempts, on the lab's clock. Telnyx says "exponential" and gives no numbers.
const PAUSES: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(16),
];

/// What happens to webhooks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    #[default]
    Deliver,
    /// Never sent.
    Lose,
    /// Kept until the mode changes.
    Hold,
}

/// Modes by event type.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Modes {
    #[serde(default)]
    mode: Mode,
    /// Exceptions, such as `{"call.hangup": "lose"}`.
    #[serde(default)]
    per_type: HashMap<String, Mode>,
}

impl Modes {
    fn of(&self, event_type: &str) -> Mode {
        self.per_type.get(event_type).copied().unwrap_or(self.mode)
    }
}

/// How far a webhook is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Progress {
    Lost,
    Held,
    Underway,
    Delivered,
    /// Refused for good, or tried too often.
    GivenUp,
}

/// One webhook, with what was last sent of it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Entry {
    id: String,
    event_type: &'static str,
    call_id: String,
    progress: Progress,
    attempts: u32,
    /// The receiver's last answer; none if it did not answer.
    status: Option<u16>,
    /// The body last sent, byte for byte.
    body: Option<String>,
    headers: Option<Headers>,
    #[serde(skip)]
    event: Event,
}

/// Delivers webhooks and logs them.
#[derive(Debug)]
pub(crate) struct Delivery {
    url: Url,
    client: Client,
    /// The account's key.
    pub(crate) signer: Signer,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    modes: Modes,
    /// Oldest first.
    log: Vec<Entry>,
}

impl Delivery {
    pub(crate) fn new(config: &Config) -> Result<Self, reqwest::Error> {
        // The receiver is on this machine, or wherever the developer said: never behind a proxy of the environment.
        let client = Client::builder()
            .no_proxy()
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::limited(3))
            .user_agent("telnyx-webhooks")
            .build()?;
        let signer = Signer::new(config.seed);
        Ok(Self { url: config.webhook.clone(), client, signer, state: Mutex::default() })
    }

    /// Sends, holds or loses an event.
    pub(crate) fn post(lab: &Arc<Lab>, event: Event) {
        let delivery = &lab.delivery;
        let mode = if event.treatment.fate == Fate::Lose {
            Mode::Lose
        } else {
            delivery.state().modes.of(event.kind)
        };
        let progress = match mode {
            Mode::Deliver => Progress::Underway,
            Mode::Lose => Progress::Lost,
            Mode::Hold => Progress::Held,
        };
        let id = event.id.clone();
        delivery.state().log.push(Entry {
            id: event.id.clone(),
            event_type: event.kind,
            call_id: event.leg.clone(),
            progress,
            attempts: 0,
            status: None,
            body: None,
            headers: None,
            event,
        });
        if progress == Progress::Underway {
            tokio::spawn(deliver(Arc::clone(lab), id));
        }
    }

    /// Sets the modes and applies them to what has been held so far. Each goes on its own, so they may overtake one
    /// another.
    pub(crate) fn set_modes(lab: &Arc<Lab>, modes: Modes) {
        let mut free = Vec::new();
        {
            let mut state = lab.delivery.state();
            for entry in &mut state.log {
                if entry.progress == Progress::Held {
                    match modes.of(entry.event_type) {
                        Mode::Deliver => {
                            entry.progress = Progress::Underway;
                            free.push(entry.id.clone());
                        }
                        Mode::Lose => entry.progress = Progress::Lost,
                        Mode::Hold => {}
                    }
                }
            }
            state.modes = modes;
        }
        for id in free {
            tokio::spawn(deliver(Arc::clone(lab), id));
        }
    }

    /// Sends an event once more, whatever became of it before. False if there is none of that id.
    pub(crate) fn again(lab: &Arc<Lab>, id: &str) -> bool {
        let known = match lab.delivery.state().log.iter_mut().find(|entry| entry.id == id) {
            Some(entry) => {
                entry.progress = Progress::Underway;
                true
            }
            None => false,
        };
        if known {
            tokio::spawn(deliver(Arc::clone(lab), id.to_owned()));
        }
        known
    }

    /// All webhooks, oldest first.
    pub(crate) fn log(&self) -> Vec<Entry> {
        self.state().log.clone()
    }

    /// The modes in force.
    pub(crate) fn modes(&self) -> Modes {
        self.state().modes.clone()
    }

    /// Empties the log, which also ends what is underway, and delivers everything from now on.
    pub(crate) fn reset(&self) {
        *self.state() = State::default();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere must not silence the webhooks.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes down that an attempt begins. None when the log was emptied meanwhile.
    fn begin(&self, id: &str) -> Option<(String, Headers)> {
        let mut state = self.state();
        let entry = state.log.iter_mut().find(|entry| entry.id == id)?;
        entry.attempts += 1;
        let body = webhook::envelope(&entry.event, entry.attempts, self.url.as_str()).to_string();
        let headers = self.signer.sign(&body, clock::real_now());
        entry.body = Some(body.clone());
        entry.headers = Some(headers.clone());
        Some((body, headers))
    }

    fn finish(&self, id: &str, status: Option<u16>, progress: Progress) {
        if let Some(entry) = self.state().log.iter_mut().find(|entry| entry.id == id) {
            entry.status = status;
            entry.progress = progress;
        }
    }

    async fn send(&self, body: String, headers: &Headers) -> Option<StatusCode> {
        let request = self
            .client
            .post(self.url.clone())
            .header("content-type", "application/json")
            .header("telnyx-timestamp", &headers.timestamp)
            .header("telnyx-signature-ed25519", &headers.signature)
            .body(body);
        match request.send().await {
            Ok(response) => Some(response.status()),
            Err(error) => {
                tracing::debug!(%error, "webhook not taken");
                None
            }
        }
    }
}

/// Delivers one event, trying again while that may help.
async fn deliver(lab: Arc<Lab>, id: String) {
    let delivery = &lab.delivery;
    for pause in PAUSES.into_iter().map(Some).chain([None]) {
        let Some((body, headers)) = delivery.begin(&id) else { return };
        let status = delivery.send(body, &headers).await;
        let code = status.map(|status| status.as_u16());
        match (status, pause) {
            (Some(status), _) if status.is_success() => {
                delivery.finish(&id, code, Progress::Delivered);
                return;
            }
            (status, Some(pause)) if status.is_none_or(worth_another_try) => {
                delivery.finish(&id, code, Progress::Underway);
                lab.clock.until(lab.clock.now().plus(pause)).await;
            }
            (Some(_) | None, _) => {
                delivery.finish(&id, code, Progress::GivenUp);
                tracing::warn!(id, status = code, "webhook given up");
                return;
            }
        }
    }
}

/// Developer docs, voice webhooks: 408, 429 and 5xx are retried, other 4xx are final.
fn worth_another_try(status: StatusCode) -> bool {
    status.is_server_error()
        || status == StatusCode::REQUEST_TIMEOUT
        || status == StatusCode::TOO_MANY_REQUESTS
}
