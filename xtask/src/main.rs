//! What the Makefile's targets do, one command each.
//!
//! Where to start: `command` lists them; `page` builds what the browser gets, `setup` finds or installs what
//! that needs, `run` starts the lab and the server, `stages` runs the tests.

mod command;
mod dev;
mod dist;
mod e2e;
mod error;
mod explore;
mod licences;
mod page;
mod paths;
mod run;
mod setup;
mod stages;
mod step;
mod suite;
mod tool;

use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match command::read(&words).and_then(command::perform) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error}");
            ExitCode::FAILURE
        }
    }
}
