//! What is concluded from a call's facts into columns, so that it can be searched and counted.

use call::history::{Fact, Row, What};
use call::ids::CallId;
use call::time::Millis;
use serde::Serialize;
use sqlx::AnyConnection;

use super::facts::fold;
use super::{Store, StoreError, column, to_the_end, words};

/// Which columns a row was concluded into, and by which rules; a smaller number is that of an older server.
const VERSION: i64 = 3;

/// How many rows are concluded anew in one transaction.
const BATCH: i64 = 200;

/// Writes the columns of a row, and the row as the page gets it.
pub(super) async fn write(
    tx: &mut AnyConnection,
    row: &Row,
    json: &str,
    facts: &[Fact],
) -> Result<(), StoreError> {
    let number = row.number().map(|number| digits(number.as_str()));
    let initiated = facts.iter().filter(|fact| fact.what == What::Initiated).map(|fact| fact.at);
    let moment = |at: Option<Millis>| at.map(column);
    let span = |ms: Option<u64>| ms.map(|ms| column(Millis(ms)));
    sqlx::query(
        "update call_logs set projection = $1, number = $2, outcome = $3, cause = $4, ended_by = $5,
            initiated_at = $6, rang_at = $7, answered_at = $8, bridged_at = $9, ended_at = $10, talk_ms = $11,
            call_control_id = $12, call_session_id = $13, call_leg_id = $14, direction = $15, rang_ms = $16,
            held_ms = $17, placed_at = coalesce($18, placed_at), folded = $19
         where id = $20",
    )
    .bind(VERSION)
    .bind(&number)
    .bind(row.outcome.as_ref().map(word).transpose()?)
    .bind(row.cause.as_ref().map(word).transpose()?)
    .bind(row.ended_by.as_ref().map(word).transpose()?)
    .bind(moment(initiated.min()))
    .bind(moment(row.rang_at))
    .bind(moment(row.answered_at))
    .bind(moment(row.bridged_at))
    .bind(moment(row.ended_at))
    .bind(span(row.talk_ms))
    .bind(&row.ids.call_control_id)
    .bind(&row.ids.call_session_id)
    .bind(&row.ids.call_leg_id)
    .bind(word(&row.direction)?)
    .bind(span(row.rang_ms))
    .bind(span(row.held_ms))
    .bind(moment(row.placed_at))
    .bind(json)
    .bind(row.id.as_str())
    .execute(&mut *tx)
    .await?;
    if let Some(number) = number {
        put_number(tx, &number).await?;
    }
    Ok(())
}

/// Makes a number findable by its fragments; once it is, this costs one look.
async fn put_number(tx: &mut AnyConnection, number: &str) -> Result<(), StoreError> {
    let known: Option<i64> =
        sqlx::query_scalar("select 1 from number_parts where part = $1 and number = $1")
            .bind(number)
            .fetch_optional(&mut *tx)
            .await?;
    if known.is_some() {
        return Ok(());
    }
    for start in 0..number.len() {
        sqlx::query(
            "insert into number_parts (part, number) values ($1, $2) on conflict do nothing",
        )
        .bind(&number[start..])
        .bind(number)
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

/// The digits of a number, however it is written.
pub(super) fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

/// The word an enumeration is serialised as; one that carries a text is that text.
pub(crate) fn word(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let value = serde_json::to_value(value)?;
    let carried = value.as_object().and_then(|variant| variant.iter().next());
    let word = match carried {
        Some((name, text)) => text.as_str().unwrap_or(name),
        None => value.as_str().unwrap_or_default(),
    };
    Ok(word.to_owned())
}

impl Store {
    /// Concludes anew what an older server left, a few rows at a time.
    pub(crate) async fn project_all(&self) -> Result<(), StoreError> {
        while self.project_some().await? > 0 {}
        Ok(())
    }

    async fn project_some(&self) -> Result<usize, StoreError> {
        let store = self.clone();
        to_the_end(async move {
            let mut turn = store.database.begin().await?;
            let tx = &mut *turn.tx;
            let ids: Vec<String> =
                sqlx::query_scalar("select id from call_logs where projection < $1 limit $2")
                    .bind(VERSION)
                    .bind(BATCH)
                    .fetch_all(&mut *tx)
                    .await?;
            for id in &ids {
                let (row, facts) = fold(tx, &CallId(id.clone())).await?;
                write(tx, &row, &serde_json::to_string(&row)?, &facts).await?;
                let written: String =
                    sqlx::query_scalar("select written from call_logs where id = $1")
                        .bind(id)
                        .fetch_one(&mut *tx)
                        .await?;
                words::write(tx, &row.id, &written).await?;
            }
            store.commit(turn, None).await?;
            Ok(ids.len())
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use call::cause::{Cause, Outcome};

    use super::word;

    #[test]
    fn an_enumeration_is_its_word_or_the_text_it_carries() {
        assert_eq!(word(&Outcome::NoAnswer).ok().as_deref(), Some("no_answer"));
        assert_eq!(
            word(&Cause::Other("solar_flare".to_owned())).ok().as_deref(),
            Some("solar_flare")
        );
    }
}
