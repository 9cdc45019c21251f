//! Every address: who may call it, what its answers say to a browser, and how much it takes.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use server::doors::{DOORS, Door, Who, openapi, table};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::harness::{PATIENCE, Server, Setup, event_of};
use crate::openapi::Schemas;
use crate::recording::{call_that_is_over, is_ready, soon, wav};
use crate::telnyx::Telnyx;

const PASSWORD: &str = "a long password";

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Nobody,
    OtherAgent,
    Owner,
    Supervisor,
    Admin,
}

impl Role {
    const ALL: [Self; 5] =
        [Self::Nobody, Self::OtherAgent, Self::Supervisor, Self::Owner, Self::Admin];

    const fn name(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::OtherAgent => "bob",
            Self::Owner => "ann",
            Self::Supervisor => "sue",
            Self::Admin => "adam",
        }
    }

    /// What calling a door is answered with: `None` is any success.
    fn refused(self, door: &Door) -> Option<StatusCode> {
        let of_a_call = door.path.contains("{id}");
        match (door.who, self) {
            // None is set up here.
            (Who::Visitor | Who::Embedding, _) => Some(StatusCode::NOT_FOUND),
            // Nobody here can sign for Telnyx, or shows a program's token.
            (Who::Telnyx | Who::Program, _)
            | (Who::Owner | Who::Everybody | Who::Supervisor | Who::Admin, Self::Nobody) => {
                Some(StatusCode::UNAUTHORIZED)
            }
            (Who::Owner, Self::OtherAgent | Self::Supervisor | Self::Admin)
            | (Who::Everybody, Self::OtherAgent)
                if of_a_call =>
            {
                Some(StatusCode::NOT_FOUND)
            }
            (Who::Anybody | Who::Owner | Who::Everybody, _)
            | (Who::Supervisor, Self::Supervisor | Self::Admin)
            | (Who::Admin, Self::Admin) => None,
            (Who::Supervisor, Self::OtherAgent | Self::Owner)
            | (Who::Admin, Self::OtherAgent | Self::Owner | Self::Supervisor) => {
                Some(StatusCode::FORBIDDEN)
            }
        }
    }
}

fn body(door: &Door, role: Role) -> Option<Value> {
    Some(match door.takes {
        "-" => return None,
        // Nobody has no account: signing in as somebody is what it may do.
        "SignIn" if role == Role::Nobody => json!("demo"),
        "SignIn" => json!({ "password": { "name": role.name(), "password": PASSWORD } }),
        "Place" => json!({ "to": "+12025550100" }),
        "TransferTo" => json!({ "to": "+12025550100", "how": "blind" }),
        "Edit" => json!({ "notes": "noted" }),
        "Page" => json!({ "calls": [], "goes": false }),
        "Witnessed" => json!({ "facts": [] }),
        "Batch" => json!({ "page": 1, "number": 0, "entries": [] }),
        "Event" => event_of("call.answered", "x", &call::ids::CallId(String::new())),
        other => panic!("the test does not know what {other} looks like"),
    })
}

#[tokio::test]
async fn each_door_opens_for_those_the_table_names_and_for_nobody_else() {
    let telnyx = Telnyx::start().await;
    telnyx.script().audio = wav();
    telnyx.script().recordings.push(("rec-1".to_owned(), "session-a".to_owned()));
    let server = soon(Setup::demo(&telnyx)).start().await;
    for (role, word) in [
        (Role::OtherAgent, "agent"),
        (Role::Owner, "agent"),
        (Role::Supervisor, "supervisor"),
        (Role::Admin, "admin"),
    ] {
        server.hires(role.name(), word).await;
    }
    let ann = server.agent("ann", PASSWORD).await;
    let id = call_that_is_over(&server, &ann, "a").await;
    ann.waits_for(&id, |row| is_ready(&row.recording)).await;

    let schemas = Schemas::new();
    let (mut asked, mut held) = (0, BTreeSet::new());
    for door in DOORS {
        for role in Role::ALL {
            let mut path = door.path.replace("{id}", id.as_str());
            path = path.replace("{number}", "+12025550100");
            path = path.replace("{agent}", "ann");
            if door.takes == "Batch" {
                path.push_str("?sent_at=0");
            }
            if door.who == Who::Embedding {
                path.push_str("?token=x");
            }
            if door.gives == "text/html" {
                path.push_str("?width=320&behind_utc=0");
            }
            let method: Method = door.method.parse().unwrap();
            let mut request = server.request(method, &path);
            if role != Role::Nobody {
                // A session of its own: some doors end it.
                let browser = server.agent(role.name(), PASSWORD).await;
                request = request.header(header::COOKIE, browser.cookie);
            }
            if let Some(body) = body(door, role) {
                schemas.check(door.takes, &body).unwrap();
                request = request.json(&body);
            }
            let answer = request.send().await.unwrap();
            let status = answer.status();
            let case = format!("{} {} as {role:?}: {status}", door.method, door.path);
            match role.refused(door) {
                // It opens, and the call it is about is over.
                None if ["/recording/", "/transfer"]
                    .iter()
                    .any(|part| door.path.contains(part)) =>
                {
                    assert_eq!(status, StatusCode::CONFLICT, "{case}");
                }
                None => assert!(status.is_success(), "{case}"),
                Some(expected) => assert_eq!(status, expected, "{case}"),
            }
            let is_json = answer
                .headers()
                .get(header::CONTENT_TYPE)
                .is_some_and(|media| media == "application/json");
            let body = if status.is_success() { door.gives } else { "Problem" };
            if is_json && !body.contains('/') {
                let fits = schemas.check(body, &answer.json().await.unwrap());
                assert_eq!(fits, Ok(()), "{case}");
                held.insert(body);
            }
            asked += 1;
        }
    }
    println!("{} doors, {asked} calls", DOORS.len());
    let given = DOORS.iter().filter(|door| door.who != Who::Program).map(|door| door.gives);
    let given = given.filter(|body| *body != "-" && !body.contains('/'));
    assert_eq!(held, given.chain(["Problem"]).collect(), "bodies held against their schemas");
}

/// The routes in the server's source: method and path.
fn routes(folder: &Path, found: &mut BTreeSet<(String, String)>) {
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            routes(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for route in text.split(".route(").skip(1) {
            let address = route.split('"').nth(1).unwrap();
            // Up to the next route, or to the end of what is chained.
            let chain = route.split([';', '}']).next().unwrap();
            let chain =
                if address.contains('{') { route.split(';').next().unwrap() } else { chain };
            let methods = chain.split_once(',').unwrap().1;
            for method in ["get", "post", "delete", "patch", "put"] {
                if methods.contains(&format!("{method}(")) {
                    found.insert((method.to_ascii_uppercase(), address.to_owned()));
                }
            }
        }
    }
}

#[test]
fn every_route_is_in_the_table_and_the_table_in_the_docs() {
    let mut found = BTreeSet::new();
    routes(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    let doors = DOORS.iter().map(|door| (door.method.to_owned(), door.path.to_owned()));
    assert_eq!(found, doors.collect());

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/endpoints.md");
    if std::env::var_os("TONO_WRITE_DOCS").is_some() {
        std::fs::write(&path, table()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == table(),
        "docs/endpoints.md is old: TONO_WRITE_DOCS=1 cargo nextest run -p server every_route"
    );
}

#[tokio::test]
async fn the_openapi_document_has_every_door() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let answer = server.request(Method::GET, "/api/openapi.json").send().await.unwrap();
    let document: Value = answer.json().await.unwrap();
    assert_eq!(document, openapi());
    assert_eq!(document["openapi"], "3.1.0");
    for Door { method, path, .. } in DOORS {
        let operation = &document["paths"][path][method.to_ascii_lowercase()];
        assert!(operation["responses"]["2XX"]["description"].is_string(), "{method} {path}");
        let parameters = operation["parameters"].as_array().unwrap().iter();
        let named = parameters.filter(|parameter| parameter["in"] == "path");
        assert_eq!(named.count(), path.matches('{').count(), "{path}");
    }
    let operations = document["paths"].as_object().unwrap().values();
    let operations: usize = operations.map(|path| path.as_object().unwrap().len()).sum();
    assert_eq!(operations, DOORS.len());
}

#[tokio::test]
async fn every_answer_tells_the_browser_what_it_may_do_with_it() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    for path in ["/", "/api/session", "/api/nothing", "/webhooks/telnyx"] {
        let answer = server.request(Method::GET, path).send().await.unwrap();
        let head = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(head("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(head("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(head("x-frame-options"), "DENY", "{path}");
        assert_eq!(head("cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(head("permissions-policy").contains("microphone=(self)"), "{path}");
    }
    let answer = server.request(Method::GET, "/api/session").send().await.unwrap();
    assert!(
        answer.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("default-src 'none'")
    );
    assert!(
        !answer.headers().contains_key("strict-transport-security"),
        "this machine has no certificate"
    );
    let real = Setup::real().start().await;
    let answer = real.request(Method::GET, "/api/session").send().await.unwrap();
    assert!(answer.headers().contains_key("strict-transport-security"));
}

async fn raw(server: &Server) -> TcpStream {
    TcpStream::connect(server.base.trim_start_matches("http://")).await.unwrap()
}

/// What comes until the server closes the connection.
async fn rest(mut stream: TcpStream) -> String {
    let mut said = Vec::new();
    // It may be cut off rather than closed.
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut said)).await.unwrap();
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test]
async fn a_head_that_is_too_large_has_too_many_lines_or_never_ends_is_refused() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx)
        .limits(|limits| limits.head = Duration::from_millis(300))
        .start()
        .await;
    let mut stream = raw(&server).await;
    let large = format!(
        "GET /api/health HTTP/1.1\r\nhost: x\r\nx-large: {}\r\n\r\n",
        "x".repeat(64 * 1024)
    );
    // The server may close before it has read all of it.
    let _ = stream.write_all(large.as_bytes()).await;
    let said = rest(stream).await;
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 431"), "{said}");

    let mut stream = raw(&server).await;
    let many = format!("GET /api/health HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(101));
    stream.write_all(many.as_bytes()).await.unwrap();
    assert!(rest(stream).await.starts_with("HTTP/1.1 431"));

    for begun in ["", "GET /api/health HTTP/1.1\r\nhost: x\r\n"] {
        let mut stream = raw(&server).await;
        stream.write_all(begun.as_bytes()).await.unwrap();
        let said = rest(stream).await;
        assert!(!said.contains("200 OK"), "{said}");
    }
    let mut stream = raw(&server).await;
    stream
        .write_all(b"GET /api/health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    assert!(rest(stream).await.contains("200 OK"));
}

#[tokio::test]
async fn a_body_that_never_ends_is_given_up_and_one_that_is_too_large_is_refused_at_each_door() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx)
        .limits(|limits| limits.answer = Duration::from_millis(300))
        .start()
        .await;
    let cookie = server.demo_agent().await.cookie;
    let mut asked = 0;
    for Door { method, path, takes, who, .. } in DOORS {
        let path = path.replace(['{', '}'], "");
        // A program is asked for its token first.
        if *takes == "-" || *who == Who::Program {
            continue;
        }
        asked += 1;
        let head = format!(
            "{method} {path}?sent_at=0 HTTP/1.1\r\nhost: x\r\ncookie: {cookie}\r\ncontent-type: application/json\r\n\
             connection: close\r\ncontent-length: "
        );
        let mut stream = raw(&server).await;
        stream.write_all(format!("{head}100\r\n\r\n{{").as_bytes()).await.unwrap();
        let said = rest(stream).await;
        assert!(said.starts_with("HTTP/1.1 503"), "{method} {path}: {said}");
        assert!(said.contains("took too long"), "{said}");

        let most = if *who == Who::Telnyx { 1024 * 1024 } else { 64 * 1024 };
        let mut stream = raw(&server).await;
        stream.write_all(format!("{head}{}\r\n\r\n", most + 1).as_bytes()).await.unwrap();
        // The server may close before it has read all of it.
        let _ = stream.write_all(&vec![b' '; most + 1]).await;
        let said = rest(stream).await;
        assert!(said.starts_with("HTTP/1.1 413"), "{method} {path}: {said}");
        assert!(said.contains(&format!("larger than {most} bytes")), "{said}");
    }
    assert!(asked >= 7, "doors that take a body: {asked}");
}

#[tokio::test]
async fn more_connections_than_allowed_wait_for_their_turn() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).limits(|limits| limits.connections = 2).start().await;
    let (first, second) = (raw(&server).await, raw(&server).await);
    let mut third = raw(&server).await;
    third
        .write_all(b"GET /api/health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut byte = [0];
    let early = tokio::time::timeout(Duration::from_millis(300), third.read_exact(&mut byte)).await;
    assert!(early.is_err(), "no turn yet");
    drop(first);
    tokio::time::timeout(PATIENCE, third.read_exact(&mut byte)).await.unwrap().unwrap();
    drop(second);
}
