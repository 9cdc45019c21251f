//! What a search costs, counted: the steps of SQLite's machine, which no load of this computer changes.
//!
//! Every question of the log is asked among some calls and among five times as many; it may not cost more.
#![allow(clippy::unwrap_used, reason = "a question that cannot be asked is a failed test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use call::history::Row;
use call::ids::CallId;
use call::log::Direction;
use call::time::Millis;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
use uuid::Uuid;

use super::sql::{Value, asked};
use super::{Cursor, Filter, Store};
use crate::agent::Role;

/// How many calls there are, first and then.
const SOME: u64 = 12_000;
const MORE: u64 = 60_000;

/// How much more it may cost among more: an index of five times the calls is a step deeper.
const GROWTH: f64 = 1.3;

/// What each call that is found beside those found before may cost.
const EACH: usize = 30;

/// A database that goes when it is dropped.
struct Place(std::path::PathBuf);

impl Place {
    fn url(&self) -> String {
        format!("sqlite:{}?mode=rwc", self.0.join("cost.db").display())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // What cannot be removed is the system's to clean up.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A question of the log.
struct Question {
    what: &'static str,
    filter: Filter,
    /// Whether the page after the first is asked for, from the middle of all calls.
    later: bool,
}

fn questions(calls: u64) -> Vec<Question> {
    let ask = |what, filter| Question { what, filter, later: false };
    let text = |text: &str| Some(text.to_owned());
    let number = |digits| Filter { number: text(digits), ..Filter::default() };
    let written = |words| Filter { text: text(words), ..Filter::default() };
    let at = |call: u64| Some(Millis(1_700_000_000_000 + call * 60_000));
    vec![
        ask("the first page", Filter::default()),
        Question { what: "a later page", filter: Filter::default(), later: true },
        ask("an agent's calls", Filter { agent: text("demo"), ..Filter::default() }),
        ask(
            "the calls of one who seldom calls",
            Filter { agent: text("rare"), ..Filter::default() },
        ),
        ask("a whole number", number("12020007107")),
        ask("a frequent fragment", number("1202")),
        ask("a fragment of no number", number("99999")),
        ask("numbers that call all the time", number("34911")),
        ask("a word in many notes", written("offer")),
        ask("a word in one old note", written("zanzibar")),
        ask("the middle of it", written("anziba")),
        ask("several words of it", written("offer to zanzibar")),
        ask("a word in no note", written("atlantis")),
        ask("a rare outcome", Filter { outcome: text("no_microphone"), ..Filter::default() }),
        ask("a frequent outcome", Filter { outcome: text("answered"), ..Filter::default() }),
        ask("calls in", Filter { direction: Some(Direction::Incoming), ..Filter::default() }),
        ask("what can be heard", Filter { recorded: Some(true), ..Filter::default() }),
        ask("what cannot be heard", Filter { recorded: Some(false), ..Filter::default() }),
        ask(
            "a day",
            Filter { from: at(calls / 2), until: at(calls / 2 + 1440), ..Filter::default() },
        ),
    ]
}

async fn fill(database: &mut SqliteConnection, from: u64, to: u64) {
    let row = Row::fold(CallId("x".to_owned()), []);
    let row = serde_json::to_string(&row).unwrap().replace('\'', "''");
    let all = include_str!("../../tests/many-calls.sql");
    let all = all.replace("{from}", &from.to_string()).replace("{to}", &to.to_string());
    database.execute("begin").await.unwrap();
    for statement in all.replace("{row}", &row).split("\n--\n") {
        database.execute(AssertSqlSafe(statement.to_owned())).await.unwrap();
    }
    database.execute("commit").await.unwrap();
}

/// How many steps SQLite's machine takes for a statement, and how it means to find what is asked.
async fn cost(database: &mut SqliteConnection, text: &str, values: &[Value]) -> (u64, String) {
    let steps = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&steps);
    database.lock_handle().await.unwrap().set_progress_handler(1, move || {
        counted.fetch_add(1, Ordering::Relaxed);
        true
    });
    let bound = |text: String| {
        values.iter().fold(sqlx::query(AssertSqlSafe(text)), |query, value| match value {
            Value::Integer(value) => query.bind(*value),
            Value::Text(value) => query.bind(value.clone()),
        })
    };
    database.fetch_all(bound(text.to_owned())).await.unwrap();
    database.lock_handle().await.unwrap().remove_progress_handler();
    let plan = database.fetch_all(bound(format!("explain query plan {text}"))).await.unwrap();
    let plan: Vec<String> = plan.iter().map(|step| sqlx::Row::get(step, "detail")).collect();
    (steps.load(Ordering::Relaxed), plan.join("; "))
}

/// What a question costs, and what for.
struct Cost {
    steps: u64,
    /// How many calls it finds.
    found: usize,
    /// How they are found.
    plan: String,
}

async fn costs(store: &Store, database: &mut SqliteConnection, calls: u64) -> Vec<Cost> {
    let mut costs = Vec::new();
    for Question { filter, later, .. } in questions(calls) {
        let middle = Millis(1_700_000_000_000 + calls / 2 * 60_000);
        let before = later.then(|| Cursor { placed_at: middle, id: CallId("y".to_owned()) });
        asked::take();
        let found = store.find(&filter, before.as_ref(), 50).await.unwrap().0.len();
        let (mut steps, mut plans) = (0, Vec::new());
        for (text, values) in asked::take() {
            let (more, plan) = cost(database, &text, &values).await;
            steps += more;
            plans.push(plan);
        }
        costs.push(Cost { steps, found, plan: plans.join(" | ") });
    }
    costs
}

#[tokio::test]
async fn a_search_among_five_times_the_calls_takes_no_more_steps_for_each_that_it_finds() {
    let place = Place(std::env::temp_dir().join(format!("tono-{}", Uuid::new_v4())));
    std::fs::create_dir(&place.0).unwrap();
    let store = Store::open(&place.url()).await.unwrap();
    for agent in ["demo", "rare"] {
        store.ensure_agent(agent, Role::Agent).await.unwrap();
    }
    let mut database = SqliteConnection::connect(&place.url()).await.unwrap();
    database.execute("pragma synchronous = off").await.unwrap();
    fill(&mut database, 0, SOME).await;
    let few = costs(&store, &mut database, SOME).await;
    fill(&mut database, SOME, MORE).await;
    let many = costs(&store, &mut database, MORE).await;

    println!("{:35} {SOME:>8} {MORE:>8}", "steps among so many calls");
    let mut grown = Vec::new();
    for ((Question { what, .. }, few), many) in questions(MORE).into_iter().zip(few).zip(many) {
        println!("{what:35} {:>8} {:>8}  {}", few.steps, many.steps, many.plan);
        let further = many.found.saturating_sub(few.found) * EACH;
        #[expect(clippy::cast_precision_loss, reason = "far fewer steps than that")]
        if many.steps as f64 > few.steps as f64 * GROWTH + further as f64 {
            grown.push(what);
        }
    }
    assert!(grown.is_empty(), "these cost more among more calls: {grown:?}");

    // The measure sees what it is for: without the index by time the first page reads every call.
    database.execute("drop index call_logs_by_time").await.unwrap();
    let without = costs(&store, &mut database, MORE).await;
    assert!(without[0].steps > MORE, "{}", without[0].steps);
}
