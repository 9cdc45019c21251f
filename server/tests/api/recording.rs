//! From "a recording exists" to a file that plays.

use std::time::Duration;

use call::cause::{Cause, Side};
use call::history::{Recording, Status, What, Word};
use call::ids::CallId;
use reqwest::{Method, StatusCode, header};

use crate::harness::{Browser, Server, Setup, event, event_of, exists, fact};
use crate::telnyx::Telnyx;

/// One second of silence: 8 kHz, 16 bit, two channels.
pub(crate) fn wav() -> Vec<u8> {
    let mut file = b"RIFF\x24\x7d\0\0WAVEfmt \x10\0\0\0\x01\0\x02\0".to_vec();
    file.extend(8_000u32.to_le_bytes());
    file.extend(32_000u32.to_le_bytes());
    file.extend(b"\x04\0\x10\0data");
    file.extend(32_000u32.to_le_bytes());
    file.resize(44 + 32_000, 0);
    file
}

pub(crate) fn soon(setup: Setup) -> Setup {
    setup.pauses(|pauses| {
        pauses.first = Duration::from_millis(5);
        pauses.longest = Duration::from_millis(20);
    })
}

/// A call that was answered and hung up, and of whose recording Telnyx has said nothing.
pub(crate) async fn call_that_is_over(server: &Server, browser: &Browser<'_>, leg: &str) -> CallId {
    let id = browser.places("+12025550100").await;
    for name in ["call.initiated", "call.answered", "call.hangup"] {
        assert_eq!(server.hears(&event_of(name, leg, &id)).await, StatusCode::OK);
    }
    id
}

pub(crate) fn is_ready(recording: &Recording) -> bool {
    matches!(recording, Recording::Ready { .. })
}

async fn plays(browser: &Browser<'_>, id: &CallId) {
    let answer = browser.get(&format!("/api/calls/{id}/recording")).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "audio/wav");
    assert_eq!(answer.bytes().await.unwrap(), wav());
}

#[tokio::test]
async fn a_recording_that_is_announced_is_copied_and_plays() {
    let telnyx = Telnyx::start().await;
    telnyx.script().audio = wav();
    telnyx.script().recordings.push(("rec-1".to_owned(), "session-a".to_owned()));
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = call_that_is_over(&server, &browser, "a").await;
    assert_eq!(
        browser.get(&format!("/api/calls/{id}/recording")).await.status(),
        StatusCode::NOT_FOUND
    );

    let mut saved = event_of("call.recording.saved", "a", &id);
    saved["data"]["payload"]["recording_id"] = "rec-1".into();
    // The announcement's own link is stale by the time: a fresh one is asked for by id.
    saved["data"]["payload"]["recording_urls"]["wav"] = "http://127.0.0.1:1/gone.wav".into();
    assert_eq!(server.hears(&saved).await, StatusCode::OK);
    let row = browser.waits_for(&id, |row| is_ready(&row.recording)).await;
    assert_eq!(row.recording, Recording::Ready { duration_ms: Some(1_000) });
    assert_eq!(row.status, Status::Completed);
    assert_eq!(row.recording_url, Some(format!("/api/calls/{id}/recording")));
    assert_eq!(server.logged(&id).await, ("completed".to_owned(), row.recording_url));
    plays(&browser, &id).await;
    assert!(!exists(&server.folder, &format!(".{id}.part")));
}

#[tokio::test]
async fn a_recording_nobody_announces_is_asked_for_until_it_is_there() {
    let telnyx = Telnyx::start().await;
    telnyx.script().audio = wav();
    let server = soon(Setup::demo(&telnyx)).start().await;
    let browser = server.demo_agent().await;
    let id = call_that_is_over(&server, &browser, "a").await;
    // It is asked for by session, and there is none for a while.
    tokio::time::timeout(Duration::from_secs(20), async {
        while telnyx.asked("filter%5Bcall_session_id%5D=session-a") < 3 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    assert_eq!(browser.row(&id).await.recording, Recording::Processing);
    telnyx.script().recordings.push(("rec-1".to_owned(), "session-a".to_owned()));
    browser.waits_for(&id, |row| is_ready(&row.recording)).await;
    plays(&browser, &id).await;
}

#[tokio::test]
async fn a_recording_without_an_id_is_taken_from_its_announcement() {
    let telnyx = Telnyx::start().await;
    telnyx.script().audio = wav();
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = call_that_is_over(&server, &browser, "a").await;
    let mut saved = event("call.recording.saved", "a");
    saved["data"]["payload"]["recording_id"] = serde_json::Value::Null;
    saved["data"]["payload"]["recording_urls"]["wav"] =
        format!("http://{}/x.wav", telnyx.storage).into();
    server.hears(&saved).await;
    browser.waits_for(&id, |row| is_ready(&row.recording)).await;
    plays(&browser, &id).await;
}

#[tokio::test]
async fn a_copy_that_fails_is_tried_again() {
    let telnyx = Telnyx::start().await;
    {
        let mut script = telnyx.script();
        script.audio = wav();
        script.recordings.push(("rec-1".to_owned(), "session-a".to_owned()));
        script.failures = 3;
    }
    let server = soon(Setup::demo(&telnyx)).start().await;
    let browser = server.demo_agent().await;
    let id = call_that_is_over(&server, &browser, "a").await;
    browser.waits_for(&id, |row| is_ready(&row.recording)).await;
    assert_eq!(telnyx.asked("GET storage/"), 4);
}

#[tokio::test]
async fn what_a_stop_interrupted_is_finished_after_the_restart() {
    let telnyx = Telnyx::start().await;
    telnyx.script().audio = wav();
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = call_that_is_over(&server, &browser, "a").await;
    let folder = server.stop().await;

    telnyx.script().recordings.push(("rec-1".to_owned(), "session-a".to_owned()));
    let server = soon(Setup::demo(&telnyx)).on(&folder).start().await;
    let browser = server.demo_agent().await;
    browser.waits_for(&id, |row| is_ready(&row.recording)).await;
    plays(&browser, &id).await;
}

#[tokio::test]
async fn a_link_to_a_strange_host_is_not_followed() {
    let telnyx = Telnyx::start().await;
    for (session, link) in
        [("session-a", "https://recordings.example/a.wav"), ("session-b", "http://10.0.0.1/a.wav")]
    {
        telnyx.script().link = Some(link.to_owned());
        telnyx.script().recordings = vec![("rec-1".to_owned(), session.to_owned())];
        let server = soon(Setup::demo(&telnyx)).start().await;
        let browser = server.demo_agent().await;
        let id = call_that_is_over(&server, &browser, session.trim_start_matches("session-")).await;
        let row =
            browser.waits_for(&id, |row| matches!(row.recording, Recording::Failed { .. })).await;
        let Recording::Failed { reason } = row.recording else { unreachable!() };
        assert!(reason.contains("not Telnyx's storage"), "{reason}");
        assert_eq!((row.status, row.recording_url), (Status::Ended, None));
    }
}

#[tokio::test]
async fn what_is_no_audio_is_not_stored() {
    let telnyx = Telnyx::start().await;
    telnyx.script().audio = b"<?xml version=\"1.0\"?><Error/>".to_vec();
    telnyx.script().recordings.push(("rec-1".to_owned(), "session-a".to_owned()));
    let server =
        soon(Setup::demo(&telnyx)).pauses(|pauses| pauses.copy = Duration::ZERO).start().await;
    let browser = server.demo_agent().await;
    let id = call_that_is_over(&server, &browser, "a").await;
    let row = browser.waits_for(&id, |row| matches!(row.recording, Recording::Failed { .. })).await;
    assert_eq!(row.recording_url, None);
    assert!(
        !exists(&server.folder, &format!("{id}.wav"))
            && !exists(&server.folder, &format!(".{id}.part"))
    );
}

#[tokio::test]
async fn a_recording_that_never_comes_is_called_missing() {
    let telnyx = Telnyx::start().await;
    let server = soon(Setup::demo(&telnyx))
        .pauses(|pauses| pauses.recording = Duration::from_millis(50))
        .start()
        .await;
    let browser = server.demo_agent().await;
    let id = call_that_is_over(&server, &browser, "a").await;
    browser.waits_for(&id, |row| row.recording == Recording::Missing).await;
    assert!(telnyx.asked("GET /recordings?") >= 2);
}

#[tokio::test]
async fn a_call_telnyx_never_spoke_of_says_so() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx)
        .pauses(|pauses| pauses.no_word = Duration::from_millis(5))
        .start()
        .await;
    let browser = server.demo_agent().await;
    let id = browser.places("+12025550100").await;
    let ended = What::Ended { cause: Cause::Busy, by: Side::Them };
    browser.states(&id, vec![fact(1, What::Dialled), fact(2, ended)]).await;
    browser.waits_for(&id, |row| row.telnyx == Word::Missing).await;
    server.hears(&event_of("call.hangup", "a", &id)).await;
    browser.waits_for(&id, |row| row.telnyx == Word::Heard).await;
}

#[tokio::test]
async fn a_recording_is_sent_in_the_parts_a_player_asks_for() {
    let telnyx = Telnyx::start().await;
    telnyx.script().audio = wav();
    telnyx.script().recordings.push(("rec-1".to_owned(), "session-a".to_owned()));
    let server = soon(Setup::demo(&telnyx)).start().await;
    let browser = server.demo_agent().await;
    let id = call_that_is_over(&server, &browser, "a").await;
    browser.waits_for(&id, |row| is_ready(&row.recording)).await;
    comes_in_parts(&browser, &id).await;
}

/// Asks for a recording as players and caches do (RFC 9110, 13 and 14).
pub(crate) async fn comes_in_parts(browser: &Browser<'_>, id: &CallId) {
    let path = format!("/api/calls/{id}/recording");
    let ask = |name: &'static str, value: &str| {
        browser.request(Method::GET, &path).header(name, value).send()
    };

    let whole = browser.get(&path).await;
    assert_eq!(whole.headers()[header::ACCEPT_RANGES], "bytes");
    assert!(whole.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("private"));
    let tag = whole.headers()[header::ETAG].to_str().unwrap().to_owned();

    let bytes = wav().len();
    for (range, said, part) in [
        ("bytes=0-3", format!("bytes 0-3/{bytes}"), &wav()[..4]),
        ("bytes=32000-", format!("bytes 32000-{}/{bytes}", bytes - 1), &wav()[32_000..]),
        ("bytes=-4", format!("bytes {}-{}/{bytes}", bytes - 4, bytes - 1), &wav()[bytes - 4..]),
    ] {
        let answer = ask("range", range).await.unwrap();
        assert_eq!(answer.status(), StatusCode::PARTIAL_CONTENT, "{range}");
        assert_eq!(answer.headers()[header::CONTENT_RANGE], said.as_str());
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "audio/wav");
        assert_eq!(answer.bytes().await.unwrap(), part, "{range}");
    }
    let beyond = ask("range", "bytes=99999999-").await.unwrap();
    assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(beyond.headers()[header::CONTENT_RANGE], format!("bytes */{bytes}").as_str());

    let head = browser.request(Method::HEAD, &path).send().await.unwrap();
    assert_eq!(head.headers()[header::CONTENT_LENGTH], bytes.to_string().as_str());
    assert_eq!(head.headers()[header::ETAG], tag.as_str());
    assert!(head.bytes().await.unwrap().is_empty());

    for known in [tag.clone(), format!("\"other\", {tag}"), format!("W/{tag}"), "*".to_owned()] {
        let answer = ask("if-none-match", &known).await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_MODIFIED, "{known}");
        assert_eq!(answer.headers()[header::ETAG], tag.as_str());
    }
    assert_eq!(ask("if-none-match", "\"other\"").await.unwrap().status(), StatusCode::OK);
    // A part may be put to what is there only if it is the very same, bit by bit.
    for doubtful in [format!("W/{tag}"), "Sat, 21 Nov 2026 12:00:00 GMT".to_owned()] {
        let request = browser.request(Method::GET, &path).header("range", "bytes=0-3");
        let answer = request.header("if-range", &doubtful).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{doubtful}");
    }
    let other = browser
        .request(Method::GET, &path)
        .header("range", "bytes=0-3")
        .header("if-range", "\"other\"");
    assert_eq!(
        other.send().await.unwrap().status(),
        StatusCode::OK,
        "a part of another file is of no use"
    );
    let same =
        browser.request(Method::GET, &path).header("range", "bytes=0-3").header("if-range", tag);
    assert_eq!(same.send().await.unwrap().status(), StatusCode::PARTIAL_CONTENT);
}
