//! A log that keeps what is recent.

use std::collections::VecDeque;

use serde::Serialize;

/// Entries kept; older ones are dropped.
const KEPT: usize = 2000;

/// The latest entries of a log, oldest first.
#[derive(Debug)]
pub(crate) struct Recent<T> {
    entries: VecDeque<Numbered<T>>,
    /// Entries so far. Forgetting them starts no new count, so that no number is used twice.
    count: u64,
}

/// An entry and its number, from 1.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Numbered<T> {
    id: u64,
    #[serde(flatten)]
    pub(crate) entry: T,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self { entries: VecDeque::new(), count: 0 }
    }
}

impl<T: Clone> Recent<T> {
    /// Adds an entry.
    pub(crate) fn add(&mut self, entry: T) {
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.count += 1;
        self.entries.push_back(Numbered { id: self.count, entry });
    }

    /// What is kept after the entry of this number, as far as it is wanted.
    pub(crate) fn after(&self, id: u64, wanted: impl Fn(&T) -> bool) -> Vec<Numbered<T>> {
        let chosen = |numbered: &&Numbered<T>| numbered.id > id && wanted(&numbered.entry);
        self.entries.iter().filter(chosen).cloned().collect()
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(recent: &Recent<u32>, after: u64) -> Vec<u64> {
        recent.after(after, |_| true).iter().map(|numbered| numbered.id).collect()
    }

    #[test]
    fn only_what_is_new_is_returned_and_no_number_comes_twice() {
        let mut recent = Recent::default();
        recent.add(7);
        recent.add(8);
        assert_eq!(
            (ids(&recent, 0), ids(&recent, 1), ids(&recent, 2)),
            (vec![1, 2], vec![2], vec![])
        );
        recent.clear();
        recent.add(9);
        assert_eq!(ids(&recent, 0), [3]);
        assert_eq!(recent.after(0, |entry| *entry == 8).len(), 0);
    }

    #[test]
    fn what_is_old_is_dropped() {
        let mut recent = Recent::default();
        for entry in 0..=KEPT {
            recent.add(entry);
        }
        let kept = recent.after(0, |_| true);
        assert_eq!((kept.len(), kept.first().map(|first| first.entry)), (KEPT, Some(1)));
    }
}
