//! Breadth first through all worlds, each visited once; each part of them by a thread of its own.

use std::collections::HashSet;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use call::phone::{Effect, Event, Phone};
use call::time::Millis;

use crate::alphabet;
use crate::rules::{self, Rule, Step};
use crate::story::Violation;
use crate::world::{NOW, Part, World};

/// A phone's way to step: the honest one, or a mutant's.
pub(crate) type StepFn = fn(Phone, Event, Millis) -> (Phone, Vec<Effect>);

/// The most violations that are told of a part; one bug breaks a rule in very many states.
const MOST_VIOLATIONS: usize = 3;

/// What a search found.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) states: usize,
    pub(crate) transitions: usize,
    /// The shortest stories first.
    pub(crate) violations: Vec<Violation>,
}

/// How a world was first reached.
#[derive(Clone, Copy)]
struct Way {
    from: usize,
    event: usize,
    /// How many events lead to it.
    length: usize,
}

/// Visits every world and checks every step by these rules. Worlds behind a violation are not visited.
pub(crate) fn explore(step: StepFn, rules: &[Rule]) -> Found {
    in_all_parts(step, rules, MOST_VIOLATIONS)
}

/// Looks for a shortest story that breaks this rule.
pub(crate) fn first_violation(step: StepFn, rule: Rule) -> Found {
    in_all_parts(step, &[rule], 1)
}

fn in_all_parts(step: StepFn, rules: &[Rule], most: usize) -> Found {
    // Where one part has found a story, the others need not look for longer ones.
    let shortest = AtomicUsize::new(usize::MAX);
    let shortest = &shortest;
    let found = thread::scope(|threads| {
        let search =
            |part| threads.spawn(move || Search { step, rules, most, shortest }.through(part));
        let parts = Part::ALL.map(search);
        parts.map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let mut all = found.into_iter().fold(Found::default(), |all, part| Found {
        states: all.states + part.states,
        transitions: all.transitions + part.transitions,
        violations: all.violations.into_iter().chain(part.violations).collect(),
    });
    all.violations.sort_by_key(|violation| violation.story.len());
    all
}

struct Search<'a> {
    step: StepFn,
    rules: &'a [Rule],
    /// How many violations to look for.
    most: usize,
    /// The length of the shortest story found in any part.
    shortest: &'a AtomicUsize,
}

impl Search<'_> {
    fn through(&self, part: Part) -> Found {
        let start = Rc::new(World::start(part));
        let mut known = HashSet::from([Rc::clone(&start)]);
        let mut worlds = vec![start];
        let mut ways: Vec<Option<Way>> = vec![None];
        let mut found = Found::default();
        let mut next = 0;
        while next < worlds.len() && found.violations.len() < self.most {
            let world = Rc::clone(&worlds[next]);
            let length = ways[next].map_or(0, |way| way.length) + 1;
            if self.most == 1 && length >= self.shortest.load(Ordering::Relaxed) {
                break;
            }
            for (number, event) in alphabet::events(&world).into_iter().enumerate() {
                found.transitions += 1;
                let broken = match self.take(&world, &event) {
                    Err(broken) => Some(broken),
                    Ok(Some(after)) if !known.contains(&after) => {
                        let broken = rules::broken_in(&after, self.step, self.rules);
                        if broken.is_none() {
                            let after = Rc::new(after);
                            known.insert(Rc::clone(&after));
                            worlds.push(after);
                            ways.push(Some(Way { from: next, event: number, length }));
                        }
                        broken
                    }
                    Ok(_) => None,
                };
                if let Some((rule, what)) = broken {
                    let mut story = tell(&worlds, &ways, next);
                    story.push(event);
                    self.shortest.fetch_min(length, Ordering::Relaxed);
                    found.violations.push(Violation { rule, what, story });
                    if found.violations.len() == self.most {
                        break;
                    }
                }
            }
            next += 1;
        }
        found.states = worlds.len();
        found
    }

    /// The world after this event if it is another, or the rule that is broken.
    fn take(&self, before: &World, event: &Event) -> Result<Option<World>, (Rule, String)> {
        let (phone, effects) = (self.step)(before.phone.clone(), event.clone(), NOW);
        let seen = before.seen.after(event, &phone, &effects);
        let step = Step { before, event, phone: &phone, seen: &seen, effects: &effects };
        match step.broken(self.rules) {
            Some(broken) => Err(broken),
            // Most events change nothing in most states.
            None if phone == before.phone && seen == before.seen => Ok(None),
            None => Ok(Some(World { part: before.part, phone, seen }.settled())),
        }
    }
}

/// The events that lead to this world.
fn tell(worlds: &[Rc<World>], ways: &[Option<Way>], mut to: usize) -> Vec<Event> {
    let mut story = Vec::new();
    while let Some(Way { from, event, .. }) = ways[to] {
        story.extend(alphabet::events(&worlds[from]).into_iter().nth(event));
        to = from;
    }
    story.reverse();
    story
}
