//! Steps that say what they are doing and how long it took.

use std::time::{Duration, Instant};

use crate::error::Error;

/// Does `work`, announcing it before and timing it after.
pub(crate) fn step<T>(what: &str, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    println!("{what} …");
    let began = Instant::now();
    let done = work()?;
    println!("{what} … {}", spoken(began.elapsed()));
    Ok(done)
}

/// A duration as minutes and seconds: `0 min 41 s`.
pub(crate) fn spoken(duration: Duration) -> String {
    let seconds = duration.as_secs();
    format!("{} min {} s", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_told_in_whole_minutes_and_seconds() {
        assert_eq!(spoken(Duration::from_millis(41_900)), "0 min 41 s");
        assert_eq!(spoken(Duration::from_secs(605)), "10 min 5 s");
    }
}
