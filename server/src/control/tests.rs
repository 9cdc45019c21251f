//! The machine, told everything in every order.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod transfer;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use call::history::How;
use call::number::Number;
use call::time::Millis;

use super::{
    Announcement, Command, Control, Goal, Handle, Happened, Leg, Music, News, Performed, Role,
};

fn number(text: &str) -> Number {
    Number::parse(text).unwrap_or_else(|why| unreachable!("{text}: {why}"))
}

fn placed() -> Control {
    Control::placed(number("+12025550107"), number("+12025550142"), Millis(0))
}

/// A call a program asked for, as the agent's page expects it.
fn asked_for() -> Control {
    let user = "gencredAnn".to_owned();
    Control::asked_for(number("+12025550107"), number("+12025550142"), user, Millis(0))
        .expected(Millis(1))
}

fn handle(role: Role) -> Handle {
    Handle(match role {
        Role::Agent => "v3:agent".to_owned(),
        Role::Customer => "v3:customer".to_owned(),
        Role::Third(number) => format!("v3:third-{number}"),
    })
}

fn news(role: Role, happened: Happened) -> News {
    News { role, handle: handle(role), happened, at: Millis(1) }
}

fn hang_ups(roles: &[Role]) -> BTreeSet<Command> {
    roles.iter().map(|role| Command::HangUp(handle(*role))).collect()
}

#[test]
fn the_agents_leg_is_answered_when_the_customer_answers_and_not_before() {
    let control = placed();
    assert!(control.wishes().is_empty());
    let control = control.heard(&news(Role::Agent, Happened::Open));
    let dial = Command::Dial(Role::Customer);
    assert_eq!(control.wishes(), BTreeSet::from([dial.clone()]));
    let ids = Performed::Dialled(Some(handle(Role::Customer)));
    let control = control.performed(&dial, &ids).heard(&news(Role::Customer, Happened::Open));
    assert_eq!(control.wishes(), BTreeSet::from([Command::Check(Role::Customer)]));

    let control = control.heard(&news(Role::Customer, Happened::Answered));
    let answer = Command::Answer(handle(Role::Agent));
    assert_eq!(control.wishes(), BTreeSet::from([answer.clone()]));
    let control = control.performed(&answer, &Performed::Done);
    let bridge = Command::Bridge { leg: handle(Role::Agent), with: handle(Role::Customer) };
    assert_eq!(control.wishes(), BTreeSet::from([bridge.clone()]));
    let control = control.performed(&bridge, &Performed::Done);
    assert!(control.wishes().is_empty());

    let control = control.heard(&news(Role::Customer, Happened::Over));
    assert_eq!(control.wishes(), hang_ups(&[Role::Agent]));
    assert!(control.heard(&news(Role::Agent, Happened::Over)).is_over());
}

#[test]
fn who_is_to_be_told_something_is_told_before_the_agent_is_put_through() {
    let control = placed().announced().heard(&news(Role::Agent, Happened::Open));
    let control = control.heard(&news(Role::Customer, Happened::Answered));
    let announce = Command::Announce(handle(Role::Customer));
    assert_eq!(control.wishes(), BTreeSet::from([announce.clone()]));
    let answer = BTreeSet::from([Command::Answer(handle(Role::Agent))]);
    let told = news(Role::Customer, Happened::Told);

    let making = control.clone().performed(&announce, &Performed::Done);
    let go_on = Command::GoOn(handle(Role::Customer));
    assert_eq!(making.wishes(), BTreeSet::from([go_on.clone()]));
    assert_eq!(making.clone().heard(&told).wishes(), answer);
    assert_eq!(making.performed(&go_on, &Performed::Done).wishes(), answer, "nobody said so");
    // Its end may be heard of before the answer to the command.
    let over = control.clone().heard(&told).performed(&announce, &Performed::Done);
    assert_eq!(over.wishes(), answer);
    // What a browser is played is not what the customer is told.
    let agents = control.clone().heard(&news(Role::Agent, Happened::Told));
    assert_eq!(agents.wishes(), BTreeSet::from([announce.clone()]));
    let refused = control.performed(&announce, &Performed::Refused);
    assert_eq!(refused.wishes(), hang_ups(&[Role::Agent, Role::Customer]));
}

#[test]
fn a_dial_that_was_not_taken_ends_the_call_and_a_leg_that_comes_of_it_after_all_is_hung_up() {
    let control = placed().heard(&news(Role::Agent, Happened::Open));
    let control = control.performed(&Command::Dial(Role::Customer), &Performed::Refused);
    assert_eq!(control.wishes(), hang_ups(&[Role::Agent]));
    let control = control.heard(&news(Role::Customer, Happened::Answered));
    assert_eq!(control.wishes(), hang_ups(&[Role::Agent, Role::Customer]));
}

#[test]
fn a_second_leg_that_waits_under_the_same_id_is_hung_up_and_the_first_goes_on() {
    let control = placed().heard(&news(Role::Agent, Happened::Open));
    let second = Handle("v3:second".to_owned());
    let stray = News { handle: second.clone(), ..news(Role::Agent, Happened::Open) };
    let control = control.heard(&stray);
    let wanted = [Command::Dial(Role::Customer), Command::HangUp(second.clone())];
    assert_eq!(control.wishes(), BTreeSet::from(wanted));
    let control = control.performed(&Command::HangUp(second), &Performed::Gone);
    assert_eq!(control.wishes(), BTreeSet::from([Command::Dial(Role::Customer)]));
}

#[test]
fn who_gave_up_before_telnyx_had_the_call_has_nobody_called() {
    let control = placed().ended();
    assert!(control.is_over());
    let control = control.heard(&news(Role::Agent, Happened::Open));
    assert_eq!(control.wishes(), hang_ups(&[Role::Agent]));
}

#[test]
fn a_leg_that_cannot_still_be_ringing_was_answered_unheard() {
    let control = placed()
        .heard(&news(Role::Agent, Happened::Open))
        .heard(&news(Role::Customer, Happened::Open));
    let check = Command::Check(Role::Customer);
    let there = control.clone().performed(&check, &Performed::Done);
    assert_eq!(there.wishes(), BTreeSet::from([Command::Answer(handle(Role::Agent))]));
    assert_eq!(control.performed(&check, &Performed::Gone).wishes(), hang_ups(&[Role::Agent]));
}

#[test]
fn what_a_program_asks_for_calls_the_agent_first_and_once_their_page_expects_it() {
    let user = "gencredAnn".to_owned();
    let control =
        Control::asked_for(number("+12025550107"), number("+12025550142"), user, Millis(0));
    assert!(control.wishes().is_empty(), "no page expects it");
    assert!(control.clone().expected(Millis(5_001)).is_over(), "too late");
    let control = control.expected(Millis(5_000));
    assert_eq!(control.wishes(), BTreeSet::from([Command::Dial(Role::Agent)]));
    let ids = Performed::Dialled(Some(handle(Role::Agent)));
    let control = control.performed(&Command::Dial(Role::Agent), &ids);
    assert_eq!(control.wishes(), BTreeSet::from([Command::Check(Role::Agent)]));
    let control = control.heard(&news(Role::Agent, Happened::Answered));
    assert_eq!(control.wishes(), BTreeSet::from([Command::Dial(Role::Customer)]));
    let control = control.heard(&news(Role::Customer, Happened::Answered));
    let bridge = Command::Bridge { leg: handle(Role::Agent), with: handle(Role::Customer) };
    assert_eq!(control.wishes(), BTreeSet::from([bridge]));
}

#[test]
fn an_agent_who_does_not_take_it_has_nobody_called() {
    let control = asked_for().heard(&news(Role::Agent, Happened::Open));
    let over = control.clone().heard(&news(Role::Agent, Happened::Over));
    assert!(over.wishes().is_empty() && over.is_over());
    let unheard = control.performed(&Command::Check(Role::Agent), &Performed::Gone);
    assert!(unheard.wishes().is_empty() && unheard.is_over());
}

/// How many transfers of a call are looked at.
const MOST: u32 = 2;

/// The parts there are in a call, those of transfers that are past among them.
fn roles(control: &Control) -> Vec<Role> {
    let newest = control.transfers().map_or(0, |known| known.number);
    [Role::Agent, Role::Customer].into_iter().chain((1..=newest).map(Role::Third)).collect()
}

/// Everything that can happen to a call, whether or not it should be possible.
fn everything(control: &Control) -> Vec<Control> {
    let mut next = vec![control.clone().ended(), control.clone().left()];
    let asks = [
        control.clone().join(),
        control.clone().cancel(),
        control.clone().transfer(number("+12025550101"), How::Attended),
        control.clone().transfer(number("+12025550101"), How::Blind),
    ];
    let once = |control: &Control| control.transfers().is_none_or(|known| known.number <= MOST);
    next.extend(asks.into_iter().flatten().filter(once));
    for role in roles(control) {
        use Happened::{Answered, Bridged, Open, Over, Told};
        for happened in [Open, Answered, Bridged, Told, Over] {
            next.push(control.clone().heard(&news(role, happened)));
        }
    }
    for command in control.wishes() {
        for performed in [
            Performed::Done,
            Performed::Dialled(None),
            Performed::Dialled(Some(handle(match command {
                Command::Dial(role) => role,
                Command::Answer(_)
                | Command::Announce(_)
                | Command::GoOn(_)
                | Command::Bridge { .. }
                | Command::Stay { .. }
                | Command::Hold(_)
                | Command::Release(_)
                | Command::HangUp(_)
                | Command::Check(_) => Role::Customer,
            }))),
            Performed::Gone,
            Performed::Refused,
        ] {
            next.push(control.clone().performed(&command, &performed));
        }
    }
    next
}

/// Every state there is a way to.
fn reachable() -> Vec<Control> {
    let mut open = VecDeque::from([placed(), asked_for(), placed().announced()]);
    let mut seen: BTreeMap<String, Control> =
        open.iter().map(|start| (format!("{start:?}"), start.clone())).collect();
    while let Some(control) = open.pop_front() {
        for next in everything(&control) {
            if seen.insert(format!("{next:?}"), next.clone()).is_none() {
                open.push_back(next);
            }
        }
    }
    seen.into_values().collect()
}

#[test]
fn in_every_state_there_is_only_what_makes_sense_is_wanted() {
    let states = reachable();
    assert!(states.len() > 30, "{} states", states.len());
    for control in &states {
        let wishes = control.wishes();
        for wish in &wishes {
            match wish {
                Command::Dial(role) => {
                    assert_eq!(control.leg(*role), &Leg::Absent, "not twice: {control:?}");
                    let agent = match (role, control.agents_user()) {
                        (Role::Agent, user) => user.is_some(),
                        (Role::Customer, None) => control.agent.open().is_some(),
                        (Role::Customer, Some(_)) => matches!(control.agent, Leg::Up(_)),
                        // The customer is told to stay before anything else is done, unless the agent is gone already.
                        (Role::Third(_), _) => {
                            let known = control.transfers().unwrap();
                            known.customer_stays || control.agent.open().is_none()
                        }
                    };
                    let alone = matches!(role, Role::Third(_)) || wishes.len() == 1;
                    assert!(agent && alone, "{control:?}");
                }
                Command::Announce(leg) | Command::GoOn(leg) => {
                    assert_eq!(control.customer, Leg::Up(leg.clone()));
                    assert_eq!(wishes.len() - control.strays.len(), 1, "nobody talks yet");
                }
                Command::Hold(leg) => {
                    assert_eq!(control.customer.open(), Some(leg));
                    assert!(control.transfers().unwrap().customer_stays, "{control:?}");
                }
                Command::Release(leg) => {
                    assert_eq!(control.customer.open(), Some(leg));
                    assert_eq!(control.transfers().unwrap().music, Music::On);
                }
                Command::Stay { leg, with } => {
                    let open = [&control.agent, &control.customer, control.third()];
                    let open: Vec<_> = open.into_iter().filter_map(Leg::open).collect();
                    assert!(leg != with && open.contains(&leg) && open.contains(&with));
                }
                Command::Answer(leg) => {
                    assert_eq!(control.agent, Leg::Open(leg.clone()));
                    assert_eq!(control.announcement, Announcement::Over);
                    assert!(matches!(control.customer, Leg::Up(_)), "not before: {control:?}");
                }
                Command::Bridge { leg, with } => {
                    assert_eq!(control.announcement, Announcement::Over);
                    if control.goal == Goal::HandOver {
                        assert_eq!(control.customer.open(), Some(leg));
                        assert_eq!(control.third(), &Leg::Up(with.clone()));
                    } else {
                        assert_eq!(control.agent, Leg::Up(leg.clone()));
                        assert_eq!(control.customer, Leg::Up(with.clone()));
                    }
                }
                Command::HangUp(leg) => {
                    let ends = control.goal == Goal::End || control.strays.contains(leg);
                    let handed_over = control.is_handed_over() && control.agent.open() == Some(leg);
                    let back = matches!(
                        control.goal,
                        Goal::Join(Role::Customer) | Goal::Joined(Role::Customer)
                    ) && control.third().open() == Some(leg);
                    assert!(ends || handed_over || back, "{control:?}");
                }
                Command::Check(role) => {
                    assert!(matches!(control.leg(*role), Leg::Dialled | Leg::Open(_)));
                }
            }
        }
        // Whatever may come: once its end is wanted, every leg that is there is hung up, and none is called.
        let ended = control.clone().ended();
        let open: BTreeSet<Command> = [&ended.agent, &ended.customer, ended.third()]
            .into_iter()
            .filter_map(Leg::open)
            .chain(&ended.strays)
            .cloned()
            .map(Command::HangUp)
            .collect();
        assert_eq!(ended.wishes(), open);
        // Whoever has nobody left, and is not about to have somebody, is wanted over.
        let over = |leg: &Leg| matches!(leg, Leg::Over(_));
        let left = [&control.agent, &control.customer, control.third()];
        let alone = left.into_iter().filter(|leg| !over(leg)).count() < 2;
        let apart =
            control.transfers().is_none() && (over(&control.agent) || over(&control.customer));
        if alone || apart {
            assert_eq!(control.goal, Goal::End, "{control:?}");
        }
    }
}

#[test]
fn on_no_way_is_a_dial_wanted_twice() {
    for control in &reachable() {
        for role in roles(control).into_iter().filter(|role| *control.leg(*role) != Leg::Absent) {
            for next in &everything(control) {
                let known = |control: &Control| control.transfers().map(|known| known.number);
                if matches!(role, Role::Third(_)) && known(control) != known(next) {
                    continue;
                }
                assert_ne!(*next.leg(role), Leg::Absent, "{control:?} -> {next:?}");
            }
        }
    }
}

#[test]
fn the_same_news_in_any_order_any_number_of_times_come_to_the_same() {
    use Happened::{Answered, Bridged, Open, Over};
    let story = [
        news(Role::Agent, Open),
        news(Role::Customer, Open),
        news(Role::Customer, Answered),
        news(Role::Customer, Bridged),
        news(Role::Customer, Over),
        news(Role::Agent, Over),
    ];
    let told = |order: &[&News]| order.iter().fold(placed(), |control, news| control.heard(news));
    let usual = told(&story.iter().collect::<Vec<_>>());
    let mut orders = 0;
    permute(&mut story.iter().collect(), 0, &mut |order| {
        orders += 1;
        let twice: Vec<&News> = order.iter().flat_map(|news| [*news, *news]).collect();
        assert_eq!(told(order), usual, "{order:?}");
        assert_eq!(told(&twice), usual, "{order:?}");
    });
    assert_eq!(orders, 720);
}

fn permute<'a>(list: &mut Vec<&'a News>, from: usize, tell: &mut impl FnMut(&[&'a News])) {
    if from == list.len() {
        return tell(list);
    }
    for other in from..list.len() {
        list.swap(from, other);
        permute(list, from + 1, tell);
        list.swap(from, other);
    }
}
