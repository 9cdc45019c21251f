//! All legs: who hears whom.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::mpsc::{self, UnboundedSender};

use super::desk::Desk;
use super::lane::Dice;
use super::task::{self, Note};
use super::{Input, LegKey, Order, Source};
use crate::seed::Seed;

/// Gives every leg its media and its orders.
#[derive(Debug)]
pub(crate) struct Studio {
    switchboard: Arc<Switchboard>,
    dice: Dice,
    reports: UnboundedSender<Input>,
}

impl Studio {
    /// A studio without a leg, which reports to the exchange by this queue. What is lost on networks comes from the seed.
    pub(crate) fn new(seed: Seed, reports: UnboundedSender<Input>) -> Self {
        Self { switchboard: Arc::default(), dice: Dice::of(seed), reports }
    }

    /// Passes an order on to the leg's media. `Open`, `Offer` and `Act` may be the first a leg hears; any other for a
    /// leg that is not known is dropped. After `End` the leg is forgotten.
    pub(crate) fn order(&self, leg: &LegKey, order: Order) {
        let mut legs = self.switchboard.legs();
        if matches!(order, Order::Open { .. } | Order::Offer { .. } | Order::Act { .. })
            && !legs.desks.contains_key(leg)
        {
            let (sender, notes) = mpsc::unbounded_channel();
            let desk = Desk::new(leg.clone(), self.dice, Instant::now());
            let switchboard = Arc::clone(&self.switchboard);
            tokio::spawn(task::run(leg.clone(), desk, notes, switchboard, self.reports.clone()));
            legs.desks.insert(leg.clone(), sender);
        }
        let Some(desk) = legs.desks.get(leg).cloned() else {
            tracing::debug!(leg, "an order for a leg without media");
            return;
        };
        match &order {
            Order::Hear { source } => legs.hear(leg, source),
            Order::End => legs.forget(leg),
            Order::Open { .. }
            | Order::Offer { .. }
            | Order::Accept { .. }
            | Order::Candidate { .. }
            | Order::Restart { .. }
            | Order::Act { .. }
            | Order::Hold { .. }
            | Order::Play { .. }
            | Order::StopPlaying
            | Order::Record { .. }
            | Order::PauseRecording { .. }
            | Order::ResumeRecording { .. }
            | Order::StopRecording { .. }
            | Order::Faults(_) => {}
        }
        // The task ends only after `End`, and then the leg is no longer known.
        let _ = desk.send(Note::Order(order));
    }
}

/// Passes on what is said.
#[derive(Debug, Default)]
pub(crate) struct Switchboard {
    legs: Mutex<Legs>,
}

#[derive(Debug, Default)]
struct Legs {
    desks: HashMap<LegKey, UnboundedSender<Note>>,
    /// By who speaks, the legs that hear it.
    listeners: HashMap<LegKey, Vec<LegKey>>,
}

impl Switchboard {
    /// Brings what this leg's end said to everyone who hears it.
    pub(crate) fn spread(&self, speaker: &LegKey, samples: &Arc<[i16]>) {
        let legs = self.legs();
        for listener in legs.listeners.get(speaker).into_iter().flatten() {
            if let Some(desk) = legs.desks.get(listener) {
                let said = Note::Said { speaker: speaker.clone(), samples: Arc::clone(samples) };
                // A leg that is over hears nothing more.
                let _ = desk.send(said);
            }
        }
    }

    fn legs(&self) -> MutexGuard<'_, Legs> {
        // A panic elsewhere must not silence every leg.
        self.legs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Legs {
    fn hear(&mut self, listener: &LegKey, source: &Source) {
        self.stop_hearing(listener);
        match source {
            Source::Silence | Source::Ringback => {}
            Source::Leg(speaker) => {
                self.listeners.entry(speaker.clone()).or_default().push(listener.clone());
            }
        }
    }

    fn forget(&mut self, leg: &LegKey) {
        self.desks.remove(leg);
        self.listeners.remove(leg);
        self.stop_hearing(leg);
    }

    fn stop_hearing(&mut self, listener: &LegKey) {
        for listeners in self.listeners.values_mut() {
            listeners.retain(|other| other != listener);
        }
    }
}
