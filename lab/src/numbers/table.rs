//! The built-in numbers. `+1 202 555 0100` … `0199` is reserved for fiction. `lab/README.md` has a row for each, and
//! `exchange/tests/numbers.rs` a dialogue.

use std::time::Duration;

use super::{
    Act, Anchor, Behaviour, InviteReply, Outcome, Program, Punt, RecordingPlan, Refusal, Step,
};
use crate::exchange::io::{Codec, Fate, Faults, Treatment, Way};

/// What all numbers that answer have in common: they ring at once and answer after 1.5 s.
const RINGS_FOR: u64 = 1500;

/// Every built-in number, by what follows `+1202555`.
pub(super) const LINES: [&str; 31] = [
    "0100", "0101", "0102", "0103", "0104", "0105", "0106", "0107", "0108", "0109", "0110", "0111",
    "0112", "0113", "0114", "0115", "0116", "0117", "0118", "0119", "0120", "0121", "0122", "0123",
    "0124", "0125", "0126", "0127", "0128", "0129", "0130",
];

/// What a built-in number does.
#[expect(clippy::too_many_lines, reason = "a table: one entry a number")]
pub(super) fn behaviour(number: &str) -> Option<Behaviour> {
    let found = match number.strip_prefix("+1202555")? {
        "0100" => answering("answers and speaks"),
        "0101" => Behaviour { program: Program::Echo, ..answering("answers and echoes") },
        "0102" => steps("busy", [invite(300, Act::Refuse(Refusal::Busy))]),
        "0103" => steps(
            "rings 30 s; nobody answers",
            [invite(0, Act::Ring), invite(30_000, Act::Refuse(Refusal::NoAnswer))],
        ),
        "0104" => steps(
            "rings 2 s and declines",
            [invite(0, Act::Ring), invite(2000, Act::Refuse(Refusal::Rejected))],
        ),
        "0105" => and_then(
            answering("answers, speaks and hangs up after 5 s"),
            [answer(5000, Act::HangUp)],
        ),
        "0106" => Behaviour {
            recording: RecordingPlan { after: Duration::from_secs(20), ..RecordingPlan::default() },
            ..answering("answers and speaks; its recording is saved 20 s after the call")
        },
        "0107" => tone("answers with a steady 440 Hz"),
        "0108" => Behaviour {
            program: Program::Tone,
            ..steps("rings until the control API says more", [invite(0, Act::Ring)])
        },
        "0109" => Behaviour {
            webhooks: Treatment { fate: Fate::Lose, ..Treatment::default() },
            ..tone("like 0107, but no webhook ever arrives")
        },
        "0110" => steps(
            "rings 20 s, then answers and speaks",
            [invite(0, Act::Ring), invite(20_000, Act::Answer)],
        ),
        "0111" => Behaviour {
            program: Program::Tone,
            ..steps(
                "is heard (440 Hz) from 1 s on, before it answers after 5 s",
                [invite(0, Act::Ring), invite(1000, Act::EarlyMedia), invite(5000, Act::Answer)],
            )
        },
        "0112" => steps(
            "nothing for 10 s; then rings 1.5 s, answers and speaks",
            [invite(10_000, Act::Ring), invite(11_500, Act::Answer)],
        ),
        "0113" => Behaviour {
            // The SDK takes a while to apply an answer; a reply that comes meanwhile would be too early.
            invite_reply: InviteReply::AfterAnswer { by: Duration::from_millis(300) },
            ..tone("its answer overtakes the reply to INVITE")
        },
        "0114" => and_then(
            tone("answers; no datagram passes until 5 s after the answer"),
            [
                invite(0, Act::Faults(Faults { dead: true, ..Faults::default() })),
                answer(5000, Act::Faults(Faults::default())),
            ],
        ),
        "0115" => and_then(
            tone("answers; nothing of what the agent says arrives"),
            [invite(0, Act::Faults(Faults { from_end: stopped(), ..Faults::default() }))],
        ),
        "0116" => and_then(
            tone("answers; the agent hears nothing"),
            [invite(0, Act::Faults(Faults { to_end: stopped(), ..Faults::default() }))],
        ),
        "0117" => steps(
            "rings 3 s and hangs up",
            [invite(0, Act::Ring), invite(3000, Act::Refuse(Refusal::Cleared))],
        ),
        "0118" => recorded(Outcome::Never, "answers; its recording never comes"),
        "0119" => recorded(Outcome::Error, "answers; its recording fails"),
        "0120" => Behaviour {
            webhooks: Treatment { copies: 2, ..Treatment::default() },
            ..tone("answers; each webhook comes twice")
        },
        "0121" => Behaviour {
            webhooks: Treatment { reversed: true, ..Treatment::default() },
            ..tone("answers; the webhooks come after the call, last first")
        },
        "0122" => Behaviour {
            webhooks: Treatment { delay: Duration::from_secs(8), ..Treatment::default() },
            ..tone("answers; each webhook comes 8 s late")
        },
        "0123" => and_then(
            tone("answers; the browser's socket drops 3 s later"),
            [answer(3000, Act::DropSocket { closed_for_ms: 0 })],
        ),
        "0124" => and_then(
            tone("answers; the gateway punts the browser 3 s later"),
            [answer(3000, Act::Punt(Punt::Every))],
        ),
        "0125" => {
            let lossy = Way { loss_percent: 30, ..Way::default() };
            let faults = Faults { dead: false, to_end: lossy, from_end: lossy };
            and_then(
                tone("answers; 30 % of all packets are lost both ways"),
                [invite(0, Act::Faults(faults))],
            )
        }
        "0126" => Behaviour {
            codec: Codec::Opus,
            program: Program::Echo,
            ..answering("answers in Opus and echoes; cannot be recorded")
        },
        "0127" => Behaviour { machine: true, ..answering("an answering machine answers") },
        "0128" => and_then(
            tone("answers, hangs up after 3 s and says so twice"),
            [answer(3000, Act::HangUp), ended(300, Act::ByeAgain)],
        ),
        "0129" => and_then(
            tone("answers; its name comes 1 s later"),
            [answer(1000, Act::Display { name: "Ada".to_owned(), number: number.to_owned() })],
        ),
        "0130" => and_then(
            tone("answers and presses 1, 2, # after 1 s"),
            [answer(1000, Act::Press { digits: "12#".to_owned() })],
        ),
        _ => return None,
    };
    Some(found)
}

/// What a number does that nobody has.
pub(super) fn unallocated() -> Behaviour {
    steps("does not exist", [invite(200, Act::Refuse(Refusal::Unallocated))])
}

fn steps<const N: usize>(note: &str, steps: [Step; N]) -> Behaviour {
    Behaviour { note: note.to_owned(), steps: steps.into(), ..Behaviour::default() }
}

fn answering(note: &str) -> Behaviour {
    steps(note, [invite(0, Act::Ring), invite(RINGS_FOR, Act::Answer)])
}

fn tone(note: &str) -> Behaviour {
    Behaviour { program: Program::Tone, ..answering(note) }
}

fn recorded(outcome: Outcome, note: &str) -> Behaviour {
    Behaviour { recording: RecordingPlan { outcome, ..RecordingPlan::default() }, ..tone(note) }
}

fn and_then<const N: usize>(mut behaviour: Behaviour, steps: [Step; N]) -> Behaviour {
    behaviour.steps.extend(steps);
    behaviour
}

fn stopped() -> Way {
    Way { stopped: true, ..Way::default() }
}

fn invite(millis: u64, act: Act) -> Step {
    Step { after: Anchor::Invite, wait: Duration::from_millis(millis), act }
}

fn answer(millis: u64, act: Act) -> Step {
    Step { after: Anchor::Answer, wait: Duration::from_millis(millis), act }
}

fn ended(millis: u64, act: Act) -> Step {
    Step { after: Anchor::End, wait: Duration::from_millis(millis), act }
}
