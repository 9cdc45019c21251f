//! What `tono-lab` says on the command line: help, its variables, and where everything is.

use crate::config::Config;
use crate::webhook::Signer;

/// What `--help` prints.
pub(crate) const HELP: &str = "\
tono-lab stands in for Telnyx: gateway, media, REST and webhooks, on this machine only.

  tono-lab                  runs until Ctrl-C
  tono-lab --scenario FILE  does so with the numbers and switches of a file (JSON)
  tono-lab env              prints what a server needs to use it, as shell lines:
                            eval \"$(tono-lab env)\"

  TONO_LAB_PORT        REST, gateway and control API    7800
  TONO_LAB_FILES_PORT  downloads of recordings          the port after it
  TONO_LAB_WEBHOOK     where webhooks go                http://127.0.0.1:8080/webhooks/telnyx
  TONO_LAB_KEY         the API key                      KEY-lab
  TONO_LAB_SEED        keys and ids come from it        1
  TONO_LAB_CLOCK       a moment at which the lab's       it runs with the machine's
                       clock stands until it is moved
  TONO_LAB_SCENARIO    as --scenario
  RUST_LOG             how much is logged               warn,tono_lab=info

It serves, all on TONO_LAB_PORT: Telnyx's REST at /v2, the gateway at /gateway, a web console
at /, which shows calls, the numbers to dial and the switches, and the same for programs at
/lab: GET /lab/numbers, /lab/switches, /lab/calls, /lab/webhooks, POST /lab/reset and more.
Its manual is lab/README.md of its source.";

/// What a server needs to use this lab, one variable each: Tono's, and those that Telnyx's own clients read.
fn variables(config: &Config) -> [(&'static str, String); 9] {
    let api = format!("{}/v2", config.origin());
    let public_key = Signer::new(config.seed).public_key();
    [
        ("TONO_TELNYX_API", api.clone()),
        ("TONO_TELNYX_KEY", config.key.clone()),
        ("TONO_GATEWAY", config.gateway()),
        ("TONO_PUBLIC_KEY", public_key.clone()),
        ("TONO_CONNECTION_ID", config.connection_id()),
        ("TONO_CALL_CONTROL_APP", config.application_id()),
        ("TELNYX_BASE_URL", api),
        ("TELNYX_API_KEY", config.key.clone()),
        ("TELNYX_PUBLIC_KEY", public_key),
    ]
}

/// What `tono-lab env` prints.
pub(crate) fn environment(config: &Config) -> String {
    let lines = variables(config).map(|(name, value)| format!("export {name}={}", quoted(&value)));
    lines.join("\n")
}

/// A word as a shell reads it back; plain ones stay plain for readers that are no shell.
fn quoted(word: &str) -> String {
    if word.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.:/+=".contains(letter)) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// What is said at the start.
pub(crate) fn greeting(config: &Config) -> String {
    let variables =
        variables(config).map(|(name, value)| format!("  {name:<22}{value}")).join("\n");
    format!(
        "\
tono-lab stands in for Telnyx

  gateway     {}
  REST        {}/v2
  recordings  {}
  webhooks    to {}
  control     {}/lab
  console     {}/

  dial  +1 202 555 0100  answers and speaks
        +1 202 555 0101  echoes
        +1 202 555 0102  is busy
        +1 202 555 0103  never answers
        +1 202 555 0104  declines
        +1 202 555 0105  answers and hangs up after 5 s
        the console lists them all, as does GET /lab/numbers

A server finds the lab by these; tono-lab env prints them for a shell:

{variables}
",
        config.gateway(),
        config.origin(),
        config.files_origin(),
        config.webhook,
        config.origin(),
        config.origin(),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a configuration that cannot be read is a failed test")]

    use super::*;

    #[test]
    fn help_names_every_variable_that_is_read_and_where_everything_is() {
        let read = std::cell::RefCell::new(Vec::new());
        let asked = |name: &str| {
            read.borrow_mut().push(name.to_owned());
            None
        };
        assert!(Config::read(asked).is_ok());
        let read = read.into_inner();
        assert!(read.len() >= 7);
        for word in
            read.iter().map(String::as_str).chain(["--scenario", "tono-lab env", "console", "/lab"])
        {
            assert!(HELP.contains(word), "{word}");
        }
    }

    #[test]
    fn the_greeting_says_where_everything_is_and_what_to_export() {
        let config = Config::read(|name| (name == "TONO_LAB_PORT").then(|| "9100".to_owned()));
        let greeting = greeting(&config.unwrap());
        for address in [
            "ws://127.0.0.1:9100/gateway",
            "http://127.0.0.1:9100/v2",
            "http://127.0.0.1:9101",
            "http://127.0.0.1:8080/webhooks/telnyx",
            "http://127.0.0.1:9100/lab",
            "KEY-lab",
        ] {
            assert!(greeting.contains(address), "{address}");
        }
        for (name, value) in variables(&Config::read(|_| None).unwrap()) {
            assert!(greeting.contains(name), "{name} {value}");
        }
        let numbers = crate::numbers::Book::default().all();
        let dialled = greeting.lines().filter_map(|line| line.split_once("+1 202 555 "));
        let dialled: Vec<_> = dialled.map(|(_, line)| format!("+1202555{}", &line[..4])).collect();
        assert!(dialled.len() == 6 && dialled.iter().all(|number| numbers.contains_key(number)));
    }

    #[test]
    fn a_word_is_quoted_only_where_a_shell_would_trip() {
        assert_eq!(quoted("ws://127.0.0.1:7800/gateway"), "ws://127.0.0.1:7800/gateway");
        assert_eq!(quoted("a+b/c="), "a+b/c=");
        assert_eq!(quoted("KEY-$x'y"), r"'KEY-$x'\''y'");
    }
}
