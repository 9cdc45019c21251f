//! What becomes of a call's recording.

use super::call::{Recording, Stage, Talk};
use super::ending::Ending;
use super::{Audio, Exchange, Output, find};
use crate::clock::Moment;

impl Exchange {
    /// Media handed in the recording; Telnyx takes its time with it, counted from the end of the call.
    pub(super) fn recorded(&mut self, id: &str, audio: Audio, now: Moment) {
        let Some(call) = find(&mut self.calls, id) else { return };
        let due = call.behaviour.recording_after;
        let Stage::Ended { at, ending, talk: Some(mut talk) } = call.stage().clone() else {
            return;
        };
        if talk.recording == Recording::Collecting {
            let due = at.plus(due).max(now);
            talk.recording = Recording::Processing { audio, due };
            call.enter(Stage::Ended { at, ending, talk: Some(talk) }, "recording handed in");
        }
    }

    /// The recording can be downloaded from now on.
    pub(super) fn save_recording(
        &mut self,
        id: &str,
        at: Moment,
        ending: Ending,
        mut talk: Talk,
        now: Moment,
        out: &mut Vec<Output>,
    ) {
        let Some(call) = find(&mut self.calls, id) else { return };
        let Recording::Processing { audio, .. } = talk.recording else { return };
        let recording = self.seed.uuid(&["recording", id]);
        let link = self.links.to(&recording, now);
        let span = (talk.answered_at, at);
        out.push(Output::Post(self.writer.recording_saved(call, &recording, &link, span, now)));
        talk.recording = Recording::Saved { id: recording, audio, at: now };
        call.enter(Stage::Ended { at, ending, talk: Some(talk) }, "recording saved");
    }
}
