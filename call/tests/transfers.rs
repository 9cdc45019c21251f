//! The row of a call that is transferred: over when those who were to have each other have parted.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use call::cause::{Cause, Outcome, Side};
use call::history::{Fact, How, Row, TransferStage, What};
use call::ids::{CallId, TelnyxIds};
use call::number::Number;
use call::time::Millis;

fn number(text: &str) -> Number {
    Number::parse(text).unwrap()
}

/// The row once this was said, second by second, after a call that was answered at 5 and is transferred at 20.
fn row(how: How, said: &[(u64, What)]) -> Row {
    let begun = [
        (0, What::Placed { agent: "demo".to_owned(), to: number("+12025550107") }),
        (5, What::Answered),
        (20, What::TransferAsked { transfer: 1, to: number("+12025550101"), how }),
    ];
    let facts: Vec<Fact> = begun
        .into_iter()
        .chain(said.iter().cloned())
        .map(|(at, what)| Fact { at: Millis(at * 1_000), ids: TelnyxIds::default(), what })
        .collect();
    let fold =
        |facts: &mut dyn Iterator<Item = &Fact>| Row::fold(CallId("a".to_owned()), facts.cloned());
    let row = fold(&mut facts.iter());
    assert_eq!(fold(&mut facts.iter().rev()), row, "in any order");
    assert_eq!(fold(&mut facts.iter().chain(&facts)), row, "any number of times");
    row
}

fn agent() -> What {
    What::HungUp { cause: Cause::Normal, by: Side::Us }.of_the_agents_call()
}

fn far() -> What {
    What::HungUp { cause: Cause::Normal, by: Side::Them }
}

fn third(cause: Cause) -> What {
    What::HungUp { cause, by: Side::Them }.of_the_third_leg(1)
}

fn answered() -> What {
    What::Answered.of_the_third_leg(1)
}

fn page() -> What {
    What::Ended { cause: Cause::Normal, by: Side::Us }
}

const CONSULTING: What = What::Consulting { transfer: 1 };
const DONE: What = What::Transferred { transfer: 1 };
const CANCELLED: What = What::TransferCancelled { transfer: 1 };

/// How far the transfer is; when, why and by whom the call ended.
fn told(row: &Row) -> (TransferStage, Option<(u64, Cause, Side)>) {
    assert_eq!(row.is_over(), row.outcome == Some(Outcome::Answered));
    let end = row.ended_at.map(|at| at.0 / 1_000).zip(row.cause.clone()).zip(row.ended_by);
    (row.transfer.clone().unwrap().stage, end.map(|((at, cause), by)| (at, cause, by)))
}

#[test]
fn a_blind_transfer_goes_on_without_the_agent_until_one_of_the_others_goes() {
    use TransferStage::{Calling, Done, Failed};
    let blind = |said: &[(u64, What)]| told(&row(How::Blind, said));
    assert_eq!(blind(&[]), (Calling, None));
    assert_eq!(blind(&[(21, agent()), (21, page())]), (Calling, None));
    let busy = (Failed { cause: Cause::Busy }, Some((25, Cause::Busy, Side::Them)));
    assert_eq!(blind(&[(21, agent()), (25, third(Cause::Busy)), (26, far())]), busy);
    let gave_up = (Calling, Some((25, Cause::Normal, Side::Them)));
    assert_eq!(blind(&[(21, agent()), (25, far())]), gave_up);
    let over = (Done, Some((60, Cause::Normal, Side::Them)));
    assert_eq!(blind(&[(21, agent()), (25, answered()), (26, DONE)]), (Done, None));
    assert_eq!(blind(&[(25, answered()), (26, DONE), (60, third(Cause::Normal))]), over);
    assert_eq!(blind(&[(25, answered()), (26, DONE), (60, far())]), over);
    assert!(
        row(How::Blind, &[]).is_handed_over() && row(How::Blind, &[(26, DONE)]).is_handed_over()
    );
}

#[test]
fn a_transfer_that_was_not_made_leaves_a_call_as_any() {
    use TransferStage::{Cancelled, Failed};
    for how in [How::Blind, How::Attended] {
        let cause = Cause::Other("not connected".to_owned());
        let failed = What::TransferFailed { transfer: 1, cause: cause.clone() };
        let stage = Failed { cause };
        assert_eq!(told(&row(how, &[(21, failed.clone())])), (stage.clone(), None));
        let over = (stage, Some((30, Cause::Normal, Side::Us)));
        assert_eq!(told(&row(how, &[(21, failed), (30, agent()), (31, far())])), over);
    }
    let back = [(25, answered()), (26, CONSULTING), (30, CANCELLED), (31, third(Cause::Normal))];
    assert_eq!(told(&row(How::Attended, &back)), (Cancelled, None));
    let mut over = back.to_vec();
    over.push((40, far()));
    assert_eq!(
        told(&row(How::Attended, &over)),
        (Cancelled, Some((40, Cause::Normal, Side::Them)))
    );
}

#[test]
fn a_consultation_goes_on_while_two_of_the_three_are_there() {
    use TransferStage::{Calling, Consulting, Done, Failed};
    let attended = |said: &[(u64, What)]| told(&row(How::Attended, said));
    let talks = [(25, answered()), (26, CONSULTING)];
    let and = |more: &[(u64, What)]| attended(&[&talks, more].concat());
    assert_eq!(and(&[]), (Consulting, None));
    assert_eq!(and(&[(30, third(Cause::Normal))]), (Failed { cause: Cause::Normal }, None));
    assert_eq!(and(&[(30, far())]), (Consulting, None));
    assert_eq!(and(&[(30, agent())]), (Consulting, None));
    assert_eq!(
        and(&[(30, far()), (40, agent())]),
        (Consulting, Some((40, Cause::Normal, Side::Them)))
    );
    let gone = Failed { cause: Cause::Normal };
    let missed = (gone, Some((40, Cause::Normal, Side::Them)));
    assert_eq!(and(&[(30, far()), (40, third(Cause::Normal))]), missed);
    assert_eq!(and(&[(30, DONE), (31, agent())]), (Done, None));
    // Before there is anybody to talk with.
    assert_eq!(attended(&[(22, agent())]), (Calling, Some((22, Cause::Normal, Side::Us))));
    assert_eq!(attended(&[(22, far())]), (Calling, Some((22, Cause::Normal, Side::Them))));
}

#[test]
fn the_row_names_the_newest_transfer_and_says_when_the_far_end_has_left_it() {
    let second = What::TransferAsked { transfer: 2, to: number("+12025550102"), how: How::Blind };
    let again = row(How::Attended, &[(30, CANCELLED), (40, second)]).transfer.unwrap();
    assert_eq!(
        (again.to.as_str(), again.how, again.at),
        ("+12025550102", How::Blind, Millis(40_000))
    );
    assert_eq!(again.stage, TransferStage::Calling);
    let left = row(How::Attended, &[(25, answered()), (26, CONSULTING), (30, far())]);
    assert!(left.transfer.unwrap().left);
}

#[test]
fn the_talk_of_a_call_with_three_ends_is_by_one_clock() {
    let talk = |said: &[(u64, What)]| row(How::Attended, said).talk_ms;
    let hour = 3_600;
    // The agent's browser is an hour ahead: Telnyx's word of the far end is when the call was over.
    let back = [(25, CANCELLED), (hour + 60, page())];
    assert_eq!(talk(&back), None, "the browser has not said since when");
    let active = (hour + 5, What::Active);
    assert_eq!(talk(&[&back[..], std::slice::from_ref(&active)].concat()), Some(55_000));
    assert_eq!(talk(&[&back[..], &[active, (60, far())]].concat()), Some(55_000));
    let consulted = [(25, answered()), (26, CONSULTING), (hour + 40, page()), (45, far())];
    assert_eq!(talk(&consulted), Some(40_000));
    assert_eq!(row(How::Attended, &consulted).ended_at, Some(Millis(45_000)));
    // That there was nobody to come back to was found out by our server's clock.
    assert_eq!(talk(&[(30, far()), (hour + 30, CANCELLED)]), None);
}
