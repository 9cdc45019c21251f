//! A recording of one leg: what its end says and what it hears, aligned in time.

use super::{RATE, Shape};

/// A tape ends after so many samples: 30 minutes, 58 MB of WAV.
const LONGEST: usize = 30 * 60 * RATE as usize;

/// Both directions since the recording began, less its pauses. Times are samples of the leg's clock.
#[derive(Debug)]
pub(crate) struct Tape {
    shape: Shape,
    end: Vec<i16>,
    heard: Vec<i16>,
    motion: Motion,
}

/// Whether the tape runs, and since when. `origin` is where its beginning is on the leg's clock; what was left out is
/// added to it.
#[derive(Debug, Clone, Copy)]
enum Motion {
    Running { origin: u64, since: u64 },
    Paused { origin: u64, since: u64 },
}

/// Whose voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// What the leg's end says.
    End,
    /// What the leg's end hears.
    Heard,
}

impl Tape {
    /// Begins to record.
    pub(crate) fn new(shape: Shape, now: u64) -> Self {
        Self {
            shape,
            end: Vec::new(),
            heard: Vec::new(),
            motion: Motion::Running { origin: now, since: now },
        }
    }

    /// How it is to be handed in.
    pub(crate) fn shape(&self) -> Shape {
        self.shape
    }

    /// Leaves out what comes from now on.
    pub(crate) fn pause(&mut self, now: u64) {
        self.motion = match self.motion {
            Motion::Running { origin, .. } => Motion::Paused { origin, since: now },
            paused @ Motion::Paused { .. } => paused,
        };
    }

    /// Records again.
    pub(crate) fn resume(&mut self, now: u64) {
        self.motion = match self.motion {
            running @ Motion::Running { .. } => running,
            Motion::Paused { origin, since } => {
                Motion::Running { origin: origin + now.saturating_sub(since), since: now }
            }
        };
    }

    /// Writes samples of which the first was spoken at `at`. What is never written is silent. A packet may arrive
    /// after the pause began, or the recording ended, that it was spoken before: that part of it is kept.
    pub(crate) fn write(&mut self, side: Side, at: u64, samples: &[i16]) {
        let (origin, from, until) = match self.motion {
            Motion::Running { origin, since } => (origin, since, u64::MAX),
            Motion::Paused { origin, since } => (origin, origin, since),
        };
        let early = usize::try_from(from.saturating_sub(at)).unwrap_or(usize::MAX);
        let room = usize::try_from(until.saturating_sub(at)).unwrap_or(usize::MAX);
        let Some(kept) = samples.get(early..samples.len().min(room)) else { return };
        let start = usize::try_from(at.max(from).saturating_sub(origin)).unwrap_or(usize::MAX);
        let end = start.saturating_add(kept.len());
        if end > LONGEST || kept.is_empty() {
            return;
        }
        let channel = match side {
            Side::End => &mut self.end,
            Side::Heard => &mut self.heard,
        };
        if channel.len() < end {
            channel.resize(end, 0);
        }
        channel[start..end].copy_from_slice(kept);
    }

    /// Ends the recording: what the end said and what it heard, as many samples of each.
    pub(crate) fn finish(mut self, now: u64) -> (Vec<i16>, Vec<i16>) {
        let length = match self.motion {
            Motion::Running { origin, .. } => now.saturating_sub(origin),
            Motion::Paused { origin, since } => since.saturating_sub(origin),
        };
        let length = usize::try_from(length).unwrap_or(LONGEST).min(LONGEST);
        self.end.resize(length, 0);
        self.heard.resize(length, 0);
        (self.end, self.heard)
    }
}

/// Places the packets of the leg's end on the tape: the first one where it arrived, the rest by their RTP time, so
/// that network jitter does not end up in the recording.
#[derive(Debug, Default)]
pub(crate) struct Placement {
    anchor: Option<(u64, u64)>,
}

/// Off by more than this (100 ms), RTP time has jumped, as after a re-attach, and a new anchor is set.
const JUMP: u64 = RATE as u64 / 10;

impl Placement {
    /// Where a packet goes that has RTP time `rtp` (8 kHz) and whose first sample is at `arrival` by the clock.
    pub(crate) fn place(&mut self, rtp: u64, arrival: u64) -> u64 {
        let by_rtp = self.anchor.and_then(|(first, at)| at.checked_add(rtp.checked_sub(first)?));
        match by_rtp {
            Some(at) if at.abs_diff(arrival) <= JUMP => at,
            Some(_) | None => {
                self.anchor = Some((rtp, arrival));
                arrival
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Channels, Format};
    use super::*;

    fn tape(now: u64) -> Tape {
        Tape::new(Shape { channels: Channels::Dual, format: Format::Wav, beep: false }, now)
    }

    #[test]
    fn what_is_never_written_is_silent_and_what_was_before_is_not_on_it() {
        let mut tape = tape(100);
        tape.write(Side::Heard, 98, &[1, 2, 3]);
        tape.write(Side::End, 102, &[5]);
        assert_eq!(tape.finish(104), (vec![0, 0, 5, 0], vec![3, 0, 0, 0]));
    }

    #[test]
    fn a_pause_leaves_a_gap_out() {
        let mut tape = tape(0);
        tape.write(Side::End, 0, &[1; 4]);
        tape.pause(6);
        // Spoken before the pause, arrived after it began.
        tape.write(Side::End, 4, &[2; 4]);
        tape.write(Side::End, 8, &[3; 4]);
        tape.resume(12);
        tape.write(Side::End, 10, &[4; 4]);
        assert_eq!(tape.finish(15).0, [1, 1, 1, 1, 2, 2, 4, 4, 0]);
    }

    #[test]
    fn a_recording_that_ends_while_paused_ends_where_the_pause_began() {
        let mut tape = tape(10);
        tape.pause(14);
        tape.pause(16);
        assert_eq!(tape.finish(30).0.len(), 4);
    }

    #[test]
    fn jitter_does_not_move_a_packet_but_a_jump_does() {
        let mut placement = Placement::default();
        assert_eq!(placement.place(5000, 800), 800);
        assert_eq!(placement.place(5160, 990), 960);
        assert_eq!(placement.place(90_000, 1120), 1120);
        assert_eq!(placement.place(90_160, 1300), 1280);
        assert_eq!(placement.place(100, 1440), 1440);
    }
}
