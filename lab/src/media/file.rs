//! The file a recording is handed in as.

use std::io::Cursor;

use rusty_mp3::{Mp3Encoder, Mp3EncoderConfig};

use super::{Audio, Channels, Format, NoAudio, RATE, Shape};

/// Makes the file of what a leg's end said and what it heard, as many samples of each.
pub(crate) fn write(shape: Shape, end: &[i16], heard: &[i16]) -> Result<Audio, NoAudio> {
    let millis = u64::try_from(end.len()).unwrap_or(u64::MAX) * 1000 / u64::from(RATE);
    let both = end.iter().zip(heard);
    let samples: Vec<i16> = match shape.channels {
        Channels::Dual => both.flat_map(|(end, heard)| [*end, *heard]).collect(),
        Channels::Single => both.map(|(end, heard)| end.saturating_add(*heard)).collect(),
    };
    let bytes = match shape.format {
        Format::Wav => wav(shape.channels, &samples).map_err(not_encoded)?,
        Format::Mp3 => mp3(shape.channels, &samples).map_err(not_encoded)?,
    };
    Ok(Audio { bytes: bytes.into(), format: shape.format, millis })
}

fn not_encoded(error: impl std::fmt::Display) -> NoAudio {
    tracing::error!(%error, "a recording cannot be encoded");
    NoAudio::Encoder
}

fn count(channels: Channels) -> u16 {
    match channels {
        Channels::Single => 1,
        Channels::Dual => 2,
    }
}

/// An MP3 file: MPEG-2.5 layer III, 8 kHz, 32 kbit/s a channel. Its Info tag says which
/// samples are the audio; whoever does not read it plays up to four frames (288 ms) of silence more.
fn mp3(channels: Channels, samples: &[i16]) -> Result<Vec<u8>, rusty_mp3::Error> {
    let count = count(channels);
    let bitrate_kbps = 32 * u32::from(count);
    let mut encoder = Mp3Encoder::new(Mp3EncoderConfig { bitrate_kbps, vbr_quality: None });
    encoder.push_pcm_s16(samples, count, RATE)?;
    encoder.finish();
    let mut file = Vec::new();
    loop {
        match encoder.next_packet() {
            Ok(packet) => file.extend(packet),
            Err(rusty_mp3::Error::Eof) => return Ok(file),
            Err(error) => return Err(error),
        }
    }
}

/// A WAV file: 16 bit, 8 kHz.
fn wav(channels: Channels, samples: &[i16]) -> Result<Vec<u8>, hound::Error> {
    let spec = hound::WavSpec {
        channels: count(channels),
        sample_rate: RATE,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = Cursor::new(Vec::with_capacity(44 + samples.len() * 2));
    let mut writer = hound::WavWriter::new(&mut file, spec)?;
    for sample in samples {
        writer.write_sample(*sample)?;
    }
    writer.finalize()?;
    Ok(file.into_inner())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "writing to memory works")]

    use super::super::meter::Meter;
    use super::super::tone::Tone;
    use super::*;

    fn read(channels: Channels) -> (u16, Vec<i16>) {
        let shape = Shape { channels, format: Format::Wav, beep: false };
        let audio = write(shape, &[7, 8, 30_000], &[1, -2, 30_000]).unwrap();
        let wav = hound::WavReader::new(&audio.bytes[..]).unwrap();
        assert_eq!(wav.spec().sample_rate, 8000);
        (wav.spec().channels, wav.into_samples().map(Result::unwrap).collect())
    }

    #[test]
    fn dual_has_the_end_left_and_what_it_heard_right() {
        assert_eq!(read(Channels::Dual), (2, vec![7, 1, 8, -2, 30_000, 30_000]));
    }

    #[test]
    fn single_has_both_mixed() {
        assert_eq!(read(Channels::Single), (1, vec![8, 6, i16::MAX]));
    }

    #[test]
    fn its_length_is_told_in_milliseconds() {
        let shape = Shape { channels: Channels::Dual, format: Format::Wav, beep: false };
        let audio = write(shape, &vec![0; 12_000], &vec![0; 12_000]).unwrap();
        assert_eq!((audio.millis, audio.bytes.len()), (1500, 44 + 48_000));
    }

    #[test]
    fn an_mp3_has_each_channel_as_it_was() {
        let shape = Shape { channels: Channels::Dual, format: Format::Mp3, beep: false };
        let tone = |hertz| {
            let mut tone = Tone::new(hertz, 0.3);
            (0..16_000).map(|_| tone.next()).collect::<Vec<i16>>()
        };
        let audio = write(shape, &tone(1000.0), &tone(440.0)).unwrap();
        assert_eq!((audio.millis, audio.format), (2000, Format::Mp3));

        let mut decoder = rusty_mp3::Mp3Decoder::new();
        decoder.push(&audio.bytes);
        decoder.flush();
        let mut channels = [Vec::new(), Vec::new()];
        while let Ok(frame) = decoder.next_frame() {
            assert_eq!((frame.sample_rate, frame.channels), (8000, 2));
            for pair in frame.samples.chunks_exact(2) {
                channels[0].push(sample(pair[0]));
                channels[1].push(sample(pair[1]));
            }
        }
        for (channel, expected) in channels.iter().zip([1000.0, 440.0]) {
            assert!((16_000..=16_000 + 4 * 576).contains(&channel.len()), "{}", channel.len());
            let heard = Meter::default().hear(&channel[4000..12_000]).unwrap();
            assert!((heard.recent_frequency_hz.unwrap() - expected).abs() < 5.0);
            assert!((heard.recent_level - 0.212).abs() < 0.02, "level {}", heard.recent_level);
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "a cast saturates")]
    fn sample(of_one: f32) -> i16 {
        (of_one * f32::from(i16::MAX)) as i16
    }
}
