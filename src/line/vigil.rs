//! Whether this page is awake, and whether it hears the gateway.
//!
//! A tab that is frozen and a computer that sleeps say nothing; only a gap between two looks does. A call that comes in
//! meanwhile rings nowhere, and the SDK goes on to believe in its socket until its own timers run again.

use std::cell::Cell;

use call::line::{Event, SILENCE_LIMIT_MS, SLEEP_LIMIT_MS};
use call::time::Millis;

/// What was seen at the last looks.
pub(super) struct Vigil {
    looked: Cell<Millis>,
    heard: Cell<Millis>,
    /// Whether the silence there is was told of.
    told: Cell<bool>,
}

impl Vigil {
    /// A vigil that begins now.
    pub(super) const fn new(now: Millis) -> Self {
        Self { looked: Cell::new(now), heard: Cell::new(now), told: Cell::new(false) }
    }

    /// A message has come.
    pub(super) fn hears(&self, now: Millis) {
        self.heard.set(now);
        self.told.set(false);
    }

    /// What there is to say, once about each sleep and each silence. It is looked every second while the page is awake.
    pub(super) fn look(&self, now: Millis) -> Option<Event> {
        if now.since(self.looked.replace(now)) > SLEEP_LIMIT_MS {
            // The silence of the sleep says nothing; what is asked now will be answered, or not.
            self.hears(now);
            return Some(Event::Woke);
        }
        let silent = now.since(self.heard.get()) > SILENCE_LIMIT_MS;
        (silent && !self.told.replace(true)).then_some(Event::Silent)
    }
}

#[cfg(test)]
mod tests {
    use call::line::Event;
    use call::time::Millis;

    use super::Vigil;

    /// What is said by looks at these seconds, the gateway being heard at those.
    fn said(looks: impl IntoIterator<Item = u64>, heard: &[u64]) -> Vec<(u64, &'static str)> {
        let vigil = Vigil::new(Millis(0));
        let look = |second: u64| {
            if heard.contains(&second) {
                vigil.hears(Millis(second * 1_000));
            }
            let said = vigil.look(Millis(second * 1_000))?;
            let words = [(Event::Woke, "woke"), (Event::Silent, "silent")];
            let word = words.iter().find(|(event, _)| *event == said);
            Some((second, word.map_or("something else", |(_, word)| *word)))
        };
        looks.into_iter().filter_map(look).collect()
    }

    #[test]
    fn a_gateway_that_is_heard_every_half_minute_is_not_silent() {
        assert_eq!(said(0..120, &[30, 60, 90]), []);
    }

    #[test]
    fn a_silence_is_told_of_once_and_the_next_one_again() {
        assert_eq!(said(0..150, &[60]), [(36, "silent"), (96, "silent")]);
    }

    #[test]
    fn a_page_that_stood_still_says_so_and_not_that_the_gateway_was_silent() {
        assert_eq!(said((0..5).chain(600..620), &[]), [(600, "woke")]);
        // Nor is one that looks as seldom as a browser lets a hidden page.
        assert_eq!(said((0..300).step_by(5), &[30, 60, 90, 120, 150, 180, 210, 240, 270]), []);
    }

    #[test]
    fn a_clock_that_is_set_back_says_nothing() {
        assert_eq!(said([100, 0, 1, 2], &[]), [(100, "woke")]);
    }
}
