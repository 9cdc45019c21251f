//! Two browsers, or two persons, that talk to each other.

use super::super::{FRAME, Order, Source};
use super::witness::{is_loud, is_silent, is_tone};
use super::world::World;
use crate::numbers::Program;

#[test]
fn two_browsers_hear_each_other_at_the_level_they_speak() {
    let mut world = World::new();
    world.browser("one", 1000.0);
    world.browser("other", 600.0);
    world.bridge("one", "other");
    world.run(3000);
    is_tone(world.browser_hears("one"), 600.0);
    is_tone(world.browser_hears("other"), 1000.0);
    is_loud(world.browser_hears("one"), 0.354);
    is_loud(world.browser_hears("other"), 0.354);
}

#[test]
fn what_one_says_reaches_the_other_within_two_frames_and_goes_on_doing_so() {
    let mut world = World::new();
    world.browser("one", 1000.0);
    world.browser("other", 600.0);
    world.run(20_000);
    // From a while of silence to the first frame with the whistle in it.
    let asked = world.elapsed();
    let other = world.browsers.get_mut("other").unwrap();
    other.arrivals.clear();
    other.samples.clear();
    world.bridge("one", "other");
    world.run(1000);
    let other = &world.browsers["other"];
    let first = other.samples.iter().position(|sample| sample.abs() > 1000).unwrap();
    let lag = other.arrivals[first / FRAME].at - asked;
    assert!(lag <= 40, "it came after {lag} ms");
    // And then without a gap.
    let whistle = &other.samples[first..];
    assert!(whistle.chunks(8).all(|turn| turn.iter().any(|sample| sample.abs() > 1000)));
}

#[test]
fn persons_hear_each_other_too() {
    let mut world = World::new();
    world.person("one", Program::Tone);
    world.person("other", Program::Echo);
    world.bridge("one", "other");
    world.run(2000);
    is_tone(world.heard("other"), 440.0);
}

#[test]
fn a_leg_can_be_taken_from_one_to_another_and_be_heard_by_two() {
    let mut world = World::new();
    world.browser("agent", 1000.0);
    world.browser("second", 600.0);
    world.person("far", Program::Tone);
    world.bridge("agent", "far");
    world.order("second", Order::Hear { source: Source::Leg("far".to_owned()) });
    world.run(1500);
    is_tone(world.browser_hears("agent"), 440.0);
    is_tone(world.browser_hears("second"), 440.0);

    world.bridge("agent", "second");
    world.run(1500);
    is_tone(world.browser_hears("agent"), 600.0);
    is_tone(world.browser_hears("second"), 1000.0);
}

#[test]
fn when_one_leg_ends_the_other_hears_silence() {
    let mut world = World::new();
    world.browser("agent", 1000.0);
    world.person("far", Program::Tone);
    world.bridge("agent", "far");
    world.run(1000);
    world.order("far", Order::End);
    world.run(1500);
    is_silent(world.browser_hears("agent"));
}
