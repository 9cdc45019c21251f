//! Whether packets come when they should.

use std::time::{Duration, Instant};

use super::RATE;

/// A packet later than this is late: a receiver that waits for two frames has gone on without it.
const LATE: Duration = Duration::from_millis(40);

/// Off by more than this, RTP time has jumped, and a new schedule begins.
const JUMP: Duration = Duration::from_secs(1);

/// How much the schedule gives way with each packet: 100 ppm of 20 ms, for two clocks that run apart.
const GIVE: Duration = Duration::from_micros(2);

/// The schedule of the packets that come: as early as any of them came.
#[derive(Debug, Default)]
pub(crate) struct Lateness {
    /// A packet of this RTP time is due at this moment.
    schedule: Option<(u64, Instant)>,
}

impl Lateness {
    /// Takes in a packet of RTP time `rtp` (8 kHz) that has come now, and says whether it is late.
    pub(crate) fn is_late(&mut self, rtp: u64, now: Instant) -> bool {
        let due = self.schedule.and_then(|(first, due)| {
            let passed = rtp.checked_sub(first)?;
            due.checked_add(Duration::from_micros(passed.checked_mul(1_000_000)? / u64::from(RATE)))
        });
        let Some(due) = due.filter(|due| *due <= now + JUMP) else {
            self.schedule = Some((rtp, now));
            return false;
        };
        let by = now.saturating_duration_since(due);
        let jumped = by > JUMP;
        self.schedule = Some((rtp, if jumped { now } else { now.min(due + GIVE) }));
        by > LATE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packets 20 ms apart that come so many milliseconds after the first should have.
    fn late(packets: &[(u64, u64)]) -> Vec<bool> {
        let start = Instant::now();
        let mut lateness = Lateness::default();
        let at = |millis| start + Duration::from_millis(millis);
        packets.iter().map(|(number, millis)| lateness.is_late(number * 160, at(*millis))).collect()
    }

    #[test]
    fn a_packet_is_late_against_the_earliest() {
        assert_eq!(late(&[(0, 0), (1, 60), (2, 81), (3, 60)]), [false, false, true, false]);
        // The first one was late itself.
        assert_eq!(late(&[(0, 50), (1, 20), (2, 81)]), [false, false, true]);
        // One is lost.
        assert_eq!(late(&[(0, 0), (2, 41), (3, 60)]), [false, false, false]);
    }

    #[test]
    fn a_jump_begins_a_new_schedule() {
        assert_eq!(late(&[(0, 0), (50_000, 20), (50_001, 81)]), [false, false, true]);
        assert_eq!(late(&[(500, 0), (0, 20), (1, 81)]), [false, false, true]);
        assert_eq!(late(&[(0, 0), (1, 2000), (2, 2020)]), [false, true, false]);
    }

    #[test]
    fn clocks_that_run_apart_make_nothing_late() {
        let start = Instant::now();
        let mut lateness = Lateness::default();
        // An hour at 50 ppm is 180 ms.
        let come = |number: u64| start + Duration::from_micros(number * 20_001);
        assert!(!(0..180_000).any(|number| lateness.is_late(number * 160, come(number))));
    }
}
