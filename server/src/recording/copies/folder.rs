//! Copies in a folder of this machine.

use std::io::{ErrorKind, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use axum::body::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::try_unfold;
use tokio::fs::{self, File};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use super::{Bits, CopiesError, Sum, sum_of};

/// How much is read at a time, in bytes.
const CHUNK: u64 = 64 * 1024;

pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn open(path: PathBuf) -> Result<Self, CopiesError> {
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(super) async fn put(&self, name: &str, draft: &Path, sum: &Sum) -> Result<(), CopiesError> {
        File::open(draft).await?.sync_all().await?;
        let bytes = fs::metadata(draft).await?.len();
        if sum_of(read(draft, 0..bytes).await?).await? != *sum {
            return Err(CopiesError::Damaged);
        }
        fs::rename(draft, self.path(name)).await?;
        // The new name itself has to survive a power cut before anybody is told of it.
        File::open(&self.0).await?.sync_all().await?;
        Ok(())
    }

    pub(super) async fn bytes(&self, name: &str) -> Result<u64, CopiesError> {
        Ok(fs::metadata(self.path(name)).await.map_err(gone)?.len())
    }

    pub(super) async fn read(&self, name: &str, part: Range<u64>) -> Result<Bits, CopiesError> {
        read(&self.path(name), part).await
    }

    pub(super) async fn remove(&self, name: &str) -> Result<(), CopiesError> {
        match fs::remove_file(self.path(name)).await.map_err(gone) {
            Ok(()) | Err(CopiesError::Gone) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

async fn read(path: &Path, part: Range<u64>) -> Result<Bits, CopiesError> {
    let mut file = File::open(path).await.map_err(gone)?;
    file.seek(SeekFrom::Start(part.start)).await?;
    let rest = file.take(part.end - part.start);
    let bits = try_unfold(rest, |mut rest| async move {
        let wanted = usize::try_from(rest.limit().min(CHUNK)).unwrap_or(usize::MAX);
        if wanted == 0 {
            return Ok(None);
        }
        let mut chunk = vec![0; wanted];
        let came = rest.read(&mut chunk).await?;
        if came == 0 {
            // It is shorter than it was when it was stored.
            return Err(CopiesError::Damaged);
        }
        chunk.truncate(came);
        Ok(Some((Bytes::from(chunk), rest)))
    });
    Ok(bits.boxed())
}

fn gone(error: std::io::Error) -> CopiesError {
    if error.kind() == ErrorKind::NotFound { CopiesError::Gone } else { error.into() }
}
