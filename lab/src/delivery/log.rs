//! What became of each webhook.

use std::collections::HashMap;

use serde::{Serialize, Serializer};
use serde_json::json;

use crate::clock::Moment;
use crate::exchange::io::Event;
use crate::webhook::Headers;

/// How far a webhook is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Progress {
    /// Its connection has no address for it.
    Unaddressed,
    Lost,
    Held,
    /// Waits for its call to be over, because they are to arrive last first.
    Reversed,
    Underway,
    Delivered,
    /// Refused for good, or tried too often.
    GivenUp,
}

/// One request that was made. The control API shows when, where to, and what came of it.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    pub(crate) url: String,
    pub(crate) headers: Headers,
    pub(crate) began_at: Moment,
    /// `None` while it is underway.
    pub(crate) finished: Option<Finished>,
}

impl Attempt {
    /// Whether the receiver took it.
    pub(crate) fn taken(&self) -> bool {
        let answer = self.finished.as_ref().and_then(|finished| finished.answer.as_ref());
        answer.is_some_and(|answer| (200..300).contains(&answer.status))
    }
}

impl Serialize for Attempt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let finished = self.finished.as_ref();
        let answer = finished.and_then(|finished| finished.answer.as_ref());
        json!({
            "at": self.began_at.iso(),
            "finished_at": finished.map(|finished| finished.at.iso()),
            "url": self.url,
            "status": answer.map(|answer| answer.status),
        })
        .serialize(serializer)
    }
}

/// How an attempt ended.
#[derive(Debug, Clone)]
pub(crate) struct Finished {
    pub(crate) at: Moment,
    pub(crate) answer: Option<Answer>,
}

/// What a receiver answered.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<[String; 2]>,
    /// Its beginning.
    pub(crate) body: String,
}

/// One webhook, with what was last sent of it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Entry {
    id: String,
    pub(crate) event_type: &'static str,
    call_id: String,
    /// When it happened, on the lab's clock.
    occurred_at: String,
    pub(super) progress: Progress,
    /// How many requests were made.
    pub(super) attempts: usize,
    /// The receiver's last answer; none if it did not answer.
    status: Option<u16>,
    /// Where it was last sent.
    url: Option<String>,
    /// The body last sent, byte for byte.
    pub(super) body: Option<String>,
    headers: Option<Headers>,
    /// Copies that are not done.
    #[serde(skip)]
    pub(super) copies: u32,
    /// Whether one of them was taken.
    #[serde(skip)]
    pub(super) taken: bool,
    /// The requests, oldest first.
    #[serde(rename = "requests")]
    pub(crate) made: Vec<Attempt>,
    #[serde(skip)]
    pub(crate) event: Event,
}

impl Entry {
    fn new(event: Event, progress: Progress) -> Self {
        Self {
            id: event.id.clone(),
            event_type: event.kind,
            call_id: event.leg.clone(),
            occurred_at: event.occurred_at.iso(),
            progress,
            attempts: 0,
            status: None,
            url: None,
            body: None,
            headers: None,
            copies: 0,
            taken: false,
            made: Vec::new(),
            event,
        }
    }

    /// Writes down that a request is made, and returns its place in `made`.
    pub(super) fn begin(&mut self, url: &str, body: &str, headers: &Headers, now: Moment) -> usize {
        self.attempts += 1;
        self.url = Some(url.to_owned());
        self.body = Some(body.to_owned());
        self.headers = Some(headers.clone());
        let attempt = Attempt {
            url: url.to_owned(),
            headers: headers.clone(),
            began_at: now,
            finished: None,
        };
        self.made.push(attempt);
        self.made.len() - 1
    }

    /// Writes down how a request ended.
    pub(super) fn finish(&mut self, attempt: usize, answer: Option<Answer>, now: Moment) {
        self.status = answer.as_ref().map(|answer| answer.status);
        if let Some(attempt) = self.made.get_mut(attempt) {
            attempt.finished = Some(Finished { at: now, answer });
        }
    }
}

/// All webhooks, oldest first.
#[derive(Debug, Default)]
pub(super) struct Log {
    entries: Vec<Entry>,
    /// Where in `entries` an event is, so that ten thousand of them do not have to be looked through.
    places: HashMap<String, usize>,
}

impl Log {
    pub(super) fn add(&mut self, event: Event, progress: Progress) {
        self.places.insert(event.id.clone(), self.entries.len());
        self.entries.push(Entry::new(event, progress));
    }

    pub(super) fn get(&mut self, id: &str) -> Option<&mut Entry> {
        self.places.get(id).and_then(|place| self.entries.get_mut(*place))
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(super) fn entries_mut(&mut self) -> impl Iterator<Item = &mut Entry> {
        self.entries.iter_mut()
    }
}
