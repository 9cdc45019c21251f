//! A WAV file's header: how long the file lasts, and what a recorder that streams leaves open in it.

/// Marks as unknown (all ones) the sizes that a recorder could not know when it wrote them, and left at zero or wrong.
pub(super) fn open(head: &mut [u8]) {
    let Some(Header { size_at, size, .. }) = Header::read(head) else { return };
    // Of the whole file, which ends where it ends.
    head[4..8].fill(0xff);
    if size == 0 {
        head[size_at..size_at + 4].fill(0xff);
    }
}

/// The duration in milliseconds, from the first bytes of a file of `bytes` bytes.
///
/// Recorders that stream leave the data chunk's size at zero or at its maximum: then the rest of the file counts.
pub(super) fn duration_ms(head: &[u8], bytes: u64) -> Option<u64> {
    let Header { size_at, size, bytes_per_second } = Header::read(head)?;
    let begins = u64::try_from(size_at + 4).ok()?;
    let there = bytes.checked_sub(begins)?;
    let data = if size == 0 { there } else { there.min(u64::from(size)) };
    data.checked_mul(1000)?.checked_div(u64::from(bytes_per_second))
}

/// What the header says of the audio behind it.
struct Header {
    /// Where the data chunk's size stands; the audio begins behind it.
    size_at: usize,
    size: u32,
    bytes_per_second: u32,
}

impl Header {
    fn read(head: &[u8]) -> Option<Self> {
        let mut rest = head.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WAVE")?;
        let mut bytes_per_second = None;
        loop {
            let (name, after) = rest.split_first_chunk::<4>()?;
            let (size, body) = after.split_first_chunk::<4>()?;
            let size = u32::from_le_bytes(*size);
            if name == b"data" {
                let size_at = head.len() - after.len();
                return Some(Self { size_at, size, bytes_per_second: bytes_per_second? });
            }
            if name == b"fmt " {
                bytes_per_second = Some(u32::from_le_bytes(*body.get(8..12)?.first_chunk::<4>()?));
            }
            // Chunks begin at even offsets.
            let size = usize::try_from(size).ok()?;
            rest = body.get(size.checked_add(size % 2)?..)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{duration_ms, open};

    /// A header for 8 kHz, 16 bit, two channels, with a data chunk that says it has `data` bytes.
    fn header(data: u32, before: &[u8]) -> Vec<u8> {
        let mut head = b"RIFF\0\0\0\0WAVE".to_vec();
        head.extend(before);
        head.extend(b"fmt \x10\0\0\0\x01\0\x02\0");
        head.extend(8_000u32.to_le_bytes());
        head.extend(32_000u32.to_le_bytes());
        head.extend(b"\x04\0\x10\0data");
        head.extend(data.to_le_bytes());
        head
    }

    #[test]
    fn the_header_says_how_long_it_lasts() {
        assert_eq!(duration_ms(&header(384_000, b""), 44 + 384_000), Some(12_000));
        assert_eq!(
            duration_ms(&header(384_000, b"LIST\x03\0\0\0abc\0"), 56 + 384_000),
            Some(12_000)
        );
    }

    #[test]
    fn a_streamed_header_counts_what_is_there() {
        for unknown in [0, u32::MAX] {
            assert_eq!(duration_ms(&header(unknown, b""), 44 + 32_000), Some(1_000));
        }
    }

    #[test]
    fn sizes_that_were_left_at_zero_are_unknown_and_others_stay() {
        for (size, opened) in [(0, u32::MAX), (u32::MAX, u32::MAX), (32_000, 32_000)] {
            let mut streamed = header(size, b"");
            open(&mut streamed);
            let mut expected = header(opened, b"");
            expected[4..8].fill(0xff);
            assert_eq!(streamed, expected);
        }
        for broken in [b"RIFF".to_vec(), b"ID3\x04".to_vec(), Vec::new()] {
            let mut opened = broken.clone();
            open(&mut opened);
            assert_eq!(opened, broken);
        }
    }

    #[test]
    fn a_broken_header_says_nothing() {
        assert_eq!(duration_ms(b"", 0), None);
        assert_eq!(duration_ms(b"ID3", 3), None);
        let whole = header(32_000, b"");
        for cut in 0..whole.len() {
            assert_eq!(duration_ms(&whole[..cut], 32_044), None, "{cut}");
        }
    }
}
