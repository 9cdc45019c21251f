//! One attempt at a copy: a fresh link, the bytes, the file.

use std::path::Path;

use call::history::{Fact, What};
use call::ids::TelnyxIds;
use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt as _;

use super::{Format, wav};
use crate::app::App;
use crate::carrier::{CarrierError, Link, LinkError};
use crate::store::{Pursuit, StoreError};
use crate::webhook::announced_links;

/// The largest recording we take, in bytes: four hours of two channels of 16 bits at 8 kHz are 440 MiB.
const LARGEST: u64 = 512 * 1024 * 1024;

/// How much of the beginning is kept for reading the header, in bytes.
const HEAD: usize = 4096;

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub(super) enum CopyError {
    #[error("{0}")]
    Carrier(#[from] CarrierError),
    #[error("Telnyx has no link to it yet")]
    NoLink,
    #[error("{0}")]
    Link(#[from] LinkError),
    #[error("the recording is larger than 512 MiB")]
    TooLarge,
    #[error("what is behind the link is neither WAV nor MP3")]
    NoAudio,
    #[error("the copy could not be written: {0}")]
    File(#[from] std::io::Error),
    #[error("the database: {0}")]
    Store(#[from] StoreError),
}

impl CopyError {
    /// Whether trying again would end the same way.
    pub(super) const fn is_final(&self) -> bool {
        match self {
            Self::Link(_) | Self::TooLarge => true,
            Self::Carrier(_) | Self::NoLink | Self::NoAudio | Self::File(_) | Self::Store(_) => {
                false
            }
        }
    }
}

/// Copies the call's recording into our store and says so.
pub(super) async fn copy(app: &App, call: &Pursuit) -> Result<Fact, CopyError> {
    let (link, telnyxs_duration) = fresh_link(app, call).await?;
    let folder = app.config.recordings();
    // Not a name the recording may be served under, and the same at the next attempt, which overwrites it.
    let part = folder.join(format!(".{}.part", call.row.id));
    let (format, head, bytes) = match download(app, &link, &part).await {
        Ok(done) => done,
        Err(error) => {
            // What is left is overwritten by the next attempt.
            let _ = fs::remove_file(&part).await;
            return Err(error);
        }
    };
    fs::rename(&part, folder.join(format!("{}.{}", call.row.id, format.extension()))).await?;
    // The new name itself has to survive a power cut before anybody is told of it.
    File::open(&folder).await?.sync_all().await?;
    let duration_ms = match format {
        Format::Wav => wav::duration_ms(&head, bytes),
        Format::Mp3 => None,
    };
    Ok(Fact {
        at: app.clock.now(),
        ids: TelnyxIds::default(),
        what: What::RecordingStored { duration_ms: duration_ms.or(telnyxs_duration), bytes },
    })
}

/// A link that has just been made, and how long Telnyx says the recording lasts.
async fn fresh_link(app: &App, call: &Pursuit) -> Result<(Link, Option<u64>), CopyError> {
    let found = match &call.recording_id {
        Some(id) => Some(app.carrier.recording(id).await?),
        None => app.carrier.recording_of(&call.row.ids, &app.config.connection_id).await?,
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

/// Fetches into `part`; returns what it is, how it begins, and its size in bytes.
async fn download(
    app: &App,
    link: &Link,
    part: &Path,
) -> Result<(Format, Vec<u8>, u64), CopyError> {
    let mut answer = app.carrier.fetch(link).await?;
    if answer.content_length().is_some_and(|bytes| bytes > LARGEST) {
        return Err(CopyError::TooLarge);
    }
    let mut file = File::create(part).await?;
    let mut head = Vec::with_capacity(HEAD);
    let mut bytes = 0u64;
    while let Some(chunk) = answer.chunk().await.map_err(crate::carrier::unreachable)? {
        bytes = bytes.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        if bytes > LARGEST {
            return Err(CopyError::TooLarge);
        }
        let wanted = HEAD.saturating_sub(head.len()).min(chunk.len());
        head.extend_from_slice(&chunk[..wanted]);
        file.write_all(&chunk).await?;
    }
    file.sync_all().await?;
    let format = Format::of(&head).ok_or(CopyError::NoAudio)?;
    Ok((format, head, bytes))
}
