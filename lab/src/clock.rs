//! The lab's clock: real time plus an offset that tests move forward, or a moment that only they move.

use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;
use tokio::sync::watch;

/// A moment on the lab's clock, in microseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(u64);

impl Moment {
    /// The moment this many microseconds after 1970-01-01T00:00:00Z.
    #[cfg(test)]
    pub(crate) const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// The moment this many seconds after 1970-01-01T00:00:00Z.
    pub(crate) const fn from_unix_seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// The moment `duration` later.
    pub(crate) fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(micros(duration)))
    }

    /// How long after `earlier` this is; nothing if it is not later.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }

    /// Whole seconds since the Unix epoch.
    pub(crate) fn unix_seconds(self) -> u64 {
        self.0 / 1_000_000
    }

    /// As Telnyx writes times in webhooks: `2026-11-21T09:00:00.100000Z`.
    pub(crate) fn iso(self) -> String {
        self.written("%Y-%m-%dT%H:%M:%S%.6fZ")
    }

    /// As S3 writes times in signed links: `20261121T090000Z`.
    pub(crate) fn basic(self) -> String {
        self.written("%Y%m%dT%H%M%SZ")
    }

    fn written(self, format: &str) -> String {
        // Past the year 9999 there is no date to write; the last one has to do.
        let micros = i64::try_from(self.0).unwrap_or(i64::MAX);
        let timestamp = Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX);
        timestamp.strftime(format).to_string()
    }
}

/// Reads an ISO 8601 date and time; without an offset it is UTC.
pub(crate) fn from_iso(text: &str) -> Option<Moment> {
    let timestamp = text.parse::<Timestamp>().ok().or_else(|| {
        let civil = text.parse::<jiff::civil::DateTime>().ok()?;
        Some(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    })?;
    u64::try_from(timestamp.as_microsecond()).ok().map(Moment)
}

/// Reads S3's `20261121T090000Z`.
pub(crate) fn from_basic(text: &str) -> Option<Moment> {
    let parsed = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    let zoned = parsed.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    let micros = u64::try_from(zoned.timestamp().as_microsecond()).ok()?;
    Some(Moment(micros))
}

/// Real time, or the moment it was started at, plus the offset the control API has added so far.
#[derive(Debug)]
pub(crate) struct Clock {
    /// Where it stands until it is moved (`TONO_LAB_CLOCK`); without, it runs.
    stands_at: Option<Moment>,
    offset: watch::Sender<Duration>,
}

impl Clock {
    /// A clock that stands at this moment, or shows real time.
    pub(crate) fn new(stands_at: Option<Moment>) -> Self {
        Self { stands_at, offset: watch::Sender::new(Duration::ZERO) }
    }

    /// What the lab's clock shows now.
    pub(crate) fn now(&self) -> Moment {
        self.stands_at.unwrap_or_else(real_now).plus(*self.offset.borrow())
    }

    /// Whether it moves by itself.
    pub(crate) fn runs(&self) -> bool {
        self.stands_at.is_none()
    }

    /// How much of the time since then this clock has shown by itself.
    pub(crate) fn ran_since(&self, then: Instant) -> Duration {
        match self.stands_at {
            Some(_) => Duration::ZERO,
            None => then.elapsed(),
        }
    }

    /// Moves the clock forward and wakes whoever waits for a moment.
    pub(crate) fn advance(&self, by: Duration) {
        self.offset.send_modify(|offset| *offset = offset.saturating_add(by));
    }

    /// Shows again what it would without having been moved.
    pub(crate) fn reset(&self) {
        self.offset.send_replace(Duration::ZERO);
    }

    /// Waits until this clock shows `moment`, however it gets there.
    pub(crate) async fn until(&self, moment: Moment) {
        let mut moved = self.offset.subscribe();
        loop {
            let left = moment.since(self.now());
            if left.is_zero() {
                return;
            }
            let runs_out = async {
                match self.stands_at {
                    Some(_) => std::future::pending().await,
                    None => tokio::time::sleep(left).await,
                }
            };
            tokio::select! {
                () = runs_out => {}
                changed = moved.changed() => {
                    if changed.is_err() {
                        return;
                    }
                }
            }
        }
    }
}

/// The computer's own clock. Signatures use it, because their reader checks their age against its own.
pub(crate) fn real_now() -> Moment {
    let elapsed =
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    Moment(micros(elapsed))
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
