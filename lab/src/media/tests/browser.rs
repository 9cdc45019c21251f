//! A browser, played by str0m.

use std::time::{Duration, Instant};

use super::super::meter::Meter;
use super::super::pace::Pace;
use super::super::peer::{Packet, Peer};
use super::super::tone::Tone;
use super::super::{Codec, FRAME, Heard};
use crate::g711;

/// What a browser has heard.
pub(super) struct Arrival {
    /// Milliseconds since the world began.
    pub(super) at: u128,
    pub(super) rtp: u64,
    pub(super) payload: Vec<u8>,
}

/// A browser with a microphone.
pub(super) struct Browser {
    pub(super) peer: Peer,
    codec: Codec,
    whistle: Tone,
    pub(super) pace: Pace,
    /// When the peer wants to be told the time.
    pub(super) due: Instant,
    /// Every packet that came, with the payload only for codecs that are not decoded.
    pub(super) arrivals: Vec<Arrival>,
    pub(super) samples: Vec<i16>,
    meter: Meter,
    pub(super) heard: Heard,
}

impl Browser {
    pub(super) fn new(peer: Peer, codec: Codec, hertz: f64, now: Instant) -> Self {
        Self {
            peer,
            codec,
            whistle: Tone::new(hertz, 0.5),
            // Its frames are not in step with the lab's.
            pace: Pace::new(now + Duration::from_millis(7)),
            due: now,
            arrivals: Vec::new(),
            samples: Vec::new(),
            meter: Meter::default(),
            heard: Heard::default(),
        }
    }

    pub(super) fn wake(&mut self, now: Instant) {
        while let Some(number) = self.pace.tick(now) {
            if self.peer.is_connected() {
                let (payload, length) = match self.codec {
                    Codec::Pcmu => {
                        ((0..FRAME).map(|_| g711::encode(self.whistle.next())).collect(), 160)
                    }
                    // Nobody looks inside.
                    Codec::Opus => (number.to_be_bytes().to_vec(), 960),
                };
                self.peer.say(payload, number * length, now).unwrap();
            }
        }
        if self.due <= now {
            self.peer.wake(now).unwrap();
        }
    }

    /// A packet has come, `at` milliseconds after the world began.
    pub(super) fn hear(&mut self, packet: Packet, at: u128) {
        let samples: Vec<i16> = packet.payload.iter().map(|byte| g711::decode(*byte)).collect();
        if let Some(heard) = self.meter.hear(&samples) {
            self.heard = heard;
        }
        self.samples.extend(samples);
        self.arrivals.push(Arrival { at, rtp: packet.rtp, payload: packet.payload });
    }
}
