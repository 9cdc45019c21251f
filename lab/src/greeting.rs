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

lab/README.md lists the numbers to dial and the control API.";

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
        lab/README.md lists them all

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
    use super::*;

    #[test]
    fn a_word_is_quoted_only_where_a_shell_would_trip() {
        assert_eq!(quoted("ws://127.0.0.1:7800/gateway"), "ws://127.0.0.1:7800/gateway");
        assert_eq!(quoted("a+b/c="), "a+b/c=");
        assert_eq!(quoted("KEY-$x'y"), r"'KEY-$x'\''y'");
    }
}
