//! The commands and what each of them performs.

use std::path::PathBuf;

use crate::error::Error;
use crate::page::{self, Kind};
use crate::setup::{self, Need};
use crate::{dev, dist, e2e, explore, licences, paths, run, stages};

/// What there is to say.
pub(crate) const USAGE: &str = "\
usage: cargo run -p xtask -- COMMAND
  run                          the lab and the server, until Ctrl-C
  test                         everything, from format to the end-to-end suite
  check                        format, lints and the quick tests
  e2e [PART]                   the end-to-end suite, or the specs whose path contains PART
  client                       Telnyx's own client against the lab
  explore [MUTANT]             every order of events; with a mutant's number, or `all`, a rule broken on purpose
  dist                         the release page and binaries
  bench                        the sizes of the release page, and 100 calls at once
  shots                        a picture of every screen, in target/shots
  dev                          trunk serve, the lab and the server
  deny                         licences, sources and banned crates
  page [--release] [--out DIR] the page alone";

/// One command.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Run,
    Test,
    Check,
    E2e { part: Option<String> },
    Client,
    Explore { mutant: Option<String> },
    Dist,
    Bench,
    Shots,
    Dev,
    Deny,
    Page { kind: Kind, out: PathBuf },
}

/// Reads a command from the words of the command line.
pub(crate) fn read(words: &[String]) -> Result<Command, Error> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    Ok(match words.as_slice() {
        ["run"] => Command::Run,
        ["test"] => Command::Test,
        ["check"] => Command::Check,
        ["e2e"] => Command::E2e { part: None },
        ["e2e", part] => Command::E2e { part: Some((*part).to_owned()) },
        ["client"] => Command::Client,
        ["explore"] => Command::Explore { mutant: None },
        ["explore", mutant] => Command::Explore { mutant: Some((*mutant).to_owned()) },
        ["dist"] => Command::Dist,
        ["bench"] => Command::Bench,
        ["shots"] => Command::Shots,
        ["dev"] => Command::Dev,
        ["deny"] => Command::Deny,
        ["page", options @ ..] => page(options)?,
        [] => return Err(Error::Usage("no command given".to_owned())),
        other => return Err(Error::Usage(format!("unknown command: {}", other.join(" ")))),
    })
}

fn page(options: &[&str]) -> Result<Command, Error> {
    let mut kind = Kind::Dev;
    let mut out = paths::page();
    let mut rest = options;
    loop {
        rest = match rest {
            [] => return Ok(Command::Page { kind, out }),
            ["--release", rest @ ..] => {
                kind = Kind::Release;
                rest
            }
            ["--out", folder, rest @ ..] => {
                out = paths::root().join(folder);
                rest
            }
            [other, ..] => return Err(Error::Usage(format!("unknown option of page: {other}"))),
        }
    }
}

/// Does it.
pub(crate) fn perform(command: Command) -> Result<(), Error> {
    match command {
        Command::Run => run::run(),
        Command::Test => stages::test(),
        Command::Check => stages::check(),
        Command::E2e { part } => e2e::run(part.as_deref()),
        Command::Client => e2e::client(),
        Command::Explore { mutant } => explore::explore(mutant.as_deref()),
        Command::Dist => dist::dist(),
        Command::Bench => dist::bench(),
        Command::Shots => e2e::shots(),
        Command::Dev => dev::dev(),
        Command::Deny => licences::deny(),
        Command::Page { kind, out } => {
            setup::set_up(match kind {
                Kind::Dev => Need::Running,
                Kind::Release => Need::Developing,
            })?;
            let sizes = page::build(kind, &out)?;
            if kind == Kind::Release {
                sizes.print();
            }
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<Command> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        super::read(&words).ok()
    }

    #[test]
    fn a_command_is_what_its_words_say() {
        let part = Some("outgoing/busy".to_owned());
        assert_eq!(read("e2e outgoing/busy"), Some(Command::E2e { part }));
        assert_eq!(read("explore"), Some(Command::Explore { mutant: None }));
        let mutant = Some("all".to_owned());
        assert_eq!(read("explore all"), Some(Command::Explore { mutant }));
        let out = paths::root().join("x");
        assert_eq!(
            read("page --release --out x"),
            Some(Command::Page { kind: Kind::Release, out })
        );
    }

    #[test]
    fn words_that_make_no_command_are_refused() {
        for line in ["", "fly", "page --fast", "page --out", "e2e a b", "explore 1 2"] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
