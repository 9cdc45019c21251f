//! The time axis of a drawn timeline: where a moment stands, and which moments are named.
//!
//! A call is a second in which twenty things happen, an hour in which nothing does, and another second. So what is
//! quiet is shortened, the more the longer it is: half a second has a third of the room of an hour. The ticks say which
//! times they are.

use call::time::Millis;

/// What room any pause has, beside what it has by its length.
const LEAST: f64 = 0.08;
/// Up to about this long, a pause has room by its length, in milliseconds.
const QUICK_MS: f64 = 250.0;
/// What stays free at both ends, for the marks there.
const MARGIN: f64 = 8.0;
/// The room that the name of a tick takes.
const TICK: f64 = 64.0;
/// A pause that is shown as one, in milliseconds.
const PAUSE_MS: u64 = 20_000;

/// The axis.
pub(super) struct Axis {
    /// Moments in their order, each with its place.
    points: Vec<(Millis, f64)>,
    pub(super) width: f64,
}

impl Axis {
    /// An axis for these moments, this many pixels wide.
    pub(super) fn new(mut moments: Vec<Millis>, width: f64) -> Self {
        moments.sort_unstable();
        moments.dedup();
        let room = |pair: &[Millis]| {
            #[expect(
                clippy::cast_precision_loss,
                reason = "a call's milliseconds are far below 2^52"
            )]
            let ms = pair[1].since(pair[0]) as f64;
            LEAST + (ms / QUICK_MS).ln_1p().ln_1p()
        };
        let all: f64 = moments.windows(2).map(room).sum();
        let scale = if all > 0.0 { (width - 2.0 * MARGIN) / all } else { 0.0 };
        let mut place = MARGIN;
        let mut points = Vec::with_capacity(moments.len());
        points.extend(moments.first().map(|first| (*first, place)));
        for pair in moments.windows(2) {
            place += room(pair) * scale;
            points.push((pair[1], place));
        }
        Self { points, width }
    }

    /// Where a moment stands; one between two of the axis's own stands between them.
    pub(super) fn place(&self, moment: Millis) -> f64 {
        let after = self.points.partition_point(|(at, _)| *at < moment);
        let next = self.points.get(after).or(self.points.last());
        let last = after.checked_sub(1).and_then(|before| self.points.get(before)).or(next);
        let (Some((from, left)), Some((until, right))) = (last, next) else { return MARGIN };
        if until <= from {
            return *right;
        }
        #[expect(clippy::cast_precision_loss, reason = "a call's milliseconds are far below 2^52")]
        let part = moment.since(*from) as f64 / until.since(*from) as f64;
        left + (right - left) * part
    }

    /// The moments that are named, so far apart that their names do not meet; the first and the last are among them.
    pub(super) fn ticks(&self) -> Vec<(Millis, f64)> {
        let mut ticks: Vec<(Millis, f64)> = vec![];
        for point in &self.points {
            if ticks.last().is_none_or(|(_, last)| point.1 - last >= TICK) {
                ticks.push(*point);
            }
        }
        if let Some(last) = self.points.last()
            && ticks.last() != Some(last)
        {
            if ticks.len() > 1 {
                ticks.pop();
            }
            ticks.push(*last);
        }
        ticks
    }

    /// The middles of the pauses that are much shorter here than they were.
    pub(super) fn pauses(&self) -> impl Iterator<Item = f64> {
        let long = self.points.windows(2).filter(|pair| pair[1].0.since(pair[0].0) >= PAUSE_MS);
        long.map(|pair| f64::midpoint(pair[0].1, pair[1].1))
    }
}

#[cfg(test)]
mod tests {
    use call::time::Millis;

    use super::{Axis, MARGIN, TICK};

    fn axis(moments: &[u64], width: f64) -> Axis {
        Axis::new(moments.iter().copied().map(Millis).collect(), width)
    }

    #[test]
    fn moments_stand_in_their_order_within_the_width_whatever_lies_between_them() {
        let moments = [5_000, 1_000, 1_001, 1_002, 1_050, 3_605_000, 3_605_010];
        let axis = axis(&moments, 320.0);
        let places: Vec<f64> = axis.points.iter().map(|(_, place)| *place).collect();
        assert!((places[0] - MARGIN).abs() < 0.01 && (places[6] - 312.0).abs() < 0.01);
        assert!(places.windows(2).all(|pair| pair[1] - pair[0] > 2.0), "{places:?}");
        let quiet = places[5] - places[4];
        let seconds = places[4] - places[3];
        assert!(quiet < 2.0 * seconds, "an hour leaves room for four seconds: {places:?}");
        assert_eq!(axis.pauses().count(), 1);
    }

    #[test]
    fn a_moment_between_two_stands_between_them_and_one_beyond_at_the_end() {
        let axis = axis(&[1_000, 2_000], 100.0);
        assert!((axis.place(Millis(1_500)) - 50.0).abs() < 0.01);
        assert!((axis.place(Millis(500)) - MARGIN).abs() < 0.01);
        assert!((axis.place(Millis(9_000)) - 92.0).abs() < 0.01);
        assert!((self::axis(&[], 100.0).place(Millis(7)) - MARGIN).abs() < 0.01);
    }

    #[test]
    fn names_of_ticks_do_not_meet_and_the_ends_have_one() {
        let moments: Vec<u64> = (0..200).map(|n| n * n * 10).collect();
        let axis = axis(&moments, 640.0);
        let ticks = axis.ticks();
        assert!(ticks.windows(2).all(|pair| pair[1].1 - pair[0].1 >= TICK), "{ticks:?}");
        assert_eq!(ticks.first().map(|(at, _)| at.0), Some(0));
        assert_eq!(ticks.last().map(|(at, _)| at.0), moments.last().copied());
    }
}
