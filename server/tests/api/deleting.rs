//! A recording's end: by who may, or by its age; here and at Telnyx.

use std::time::Duration;

use call::history::Recording;
use call::ids::CallId;
use reqwest::{Method, StatusCode};

use crate::harness::{Browser, PATIENCE, Server, Setup, event_of, exists};
use crate::recording::{call_that_is_over, is_ready, soon, wav};
use crate::telnyx::Telnyx;

/// A Telnyx with one recording of session `a`.
async fn recorded() -> Telnyx {
    let telnyx = Telnyx::start().await;
    telnyx.script().audio = wav();
    telnyx.script().recordings.push(("rec-1".to_owned(), "session-a".to_owned()));
    telnyx
}

async fn deletes(browser: &Browser<'_>, id: &CallId) -> StatusCode {
    let path = format!("/api/calls/{id}/recording");
    browser.request(Method::DELETE, &path).send().await.unwrap().status()
}

/// Waits until nothing is left to do.
async fn idle(server: &Server) {
    let mut database = server.folder.opened().await;
    tokio::time::timeout(PATIENCE, async {
        loop {
            let jobs: i64 = sqlx::query_scalar("select count(*) from jobs")
                .fetch_one(&mut database)
                .await
                .unwrap();
            if jobs == 0 {
                return;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_supervisor_deletes_a_recording_here_and_at_telnyx() {
    let telnyx = recorded().await;
    let server = soon(Setup::demo(&telnyx)).start().await;
    let ann = server.hires("ann", "agent").await;
    let sue = server.hires("sue", "supervisor").await;
    let id = call_that_is_over(&server, &ann, "a").await;
    ann.waits_for(&id, |row| is_ready(&row.recording)).await;
    let path = format!("/api/calls/{id}/recording");
    assert_eq!(sue.get(&path).await.bytes().await.unwrap(), wav(), "heard by who sees the call");
    assert_eq!(deletes(&ann, &id).await, StatusCode::FORBIDDEN);

    assert_eq!(deletes(&sue, &id).await, StatusCode::NO_CONTENT);
    // The agent's page is told.
    ann.waits_for(&id, |row| row.recording == Recording::Deleted).await;
    for what in ["recording", "waveform"] {
        let answer = ann.get(&format!("/api/calls/{id}/{what}")).await;
        assert_eq!(answer.status(), StatusCode::GONE, "{what}");
    }
    idle(&server).await;
    assert!(!exists(&server.folder, &format!("{id}.wav")));
    assert!(telnyx.script().recordings.is_empty());
    let kept: i64 = sqlx::query_scalar("select count(*) from copies")
        .fetch_one(&mut server.folder.opened().await)
        .await
        .unwrap();
    assert_eq!(kept, 0);
    assert_eq!(deletes(&sue, &id).await, StatusCode::NO_CONTENT, "it is gone, as was asked");
    assert_eq!(telnyx.asked("DELETE /recordings/rec-1"), 1);
}

#[tokio::test]
async fn what_does_not_exist_or_goes_on_cannot_be_deleted() {
    let telnyx = recorded().await;
    let server = Setup::demo(&telnyx).start().await;
    let admin = server.demo_agent().await;
    let id = admin.places("+12025550100").await;
    assert_eq!(deletes(&admin, &id).await, StatusCode::NOT_FOUND);
    server.hears(&event_of("call.answered", "a", &id)).await;
    assert_eq!(deletes(&admin, &id).await, StatusCode::NOT_FOUND, "it is being recorded");
    let nobodys = CallId(uuid::Uuid::new_v4().to_string());
    assert_eq!(deletes(&admin, &nobodys).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn telnyx_is_told_until_it_has_heard_even_by_the_next_server() {
    let telnyx = recorded().await;
    let server = soon(Setup::demo(&telnyx))
        .pauses(|pauses| pauses.removal = Duration::from_millis(20))
        .start()
        .await;
    let admin = server.demo_agent().await;
    let id = call_that_is_over(&server, &admin, "a").await;
    admin.waits_for(&id, |row| is_ready(&row.recording)).await;
    telnyx.script().locked = true;
    let asked = telnyx.asked("GET /recordings?");
    assert_eq!(deletes(&admin, &id).await, StatusCode::NO_CONTENT);
    tokio::time::timeout(PATIENCE, async {
        while telnyx.asked("GET /recordings?") < asked + 3 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    assert!(!exists(&server.folder, &format!("{id}.wav")), "gone here at once");
    let folder = server.stop().await;

    telnyx.script().locked = false;
    let server = soon(Setup::demo(&telnyx)).on(&folder).start().await;
    idle(&server).await;
    assert!(telnyx.script().recordings.is_empty());
}

#[tokio::test]
async fn a_recording_that_comes_after_its_deletion_is_deleted_and_never_copied() {
    let telnyx = Telnyx::start().await;
    telnyx.script().audio = wav();
    let server = Setup::demo(&telnyx).pauses(|pauses| pauses.first = Duration::from_millis(5));
    let server = server.start().await;
    let admin = server.demo_agent().await;
    let id = call_that_is_over(&server, &admin, "a").await;
    assert_eq!(deletes(&admin, &id).await, StatusCode::NO_CONTENT);
    admin.waits_for(&id, |row| row.recording == Recording::Deleted).await;
    // Telnyx lists none yet: it is asked again.
    telnyx.script().recordings.push(("rec-1".to_owned(), "session-a".to_owned()));
    idle(&server).await;
    assert!(telnyx.script().recordings.is_empty());

    // Another one, of the same call, announced when the first was gone already.
    telnyx.script().recordings.push(("rec-2".to_owned(), "session-a".to_owned()));
    let mut saved = event_of("call.recording.saved", "a", &id);
    saved["data"]["payload"]["recording_id"] = "rec-2".into();
    server.hears(&saved).await;
    idle(&server).await;
    assert!(telnyx.script().recordings.is_empty());
    assert_eq!(telnyx.asked("GET storage/"), 0);
    assert_eq!(admin.row(&id).await.recording, Recording::Deleted);
}

#[tokio::test]
async fn recordings_go_by_their_age_and_their_calls_stay() {
    let telnyx = recorded().await;
    telnyx.script().recordings.push(("rec-2".to_owned(), "session-b".to_owned()));
    let day = Duration::from_hours(24);
    let server = soon(Setup::demo(&telnyx)).start().await;
    let admin = server.demo_agent().await;
    let old = call_that_is_over(&server, &admin, "a").await;
    admin.waits_for(&old, |row| is_ready(&row.recording)).await;
    let silent = admin.places("+12025550101").await;
    let folder = server.stop().await;
    let server = soon(Setup::demo(&telnyx)).on(&folder).ahead(5 * day).start().await;
    let admin = server.demo_agent().await;
    let young = call_that_is_over(&server, &admin, "b").await;
    admin.waits_for(&young, |row| is_ready(&row.recording)).await;
    let folder = server.stop().await;

    let setup = soon(Setup::demo(&telnyx)).on(&folder).ahead(8 * day);
    let server = setup.with("TONO_RECORDING_RETENTION_DAYS", "7").start().await;
    let admin = server.demo_agent().await;
    admin.waits_for(&old, |row| row.recording == Recording::Deleted).await;
    tokio::time::timeout(PATIENCE, async {
        while telnyx.script().recordings.len() > 1 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    assert_eq!(telnyx.script().recordings[0].0, "rec-2");
    assert!(!exists(&server.folder, &format!("{old}.wav")));
    assert!(exists(&server.folder, &format!("{young}.wav")));
    assert!(is_ready(&admin.row(&young).await.recording));
    assert_eq!(admin.row(&silent).await.recording, Recording::None);
    assert_eq!(admin.calls("").await.rows.len(), 3);
}
