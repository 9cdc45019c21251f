//! Recordings as Telnyx lists them.

use call::ids::TelnyxIds;
use reqwest::Method;
use serde::Deserialize;

use super::{Carrier, CarrierError, accepted, data, send};
use crate::config::Ours;

/// One recording (schema `RecordingResponseData`); of its fields, those we use.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Recording {
    /// Telnyx's name for it.
    pub(crate) id: String,
    /// `completed` once it can be fetched.
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    connection_id: Option<String>,
    /// How long it lasts, in milliseconds.
    #[serde(default)]
    pub(crate) duration_millis: Option<u64>,
    /// Where it can be fetched for a few minutes.
    #[serde(default)]
    pub(crate) download_urls: Links,
}

/// Links to one recording, by format. They die after ten minutes and are never stored.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub(crate) struct Links {
    #[serde(default)]
    wav: Option<String>,
    #[serde(default)]
    mp3: Option<String>,
}

impl Links {
    /// The link to take: WAV says how long it lasts.
    pub(crate) fn best(&self) -> Option<&str> {
        self.wav.as_deref().or(self.mp3.as_deref())
    }
}

impl Recording {
    /// Whether it can be fetched. A recording without a status is taken at its link.
    pub(crate) fn is_complete(&self) -> bool {
        self.status.as_deref().is_none_or(|status| status == "completed")
            && self.download_urls.best().is_some()
    }
}

impl Carrier {
    /// The recording of that name, with fresh links.
    pub(crate) async fn recording(&self, id: &str) -> Result<Recording, CarrierError> {
        data(accepted(send(self.request(Method::GET, &["recordings", id])).await?).await?).await
    }

    /// Deletes the recording at Telnyx. One that is gone is as good.
    pub(crate) async fn delete_recording(&self, id: &str) -> Result<(), CarrierError> {
        match accepted(send(self.request(Method::DELETE, &["recordings", id])).await?).await {
            Err(error) if !error.is_not_found() => Err(error),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// A recording of the call that can be fetched, if there is one yet.
    ///
    /// Asked by the widest name first: a session holds its legs.
    pub(crate) async fn recording_of(
        &self,
        ids: &TelnyxIds,
        ours: Ours<'_>,
    ) -> Result<Option<Recording>, CarrierError> {
        for (filter, name) in names(ids) {
            let list = self.listed(filter, name, ours).await?;
            // The smallest id of several, so that asking again finds the same.
            let complete = list.into_iter().filter(Recording::is_complete);
            if let Some(found) = complete.min_by(|a, b| a.id.cmp(&b.id)) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Everything recorded of the call, whatever it is listed under; the same may come more than once.
    pub(crate) async fn recordings_of(
        &self,
        ids: &TelnyxIds,
        ours: Ours<'_>,
    ) -> Result<Vec<Recording>, CarrierError> {
        let mut found = Vec::new();
        for (filter, name) in names(ids) {
            found.extend(self.listed(filter, name, ours).await?);
        }
        Ok(found)
    }

    /// The recordings of our connection under one of Telnyx's names.
    async fn listed(
        &self,
        filter: &str,
        name: &str,
        ours: Ours<'_>,
    ) -> Result<Vec<Recording>, CarrierError> {
        let mut request =
            self.request(Method::GET, &["recordings"]).build().map_err(super::unreachable)?;
        request.url_mut().query_pairs_mut().append_pair(filter, name);
        let answer = self.api.execute(request).await.map_err(super::unreachable)?;
        let mut list: Vec<Recording> = data(accepted(answer).await?).await?;
        list.retain(|found| found.connection_id.as_deref().is_none_or(|id| ours.has(id)));
        Ok(list)
    }
}

/// What a recording can be found by, the widest name first.
fn names(ids: &TelnyxIds) -> impl Iterator<Item = (&'static str, &str)> {
    [
        ("filter[call_session_id]", &ids.call_session_id),
        ("filter[call_leg_id]", &ids.call_leg_id),
        ("filter[call_control_id]", &ids.call_control_id),
    ]
    .into_iter()
    .filter_map(|(filter, name)| Some((filter, name.as_deref()?)))
}
