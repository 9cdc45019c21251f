//! Lets the media of one call stand in for the media of legs, until that is there.

use std::collections::HashMap;

use serde_json::Value;
use tokio::sync::mpsc::{self, UnboundedSender};

use crate::exchange::io::{Input, LegKey, NoAudio, Order as LegOrder, RecordingKey, Source};
use crate::media;
use crate::numbers::Program;

/// Orders for a call's media peer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Order {
    Open { offer: String },
    Offer,
    Accept { answer: String },
    Candidate { candidate: String },
    Restart { offer: String, request: Value },
    Play { program: Program },
    Hold { held: bool },
    Record { recording: RecordingKey },
    End,
}

#[derive(Debug)]
pub(crate) struct Studio {
    reports: UnboundedSender<Input>,
    browsers: HashMap<LegKey, UnboundedSender<Order>>,
    programs: HashMap<LegKey, Program>,
    hears: HashMap<LegKey, LegKey>,
    hopeless: HashMap<LegKey, Vec<RecordingKey>>,
}

impl Studio {
    pub(crate) fn new(reports: UnboundedSender<Input>) -> Self {
        Self {
            reports,
            browsers: HashMap::new(),
            programs: HashMap::new(),
            hears: HashMap::new(),
            hopeless: HashMap::new(),
        }
    }

    pub(crate) fn order(&mut self, leg: &LegKey, order: LegOrder) {
        let old = match order {
            LegOrder::Open { offer, .. } => Order::Open { offer },
            LegOrder::Offer { .. } => Order::Offer,
            LegOrder::Accept { answer } => Order::Accept { answer },
            LegOrder::Candidate { candidate } => Order::Candidate { candidate },
            LegOrder::Restart { offer, request } => Order::Restart { offer, request },
            LegOrder::Hold { held } => Order::Hold { held },
            LegOrder::Act { program } => {
                self.programs.insert(leg.clone(), program);
                let listeners: Vec<_> = self
                    .hears
                    .iter()
                    .filter(|(_, source)| *source == leg)
                    .map(|(listener, _)| listener.clone())
                    .collect();
                for listener in listeners {
                    self.send(&listener, Order::Play { program });
                }
                return;
            }
            LegOrder::Hear { source: Source::Leg(from) } => {
                let program = self.programs.get(&from).copied();
                self.hears.insert(leg.clone(), from);
                match program {
                    Some(program) => Order::Play { program },
                    None => return,
                }
            }
            LegOrder::Record { recording, .. } => {
                if !self.browsers.contains_key(leg) {
                    self.hopeless.entry(leg.clone()).or_default().push(recording);
                    return;
                }
                Order::Record { recording }
            }
            LegOrder::End => Order::End,
            LegOrder::Hear { source: Source::Silence | Source::Ringback }
            | LegOrder::Play { .. }
            | LegOrder::StopPlaying
            | LegOrder::PauseRecording { .. }
            | LegOrder::ResumeRecording { .. }
            | LegOrder::StopRecording { .. }
            | LegOrder::Faults(_) => return,
        };
        self.send(leg, old);
    }

    fn send(&mut self, leg: &LegKey, order: Order) {
        let ends = order == Order::End;
        let starts = matches!(order, Order::Open { .. } | Order::Offer);
        if starts && !self.browsers.contains_key(leg) {
            let (sender, orders) = mpsc::unbounded_channel();
            tokio::spawn(media::run(leg.clone(), orders, self.reports.clone()));
            self.browsers.insert(leg.clone(), sender);
        }
        if let Some(sender) = self.browsers.get(leg) {
            let _ = sender.send(order);
        }
        if ends {
            self.browsers.remove(leg);
            self.programs.remove(leg);
            self.hears.remove(leg);
            for recording in self.hopeless.remove(leg).unwrap_or_default() {
                let audio = Err(NoAudio::Encoder);
                let _ = self.reports.send(Input::Recorded { leg: leg.clone(), recording, audio });
            }
        }
    }
}
