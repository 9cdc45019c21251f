//! G.711 µ-law (ITU-T G.711; RTP payload type 0, PCMU): one byte per sample at 8 kHz.

/// Samples per second of everything the lab plays and hears.
pub(crate) const RATE: u32 = 8000;

/// Samples in one frame of 20 ms.
pub(crate) const FRAME: usize = 160;

const BIAS: i32 = 0x84;
/// The largest magnitude µ-law can say.
const CLIP: i32 = 32_635;

/// Encodes one 16-bit sample.
pub(crate) fn encode(sample: i16) -> u8 {
    let sample = i32::from(sample);
    let sign: u8 = if sample < 0 { 0x80 } else { 0 };
    let magnitude = sample.abs().min(CLIP) + BIAS;
    // BIAS sets bit 7, so the highest bit set is 7 to 14 and the exponent 0 to 7.
    let exponent = 24 - magnitude.leading_zeros();
    let mantissa = (magnitude >> (exponent + 3)) & 0x0f;
    let [.., low] = ((i32::try_from(exponent).unwrap_or(0) << 4) | mantissa).to_be_bytes();
    !(sign | low)
}

/// Decodes one byte.
pub(crate) fn decode(byte: u8) -> i16 {
    let byte = !byte;
    let exponent = (byte >> 4) & 0x07;
    let mantissa = i32::from(byte & 0x0f);
    let magnitude = (((mantissa << 3) + BIAS) << exponent) - BIAS;
    let sample = if byte & 0x80 == 0 { magnitude } else { -magnitude };
    // The largest magnitude is 32124.
    i16::try_from(sample).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_code_words() {
        // ITU-T G.711, table 2a: silence is 0xff, the extremes are 0x80 and 0x00.
        assert_eq!(encode(0), 0xff);
        assert_eq!(encode(i16::MAX), 0x80);
        assert_eq!(encode(i16::MIN), 0x00);
        assert_eq!(decode(0xff), 0);
        assert_eq!(decode(0x80), 32_124);
        assert_eq!(decode(0x00), -32_124);
    }

    #[test]
    fn each_code_word_survives_the_round_trip() {
        for byte in 0..=u8::MAX {
            // 0x7f is "minus nothing" and comes back as nothing.
            let expected = if byte == 0x7f { 0xff } else { byte };
            assert_eq!(encode(decode(byte)), expected, "{byte:#04x}");
        }
    }

    #[test]
    fn a_sample_comes_back_within_its_step() {
        for sample in (-32_000..32_000).step_by(37) {
            let error = (i32::from(decode(encode(sample))) - i32::from(sample)).abs();
            let step = (i32::from(sample).abs() + BIAS) / 16;
            assert!(error <= step, "{sample} is off by {error}");
        }
    }
}
