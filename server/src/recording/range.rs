//! Which part of a file a `Range` header asks for (RFC 9110, 14).

use std::ops::Range;

/// What is to be sent of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it: nothing else was asked for, or nothing we give. Several ranges at once are of no use to a player.
    Whole,
    /// These bytes of it; never none.
    Some(Range<u64>),
    /// What was asked for lies beyond its end.
    Beyond,
}

/// Reads the header's value for a file of `bytes` bytes.
pub(super) fn part(asked: &[u8], bytes: u64) -> Part {
    match read(asked) {
        None => Part::Whole,
        Some((None, last)) => match last.unwrap_or(0).min(bytes) {
            0 => Part::Beyond,
            last => Part::Some(bytes - last..bytes),
        },
        Some((Some(from), _)) if from >= bytes => Part::Beyond,
        Some((Some(from), to)) => {
            Part::Some(from..to.map_or(bytes, |to| to.saturating_add(1).min(bytes)))
        }
    }
}

/// The two numbers of a single range of bytes; the first is missing where the second counts from the end.
fn read(asked: &[u8]) -> Option<(Option<u64>, Option<u64>)> {
    let asked = std::str::from_utf8(asked).ok()?;
    let (unit, range) = asked.split_once('=')?;
    let (from, to) = range.trim().split_once('-')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let number = |text: &str| match text {
        "" => Some(None),
        text if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            // What no file is as long as is as good as the longest.
            Some(Some(text.parse().unwrap_or(u64::MAX)))
        }
        _ => None,
    };
    match (number(from)?, number(to)?) {
        (None, None) => None,
        // Backwards: not a range at all.
        (Some(from), Some(to)) if from > to => None,
        range => Some(range),
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, part};

    #[test]
    fn one_range_of_bytes_is_given_and_cut_at_the_end() {
        for (asked, expected) in [
            ("bytes=0-3", 0..4),
            ("bytes=0-", 0..10),
            ("bytes=9-9", 9..10),
            ("bytes=4-99", 4..10),
            ("bytes=-3", 7..10),
            ("bytes=-99", 0..10),
            ("BYTES = 2-3", 2..4),
            ("bytes=1-99999999999999999999999999", 1..10),
        ] {
            assert_eq!(part(asked.as_bytes(), 10), Part::Some(expected), "{asked}");
        }
    }

    #[test]
    fn what_lies_beyond_the_end_is_refused() {
        for asked in ["bytes=10-", "bytes=10-12", "bytes=-0", "bytes=99999999999999999999-"] {
            assert_eq!(part(asked.as_bytes(), 10), Part::Beyond, "{asked}");
        }
        assert_eq!(part(b"bytes=0-", 0), Part::Beyond);
        assert_eq!(part(b"bytes=-1", 0), Part::Beyond);
    }

    #[test]
    fn what_is_no_single_range_of_bytes_is_not_listened_to() {
        for asked in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=3-1",
            "bytes=0-1,3-4",
            "bytes=a-b",
            "bytes=+1-2",
            "items=0-1",
            "bytes=0x1-2",
            "bytes=1--2",
        ] {
            assert_eq!(part(asked.as_bytes(), 10), Part::Whole, "{asked}");
        }
        assert_eq!(part(b"bytes=\xff-", 10), Part::Whole);
    }
}
