//! What a leg's end is given to hear: what is played to it, else its source.

use super::clip::Playback;
use super::pipe::Pipe;
use super::ringback::Ringback;
use super::{Clip, Frame, LegKey, PlayId, SILENCE, Source, Times};

/// The source being heard.
#[derive(Debug)]
enum Hearing {
    Silence,
    Ringback(Ringback),
    Leg { leg: LegKey, pipe: Pipe },
}

/// Mixes what one end hears.
#[derive(Debug)]
pub(crate) struct Earpiece {
    hearing: Hearing,
    playing: Option<(PlayId, Playback)>,
    /// Says that a recording has started; laid over everything else.
    beep: Option<Playback>,
}

impl Earpiece {
    /// Nothing to hear.
    pub(crate) fn new() -> Self {
        Self { hearing: Hearing::Silence, playing: None, beep: None }
    }

    /// Hears this from now on, when nothing is played.
    pub(crate) fn hear(&mut self, source: Source) {
        self.hearing = match source {
            Source::Silence => Hearing::Silence,
            Source::Ringback => Hearing::Ringback(Ringback::new()),
            Source::Leg(leg) => Hearing::Leg { leg, pipe: Pipe::default() },
        };
    }

    /// Takes in what another leg's end said; it is heard if that leg is the source.
    pub(crate) fn overhear(&mut self, speaker: &str, samples: &[i16]) {
        if let Hearing::Leg { leg, pipe } = &mut self.hearing
            && leg == speaker
        {
            pipe.push(samples);
        }
    }

    /// Lets go of what has come and is not heard yet, so that it is not heard much later.
    pub(crate) fn forget(&mut self) {
        match &mut self.hearing {
            Hearing::Silence | Hearing::Ringback(_) => {}
            Hearing::Leg { pipe, .. } => *pipe = Pipe::default(),
        }
    }

    /// Plays this instead of the source. Returns what was being played and is now cut short.
    pub(crate) fn play(&mut self, id: PlayId, clip: Clip, times: Times) -> Option<PlayId> {
        let before = self.playing.replace((id, Playback::new(clip, times)));
        before.map(|(id, _)| id)
    }

    /// Stops playing. Returns what was being played.
    pub(crate) fn stop(&mut self) -> Option<PlayId> {
        self.playing.take().map(|(id, _)| id)
    }

    /// Beeps once.
    pub(crate) fn beep(&mut self) {
        self.beep = Some(Playback::new(Clip::Beep, Times::Once));
    }

    /// The next 20 ms, and what has been played to its end in them.
    pub(crate) fn next(&mut self) -> (Frame, Option<PlayId>) {
        // The source runs on under what is played over it, so that nothing old is heard afterwards.
        let mut frame = match &mut self.hearing {
            Hearing::Silence => SILENCE,
            Hearing::Ringback(ringback) => ringback.next(),
            Hearing::Leg { pipe, .. } => pipe.pop(),
        };
        let mut ended = false;
        if let Some((_, playback)) = &mut self.playing {
            (frame, ended) = playback.next();
        }
        if let Some(beep) = &mut self.beep {
            let (tone, over) = beep.next();
            for (sample, tone) in frame.iter_mut().zip(tone) {
                *sample = sample.saturating_add(tone);
            }
            if over {
                self.beep = None;
            }
        }
        (frame, if ended { self.stop() } else { None })
    }
}
