//! The picture of a recording: how loud it is when, a lane for each channel, as an SVG the page stretches and colours.

use std::fmt::Write as _;

/// How high a lane is, in the picture's own units; a step of time is one wide.
const LANE: usize = 32;

/// What is drawn as loud as a lane is high, at least: the noise of a silent line must not look like speech.
const FLOOR: u8 = 24;

/// Draws the peaks, channel after channel, each in a lane of its own. The loudest is as high as its lane.
pub(super) fn svg(peaks: &[u8], channels: usize) -> String {
    let steps = peaks.len() / channels.max(1);
    let top = usize::from(peaks.iter().copied().max().unwrap_or(0).max(FLOOR));
    let mut path = String::new();
    for (lane, peaks) in peaks.chunks(steps.max(1)).enumerate() {
        let middle = lane * LANE + LANE / 2;
        // Half a unit stays between two lanes.
        let half = |peak: u8| usize::from(peak) * (LANE / 2 - 1) / top;
        for (step, peak) in peaks.iter().enumerate() {
            // Silence is a thin line.
            let half = half(*peak);
            let _ = write!(path, "M{step} {}h1v{}h-1z", middle - half, 2 * half + 1);
        }
    }
    let high = LANE * channels;
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {steps} {high}" preserveAspectRatio="none"><path d="{path}"/></svg>"#
    )
}

#[cfg(test)]
mod tests {
    use super::svg;

    #[test]
    fn the_loudest_is_as_high_as_its_lane_and_silence_is_a_line() {
        let drawn = svg(&[0, 200, 100, 0], 2);
        assert!(drawn.contains(r#"viewBox="0 0 2 64""#), "{drawn}");
        assert!(
            drawn.contains(r#"d="M0 16h1v1h-1zM1 1h1v31h-1zM0 41h1v15h-1zM1 48h1v1h-1z""#),
            "{drawn}"
        );
    }

    #[test]
    fn noise_is_not_drawn_as_speech() {
        assert!(svg(&[2; 4], 1).contains("M0 15h1v3h-1z"), "{}", svg(&[2; 4], 1));
        assert!(svg(&[], 1).contains(r#"d="""#));
    }
}
