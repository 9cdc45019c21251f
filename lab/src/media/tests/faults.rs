//! Networks that lose, delay, or carry one way only, and lines that are dead for a while.

use std::time::Duration;

use super::super::{FRAME, Faults, Input, Order, Way};
use super::witness::{is_silent, is_tone};
use super::world::World;
use crate::numbers::Program;

fn talking() -> World {
    let mut world = World::new();
    world.browser("agent", 1000.0);
    world.person("far", Program::Tone);
    world.bridge("agent", "far");
    world.run(1000);
    world
}

fn lost(percent: u8) -> Way {
    Way { loss_percent: percent, ..Way::default() }
}

const STOPPED: Way = Way { loss_percent: 0, delay: Duration::ZERO, stopped: true };

#[test]
fn loss_takes_the_same_packets_each_time() {
    let arrived = || {
        let mut world = talking();
        world.faults("agent", Faults { to_end: lost(30), ..Faults::default() });
        let agent = world.browsers.get_mut("agent").unwrap();
        let first = agent.arrivals.last().unwrap().rtp + FRAME as u64;
        agent.arrivals.clear();
        world.run(10_000);
        let numbers = world.browsers["agent"].arrivals.iter();
        numbers.map(|arrival| (arrival.rtp - first) / FRAME as u64).collect::<Vec<u64>>()
    };
    let once = arrived();
    assert!((320..380).contains(&once.len()), "{} of 500 arrived", once.len());
    assert_eq!(once, arrived());
}

#[test]
fn loss_on_the_way_to_the_lab_is_not_waited_for() {
    let mut world = talking();
    world.faults("agent", Faults { from_end: lost(50), ..Faults::default() });
    let before = world.heard("agent").packets;
    world.run(10_000);
    let came = world.heard("agent").packets - before;
    assert!((200..300).contains(&came), "{came} of 500 came");
    is_tone(world.browser_hears("agent"), 440.0);
}

#[test]
fn delay_makes_late_and_loses_nothing() {
    let mut world = World::new();
    world.browser("agent", 1000.0);
    world.person("far", Program::Tone);
    let delay = Duration::from_millis(300);
    world.faults("agent", Faults { to_end: Way { delay, ..Way::default() }, ..Faults::default() });
    world.run(1000);
    let agent = world.browsers.get_mut("agent").unwrap();
    agent.arrivals.clear();
    agent.samples.clear();
    let asked = world.elapsed();
    world.bridge("agent", "far");
    world.run(2000);
    let agent = &world.browsers["agent"];
    let first = agent.samples.iter().position(|sample| sample.abs() > 1000).unwrap();
    let lag = agent.arrivals[first / FRAME].at - asked;
    assert!((300..=340).contains(&lag), "it came after {lag} ms");
    assert!(agent.arrivals.windows(2).all(|two| two[1].rtp - two[0].rtp == FRAME as u64));
}

#[test]
fn packets_that_come_late_are_counted() {
    let mut world = talking();
    let before = world.heard("agent").late;
    let delay = Duration::from_millis(100);
    world
        .faults("agent", Faults { from_end: Way { delay, ..Way::default() }, ..Faults::default() });
    world.run(1000);
    // From one moment on all are late, though none later than the one before.
    let late = world.heard("agent").late - before;
    assert!((40..=50).contains(&late), "{late} of 50 are late");
}

#[test]
fn one_way_audio_leaves_the_connection_up_for_as_long_as_it_takes() {
    let mut world = talking();
    world.faults("agent", Faults { to_end: STOPPED, ..Faults::default() });
    world.browsers.get_mut("agent").unwrap().arrivals.clear();
    world.run(30_000);
    assert!(world.browsers["agent"].arrivals.is_empty());
    is_tone(world.heard("agent"), 1000.0);

    world.faults("agent", Faults { from_end: STOPPED, ..Faults::default() });
    let before = world.heard("agent").packets;
    world.run(30_000);
    is_tone(world.browser_hears("agent"), 440.0);
    assert!(world.heard("agent").packets <= before + 3);

    world.faults("agent", Faults::default());
    world.run(1500);
    is_tone(world.browser_hears("agent"), 440.0);
    is_tone(world.heard("agent"), 1000.0);
}

#[test]
fn a_dead_line_comes_back_with_an_ice_restart() {
    let mut world = talking();
    world.faults("agent", Faults { dead: true, ..Faults::default() });
    world.browsers.get_mut("agent").unwrap().arrivals.clear();
    let before = world.heard("agent").packets;
    world.run(40_000);
    assert!(world.browsers["agent"].arrivals.is_empty());
    assert!(world.heard("agent").packets <= before + 3);

    world.faults("agent", Faults::default());
    let offer = world.browsers.get_mut("agent").unwrap().peer.offer_restart().unwrap();
    world.order("agent", Order::Restart { offer, request: serde_json::json!(7) });
    let Some(Input::MediaRestarted { request, sdp, .. }) = world.reports.pop() else {
        panic!("not restarted")
    };
    assert_eq!(request, 7);
    world.browsers.get_mut("agent").unwrap().peer.accept(&sdp).unwrap();
    world.run(5000);
    is_tone(world.browser_hears("agent"), 440.0);
    is_tone(world.heard("agent"), 1000.0);
}

#[test]
fn a_persons_line_can_be_bad_too() {
    let mut world = talking();
    world.faults("far", Faults { from_end: STOPPED, ..Faults::default() });
    world.run(1500);
    is_silent(world.browser_hears("agent"));
    world.faults("far", Faults { dead: true, ..Faults::default() });
    world.run(1500);
    is_silent(world.browser_hears("agent"));
    world.faults("far", Faults::default());
    world.run(1500);
    is_tone(world.browser_hears("agent"), 440.0);
}

#[test]
fn a_fault_told_before_the_leg_has_an_end_holds_for_it() {
    let mut world = World::new();
    world.faults("far", Faults { from_end: STOPPED, ..Faults::default() });
    world.person("far", Program::Tone);
    world.run(1000);
    is_silent(world.heard("far"));
}
