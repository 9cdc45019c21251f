//! Brings webhooks to their address: at once, late, again, or never, as the number called and the control API say.
//!
//! `mode` decides what is done with an event, `schedule` when it is tried again, `send` makes the requests, `log`
//! remembers.

mod log;
mod mode;
mod schedule;
mod send;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::Client;
use tokio::sync::Semaphore;

use crate::config::Config;
use crate::exchange::io::Event;
use crate::lab::Lab;
use crate::seed::Seed;
use crate::switches::{Webhook4xx, WebhookId};
use crate::webhook::Signer;
use log::Log;
pub(crate) use log::{Attempt, Entry, Progress};
use mode::Handling;
pub(crate) use mode::Modes;

/// So many requests at a time to one address. More wait their turn; none is dropped.
const AT_A_TIME: usize = 32;

/// How the open questions about webhooks are answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Rules {
    pub(crate) id: WebhookId,
    pub(crate) client_errors: Webhook4xx,
}

/// Delivers webhooks and logs them.
#[derive(Debug)]
pub(crate) struct Delivery {
    client: Client,
    /// The account's key.
    pub(crate) signer: Signer,
    seed: Seed,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    modes: Modes,
    rules: Rules,
    log: Log,
    /// By address: whose turn it is.
    turns: HashMap<String, Arc<Semaphore>>,
    /// The addresses that did not take the last webhook sent there.
    refusing: HashSet<String>,
}

impl Delivery {
    /// Nothing sent yet.
    pub(crate) fn new(config: &Config) -> Result<Self, reqwest::Error> {
        // The receiver is on this machine, or wherever the developer said: never behind a proxy of the environment.
        let client = Client::builder()
            .no_proxy()
            .pool_max_idle_per_host(AT_A_TIME)
            .redirect(reqwest::redirect::Policy::limited(3))
            .user_agent("telnyx-webhooks")
            .build()?;
        let signer = Signer::new(config.seed);
        Ok(Self { client, signer, seed: config.seed, state: Mutex::default() })
    }

    /// Sends, holds or loses an event.
    pub(crate) fn post(lab: &Arc<Lab>, event: Event) {
        let mut state = lab.delivery.state();
        if event.to.url.is_none() {
            state.log.add(event, Progress::Unaddressed);
            return;
        }
        let reversed = event.treatment.reversed;
        let (id, leg) = (event.id.clone(), event.leg.clone());
        let over = event.kind == "call.hangup";
        match state.modes.handling(event.kind, &event.treatment) {
            Handling::Lose => state.log.add(event, Progress::Lost),
            Handling::Hold => state.log.add(event, Progress::Held),
            Handling::Send { .. } if reversed => state.log.add(event, Progress::Reversed),
            Handling::Send { after, copies } => {
                state.log.add(event, Progress::Underway);
                state.send_copies(lab, &id, after, copies);
            }
        }
        if reversed && over {
            state.send_reversed(lab, &leg);
        }
    }

    /// Sets the modes and applies them to what has been held so far. Each goes on its own, so they may overtake one
    /// another.
    pub(crate) fn set_modes(lab: &Arc<Lab>, modes: Modes) {
        let mut state = lab.delivery.state();
        let mut free = Vec::new();
        for entry in state.log.entries_mut().filter(|entry| entry.progress == Progress::Held) {
            match modes.handling(entry.event_type, &entry.event.treatment) {
                Handling::Hold => {}
                Handling::Lose => entry.progress = Progress::Lost,
                Handling::Send { after, copies } => {
                    entry.progress = Progress::Underway;
                    free.push((entry.event.id.clone(), after, copies));
                }
            }
        }
        state.modes = modes;
        for (id, after, copies) in free {
            state.send_copies(lab, &id, after, copies);
        }
    }

    /// Sends an event once more, whatever became of it before. False if there is none of that id, or no address.
    pub(crate) fn again(lab: &Arc<Lab>, id: &str) -> bool {
        let mut state = lab.delivery.state();
        let Some(entry) = state.log.get(id).filter(|entry| entry.event.to.url.is_some()) else {
            return false;
        };
        entry.progress = Progress::Underway;
        entry.copies += 1;
        entry.taken = false;
        let counted = entry.attempts;
        tokio::spawn(send::deliver(Arc::clone(lab), id.to_owned(), Duration::ZERO, counted));
        true
    }

    /// All webhooks, oldest first.
    pub(crate) fn log(&self) -> Vec<Entry> {
        self.state().log.entries().to_vec()
    }

    /// The modes in force.
    pub(crate) fn modes(&self) -> Modes {
        self.state().modes.clone()
    }

    /// Answers the open questions from now on.
    pub(crate) fn set_rules(&self, rules: Rules) {
        self.state().rules = rules;
    }

    /// Empties the log, which also ends what is underway, and delivers everything from now on.
    pub(crate) fn reset(&self) {
        *self.state() = State::default();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere must not silence the webhooks.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn send_copies(&mut self, lab: &Arc<Lab>, id: &str, after: Duration, copies: u32) {
        let Some(entry) = self.log.get(id) else { return };
        entry.copies += copies.max(1);
        for _ in 0..copies.max(1) {
            tokio::spawn(send::deliver(Arc::clone(lab), id.to_owned(), after, 0));
        }
    }

    /// Sends what was kept of a leg's webhooks, last first, each after the one before it was taken.
    fn send_reversed(&mut self, lab: &Arc<Lab>, leg: &str) {
        let mut kept = Vec::new();
        for entry in self.log.entries_mut() {
            if entry.progress == Progress::Reversed && entry.event.leg == leg {
                entry.progress = Progress::Underway;
                entry.copies += entry.event.treatment.copies.max(1);
                kept.push((entry.event.id.clone(), entry.event.treatment));
            }
        }
        kept.reverse();
        let lab = Arc::clone(lab);
        tokio::spawn(async move {
            for (id, treatment) in kept {
                for _ in 0..treatment.copies.max(1) {
                    send::deliver(Arc::clone(&lab), id.clone(), treatment.delay, 0).await;
                }
            }
        });
    }
}
