//! What came of it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::browser::{Arrivals, Span};
use crate::lab::Figures;
use crate::yardstick::Yardstick;

/// A packet later than this is late.
pub(crate) const LATE: Duration = Duration::from_millis(40);

/// The figures of one run.
pub(crate) struct Report {
    calls: usize,
    seconds: f64,
    to_browsers: Direction,
    to_lab: Direction,
    /// How late the packets to the browsers were, the most punctual first.
    delays: Vec<Duration>,
    yardstick: Yardstick,
    /// Processors the lab kept busy, on average.
    processors: Option<f64>,
}

/// One direction's packets.
struct Direction {
    expected: u64,
    came: u64,
    late: u64,
}

impl Direction {
    fn percent_late(&self) -> f64 {
        percent(self.late, self.came)
    }

    fn json(&self) -> Value {
        json!({
            "expected": self.expected,
            "came": self.came,
            "late": self.late,
            "late_percent": self.percent_late(),
        })
    }
}

impl Report {
    /// Judges what came within the span.
    pub(crate) fn new(
        calls: &[Arrivals],
        span: Span,
        [before, after]: [&Figures; 2],
        yardstick: Yardstick,
    ) -> Self {
        let seconds = span.until.duration_since(span.from).as_secs_f64();
        let mut delays: Vec<Duration> =
            calls.iter().flat_map(|arrivals| delays(arrivals, span)).collect();
        delays.sort_unstable();
        let late = delays.iter().filter(|delay| **delay > LATE).count();
        let to_browsers = Direction {
            expected: expected(calls.len(), seconds),
            came: count(delays.len()),
            late: count(late),
        };
        let to_lab = Direction {
            expected: expected(calls.len(), seconds),
            came: after.packets.saturating_sub(before.packets),
            late: after.late.saturating_sub(before.late),
        };
        let processors =
            before.processor.zip(after.processor).map(|(before, after)| (after - before) / seconds);
        Self { calls: calls.len(), seconds, to_browsers, to_lab, delays, yardstick, processors }
    }

    /// For people.
    pub(crate) fn print(&self) {
        println!("{} calls, PCMU both ways, {:.0} s", self.calls, self.seconds);
        println!(
            "{:22} {:>10} {:>10} {:>8} {:>9}",
            "packets", "expected", "came", "late", "late %"
        );
        for (name, direction) in
            [("to the browsers", &self.to_browsers), ("to the lab", &self.to_lab)]
        {
            let Direction { expected, came, late } = direction;
            let percent = direction.percent_late();
            println!("{name:22} {expected:>10} {came:>10} {late:>8} {percent:>9.4}");
        }
        let Yardstick { ticks, late } = self.yardstick;
        let percent = percent(late, ticks);
        println!("{:22} {ticks:>10} {ticks:>10} {late:>8} {percent:>9.4}", "a timer doing nothing");
        let [half, most, nearly, last] = self.quantiles().map(millis);
        println!(
            "to the browsers, after their time: half within {half:.1} ms, 99 % within {most:.1}, 99.9 % within {nearly:.1}, all within {last:.1}"
        );
        if let Some(processors) = self.processors {
            println!("the lab kept {processors:.2} processors busy");
        }
    }

    /// For programs.
    pub(crate) fn json(&self) -> Value {
        let [half, most, nearly, last] = self.quantiles().map(millis);
        json!({
            "calls": self.calls,
            "seconds": self.seconds,
            "late_after_ms": millis(LATE),
            "to_browsers": self.to_browsers.json(),
            "to_lab": self.to_lab.json(),
            "delay_ms": { "p50": half, "p99": most, "p999": nearly, "max": last },
            "yardstick": {
                "ticks": self.yardstick.ticks,
                "late": self.yardstick.late,
                "late_percent": percent(self.yardstick.late, self.yardstick.ticks),
            },
            "lab_processors": self.processors,
        })
    }

    /// Half, 99 %, 99.9 % and all of the delays are within these.
    fn quantiles(&self) -> [Duration; 4] {
        [500, 990, 999, 1000].map(|per_mille| {
            let at =
                (self.delays.len() * per_mille / 1000).min(self.delays.len().saturating_sub(1));
            self.delays.get(at).copied().unwrap_or_default()
        })
    }
}

/// How late each packet within the span was, against the earliest of its call.
fn delays(arrivals: &Arrivals, span: Span) -> Vec<Duration> {
    let spoken = |rtp: u64| Duration::from_micros(rtp * 125);
    // When a packet of RTP time 0 would have come, by the earliest.
    let Some(zero) = arrivals.iter().filter_map(|(at, rtp)| at.checked_sub(spoken(*rtp))).min()
    else {
        return Vec::new();
    };
    arrivals
        .iter()
        .map(|(at, rtp)| (zero + spoken(*rtp), at))
        .filter(|(due, _)| (span.from..span.until).contains(due))
        .map(|(due, at)| at.saturating_duration_since(due))
        .collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "some millions at most, and never negative"
)]
fn expected(calls: usize, seconds: f64) -> u64 {
    (calls as f64 * seconds * 50.0) as u64
}

#[expect(clippy::cast_precision_loss, reason = "some millions at most")]
fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
