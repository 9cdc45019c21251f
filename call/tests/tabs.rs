//! Several tabs: who has the phone, in every order of what tabs, locks and messages can do.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod support;

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

use ::call::call::{self, Sdk};
use ::call::dtmf::Digit;
use ::call::ids::CallId;
use ::call::line::{self, Line};
use ::call::phone::{self, Phone};
use ::call::tabs::{Effect, Event, Message, Mirror, Role, Said, TabId, UNANSWERED, Wish};
use support::{Story, id, other, ready, sdk};

/// What is on its way from one tab to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Word {
    Hello,
    Phone { busy: bool },
    Wanted,
    Yours { to: usize },
}

/// What the browser is about to tell a tab about its lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum News {
    Granted,
    Stolen,
}

/// Whether a tab does anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Being {
    Awake,
    Frozen,
    Gone,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Tab {
    role: Role,
    /// Whether it has a line of its own open.
    line: bool,
    /// Whether something goes on in the phone, as far as it knows.
    busy: bool,
    being: Being,
    news: VecDeque<News>,
}

/// Some tabs, the browser's lock, and what is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct World {
    tabs: Vec<Tab>,
    holder: Option<usize>,
    queue: VecDeque<usize>,
    on_its_way: BTreeMap<(usize, usize), VecDeque<Word>>,
}

/// How many messages may be on their way between two tabs at once: more of the same would say nothing new.
const ROOM: usize = 2;

impl World {
    fn new(tabs: usize) -> Self {
        let tab = Tab {
            role: Role::Off,
            line: false,
            busy: false,
            being: Being::Awake,
            news: VecDeque::new(),
        };
        Self {
            tabs: vec![tab; tabs],
            holder: None,
            queue: VecDeque::new(),
            on_its_way: BTreeMap::new(),
        }
    }

    fn awake(&self) -> impl Iterator<Item = usize> {
        (0..self.tabs.len()).filter(|at| self.tabs[*at].being == Being::Awake)
    }

    /// Something happens to a tab; what it wants is done.
    fn happens(&mut self, at: usize, event: Event) {
        let was_busy = self.tabs[at].busy;
        let (role, effects) = self.tabs[at].role.step(event, was_busy);
        self.tabs[at].role = role;
        for effect in effects {
            match effect {
                Effect::Queue => {
                    self.queue.push_back(at);
                    self.grant();
                }
                Effect::Steal => {
                    assert!(!was_busy, "a phone with a call was taken");
                    // What it asked for before is withdrawn, so that nothing comes of that any more.
                    self.lets_go(at);
                    if let Some(robbed) = self.holder.replace(at) {
                        self.tabs[robbed].news.push_back(News::Stolen);
                    }
                    self.tabs[at].news.push_back(News::Granted);
                }
                Effect::Withdraw => self.lets_go(at),
                Effect::Begin => {
                    assert!(!self.tabs[at].line, "a line is opened twice");
                    self.tabs[at].line = true;
                    // A call that went down with its tab is no part of this story.
                    self.tabs[at].busy = false;
                    self.say(at, Word::Phone { busy: false });
                }
                Effect::Resign => {
                    assert!(
                        !was_busy || matches!(event, Event::Stolen | Event::SignedOut),
                        "a phone with a call was given away"
                    );
                    self.tabs[at].line = false;
                    self.tabs[at].busy = false;
                }
                Effect::SayPhone => self.say(at, Word::Phone { busy: was_busy }),
                Effect::SayHello => self.say(at, Word::Hello),
                Effect::SayWanted => self.say(at, Word::Wanted),
                Effect::SayYours(TabId(to)) => {
                    let to = usize::try_from(to).expect("a tab of this test");
                    self.say(at, Word::Yours { to });
                }
            }
        }
    }

    fn say(&mut self, from: usize, word: Word) {
        for to in (0..self.tabs.len()).filter(|to| *to != from) {
            if self.tabs[to].being == Being::Gone {
                continue;
            }
            let way = self.on_its_way.entry((from, to)).or_default();
            if way.back() != Some(&word) {
                way.push_back(word);
            }
        }
    }

    fn grant(&mut self) {
        if self.holder.is_none()
            && let Some(next) = self.queue.pop_front()
        {
            self.holder = Some(next);
            self.tabs[next].news.push_back(News::Granted);
        }
    }

    fn lets_go(&mut self, at: usize) {
        self.queue.retain(|waiting| *waiting != at);
        self.tabs[at].news.clear();
        if self.holder == Some(at) {
            self.holder = None;
            self.grant();
        }
    }

    fn full(&self) -> bool {
        self.on_its_way.values().any(|way| way.len() >= ROOM)
    }

    /// Every world that can follow, and what led there.
    fn next(&self) -> Vec<(String, Self)> {
        let mut found = vec![];
        let mut then = |what: String, change: &dyn Fn(&mut Self)| {
            let mut world = self.clone();
            change(&mut world);
            world.on_its_way.retain(|_, way| !way.is_empty());
            found.push((what, world));
        };
        for at in self.awake() {
            if !self.tabs[at].news.is_empty() {
                then(format!("{at}: lock"), &|world| {
                    let news = world.tabs[at].news.pop_front().expect("there was some");
                    let event = match news {
                        News::Granted => Event::Granted,
                        News::Stolen => Event::Stolen,
                    };
                    world.happens(at, event);
                });
            }
            for from in 0..self.tabs.len() {
                if self.on_its_way.get(&(from, at)).is_some_and(|way| !way.is_empty()) {
                    then(format!("{at}: hears {from}"), &|world| world.hears(at, from));
                }
            }
            if self.full() {
                continue;
            }
            if self.tabs[at].role == Role::Off {
                then(format!("{at}: opens"), &|world| world.happens(at, Event::SignedIn));
                continue;
            }
            if !self.tabs[at].role.has_the_phone() {
                then(format!("{at}: tick"), &|world| world.happens(at, Event::Tick));
                then(format!("{at}: use here"), &|world| world.happens(at, Event::UseHere));
            }
            if self.tabs[at].line {
                then(format!("{at}: a call comes or goes"), &|world| {
                    world.tabs[at].busy ^= true;
                    let busy = world.tabs[at].busy;
                    world.say(at, Word::Phone { busy });
                });
            }
            let others = self.tabs.iter().filter(|tab| tab.being != Being::Gone).count() > 1;
            if others {
                then(format!("{at}: closes"), &|world| {
                    world.lets_go(at);
                    world.tabs[at].being = Being::Gone;
                    world.tabs[at].line = false;
                    world.on_its_way.retain(|(from, to), _| *from != at && *to != at);
                });
            }
            if self.tabs.iter().all(|tab| tab.being != Being::Frozen) {
                then(format!("{at}: freezes"), &|world| world.tabs[at].being = Being::Frozen);
            }
        }
        for at in (0..self.tabs.len()).filter(|at| self.tabs[*at].being == Being::Frozen) {
            then(format!("{at}: thaws"), &|world| world.tabs[at].being = Being::Awake);
        }
        found
    }

    fn hears(&mut self, at: usize, from: usize) {
        let way = self.on_its_way.get_mut(&(from, at)).expect("something is on its way");
        let by = TabId(u32::try_from(from).expect("a small number"));
        match way.pop_front().expect("something is on its way") {
            Word::Hello => self.happens(at, Event::Asked),
            Word::Wanted => self.happens(at, Event::Wanted(by)),
            Word::Yours { to } if to == at => self.happens(at, Event::Offered),
            Word::Yours { .. } => {}
            Word::Phone { busy } => {
                if !self.tabs[at].role.has_the_phone() {
                    self.tabs[at].busy = busy;
                }
                self.happens(at, Event::Spoke(by));
            }
        }
    }

    /// What must hold in every world.
    fn check(&self) -> Result<(), String> {
        let frozen = self.tabs.iter().any(|tab| tab.being == Being::Frozen);
        for (at, tab) in self.tabs.iter().enumerate().filter(|(_, tab)| tab.being != Being::Gone) {
            let robbed = tab.news.contains(&News::Stolen);
            if tab.line && self.holder != Some(at) && !robbed {
                return Err(format!("tab {at} has a line and no lock"));
            }
            if tab.line != tab.role.has_the_phone() {
                return Err(format!("tab {at} has a line or the phone, not both"));
            }
        }
        let lines =
            self.tabs.iter().filter(|tab| tab.line && !tab.news.contains(&News::Stolen)).count();
        if lines > 1 {
            return Err("two tabs have a line".to_owned());
        }
        let quiet = self.on_its_way.is_empty() && self.tabs.iter().all(|tab| tab.news.is_empty());
        let open = self
            .tabs
            .iter()
            .filter(|tab| tab.being != Being::Gone)
            .any(|tab| tab.role != Role::Off);
        if quiet && open && !frozen && self.holder.is_none() {
            return Err("nobody has the phone".to_owned());
        }
        Ok(())
    }
}

/// Whether, left alone but for its clock, the world comes to a tab that has the phone.
fn settles(mut world: World) -> bool {
    for tab in world.tabs.iter_mut().filter(|tab| tab.being == Being::Frozen) {
        tab.being = Being::Awake;
    }
    for _ in 0..100 {
        let Some((_, next)) = world
            .next()
            .into_iter()
            .find(|(what, _)| what.ends_with("lock") || what.contains("hears"))
        else {
            if world.tabs.iter().any(|tab| tab.line) {
                return true;
            }
            let ticks: Vec<_> = world.awake().collect();
            for at in ticks {
                world.happens(at, Event::Tick);
            }
            continue;
        };
        world = next;
    }
    false
}

/// Looks at every world that can come of `tabs` closed ones; how many there are.
fn every_order(tabs: usize) -> usize {
    let start = World::new(tabs);
    let mut seen = HashSet::from([start.clone()]);
    // Each with where it came from, and by what.
    let mut found = vec![(start, 0, "all closed".to_owned())];
    let mut at = 0;
    while at < found.len() {
        let world = found[at].0.clone();
        if let Err(why) = world.check() {
            panic!("{why}\n{}\n{world:#?}", story(&found, at));
        }
        let open = world.tabs.iter().any(|tab| tab.being != Being::Gone && tab.role != Role::Off);
        let has_line = world.tabs.iter().any(|tab| tab.line);
        assert!(!open || has_line || settles(world.clone()), "no owner\n{}", story(&found, at));
        for (what, next) in world.next() {
            if seen.insert(next.clone()) {
                found.push((next, at, what));
            }
        }
        at += 1;
    }
    found.len()
}

/// What led to a world, line by line.
fn story(found: &[(World, usize, String)], at: usize) -> String {
    let (_, before, what) = &found[at];
    if at == 0 { what.clone() } else { format!("{}\n{what}", story(found, *before)) }
}

#[test]
fn one_tab_has_the_phone_in_every_order() {
    let worlds = every_order(2);
    assert!(worlds > 1_000, "only {worlds} worlds were looked at");
}

fn mirror(mirror: Mirror) -> Role {
    Role::Mirror(mirror)
}

#[test]
fn a_tab_that_signs_in_waits_for_the_phone_and_asks_who_has_it() {
    let (role, effects) = Role::Off.step(Event::SignedIn, false);
    assert_eq!((role, effects), (mirror(Mirror::default()), vec![Effect::Queue, Effect::SayHello]));
    let (role, effects) = role.step(Event::Granted, false);
    assert_eq!((role, effects), (Role::Owner, vec![Effect::Begin]));
}

#[test]
fn the_phone_is_not_given_away_while_a_call_lives_and_the_answer_shows_it() {
    let (role, effects) = Role::Owner.step(Event::Wanted(TabId(7)), true);
    assert_eq!((role, effects), (Role::Owner, vec![Effect::SayPhone]));
    let (role, effects) = Role::Owner.step(Event::Wanted(TabId(7)), false);
    assert_eq!(role, Role::Giving { looked: 0 });
    assert_eq!(effects, [Effect::Resign, Effect::SayYours(TabId(7))]);
}

#[test]
fn a_tab_that_hears_nothing_takes_the_phone_only_where_no_call_was_seen() {
    let silent = mirror(Mirror { quiet: UNANSWERED + 1, ..Mirror::default() });
    assert_eq!(silent.step(Event::UseHere, true), (silent, vec![]));
    assert_eq!(silent.step(Event::UseHere, false), (silent, vec![Effect::Steal]));
    let heard = Mirror { quiet: UNANSWERED, ..Mirror::default() };
    let (role, effects) = mirror(heard).step(Event::UseHere, false);
    assert_eq!(effects, [Effect::SayWanted]);
    assert_eq!(role, mirror(Mirror { wanted: true, ..heard }));
}

#[test]
fn a_tab_that_hears_of_the_phone_anyway_asks_nothing() {
    let spoke = Event::Spoke(TabId(7));
    let (role, _) = mirror(Mirror::default()).step(spoke, false);
    let (role, effects) = role.step(Event::Tick, false);
    assert_eq!(effects, []);
    let (role, _) = role.step(spoke, false);
    let (role, effects) = role.step(Event::Tick, false);
    assert_eq!(effects, []);
    let (_, effects) = role.step(Event::Tick, false);
    assert_eq!(effects, [Effect::SayHello]);
}

#[test]
fn a_phone_that_was_let_go_of_for_a_tab_that_is_gone_is_taken_up_again() {
    let mut role = Role::Giving { looked: 0 };
    for _ in 1..UNANSWERED {
        let effects;
        (role, effects) = role.step(Event::Tick, false);
        assert_eq!(effects, []);
    }
    assert_eq!(role.step(Event::Tick, false), (Role::Owner, vec![Effect::Begin]));
}

#[test]
fn signing_out_lets_go_of_everything() {
    let (role, effects) = Role::Owner.step(Event::SignedOut, true);
    assert_eq!((role, effects), (Role::Off, vec![Effect::Resign, Effect::Withdraw]));
    let waiting = mirror(Mirror::default());
    assert_eq!(waiting.step(Event::SignedOut, true), (Role::Off, vec![Effect::Withdraw]));
    // The lock may come all the same.
    assert_eq!(Role::Off.step(Event::Granted, false), (Role::Off, vec![Effect::Withdraw]));
}

#[test]
fn only_what_a_person_can_want_may_be_sent_to_the_phone() {
    let five = Digit::of('5').expect("a key");
    let of = |event| phone::Event::Call(id(), event);
    let person = [
        phone::Event::Dial { written: "+12025550100".to_owned() },
        phone::Event::Edited,
        phone::Event::GiveUp,
        phone::Event::Take(id()),
        phone::Event::Dismiss,
        of(call::Event::Answer),
        of(call::Event::HangUp),
        of(call::Event::Mute(true)),
        of(call::Event::Hold(false)),
        of(call::Event::Press(five)),
    ];
    for event in person {
        let text = serde_json::to_string(&Wish::of(event.clone()).expect("a wish")).expect("text");
        let read: Wish = serde_json::from_str(&text).expect("a wish again");
        assert!(read.into_event() == event, "{text}");
    }
    let others = [
        phone::Event::Line(line::Event::Ready),
        phone::Event::DialFailed(id()),
        of(sdk(Sdk::Active)),
        of(call::Event::RemoteStream),
        of(call::Event::MicrophoneIs { muted: true }),
        of(call::Event::SocketClosed),
    ];
    assert!(others.into_iter().all(|event| Wish::of(event).is_none()));
}

#[test]
fn a_message_that_was_sent_is_the_message_that_is_read() {
    let story = Story::two();
    let said = Said::Phone {
        phone: Box::new(story.phone),
        live: true,
        session: vec![("key".to_owned(), "value".to_owned())],
    };
    for said in [said, Said::Hello, Said::Wanted, Said::Yours(TabId(3)), Said::LookAgain] {
        let message = Message { from: TabId(u32::MAX), agent: Some("demo".to_owned()), said };
        let text = serde_json::to_string(&message).expect("text");
        assert!(serde_json::from_str::<Message>(&text).expect("a message") == message, "{text}");
    }
}

#[test]
fn the_phone_changes_hands_only_while_nothing_goes_on() {
    assert!(ready().may_change_hands());
    assert!(!Story::rung().phone.may_change_hands());
    assert!(!Story::talking().phone.may_change_hands());
    let asked = Story::ready().happens(phone::Event::Dial { written: "+12025550100".to_owned() });
    assert!(!asked.phone.may_change_hands());
    let over = Story::talking().hears(support::over(::call::cause::Cause::Normal));
    assert!(over.phone.may_change_hands());
}

#[test]
fn the_heir_remembers_what_is_over_and_has_no_line_yet() {
    let story =
        Story::talking().rings(other()).of(&other(), support::over(::call::cause::Cause::Normal));
    let (heir, kept) = story.phone.clone().without_its_tab();
    let kept: Vec<_> = kept.iter().map(|kept| (&kept.id, kept.survives)).collect();
    assert_eq!((heir.line, kept), (Line::Off, vec![(&id(), true)]));
    let ids: BTreeSet<&CallId> = heir.calls.iter().map(|call| &call.id).collect();
    assert_eq!(ids, BTreeSet::from([&other()]));
    assert_eq!((heir.past, heir.attempts), (story.phone.past, story.phone.attempts));
    assert_eq!(Phone::default().without_its_tab(), (Phone::default(), vec![]));
}
