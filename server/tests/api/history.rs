//! One call's facts, in any order.

use call::cause::{Cause, Outcome, Side};
use call::history::{Row, Status, What};
use call::ids::CallId;
use call::time::Millis;

use crate::harness::{Setup, event_of, fact};
use crate::telnyx::Telnyx;

/// How many things are told of one call: Telnyx's four events, then the browser's four.
const TELLINGS: usize = 8;

/// A row without what differs from call to call.
fn alike(row: Row) -> Row {
    Row { id: CallId(String::new()), placed_at: Some(Millis(0)), ..row }
}

#[tokio::test]
async fn facts_in_any_order_and_repeated_give_the_same_row() {
    let telnyx = Telnyx::start().await;
    let server = Setup::demo(&telnyx).start().await;
    let browser = server.demo_agent().await;
    let mut rows = Vec::new();
    for round in 0..24 {
        let id = browser.places("+12025550100").await;
        let events = ["call.initiated", "call.answered", "call.bridged", "call.hangup"]
            .map(|name| event_of(name, &format!("{round:02}"), &id));
        // Steps of 1, 3, 5 and 7 through eight tellings visit each of them, from another beginning every round.
        let order = (0..TELLINGS).map(|step| (round + step * (round % 4 * 2 + 1)) % TELLINGS);
        for telling in order.clone().chain(order.take(3)) {
            let what = match telling {
                4 => What::Dialled,
                5 => What::Rang,
                6 => What::Active,
                7 => What::Ended { cause: Cause::Normal, by: Side::Us },
                telnyxs => {
                    assert!(server.hears(&events[telnyxs]).await.is_success());
                    continue;
                }
            };
            let at = 1_795_251_600_000 + u64::try_from(telling).unwrap();
            assert!(browser.states(&id, vec![fact(at, what)]).await.status().is_success());
        }
        let row = browser.row(&id).await;
        assert_eq!(row.ids.call_control_id, Some(format!("v3:{round:02}")));
        rows.push(alike(Row { ids: call::ids::TelnyxIds::default(), ..row }));
    }
    let first = rows[0].clone();
    assert_eq!((first.status, first.outcome), (Status::Ended, Some(Outcome::Answered)));
    assert_eq!(first.talk_ms, Some(12_000));
    for row in rows {
        assert_eq!(row, first);
    }
}
