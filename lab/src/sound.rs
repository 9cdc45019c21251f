//! Sounds that a REST command brings: WAV files, made into 8 kHz mono.

use std::io::Cursor;
use std::sync::Arc;

use crate::exchange::io::NoSound;
use crate::g711::RATE;

/// The longest sound that is played, in samples of the file: an hour at 48 kHz.
const LONGEST: u32 = 3600 * 48_000;

/// The sound at an address.
pub(crate) async fn fetched(client: &reqwest::Client, url: &str) -> Result<Arc<[i16]>, NoSound> {
    let unreachable = |error: reqwest::Error| NoSound::Unreachable(error.without_url().to_string());
    let response = client.get(url).send().await.map_err(unreachable)?;
    let response = response.error_for_status().map_err(unreachable)?;
    read(&response.bytes().await.map_err(unreachable)?)
}

/// Reads a WAV file of 8 to 32 bits, whatever its rate and channels.
pub(crate) fn read(file: &[u8]) -> Result<Arc<[i16]>, NoSound> {
    let unreadable = |error: hound::Error| NoSound::Unreadable(error.to_string());
    let reader = hound::WavReader::new(Cursor::new(file)).map_err(unreadable)?;
    let spec = reader.spec();
    if spec.sample_rate == 0 || spec.channels == 0 || reader.duration() > LONGEST {
        return Err(NoSound::Unreadable("its length or rate makes no sense".to_owned()));
    }
    if spec.sample_format == hound::SampleFormat::Float {
        return Err(NoSound::Unreadable("its samples are floats".to_owned()));
    }
    let samples: Vec<i32> =
        reader.into_samples::<i32>().collect::<Result<_, _>>().map_err(unreadable)?;
    let mono: Vec<i16> = samples
        .chunks(usize::from(spec.channels))
        .map(|frame| {
            let sum: i64 = frame.iter().copied().map(i64::from).sum();
            let mean = sum / i64::try_from(frame.len()).unwrap_or(1).max(1);
            sixteen_bits(mean, spec.bits_per_sample)
        })
        .collect();
    Ok(at_our_rate(&mono, spec.sample_rate).into())
}

fn sixteen_bits(sample: i64, bits: u16) -> i16 {
    let scaled = if bits >= 16 { sample >> (bits - 16) } else { sample << (16 - bits) };
    i16::try_from(scaled.clamp(i64::from(i16::MIN), i64::from(i16::MAX))).unwrap_or_default()
}

/// Takes the sample nearest in time. Good enough to recognise what was asked for.
fn at_our_rate(samples: &[i16], rate: u32) -> Vec<i16> {
    let (ours, theirs) = (u64::from(RATE), u64::from(rate));
    let length = u64::try_from(samples.len()).unwrap_or(0) * ours / theirs;
    (0..length)
        .filter_map(|at| samples.get(usize::try_from(at * theirs / ours).ok()?).copied())
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "writing to memory works")]

    use super::*;

    #[test]
    fn any_wav_becomes_8_khz_mono() {
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: 16_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut file = Cursor::new(Vec::new());
        let mut writer = hound::WavWriter::new(&mut file, spec).unwrap();
        for sample in [100_i16, 300, 1, 1, 200, 400, 1, 1] {
            writer.write_sample(sample).unwrap();
        }
        writer.finalize().unwrap();
        assert_eq!(read(file.get_ref()).unwrap()[..], [200, 300]);
    }

    #[test]
    fn what_is_no_wav_is_said_to_be_none() {
        assert!(matches!(read(b"ID3"), Err(NoSound::Unreadable(_))));
    }
}
