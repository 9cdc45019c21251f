//! Transfers: whom Telnyx is told to join, what the one row says, and who may ask.

use std::time::Duration;

use call::cause::{Cause, Outcome, Side};
use call::history::{How, Row, Status, TransferStage, What};
use call::ids::CallId;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::control::{calling, of_customer};
use crate::harness::{Browser, Server, Setup, event_of, fact};
use crate::telnyx::{APPLICATION, Telnyx, sample};

const THIRD: &str = "+12025550101";

/// A call in which both sides talk: three commands were given, to `v3:a` and `v3:dialled-1`.
async fn talking(server: &Server, telnyx: &Telnyx, browser: &Browser<'_>) -> CallId {
    let id = calling(server, telnyx, browser).await;
    for name in ["call.initiated", "call.answered"] {
        server.hears(&of_customer(telnyx, name, "dialled-1")).await;
    }
    assert_eq!(telnyx.commands(3).await[1..], ["v3:a answer", "v3:a bridge"]);
    id
}

async fn asks(browser: &Browser<'_>, id: &CallId, what: &str) -> StatusCode {
    browser.post(&format!("/api/calls/{id}/transfer{what}"), &Value::Null).await.status()
}

/// Asks for a transfer until both sides are known to talk: that the bridge was taken is written down after it was told.
async fn transfers(browser: &Browser<'_>, id: &CallId, how: &str) {
    let wish = json!({ "to": THIRD, "how": how });
    let path = format!("/api/calls/{id}/transfer");
    tokio::time::timeout(crate::harness::PATIENCE, async {
        while browser.post(&path, &wish).await.status() != StatusCode::NO_CONTENT {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
}

/// An event of the leg of the third party, which was dialled second.
fn of_third(telnyx: &Telnyx, name: &str) -> Value {
    let dialled = {
        let script = telnyx.script();
        script.commanded.iter().filter(|(name, _)| name == "dial").nth(1).unwrap().1.clone()
    };
    let mut event = of_customer(telnyx, name, "third");
    event["data"]["payload"]["client_state"] = dialled["client_state"].clone();
    event["data"]["payload"]["call_control_id"] = third(telnyx).into();
    event
}

/// The third party's handle: the stand-in counts dials.
fn third(telnyx: &Telnyx) -> String {
    let script = telnyx.script();
    format!("v3:dialled-{}", script.commanded.iter().filter(|(name, _)| name == "dial").count())
}

fn because(mut hangup: Value, cause: &str, source: &str) -> Value {
    hangup["data"]["payload"]["hangup_cause"] = cause.into();
    hangup["data"]["payload"]["hangup_source"] = source.into();
    hangup
}

/// The commands after the first `count`, sorted: what is wanted at once is told in any order.
async fn after(telnyx: &Telnyx, count: usize, more: usize) -> Vec<String> {
    let mut commands = telnyx.commands(count + more).await.split_off(count);
    commands.sort();
    commands
}

fn stage(row: &Row) -> &TransferStage {
    &row.transfer.as_ref().unwrap().stage
}

/// The agent speaks with the third party: nine commands were given.
async fn consulting(server: &Server, telnyx: &Telnyx, browser: &Browser<'_>) -> CallId {
    let id = talking(server, telnyx, browser).await;
    transfers(browser, &id, "attended").await;
    assert_eq!(telnyx.commands(4).await[3], "v3:dialled-1 bridge");
    assert_eq!(after(telnyx, 4, 2).await, ["dial", "v3:dialled-1 playback_start"]);
    for name in ["call.initiated", "call.answered"] {
        server.hears(&of_third(telnyx, name)).await;
    }
    let stays = telnyx.commands(8).await.split_off(6);
    assert_eq!(stays, ["v3:a bridge", "v3:dialled-2 bridge"]);
    browser.waits_for(&id, |row| *stage(row) == TransferStage::Consulting).await;
    id
}

fn with_music(telnyx: &Telnyx) -> Setup {
    Setup::controlled(telnyx).with("TONO_HOLD_MUSIC", "https://example.com/music.wav")
}

#[tokio::test]
async fn a_blind_transfer_is_one_row_that_ends_with_the_last_talk() {
    let telnyx = Telnyx::start().await;
    let server = with_music(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = talking(&server, &telnyx, &browser).await;
    transfers(&browser, &id, "blind").await;
    assert_eq!(telnyx.commands(4).await[3], "v3:dialled-1 bridge");
    let told = after(&telnyx, 4, 3).await;
    assert_eq!(told, ["dial", "v3:a hangup", "v3:dialled-1 playback_start"]);
    {
        let script = telnyx.script();
        assert_eq!(script.commanded[3].1["park_after_unbridge"], "self");
        assert_eq!(script.commanded[3].1["call_control_id"], "v3:a");
        let body = |name: &str| {
            let mut found = script.commanded.iter().filter(|(known, _)| known == name);
            found.next_back().unwrap().1.clone()
        };
        let dial = body("dial");
        assert_eq!((&dial["to"], &dial["link_to"]), (&json!(THIRD), &json!("v3:dialled-1")));
        assert_eq!((&dial["record"], &dial["connection_id"]), (&Value::Null, &APPLICATION.into()));
        let music = body("v3:dialled-1 playback_start");
        assert_eq!(
            (&music["audio_url"], &music["loop"]),
            (&json!("https://example.com/music.wav"), &json!("infinity"))
        );
    }
    // The agent's part is over, by both witnesses; the call is not.
    server.hears(&event_of("call.hangup", "a", &id)).await;
    browser
        .states(&id, vec![fact(9, What::Ended { cause: Cause::Normal, by: Side::Network })])
        .await;
    let row = browser.row(&id).await;
    assert_eq!((row.status, stage(&row)), (Status::Answered, &TransferStage::Calling));

    server.hears(&of_third(&telnyx, "call.answered")).await;
    let told = after(&telnyx, 7, 2).await;
    assert_eq!(told, ["v3:dialled-1 bridge", "v3:dialled-1 playback_stop"]);
    let row = browser.waits_for(&id, |row| *stage(row) == TransferStage::Done).await;
    let transfer = row.transfer.as_ref().unwrap();
    assert_eq!((transfer.to.as_str(), transfer.how, row.outcome), (THIRD, How::Blind, None));

    server.hears(&because(of_third(&telnyx, "call.hangup"), "normal_clearing", "callee")).await;
    assert_eq!(telnyx.commands(10).await[9], "v3:dialled-1 hangup");
    let row = browser.row(&id).await;
    assert_eq!((row.outcome, row.ended_by), (Some(Outcome::Answered), Some(Side::Them)));
    assert_eq!(browser.calls("").await.rows.len(), 1, "one row, whatever legs it had");
}

#[tokio::test]
async fn a_blind_transfer_nobody_takes_ends_and_the_row_says_why() {
    for (cause, word) in [("user_busy", Cause::Busy), ("timeout", Cause::NoAnswer)] {
        let telnyx = Telnyx::start().await;
        let server = Setup::controlled(&telnyx).start().await;
        let browser = server.demo_agent().await;
        let id = talking(&server, &telnyx, &browser).await;
        transfers(&browser, &id, "blind").await;
        assert_eq!(after(&telnyx, 3, 3).await, ["dial", "v3:a hangup", "v3:dialled-1 bridge"]);
        server.hears(&event_of("call.hangup", "a", &id)).await;
        server.hears(&because(of_third(&telnyx, "call.hangup"), cause, "callee")).await;
        assert_eq!(telnyx.commands(7).await[6], "v3:dialled-1 hangup");
        let row = browser.row(&id).await;
        assert_eq!(stage(&row), &TransferStage::Failed { cause: word.clone() });
        assert_eq!((row.cause, row.outcome), (Some(word), Some(Outcome::Answered)));
    }
}

#[tokio::test]
async fn an_attended_transfer_is_joined_and_the_agent_let_go() {
    let telnyx = Telnyx::start().await;
    let server = with_music(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = consulting(&server, &telnyx, &browser).await;
    {
        let script = telnyx.script();
        let stays = [&script.commanded[6].1, &script.commanded[7].1];
        assert!(stays.iter().all(|body| body["park_after_unbridge"] == "self"));
        assert_eq!(stays.map(|body| &body["call_control_id"]), ["v3:dialled-2", "v3:a"]);
    }
    assert_eq!(asks(&browser, &id, "/join").await, StatusCode::NO_CONTENT);
    assert_eq!(asks(&browser, &id, "/join").await, StatusCode::NO_CONTENT);
    let told = after(&telnyx, 8, 3).await;
    assert_eq!(told, ["v3:a hangup", "v3:dialled-1 bridge", "v3:dialled-1 playback_stop"]);
    browser.waits_for(&id, |row| *stage(row) == TransferStage::Done).await;
    server.hears(&event_of("call.hangup", "a", &id)).await;
    assert!(!browser.row(&id).await.is_over());
    server
        .hears(&because(
            of_customer(&telnyx, "call.hangup", "dialled-1"),
            "normal_clearing",
            "callee",
        ))
        .await;
    assert_eq!(telnyx.commands(12).await[11], "v3:dialled-2 hangup");
    assert!(browser.row(&id).await.is_over());
}

#[tokio::test]
async fn a_consultation_that_is_taken_back_or_fails_leaves_the_agent_with_the_customer() {
    for cancels in [true, false] {
        let telnyx = Telnyx::start().await;
        let server = with_music(&telnyx).start().await;
        let browser = server.demo_agent().await;
        let id = consulting(&server, &telnyx, &browser).await;
        let (more, expected) = if cancels {
            assert_eq!(asks(&browser, &id, "/cancel").await, StatusCode::NO_CONTENT);
            (3, TransferStage::Cancelled)
        } else {
            server
                .hears(&because(of_third(&telnyx, "call.hangup"), "normal_clearing", "callee"))
                .await;
            (2, TransferStage::Failed { cause: Cause::Normal })
        };
        let told = after(&telnyx, 8, more).await;
        let back = ["v3:a bridge", "v3:dialled-1 playback_stop", "v3:dialled-2 hangup"];
        assert_eq!(told, back[..more]);
        let row = browser.row(&id).await;
        assert_eq!((stage(&row), row.is_over()), (&expected, false));
        assert_eq!(asks(&browser, &id, "/cancel").await, StatusCode::NO_CONTENT, "asked for again");
        server.hears(&of_third(&telnyx, "call.hangup")).await;
        server.hears(&event_of("call.hangup", "a", &id)).await;
        assert_eq!(telnyx.commands(9 + more).await[8 + more], "v3:dialled-1 hangup");
        assert_eq!(browser.row(&id).await.ended_by, Some(Side::Us));
    }
}

#[tokio::test]
async fn a_third_party_who_is_busy_is_said_to_be_and_the_call_goes_on() {
    let telnyx = Telnyx::start().await;
    let server = Setup::controlled(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = talking(&server, &telnyx, &browser).await;
    transfers(&browser, &id, "attended").await;
    assert_eq!(telnyx.commands(5).await[3..], ["v3:dialled-1 bridge", "dial"]);
    server.hears(&because(of_third(&telnyx, "call.hangup"), "user_busy", "callee")).await;
    let row = browser.row(&id).await;
    assert_eq!(stage(&row), &TransferStage::Failed { cause: Cause::Busy });
    assert!(!row.is_over());
    // They were never parted; and it can be tried with somebody else.
    transfers(&browser, &id, "attended").await;
    assert_eq!(telnyx.commands(7).await[5..], ["v3:dialled-1 bridge", "dial"]);
    let row = browser.row(&id).await;
    assert_eq!(stage(&row), &TransferStage::Calling);
}

#[tokio::test]
async fn a_customer_who_leaves_a_consultation_leaves_the_agent_with_the_third() {
    let telnyx = Telnyx::start().await;
    let server = with_music(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = consulting(&server, &telnyx, &browser).await;
    let left =
        because(of_customer(&telnyx, "call.hangup", "dialled-1"), "normal_clearing", "callee");
    server.hears(&left).await;
    let row = browser.row(&id).await;
    assert_eq!((row.is_over(), row.transfer.as_ref().unwrap().left), (false, true));
    assert_eq!(asks(&browser, &id, "/join").await, StatusCode::CONFLICT);
    assert_eq!(telnyx.script().commanded.len(), 8, "nothing is to be done");
    server.hears(&event_of("call.hangup", "a", &id)).await;
    assert_eq!(telnyx.commands(9).await[8], "v3:dialled-2 hangup");
    let row = browser.row(&id).await;
    assert_eq!((row.outcome, row.ended_by), (Some(Outcome::Answered), Some(Side::Them)));
}

#[tokio::test]
async fn an_agent_who_leaves_a_consultation_has_joined_the_others() {
    for clicks in [true, false] {
        let telnyx = Telnyx::start().await;
        let server = with_music(&telnyx).start().await;
        let browser = server.demo_agent().await;
        let id = consulting(&server, &telnyx, &browser).await;
        let told = if clicks {
            browser.hangs_up(&id).await;
            after(&telnyx, 8, 3).await
        } else {
            server.hears(&event_of("call.hangup", "a", &id)).await;
            after(&telnyx, 8, 2).await
        };
        let hand_over = ["v3:a hangup", "v3:dialled-1 bridge", "v3:dialled-1 playback_stop"];
        assert_eq!(told, hand_over[usize::from(!clicks)..]);
        let row = browser.waits_for(&id, |row| *stage(row) == TransferStage::Done).await;
        assert!(!row.is_over());
    }
}

#[tokio::test]
async fn an_agent_who_hangs_up_before_the_third_answers_ends_all() {
    let telnyx = Telnyx::start().await;
    let server = Setup::controlled(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = talking(&server, &telnyx, &browser).await;
    transfers(&browser, &id, "attended").await;
    telnyx.commands(5).await;
    browser.hangs_up(&id).await;
    let told = after(&telnyx, 5, 3).await;
    assert_eq!(told, ["v3:a hangup", "v3:dialled-1 hangup", "v3:dialled-2 hangup"]);
    server.hears(&event_of("call.hangup", "a", &id)).await;
    let row = browser.row(&id).await;
    assert_eq!((row.outcome, row.ended_by), (Some(Outcome::Answered), Some(Side::Us)));
}

#[tokio::test]
async fn a_leg_that_may_not_stay_is_no_transfer_and_the_call_goes_on() {
    for how in ["blind", "attended"] {
        let telnyx = Telnyx::start().await;
        let server = with_music(&telnyx).start().await;
        let browser = server.demo_agent().await;
        let id = talking(&server, &telnyx, &browser).await;
        telnyx.script().commands = vec![("bridge", 422, sample("error.10004"))];
        transfers(&browser, &id, how).await;
        assert_eq!(telnyx.commands(4).await[3], "v3:dialled-1 bridge");
        let failed = |row: &Row| matches!(stage(row), TransferStage::Failed { .. });
        let row = browser.waits_for(&id, |row| row.transfer.is_some() && failed(row)).await;
        assert!(!row.is_over() && !row.is_handed_over());
        server.hears(&event_of("call.hangup", "a", &id)).await;
        assert_eq!(telnyx.commands(5).await[4], "v3:dialled-1 hangup");
        assert!(browser.row(&id).await.is_over());
    }
}

#[tokio::test]
async fn a_number_that_may_not_be_called_is_not_and_nothing_changes() {
    let telnyx = Telnyx::start().await;
    let server = Setup::controlled(&telnyx)
        .with("TONO_BLOCKED_NUMBERS", "+12025550199")
        .with("TONO_CALLS_PER_MINUTE", "2")
        .with("TONO_CALLS_AT_ONCE", "1")
        .start()
        .await;
    let browser = server.demo_agent().await;
    let id = talking(&server, &telnyx, &browser).await;
    let path = format!("/api/calls/{id}/transfer");
    let ask = async |to: &str| {
        let answer = browser.post(&path, &json!({ "to": to, "how": "blind" })).await;
        let status = answer.status();
        (status, answer.json::<Value>().await.unwrap_or_default()["code"].clone())
    };
    assert_eq!(ask("+12025550199").await, (StatusCode::FORBIDDEN, json!("number_blocked")));
    assert_eq!(ask("five").await, (StatusCode::UNPROCESSABLE_ENTITY, json!("not_a_number")));
    assert_eq!(browser.row(&id).await.transfer, None);
    assert_eq!(telnyx.script().commanded.len(), 3);

    transfers(&browser, &id, "blind").await;
    telnyx.commands(6).await;
    // Handed over, it is none of the agent's calls at once; but it was a call of this minute.
    let more = browser.post("/api/calls", &json!({ "to": THIRD })).await;
    assert_eq!(more.json::<Value>().await.unwrap()["code"], "too_many_calls");
}

#[tokio::test]
async fn only_the_calls_own_agent_and_only_while_both_talk() {
    let telnyx = Telnyx::start().await;
    let server = Setup::controlled(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = calling(&server, &telnyx, &browser).await;
    let path = format!("/api/calls/{id}/transfer");
    let wish = json!({ "to": THIRD, "how": "attended" });
    let early = browser.post(&path, &wish).await;
    assert_eq!(early.status(), StatusCode::CONFLICT, "nobody has answered");
    assert_eq!(early.json::<Value>().await.unwrap()["code"], "not_transferable");
    let sue = server.hires("sue", "supervisor").await;
    assert_eq!(sue.post(&path, &wish).await.status(), StatusCode::NOT_FOUND, "not their call");
    assert_eq!(server.request(Method::POST, &path).json(&wish).send().await.unwrap().status(), 401);

    let direct = Setup::demo(&telnyx).start().await;
    let browser = direct.demo_agent().await;
    let id = browser.places("+12025550100").await;
    let answer = browser.post(&format!("/api/calls/{id}/transfer"), &wish).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    assert_eq!(answer.json::<Value>().await.unwrap()["code"], "not_controlled");
}

#[tokio::test]
async fn whom_it_was_transferred_to_is_masked_in_the_timeline_and_erased_with_the_call() {
    let telnyx = Telnyx::start().await;
    let server = with_music(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = consulting(&server, &telnyx, &browser).await;
    let text = browser.get(&format!("/api/calls/{id}/timeline.json")).await.text().await.unwrap();
    assert!(text.contains("transfer_asked") && text.contains("third_answered"), "{text}");
    assert!(!text.contains("12025550101"), "{text}");
    browser.hangs_up(&id).await;
    server.hears(&of_customer(&telnyx, "call.hangup", "dialled-1")).await;

    let admin = server.hires("adam", "admin").await;
    let known = admin.get(&format!("/api/numbers/{THIRD}")).await.text().await.unwrap();
    assert!(known.contains(id.as_str()), "{known}");
    let erased = admin.request(Method::DELETE, &format!("/api/numbers/{THIRD}")).send().await;
    assert!(erased.unwrap().status().is_success());
    let known = admin.get(&format!("/api/numbers/{THIRD}")).await.text().await.unwrap();
    assert!(!known.contains(id.as_str()), "{known}");
}

#[tokio::test]
async fn a_page_that_is_closed_in_a_consultation_leaves_the_others_joined() {
    let telnyx = Telnyx::start().await;
    let server = with_music(&telnyx)
        .pauses(|pauses| pauses.unclaimed = Duration::from_secs(20))
        .start()
        .await;
    let browser = server.demo_agent().await;
    let id = consulting(&server, &telnyx, &browser).await;
    let page = json!({ "calls": [id], "goes": true });
    assert!(browser.post("/api/pages/first", &page).await.status().is_success());
    server.later(Duration::from_secs(21));
    // It looks at its jobs when somebody else is heard.
    let other = json!({ "calls": [], "goes": false });
    assert!(browser.post("/api/pages/another", &other).await.status().is_success());
    let told = after(&telnyx, 8, 3).await;
    assert_eq!(told, ["v3:a hangup", "v3:dialled-1 bridge", "v3:dialled-1 playback_stop"]);
    let row = browser.waits_for(&id, |row| *stage(row) == TransferStage::Done).await;
    assert!(!row.is_over());
}
