//! The words of what people wrote beside calls, kept so that a fragment of a text is found among very many.

use std::collections::BTreeSet;

use call::ids::CallId;
use sqlx::AnyConnection;

use super::StoreError;

/// The longest piece of a word that is kept as one, in characters, and how far apart two pieces of a longer word
/// begin: whatever is searched for is no longer than that, and so lies in one of them.
const LONGEST: usize = 200;
const STEP: usize = 100;

/// The words of a text that is in small letters already.
pub(super) fn words(text: &str) -> BTreeSet<String> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .flat_map(pieces)
        .collect()
}

fn pieces(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    let last = letters.len().saturating_sub(STEP).max(1);
    (0..last).step_by(STEP).map(|from| letters.iter().skip(from).take(LONGEST).collect()).collect()
}

/// Makes a call findable by the words of what is written beside it now.
pub(super) async fn write(
    tx: &mut AnyConnection,
    id: &CallId,
    written: &str,
) -> Result<(), StoreError> {
    let mut news = words(written);
    let mut gone = Vec::new();
    for word in known(tx, id).await? {
        if !news.remove(&word) {
            gone.push(word);
        }
    }
    for word in news {
        put(tx, &word).await?;
        sqlx::query("insert into call_words (word, call_id) values ($1, $2)")
            .bind(&word)
            .bind(id.as_str())
            .execute(&mut *tx)
            .await?;
    }
    forget(tx, id, gone).await
}

/// Leaves nothing of what was written beside a call.
pub(super) async fn erase(tx: &mut AnyConnection, id: &CallId) -> Result<(), StoreError> {
    let gone = known(tx, id).await?;
    forget(tx, id, gone).await
}

async fn known(tx: &mut AnyConnection, id: &CallId) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar("select word from call_words where call_id = $1")
        .bind(id.as_str())
        .fetch_all(tx)
        .await?)
}

async fn put(tx: &mut AnyConnection, word: &str) -> Result<(), StoreError> {
    let known: Option<i64> =
        sqlx::query_scalar("select 1 from word_parts where part = $1 and word = $1")
            .bind(word)
            .fetch_optional(&mut *tx)
            .await?;
    if known.is_some() {
        return Ok(());
    }
    for (start, _) in word.char_indices() {
        sqlx::query("insert into word_parts (part, word) values ($1, $2) on conflict do nothing")
            .bind(&word[start..])
            .bind(word)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

async fn forget(tx: &mut AnyConnection, id: &CallId, gone: Vec<String>) -> Result<(), StoreError> {
    for word in gone {
        sqlx::query("delete from call_words where word = $1 and call_id = $2")
            .bind(&word)
            .bind(id.as_str())
            .execute(&mut *tx)
            .await?;
        let other: Option<i64> =
            sqlx::query_scalar("select 1 from call_words where word = $1 limit 1")
                .bind(&word)
                .fetch_optional(&mut *tx)
                .await?;
        if other.is_some() {
            continue;
        }
        for (start, _) in word.char_indices() {
            sqlx::query("delete from word_parts where part = $1 and word = $2")
                .bind(&word[start..])
                .bind(&word)
                .execute(&mut *tx)
                .await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{STEP, words};

    #[test]
    fn a_text_has_its_words_each_once() {
        let found: Vec<String> = words("50% off, ángel's 50").into_iter().collect();
        assert_eq!(found, ["50", "off", "s", "ángel"]);
        assert!(words("% _ \\").is_empty());
    }

    #[test]
    fn whatever_is_as_long_as_a_search_may_be_lies_in_one_piece_of_a_long_word() {
        let letters: Vec<char> = ('a'..='z').cycle().take(1_003).collect();
        let word: String = letters.iter().collect();
        let pieces = words(&word);
        for from in 0..=letters.len() - STEP {
            let part: String = letters[from..from + STEP].iter().collect();
            assert!(pieces.iter().any(|piece| piece.contains(&part)), "at {from}");
        }
    }
}
