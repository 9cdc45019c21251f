//! Fragments of numbers and of texts, found among very many calls.
//!
//! Numbers and words are kept once with all their endings, so the few that have a fragment are looked up by index, and
//! by them the few calls. Where a fragment is in many, the latest calls are looked through: some of those are soon enough.

use super::sql::Sql;
use super::words::words;
use super::{Store, StoreError};

/// How many numbers or words with a fragment are few.
const FEW: i64 = 200;

/// How many calls are few: so many are looked up one by one, and sorted.
const FEW_CALLS: i64 = 1_000;

/// What a fragment was looked up to be in.
enum Found {
    /// In these.
    Few(Vec<String>),
    /// In many.
    Many,
}

impl Found {
    fn of(found: Vec<String>, few: i64) -> Self {
        if i64::try_from(found.len()).unwrap_or(i64::MAX) > few {
            Self::Many
        } else {
            Self::Few(found)
        }
    }
}

/// The text for `like`, in which the text's own wild cards stand for themselves.
fn anywhere(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

/// Adds `in (…)` with these values.
fn among(sql: &mut Sql, values: Vec<String>) {
    sql.push(" in (null");
    for value in values {
        sql.push(", ").bind(value);
    }
    sql.push(")");
}

impl Store {
    /// Asks for calls whose far end's number has these digits in it.
    pub(super) async fn restrict_number(
        &self,
        sql: &mut Sql,
        fragment: &str,
    ) -> Result<(), StoreError> {
        // The fragment with something behind it that is larger than any digit ends the range it begins.
        let mut parts = Sql::new("select distinct number from number_parts where part >= ");
        parts.bind(fragment).push(" and part < ").bind(format!("{fragment}:"));
        let numbers = self.few(parts, FEW).await?;
        let Found::Few(numbers) = Found::of(numbers, FEW) else {
            sql.push(" and number like ").bind(anywhere(fragment)).push(" escape '\\'");
            return Ok(());
        };
        let mut count = Sql::new("select count(*) from (select 1 from call_logs where number");
        among(&mut count, numbers.clone());
        count.push(" limit ").bind(FEW_CALLS + 1).push(") as few");
        let (calls,): (i64,) = count.query_as().fetch_one(&self.database.readers).await?;
        // Of many calls the latest are wanted: not by the index of numbers, after which all would have to be sorted.
        sql.push(if calls > FEW_CALLS { " and coalesce(number, '')" } else { " and number" });
        among(sql, numbers);
        Ok(())
    }

    /// Asks for calls beside which this is written, in small letters.
    pub(super) async fn restrict_text(&self, sql: &mut Sql, text: &str) -> Result<(), StoreError> {
        // The first half is what the index is made for.
        sql.push(" and written <> '' and written like ").bind(anywhere(text)).push(" escape '\\'");
        let mut fewest: Option<Vec<String>> = None;
        for word in words(text) {
            let Found::Few(calls) = self.calls_with_word(&word).await? else { continue };
            if fewest.as_ref().is_none_or(|known| calls.len() < known.len()) {
                fewest = Some(calls);
            }
        }
        if let Some(calls) = fewest {
            sql.push(" and id");
            among(sql, calls);
        }
        Ok(())
    }

    /// The calls beside which a word with this fragment is written.
    async fn calls_with_word(&self, fragment: &str) -> Result<Found, StoreError> {
        let mut parts = Sql::new("select distinct word from word_parts where part >= ");
        parts.bind(fragment).push(" and part < ").bind(format!("{fragment}{}", char::MAX));
        let words = self.few(parts, FEW).await?;
        let Found::Few(words) = Found::of(words, FEW) else { return Ok(Found::Many) };
        let mut calls = Sql::new("select distinct call_id from call_words where word");
        among(&mut calls, words);
        let calls = self.few(calls, FEW_CALLS).await?;
        Ok(Found::of(calls, FEW_CALLS))
    }

    /// What a question for texts finds, and one more than are few if there are so many.
    async fn few(&self, mut question: Sql, few: i64) -> Result<Vec<String>, StoreError> {
        question.push(" limit ").bind(few + 1);
        let found: Vec<(String,)> = question.query_as().fetch_all(&self.database.readers).await?;
        Ok(found.into_iter().map(|(text,)| text).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::anywhere;

    #[test]
    fn the_wild_cards_of_a_text_stand_for_themselves() {
        assert_eq!(anywhere("50%_\\"), "%50\\%\\_\\\\%");
    }
}
