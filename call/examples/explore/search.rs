//! Breadth first through all worlds, each visited once; each part of them by a thread of its own, and the worlds
//! that are equally far from its start by as many threads as there are processors.

use std::collections::HashSet;
use std::num::NonZero;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use call::phone::{Effect, Event, Phone};
use call::time::Millis;
use rustc_hash::FxBuildHasher;

use crate::alphabet;
use crate::rules::{self, Rule, Step};
use crate::story::Violation;
use crate::world::{NOW, Part, World};

/// A phone's way to step: the honest one, or a mutant's.
pub(crate) type StepFn = fn(Phone, Event, Millis) -> (Phone, Vec<Effect>);

/// The most violations that are told of a part; one bug breaks a rule in very many states.
const MOST_VIOLATIONS: usize = 3;

/// The fewest worlds a thread is started for.
const SMALLEST_SHARE: usize = 64;

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

/// What a step from a world led to: a world that was not known, or a broken rule.
type Outcome = Result<Arc<World>, (Rule, String)>;

/// Worlds. Nobody chooses them so that their hashes collide, and hashing them is a good part of the work.
type Worlds = HashSet<Arc<World>, FxBuildHasher>;

/// What was found beyond a few worlds of one layer.
#[derive(Default)]
struct Beyond {
    transitions: usize,
    /// From which world, by which of its events, and what that led to; in the order of worlds and events.
    steps: Vec<(usize, usize, Outcome)>,
}

impl Search<'_> {
    fn through(&self, part: Part) -> Found {
        let start = Arc::new(World::start(part));
        let mut known = Worlds::from_iter([Arc::clone(&start)]);
        let mut worlds = vec![start];
        let mut ways: Vec<Option<Way>> = vec![None];
        let mut found = Found::default();
        let (mut layer, mut length) = (0..1, 1);
        while !layer.is_empty() && found.violations.len() < self.most {
            if self.most == 1 && length >= self.shortest.load(Ordering::Relaxed) {
                break;
            }
            let beyond = self.beyond(layer.clone(), &worlds, &known);
            found.transitions += beyond.transitions;
            for (from, event, outcome) in beyond.steps {
                match outcome {
                    Ok(after) => {
                        if known.insert(Arc::clone(&after)) {
                            worlds.push(after);
                            ways.push(Some(Way { from, event }));
                        }
                    }
                    Err((rule, what)) if found.violations.len() < self.most => {
                        let mut story = tell(&worlds, &ways, from);
                        story.extend(alphabet::events(&worlds[from]).into_iter().nth(event));
                        self.shortest.fetch_min(length, Ordering::Relaxed);
                        found.violations.push(Violation { rule, what, story });
                    }
                    Err(_) => {}
                }
            }
            (layer, length) = (layer.end..worlds.len(), length + 1);
        }
        found.states = worlds.len();
        found
    }

    /// Takes every step there is from the worlds of a layer; shares them out, and keeps their order.
    fn beyond(&self, layer: Range<usize>, worlds: &[Arc<World>], known: &Worlds) -> Beyond {
        let hands = thread::available_parallelism().map_or(1, NonZero::get);
        let share = layer.len().div_ceil(hands).max(SMALLEST_SHARE);
        thread::scope(|threads| {
            let shares = layer.clone().step_by(share).map(|first| {
                let some = first..(first + share).min(layer.end);
                threads.spawn(move || self.beyond_these(some, worlds, known))
            });
            let shares: Vec<_> = shares.collect();
            shares.into_iter().fold(Beyond::default(), |mut all, share| {
                let some = share.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                all.transitions += some.transitions;
                all.steps.extend(some.steps);
                all
            })
        })
    }

    fn beyond_these(&self, some: Range<usize>, worlds: &[Arc<World>], known: &Worlds) -> Beyond {
        let mut beyond = Beyond::default();
        let mut fresh = Worlds::default();
        for from in some {
            let world = &worlds[from];
            for (number, event) in alphabet::events(world).into_iter().enumerate() {
                beyond.transitions += 1;
                let outcome = match self.take(world, &event) {
                    Err(broken) => Err(broken),
                    Ok(Some(after)) if !known.contains(&after) => {
                        let after = Arc::new(after);
                        if !fresh.insert(Arc::clone(&after)) {
                            continue;
                        }
                        rules::broken_in(&after, self.step, self.rules).map_or(Ok(after), Err)
                    }
                    Ok(_) => continue,
                };
                beyond.steps.push((from, number, outcome));
            }
        }
        beyond
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
fn tell(worlds: &[Arc<World>], ways: &[Option<Way>], mut to: usize) -> Vec<Event> {
    let mut story = Vec::new();
    while let Some(Way { from, event }) = ways[to] {
        story.extend(alphabet::events(&worlds[from]).into_iter().nth(event));
        to = from;
    }
    story.reverse();
    story
}
