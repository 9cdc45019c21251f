//! Every order of events, checked: all that can happen to the phone, in every state it can get into, until no
//! new state appears.
//!
//! `make explore` looks for a rule that does not hold; its last line is
//! `explored S states, T transitions, V violations`. `make explore MUTANT=n` breaks rule n on purpose and shows
//! the shortest story in which that is seen; `make explore MUTANT=all` does so for each, and fails if one is not
//! seen.
//!
//! # Where to start
//!
//! 1. [`world`]: what is explored: the phone and a bystander ([`seen`]), and how time is left out.
//! 2. [`alphabet`]: what can happen in it.
//! 3. [`rules`]: what must hold whatever happens.
//! 4. [`mutants`]: a broken phone for each rule.
//! 5. [`search`]: breadth first, so that the first story found is a shortest.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a bystander looks at what he asks about, not at everything"
)]

mod alphabet;
mod mutants;
mod rules;
mod search;
mod seen;
mod story;
mod world;

use std::process::ExitCode;

use mutants::Mutant;
use rules::Rule;
use search::Found;

/// The fewest states that count as having explored anything.
const FEWEST_STATES: usize = 1_000;

fn main() -> ExitCode {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    if wanted.is_empty() {
        return honest();
    }
    if wanted == "all" {
        return all_mutants();
    }
    if let Some(number) = wanted.parse().ok()
        && let Some(mutant) = Mutant::numbered(number)
    {
        return one_mutant(number, &mutant);
    }
    eprintln!("MUTANT is a number from 1 to {}, or `all`; not `{wanted}`", mutants::ALL.len());
    ExitCode::FAILURE
}

/// The phone as it is, by all rules.
fn honest() -> ExitCode {
    let found = search::explore(mutants::honest, &Rule::ALL);
    for violation in &found.violations {
        println!("{violation}\n");
    }
    let Found { states, transitions, violations } = found;
    let violations = violations.len();
    let few = states < FEWEST_STATES;
    if few {
        println!("fewer than {FEWEST_STATES} states: the alphabet or the start is wrong");
    }
    println!("explored {states} states, {transitions} transitions, {violations} violations");
    if few || violations > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// A broken phone, by the rule that is to catch it.
fn one_mutant(number: usize, mutant: &Mutant) -> ExitCode {
    println!("mutant {number}: {}", mutant.breaks);
    let found = search::first_violation(mutant.step, mutant.rule);
    if let Some(violation) = found.violations.first() {
        println!("{violation}\n\ncaught after {} states", found.states);
        return ExitCode::SUCCESS;
    }
    println!("it survived {} states and {} transitions", found.states, found.transitions);
    ExitCode::FAILURE
}

fn all_mutants() -> ExitCode {
    let unguarded = Rule::ALL.into_iter().filter(|rule| {
        let guarded = mutants::ALL.iter().any(|mutant| mutant.rule == *rule);
        if !guarded {
            println!("no mutant breaks the rule \"{}\"", rule.says());
        }
        !guarded
    });
    let mut failures = unguarded.count();
    for (at, mutant) in mutants::ALL.iter().enumerate() {
        if one_mutant(at + 1, mutant) == ExitCode::FAILURE {
            failures += 1;
        }
        println!();
    }
    println!("{} mutants, {failures} not caught", mutants::ALL.len());
    if failures > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
