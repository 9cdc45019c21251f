//! Where our copies of recordings are kept: a folder, or a bucket of whatever speaks S3's API.
//!
//! A copy is stored whole under its name or not at all, and never changes afterwards.

mod bucket;
mod folder;

use std::ops::Range;
use std::path::{Path, PathBuf};

use axum::body::Bytes;
use call::ids::CallId;
use futures_util::stream::BoxStream;
use sha2::{Digest as _, Sha256};

use crate::config::Config;
use crate::store::Copy;
use bucket::Bucket;
use folder::Folder;

/// The SHA-256 of a copy.
pub(crate) type Sum = [u8; 32];

/// A part of a copy as it is read.
pub(super) type Bits = BoxStream<'static, Result<Bytes, CopiesError>>;

/// Why a copy could not be stored, read or removed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CopiesError {
    /// There is no copy of that name.
    #[error("the copy is gone from the store")]
    Gone,
    /// What is stored is not what was to be stored.
    #[error("what the store holds is not what was sent to it")]
    Damaged,
    #[error("a file: {0}")]
    File(#[from] std::io::Error),
    #[error("S3: {0}")]
    Bucket(#[from] object_store::Error),
}

/// The store of copies.
pub(crate) struct Copies {
    /// Where copies are put together, and kept unless there is a bucket.
    folder: Folder,
    bucket: Option<Bucket>,
}

impl Copies {
    /// Opens the store the settings name. A bucket is first asked when something is to be stored or read.
    pub(crate) fn open(config: &Config) -> Result<Self, CopiesError> {
        Ok(Self {
            folder: Folder::open(config.recordings())?,
            bucket: config.bucket.as_ref().map(Bucket::open).transpose()?,
        })
    }

    /// A file on this machine to put a copy together in; not a name a copy is stored under.
    pub(super) fn draft(&self, name: &str) -> PathBuf {
        self.folder.path(&draft(name))
    }

    /// Stores what is in `draft` under `name`, and makes sure by reading it again. The draft is used up.
    pub(super) async fn put(&self, name: &str, draft: &Path, sum: &Sum) -> Result<(), CopiesError> {
        match &self.bucket {
            None => self.folder.put(name, draft, sum).await,
            Some(bucket) => {
                bucket.put(name, draft, sum).await?;
                Ok(tokio::fs::remove_file(draft).await?)
            }
        }
    }

    /// How many bytes a copy has. One that is not in the bucket may be older than the bucket.
    pub(super) async fn bytes(&self, name: &str) -> Result<u64, CopiesError> {
        match &self.bucket {
            None => self.folder.bytes(name).await,
            Some(bucket) => match bucket.bytes(name).await {
                Err(CopiesError::Gone) => self.folder.bytes(name).await,
                other => other,
            },
        }
    }

    /// A part of a copy; not an empty one.
    pub(super) async fn read(&self, name: &str, part: Range<u64>) -> Result<Bits, CopiesError> {
        match &self.bucket {
            None => self.folder.read(name, part).await,
            Some(bucket) => match bucket.read(name, part.clone()).await {
                Err(CopiesError::Gone) => self.folder.read(name, part).await,
                other => other,
            },
        }
    }

    /// Removes a copy; none is as good.
    pub(super) async fn remove(&self, name: &str) -> Result<(), CopiesError> {
        if let Some(bucket) = &self.bucket {
            bucket.remove(name).await?;
        }
        self.folder.remove(name).await
    }

    /// Removes a draft; none is as good.
    pub(super) async fn discard(&self, name: &str) -> Result<(), CopiesError> {
        self.folder.remove(&draft(name)).await
    }

    /// The file of a copy that is in the folder.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path(name)
    }

    /// Reads a copy anew and compares it with what was stored.
    pub(crate) async fn check(&self, id: &CallId, copy: &Copy) -> Result<(), CopiesError> {
        let name = copy.format.name(id);
        let same = self.bytes(&name).await? == copy.bytes && self.sum(&name).await? == copy.sha256;
        if same { Ok(()) } else { Err(CopiesError::Damaged) }
    }

    /// Reads a copy anew for its checksum.
    pub(super) async fn sum(&self, name: &str) -> Result<Sum, CopiesError> {
        let bytes = self.bytes(name).await?;
        if bytes == 0 {
            return Ok(Sha256::digest([]).into());
        }
        sum_of(self.read(name, 0..bytes).await?).await
    }
}

/// The name of a draft, which is none of a copy's.
fn draft(name: &str) -> String {
    format!(".{name}.part")
}

/// Computes the checksum of what is read.
async fn sum_of(mut bits: Bits) -> Result<Sum, CopiesError> {
    use futures_util::StreamExt as _;
    let mut sum = Sha256::new();
    while let Some(chunk) = bits.next().await {
        sum.update(chunk?);
    }
    Ok(sum.finalize().into())
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::{CopiesError, Folder};

    #[tokio::test]
    async fn a_folder_stores_what_is_right_and_nothing_else() -> Result<(), CopiesError> {
        let path = std::env::temp_dir().join(format!("tono-{}", uuid::Uuid::new_v4()));
        let folder = Folder::open(path.clone())?;
        let draft = folder.path(".a.part");
        std::fs::write(&draft, b"what came")?;
        let other = Sha256::digest(b"what was sent").into();
        let refused = folder.put("a.wav", &draft, &other).await;
        assert!(matches!(refused, Err(CopiesError::Damaged)));
        assert!(matches!(folder.bytes("a.wav").await, Err(CopiesError::Gone)));

        folder.put("a.wav", &draft, &Sha256::digest(b"what came").into()).await?;
        assert_eq!(folder.bytes("a.wav").await?, 9);
        assert!(!draft.exists());
        folder.remove("a.wav").await?;
        folder.remove("a.wav").await?;
        assert!(matches!(folder.read("a.wav", 0..1).await, Err(CopiesError::Gone)));
        Ok(std::fs::remove_dir_all(path)?)
    }
}
