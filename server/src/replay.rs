//! `tono replay FILE`: takes the phone through what pages wrote down of a call, and says what they showed.

use std::fmt::Write as _;
use std::path::Path;

use call::time::Millis;
use call::timeline::replay::{NoReplay, Replay, Shown, Standing};
use call::timeline::{Export, Page};

/// Why a file cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The words behind `tono replay` are not one file.
    #[error("usage: tono replay FILE")]
    Usage,
    /// There is no such file, or it may not be read.
    #[error("{0} cannot be read: {1}")]
    File(String, std::io::Error),
    /// It is no timeline that this program wrote.
    #[error("{0} is no timeline: {1}")]
    Content(String, serde_json::Error),
    /// It is one of another version, or it lacks its beginning.
    #[error("{0} cannot be replayed: {1}")]
    NoReplay(String, NoReplay),
}

/// The screens and the states that the words' file leads to, one a line, each with its seconds since the page began to
/// write.
pub fn tell(words: &[String]) -> Result<String, ReplayError> {
    let [file] = words else { return Err(ReplayError::Usage) };
    let bytes =
        std::fs::read(Path::new(file)).map_err(|error| ReplayError::File(file.clone(), error))?;
    let export: Export = serde_json::from_slice(&bytes)
        .map_err(|error| ReplayError::Content(file.clone(), error))?;
    let replays = export.replay().map_err(|why| ReplayError::NoReplay(file.clone(), why))?;
    let mut told = format!("call {}\n", export.row.id);
    for (page, replay) in export.pages.iter().zip(&replays) {
        tell_page(&mut told, page, replay);
    }
    Ok(told.trim_end().to_owned())
}

fn tell_page(told: &mut String, page: &Page, replay: &Replay) {
    let shows = replay.screens.iter().map(|(at, shown)| (*at, 0, screen_words(*shown)));
    let stands = replay.standings.iter().map(|(at, standing)| (*at, 1, standing_words(*standing)));
    let mut lines: Vec<(Millis, u8, &str)> = shows.chain(stands).collect();
    lines.sort_by_key(|(at, kind, _)| (*at, *kind));
    let begin = lines.first().map(|(at, ..)| *at).unwrap_or_default();
    // Writing to a String cannot fail.
    let _ =
        writeln!(told, "page {}, its clock {} ms ahead of the server's", page.page, page.ahead_ms);
    for (at, _, words) in lines {
        let _ = writeln!(told, "{} {words}", seconds(at.since(begin)));
    }
    match replay.talked_ms {
        Some(ms) => drop(writeln!(told, "talked {}", seconds(ms).trim_start())),
        None => told.push_str("talked not at all, or not to the end here\n"),
    }
    if !replay.whole {
        let (entries, batches) = (page.dropped, page.missing);
        let _ = writeln!(
            told,
            "{entries} entries and {batches} batches are missing: it may have been otherwise"
        );
    }
}

fn seconds(ms: u64) -> String {
    format!("{:>6}.{:03} s", ms / 1_000, ms % 1_000)
}

/// As the page calls the screen.
const fn screen_words(shown: Shown) -> &'static str {
    match shown {
        Shown::Dialer => "screen Dialer",
        Shown::Calling => "screen Calling",
        Shown::InCall => "screen In call",
        Shown::Ended => "screen Call ended",
    }
}

const fn standing_words(standing: Standing) -> &'static str {
    match standing {
        Standing::Calling => "call dialled",
        Standing::Ringing => "call ringing there",
        Standing::RingsHere => "call ringing here",
        Standing::Talking => "call in talk",
        Standing::Held => "call on hold",
        Standing::Over => "call over",
    }
}
