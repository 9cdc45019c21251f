//! The binary itself: how it starts, refuses to, and stops.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

use crate::binary::tono;
use crate::harness::{Folder, PATIENCE};
use crate::telnyx::KEY;

#[test]
fn a_wrong_setting_is_one_line_with_its_name_and_exit_code_2() {
    let folder = Folder::new();
    for (variable, value) in [
        ("TONO_TELNYX_KEY", ""),
        ("TONO_PUBLIC_KEY", "nonsense"),
        ("TONO_CONNECTION_ID", ""),
        ("TONO_PORT", "many"),
        ("TONO_LISTEN", "here"),
        ("DATABASE_URL", "mysql://localhost/tono"),
        ("DATABASE_URL", "postgres://tono:secret@127.0.0.1:1/tono"),
        ("DATABASE_URL", "sqlite:/nowhere/at/all/tono.db"),
        ("TONO_DATA", "/dev/null/data"),
    ] {
        let output = tono(&folder).env(variable, value).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{variable}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains(variable), "{said}");
        assert!(!said.contains(KEY) && !said.contains("secret"), "{said}");
    }
    let real = tono(&folder).env("TONO_TELNYX_API", "https://telnyx.invalid/v2").output().unwrap();
    assert_eq!(real.status.code(), Some(2));
    assert!(String::from_utf8(real.stderr).unwrap().contains("TONO_AGENT_PASSWORD"));
}

#[test]
fn it_says_where_it_listens_and_stops_when_told_to_even_with_a_stream_open() {
    for signal in ["TERM", "INT"] {
        let folder = Folder::new();
        let mut child =
            tono(&folder).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("tono: http://127.0.0.1:") && line.contains("demo"), "{line}");
        let base = line.split_whitespace().nth(1).unwrap().to_owned();

        let ended = tokio::runtime::Runtime::new().unwrap().block_on(async {
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            let answer =
                client.post(format!("{base}/api/session")).json("demo").send().await.unwrap();
            let cookie = crate::harness::cookie(&answer);
            let mut stream = client
                .get(format!("{base}/api/live"))
                .header("cookie", cookie)
                .send()
                .await
                .unwrap();
            assert!(stream.status().is_success());
            let id = child.id().to_string();
            assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
            tokio::time::timeout(PATIENCE, stream.chunk()).await.unwrap()
        });
        assert!(matches!(ended, Ok(None)), "the stream ends in order: {ended:?}");
        assert_eq!(child.wait().unwrap().code(), Some(0), "{signal}");
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(!said.contains(KEY) && !line.contains(KEY));
    }
}

#[test]
fn the_help_names_every_setting_there_is_and_what_is_no_argument_is_refused() {
    let folder = Folder::new();
    let help = tono(&folder).arg("--help").output().unwrap();
    assert_eq!(help.status.code(), Some(0));
    let help = String::from_utf8(help.stdout).unwrap();
    let sources = [
        include_str!("../../src/config.rs"),
        include_str!("../../src/config/announcement.rs"),
        include_str!("../../src/config/bucket.rs"),
    ]
    .concat();
    let is_setting = |text: &&str| {
        let is_part = |c: char| c == '_' || c.is_ascii_uppercase() || c.is_ascii_digit();
        text.starts_with("TONO_") && text.chars().all(is_part)
    };
    let settings: Vec<&str> = sources.split('"').filter(is_setting).collect();
    assert!(settings.len() > 10);
    for setting in settings {
        assert!(help.contains(setting), "{setting}");
    }

    let other = tono(&folder).arg("--port=80").output().unwrap();
    assert_eq!(other.status.code(), Some(2));
    assert!(String::from_utf8(other.stderr).unwrap().contains("--port=80"));
}
