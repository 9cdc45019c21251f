//! What the history costs when there is much of it, in time. `cargo nextest run -p server --run-ignored all volume` shows
//! it; that it does not grow, `store/cost.rs` counts.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::Value;
use sqlx::{AnyConnection, AssertSqlSafe};

use crate::harness::{Browser, Kind, Server, Setup};
use crate::telnyx::Telnyx;

/// How many calls there are, the second time.
const MANY: u32 = 1_000_000;
/// And the first time.
const FEW: u32 = 10_000;

/// What is asked, and of how many calls it tells at least.
const QUESTIONS: [(&str, &str, usize); 16] = [
    ("the first page", "/api/calls", 50),
    ("the first page of everybody's", "/api/log", 50),
    ("an agent's first page", "/api/log?agent=rare", 10),
    ("a whole number", "/api/log?number=2025550107", 1),
    ("a rare fragment", "/api/log?number=50107", 1),
    ("a frequent fragment", "/api/log?number=1202", 50),
    ("a fragment of no number", "/api/log?number=99999", 0),
    ("numbers that call all the time", "/api/log?number=34911", 50),
    ("a word in many notes", "/api/log?text=offer", 50),
    ("a word in one old note", "/api/log?text=zanzibar", 1),
    ("the middle of it", "/api/log?text=anziba", 1),
    ("several words of it", "/api/log?text=offer+to+zanzibar", 1),
    ("a word in no note", "/api/log?text=atlantis", 0),
    ("an outcome that is rare", "/api/log?outcome=no_microphone", 1),
    ("calls that came in", "/api/log?direction=incoming", 50),
    ("calls that can be heard", "/api/log?recorded=true", 1),
];

/// Calls as the server would have kept them, one a minute; everything beside `call_logs` that is searched too.
pub(crate) async fn fill(server: &Server, template: &Value, from: u32, to: u32) {
    let mut database = server.folder.opened().await;
    let run = async |database: &mut AnyConnection, sql: String| {
        sqlx::query(AssertSqlSafe(sql)).execute(database).await.unwrap();
    };
    let template = template.to_string().replace('\'', "''");
    let all = include_str!("../many-calls.sql");
    let all = all.replace("{from}", &from.to_string()).replace("{to}", &to.to_string());
    for pragma in ["pragma synchronous = off", "pragma cache_size = -200000", "begin"] {
        run(&mut database, pragma.to_owned()).await;
    }
    for statement in all.replace("{row}", &template).split("\n--\n") {
        run(&mut database, statement.to_owned()).await;
    }
    // What was written is not to be read out of the log of writes.
    for end in ["commit", "pragma wal_checkpoint(truncate)"] {
        run(&mut database, end.to_owned()).await;
    }
}

async fn takes(browser: &Browser<'_>, path: &str, least: usize) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let began = Instant::now();
        let answer = browser.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let answer: Value = answer.json().await.unwrap();
        best = best.min(began.elapsed());
        let found = answer.get("rows").or(answer.get("entries")).unwrap().as_array().unwrap().len();
        assert!(found >= least && (least > 0 || found == 0), "{path} found {found}");
    }
    best
}

#[tokio::test]
#[ignore = "fills a database with a million calls"]
async fn what_a_search_among_a_million_calls_costs_beside_ten_thousand() {
    match crate::DATABASE {
        Kind::Sqlite => {}
        // The statements that fill it are SQLite's.
        Kind::Postgres => return,
    }
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let sue = server.hires("sue", "supervisor").await;
    server.hires("rare", "agent").await;
    let demo = server.demo_agent().await;
    let id = demo.places("+12025550107").await;
    let template = serde_json::to_value(demo.row(&id).await).unwrap();
    let mut costs: Vec<[Duration; 2]> = vec![[Duration::ZERO; 2]; QUESTIONS.len()];
    for (which, (from, to)) in [(0, FEW), (FEW, MANY)].into_iter().enumerate() {
        fill(&server, &template, from, to).await;
        for (cost, (_, path, least)) in costs.iter_mut().zip(QUESTIONS) {
            let who = if path.starts_with("/api/log") { &sue } else { &demo };
            cost[which] = takes(who, path, least).await;
        }
    }
    println!("{:35} {FEW:>10} {MANY:>10}", "calls");
    for ([few, many], (what, path, _)) in costs.into_iter().zip(QUESTIONS) {
        println!("{what:35} {few:>10.1?} {many:>10.1?}  {path}");
    }
}
