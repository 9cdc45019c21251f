//! `make explore`: every order of events, by the call crate's own example.

use crate::error::Error;
use crate::tool;

/// Explores, with the phone as it is or with one of its mutants. Optimised: it takes seconds instead of minutes, and
/// only the call crate is compiled for it.
pub(crate) fn explore(mutant: Option<&str>) -> Result<(), Error> {
    let mut cargo = tool::cargo();
    cargo.args(["run", "-q", "--release", "-p", "call", "--example", "explore", "--"]).args(mutant);
    tool::run(&mut cargo)
}
