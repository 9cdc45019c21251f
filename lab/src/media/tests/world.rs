//! The world the legs live in.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::super::desk::{Deed, Desk};
use super::super::lane::Dice;
use super::super::peer::{Peer, Wish};
use super::super::{Codec, Faults, Heard, Input, LegKey, NoAudio, Order, Source, file};
use super::browser::Browser;
use crate::numbers::Program;
use crate::seed::Seed;

/// Legs, browsers and the time.
pub(super) struct World {
    start: Instant,
    now: Instant,
    legs: BTreeMap<LegKey, Desk>,
    hears: BTreeMap<LegKey, LegKey>,
    pub(super) browsers: BTreeMap<LegKey, Browser>,
    pub(super) reports: Vec<Input>,
    last_port: u16,
}

impl World {
    pub(super) fn new() -> Self {
        str0m::crypto::from_feature_flags().install_process_default();
        let now = Instant::now();
        Self {
            start: now,
            now,
            legs: BTreeMap::new(),
            hears: BTreeMap::new(),
            browsers: BTreeMap::new(),
            reports: Vec::new(),
            last_port: 1000,
        }
    }

    /// Orders and sees everything done that follows at once.
    pub(super) fn order(&mut self, leg: &str, order: Order) {
        if let Order::Hear { source } = &order {
            self.hears.remove(leg);
            if let Source::Leg(speaker) = source {
                self.hears.insert(leg.to_owned(), speaker.clone());
            }
        }
        let address = self.address();
        let desk = self
            .legs
            .entry(leg.to_owned())
            .or_insert_with(|| Desk::new(leg.to_owned(), Dice::of(Seed(1)), self.now));
        desk.obey(order, || Ok(address), self.now);
        self.settle();
    }

    fn address(&mut self) -> SocketAddr {
        self.last_port += 1;
        ([127, 0, 0, 1], self.last_port).into()
    }

    /// A browser that whistles calls, and the two are connected.
    pub(super) fn browser(&mut self, leg: &str, hertz: f64) {
        self.calling_browser(leg, Codec::Pcmu, hertz);
        self.until_connected(leg);
    }

    /// A browser calls; nothing has been sent yet.
    pub(super) fn calling_browser(&mut self, leg: &str, codec: Codec, hertz: f64) {
        let (mut peer, offer) = Peer::offering(self.address(), codec, self.now).unwrap();
        self.order(leg, Order::Open { offer, codec });
        let Some(Input::MediaReady { sdp, .. }) = self.reports.pop() else { panic!("no answer") };
        peer.accept(&sdp).unwrap();
        self.browsers.insert(leg.to_owned(), Browser::new(peer, codec, hertz, self.now));
    }

    /// The lab calls a browser that whistles, or has it back after a reload.
    pub(super) fn called_browser(&mut self, leg: &str, hertz: f64) {
        let codec = Codec::Pcmu;
        self.order(leg, Order::Offer { codec });
        let Some(Input::MediaOffered { sdp, .. }) = self.reports.pop() else { panic!("no offer") };
        let (peer, answer) = Peer::answering(self.address(), codec, &sdp, self.now).unwrap();
        self.browsers.insert(leg.to_owned(), Browser::new(peer, codec, hertz, self.now));
        self.order(leg, Order::Accept { answer });
        self.until_connected(leg);
    }

    pub(super) fn until_connected(&mut self, leg: &str) {
        let limit = self.now + Duration::from_secs(5);
        while self.browsers[leg].arrivals.is_empty() {
            assert!(self.now < limit, "{leg} is never connected");
            self.step(limit);
        }
    }

    pub(super) fn person(&mut self, leg: &str, program: Program) {
        self.order(leg, Order::Act { program, codec: Codec::Pcmu });
    }

    /// The two hear each other.
    pub(super) fn bridge(&mut self, one: &str, other: &str) {
        self.order(one, Order::Hear { source: Source::Leg(other.to_owned()) });
        self.order(other, Order::Hear { source: Source::Leg(one.to_owned()) });
    }

    pub(super) fn faults(&mut self, leg: &str, faults: Faults) {
        self.order(leg, Order::Faults(faults));
    }

    /// Milliseconds since the world began.
    pub(super) fn elapsed(&self) -> u128 {
        self.now.duration_since(self.start).as_millis()
    }

    /// Lets so many milliseconds pass.
    pub(super) fn run(&mut self, millis: u64) {
        let end = self.now + Duration::from_millis(millis);
        while self.now < end {
            self.step(end);
        }
    }

    /// Goes to the next thing that is due, but not past `end`, and does it.
    fn step(&mut self, end: Instant) {
        let due = self.settle();
        self.now = due.clamp(self.now, end);
        for desk in self.legs.values_mut() {
            desk.wake(self.now);
        }
        for browser in self.browsers.values_mut() {
            browser.wake(self.now);
        }
        self.settle();
    }

    /// Does everything that can be done now. Returns when there is more.
    fn settle(&mut self) -> Instant {
        loop {
            let before = (self.reports.len(), self.now);
            let (lab_sent, lab_due) = self.settle_lab();
            let (browsers_sent, browsers_due) = self.settle_browsers();
            if !lab_sent && !browsers_sent && before == (self.reports.len(), self.now) {
                return lab_due.min(browsers_due);
            }
        }
    }

    fn settle_lab(&mut self) -> (bool, Instant) {
        let mut sent = false;
        let mut due = self.now + Duration::from_secs(1);
        let legs: Vec<LegKey> = self.legs.keys().cloned().collect();
        for leg in legs {
            loop {
                let desk = self.legs.get_mut(&leg).unwrap();
                match desk.next(self.now) {
                    Deed::Wait { until } => {
                        due = due.min(until);
                        break;
                    }
                    Deed::Send { to, datagram } => {
                        sent = true;
                        let from = desk.address().unwrap();
                        if let Some(browser) = self.browsers.get_mut(&leg)
                            && browser.peer.address() == to
                        {
                            browser.peer.receive(from, &datagram, self.now).unwrap();
                        }
                    }
                    Deed::Report(input) => self.reports.push(input),
                    Deed::Said(samples) => {
                        sent = true;
                        for (listener, speaker) in &self.hears {
                            if *speaker == leg {
                                let desk = self.legs.get_mut(listener).unwrap();
                                desk.overhear(&leg, &samples);
                            }
                        }
                    }
                    Deed::HandIn { recording, tape, now } => {
                        let shape = tape.shape();
                        let (end, heard) = tape.finish(now);
                        let audio = file::write(shape, &end, &heard);
                        self.reports.push(Input::Recorded { leg: leg.clone(), recording, audio });
                    }
                }
            }
        }
        (sent, due)
    }

    fn settle_browsers(&mut self) -> (bool, Instant) {
        let mut sent = false;
        let mut due = self.now + Duration::from_secs(1);
        for (leg, browser) in &mut self.browsers {
            loop {
                match browser.peer.next().unwrap() {
                    Wish::Wait { until } => {
                        browser.due = until;
                        due = due.min(until).min(browser.pace.due());
                        break;
                    }
                    Wish::Send { to, datagram } => {
                        sent = true;
                        let desk = self.legs.get_mut(leg).unwrap();
                        if desk.address() == Some(to) {
                            desk.receive(browser.peer.address(), &datagram, self.now);
                        }
                    }
                    Wish::Hear(packet) => {
                        let at = self.now.duration_since(self.start).as_millis();
                        browser.hear(packet, at);
                    }
                }
            }
        }
        (sent, due)
    }

    /// What the lab last reported that the person at the leg's end hears.
    pub(super) fn person_hears(&self, leg: &str) -> Heard {
        let mut last = Heard::default();
        for input in &self.reports {
            if let Input::Hears { leg: of, hears } = input
                && of == leg
            {
                last = *hears;
            }
        }
        last
    }

    /// What the lab last reported to have heard of the leg's end.
    pub(super) fn heard(&self, leg: &str) -> Heard {
        let mut last = Heard::default();
        for input in &self.reports {
            if let Input::Heard { leg: of, heard } = input
                && of == leg
            {
                last = *heard;
            }
        }
        last
    }

    /// What the leg's browser has heard of late.
    pub(super) fn browser_hears(&self, leg: &str) -> Heard {
        self.browsers[leg].heard
    }

    /// The samples of a finished recording, one list a channel.
    pub(super) fn recording(&self, key: &str) -> Vec<Vec<i16>> {
        let audio = self.recorded(key).unwrap();
        let wav = hound::WavReader::new(&audio.bytes[..]).unwrap();
        let channels = usize::from(wav.spec().channels);
        let samples: Vec<i16> = wav.into_samples().map(Result::unwrap).collect();
        (0..channels)
            .map(|channel| samples.iter().copied().skip(channel).step_by(channels).collect())
            .collect()
    }

    pub(super) fn recorded(&self, key: &str) -> Result<super::super::Audio, NoAudio> {
        for input in &self.reports {
            if let Input::Recorded { recording, audio, .. } = input
                && recording == key
            {
                return audio.clone();
            }
        }
        panic!("{key} is not handed in")
    }
}
