//! What a leg's end hears of a person, of a clip and of nothing.

use super::super::{Channels, Format};
use super::super::{Clip, Codec, FRAME, Input, NoAudio, Order, PlayEnd, Shape, Source, Times};
use super::witness::{is_loud, is_silent, is_tone, measured};
use super::world::World;
use crate::numbers::Program;

#[test]
fn browser_and_person_hear_each_other() {
    let mut world = World::new();
    world.browser("agent", 1000.0);
    world.person("far", Program::Tone);
    world.bridge("agent", "far");
    world.run(2000);

    // Peaks of 0.3 and 0.5 as RMS.
    is_tone(world.browser_hears("agent"), 440.0);
    is_loud(world.browser_hears("agent"), 0.212);
    is_tone(world.heard("agent"), 1000.0);
    is_loud(world.heard("agent"), 0.354);
    is_tone(world.heard("far"), 440.0);
    is_tone(world.person_hears("far"), 1000.0);
}

#[test]
fn a_browser_gets_fifty_packets_a_second_from_the_connection_on_whatever_happens() {
    let mut world = World::new();
    world.browser("agent", 1000.0);
    world.browsers.get_mut("agent").unwrap().arrivals.clear();
    world.run(10_000);
    world.order("agent", Order::Hear { source: Source::Ringback });
    world.run(10_000);
    world.person("far", Program::Prompt);
    world.bridge("agent", "far");
    world.run(10_000);
    world.order("agent", Order::Hold { held: true });
    world.run(10_000);
    world.order("far", Order::End);
    world.run(20_000);

    let arrivals = &world.browsers["agent"].arrivals;
    assert!((2999..=3001).contains(&arrivals.len()), "{} packets in a minute", arrivals.len());
    for two in arrivals.windows(2) {
        assert_eq!(two[1].rtp - two[0].rtp, FRAME as u64);
        let apart = two[1].at - two[0].at;
        assert_eq!(apart, 20, "at {:?}", two[1].at);
    }
}

#[test]
fn a_browser_that_is_called_hears_and_is_heard() {
    let mut world = World::new();
    world.called_browser("agent", 700.0);
    world.person("caller", Program::Tone);
    world.bridge("agent", "caller");
    world.run(2000);
    is_tone(world.browser_hears("agent"), 440.0);
    is_tone(world.heard("agent"), 700.0);

    // The page was loaded anew: another peer on the same leg.
    world.called_browser("agent", 900.0);
    world.run(2000);
    is_tone(world.browser_hears("agent"), 440.0);
    is_tone(world.heard("agent"), 900.0);
}

#[test]
fn an_echo_comes_back_after_half_a_second() {
    let mut world = World::new();
    world.person("far", Program::Echo);
    world.browser("agent", 1000.0);
    world.run(1000);
    is_silent(world.browser_hears("agent"));

    world.bridge("agent", "far");
    let asked = world.elapsed();
    let agent = world.browsers.get_mut("agent").unwrap();
    agent.arrivals.clear();
    agent.samples.clear();
    world.run(2000);
    let agent = &world.browsers["agent"];
    let first = agent.samples.iter().position(|sample| sample.abs() > 1000).unwrap();
    let lag = agent.arrivals[first / FRAME].at - asked;
    assert!((500..580).contains(&lag), "it came after {lag} ms");
    is_tone(world.browser_hears("agent"), 1000.0);
}

#[test]
fn what_a_person_does_can_change() {
    let mut world = World::new();
    world.browser("agent", 1000.0);
    world.person("far", Program::Silence);
    world.bridge("agent", "far");
    world.run(1500);
    is_silent(world.browser_hears("agent"));
    world.person("far", Program::Tone);
    world.run(1500);
    is_tone(world.browser_hears("agent"), 440.0);
}

#[test]
fn nobody_is_heard_on_hold() {
    let mut world = World::new();
    world.browser("agent", 1000.0);
    world.person("far", Program::Echo);
    world.bridge("agent", "far");
    world.run(2000);
    is_tone(world.heard("far"), 1000.0);

    world.order("agent", Order::Hold { held: true });
    world.run(2000);
    is_silent(world.browser_hears("agent"));
    is_silent(world.heard("far"));
    // The browser still talks, though to nobody.
    is_tone(world.heard("agent"), 1000.0);

    world.order("agent", Order::Hold { held: false });
    world.run(2000);
    is_tone(world.browser_hears("agent"), 1000.0);
}

#[test]
fn ringback_is_two_seconds_of_tone_and_four_of_silence() {
    let mut world = World::new();
    world.browser("agent", 1000.0);
    world.browsers.get_mut("agent").unwrap().samples.clear();
    world.order("agent", Order::Hear { source: Source::Ringback });
    world.run(12_000);

    let heard = &world.browsers["agent"].samples;
    let seconds: Vec<f64> = heard.chunks(8000).map(|second| measured(second).level).collect();
    let loud: Vec<bool> = seconds.iter().map(|level| *level > 0.05).collect();
    let cycle = [true, true, false, false, false, false];
    assert_eq!(loud[..12], [cycle, cycle].concat());
    // 440 and 480 Hz beat: they are loudest together and silent in between, 40 times a second.
    let loudest = measured(&heard[..8000]).loudest_frequency_hz.unwrap();
    assert!((430.0..490.0).contains(&loudest), "{loudest} Hz");
}

fn wave(samples: usize) -> Clip {
    // Eight samples are one turn of 1000 Hz.
    let turn = [0, 7070, 10_000, 7070, 0, -7070, -10_000, -7070];
    Clip::Wave { samples: turn.into_iter().cycle().take(samples).collect() }
}

fn ends_of_plays(world: &World) -> Vec<(&str, PlayEnd)> {
    let mut ends = Vec::new();
    for input in &world.reports {
        if let Input::PlayEnded { play, how, .. } = input {
            ends.push((play.as_str(), *how));
        }
    }
    ends
}

#[test]
fn a_clip_is_heard_instead_of_the_other_leg_and_says_when_it_is_over() {
    let mut world = World::new();
    world.browser("agent", 600.0);
    world.person("far", Program::Tone);
    world.bridge("agent", "far");
    world.run(1000);
    let play = |id: &str, times| Order::Play { id: id.to_owned(), clip: wave(8000), times };
    world.order("agent", play("twice", Times::Times(2)));
    world.run(1900);
    is_tone(world.browser_hears("agent"), 1000.0);
    assert_eq!(ends_of_plays(&world), []);
    world.run(1200);
    assert_eq!(ends_of_plays(&world), [("twice", PlayEnd::Completed)]);
    is_tone(world.browser_hears("agent"), 440.0);

    world.order("agent", play("replaced", Times::ForEver));
    world.order("agent", play("stopped", Times::ForEver));
    world.run(5000);
    world.order("agent", Order::StopPlaying);
    world.order("agent", Order::StopPlaying);
    world.order("agent", play("hung up", Times::Once));
    world.order("agent", Order::End);
    assert_eq!(
        ends_of_plays(&world)[1..],
        [
            ("replaced", PlayEnd::Stopped),
            ("stopped", PlayEnd::Stopped),
            ("hung up", PlayEnd::HungUp)
        ]
    );
}

#[test]
fn a_person_hears_what_is_played_to_it() {
    let mut world = World::new();
    world.person("far", Program::Echo);
    world.order("far", Order::Play { id: "p".to_owned(), clip: wave(16_000), times: Times::Once });
    world.run(1500);
    is_tone(world.heard("far"), 1000.0);
}

#[test]
fn a_clip_waits_for_the_connection_and_speech_is_heard() {
    let mut world = World::new();
    world.calling_browser("agent", Codec::Pcmu, 600.0);
    let clip = Clip::Speech { text: "Hello there".to_owned() };
    world.order("agent", Order::Play { id: "p".to_owned(), clip, times: Times::Once });
    world.until_connected("agent");
    world.run(600);
    assert!(world.browser_hears("agent").loudest_level > 0.05);
    world.run(1000);
    assert_eq!(ends_of_plays(&world), [("p", PlayEnd::Completed)]);
}

#[test]
fn an_opus_leg_echoes_its_frames_and_nothing_else_is_possible() {
    let mut world = World::new();
    world.calling_browser("agent", Codec::Opus, 0.0);
    world.until_connected("agent");
    world.run(5000);
    let arrivals = &world.browsers["agent"].arrivals;
    assert!(arrivals.len() > 240, "{} frames came back", arrivals.len());
    for two in arrivals.windows(2) {
        let number = |at: usize| u64::from_be_bytes(two[at].payload.as_slice().try_into().unwrap());
        assert_eq!((number(1) - number(0), two[1].rtp - two[0].rtp), (1, 960));
    }
    assert!(world.heard("agent").packets > 240);
    assert!(world.heard("agent").loudest_level < f64::EPSILON);

    let shape = Shape { channels: Channels::Dual, format: Format::Wav, beep: false };
    world.order("agent", Order::Record { recording: "r".to_owned(), shape });
    world.order("agent", Order::Play { id: "p".to_owned(), clip: wave(10), times: Times::Once });
    assert_eq!(ends_of_plays(&world), [("p", PlayEnd::Stopped)]);
    world.order("agent", Order::End);
    assert_eq!(world.recorded("r"), Err(NoAudio::Opus));
}

#[test]
fn a_person_who_speaks_opus_is_neither_heard_nor_recorded_nor_spoken_to() {
    let mut world = World::new();
    world.browser("agent", 1000.0);
    let speaks = |codec| Order::Act { program: Program::Tone, codec };
    world.order("far", speaks(Codec::Opus));
    world.bridge("agent", "far");
    let shape = Shape { channels: Channels::Dual, format: Format::Wav, beep: false };
    world.order("far", Order::Record { recording: "r".to_owned(), shape });
    world.order("far", Order::Play { id: "p".to_owned(), clip: wave(10), times: Times::Once });
    world.run(1000);
    is_silent(world.browser_hears("agent"));
    assert_eq!(ends_of_plays(&world), [("p", PlayEnd::Stopped)]);
    // What they do changes, what they speak does not.
    world.order("far", speaks(Codec::Pcmu));
    world.run(1000);
    is_silent(world.browser_hears("agent"));
    world.order("far", Order::End);
    assert_eq!(world.recorded("r"), Err(NoAudio::Opus));
}

#[test]
fn sdp_that_cannot_be_used_is_refused_and_changes_nothing() {
    let mut world = World::new();
    world.order("new", Order::Open { offer: "nonsense".to_owned(), codec: Codec::Pcmu });
    assert!(matches!(world.reports.pop(), Some(Input::MediaRefused { .. })));

    world.browser("agent", 1000.0);
    let request = serde_json::json!("7");
    world.order("agent", Order::Restart { offer: "nonsense".to_owned(), request: request.clone() });
    assert!(matches!(
        world.reports.pop(),
        Some(Input::MediaRestartRefused { request: of, .. }) if of == request
    ));
    world.run(1000);
    is_tone(world.heard("agent"), 1000.0);
}
