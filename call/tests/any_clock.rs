//! Time is shown and never decided by: the same things at other moments have the same effects.

mod support;

use ::call::call::{Connection, Event, Object, Sdk, Watch};
use ::call::cause::Cause;
use ::call::line;
use ::call::phone;
use ::call::time::Millis;
use support::{id, other, over, sdk};

/// A small generator, so that a failing order can be told again from its seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % sides
    }
}

fn something(dice: &mut Dice) -> phone::Event {
    let of_a_call = [
        sdk(Sdk::Requesting),
        sdk(Sdk::Trying),
        sdk(Sdk::Active),
        sdk(Sdk::Held),
        Event::Sdk(Object(2), Sdk::Recovering),
        Event::Sdk(Object(2), Sdk::Active),
        over(Cause::Normal),
        Event::FarEndRings,
        Event::RemoteStream,
        Event::Connection(Connection::Connected),
        Event::Connection(Connection::Failed),
        Event::Answer,
        Event::HangUp,
        Event::Hold(true),
        Event::Mute(true),
        Event::Overdue(Watch::HangUp),
        Event::Overdue(Watch::Ring),
    ];
    let which = if dice.below(2) == 0 { id() } else { other() };
    match dice.below(12) {
        0 => support::line(line::Event::SocketClosed),
        1 => support::line(line::Event::Ready),
        2 => phone::Event::Incoming {
            id: which,
            object: Object(1),
            from: ::call::call::Party::Withheld,
            ids: ::call::ids::TelnyxIds::default(),
            asked: None,
        },
        3 => phone::Event::Dial { written: "+12025550100".to_owned() },
        4 => phone::Event::Granted { attempt: 1, placed: support::placed() },
        5 => phone::Event::Take(which),
        6 => phone::Event::Dismiss,
        _ => phone::Event::Call(which, of_a_call[dice.below(of_a_call.len())].clone()),
    }
}

#[test]
fn the_same_story_by_another_clock_has_the_same_effects() {
    for seed in 0..2_000 {
        let mut dice = Dice(seed);
        let (mut still, mut running) = (support::ready(), support::ready());
        let mut now = Millis(0);
        for step in 0..40 {
            let event = something(&mut dice);
            now = now.after(dice.below(300_000) as u64);
            let (phone, wanted) = still.step(event.clone(), Millis(0));
            let (other, by_another_clock) = running.step(event, now);
            assert!(wanted == by_another_clock, "seed {seed}, step {step}");
            (still, running) = (phone, other);
        }
    }
}
