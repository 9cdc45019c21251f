//! Which frequency is the strongest: a fast Fourier transform (J. Cooley and J. Tukey, 1965) of one window.

use std::array;
use std::f64::consts::TAU;
use std::sync::LazyLock;

use super::RATE;
use super::meter::WINDOW;

/// Points of the transform; a window and zeroes. A power of two.
const POINTS: usize = 512;

/// Frequencies looked at, as points: 100 to 3900 Hz.
const LOWEST: usize = 7;
const HIGHEST: usize = 250;

/// Hertz from one point to the next.
#[expect(clippy::cast_precision_loss, reason = "there are a few hundred points")]
const STEP_HZ: f64 = RATE as f64 / POINTS as f64;

#[derive(Clone, Copy)]
struct Complex {
    real: f64,
    imaginary: f64,
}

const ZERO: Complex = Complex { real: 0.0, imaginary: 0.0 };

/// The angles of a turn in `POINTS` steps.
#[expect(clippy::cast_precision_loss, reason = "there are a few hundred points")]
static TURN: LazyLock<[Complex; POINTS]> = LazyLock::new(|| {
    array::from_fn(|at| {
        let angle = TAU * at as f64 / POINTS as f64;
        Complex { real: angle.cos(), imaginary: -angle.sin() }
    })
});

/// Fades the ends of a window out (Hann), so that a tone does not smear over its neighbours.
#[expect(clippy::cast_precision_loss, reason = "a window has a few hundred samples")]
static HANN: LazyLock<[f64; WINDOW]> =
    LazyLock::new(|| array::from_fn(|at| 0.5 - 0.5 * (TAU * at as f64 / WINDOW as f64).cos()));

/// The frequency with the most power in hertz, refined between the points by a parabola through its neighbours.
#[expect(clippy::cast_precision_loss, reason = "there are a few hundred points")]
pub(crate) fn strongest(window: &[f64]) -> f64 {
    let mut points = [ZERO; POINTS];
    for (at, (sample, fade)) in window.iter().zip(HANN.iter()).enumerate() {
        // The transform takes its input with the bits of each index reversed.
        points[at.reverse_bits() >> (usize::BITS - POINTS.trailing_zeros())].real = sample * fade;
    }
    transform(&mut points);
    let strength = |at: usize| points[at].real.hypot(points[at].imaginary);
    let best = (LOWEST..=HIGHEST).max_by(|one, other| strength(*one).total_cmp(&strength(*other)));
    let best = best.unwrap_or(LOWEST);
    let (below, peak, above) = (strength(best - 1), strength(best), strength(best + 1));
    let curve = below - 2.0 * peak + above;
    let off = if curve.abs() < f64::EPSILON { 0.0 } else { 0.5 * (below - above) / curve };
    STEP_HZ * (best as f64 + off)
}

/// Transforms points in bit-reversed order, in place.
fn transform(points: &mut [Complex; POINTS]) {
    let mut half = 1;
    while half < POINTS {
        for group in points.chunks_exact_mut(2 * half) {
            let (first, second) = group.split_at_mut(half);
            let turns = TURN.iter().step_by(POINTS / (2 * half));
            for ((one, other), turn) in first.iter_mut().zip(second).zip(turns) {
                let turned = Complex {
                    real: other.real * turn.real - other.imaginary * turn.imaginary,
                    imaginary: other.real * turn.imaginary + other.imaginary * turn.real,
                };
                *other = Complex {
                    real: one.real - turned.real,
                    imaginary: one.imaginary - turned.imaginary,
                };
                one.real += turned.real;
                one.imaginary += turned.imaginary;
            }
        }
        half *= 2;
    }
}
