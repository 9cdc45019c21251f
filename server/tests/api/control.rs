//! Controlled mode: the browser's call waits, and this server calls the number beside it.

use std::time::Duration;

use call::api::{HangUp, Placed};
use call::cause::{Cause, Outcome, Side};
use call::history::What;
use call::ids::CallId;
use reqwest::{Client, StatusCode, header};
use serde_json::{Value, json};

use crate::binary::{Tono, demo_cookie, post};
use crate::harness::{Browser, Folder, PATIENCE, Server, Setup, event, event_of, fact};
use crate::telnyx::{APPLICATION, Telnyx, sample};

/// `call.initiated` of the browser's leg, which waits.
pub(crate) fn parked(leg: &str, id: &CallId) -> Value {
    event_of("call.initiated.parked", leg, id)
}

/// An event of the leg that was dialled, in the session of the browser's.
pub(crate) fn of_customer(telnyx: &Telnyx, name: &str, leg: &str) -> Value {
    let dialled = {
        let script = telnyx.script();
        script.commanded.iter().find(|(name, _)| name == "dial").unwrap().1.clone()
    };
    let mut event = event(name, leg);
    let payload = &mut event["data"]["payload"];
    payload["client_state"] = dialled["client_state"].clone();
    payload["connection_id"] = APPLICATION.into();
    payload["call_session_id"] = "session-a".into();
    event
}

/// A call that waits, and the number is being called under `v3:dialled-1`.
pub(crate) async fn calling(server: &Server, telnyx: &Telnyx, browser: &Browser<'_>) -> CallId {
    let id = browser.places("+12025550107").await;
    assert_eq!(server.hears(&parked("a", &id)).await, StatusCode::OK);
    assert_eq!(telnyx.commands(1).await, ["dial"]);
    id
}

#[tokio::test]
async fn the_number_is_called_when_the_call_waits_and_both_are_joined_when_it_answers() {
    let telnyx = Telnyx::start().await;
    let server = Setup::controlled(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = calling(&server, &telnyx, &browser).await;
    {
        let script = telnyx.script();
        let (_, dial) = &script.commanded[0];
        assert_eq!(dial["to"], "+12025550107");
        assert_eq!(dial["from"], "+12025550142");
        assert_eq!(dial["link_to"], "v3:a");
        assert_eq!(
            (&dial["record"], &dial["record_channels"]),
            (&json!("record-from-answer"), &json!("dual"))
        );
    }
    server.hears(&of_customer(&telnyx, "call.initiated", "dialled-1")).await;
    server.hears(&of_customer(&telnyx, "call.answered", "dialled-1")).await;
    let commands = telnyx.commands(3).await;
    assert_eq!(commands, ["dial", "v3:a answer", "v3:a bridge"]);
    assert_eq!(telnyx.script().commanded[2].1["call_control_id"], "v3:dialled-1");

    let row = browser.row(&id).await;
    assert!(row.answered_at.is_some());
    server.hears(&of_customer(&telnyx, "call.hangup", "dialled-1")).await;
    assert_eq!(telnyx.commands(4).await[3], "v3:a hangup");
}

#[tokio::test]
async fn whatever_order_the_news_come_in_one_number_is_called_once() {
    let telnyx = Telnyx::start().await;
    let server = Setup::controlled(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = browser.places("+12025550107").await;
    // Each attempt under an id of its own, as a Telnyx that does not keep them may.
    for _ in 0..3 {
        server.hears(&parked("a", &id)).await;
    }
    telnyx.commands(1).await;
    for name in ["call.answered", "call.initiated", "call.answered"] {
        server.hears(&of_customer(&telnyx, name, "dialled-1")).await;
        server.hears(&parked("a", &id)).await;
    }
    telnyx.commands(3).await;
    server.hears(&of_customer(&telnyx, "call.hangup", "dialled-1")).await;
    server.hears(&of_customer(&telnyx, "call.answered", "dialled-1")).await;
    assert_eq!(telnyx.commands(4).await, ["dial", "v3:a answer", "v3:a bridge", "v3:a hangup"]);
}

#[tokio::test]
async fn the_row_says_why_the_number_was_not_reached_and_not_how_the_agents_leg_ended() {
    for (cause, outcome) in [
        ("user_busy", Outcome::Busy),
        ("no_answer", Outcome::NoAnswer),
        ("timeout", Outcome::NoAnswer),
        ("call_rejected", Outcome::Rejected),
        ("not_found", Outcome::NoSuchNumber),
    ] {
        let telnyx = Telnyx::start().await;
        let server = Setup::controlled(&telnyx).start().await;
        let browser = server.demo_agent().await;
        let id = calling(&server, &telnyx, &browser).await;
        let mut hangup = of_customer(&telnyx, "call.hangup", "dialled-1");
        hangup["data"]["payload"]["hangup_cause"] = cause.into();
        hangup["data"]["payload"]["hangup_source"] = "callee".into();
        server.hears(&hangup).await;
        assert_eq!(telnyx.commands(2).await[1], "v3:a hangup");
        let mut agents = event_of("call.hangup", "a", &id);
        agents["data"]["occurred_at"] = "2099-01-01T00:00:00Z".into();
        server.hears(&agents).await;
        let row = browser.row(&id).await;
        assert_eq!((row.outcome, row.ended_by), (Some(outcome), Some(Side::Them)), "{cause}");
    }
}

#[tokio::test]
async fn a_hang_up_here_ends_every_leg_at_every_step() {
    let telnyx = Telnyx::start().await;
    let server = Setup::controlled(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let hang_up = async |id: &CallId| browser.hangs_up(id).await.json::<HangUp>().await.unwrap();

    // Before Telnyx has the call: it is hung up as soon as it shows itself, and nobody is called.
    let early = browser.places("+12025550107").await;
    assert_eq!(hang_up(&early).await, HangUp::AlreadyOver);
    server.hears(&parked("early", &early)).await;
    assert_eq!(telnyx.commands(1).await, ["v3:early hangup"]);

    // While it rings there.
    telnyx.script().commanded.clear();
    let id = calling(&server, &telnyx, &browser).await;
    assert_eq!(hang_up(&id).await, HangUp::Asked);
    let mut commands = telnyx.commands(3).await;
    commands.sort();
    assert_eq!(commands, ["dial", "v3:a hangup", "v3:dialled-1 hangup"]);
    // Telnyx has the commands before the server has written down that it took them.
    let again = async { while hang_up(&id).await != HangUp::AlreadyOver {} };
    tokio::time::timeout(PATIENCE, again).await.unwrap();
    server.hears(&event_of("call.hangup", "a", &id)).await;
    server.hears(&of_customer(&telnyx, "call.hangup", "dialled-1")).await;
    assert_eq!(telnyx.commands(3).await.len(), 3, "what is over is not hung up again");
}

#[tokio::test]
async fn the_agent_who_gives_up_by_the_sdk_stops_the_ringing_there() {
    let telnyx = Telnyx::start().await;
    let server = Setup::controlled(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = calling(&server, &telnyx, &browser).await;
    telnyx.script().hang_up = Some((422, sample("error.90018")));
    server.hears(&event_of("call.hangup", "a", &id)).await;
    assert_eq!(telnyx.commands(2).await[1], "v3:dialled-1 hangup");
    browser.states(&id, vec![fact(9, What::Ended { cause: Cause::Busy, by: Side::Us })]).await;
    assert_eq!(browser.row(&id).await.outcome, Some(Outcome::Cancelled));
}

#[tokio::test]
async fn a_page_that_gave_up_before_telnyx_spoke_has_nobody_called() {
    let telnyx = Telnyx::start().await;
    let server = Setup::controlled(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = browser.places("+12025550107").await;
    browser.states(&id, vec![fact(1, What::Ended { cause: Cause::Cancelled, by: Side::Us })]).await;
    server.hears(&parked("a", &id)).await;
    assert_eq!(telnyx.commands(1).await, ["v3:a hangup"]);
}

#[tokio::test]
async fn a_call_that_waits_and_that_nobody_asked_for_is_hung_up() {
    let telnyx = Telnyx::start().await;
    let server = Setup::controlled(&telnyx).start().await;
    server.hears(&event("call.initiated.parked", "nobody")).await;
    assert_eq!(telnyx.commands(1).await, ["v3:nobody hangup"]);
    assert_eq!(server.outcomes().await, ["orphan"]);
}

#[tokio::test]
async fn one_id_is_good_for_one_leg() {
    let telnyx = Telnyx::start().await;
    let server = Setup::controlled(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = calling(&server, &telnyx, &browser).await;
    server.hears(&parked("second", &id)).await;
    assert_eq!(telnyx.commands(2).await, ["dial", "v3:second hangup"]);
}

#[tokio::test]
async fn a_dial_whose_answer_was_lost_is_repeated_under_its_id_and_believed_by_its_events() {
    for repeated in [
        // The three things Telnyx may say to a repetition.
        sample("call.dial"),
        json!({ "data": { "call_control_id": "v3:nobody's" } }),
        sample("call.command"),
    ] {
        let telnyx = Telnyx::start().await;
        telnyx.script().commands = vec![("dial", 0, json!({})), ("dial", 200, repeated)];
        let server = Setup::controlled(&telnyx).start().await;
        let browser = server.demo_agent().await;
        let id = browser.places("+12025550107").await;
        server.hears(&parked("a", &id)).await;
        assert_eq!(telnyx.commands(2).await, ["dial", "dial"]);
        let ids = |script: &[(String, Value)]| [0, 1].map(|at| script[at].1["command_id"].clone());
        let [first, second] = ids(&telnyx.script().commanded);
        assert_eq!(first, second);
        server.hears(&of_customer(&telnyx, "call.answered", "dialled-1")).await;
        assert_eq!(telnyx.commands(4).await[2..], ["v3:a answer", "v3:a bridge"]);
        assert_eq!(telnyx.script().commanded[3].1["call_control_id"], "v3:dialled-1");
    }
}

#[tokio::test]
async fn a_dial_telnyx_refuses_ends_the_call_and_the_row_says_that_it_failed() {
    let telnyx = Telnyx::start().await;
    telnyx.script().commands = vec![("dial", 422, sample("error.90043"))];
    let server = Setup::controlled(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = browser.places("+12025550107").await;
    server.hears(&parked("a", &id)).await;
    assert_eq!(telnyx.commands(2).await, ["dial", "v3:a hangup"]);
    let mut hangup = event_of("call.hangup", "a", &id);
    hangup["data"]["occurred_at"] = "2099-01-01T00:00:00Z".into();
    server.hears(&hangup).await;
    let row = browser.row(&id).await;
    assert_eq!((row.outcome, row.ended_by), (Some(Outcome::Failed), Some(Side::Network)));
}

#[tokio::test]
async fn a_bridge_that_is_refused_for_the_moment_is_asked_for_again() {
    let telnyx = Telnyx::start().await;
    telnyx.script().commands =
        vec![("bridge", 422, sample("error.90034")), ("bridge", 422, sample("error.90034"))];
    let server = Setup::controlled(&telnyx).start().await;
    let browser = server.demo_agent().await;
    calling(&server, &telnyx, &browser).await;
    server.hears(&of_customer(&telnyx, "call.answered", "dialled-1")).await;
    let commands = telnyx.commands(5).await;
    assert_eq!(commands[2..], ["v3:a bridge"; 3]);
    let script = telnyx.script();
    assert_ne!(script.commanded[2].1["command_id"], script.commanded[3].1["command_id"]);
}

#[tokio::test]
async fn a_dial_a_server_was_killed_under_is_told_again_by_another_under_the_same_id() {
    let telnyx = Telnyx::start().await;
    let folder = Folder::new();
    let controlled = [
        ("TONO_MODE", "controlled".to_owned()),
        ("TONO_CALL_CONTROL_APP", APPLICATION.to_owned()),
        ("TONO_CALLER_ID", "+12025550142".to_owned()),
    ];
    let mut first = Tono::start_with(&folder, &telnyx, 0, &controlled);
    let client = Client::builder().no_proxy().build().unwrap();
    let base = format!("http://{}", first.address);
    let cookie = demo_cookie(&client, &base).await;
    let request = client.post(format!("{base}/api/calls")).header(header::COOKIE, cookie);
    let request = request.json(&json!({ "to": "+12025550107" }));
    let id = request.send().await.unwrap().json::<Placed>().await.unwrap().id;

    telnyx.script().deaf = true;
    assert_eq!(post(&client, &base, &parked("a", &id)).await, Some(StatusCode::OK));
    telnyx.commands(1).await;
    first.kill();
    telnyx.script().deaf = false;

    let second = Tono::start_with(&folder, &telnyx, 0, &controlled);
    assert_eq!(telnyx.commands(2).await, ["dial", "dial"]);
    let [told, again] = [0, 1].map(|at| telnyx.script().commanded[at].1["command_id"].clone());
    assert_eq!(told, again);
    let base = format!("http://{}", second.address);
    let answered = of_customer(&telnyx, "call.answered", "dialled-1");
    assert_eq!(post(&client, &base, &answered).await, Some(StatusCode::OK));
    assert_eq!(telnyx.commands(4).await[2..], ["v3:a answer", "v3:a bridge"]);
}

#[tokio::test]
async fn a_call_that_waits_is_put_through_only_as_it_was_given_out() {
    let telnyx = Telnyx::start().await;
    let server = Setup::controlled(&telnyx).start().await;
    let browser = server.demo_agent().await;

    let other = browser.places("+12025550107").await;
    let mut elsewhere = parked("elsewhere", &other);
    elsewhere["data"]["payload"]["to"] = "+19005550100".into();
    server.hears(&elsewhere).await;
    assert_eq!(telnyx.commands(1).await, ["v3:elsewhere hangup"]);

    let stale = browser.places("+12025550107").await;
    server.later(Duration::from_secs(121));
    server.hears(&parked("stale", &stale)).await;
    assert_eq!(telnyx.commands(2).await[1], "v3:stale hangup");

    for id in [other, stale] {
        let row = browser.row(&id).await;
        assert_eq!((row.outcome, row.cause), (Some(Outcome::Failed), Some(Cause::NotAllowed)));
    }
}

#[tokio::test]
async fn without_a_number_to_show_the_accounts_is_taken() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx)
        .with("TONO_MODE", "controlled")
        .with("TONO_CALL_CONTROL_APP", APPLICATION)
        .start()
        .await;
    let browser = server.demo_agent().await;
    calling(&server, &telnyx, &browser).await;
    assert_eq!(telnyx.script().commanded[0].1["from"], "+12025550142");
    browser.places("+12025550100").await;
    assert_eq!(telnyx.asked("GET /phone_numbers"), 1, "asked once");
}
