//! `GET /api/log/totals`: the calls of each day.

use axum::Json;
use axum::extract::{Query, State};
use call::log::{Day, Totals};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::query::{Asked, midnight};
use crate::agent::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::store::Quarter;

/// How many days are counted, unless asked otherwise, and at most.
const DAYS: i32 = 30;
const MOST_DAYS: i32 = 366;

pub(super) async fn count(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Json<Totals>, ApiError> {
    let zone = &app.config.zone;
    let mut meant = asked.read(&caller, zone)?;
    let refuse = |why: &str| ApiError::BadRequest(why.to_owned());
    let today = date_of(i64::try_from(app.clock.now().0).unwrap_or(0), zone);
    let to = meant.to.unwrap_or(today);
    let span = jiff::Span::new().days(DAYS - 1);
    let from = match meant.from {
        Some(from) => from,
        None => to.checked_sub(span).map_err(|_| refuse("to is too early a day"))?,
    };
    let days = (to - from).get_days();
    if !(0..MOST_DAYS).contains(&days) {
        return Err(refuse("from has to be before to, by at most 366 days"));
    }
    meant.filter.from = Some(midnight(from, zone)?);
    let after = to.tomorrow().map_err(|_| refuse("to is too late a day"))?;
    meant.filter.until = Some(midnight(after, zone)?);
    let quarters = app.store.quarters(&meant.filter).await?;
    Ok(Json(Totals {
        zone: zone.iana_name().unwrap_or("UTC").to_owned(),
        days: by_day(&quarters, from, to, zone),
    }))
}

/// The day a moment is on.
fn date_of(millis: i64, zone: &TimeZone) -> Date {
    let moment = Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH);
    zone.to_datetime(moment).date()
}

/// Adds up the quarters of an hour; every day from the first to the last is there.
fn by_day(quarters: &[Quarter], from: Date, to: Date, zone: &TimeZone) -> Vec<Day> {
    let mut quarters = quarters.iter().peekable();
    let mut days = Vec::new();
    for date in from.series(jiff::Span::new().days(1)).take_while(|date| *date <= to) {
        let mut day = Day { date: date.to_string(), calls: 0, answered: 0, talk_ms: 0, held_ms: 0 };
        let of_the_day =
            |quarter: &&Quarter| date_of(i64::try_from(quarter.at.0).unwrap_or(0), zone) <= date;
        while let Some(quarter) = quarters.next_if(of_the_day) {
            day.calls += quarter.calls;
            day.answered += quarter.answered;
            day.talk_ms += quarter.talk_ms;
            day.held_ms += quarter.held_ms;
        }
        days.push(day);
    }
    days
}

#[cfg(test)]
mod tests {
    use call::time::Millis;
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::by_day;
    use crate::store::Quarter;

    #[test]
    fn a_call_counts_on_the_day_of_the_zone() {
        // 2026-11-21, 18:30 in Kathmandu, which is 5 h 45 min ahead: 12:45 UTC; and 23:45 there, 15 minutes before the day ends.
        let at = |minutes: u64| Quarter {
            at: Millis(1_795_219_200_000 + minutes * 60_000),
            calls: 1,
            answered: 1,
            talk_ms: 1_000,
            held_ms: 0,
        };
        let quarters = [at(12 * 60 + 45), at(18 * 60), at(18 * 60 + 15)];
        let zone = TimeZone::get("Asia/Kathmandu").unwrap_or(TimeZone::UTC);
        let days = by_day(&quarters, date(2026, 11, 20), date(2026, 11, 22), &zone);
        let counted: Vec<(&str, u64)> =
            days.iter().map(|day| (day.date.as_str(), day.calls)).collect();
        assert_eq!(counted, [("2026-11-20", 0), ("2026-11-21", 2), ("2026-11-22", 1)]);
    }
}
