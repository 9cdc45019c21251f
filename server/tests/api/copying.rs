//! What a copy of a recording may come from, how large it may be, and every state a recording can be in.

use std::time::Duration;

use call::history::{Recording, Status, What};
use call::ids::CallId;
use reqwest::StatusCode;

use crate::binary;
use crate::harness::{Browser, Server, Setup, event_of, exists, fact};
use crate::recording::{call_that_is_over, is_ready, soon, wav};
use crate::telnyx::Telnyx;

/// A Telnyx with one recording of session `a`.
async fn recorded() -> Telnyx {
    let telnyx = Telnyx::start().await;
    telnyx.script().audio = wav();
    telnyx.script().recordings.push(("rec-1".to_owned(), "session-a".to_owned()));
    telnyx
}

/// Waits until the recording is called failed and returns why.
async fn failure(browser: &Browser<'_>, id: &CallId) -> String {
    let row = browser.waits_for(id, |row| matches!(row.recording, Recording::Failed { .. })).await;
    assert_eq!(row.recording_url, None);
    let Recording::Failed { reason } = row.recording else { panic!("{:?}", row.recording) };
    reason
}

fn nothing_is_stored(server: &Server, id: &CallId) {
    for name in [format!("{id}.wav"), format!("{id}.mp3"), format!(".{id}.part")] {
        assert!(!exists(&server.folder, &name), "{name}");
    }
}

#[tokio::test]
async fn the_storage_is_never_shown_the_key() {
    let telnyx = recorded().await;
    let server = soon(Setup::demo(&telnyx)).start().await;
    let browser = server.demo_agent().await;
    let id = call_that_is_over(&server, &browser, "a").await;
    browser.waits_for(&id, |row| is_ready(&row.recording)).await;
    assert_eq!(telnyx.asked("GET storage/"), 1);
    assert_eq!(telnyx.script().keys_given_away, 0);
}

#[tokio::test]
async fn a_redirect_to_anywhere_is_not_followed() {
    let elsewhere = recorded().await;
    let telnyx = recorded().await;
    telnyx.script().redirect = Some(format!("http://{}/rec-1.wav", elsewhere.storage));
    let server =
        soon(Setup::demo(&telnyx)).pauses(|pauses| pauses.copy = Duration::ZERO).start().await;
    let browser = server.demo_agent().await;
    let id = call_that_is_over(&server, &browser, "a").await;
    let reason = failure(&browser, &id).await;
    assert!(reason.contains("307"), "{reason}");
    assert_eq!(elsewhere.asked(""), 0, "nobody else was asked anything");
    nothing_is_stored(&server, &id);
}

#[tokio::test]
async fn a_recording_that_is_too_large_is_refused_whether_it_says_so_or_not() {
    for streamed in [false, true] {
        let telnyx = recorded().await;
        telnyx.script().audio.resize(1024 * 1024 + 1, 0);
        telnyx.script().streamed = streamed;
        let server = soon(Setup::demo(&telnyx)).with("TONO_RECORDING_MIB", "1").start().await;
        let browser = server.demo_agent().await;
        let id = call_that_is_over(&server, &browser, "a").await;
        let reason = failure(&browser, &id).await;
        assert!(reason.contains("larger than 1 MiB"), "{reason}");
        assert_eq!(telnyx.asked("GET storage/"), 1, "it will be no smaller the next time");
        nothing_is_stored(&server, &id);
    }
}

#[tokio::test]
async fn a_copy_that_breaks_off_is_begun_anew() {
    let telnyx = recorded().await;
    telnyx.script().cut = 2;
    let server = soon(Setup::demo(&telnyx)).start().await;
    let browser = server.demo_agent().await;
    let id = call_that_is_over(&server, &browser, "a").await;
    browser.waits_for(&id, |row| is_ready(&row.recording)).await;
    assert_eq!(telnyx.asked("GET storage/"), 3);
    let answer = browser.get(&format!("/api/calls/{id}/recording")).await;
    assert_eq!(answer.bytes().await.unwrap(), wav());
}

#[tokio::test]
async fn an_mp3_is_copied_and_lasts_as_long_as_it_does() {
    let telnyx = recorded().await;
    telnyx.script().audio = include_bytes!("../tone.mp3").to_vec();
    let server = soon(Setup::demo(&telnyx)).start().await;
    let browser = server.demo_agent().await;
    let id = call_that_is_over(&server, &browser, "a").await;
    let row = browser.waits_for(&id, |row| is_ready(&row.recording)).await;
    let Recording::Ready { duration_ms: Some(duration_ms) } = row.recording else { panic!() };
    assert!((900..1_300).contains(&duration_ms), "{duration_ms}");
    let answer = browser.get(&format!("/api/calls/{id}/recording")).await;
    assert_eq!(answer.headers()["content-type"], "audio/mpeg");
}

#[tokio::test]
async fn a_copy_that_is_not_what_it_was_is_not_played() {
    let telnyx = recorded().await;
    let server = soon(Setup::demo(&telnyx)).start().await;
    let browser = server.demo_agent().await;
    let id = call_that_is_over(&server, &browser, "a").await;
    browser.waits_for(&id, |row| is_ready(&row.recording)).await;
    let file = server.folder.0.join("recordings").join(format!("{id}.wav"));
    let path = format!("/api/calls/{id}/recording");
    std::fs::write(&file, &wav()[..1_000]).unwrap();
    assert_eq!(browser.get(&path).await.status(), StatusCode::INTERNAL_SERVER_ERROR);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(browser.get(&path).await.status(), StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn a_copy_that_rots_is_found_by_its_checksum() {
    let telnyx = recorded().await;
    telnyx.script().recordings.push(("rec-2".to_owned(), "session-b".to_owned()));
    let server = soon(Setup::demo(&telnyx)).start().await;
    let browser = server.demo_agent().await;
    let mut ids = Vec::new();
    for leg in ["a", "b"] {
        let id = call_that_is_over(&server, &browser, leg).await;
        browser.waits_for(&id, |row| is_ready(&row.recording)).await;
        ids.push(id);
    }
    let (code, said) = server.tono(&["recordings", "check"], "").await;
    assert_eq!((code, said.trim()), (Some(0), "2 copies, 0 of them gone or damaged"));

    // One bit, and as long as before.
    let file = server.folder.0.join("recordings").join(format!("{}.wav", ids[1]));
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[20_000] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let mut command = binary::tono(&server.folder);
    let output = tokio::task::spawn_blocking(move || {
        command.args(["recordings", "check"]).output().unwrap()
    });
    let output = output.await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with(&format!("{}: what the store holds is not", ids[1])), "{said}");
    assert!(said.ends_with("2 copies, 1 of them gone or damaged\n"), "{said}");
    assert_eq!(server.tono(&["recordings", "burn"], "").await.0, Some(2));
}

#[tokio::test]
async fn a_copy_of_an_older_server_is_looked_into_when_it_is_played() {
    let telnyx = recorded().await;
    let server = soon(Setup::demo(&telnyx)).start().await;
    let browser = server.demo_agent().await;
    let id = call_that_is_over(&server, &browser, "a").await;
    browser.waits_for(&id, |row| is_ready(&row.recording)).await;
    // It kept the file and nothing about it.
    sqlx::query("delete from copies").execute(&mut server.folder.opened().await).await.unwrap();
    for what in ["recording", "waveform", "recording"] {
        let answer = browser.get(&format!("/api/calls/{id}/{what}")).await;
        assert_eq!(answer.status(), StatusCode::OK, "{what}");
    }
}

/// The states in the order of a call's life, each by what brings it about.
#[tokio::test]
async fn every_state_of_a_recording_is_reached() {
    let telnyx = Telnyx::start().await;
    telnyx.script().audio = wav();
    let server = soon(Setup::demo(&telnyx))
        .pauses(|pauses| pauses.recording = Duration::from_millis(300))
        .start()
        .await;
    let admin = server.demo_agent().await;

    let id = admin.places("+12025550100").await;
    let state = async |id: &CallId| admin.row(id).await.recording;
    assert_eq!(state(&id).await, Recording::None);
    server.hears(&event_of("call.answered", "a", &id)).await;
    assert_eq!(state(&id).await, Recording::Expected);
    server.hears(&event_of("call.hangup", "a", &id)).await;
    admin.waits_for(&id, |row| row.recording == Recording::Processing).await;
    admin.waits_for(&id, |row| row.recording == Recording::Missing).await;
    // It comes after all.
    telnyx.script().recordings.push(("rec-1".to_owned(), "session-a".to_owned()));
    let mut saved = event_of("call.recording.saved", "a", &id);
    saved["data"]["payload"]["recording_id"] = "rec-1".into();
    server.hears(&saved).await;
    let row = admin.waits_for(&id, |row| is_ready(&row.recording)).await;
    assert_eq!(row.status, Status::Completed);
    let path = format!("/api/calls/{id}/recording");
    let answer = admin.request(reqwest::Method::DELETE, &path).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    let row = admin.waits_for(&id, |row| row.recording == Recording::Deleted).await;
    assert_eq!((row.status, row.recording_url), (Status::Ended, None));

    let other = call_that_is_over(&server, &admin, "b").await;
    server.hears(&event_of("call.recording.error", "b", &other)).await;
    failure(&admin, &other).await;
    // What is said of it is a column, too, to be searched.
    let found: Vec<String> =
        sqlx::query_scalar("select recording from call_logs order by placed_at")
            .fetch_all(&mut server.folder.opened().await)
            .await
            .unwrap();
    assert_eq!(found, ["deleted", "failed"]);
    let stated = admin.states(&id, vec![fact(9, What::RecordingDeleted { by: None })]).await;
    assert_eq!(stated.status(), StatusCode::BAD_REQUEST, "no browser can have witnessed it");
}
