//! What the customer is told of a recording: the webhook, and what `GET /recordings` shows.

use serde_json::{Value, json};

use super::super::Exchange;
use super::super::io::Format;
use super::super::turn::Turn;
use super::{Origin, Progress, Recording};
use crate::clock::Moment;
use crate::switches::{ProfileRecordingWebhook, RecordingCallIds};

impl Exchange {
    /// `call.recording.saved`, with what live traffic has beyond the document.
    pub(super) fn tell_saved(&mut self, id: &str, turn: &mut Turn) {
        let Some(recording) = self.recordings.iter().find(|recording| recording.id == id) else {
            return;
        };
        let Progress::Saved { ended_at, .. } = &recording.progress else { return };
        let Some(leg) = self.leg(&recording.leg) else { return };
        if !self.is_told_of(recording) {
            return;
        }
        let fields = json!({
            "channels": recording.shape.channels,
            "end_time": ended_at.iso(),
            "format": recording.shape.format,
            "public_recording_urls": {},
            "recording_ended_at": ended_at.iso(),
            "recording_id": id,
            "recording_started_at": recording.started_at.iso(),
            "recording_urls": self.links_of(recording, turn.now),
            "start_time": leg.invited_at.iso(),
        });
        let key = recording.leg.clone();
        self.post(&key, "call.recording.saved", fields, turn);
    }

    pub(super) fn is_told_of(&self, recording: &Recording) -> bool {
        match recording.origin {
            Origin::Profile => {
                self.switches.profile_recording_webhook == ProfileRecordingWebhook::Sent
            }
            Origin::Dial | Origin::Command => true,
        }
    }

    /// Fresh links to a recording: `{wav}` or `{mp3}`.
    pub(crate) fn links_of(&self, recording: &Recording, now: Moment) -> Value {
        let link = self.links.to_file(&recording.id, recording.shape.format, now);
        match recording.shape.format {
            Format::Wav => json!({ "wav": link }),
            Format::Mp3 => json!({ "mp3": link }),
        }
    }

    /// A recording as `GET /recordings` shows it; nothing unless it can be downloaded.
    pub(crate) fn written_recording(&self, recording: &Recording, now: Moment) -> Option<Value> {
        let Progress::Saved { ended_at, audio, at } = &recording.progress else { return None };
        let leg = self.leg(&recording.leg)?;
        let saved_at = at.iso();
        let mut written = json!({
            "record_type": "recording",
            "id": recording.id,
            "call_control_id": leg.ids.control,
            "call_leg_id": leg.ids.leg,
            "call_session_id": leg.ids.session,
            "connection_id": leg.announced().map(|announced| &announced.connection),
            "channels": recording.shape.channels,
            "created_at": saved_at,
            "download_urls": self.links_of(recording, now),
            "duration_millis": audio.millis,
            "from": leg.from,
            "initiated_by": recording.origin.name(),
            "recording_ended_at": ended_at.iso(),
            "recording_started_at": recording.started_at.iso(),
            "source": "call",
            "status": "completed",
            "to": leg.to,
            "updated_at": saved_at,
        });
        let anonymous = recording.origin == Origin::Profile
            && self.switches.recording_call_ids == RecordingCallIds::Absent;
        if anonymous && let Value::Object(fields) = &mut written {
            for name in ["call_control_id", "call_leg_id", "call_session_id", "from", "to"] {
                fields.remove(name);
            }
        }
        Some(written)
    }
}
