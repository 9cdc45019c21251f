//! What one may ask of the log, as it stands in the address.

use call::log::Direction;
use call::time::Millis;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::agent::{Caller, Role};
use crate::calls::read_cursor;
use crate::error::ApiError;
use crate::store::{Cursor, Filter};

/// How many calls a page has, unless asked otherwise, and at most.
const ENTRIES: u16 = 50;
const MOST_ENTRIES: u16 = 200;

/// The longest text that is searched for, in characters.
const LONGEST: usize = 100;

/// The parameters as they came.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// Digits that stand together in the far end's number; signs between them do not count.
    number: Option<String>,
    agent: Option<String>,
    direction: Option<Direction>,
    /// As in the row: `answered`, `busy`, …
    outcome: Option<String>,
    /// The first day, as `2026-11-01`, in the configured time zone.
    #[schemars(with = "Option<String>")]
    from: Option<Date>,
    /// The last day.
    #[schemars(with = "Option<String>")]
    to: Option<Date>,
    recorded: Option<bool>,
    /// Something in the notes, tags or disposition.
    text: Option<String>,
    before: Option<String>,
    limit: Option<u16>,
}

/// The parameters as they are meant.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Meant {
    pub(super) filter: Filter,
    pub(super) before: Option<Cursor>,
    pub(super) limit: u16,
    /// The days asked for.
    pub(super) from: Option<Date>,
    pub(super) to: Option<Date>,
}

impl Asked {
    /// Reads what is asked, for who asks: an agent sees the own calls only.
    pub(super) fn read(self, caller: &Caller, zone: &TimeZone) -> Result<Meant, ApiError> {
        let agent = match (caller.role, text(self.agent, "agent")?) {
            (Role::Agent, Some(agent)) if agent != caller.agent => {
                return Err(ApiError::NotAllowed);
            }
            (Role::Agent, _) => Some(caller.agent.clone()),
            (Role::Supervisor | Role::Admin, agent) => agent,
        };
        let number = text(self.number, "number")?;
        if number.as_ref().is_some_and(|number| !number.chars().any(|c| c.is_ascii_digit())) {
            return Err(ApiError::BadRequest("number has no digit".to_owned()));
        }
        if let (Some(from), Some(to)) = (self.from, self.to)
            && from > to
        {
            return Err(ApiError::BadRequest("from is after to".to_owned()));
        }
        let until = self.to.map(|to| {
            to.tomorrow().map_err(|_| ApiError::BadRequest("to is too late a day".to_owned()))
        });
        Ok(Meant {
            filter: Filter {
                agent,
                number,
                direction: self.direction,
                outcome: text(self.outcome, "outcome")?,
                from: self.from.map(|day| midnight(day, zone)).transpose()?,
                until: until.transpose()?.map(|day| midnight(day, zone)).transpose()?,
                recorded: self.recorded,
                text: text(self.text, "text")?,
            },
            before: self.before.as_deref().map(read_cursor).transpose()?,
            limit: self.limit.unwrap_or(ENTRIES).clamp(1, MOST_ENTRIES),
            from: self.from,
            to: self.to,
        })
    }
}

/// A text to search for; an empty one is none.
fn text(given: Option<String>, name: &str) -> Result<Option<String>, ApiError> {
    let Some(text) = given else { return Ok(None) };
    let text = text.trim();
    if text.chars().count() > LONGEST || text.contains('\0') {
        return Err(ApiError::BadRequest(format!("{name} is too long or no text")));
    }
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}

/// When a day begins: midnight, or the first moment after where the clocks leave it out.
pub(super) fn midnight(day: Date, zone: &TimeZone) -> Result<Millis, ApiError> {
    let begins = day
        .to_zoned(zone.clone())
        .map_err(|_| ApiError::BadRequest("a day is out of range".to_owned()))?;
    Ok(Millis(u64::try_from(begins.timestamp().as_millisecond()).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use call::time::Millis;
    use jiff::tz::TimeZone;

    use super::Asked;
    use crate::agent::{Caller, Role};

    fn caller(role: Role) -> Caller {
        Caller { agent: "ann".to_owned(), role, digest: [0; 32], expires_at: Millis(0) }
    }

    #[test]
    fn an_agent_is_shown_the_own_calls_and_a_supervisor_whose_are_asked_for() {
        let zone = TimeZone::UTC;
        let of = |agent: Option<&str>, role| {
            let asked = Asked { agent: agent.map(str::to_owned), ..Asked::default() };
            asked.read(&caller(role), &zone).map(|meant| meant.filter.agent).ok()
        };
        assert_eq!(of(None, Role::Agent), Some(Some("ann".to_owned())));
        assert_eq!(of(Some("ann"), Role::Agent), Some(Some("ann".to_owned())));
        assert_eq!(of(Some("bob"), Role::Agent), None);
        assert_eq!(of(None, Role::Supervisor), Some(None));
        assert_eq!(of(Some("bob"), Role::Supervisor), Some(Some("bob".to_owned())));
    }

    #[test]
    fn a_day_is_one_of_the_configured_zone() {
        let zone = TimeZone::get("America/New_York").ok();
        let day = jiff::civil::date(2026, 11, 1);
        let asked = Asked { from: Some(day), to: Some(day), ..Asked::default() };
        let meant = zone.and_then(|zone| asked.read(&caller(Role::Admin), &zone).ok());
        let hours = meant
            .and_then(|meant| Some((meant.filter.until?.0 - meant.filter.from?.0) / 3_600_000));
        assert_eq!(hours, Some(25), "the clocks went back on that day");
    }
}
