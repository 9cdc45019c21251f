//! The media of the legs: WebRTC with a browser, or a person the lab plays, and everything between them.
//!
//! Each leg has a [`desk`](desk) of its own, which does no I/O and is given the time; [`task`] brings it its socket, its
//! timer and its orders. The [`Studio`] knows the legs and passes on from one to another what is said.

mod clip;
mod desk;
mod earpiece;
mod file;
mod lane;
mod lateness;
mod line;
mod meter;
mod pace;
mod peer;
mod person;
mod pipe;
mod ringback;
mod spectrum;
mod speech;
mod studio;
mod tape;
mod task;
#[cfg(test)]
mod tests;
mod tone;
mod trunk;

use crate::exchange::io::{
    Audio, Channels, Clip, Codec, Faults, Format, Heard, Input, LegKey, NoAudio, Order, PlayEnd,
    PlayId, RecordingKey, Shape, Source, Times, Way,
};
use crate::g711::{FRAME, RATE};

pub(crate) use studio::Studio;

/// One frame of 20 ms.
type Frame = [i16; FRAME];

/// Nothing to hear.
const SILENCE: Frame = [0; FRAME];
