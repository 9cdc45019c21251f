//! A recorder that is ours: paused while something is said off the record, and announced before anybody talks.

use std::time::Duration;

use call::history::Recording;
use call::ids::CallId;
use reqwest::StatusCode;
use serde_json::Value;

use crate::control::{calling, of_customer, parked};
use crate::harness::{Browser, Server, Setup, event_of};
use crate::telnyx::{Telnyx, sample};

async fn asks(browser: &Browser<'_>, id: &CallId, what: &str) -> StatusCode {
    browser.post(&format!("/api/calls/{id}/recording/{what}"), &Value::Null).await.status()
}

/// A call in which both sides talk; four commands were given.
async fn talking(server: &Server, telnyx: &Telnyx, browser: &Browser<'_>) -> CallId {
    let id = calling(server, telnyx, browser).await;
    for name in ["call.initiated", "call.answered"] {
        server.hears(&of_customer(telnyx, name, "dialled-1")).await;
    }
    assert_eq!(telnyx.commands(3).await[1..], ["v3:a answer", "v3:a bridge"]);
    id
}

/// The facts of the recorder, in the order they were stated.
async fn facts(server: &Server, id: &CallId) -> Vec<String> {
    let facts: Vec<String> = sqlx::query_scalar(
        "select fact from facts where call_id = $1 and witness = 'server' order by id",
    )
    .bind(id.as_str())
    .fetch_all(&mut server.folder.opened().await)
    .await
    .unwrap();
    let facts = facts.iter().map(|fact| serde_json::from_str::<Value>(fact).unwrap());
    facts.filter_map(|fact| Some(fact["what"].as_str()?.to_owned())).collect()
}

#[tokio::test]
async fn what_is_said_off_the_record_is_not_recorded_and_the_row_says_when() {
    let telnyx = Telnyx::start().await;
    let server = Setup::controlled(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = calling(&server, &telnyx, &browser).await;
    assert_eq!(asks(&browser, &id, "pause").await, StatusCode::CONFLICT, "nobody has answered");
    for name in ["call.initiated", "call.answered"] {
        server.hears(&of_customer(&telnyx, name, "dialled-1")).await;
    }
    telnyx.commands(3).await;
    let row = browser.row(&id).await;
    assert_eq!((row.recording, row.pausable), (Recording::Expected, true));

    assert_eq!(asks(&browser, &id, "pause").await, StatusCode::NO_CONTENT);
    assert_eq!(telnyx.commands(4).await[3], "v3:dialled-1 record_pause");
    let row = browser.row(&id).await;
    assert_eq!((row.recording, row.pausable), (Recording::Paused, true));
    assert_eq!(asks(&browser, &id, "resume").await, StatusCode::NO_CONTENT);
    assert_eq!(telnyx.commands(5).await[4], "v3:dialled-1 record_resume");
    assert_eq!(browser.row(&id).await.recording, Recording::Expected);
    let said = ["recording_ordered", "recording_paused", "recording_resumed"];
    assert_eq!(facts(&server, &id).await, said);

    let other = server.hires("ann", "supervisor").await;
    assert_eq!(asks(&other, &id, "pause").await, StatusCode::NOT_FOUND, "it is not their call");
    server.hears(&of_customer(&telnyx, "call.hangup", "dialled-1")).await;
    assert_eq!(asks(&browser, &id, "pause").await, StatusCode::CONFLICT, "it is over");
    assert!(!browser.row(&id).await.pausable);
}

#[tokio::test]
async fn a_pause_that_telnyx_does_not_take_is_none() {
    let telnyx = Telnyx::start().await;
    let server = Setup::controlled(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = talking(&server, &telnyx, &browser).await;
    telnyx.script().commands = vec![("record_pause", 422, sample("error.90034"))];
    assert_eq!(asks(&browser, &id, "pause").await, StatusCode::BAD_GATEWAY);
    assert_eq!(browser.row(&id).await.recording, Recording::Expected);
    // Where no answer comes it is told once more, under the same id.
    telnyx.script().commands = vec![("record_pause", 0, Value::Null)];
    assert_eq!(asks(&browser, &id, "pause").await, StatusCode::NO_CONTENT);
    let script = telnyx.script();
    let ids: Vec<&Value> =
        script.commanded[4..].iter().map(|(_, body)| &body["command_id"]).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_call_the_sdk_dialled_by_itself_is_not_ours_to_pause() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = browser.places("+12025550100").await;
    server.hears(&event_of("call.answered", "a", &id)).await;
    assert!(!browser.row(&id).await.pausable);
    assert_eq!(asks(&browser, &id, "pause").await, StatusCode::CONFLICT);
    assert_eq!(telnyx.script().commanded.len(), 0);
}

#[tokio::test]
async fn who_is_called_is_told_first_and_put_through_then() {
    for (announcement, action, ended) in [
        ("This call is recorded.", "speak", "call.speak.ended"),
        ("https://example.com/recorded.wav", "playback_start", "call.playback.ended"),
    ] {
        let telnyx = Telnyx::start().await;
        let server =
            Setup::controlled(&telnyx).with("TONO_ANNOUNCEMENT", announcement).start().await;
        let browser = server.demo_agent().await;
        let id = calling(&server, &telnyx, &browser).await;
        for name in ["call.initiated", "call.answered"] {
            server.hears(&of_customer(&telnyx, name, "dialled-1")).await;
        }
        assert_eq!(telnyx.commands(2).await[1], format!("v3:dialled-1 {action}"));
        let body = telnyx.script().commanded[1].1.clone();
        let said = if action == "speak" { &body["payload"] } else { &body["audio_url"] };
        assert_eq!(said, announcement);
        // The browser's leg goes on ringing until it is over.
        server.hears(&parked("a", &id)).await;
        assert_eq!(telnyx.script().commanded.len(), 2);
        server.hears(&of_customer(&telnyx, ended, "dialled-1")).await;
        assert_eq!(telnyx.commands(4).await[2..], ["v3:a answer", "v3:a bridge"]);
        assert_eq!(facts(&server, &id).await, ["recording_ordered", "announced"]);
    }
}

#[tokio::test]
async fn an_announcement_nobody_says_is_over_does_not_keep_them_waiting_for_ever() {
    let telnyx = Telnyx::start().await;
    let server = Setup::controlled(&telnyx).with("TONO_ANNOUNCEMENT", "Recorded.").start().await;
    let browser = server.demo_agent().await;
    calling(&server, &telnyx, &browser).await;
    for name in ["call.initiated", "call.answered"] {
        server.hears(&of_customer(&telnyx, name, "dialled-1")).await;
    }
    telnyx.commands(2).await;
    server.later(Duration::from_mins(2));
    // It is looked for again when anything happens.
    server.hears(&event_of("call.answered", "other", &CallId(String::new()))).await;
    assert_eq!(telnyx.commands(4).await[2..], ["v3:a answer", "v3:a bridge"]);
}

#[tokio::test]
async fn who_cannot_be_told_is_not_put_through() {
    let telnyx = Telnyx::start().await;
    telnyx.script().commands = vec![("speak", 422, sample("error.10004"))];
    let server = Setup::controlled(&telnyx).with("TONO_ANNOUNCEMENT", "Recorded.").start().await;
    let browser = server.demo_agent().await;
    calling(&server, &telnyx, &browser).await;
    for name in ["call.initiated", "call.answered"] {
        server.hears(&of_customer(&telnyx, name, "dialled-1")).await;
    }
    let mut commands = telnyx.commands(4).await.split_off(2);
    commands.sort();
    assert_eq!(commands, ["v3:a hangup", "v3:dialled-1 hangup"]);
}
