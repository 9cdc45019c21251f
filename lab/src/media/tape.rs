//! The recording of a call: both sides as they were, each on its own channel, aligned in time.

use std::io::Cursor;

use crate::exchange::{Audio, Format};
use crate::g711::RATE;

/// A tape ends after so many samples: 30 minutes, 58 MB of WAV.
const LONGEST: usize = 30 * 60 * RATE as usize;

/// Both sides since the answer.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    agent: Vec<i16>,
    far_end: Vec<i16>,
}

/// Whose voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Agent,
    FarEnd,
}

impl Tape {
    /// Writes samples that start `at` samples after the answer. What is never written is silence.
    pub(crate) fn write(&mut self, side: Side, at: usize, samples: &[i16]) {
        let channel = match side {
            Side::Agent => &mut self.agent,
            Side::FarEnd => &mut self.far_end,
        };
        let end = at.saturating_add(samples.len());
        if end > LONGEST {
            return;
        }
        if channel.len() < end {
            channel.resize(end, 0);
        }
        channel[at..end].copy_from_slice(samples);
    }

    /// The WAV file of the first `length` samples: 16 bit, 8 kHz, left the agent, right the far end.
    pub(crate) fn into_audio(self, length: usize) -> Result<Audio, hound::Error> {
        let length = length.min(LONGEST);
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: RATE,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut file = Cursor::new(Vec::with_capacity(44 + length * 4));
        let mut writer = hound::WavWriter::new(&mut file, spec)?;
        for at in 0..length {
            writer.write_sample(self.agent.get(at).copied().unwrap_or(0))?;
            writer.write_sample(self.far_end.get(at).copied().unwrap_or(0))?;
        }
        writer.finalize()?;
        let millis = u64::try_from(length).unwrap_or(u64::MAX) * 1000 / u64::from(RATE);
        Ok(Audio { bytes: file.into_inner().into(), format: Format::Wav, millis })
    }
}

/// Places the agent's packets on the tape: the first one where it arrived, the rest by their RTP time, so that network
/// jitter does not end up in the recording.
#[derive(Debug, Default)]
pub(crate) struct Placement {
    anchor: Option<(u64, usize)>,
}

/// Off by more than this (100 ms), RTP time has jumped, as after a re-attach, and a new anchor is set.
const JUMP: usize = RATE as usize / 10;

impl Placement {
    /// Where a packet goes that has RTP time `rtp` (8 kHz) and whose first sample is at `arrival` by the clock.
    pub(crate) fn place(&mut self, rtp: u64, arrival: usize) -> usize {
        let by_rtp = self.anchor.and_then(|(first, at)| {
            let passed = usize::try_from(rtp.checked_sub(first)?).ok()?;
            at.checked_add(passed)
        });
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
    #![allow(clippy::unwrap_used, reason = "writing to memory works")]

    use super::*;

    #[test]
    fn the_agent_is_left_the_far_end_right_and_gaps_are_silent() {
        let mut tape = Tape::default();
        tape.write(Side::FarEnd, 0, &[7, 7]);
        tape.write(Side::Agent, 2, &[5]);
        let audio = tape.into_audio(4).unwrap();

        let wav = hound::WavReader::new(&audio.bytes[..]).unwrap();
        assert_eq!((wav.spec().channels, wav.spec().sample_rate), (2, 8000));
        let samples: Vec<i16> = wav.into_samples().map(Result::unwrap).collect();
        assert_eq!(samples, [0, 7, 0, 7, 5, 0, 0, 0]);
    }

    #[test]
    fn its_length_is_told_in_milliseconds() {
        assert_eq!(Tape::default().into_audio(12_000).unwrap().millis, 1500);
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
