//! What a recording sounds like, as far as a picture of it needs: decoded once, when the copy is made.

use std::fs::File;
use std::io::{Cursor, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::errors::Error as DecoderError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions, ReadOnlySource};
use symphonia::core::meta::MetadataOptions;

use super::{Format, wav};

/// How many steps of time a picture has.
pub(super) const PEAKS: usize = 240;

/// How many of a recording's channels are looked at: ours and theirs.
const CHANNELS: usize = 2;

/// How many pieces a second is looked at in, before they are joined to [`PEAKS`].
const A_SECOND: u32 = 100;

/// How much of the beginning is looked at for a header, in bytes.
const HEAD: u64 = 4096;

/// How loud a recording is when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Audio {
    /// How long it lasts.
    pub(super) duration_ms: u64,
    /// How many channels `peaks` is of: one or two.
    pub(super) channels: usize,
    /// [`PEAKS`] bytes for each channel, one channel after the other: the loudest sample of each step, 255 at full scale.
    pub(super) peaks: Vec<u8>,
}

/// Why a file could not be decoded.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unheard {
    #[error("{0}")]
    File(#[from] std::io::Error),
    #[error("{0}")]
    Decoder(#[from] DecoderError),
    #[error("there is no audio in it")]
    NoAudio,
    #[error("the decoder gave up: {0}")]
    Panicked(#[from] tokio::task::JoinError),
}

/// Decodes a file, on a thread that may take its time. A decoder that panics over a broken file harms nobody.
pub(super) async fn listen(path: PathBuf, format: Format) -> Result<Audio, Unheard> {
    tokio::task::spawn_blocking(move || decode(&path, format)).await?
}

fn decode(path: &Path, format: Format) -> Result<Audio, Unheard> {
    let mut file = File::open(path)?;
    let mut head = Vec::new();
    (&mut file).take(HEAD).read_to_end(&mut head)?;
    match format {
        Format::Wav => wav::open(&mut head),
        Format::Mp3 => {}
    }
    let source = ReadOnlySource::new(Cursor::new(head).chain(file));
    let stream = MediaSourceStream::new(Box::new(source), MediaSourceStreamOptions::default());
    let mut hint = Hint::new();
    hint.with_extension(format.extension());
    let mut reader = symphonia::default::get_probe().probe(
        &hint,
        stream,
        FormatOptions::default(),
        MetadataOptions::default(),
    )?;
    let track = reader.default_track(TrackType::Audio).ok_or(Unheard::NoAudio)?;
    let codec = track.codec_params.as_ref().and_then(|codec| codec.audio());
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(codec.ok_or(Unheard::NoAudio)?, &AudioDecoderOptions::default())?;
    let track = track.id;
    let (mut meter, mut samples) = (Meter::default(), Vec::new());
    loop {
        let packet = match reader.next_packet() {
            Ok(Some(packet)) => packet,
            Ok(None) => break,
            // Cut short: what there is counts.
            Err(DecoderError::IoError(error)) if error.kind() == ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(error.into()),
        };
        if packet.track_id != track {
            continue;
        }
        match decoder.decode(&packet) {
            Ok(sound) => {
                sound.copy_to_vecs_planar::<f32>(&mut samples);
                meter.hear(sound.spec().rate(), &samples);
            }
            // A player skips it, too.
            Err(DecoderError::DecodeError(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    meter.read().ok_or(Unheard::NoAudio)
}

/// Keeps the loudest sample of each hundredth of a second, so that a recording of any length takes little memory.
#[derive(Default)]
struct Meter {
    /// Samples a second.
    rate: u32,
    /// How many samples of each channel were heard.
    heard: u64,
    /// For each channel, a byte for each piece.
    pieces: Vec<Vec<u8>>,
}

impl Meter {
    /// Hears the next samples, channel by channel.
    fn hear(&mut self, rate: u32, samples: &[Vec<f32>]) {
        self.rate = rate.max(1);
        self.pieces.resize(samples.len().min(CHANNELS), Vec::new());
        for (pieces, samples) in self.pieces.iter_mut().zip(samples) {
            for (sample, at) in samples.iter().zip(self.heard..) {
                let piece = at * u64::from(A_SECOND) / u64::from(self.rate);
                let piece = usize::try_from(piece).unwrap_or(usize::MAX);
                if pieces.len() <= piece {
                    pieces.resize(piece + 1, 0);
                }
                pieces[piece] = pieces[piece].max(loudness(*sample));
            }
        }
        self.heard += samples.first().map_or(0, |samples| samples.len() as u64);
    }

    /// What was heard; nothing if nothing was.
    fn read(self) -> Option<Audio> {
        let length = self.pieces.first()?.len();
        let peaks = self.pieces.iter().flat_map(|pieces| {
            (0..PEAKS).map(move |step| {
                let (from, to) = (step * length / PEAKS, (step + 1) * length / PEAKS);
                // Where there are fewer pieces than steps, a piece lasts several steps.
                pieces.get(from..to.max(from + 1)).into_iter().flatten().copied().max().unwrap_or(0)
            })
        });
        Some(Audio {
            duration_ms: self.heard * 1000 / u64::from(self.rate),
            channels: self.pieces.len(),
            peaks: peaks.collect(),
        })
        .filter(|_| length > 0)
    }
}

/// How far a sample is from silence, from 0 to 255.
fn loudness(sample: f32) -> u8 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to a byte, and what is no number becomes zero"
    )]
    ((sample.abs() * 255.0).round().clamp(0.0, 255.0) as u8)
}

#[cfg(test)]
mod tests {
    use super::{Audio, Format, Meter, PEAKS, decode, listen};

    /// A file of 16-bit samples at 8 kHz with as many channels as `frames` has columns.
    fn wav<const N: usize>(frames: &[[i16; N]], size: u32) -> Vec<u8> {
        let channels = u16::try_from(N).unwrap_or(u16::MAX);
        let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0".to_vec();
        file.extend(channels.to_le_bytes());
        file.extend(8_000u32.to_le_bytes());
        file.extend((16_000 * u32::from(channels)).to_le_bytes());
        file.extend((2 * channels).to_le_bytes());
        file.extend(b"\x10\0data");
        file.extend(size.to_le_bytes());
        file.extend(frames.as_flattened().iter().flat_map(|sample| sample.to_le_bytes()));
        if size > 0 {
            let all = u32::try_from(file.len() - 8).unwrap_or(u32::MAX);
            file[4..8].copy_from_slice(&all.to_le_bytes());
        }
        file
    }

    fn heard(file: &[u8], format: Format) -> Option<Audio> {
        let path = std::env::temp_dir().join(format!("tono-{}", uuid::Uuid::new_v4()));
        std::fs::write(&path, file).ok()?;
        let heard = decode(&path, format);
        std::fs::remove_file(path).ok()?;
        heard.ok()
    }

    /// Two seconds: the left channel speaks in the first, the right one half as loud in the second.
    fn talk() -> Vec<[i16; 2]> {
        let tone = |at: usize, top: i16| if at.is_multiple_of(2) { top } else { -top };
        (0..16_000)
            .map(|at| if at < 8_000 { [tone(at, i16::MAX), 0] } else { [0, tone(at, 16_384)] })
            .collect()
    }

    #[test]
    fn each_channel_is_as_loud_as_it_is_when_it_is() {
        let frames = talk();
        let bytes = u32::try_from(frames.len() * 4).unwrap_or(u32::MAX);
        // A recorder that streamed says nothing of the size, or that it is unknown.
        for size in [bytes, 0, u32::MAX] {
            let Audio { duration_ms, channels, peaks } =
                heard(&wav(&frames, size), Format::Wav).unwrap_or_else(|| unreachable!("{size}"));
            assert_eq!((duration_ms, channels), (2_000, 2));
            let (left, right) = peaks.split_at(PEAKS);
            assert!(left[..PEAKS / 2].iter().all(|peak| *peak == 255), "{left:?}");
            assert!(left[PEAKS / 2..].iter().all(|peak| *peak == 0), "{left:?}");
            assert!(right[..PEAKS / 2].iter().all(|peak| *peak == 0), "{right:?}");
            assert!(right[PEAKS / 2..].iter().all(|peak| *peak == 128), "{right:?}");
        }
    }

    #[test]
    fn a_word_is_seen_however_long_the_recording_is_around_it() {
        let mut frames = vec![[0i16]; 8_000 * 600];
        frames[8_000 * 450..8_000 * 450 + 80].fill([-20_000]);
        let bytes = u32::try_from(frames.len() * 2).unwrap_or(u32::MAX);
        let audio = heard(&wav(&frames, bytes), Format::Wav);
        let peaks = audio.map(|audio| (audio.channels, audio.duration_ms, audio.peaks));
        let mut expected = vec![0; PEAKS];
        expected[PEAKS * 3 / 4] = 156;
        assert_eq!(peaks, Some((1, 600_000, expected)));
    }

    #[test]
    fn a_recording_shorter_than_its_picture_fills_it() {
        let audio = heard(&wav(&[[i16::MIN]; 80], 160), Format::Wav);
        assert_eq!(audio.map(|audio| audio.peaks), Some(vec![255; PEAKS]));
        assert_eq!(Meter::default().read(), None);
    }

    #[test]
    fn an_mp3_is_heard() {
        // A second of a 440 Hz tone at half the full scale, in one channel at 8 kHz.
        let audio = heard(include_bytes!("../../tests/tone.mp3"), Format::Mp3);
        let Some(Audio { duration_ms, channels: 1, peaks }) = audio else {
            unreachable!("{audio:?}")
        };
        assert!((900..1_300).contains(&duration_ms), "{duration_ms}");
        assert!(peaks[PEAKS / 2].abs_diff(128) < 10, "{peaks:?}");
    }

    #[tokio::test]
    async fn what_is_broken_is_not_heard_and_harms_nobody() -> Result<(), std::io::Error> {
        let whole = wav(&talk(), 64_000);
        let mut broken: Vec<Vec<u8>> = (0..60).map(|cut| whole[..cut].to_vec()).collect();
        // A wish for more than there is, in every field of the format.
        broken.extend((12..44).map(|at| {
            let mut broken = whole.clone();
            broken[at] = 0xff;
            broken
        }));
        let path = std::env::temp_dir().join(format!("tono-{}", uuid::Uuid::new_v4()));
        for file in broken {
            std::fs::write(&path, file)?;
            // What can be made out in it is as good as nothing.
            let _ = listen(path.clone(), Format::Wav).await;
        }
        for file in [&[0xff; 5_000][..], b"<?xml version=\"1.0\"?>", b""] {
            std::fs::write(&path, file)?;
            let heard = listen(path.clone(), Format::Mp3).await;
            assert!(heard.is_err(), "{heard:?}");
        }
        std::fs::remove_file(path)
    }
}
