//! The kinds of file a recording can be.

use axum::http::HeaderValue;
use call::ids::CallId;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Wav,
    Mp3,
}

impl Format {
    pub(crate) const ALL: [Self; 2] = [Self::Wav, Self::Mp3];

    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::Mp3 => "mp3",
        }
    }

    pub(super) const fn content_type(self) -> HeaderValue {
        match self {
            Self::Wav => HeaderValue::from_static("audio/wav"),
            Self::Mp3 => HeaderValue::from_static("audio/mpeg"),
        }
    }

    /// The name a call's copy is stored under.
    pub(super) fn name(self, call: &CallId) -> String {
        format!("{call}.{}", self.extension())
    }

    /// Tells by the first bytes what a file is; its name and its sender may be wrong.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        match head {
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => Some(Self::Wav),
            [b'I', b'D', b'3', ..] => Some(Self::Mp3),
            // MPEG audio's frame sync: eleven ones.
            [0xff, second, ..] if second & 0xe0 == 0xe0 => Some(Self::Mp3),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn a_file_is_what_its_first_bytes_say() {
        assert_eq!(Format::of(b"RIFF\x24\0\0\0WAVEfmt "), Some(Format::Wav));
        assert_eq!(Format::of(b"ID3\x04"), Some(Format::Mp3));
        assert_eq!(Format::of(&[0xff, 0xfb, 0x90]), Some(Format::Mp3));
        assert_eq!(Format::of(b"<?xml version=\"1.0\"?><Error>"), None);
        assert_eq!(Format::of(b""), None);
    }
}
