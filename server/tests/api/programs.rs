//! Programs that have agents call: who may, and how the call comes about.

use std::time::Duration;

use call::api::{HangUp, Placed, Problem, ProblemCode};
use call::cause::{Cause, Outcome, Side};
use call::history::{Row, Status, What};
use call::ids::{CallId, TelnyxIds};
use reqwest::{Method, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::harness::{Browser, Live, Server, Setup, event, fact};
use crate::telnyx::{APPLICATION, Telnyx};

/// A server with a program that has a token, and the demo agent's page.
async fn crm(server: &Server) -> String {
    let (code, said) = server.tono(&["program", "add", "crm"], "").await;
    assert_eq!(code, Some(0), "{said}");
    said.trim().rsplit(' ').next().unwrap().to_owned()
}

async fn asks(server: &Server, token: &str, agent: &str, to: &str) -> Response {
    let request = server.request(Method::POST, &format!("/api/agents/{agent}/calls"));
    let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    request.json(&json!({ "to": to })).send().await.unwrap()
}

async fn problem(answer: Response) -> (StatusCode, ProblemCode) {
    (answer.status(), answer.json::<Problem>().await.unwrap().code)
}

/// The next row on a page's stream that a program asked for and nobody expects.
async fn asked(live: &mut Live) -> Row {
    loop {
        let (_, row) = live.next().await.unwrap();
        if row.asked_by.is_some() && row.expected_at.is_none() && !row.is_over() {
            return row;
        }
    }
}

/// An event of one of the legs that were dialled: the first is the agent's, the second the customer's.
fn of_leg(telnyx: &Telnyx, name: &str, number: usize) -> Value {
    let dials: Vec<Value> = {
        let script = telnyx.script();
        let dials = script.commanded.iter().filter(|(name, _)| name == "dial");
        dials.map(|(_, body)| body.clone()).collect()
    };
    let mut event = event(name, &format!("dialled-{number}"));
    let payload = &mut event["data"]["payload"];
    payload["client_state"] = dials[number - 1]["client_state"].clone();
    payload["connection_id"] = APPLICATION.into();
    payload["to"] = dials[number - 1]["to"].clone();
    event
}

/// A call that was asked for, as far as the agent's browser being called.
async fn expected(server: &Server, telnyx: &Telnyx, browser: &Browser<'_>, token: &str) -> CallId {
    let mut live = browser.listens(server.latest(browser).await).await;
    let page = async {
        let row = asked(&mut live).await;
        assert_eq!(row.asked_by.as_deref(), Some("crm"));
        assert_eq!(
            browser.states(&row.id, vec![fact(1, What::Expecting)]).await.status(),
            StatusCode::NO_CONTENT
        );
    };
    let (answer, ()) = tokio::join!(asks(server, token, "demo", "+12025550107"), page);
    assert_eq!(answer.status(), StatusCode::CREATED);
    telnyx.commands(1).await;
    answer.json::<Placed>().await.unwrap().id
}

#[tokio::test]
async fn the_agent_is_called_first_and_then_the_number() {
    let telnyx = Telnyx::start().await;
    let server = Setup::controlled(&telnyx).start().await;
    let browser = server.demo_agent().await;
    server.knows_credentials().await;
    let token = crm(&server).await;
    let id = expected(&server, &telnyx, &browser, &token).await;
    {
        let script = telnyx.script();
        let (_, dial) = &script.commanded[0];
        assert!(dial["to"].as_str().unwrap().starts_with("sip:gencred"), "{dial}");
        assert_eq!(
            dial["custom_headers"],
            json!([{ "name": "X-Tono-Call", "value": id.as_str() }])
        );
        assert!(dial.get("record").is_none() && dial.get("link_to").is_none());
    }
    server.hears(&of_leg(&telnyx, "call.initiated", 1)).await;
    server.hears(&of_leg(&telnyx, "call.answered", 1)).await;
    telnyx.commands(2).await;
    let row = browser.row(&id).await;
    assert_eq!(
        (row.status, row.answered_at),
        (Status::Initiated, None),
        "nobody there has answered"
    );
    {
        let script = telnyx.script();
        let (_, dial) = &script.commanded[1];
        assert_eq!(
            (&dial["to"], &dial["link_to"]),
            (&json!("+12025550107"), &json!("v3:dialled-1"))
        );
    }
    server.hears(&of_leg(&telnyx, "call.answered", 2)).await;
    assert_eq!(telnyx.commands(3).await[2], "v3:dialled-1 bridge");
    let mut hangup = of_leg(&telnyx, "call.hangup", 2);
    hangup["data"]["payload"]["hangup_source"] = "callee".into();
    server.hears(&hangup).await;
    assert_eq!(telnyx.commands(4).await[3], "v3:dialled-1 hangup");
    let row = browser.row(&id).await;
    assert_eq!((row.outcome, row.ended_by), (Some(Outcome::Answered), Some(Side::Them)));
    assert!(row.answered_at.is_some());
}

#[tokio::test]
async fn the_sdks_name_for_it_is_another_name_of_the_row() {
    let telnyx = Telnyx::start().await;
    let server = Setup::controlled(&telnyx).start().await;
    let browser = server.demo_agent().await;
    server.knows_credentials().await;
    let token = crm(&server).await;
    let id = expected(&server, &telnyx, &browser, &token).await;
    let sdk = CallId("sdk-1".to_owned());
    let from = call::party::Party::Withheld;
    let offered = fact(2, What::Offered { call: sdk.clone(), from });
    assert_eq!(browser.states(&id, vec![offered]).await.status(), StatusCode::NO_CONTENT);
    let mut active = fact(3, What::Active);
    active.ids =
        TelnyxIds { call_leg_id: Some("the browser's own".to_owned()), ..TelnyxIds::default() };
    assert_eq!(browser.states(&sdk, vec![active]).await.status(), StatusCode::NO_CONTENT);
    let row = browser.row(&id).await;
    assert_eq!((row.aliases, row.status), (vec![sdk], Status::Answered));
    assert_eq!(row.rang_at, None, "that it rang here is no ringing there");
    assert_eq!(browser.calls("").await.rows.len(), 1);
}

#[tokio::test]
async fn an_agent_who_is_not_there_or_on_a_call_is_a_clear_answer() {
    let telnyx = Telnyx::start().await;
    let server = Setup::controlled(&telnyx).start().await;
    let browser = server.demo_agent().await;
    server.knows_credentials().await;
    let token = crm(&server).await;

    // Nobody's page says a word.
    let absent = problem(asks(&server, &token, "demo", "+12025550107").await).await;
    assert_eq!(absent, (StatusCode::CONFLICT, ProblemCode::AgentAbsent));
    let row = browser.calls("").await.rows.remove(0);
    assert_eq!((row.outcome, row.cause), (Some(Outcome::Failed), Some(Cause::NoAgent)));
    // A page that comes too late changes nothing.
    browser.states(&row.id, vec![fact(1, What::Expecting)]).await;

    let mut live = browser.listens(server.latest(&browser).await).await;
    let page = async {
        let row = asked(&mut live).await;
        let busy = What::Ended { cause: Cause::AgentBusy, by: Side::Network };
        browser.states(&row.id, vec![fact(1, busy)]).await;
    };
    let (answer, ()) = tokio::join!(asks(&server, &token, "demo", "+12025550107"), page);
    assert_eq!(problem(answer).await, (StatusCode::CONFLICT, ProblemCode::AgentBusy));
    assert_eq!(telnyx.asked("POST /calls"), 0, "nobody was called");
}

#[tokio::test]
async fn an_agents_browser_that_does_not_answer_has_nobody_called() {
    let telnyx = Telnyx::start().await;
    let server = Setup::controlled(&telnyx).start().await;
    let browser = server.demo_agent().await;
    server.knows_credentials().await;
    let token = crm(&server).await;
    let id = expected(&server, &telnyx, &browser, &token).await;
    let mut hangup = of_leg(&telnyx, "call.hangup", 1);
    hangup["data"]["payload"]["hangup_cause"] = "timeout".into();
    server.hears(&hangup).await;
    let row = browser.waits_for(&id, Row::is_over).await;
    assert_eq!((row.outcome, row.cause), (Some(Outcome::Failed), Some(Cause::NoAgent)));
    assert_eq!(telnyx.asked("POST /calls"), 1);
}

#[tokio::test]
async fn what_a_browser_dials_under_such_an_id_is_hung_up() {
    let telnyx = Telnyx::start().await;
    let server = Setup::controlled(&telnyx).start().await;
    let browser = server.demo_agent().await;
    server.knows_credentials().await;
    let token = crm(&server).await;
    let id = expected(&server, &telnyx, &browser, &token).await;
    server.hears(&crate::harness::event_of("call.initiated.parked", "a", &id)).await;
    assert_eq!(telnyx.commands(2).await[1], "v3:a hangup");
}

#[tokio::test]
async fn a_program_sees_and_hangs_up_what_it_asked_for() {
    let telnyx = Telnyx::start().await;
    let server = Setup::controlled(&telnyx).start().await;
    let browser = server.demo_agent().await;
    server.knows_credentials().await;
    let token = crm(&server).await;
    let id = expected(&server, &telnyx, &browser, &token).await;
    let with_token = async |method: Method, path: &str| {
        let request = server.request(method, &format!("/api/agents/demo/calls/{id}{path}"));
        request.header(header::AUTHORIZATION, format!("Bearer {token}")).send().await.unwrap()
    };
    assert_eq!(with_token(Method::GET, "").await.json::<Row>().await.unwrap().id, id);
    let said: HangUp = with_token(Method::POST, "/hangup").await.json().await.unwrap();
    assert_eq!(said, HangUp::Asked);
    assert_eq!(telnyx.commands(2).await[1], "v3:dialled-1 hangup");
}

#[tokio::test]
async fn only_a_program_with_a_token_may_ask_and_only_for_what_agents_may_call() {
    let telnyx = Telnyx::start().await;
    let server = Setup::controlled(&telnyx).with("TONO_ALLOWED_PREFIXES", "+1").start().await;
    server.demo_agent().await;
    server.knows_credentials().await;
    let token = crm(&server).await;
    let refused = async |token: &str, agent: &str, to: &str| {
        problem(asks(&server, token, agent, to).await).await
    };
    let nobody = (StatusCode::UNAUTHORIZED, ProblemCode::NotSignedIn);
    for wrong in ["", "tono_", "tono_0000", &token.to_uppercase()] {
        assert_eq!(refused(wrong, "demo", "+12025550107").await, nobody, "{wrong}");
    }
    let unknown = (StatusCode::NOT_FOUND, ProblemCode::NotFound);
    assert_eq!(refused(&token, "nobody", "+12025550107").await, unknown);
    let country = (StatusCode::FORBIDDEN, ProblemCode::CountryNotAllowed);
    assert_eq!(refused(&token, "demo", "+34910123456").await, country);
    let no_number = (StatusCode::UNPROCESSABLE_ENTITY, ProblemCode::NotANumber);
    assert_eq!(refused(&token, "demo", "call me").await, no_number);
    server.tono(&["program", "remove", "crm"], "").await;
    assert_eq!(refused(&token, "demo", "+12025550107").await, nobody);

    let direct = Setup::demo(&telnyx).start().await;
    direct.demo_agent().await;
    let token = crm(&direct).await;
    let answer = problem(asks(&direct, &token, "demo", "+12025550107").await).await;
    assert_eq!(answer, (StatusCode::CONFLICT, ProblemCode::NotControlled));
    tokio::time::timeout(Duration::from_secs(20), direct.stop()).await.unwrap();
}
