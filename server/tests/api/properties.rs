//! Whatever bytes come, the answer is one of those that make sense, and never the server's own failure.
//!
//! Each property is tried for some seconds, in CI for thirty; a failure is made as small as it can be and shown.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::test_runner::{Config, TestRunner};
use reqwest::{Method, StatusCode, header};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::harness::{Server, Setup, event};
use crate::recording::{call_that_is_over, is_ready, soon, wav};
use crate::telnyx::Telnyx;

/// For how long each property is tried.
fn enough() -> Duration {
    let ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
    Duration::from_secs(if ci { 30 } else { 3 })
}

/// Tries a property until the time is over; returns how often.
fn hold<S: Strategy>(strategy: &S, property: impl Fn(S::Value)) -> u32 {
    hold_for(enough(), strategy, property)
}

fn hold_for<S: Strategy>(enough: Duration, strategy: &S, property: impl Fn(S::Value)) -> u32 {
    let began = Instant::now();
    let mut cases = 0;
    while began.elapsed() < enough {
        let config = Config {
            cases: 32,
            failure_persistence: None,
            // Left to itself it gives up after four times the cases.
            max_shrink_iters: 10_000,
            ..Config::default()
        };
        let tried = TestRunner::new(config).run(strategy, |input| {
            property(input);
            Ok(())
        });
        tried.unwrap();
        cases += 32;
    }
    assert!(began.elapsed() >= enough);
    cases
}

#[test]
fn a_property_that_does_not_hold_is_seen_and_made_small() {
    let failed = std::panic::catch_unwind(|| {
        hold_for(Duration::from_secs(1), &vec(any::<u8>(), 0..200), |bytes| {
            assert!(!bytes.contains(&7), "there is a seven");
        })
    });
    let said = failed.unwrap_err();
    let said = said.downcast_ref::<String>().unwrap();
    assert!(said.contains("there is a seven") && said.ends_with("[7])"), "{said}");
}

fn server(runtime: &Runtime) -> (Telnyx, Server) {
    runtime.block_on(async {
        let telnyx = Telnyx::start().await;
        telnyx.script().audio = wav();
        let server = soon(Setup::demo(&telnyx)).start().await;
        (telnyx, server)
    })
}

/// What was answered.
#[derive(Default)]
struct Seen(RefCell<BTreeSet<StatusCode>>);

impl Seen {
    fn is(&self, status: StatusCode) {
        self.0.borrow_mut().insert(status);
    }

    /// Each of these was answered, and nothing else: what is always refused, or always taken, tries nothing.
    fn are<const N: usize>(&self, expected: [StatusCode; N]) {
        assert_eq!(*self.0.borrow(), BTreeSet::from(expected));
    }
}

/// One of Telnyx's events, with some of its values replaced and some of its bytes changed.
fn nearly_an_event() -> impl Strategy<Value = Vec<u8>> {
    let value = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(Value::from("\0")),
        Just(serde_json::json!([{}])),
    ];
    let place = prop_oneof![
        Just("/data/id"),
        Just("/data/event_type"),
        Just("/data/occurred_at"),
        Just("/data/payload"),
        Just("/data/payload/call_control_id"),
        Just("/data/payload/call_leg_id"),
        Just("/data/payload/client_state"),
        Just("/data/payload/connection_id"),
        Just("/data/payload/hangup_cause"),
        Just("/data/payload/custom_headers"),
        Just("/data/payload/recording_urls"),
    ];
    let name =
        prop_oneof![Just("call.initiated"), Just("call.hangup"), Just("call.recording.saved")];
    let changes = vec((any::<proptest::sample::Index>(), any::<u8>()), 0..4);
    (name, vec((place, value), 0..3), changes).prop_map(|(name, replaced, changes)| {
        let mut event = event(name, "p");
        for (place, value) in replaced {
            if let Some(known) = event.pointer_mut(place) {
                *known = value;
            }
        }
        let mut bytes = event.to_string().into_bytes();
        for (index, byte) in changes {
            let index = index.index(bytes.len());
            bytes[index] = byte;
        }
        bytes
    })
}

#[test]
fn a_signed_body_is_kept_or_refused_whatever_it_is() {
    let runtime = Runtime::new().unwrap();
    let (_telnyx, server) = server(&runtime);
    let bodies = prop_oneof![vec(any::<u8>(), 0..2_000), nearly_an_event()];
    let seen = Seen::default();
    let cases = hold(&bodies, |body| {
        let status = runtime.block_on(server.hears_bytes(body));
        assert!([StatusCode::OK, StatusCode::BAD_REQUEST].contains(&status), "{status}");
        seen.is(status);
    });
    let kept = runtime.block_on(server.outcomes()).len();
    println!("{cases} bodies, {kept} kept");
    assert!(kept > 0);
    seen.are([StatusCode::OK, StatusCode::BAD_REQUEST]);
}

#[test]
fn a_range_is_answered_with_exactly_its_bytes_or_refused() {
    let runtime = Runtime::new().unwrap();
    let (telnyx, server) = server(&runtime);
    telnyx.script().recordings.push(("rec-1".to_owned(), "session-a".to_owned()));
    let (cookie, path) = runtime.block_on(async {
        let browser = server.demo_agent().await;
        let id = call_that_is_over(&server, &browser, "a").await;
        browser.waits_for(&id, |row| is_ready(&row.recording)).await;
        (browser.cookie, format!("/api/calls/{id}/recording"))
    });
    let (file, length) = (wav(), wav().len());
    let number = prop_oneof![0..40_000_usize, Just(usize::MAX)];
    let ranges = prop_oneof![
        vec(0x20_u8..0x7f, 0..40),
        "bytes=[0-9,-]{0,20}".prop_map(String::into_bytes),
        (number.clone(), number.clone())
            .prop_map(|(from, to)| format!("bytes={from}-{to}").into_bytes()),
        number.prop_map(|last| format!("bytes=-{last}").into_bytes()),
    ];
    let seen = Seen::default();
    let cases = hold(&ranges, |range| {
        runtime.block_on(async {
            let request = server.request(Method::GET, &path).header(header::COOKIE, &cookie);
            let answer = request.header(header::RANGE, range).send().await.unwrap();
            let status = answer.status();
            let said = answer
                .headers()
                .get(header::CONTENT_RANGE)
                .map(|said| said.to_str().unwrap().to_owned());
            let body = answer.bytes().await.unwrap();
            seen.is(status);
            match status {
                StatusCode::OK => assert_eq!(body, file),
                StatusCode::PARTIAL_CONTENT => {
                    let said = said.unwrap();
                    let (part, whole) =
                        said.strip_prefix("bytes ").unwrap().split_once('/').unwrap();
                    let (from, to) = part.split_once('-').unwrap();
                    let (from, to): (usize, usize) = (from.parse().unwrap(), to.parse().unwrap());
                    assert_eq!(whole, length.to_string());
                    assert_eq!(body, file[from..=to]);
                }
                StatusCode::RANGE_NOT_SATISFIABLE => {
                    assert_eq!(said, Some(format!("bytes */{length}")));
                }
                other => panic!("{other}"),
            }
        });
    });
    println!("{cases} ranges");
    seen.are([StatusCode::OK, StatusCode::PARTIAL_CONTENT, StatusCode::RANGE_NOT_SATISFIABLE]);
}

#[test]
fn a_search_finds_or_is_refused_whatever_is_asked() {
    let runtime = Runtime::new().unwrap();
    let (_telnyx, server) = server(&runtime);
    let cookie = runtime.block_on(async {
        let browser = server.demo_agent().await;
        browser.places("+12025550100").await;
        browser.cookie
    });
    let names = [
        "number",
        "agent",
        "direction",
        "outcome",
        "from",
        "to",
        "recorded",
        "text",
        "before",
        "limit",
        "other",
    ];
    let value = prop_oneof![
        any::<String>(),
        "[0-9+%_'\\\\;-]{0,12}",
        Just("\0".to_owned()),
        Just("outgoing".to_owned()),
        Just("true".to_owned()),
        Just("-9999-01-01".to_owned()),
        Just("9999-12-31".to_owned()),
        Just("1795251600000.x".to_owned()),
    ];
    let asked = vec((proptest::sample::select(names.to_vec()), value), 0..4);
    let addresses =
        proptest::sample::select(vec!["/api/log", "/api/log.csv", "/api/log/totals", "/api/calls"]);
    let seen = Seen::default();
    let cases = hold(&(addresses, asked), |(address, asked)| {
        runtime.block_on(async {
            let mut url = reqwest::Url::parse(&format!("{}{address}", server.base)).unwrap();
            url.query_pairs_mut().extend_pairs(&asked);
            let request = server.client.get(url).header(header::COOKIE, &cookie);
            let status = request.send().await.unwrap().status();
            assert!([StatusCode::OK, StatusCode::BAD_REQUEST].contains(&status), "{status}");
            seen.is(status);
        });
    });
    println!("{cases} searches");
    seen.are([StatusCode::OK, StatusCode::BAD_REQUEST]);
}
