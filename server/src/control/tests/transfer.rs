//! Transfers: every end's hang-up at every step, and that nobody is left alone.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use call::history::How;

use super::super::{Command, Control, Goal, Happened, Leg, NotNow, Performed, Role};
use super::{everything, handle, hang_ups, news, number, placed, reachable};

const THIRD: Role = Role::Third(1);

/// Both sides talk.
fn talking() -> Control {
    let control = [
        news(Role::Agent, Happened::Open),
        news(Role::Customer, Happened::Answered),
        news(Role::Agent, Happened::Answered),
    ];
    let control = control.iter().fold(placed(), Control::heard);
    let bridge = Command::Bridge { leg: handle(Role::Agent), with: handle(Role::Customer) };
    control.performed(&bridge, &Performed::Done)
}

fn stay(leg: Role, with: Role) -> Command {
    Command::Stay { leg: handle(leg), with: handle(with) }
}

fn asked(how: How) -> Control {
    talking().transfer(number("+12025550101"), how).unwrap()
}

/// The customer waits with music, and the third party's leg rings.
fn ringing(how: How) -> Control {
    let control = asked(how).performed(&stay(Role::Customer, Role::Agent), &Performed::Done);
    let control = control.performed(&Command::Hold(handle(Role::Customer)), &Performed::Done);
    let ids = Performed::Dialled(Some(handle(THIRD)));
    control.performed(&Command::Dial(THIRD), &ids)
}

/// The agent talks with the third party.
fn consulting() -> Control {
    ringing(How::Attended)
        .heard(&news(THIRD, Happened::Answered))
        .performed(&stay(Role::Agent, THIRD), &Performed::Done)
        .performed(&stay(THIRD, Role::Agent), &Performed::Done)
}

fn over(control: Control, role: Role) -> Control {
    control.heard(&news(role, Happened::Over))
}

fn wishes(commands: impl IntoIterator<Item = Command>) -> BTreeSet<Command> {
    commands.into_iter().collect()
}

fn hand_over() -> [Command; 2] {
    let (leg, with) = (handle(Role::Customer), handle(THIRD));
    [Command::Bridge { leg, with }, Command::Release(handle(Role::Customer))]
}

fn take_back() -> [Command; 2] {
    let (leg, with) = (handle(Role::Agent), handle(Role::Customer));
    [Command::Bridge { leg, with }, Command::Release(handle(Role::Customer))]
}

#[test]
fn a_blind_transfer_lets_the_agent_go_and_joins_the_others_once_the_third_answers() {
    let control = asked(How::Blind);
    assert_eq!(control.wishes(), wishes([stay(Role::Customer, Role::Agent)]), "nothing else yet");
    let control = control.performed(&stay(Role::Customer, Role::Agent), &Performed::Done);
    let hold = Command::Hold(handle(Role::Customer));
    let leave = Command::HangUp(handle(Role::Agent));
    assert_eq!(control.wishes(), wishes([hold, leave, Command::Dial(THIRD)]));
    let control = over(ringing(How::Blind), Role::Agent);
    assert_eq!(control.wishes(), wishes([Command::Check(THIRD)]));
    let control = control.heard(&news(THIRD, Happened::Answered));
    assert_eq!(control.wishes(), wishes(hand_over()));
    let [bridge, release] = hand_over();
    let control =
        control.performed(&bridge, &Performed::Done).performed(&release, &Performed::Done);
    assert!(control.wishes().is_empty() && control.is_handed_over());
    assert_eq!(over(control.clone(), Role::Customer).wishes(), hang_ups(&[THIRD]));
    assert_eq!(over(control, THIRD).wishes(), hang_ups(&[Role::Customer]));
}

#[test]
fn an_attended_transfer_lets_the_agent_talk_with_the_third_and_then_joins_the_others() {
    let control = asked(How::Attended);
    assert_eq!(control.wishes(), wishes([stay(Role::Customer, Role::Agent)]));
    let control = ringing(How::Attended);
    assert_eq!(control.wishes(), wishes([Command::Check(THIRD)]));
    assert_eq!(control.clone().join(), Err(NotNow::NotConsulting));
    let control = control.heard(&news(THIRD, Happened::Answered));
    assert_eq!(control.wishes(), wishes([stay(Role::Agent, THIRD)]));
    let control = control.performed(&stay(Role::Agent, THIRD), &Performed::Done);
    assert_eq!(control.wishes(), wishes([stay(THIRD, Role::Agent)]));
    let control = consulting();
    assert!(control.wishes().is_empty());

    let control = control.join().unwrap();
    assert_eq!(
        control.wishes(),
        wishes(hand_over()),
        "the agent goes when the others have each other"
    );
    let [bridge, release] = hand_over();
    let control =
        control.performed(&bridge, &Performed::Done).performed(&release, &Performed::Done);
    assert_eq!(control.wishes(), hang_ups(&[Role::Agent]));
    assert_eq!(control.clone().join(), Ok(control.clone()), "asked for again");
    assert_eq!(control.clone().cancel(), Err(NotNow::NothingToCancel));
}

#[test]
fn a_transfer_that_is_taken_back_ends_the_thirds_leg_and_the_music() {
    let rings = ringing(How::Attended).cancel().unwrap();
    let release = Command::Release(handle(Role::Customer));
    let hang_up = Command::HangUp(handle(THIRD));
    assert_eq!(rings.wishes(), wishes([release, hang_up.clone()]), "they were never parted");
    let talks = consulting().cancel().unwrap();
    assert_eq!(talks.wishes(), wishes(take_back().into_iter().chain([hang_up])));
    assert_eq!(talks.clone().cancel(), Ok(talks), "asked for again");
    let second = over(rings, THIRD).transfer(number("+12025550108"), How::Attended).unwrap();
    assert_eq!(second.transfers().map(|known| known.number), Some(2));
    // What is heard of the first one now is of nobody.
    let late = second.heard(&news(THIRD, Happened::Answered));
    assert!(late.wishes().contains(&Command::HangUp(handle(THIRD))));
}

#[test]
fn a_third_party_who_does_not_come_or_goes_gives_the_customer_back_and_ends_a_blind_transfer() {
    let busy = over(ringing(How::Attended), THIRD);
    assert_eq!(busy.goal, Goal::Joined(Role::Customer));
    assert_eq!(busy.wishes(), wishes([Command::Release(handle(Role::Customer))]));
    assert_eq!(over(consulting(), THIRD).wishes(), wishes(take_back()));
    let joining = over(consulting().join().unwrap(), THIRD);
    assert_eq!(joining.wishes(), wishes(take_back()), "the agent is still there");
    let blind = over(over(ringing(How::Blind), Role::Agent), THIRD);
    assert_eq!(blind.wishes(), hang_ups(&[Role::Customer]));
    let refused = asked(How::Blind).performed(&stay(Role::Customer, Role::Agent), &Performed::Done);
    let refused = refused.performed(&Command::Dial(THIRD), &Performed::Refused);
    assert_eq!(refused.wishes(), hang_ups(&[Role::Agent, Role::Customer]));
}

#[test]
fn a_customer_who_goes_leaves_the_agent_with_the_third_who_has_answered() {
    let rings = over(ringing(How::Attended), Role::Customer);
    assert_eq!(rings.wishes(), hang_ups(&[Role::Agent, THIRD]));
    let talks = over(consulting(), Role::Customer);
    assert!(talks.wishes().is_empty());
    assert_eq!(talks.clone().join(), Err(NotNow::CustomerLeft));
    assert_eq!(over(talks.clone(), THIRD).wishes(), hang_ups(&[Role::Agent]));
    assert_eq!(over(talks.clone(), Role::Agent).wishes(), hang_ups(&[THIRD]));
    assert_eq!(talks.left().wishes(), hang_ups(&[Role::Agent, THIRD]));
    let blind = over(over(ringing(How::Blind), Role::Agent), Role::Customer);
    assert_eq!(blind.wishes(), hang_ups(&[THIRD]));
    let joining = over(consulting().join().unwrap(), Role::Customer);
    assert_eq!(joining.wishes(), hang_ups(&[Role::Agent, THIRD]));
}

#[test]
fn an_agent_who_goes_joins_the_customer_with_a_third_who_has_answered_and_else_ends_the_call() {
    let rings = over(ringing(How::Attended), Role::Agent);
    assert_eq!(rings.wishes(), hang_ups(&[Role::Customer, THIRD]));
    assert_eq!(over(consulting(), Role::Agent).wishes(), wishes(hand_over()));
    assert_eq!(consulting().left().wishes(), wishes(hand_over()));
    let early = ringing(How::Attended).heard(&news(THIRD, Happened::Answered));
    assert_eq!(over(early, Role::Agent).wishes(), wishes(hand_over()), "not even bridged");
    let joining = over(consulting().join().unwrap(), Role::Agent);
    assert_eq!(joining.wishes(), wishes(hand_over()));
    assert_eq!(ringing(How::Attended).left().goal, Goal::End);
    assert_eq!(ringing(How::Blind).left(), ringing(How::Blind), "they have left it already");
}

#[test]
fn what_telnyx_will_not_do_leaves_the_agent_with_the_customer() {
    for how in [How::Blind, How::Attended] {
        let refused = asked(how).performed(&stay(Role::Customer, Role::Agent), &Performed::Refused);
        assert_eq!(refused.goal, Goal::Joined(Role::Customer));
        assert!(refused.wishes().is_empty(), "{how:?}");
    }
    let apart = ringing(How::Attended).heard(&news(THIRD, Happened::Answered));
    let apart = apart.performed(&stay(Role::Agent, THIRD), &Performed::Refused);
    let hang_up = Command::HangUp(handle(THIRD));
    assert_eq!(apart.wishes(), wishes(take_back().into_iter().chain([hang_up])));
    let [bridge, _] = hand_over();
    let joined = consulting().join().unwrap().performed(&bridge, &Performed::Refused);
    assert_eq!(joined.goal, Goal::Join(Role::Customer));
    let silent =
        asked(How::Attended).performed(&stay(Role::Customer, Role::Agent), &Performed::Done);
    let silent = silent.performed(&Command::Hold(handle(Role::Customer)), &Performed::Refused);
    assert_eq!(silent.wishes(), wishes([Command::Dial(THIRD)]), "silence, then");
}

#[test]
fn only_two_who_talk_can_be_parted_and_once_at_a_time() {
    let to = number("+12025550101");
    let ask = |control: Control, how| control.transfer(to.clone(), how);
    assert_eq!(ask(placed(), How::Blind), Err(NotNow::NotTalking));
    assert_eq!(ask(talking().ended(), How::Blind), Err(NotNow::NotTalking));
    let under_way = ringing(How::Attended);
    assert_eq!(ask(under_way.clone(), How::Attended), Ok(under_way.clone()));
    assert_eq!(ask(under_way.clone(), How::Blind), Err(NotNow::UnderWay));
    assert_eq!(under_way.transfer(number("+12025550102"), How::Attended), Err(NotNow::UnderWay));
    assert_eq!(talking().cancel(), Err(NotNow::NothingToCancel));
    assert_eq!(talking().join(), Err(NotNow::NotConsulting));
}

#[test]
fn a_bridge_that_is_told_late_of_is_not_taken_for_the_next() {
    let back = consulting().cancel().unwrap();
    let late = back.clone().heard(&news(Role::Customer, Happened::Bridged));
    assert_eq!(late, back);
}

/// What Telnyx does with each command in the end; none that comes to nothing.
fn taken(command: &Command) -> Performed {
    match command {
        Command::Dial(role) => Performed::Dialled(Some(handle(*role))),
        Command::Check(_) => Performed::Gone,
        Command::Answer(_)
        | Command::Announce(_)
        | Command::GoOn(_)
        | Command::Bridge { .. }
        | Command::Stay { .. }
        | Command::Hold(_)
        | Command::Release(_)
        | Command::HangUp(_) => Performed::Done,
    }
}

#[test]
fn from_every_state_nothing_is_left_open_after_the_end() {
    for control in reachable() {
        let mut ended = control.clone().ended();
        // A dial that was taken without a word of its leg shows itself by its own news.
        for role in super::roles(&ended) {
            if *ended.leg(role) == Leg::Dialled {
                ended = ended.heard(&news(role, Happened::Answered));
            }
        }
        while let Some(wish) = ended.wishes().first().cloned() {
            assert!(matches!(wish, Command::HangUp(_)), "{wish:?} in {ended:?}");
            ended = ended.performed(&wish, &Performed::Done);
        }
        assert!(ended.is_over(), "{control:?}");
    }
}

#[test]
fn from_every_state_the_wishes_come_to_an_end_with_nobody_alone() {
    let mut settled: BTreeMap<String, Control> = BTreeMap::new();
    for control in reachable().into_iter().filter(|control| control.transfers().is_some()) {
        let mut next = control.clone();
        for _ in 0..40 {
            let Some(wish) = next.wishes().first().cloned() else { break };
            next = next.performed(&wish, &taken(&wish));
        }
        assert!(next.wishes().is_empty(), "{control:?} never comes to rest: {next:?}");
        settled.insert(format!("{next:?}"), next);
    }
    for control in settled.values() {
        let up = [&control.agent, &control.customer, control.third()];
        let up = up.into_iter().filter(|leg| leg.open().is_some()).count();
        let pair = match control.goal {
            Goal::Joined(_) | Goal::HandedOver => 2,
            // Nobody is there yet.
            Goal::Join(_) => continue,
            Goal::HandOver => unreachable!("{control:?}"),
            Goal::End => 0,
        };
        assert!(
            up == pair || (up == 3 && matches!(control.goal, Goal::Joined(Role::Third(_)))),
            "{control:?}"
        );
    }
}

#[test]
fn who_has_left_is_never_asked_back() {
    let mut open = VecDeque::from([ringing(How::Blind), consulting().left()]);
    let mut seen = BTreeSet::new();
    while let Some(control) = open.pop_front() {
        let left = over(control.clone(), Role::Agent);
        assert_ne!(left.goal, Goal::Join(Role::Customer), "{control:?}");
        for next in everything(&control) {
            if next.is_handed_over() && seen.insert(format!("{next:?}")) {
                open.push_back(next);
            }
        }
    }
}
