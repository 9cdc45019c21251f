//! How sound flows through a desk: packets and frames in, packets and frames out.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use super::super::peer::{Packet, Wish};
use super::super::tape::Side;
use super::super::{Codec, FRAME, Frame, Input, PlayEnd, SILENCE};
use super::{Deed, Desk, End};
use crate::g711;

/// After so many frames without a packet, what the browser says counts as silence: five are lost or late at times.
const GAP: u32 = 5;

impl Desk {
    /// Takes in a datagram from the browser.
    pub(crate) fn receive(&mut self, from: SocketAddr, datagram: &[u8], now: Instant) {
        self.with_line(|line| line.receive(from, datagram, now));
    }

    /// Takes in what the end of another leg said.
    pub(crate) fn overhear(&mut self, speaker: &str, samples: &[i16]) {
        if !self.held {
            self.earpiece.overhear(speaker, samples);
        }
    }

    /// Does everything that is due.
    pub(crate) fn wake(&mut self, now: Instant) {
        while let Some(number) = self.pace.tick(now) {
            self.frame(number, now);
        }
        self.with_line(|line| line.wake(now));
    }

    /// What to do next. To be asked after each of the above, and after each order, until it says to wait.
    pub(crate) fn next(&mut self, now: Instant) -> Deed {
        loop {
            if let Some(deed) = self.deeds.pop_front() {
                return deed;
            }
            let End::Browser(line) = &mut self.end else {
                return Deed::Wait { until: self.pace.due() };
            };
            match line.next(now) {
                Ok(Wish::Send { to, datagram }) => return Deed::Send { to, datagram },
                Ok(Wish::Hear(packet)) => self.browser_says(packet, now),
                Ok(Wish::Wait { until }) => {
                    return Deed::Wait { until: until.min(self.pace.due()) };
                }
                Err(error) => self.with_line(|_| Err(error)),
            }
        }
    }

    /// The browser's packet has arrived.
    fn browser_says(&mut self, Packet { rtp, payload }: Packet, now: Instant) {
        let End::Browser(line) = &self.end else { return };
        self.unheard = 0;
        match line.codec() {
            Codec::Opus => {
                let heard = self.meter.count();
                self.report(Input::Heard { leg: self.leg.clone(), heard });
                if !self.held {
                    self.with_line(|line| line.say(payload, rtp, now));
                }
            }
            Codec::Pcmu => {
                let samples: Vec<i16> = payload.into_iter().map(g711::decode).collect();
                // A packet arrives when its last sample has been spoken.
                let length = u64::try_from(samples.len()).unwrap_or(0);
                let arrival = self.pace.samples(now).saturating_sub(length);
                let at = self.placement.place(rtp, arrival);
                if self.lateness.is_late(rtp, now) {
                    self.meter.note_late();
                }
                self.end_says(at, &samples);
            }
        }
    }

    /// The leg's end says something, beginning at `at` on the leg's clock.
    fn end_says(&mut self, at: u64, samples: &[i16]) {
        if let Some(heard) = self.meter.hear(samples) {
            self.report(Input::Heard { leg: self.leg.clone(), heard });
        }
        if !self.held {
            self.record(Side::End, at, samples);
            self.deeds.push_back(Deed::Said(Arc::from(samples)));
        }
    }

    /// 20 ms have passed. A browser gets its frame from the moment it is connected, be it a silent one; what is played
    /// to it waits until then.
    fn frame(&mut self, number: u64, now: Instant) {
        let at = number.saturating_mul(FRAME as u64);
        self.unheard = self.unheard.saturating_add(1);
        if self.unheard > GAP
            && matches!(self.end, End::Browser(_))
            && let Some(heard) = self.meter.miss(FRAME)
        {
            self.report(Input::Heard { leg: self.leg.clone(), heard });
        }
        match &self.end {
            End::Nobody | End::Unheard => {}
            End::Browser(line) => match line.codec() {
                Codec::Pcmu if line.is_connected() => {
                    let frame = self.end_hears(at);
                    let payload = frame.iter().map(|sample| g711::encode(*sample)).collect();
                    self.with_line(|line| line.say(payload, at, now));
                }
                Codec::Pcmu | Codec::Opus => {}
            },
            End::Person(_) => {
                let heard = self.end_hears(at);
                if let Some(hears) = self.ear.hear(&heard) {
                    self.report(Input::Hears { leg: self.leg.clone(), hears });
                }
                if let End::Person(trunk) = &mut self.end {
                    let said = trunk.exchange(&heard, now);
                    self.end_says(at, &said);
                }
            }
        }
    }

    /// What the end hears in this frame: nothing while held, when what is played waits too.
    fn end_hears(&mut self, at: u64) -> Frame {
        if self.held {
            return SILENCE;
        }
        let (frame, ended) = self.earpiece.next();
        self.report_play(ended, PlayEnd::Completed);
        self.record(Side::Heard, at, &frame);
        frame
    }

    fn record(&mut self, side: Side, at: u64, samples: &[i16]) {
        for (_, tape) in &mut self.tapes {
            tape.write(side, at, samples);
        }
    }
}
