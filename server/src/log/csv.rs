//! `GET /api/log.csv`: what is found, as comma-separated values (RFC 4180), sent while it is read.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use call::log::Entry;
use call::party::Party;
use call::time::Millis;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::query::Asked;
use crate::agent::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::store::{Cursor, Filter, word};

/// How many calls are read at a time.
const BATCH: u16 = 200;

/// The first line.
const HEAD: &str = "id,agent,direction,number,caller_id,status,outcome,cause,ended_by,placed_at,initiated_at,rang_at,\
                    answered_at,bridged_at,ended_at,rang_seconds,talk_seconds,held_seconds,recording,call_control_id,call_session_id,\
                    call_leg_id,tags,disposition,notes\r\n";

/// Where the reading is.
enum Reading {
    Begins,
    After(Cursor),
    Over,
}

pub(super) async fn carry(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<impl IntoResponse, ApiError> {
    let meant = asked.read(&caller, &app.config.zone)?;
    let state = (app, meant.filter, meant.before.map_or(Reading::Begins, Reading::After));
    let lines = futures_util::stream::unfold(state, |(app, filter, reading)| async move {
        let (lines, reading) = more(&app, &filter, reading).await?;
        Some((Ok::<Bytes, Infallible>(lines), (app, filter, reading)))
    });
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"calls.csv\""),
    ];
    Ok((headers, Body::from_stream(lines)))
}

async fn more(app: &App, filter: &Filter, reading: Reading) -> Option<(Bytes, Reading)> {
    let mut lines = String::new();
    let before = match reading {
        Reading::Begins => {
            lines.push_str(HEAD);
            None
        }
        Reading::After(cursor) => Some(cursor),
        Reading::Over => return None,
    };
    match app.store.find(filter, before.as_ref(), BATCH).await {
        Ok((entries, next)) => {
            for entry in &entries {
                line(&mut lines, entry, &app.config.zone);
            }
            Some((lines.into(), next.map_or(Reading::Over, Reading::After)))
        }
        Err(error) => {
            // The head has been sent; what remains is to say so where it is seen.
            tracing::error!("carrying away the log: {error}");
            Some(("the server failed here; its log says more\r\n".into(), Reading::Over))
        }
    }
}

fn line(lines: &mut String, entry: &Entry, zone: &TimeZone) {
    let row = &entry.row;
    let moment = |at: Option<Millis>| at.map(|at| moment(at, zone)).unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let cells = [
        row.id.as_str().to_owned(),
        written(&text(&row.agent)),
        word(&row.direction).unwrap_or_default(),
        number(row.with.as_ref()),
        text(&entry.caller_id),
        word(&row.status).unwrap_or_default(),
        row.outcome.as_ref().and_then(|outcome| word(outcome).ok()).unwrap_or_default(),
        written(&row.cause.as_ref().and_then(|cause| word(cause).ok()).unwrap_or_default()),
        row.ended_by.as_ref().and_then(|side| word(side).ok()).unwrap_or_default(),
        moment(row.placed_at),
        moment(entry.initiated_at),
        moment(row.rang_at),
        moment(row.answered_at),
        moment(row.bridged_at),
        moment(row.ended_at),
        seconds(row.rang_ms),
        seconds(row.talk_ms),
        seconds(row.held_ms),
        word(&row.recording).unwrap_or_default(),
        written(&text(&row.ids.call_control_id)),
        written(&text(&row.ids.call_session_id)),
        written(&text(&row.ids.call_leg_id)),
        written(&entry.tags.join(" ")),
        written(&text(&entry.disposition)),
        written(&entry.notes),
    ];
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            lines.push(',');
        }
        quote(lines, cell);
    }
    lines.push_str("\r\n");
}

/// The far end's number, or its name where it has none.
fn number(with: Option<&Party>) -> String {
    match with {
        Some(Party::Number(number)) => number.as_str().to_owned(),
        Some(Party::Named(name)) => written(name),
        Some(Party::Withheld) | None => String::new(),
    }
}

fn seconds(ms: Option<u64>) -> String {
    ms.map(|ms| (ms / 1000).to_string()).unwrap_or_default()
}

fn moment(at: Millis, zone: &TimeZone) -> String {
    let millis = i64::try_from(at.0).unwrap_or(i64::MAX);
    let Ok(moment) = Timestamp::from_millisecond(millis) else { return String::new() };
    moment.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// What somebody wrote: a spreadsheet must not take it for a formula.
fn written(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn quote(lines: &mut String, cell: &str) {
    if cell.contains([',', '"', '\r', '\n']) {
        lines.push('"');
        lines.push_str(&cell.replace('"', "\"\""));
        lines.push('"');
    } else {
        lines.push_str(cell);
    }
}

#[cfg(test)]
mod tests {
    use super::{HEAD, quote, written};

    #[test]
    fn a_cell_is_quoted_where_it_has_to_be() {
        let mut line = String::new();
        quote(&mut line, "say \"when\",\nthen");
        assert_eq!(line, "\"say \"\"when\"\",\nthen\"");
    }

    #[test]
    fn what_somebody_wrote_is_no_formula() {
        assert_eq!(written("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(written("call back"), "call back");
    }

    #[test]
    fn the_first_line_names_every_column() {
        assert_eq!(HEAD.split(',').count(), 25);
    }
}
