//! How often somebody may guess a password.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use call::time::Millis;

/// How many wrong passwords are taken within [`WINDOW`].
const MOST: usize = 5;

/// How long a wrong password counts, in milliseconds.
const WINDOW: u64 = 60_000;

/// How many names and addresses are remembered before those that no longer count are dropped.
const CROWD: usize = 10_000;

type Guesser = (String, IpAddr);

/// The wrong passwords of the last minute, by name and address.
#[derive(Default)]
pub(crate) struct Attempts(Mutex<HashMap<Guesser, Vec<Millis>>>);

impl Attempts {
    /// Whether another password is looked at.
    pub(crate) fn may_try(&self, name: &str, from: IpAddr, now: Millis) -> bool {
        let known = self.known();
        let guesses = known.get(&(name.to_owned(), from));
        guesses.map_or(0, |guesses| guesses.iter().filter(|at| counts(**at, now)).count()) < MOST
    }

    /// A password was wrong.
    pub(crate) fn failed(&self, name: &str, from: IpAddr, now: Millis) {
        let mut known = self.known();
        if known.len() >= CROWD {
            known.retain(|_, guesses| guesses.iter().any(|at| counts(*at, now)));
        }
        let guesses = known.entry((name.to_owned(), from)).or_default();
        guesses.retain(|at| counts(*at, now));
        guesses.push(now);
    }

    /// A password was right.
    pub(crate) fn succeeded(&self, name: &str, from: IpAddr) {
        self.known().remove(&(name.to_owned(), from));
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Guesser, Vec<Millis>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn counts(at: Millis, now: Millis) -> bool {
    now.since(at) < WINDOW
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use call::time::Millis;

    use super::Attempts;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    const THERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));

    #[test]
    fn the_sixth_guess_within_a_minute_is_not_looked_at() {
        let attempts = Attempts::default();
        for second in 0..5 {
            assert!(attempts.may_try("agent", HERE, Millis(second * 1000)));
            attempts.failed("agent", HERE, Millis(second * 1000));
        }
        assert!(!attempts.may_try("agent", HERE, Millis(5_000)));
        assert!(
            attempts.may_try("agent", THERE, Millis(5_000)),
            "somebody elsewhere is not locked out"
        );
        assert!(attempts.may_try("other", HERE, Millis(5_000)));
        assert!(
            attempts.may_try("agent", HERE, Millis(60_000)),
            "the first guess no longer counts"
        );
    }

    #[test]
    fn a_right_password_forgets_the_wrong_ones() {
        let attempts = Attempts::default();
        for _ in 0..4 {
            attempts.failed("agent", HERE, Millis(0));
        }
        attempts.succeeded("agent", HERE);
        attempts.failed("agent", HERE, Millis(0));
        assert!(attempts.may_try("agent", HERE, Millis(0)));
    }
}
