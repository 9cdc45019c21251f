//! Carries what one leg says to another that hears it.

use std::collections::VecDeque;

use super::{FRAME, Frame, SILENCE};

/// Samples kept at most: a frame for the jitter of the packets that bring them, and one on top. What is older is let
/// go, so that the far end is never heard late.
const MOST: usize = 2 * FRAME;

/// A short queue of samples; whole frames come out.
#[derive(Debug, Default)]
pub(crate) struct Pipe {
    samples: VecDeque<i16>,
}

impl Pipe {
    /// Takes in what was said.
    pub(crate) fn push(&mut self, samples: &[i16]) {
        self.samples.extend(samples);
        let excess = self.samples.len().saturating_sub(MOST.max(samples.len()));
        self.samples.drain(..excess);
    }

    /// The next 20 ms, silent when not as much has come.
    pub(crate) fn pop(&mut self) -> Frame {
        let mut frame = SILENCE;
        if self.samples.len() >= FRAME {
            for (place, sample) in frame.iter_mut().zip(self.samples.drain(..FRAME)) {
                *place = sample;
            }
        }
        frame
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_piles_up_is_let_go_oldest_first() {
        let mut pipe = Pipe::default();
        (1..=5).for_each(|sample| pipe.push(&[sample; FRAME]));
        assert_eq!([pipe.pop()[0], pipe.pop()[0], pipe.pop()[0]], [4, 5, 0]);
    }

    #[test]
    fn packets_of_30_ms_come_out_whole() {
        let mut pipe = Pipe::default();
        let mut heard = Vec::new();
        for packet in 0..40_i16 {
            pipe.push(&[packet + 1; 240]);
            // Three frames for each two packets.
            (0..=packet % 2).for_each(|_| heard.extend(pipe.pop()));
        }
        let said: Vec<i16> = (0..40_i16).flat_map(|packet| [packet + 1; 240]).collect();
        assert_eq!(heard, said);
    }
}
