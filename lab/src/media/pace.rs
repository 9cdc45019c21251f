//! When the next frame is due: fifty a second, without drift.

use std::time::{Duration, Instant};

use super::RATE;

/// A frame's length.
pub(crate) const FRAME_TIME: Duration = Duration::from_millis(20);

/// So many frames late (a machine that was asleep), what was missed is given up, not caught up with.
const TOO_LATE: u64 = 50;

/// Counts the frames since a moment.
#[derive(Debug)]
pub(crate) struct Pace {
    since: Instant,
    frames: u64,
}

impl Pace {
    /// The first frame is due now.
    pub(crate) fn new(now: Instant) -> Self {
        Self { since: now, frames: 0 }
    }

    /// When the next frame is due.
    pub(crate) fn due(&self) -> Instant {
        let millis = self.frames.saturating_mul(20);
        self.since + Duration::from_millis(millis)
    }

    /// The number of the frame that is due, counted from zero. To be asked until there is none.
    pub(crate) fn tick(&mut self, now: Instant) -> Option<u64> {
        let behind = now.checked_duration_since(self.due())?;
        let frames = u64::try_from(behind.as_millis() / FRAME_TIME.as_millis()).unwrap_or(0);
        if frames >= TOO_LATE {
            self.frames = self.frames.saturating_add(frames);
        }
        let frame = self.frames;
        self.frames = frame.saturating_add(1);
        Some(frame)
    }

    /// Samples since the beginning.
    pub(crate) fn samples(&self, now: Instant) -> u64 {
        let micros = now.saturating_duration_since(self.since).as_micros();
        u64::try_from(micros * u128::from(RATE) / 1_000_000).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_asks_late_still_gets_fifty_a_second() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let mut frames = 0;
        for millis in (0..60_000).step_by(33) {
            while pace.tick(start + Duration::from_millis(millis)).is_some() {
                frames += 1;
            }
        }
        assert_eq!(frames, 3000);
    }

    #[test]
    fn after_a_sleep_it_goes_on_where_it_is() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        assert_eq!(pace.tick(start), Some(0));
        let later = start + Duration::from_mins(1);
        assert_eq!(pace.tick(later), Some(3000));
        assert_eq!(pace.tick(later), None);
        assert_eq!(pace.due(), later + FRAME_TIME);
    }
}
