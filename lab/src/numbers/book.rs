//! Who looks up what a number does: what the control API said, else the scenario, else the built-in table.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Behaviour, table};
use crate::switches::Switches;

/// A scenario file (`--scenario`, `TONO_LAB_SCENARIO`).
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Scenario {
    /// By number, in E.164.
    pub(crate) numbers: BTreeMap<String, Behaviour>,
    /// As `POST /lab/switches` takes them.
    pub(crate) switches: Switches,
}

/// All numbers.
#[derive(Debug, Default)]
pub(crate) struct Book {
    scenario: BTreeMap<String, Behaviour>,
    told: BTreeMap<String, Behaviour>,
}

/// Where a number's behaviour comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Origin {
    BuiltIn,
    Scenario,
    Control,
}

impl Book {
    /// A book with the built-in numbers and those of a scenario.
    pub(crate) fn new(scenario: BTreeMap<String, Behaviour>) -> Self {
        Self { scenario, told: BTreeMap::new() }
    }

    /// What happens when this E.164 number is called.
    pub(crate) fn behaviour(&self, number: &str) -> Behaviour {
        self.find(number).map_or_else(table::unallocated, |(_, behaviour)| behaviour)
    }

    /// The entry of a number, if it has one.
    pub(crate) fn find(&self, number: &str) -> Option<(Origin, Behaviour)> {
        let told = self.told.get(number).map(|found| (Origin::Control, found.clone()));
        let planned = || self.scenario.get(number).map(|found| (Origin::Scenario, found.clone()));
        told.or_else(planned)
            .or_else(|| table::behaviour(number).map(|found| (Origin::BuiltIn, found)))
    }

    /// All numbers that exist, in order.
    pub(crate) fn all(&self) -> BTreeMap<String, (Origin, Behaviour)> {
        let built_in = table::LINES.iter().map(|line| format!("+1202555{line}"));
        let numbers =
            built_in.chain(self.scenario.keys().cloned()).chain(self.told.keys().cloned());
        numbers.filter_map(|number| Some((number.clone(), self.find(&number)?))).collect()
    }

    /// From now on this happens when the number is called.
    pub(crate) fn set(&mut self, number: String, behaviour: Behaviour) {
        self.told.insert(number, behaviour);
    }

    /// Takes back what `set` said of a number. False if it said nothing.
    pub(crate) fn forget(&mut self, number: &str) -> bool {
        self.told.remove(number).is_some()
    }

    /// Takes back all that `set` said.
    pub(crate) fn reset(&mut self) {
        self.told.clear();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "what cannot be read is a failed test")]

    use super::super::{Act, Refusal};
    use super::*;

    #[test]
    fn every_line_of_the_table_has_a_behaviour_that_reads_back_as_it_was_written() {
        let all = Book::default().all();
        assert_eq!(all.len(), table::LINES.len());
        for (number, (origin, behaviour)) in all {
            assert_eq!(origin, Origin::BuiltIn);
            assert!(!behaviour.note.is_empty(), "{number}");
            let written = serde_json::to_string(&behaviour).unwrap();
            assert_eq!(serde_json::from_str::<Behaviour>(&written).unwrap(), behaviour, "{number}");
        }
    }

    #[test]
    fn the_control_api_outdoes_the_scenario_and_that_the_table() {
        let scenario: Scenario = serde_json::from_str(
            r#"{ "numbers": { "+12025550100": { "steps": [
                { "after": "invite", "ms": 50, "do": { "refuse": "busy" } }
            ] } } }"#,
        )
        .unwrap();
        let mut book = Book::new(scenario.numbers);
        let first =
            |book: &Book| book.behaviour("+12025550100").steps.first().map(|s| s.act.clone());
        assert_eq!(first(&book), Some(Act::Refuse(Refusal::Busy)));

        book.set("+12025550100".to_owned(), Behaviour::default());
        assert_eq!(first(&book), None);
        assert!(book.forget("+12025550100"));
        assert!(!book.forget("+12025550100"));
        assert_eq!(first(&book), Some(Act::Refuse(Refusal::Busy)));
        assert_eq!(first(&Book::default()), Some(Act::Ring));
    }

    #[test]
    fn a_misspelt_field_is_refused() {
        let read = serde_json::from_str::<Behaviour>;
        assert!(read(r#"{ "progam": "tone" }"#).unwrap_err().to_string().contains("progam"));
        assert!(read(r#"{ "steps": [{ "after": "invite", "ms": 1, "do": "jump" }] }"#).is_err());
    }
}
