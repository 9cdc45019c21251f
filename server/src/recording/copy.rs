//! One attempt at a copy: a fresh link, the bytes, the store.

use std::path::Path;

use call::history::{Fact, What};
use call::ids::{CallId, TelnyxIds};
use sha2::{Digest as _, Sha256};
use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt as _;

use super::audio::{self, Audio};
use super::copies::{CopiesError, Sum};
use super::{Format, wav};
use crate::app::App;
use crate::carrier::{CarrierError, Link, LinkError};
use crate::store::{Copy, Pursuit, StoreError};
use crate::webhook::announced_links;

/// How much of the beginning is kept for reading the header, in bytes.
const HEAD: usize = 4096;

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CopyError {
    #[error("{0}")]
    Carrier(#[from] CarrierError),
    #[error("Telnyx has no link to it yet")]
    NoLink,
    #[error("{0}")]
    Link(#[from] LinkError),
    #[error("the recording is larger than {0} MiB")]
    TooLarge(u64),
    #[error("what is behind the link is neither WAV nor MP3")]
    NoAudio,
    #[error("the copy could not be stored: {0}")]
    Copies(#[from] CopiesError),
    #[error("the copy could not be written: {0}")]
    File(#[from] std::io::Error),
    #[error("the database: {0}")]
    Store(#[from] StoreError),
}

impl CopyError {
    /// Whether trying again would end the same way.
    pub(super) const fn is_final(&self) -> bool {
        match self {
            Self::Link(_) | Self::TooLarge(_) => true,
            Self::Carrier(_)
            | Self::NoLink
            | Self::NoAudio
            | Self::Copies(_)
            | Self::File(_)
            | Self::Store(_) => false,
        }
    }
}

/// What was fetched.
struct Fetched {
    format: Format,
    /// How it begins.
    head: Vec<u8>,
    bytes: u64,
    /// Of the bytes as they came, not as they were written.
    sum: Sum,
}

/// Copies the call's recording into our store and says so.
pub(super) async fn copy(app: &App, call: &Pursuit) -> Result<(), CopyError> {
    let id = &call.row.id;
    let (link, telnyxs_duration) = fresh_link(app, call).await?;
    // The same at the next attempt, which overwrites it.
    let draft = app.copies.draft(id.as_str());
    let copied = copied(app, id, &link, &draft).await;
    if copied.is_err() {
        // What is left is overwritten by the next attempt.
        let _ = fs::remove_file(&draft).await;
    }
    let (copy, duration_ms) = copied?;
    let duration_ms = duration_ms.or(telnyxs_duration);
    let what = What::RecordingStored { duration_ms, bytes: copy.bytes };
    let now = app.clock.now();
    let fact = Fact { at: now, ids: TelnyxIds::default(), what };
    if app.store.keep_copy(id, copy, Some(fact), now).await? {
        tracing::info!(call = %id, "recording stored");
    } else {
        // Erased meanwhile.
        super::remove_copies(app, id).await?;
    }
    Ok(())
}

/// Fetches, looks into it, and stores; returns what the copy is and how long it lasts if that is to be seen in it.
async fn copied(
    app: &App,
    id: &CallId,
    link: &Link,
    draft: &Path,
) -> Result<(Copy, Option<u64>), CopyError> {
    let fetched = fetch(app, link, draft).await?;
    let Fetched { format, bytes, sum, .. } = fetched;
    let (audio, duration_ms) = heard(id, draft, &fetched).await;
    app.copies.put(&format.name(id), draft, &sum).await?;
    let (channels, peaks) = audio.map_or((0, Vec::new()), |audio| (audio.channels, audio.peaks));
    Ok((Copy { format, bytes, sha256: sum, channels, peaks }, duration_ms))
}

/// Looks into a copy an older server made, which kept nothing about it but the file.
pub(super) async fn look_into(app: &App, id: &CallId) -> Result<Copy, CopiesError> {
    for format in Format::ALL {
        let name = format.name(id);
        let bytes = match app.copies.bytes(&name).await {
            Ok(bytes) => bytes,
            Err(CopiesError::Gone) => continue,
            Err(error) => return Err(error),
        };
        let sha256 = app.copies.sum(&name).await?;
        let audio = audio::listen(app.copies.path(&name), format).await.ok();
        let (channels, peaks) =
            audio.map_or((0, Vec::new()), |audio| (audio.channels, audio.peaks));
        return Ok(Copy { format, bytes, sha256, channels, peaks });
    }
    Err(CopiesError::Gone)
}

/// What the file sounds like, and how long it lasts. A file we cannot decode may still be one a browser can.
async fn heard(id: &CallId, file: &Path, fetched: &Fetched) -> (Option<Audio>, Option<u64>) {
    match audio::listen(file.to_owned(), fetched.format).await {
        Ok(audio) => {
            let duration_ms = audio.duration_ms;
            (Some(audio), Some(duration_ms))
        }
        Err(error) => {
            tracing::warn!(call = %id, "no picture of the recording: {error}");
            let duration_ms = match fetched.format {
                Format::Wav => wav::duration_ms(&fetched.head, fetched.bytes),
                Format::Mp3 => None,
            };
            (None, duration_ms)
        }
    }
}

/// A link that has just been made, and how long Telnyx says the recording lasts.
async fn fresh_link(app: &App, call: &Pursuit) -> Result<(Link, Option<u64>), CopyError> {
    let found = match call.recording_ids.first() {
        Some(id) => Some(app.carrier.recording(id).await?),
        None => app.carrier.recording_of(&call.row.ids, app.config.ours()).await?,
    };
    if let Some(recording) = found
        && recording.is_complete()
        && let Some(link) = recording.download_urls.best()
    {
        return Ok((app.carrier.link(link)?, recording.duration_millis));
    }
    // The announcement's own link, good for ten minutes: all there is where Telnyx keeps the recording under no id.
    for body in app.store.recording_announcements(&call.row.id).await? {
        if let Some(links) = announced_links(&body)
            && let Some(link) = links.best()
        {
            return Ok((app.carrier.link(link)?, None));
        }
    }
    Err(CopyError::NoLink)
}

/// Fetches into `draft`.
async fn fetch(app: &App, link: &Link, draft: &Path) -> Result<Fetched, CopyError> {
    let most = app.config.largest_recording;
    let too_large = || CopyError::TooLarge(most / (1024 * 1024));
    let mut answer = app.carrier.fetch(link).await?;
    if answer.content_length().is_some_and(|bytes| bytes > most) {
        return Err(too_large());
    }
    let mut file = File::create(draft).await?;
    let (mut head, mut bytes, mut sum) = (Vec::with_capacity(HEAD), 0u64, Sha256::new());
    while let Some(chunk) = answer.chunk().await.map_err(crate::carrier::unreachable)? {
        bytes = bytes.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        if bytes > most {
            return Err(too_large());
        }
        let wanted = HEAD.saturating_sub(head.len()).min(chunk.len());
        head.extend_from_slice(&chunk[..wanted]);
        sum.update(&chunk);
        file.write_all(&chunk).await?;
    }
    file.flush().await?;
    let format = Format::of(&head).ok_or(CopyError::NoAudio)?;
    Ok(Fetched { format, head, bytes, sum: sum.finalize().into() })
}
