//! One direction of a network with faults: it loses what it carries, holds it up, or carries nothing.

use std::collections::VecDeque;
use std::time::Instant;

use super::Way;
use crate::seed::Seed;

/// A queue that parcels come out of later, or never.
#[derive(Debug)]
pub(crate) struct Lane<T> {
    way: Way,
    /// What the dice begin with, each time anew.
    first: Dice,
    dice: Dice,
    /// On their way, the next to arrive first.
    travelling: VecDeque<(Instant, T)>,
}

impl<T> Lane<T> {
    /// A lane that carries everything at once, until it is told otherwise; these dice say what it loses then.
    pub(crate) fn new(dice: Dice) -> Self {
        Self { way: Way::default(), first: dice, dice, travelling: VecDeque::new() }
    }

    /// From now on the lane is like this. What is on its way arrives as it would have; which parcels are lost is the
    /// same each time the same order is given.
    pub(crate) fn set(&mut self, way: Way) {
        self.way = way;
        self.dice = self.first;
    }

    /// Sends a parcel off.
    pub(crate) fn push(&mut self, parcel: T, now: Instant) {
        if self.way.stopped || self.dice.percent() < self.way.loss_percent {
            return;
        }
        // Nothing overtakes, not even when the delay becomes shorter.
        let arrival = now + self.way.delay;
        let arrival = self.travelling.back().map_or(arrival, |(before, _)| arrival.max(*before));
        self.travelling.push_back((arrival, parcel));
    }

    /// A parcel that has arrived.
    pub(crate) fn pop(&mut self, now: Instant) -> Option<T> {
        let (arrival, _) = self.travelling.front()?;
        if *arrival > now {
            return None;
        }
        self.travelling.pop_front().map(|(_, parcel)| parcel)
    }

    /// When the next parcel arrives.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.travelling.front().map(|(arrival, _)| *arrival)
    }

    /// Loses everything that is on its way.
    pub(crate) fn clear(&mut self) {
        self.travelling.clear();
    }
}

/// Numbers that look random and are the same each time (`SplitMix64`, G. Steele, D. Lea and C. Flood, 2014).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dice(u64);

impl Dice {
    /// The dice of the lab's seed.
    pub(crate) fn of(seed: Seed) -> Self {
        Self(seed.number("loss"))
    }

    /// 0 to 99, each as likely.
    fn percent(&mut self) -> u8 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u8::try_from((mixed ^ (mixed >> 31)) % 100).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn arrivals(way: Way, seed: u64) -> Vec<u32> {
        let start = Instant::now();
        let mut lane = Lane::new(Dice::of(Seed(seed)));
        lane.set(way);
        (0..1000).for_each(|parcel| lane.push(parcel, start));
        std::iter::from_fn(|| lane.pop(start)).collect()
    }

    #[test]
    fn the_same_parcels_are_lost_each_time_and_about_as_many_as_told() {
        let way = Way { loss_percent: 20, ..Way::default() };
        let arrived = arrivals(way, 1);
        assert!((750..850).contains(&arrived.len()), "{} arrived", arrived.len());
        assert_eq!(arrived, arrivals(way, 1));
        assert_ne!(arrived, arrivals(way, 2));
        assert_eq!(arrivals(Way::default(), 1).len(), 1000);
        assert_eq!(arrivals(Way { loss_percent: 100, ..Way::default() }, 1).len(), 0);
        assert_eq!(arrivals(Way { stopped: true, ..Way::default() }, 1).len(), 0);
    }

    #[test]
    fn nothing_arrives_early_and_nothing_overtakes() {
        let start = Instant::now();
        let millis = |millis| Duration::from_millis(millis);
        let mut lane = Lane::new(Dice::of(Seed(1)));
        lane.set(Way { delay: millis(300), ..Way::default() });
        lane.push('a', start);
        lane.set(Way::default());
        lane.push('b', start + millis(10));

        assert_eq!(lane.pop(start + millis(299)), None);
        assert_eq!(lane.due(), Some(start + millis(300)));
        assert_eq!(lane.pop(start + millis(300)), Some('a'));
        assert_eq!(lane.pop(start + millis(300)), Some('b'));
        assert_eq!(lane.due(), None);
    }
}
