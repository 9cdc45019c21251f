//! Copies in a bucket, by S3's API.

use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::client::{HttpClient, HttpConnector};
use object_store::{
    ClientOptions, GetOptions, GetRange, ObjectStore as _, ObjectStoreExt as _, RetryConfig,
    WriteMultipart,
};
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;

use super::{Bits, CopiesError, Sum, sum_of};
use crate::config;

/// How much is sent in one request, in bytes; S3 takes no less than 5 MiB but in the last.
const PIECE: usize = 8 * 1024 * 1024;

/// How many requests of one copy are under way at once.
const AT_ONCE: usize = 4;

pub(super) struct Bucket(AmazonS3);

impl Bucket {
    pub(super) fn open(settings: &config::Bucket) -> Result<Self, CopiesError> {
        let near = settings.endpoint.as_ref().is_some_and(config::is_loopback);
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&settings.name)
            .with_region(&settings.region)
            .with_http_connector(Connector { near })
            // Not everything that speaks the API knows how to delete many at once, and we delete one.
            .with_disable_bulk_delete(true)
            // What goes on being refused is tried again as a whole, later.
            .with_retry(RetryConfig {
                max_retries: 2,
                retry_timeout: Duration::from_secs(20),
                ..RetryConfig::default()
            });
        if let Some(endpoint) = &settings.endpoint {
            builder = builder
                .with_endpoint(endpoint.as_str().trim_end_matches('/'))
                .with_allow_http(near);
        }
        if let Some((id, secret)) = &settings.key {
            builder = builder.with_access_key_id(id).with_secret_access_key(&secret.0);
        }
        Ok(Self(builder.build()?))
    }

    pub(super) async fn put(&self, name: &str, draft: &Path, sum: &Sum) -> Result<(), CopiesError> {
        let bytes = tokio::fs::metadata(draft).await?.len();
        if bytes <= PIECE as u64 {
            self.0.put(&name.into(), tokio::fs::read(draft).await?.into()).await?;
        } else {
            self.put_in_pieces(name, File::open(draft).await?).await?;
        }
        if sum_of(self.read(name, 0..bytes).await?).await? == *sum {
            return Ok(());
        }
        self.remove(name).await?;
        Err(CopiesError::Damaged)
    }

    async fn put_in_pieces(&self, name: &str, mut file: File) -> Result<(), CopiesError> {
        let upload = self.0.put_multipart(&name.into()).await?;
        let mut upload = WriteMultipart::new_with_chunk_size(upload, PIECE);
        let mut chunk = vec![0; PIECE];
        loop {
            let came = match (upload.wait_for_capacity(AT_ONCE).await, file.read(&mut chunk).await)
            {
                (Ok(()), Ok(0)) => break,
                (Ok(()), Ok(came)) => came,
                (Err(error), _) => {
                    upload.abort().await?;
                    return Err(error.into());
                }
                (Ok(()), Err(error)) => {
                    upload.abort().await?;
                    return Err(error.into());
                }
            };
            upload.write(&chunk[..came]);
        }
        // Aborts by itself what it cannot finish.
        upload.finish().await?;
        Ok(())
    }

    pub(super) async fn bytes(&self, name: &str) -> Result<u64, CopiesError> {
        Ok(self.0.head(&name.into()).await.map_err(gone)?.size)
    }

    /// By a ranged request: what is not asked for is not fetched.
    pub(super) async fn read(&self, name: &str, part: Range<u64>) -> Result<Bits, CopiesError> {
        let options =
            GetOptions { range: Some(GetRange::Bounded(part.clone())), ..GetOptions::default() };
        let found = self.0.get_opts(&name.into(), options).await.map_err(gone)?;
        if found.range != part {
            return Err(CopiesError::Damaged);
        }
        Ok(found.into_stream().map_err(CopiesError::from).boxed())
    }

    pub(super) async fn remove(&self, name: &str) -> Result<(), CopiesError> {
        match self.0.delete(&name.into()).await.map_err(gone) {
            Ok(()) | Err(CopiesError::Gone) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Makes the HTTP client: one that follows no redirect and asks a stand-in on this machine directly.
#[derive(Debug)]
struct Connector {
    near: bool,
}

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let patient = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .read_timeout(Duration::from_secs(30))
            .redirect(reqwest::redirect::Policy::none());
        let patient = if self.near { patient.no_proxy() } else { patient };
        let client = patient
            .build()
            .map_err(|error| object_store::Error::Generic { store: "S3", source: error.into() })?;
        Ok(HttpClient::new(client))
    }
}

fn gone(error: object_store::Error) -> CopiesError {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "not our enumeration, and open: what is no missing object is an error as it is"
    )]
    match error {
        object_store::Error::NotFound { .. } => CopiesError::Gone,
        error => CopiesError::Bucket(error),
    }
}
