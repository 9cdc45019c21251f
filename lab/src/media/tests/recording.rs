//! Recordings of real audio.

use super::super::{Channels, Format, Order, Shape};
use super::witness::{is_tone, measured};
use super::world::World;
use crate::numbers::Program;

fn record(key: &str, channels: Channels) -> Order {
    let shape = Shape { channels, format: Format::Wav, beep: false };
    Order::Record { recording: key.to_owned(), shape }
}

fn talking() -> World {
    let mut world = World::new();
    world.browser("agent", 1000.0);
    world.person("far", Program::Tone);
    world.bridge("agent", "far");
    world.run(1000);
    world
}

#[test]
fn dual_has_each_end_on_its_channel_from_either_leg() {
    let mut world = talking();
    world.order("agent", record("agent's", Channels::Dual));
    world.order("far", record("far's", Channels::Dual));
    world.run(3000);
    world.order("agent", Order::StopRecording { recording: "agent's".to_owned() });
    world.order("far", Order::StopRecording { recording: "far's".to_owned() });
    for (key, left, right) in [("agent's", 1000.0, 440.0), ("far's", 440.0, 1000.0)] {
        let channels = world.recording(key);
        assert_eq!([channels[0].len(), channels[1].len()], [24_000, 24_000], "{key}");
        is_tone(measured(&channels[0]), left);
        is_tone(measured(&channels[1]), right);
    }
    assert_eq!(world.recorded("far's").unwrap().millis, 3000);
}

#[test]
fn single_has_both_on_one() {
    let mut world = talking();
    world.order("agent", record("r", Channels::Single));
    world.run(2000);
    world.order("agent", Order::Hold { held: true });
    world.run(1000);
    world.order("agent", Order::End);
    let channels = world.recording("r");
    assert_eq!((channels.len(), channels[0].len()), (1, 24_000));
    // RMS of both tones together: √(0.212² + 0.354²).
    let level = measured(&channels[0][4000..16_000]).level;
    assert!((level - 0.412).abs() < 0.02, "level {level}");
    // On hold it runs on, silent.
    assert!(channels[0][16_400..].iter().all(|sample| sample.abs() < 50));
}

#[test]
fn a_pause_leaves_a_gap_out_and_the_end_of_the_leg_hands_in_all() {
    let mut world = talking();
    world.order("agent", record("whole", Channels::Dual));
    world.run(1000);
    world.order("agent", record("paused", Channels::Dual));
    world.run(1000);
    world.order("agent", Order::PauseRecording { recording: "paused".to_owned() });
    world.person("far", Program::Silence);
    world.run(5000);
    world.person("far", Program::Tone);
    world.order("agent", Order::ResumeRecording { recording: "paused".to_owned() });
    world.run(1000);
    world.order("agent", Order::End);

    assert_eq!(world.recorded("whole").unwrap().millis, 8000);
    assert_eq!(world.recorded("paused").unwrap().millis, 2000);
    let paused = world.recording("paused");
    // The far end never falls silent for longer than a frame or two at the seam.
    let quiet = |samples: &[i16]| samples.iter().all(|sample| sample.abs() < 500);
    assert_eq!(paused[1].chunks(480).filter(|samples| quiet(samples)).count(), 0);
    let whole = world.recording("whole");
    assert!(quiet(&whole[1][17_000..55_000]));
}

#[test]
fn a_beep_says_that_the_recording_starts() {
    let mut world = World::new();
    world.browser("agent", 600.0);
    world.run(500);
    let shape = Shape { channels: Channels::Dual, format: Format::Wav, beep: true };
    world.order("agent", Order::Record { recording: "r".to_owned(), shape });
    world.run(600);
    is_tone(world.browser_hears("agent"), 1400.0);
    world.order("agent", Order::StopRecording { recording: "r".to_owned() });
    is_tone(measured(&world.recording("r")[1]), 1400.0);
}

#[test]
fn a_leg_without_sound_gives_a_silent_recording_of_its_length() {
    let mut world = World::new();
    world.person("far", Program::Silence);
    world.order("far", record("r", Channels::Dual));
    world.run(1234);
    world.order("far", Order::End);
    assert_eq!(world.recorded("r").unwrap().millis, 1234);
    assert!(world.recording("r").concat().iter().all(|sample| *sample == 0));
}
