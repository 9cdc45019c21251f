//! Something being played, so many times.

use std::sync::Arc;

use super::speech::Speech;
use super::tone::Tone;
use super::{Clip, Frame, RATE, SILENCE, Times};

/// A beep: 1400 Hz for 200 ms, as answering machines do it.
const BEEP_HZ: f64 = 1400.0;
const BEEP_PEAK: f64 = 0.3;
const BEEP_SAMPLES: u32 = RATE / 5;

/// A clip at the place it has been played to.
#[derive(Debug)]
pub(crate) struct Playback {
    clip: Clip,
    sound: Sound,
    /// This time included.
    times: Times,
    /// Whether this time a sample has been played.
    begun: bool,
}

/// A clip being played once.
#[derive(Debug)]
enum Sound {
    Speech(Speech),
    Wave { samples: Arc<[i16]>, at: usize },
    Beep { tone: Tone, left: u32 },
}

impl Sound {
    fn new(clip: &Clip) -> Self {
        match clip {
            Clip::Speech { text } => Self::Speech(Speech::new(text)),
            Clip::Wave { samples } => Self::Wave { samples: Arc::clone(samples), at: 0 },
            Clip::Beep => Self::Beep { tone: Tone::new(BEEP_HZ, BEEP_PEAK), left: BEEP_SAMPLES },
        }
    }

    fn next(&mut self) -> Option<i16> {
        match self {
            Self::Speech(speech) => speech.next(),
            Self::Wave { samples, at } => {
                let sample = samples.get(*at).copied();
                *at += 1;
                sample
            }
            Self::Beep { tone, left } => {
                *left = left.checked_sub(1)?;
                Some(tone.next())
            }
        }
    }
}

impl Playback {
    /// A clip before its first sample. It is played at least once.
    pub(crate) fn new(clip: Clip, times: Times) -> Self {
        Self { sound: Sound::new(&clip), clip, times, begun: false }
    }

    /// The next 20 ms, silent where the clip is over, and whether it is.
    pub(crate) fn next(&mut self) -> (Frame, bool) {
        let mut frame = SILENCE;
        for place in &mut frame {
            let Some(sample) = self.sample() else { return (frame, true) };
            *place = sample;
        }
        (frame, false)
    }

    fn sample(&mut self) -> Option<i16> {
        loop {
            if let Some(sample) = self.sound.next() {
                self.begun = true;
                return Some(sample);
            }
            // A clip without a sample would be begun again for ever.
            if !self.begun {
                return None;
            }
            self.times = match self.times {
                Times::Once | Times::Times(0 | 1) => return None,
                Times::Times(times) => Times::Times(times - 1),
                Times::ForEver => Times::ForEver,
            };
            self.sound = Sound::new(&self.clip);
            self.begun = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::FRAME;
    use super::*;

    fn wave(samples: &[i16]) -> Clip {
        Clip::Wave { samples: samples.into() }
    }

    #[test]
    fn a_clip_is_played_as_often_as_told_without_a_gap() {
        let mut playback = Playback::new(wave(&[5; 100]), Times::Times(2));
        let (first, over) = playback.next();
        assert_eq!((first, over), ([5; FRAME], false));
        let (second, over) = playback.next();
        assert!(second[..40].iter().all(|sample| *sample == 5));
        assert_eq!((&second[40..], over), (&[0; 120][..], true));
    }

    #[test]
    fn for_ever_has_no_end_unless_there_is_nothing_to_play() {
        let mut playback = Playback::new(wave(&[5]), Times::ForEver);
        assert!((0..1000).all(|_| playback.next() == ([5; FRAME], false)));
        assert_eq!(Playback::new(wave(&[]), Times::ForEver).next(), (SILENCE, true));
    }

    #[test]
    fn a_beep_takes_a_fifth_of_a_second() {
        let mut beep = Playback::new(Clip::Beep, Times::Once);
        assert_eq!((0..20).position(|_| beep.next().1), Some(10));
    }
}
