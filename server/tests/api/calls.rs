//! `/api/calls`.

use call::api::{HangUp, Placed, Problem, ProblemCode};
use call::cause::{Cause, Side};
use call::history::{Status, What, Word};
use call::ids::{CallId, TelnyxIds};
use reqwest::StatusCode;
use serde_json::json;

use crate::harness::{Setup, event_of, fact};
use crate::telnyx::{Telnyx, sample};

#[tokio::test]
async fn a_call_is_given_out_for_a_number_and_for_nothing_else() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).with("TONO_CALLER_ID", "+1 202 555 0142").start().await;
    let browser = server.demo_agent().await;
    let answer = browser.post("/api/calls", &json!({ "to": "(202) 555-0100" })).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let placed: Placed = answer.json().await.unwrap();
    assert_eq!(placed.caller_id.as_deref(), Some("+12025550142"));
    let row = browser.row(&placed.id).await;
    assert_eq!(row.number().unwrap().as_str(), "+12025550100");
    assert_eq!((row.status, row.telnyx), (Status::Placed, Word::Awaited));

    // Emergency services are nobody's to call from here, so what parking does with such calls does not matter.
    for wrong in ["call me", "911", "112", "933"] {
        let answer = browser.post("/api/calls", &json!({ "to": wrong })).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert_eq!(answer.json::<Problem>().await.unwrap().code, ProblemCode::NotANumber);
    }
    for nonsense in [json!({}), json!([]), json!({ "to": 7 })] {
        assert_eq!(browser.post("/api/calls", &nonsense).await.status(), StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn the_browser_states_what_it_heard_and_no_more() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = browser.places("+12025550100").await;
    let heard = vec![fact(1, What::Dialled), fact(2, What::Rang), fact(3, What::Active)];
    assert_eq!(browser.states(&id, heard).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(browser.row(&id).await.status, Status::Answered);

    for what in [
        What::Answered,
        What::HungUp { cause: Cause::Normal, by: Side::Us },
        What::RecordingStored { duration_ms: None, bytes: 1 },
        What::NoWord,
    ] {
        let answer = browser.states(&id, vec![fact(4, What::Rang), fact(4, what.clone())]).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{what:?}");
        assert_eq!(answer.json::<Problem>().await.unwrap().code, ProblemCode::BadRequest);
    }
    assert_eq!(
        browser.row(&id).await.rang_at.unwrap().0,
        2,
        "a refused batch leaves nothing behind"
    );
}

#[tokio::test]
async fn a_browser_cannot_fill_the_store() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = browser.places("+12025550100").await;
    let many = |from: u64, count: u64| {
        (from..from + count).map(|at| fact(at, What::Rang)).collect::<Vec<_>>()
    };
    assert_eq!(browser.states(&id, many(0, 501)).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(browser.states(&id, many(0, 500)).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(
        browser.states(&id, many(0, 500)).await.status(),
        StatusCode::NO_CONTENT,
        "a repetition adds nothing"
    );
    assert_eq!(browser.states(&id, many(500, 1)).await.status(), StatusCode::BAD_REQUEST);

    let long = json!({ "to": "1".repeat(70_000) });
    let answer = browser.post("/api/calls", &long).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.json::<Problem>().await.unwrap().code, ProblemCode::TooLarge);
}

#[tokio::test]
async fn empty_ids_from_the_sdk_do_not_make_two_calls_one() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = browser.places("+12025550100").await;
    let mut dialled = fact(1, What::Dialled);
    dialled.ids = TelnyxIds { call_control_id: Some(String::new()), ..TelnyxIds::default() };
    browser.states(&id, vec![dialled]).await;
    assert!(browser.row(&id).await.ids.is_empty());
}

#[tokio::test]
async fn agents_cannot_see_each_others_calls() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).with("TONO_AGENT_PASSWORD", "correct horse").start().await;
    let (demo, agent) = (server.demo_agent().await, server.agent("agent", "correct horse").await);
    let id = demo.places("+12025550100").await;
    let mut live = agent.listens(0).await;

    assert!(agent.calls("").await.rows.is_empty());
    assert_eq!(agent.states(&id, vec![fact(1, What::Rang)]).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(agent.hangs_up(&id).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(
        agent.get(&format!("/api/calls/{id}/recording")).await.status(),
        StatusCode::NOT_FOUND
    );
    let own = agent.places("+12025550101").await;
    assert_eq!(live.next().await.unwrap().1.id, own, "the stream has the agent's own rows only");
}

#[tokio::test]
async fn history_comes_in_pages_newest_first() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(browser.places("+12025550100").await);
    }
    ids.reverse();
    let mut seen: Vec<CallId> = Vec::new();
    let mut query = "?limit=2".to_owned();
    loop {
        let page = browser.calls(&query).await;
        seen.extend(page.rows.into_iter().map(|row| row.id));
        match page.next {
            Some(before) => query = format!("?limit=2&before={before}"),
            None => break,
        }
    }
    assert_eq!(seen, ids);
    assert_eq!(browser.get("/api/calls?before=nonsense").await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_hang_up_says_what_telnyx_said() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let id = browser.places("+12025550100").await;
    let hang_up = async || browser.hangs_up(&id).await.json::<HangUp>().await.unwrap();

    assert_eq!(hang_up().await, HangUp::NotKnown);
    server.hears(&event_of("call.initiated", "a", &id)).await;
    assert_eq!(hang_up().await, HangUp::Asked);
    assert_eq!(telnyx.asked("POST /calls/v3:a/actions/hangup"), 1);
    let not_found = json!({ "errors": [{ "code": "10005", "title": "Resource not found" }] });
    for (status, body, said) in [
        (422, sample("error.90018"), HangUp::AlreadyOver),
        (404, not_found, HangUp::AlreadyOver),
        (422, sample("error.90015"), HangUp::Refused),
    ] {
        telnyx.script().hang_up = Some((status, body));
        assert_eq!(hang_up().await, said, "{status}");
    }
    telnyx.script().hang_up = Some((503, json!({})));
    let answer = browser.hangs_up(&id).await;
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
    assert_eq!(answer.json::<Problem>().await.unwrap().code, ProblemCode::TelnyxUnreachable);
    assert_eq!(telnyx.asked("/actions/hangup"), 6, "what failed on the way was repeated at once");
}
