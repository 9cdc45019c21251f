//! The pursuit of a recording after a call: asked for until it is there, copied until we have it, deleted until it is gone.

use std::collections::BTreeSet;

use call::history::{Recording, What};
use call::ids::CallId;
use call::time::Millis;
use call::timeline::Deed;

use super::copies::CopiesError;
use super::copy;
use crate::app::App;
use crate::carrier::CarrierError;
use crate::config::Pauses;
use crate::jobs::{Next, pause, span};
use crate::store::{Attempts, Pursuit, Removal, StoreError};

/// What to do about a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Ask Telnyx for it; the last time if `last`.
    Ask { last: bool },
    /// Copy it; the last time if `last`.
    Copy { last: bool },
    /// Delete it, here and at Telnyx, which may not have listed it yet unless `last`.
    Remove { last: bool },
}

/// What to do next about the recording of `call`, given what was tried.
pub(crate) fn next(
    call: &Pursuit,
    attempts: &Attempts,
    pauses: &Pauses,
    now: Millis,
) -> Next<Step> {
    if !call.row.is_over() {
        return Next::Nothing;
    }
    match (&call.row.recording, call.saved_heard_at, call.over_heard_at) {
        (Recording::Processing, Some(saved), _) => {
            let due = attempts.copy_after.unwrap_or(saved);
            if now < due {
                return Next::At(due);
            }
            Next::Now(Step::Copy { last: now >= saved.after(span(pauses.copy)) })
        }
        (Recording::Processing, None, Some(over)) => {
            let end = over.after(span(pauses.recording));
            let due = attempts.ask_after.unwrap_or_else(|| over.after(span(pauses.first))).min(end);
            if now < due {
                return Next::At(due);
            }
            Next::Now(Step::Ask { last: now >= end })
        }
        (Recording::Deleted, _, Some(over)) => match call.removal {
            Removal::Asked(since) => {
                let due = attempts.remove_after.unwrap_or(since);
                if now < due {
                    return Next::At(due);
                }
                Next::Now(Step::Remove { last: now >= over.after(span(pauses.recording)) })
            }
            Removal::NotAsked | Removal::Done => Next::Nothing,
        },
        (Recording::Processing | Recording::Deleted, _, None)
        | (
            Recording::None
            | Recording::Expected
            | Recording::Paused
            | Recording::Ready { .. }
            | Recording::Failed { .. }
            | Recording::Missing,
            _,
            _,
        ) => Next::Nothing,
    }
}

impl App {
    /// Takes a step.
    pub(crate) async fn chase(
        &self,
        call: &Pursuit,
        attempts: &mut Attempts,
        step: Step,
    ) -> Result<(), StoreError> {
        match step {
            Step::Ask { last } => self.ask(call, attempts, last).await,
            Step::Copy { last } => self.copy(call, attempts, last).await,
            Step::Remove { last } => self.remove(call, attempts, last).await,
        }
    }

    /// Asks Telnyx for the call's recording.
    async fn ask(
        &self,
        call: &Pursuit,
        attempts: &mut Attempts,
        last: bool,
    ) -> Result<(), StoreError> {
        let (id, pauses) = (&call.row.id, &self.config.pauses);
        let found = self.carrier.recording_of(&call.row.ids, self.config.ours()).await;
        attempts.asked += 1;
        let pause = pause(pauses, attempts.asked, pauses.longest);
        attempts.ask_after = Some(self.clock.now().after(pause));
        self.did(id, Deed::AskedForRecording(found.as_ref().ok().map(Option::is_some))).await;
        match found {
            Ok(Some(recording)) => {
                let recording_id = Some(recording.id);
                return self.say(id, self.clock.now(), What::RecordingSaved { recording_id }).await;
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(call = %id, "asking for the recording: {error}"),
        }
        if last { self.say(id, self.clock.now(), What::RecordingMissing).await } else { Ok(()) }
    }

    /// Copies the call's recording into our store.
    async fn copy(
        &self,
        call: &Pursuit,
        attempts: &mut Attempts,
        last: bool,
    ) -> Result<(), StoreError> {
        let (id, pauses) = (&call.row.id, &self.config.pauses);
        let copied = copy::copy(self, call).await;
        attempts.copied += 1;
        let pause = pause(pauses, attempts.copied - 1, pauses.longest);
        attempts.copy_after = Some(self.clock.now().after(pause));
        self.did(id, Deed::Copied(copied.is_ok())).await;
        match copied {
            Ok(()) => Ok(()),
            Err(error) => {
                tracing::warn!(call = %id, attempt = attempts.copied, "copying the recording: {error}");
                if last || error.is_final() {
                    let failed = What::RecordingFailed { reason: error.to_string() };
                    return self.say(id, self.clock.now(), failed).await;
                }
                Ok(())
            }
        }
    }

    /// Deletes the call's recording, here and at Telnyx.
    async fn remove(
        &self,
        call: &Pursuit,
        attempts: &mut Attempts,
        last: bool,
    ) -> Result<(), StoreError> {
        let (id, pauses) = (&call.row.id, &self.config.pauses);
        let removed = async {
            self.remove_here(id).await?;
            Ok::<_, RemovalError>(self.remove_at_telnyx(call).await?)
        };
        let removed = removed.await;
        attempts.removed += 1;
        let pause = pause(pauses, attempts.removed - 1, pauses.removal);
        attempts.remove_after = Some(self.clock.now().after(pause));
        self.did(id, Deed::AskedToDeleteRecording(removed.as_ref().ok().copied())).await;
        match removed {
            Ok(found) if found || last => {
                tracing::info!(call = %id, "recording deleted");
                self.say(id, self.clock.now(), What::RecordingRemoved).await
            }
            // Telnyx may not have it yet.
            Ok(_) => Ok(()),
            Err(error) => {
                tracing::warn!(call = %id, attempt = attempts.removed, "deleting the recording: {error}");
                Ok(())
            }
        }
    }

    /// Deletes our copy.
    pub(crate) async fn remove_here(&self, id: &CallId) -> Result<(), RemovalError> {
        super::remove_copies(self, id).await?;
        Ok(self.store.forget_copy(id).await?)
    }

    /// Deletes at Telnyx what was announced of a call or is listed under it; says whether there was anything.
    pub(crate) async fn remove_at_telnyx(&self, call: &Pursuit) -> Result<bool, CarrierError> {
        let listed = self.carrier.recordings_of(&call.row.ids, self.config.ours()).await?;
        let listed = listed.into_iter().map(|recording| recording.id);
        let ids: BTreeSet<String> = call.recording_ids.iter().cloned().chain(listed).collect();
        for id in &ids {
            self.carrier.delete_recording(id).await?;
        }
        Ok(!ids.is_empty())
    }
}

/// Why a recording is not deleted yet.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RemovalError {
    #[error("{0}")]
    Carrier(#[from] CarrierError),
    #[error("the copy could not be removed: {0}")]
    Copies(#[from] CopiesError),
    #[error("the database: {0}")]
    Store(#[from] StoreError),
}

#[cfg(test)]
mod tests {
    use call::cause::{Cause, Side};
    use call::history::What;
    use call::time::Millis;

    use super::{Step, next};
    use crate::config::Pauses;
    use crate::jobs::{Next, pause};
    use crate::store::{Attempts, Pursuit, Removal};

    fn hung_up() -> What {
        What::HungUp { cause: Cause::Normal, by: Side::Them }
    }

    fn at(call: &Pursuit, attempts: &Attempts, seconds: u64) -> Next<Step> {
        next(call, attempts, &Pauses::default(), Millis(seconds * 1000))
    }

    #[test]
    fn a_recording_is_asked_for_with_growing_pauses_until_ten_minutes_have_gone() {
        let call = Pursuit::of(vec![What::Answered, hung_up()]);
        let mut attempts = Attempts::default();
        let mut asked = Vec::new();
        let mut now = Millis(100_000);
        for _ in 0..100 {
            match next(&call, &attempts, &Pauses::default(), now) {
                Next::At(until) => now = until,
                Next::Now(Step::Ask { last }) => {
                    asked.push(now.since(Millis(100_000)) / 1000);
                    attempts.asked += 1;
                    let pauses = Pauses::default();
                    let pause = pause(&pauses, attempts.asked, pauses.longest);
                    attempts.ask_after = Some(now.after(pause));
                    if last {
                        break;
                    }
                }
                other @ (Next::Nothing | Next::Now(Step::Copy { .. } | Step::Remove { .. })) => {
                    unreachable!("{other:?}")
                }
            }
        }
        assert_eq!(asked[..6], [3, 9, 21, 45, 93, 153]);
        assert_eq!(asked.last(), Some(&600));
    }

    #[test]
    fn a_recording_that_is_known_is_copied_at_once_and_again_after_a_pause() {
        let call = Pursuit::of(vec![
            What::Answered,
            hung_up(),
            What::RecordingSaved { recording_id: None },
        ]);
        assert_eq!(at(&call, &Attempts::default(), 101), Next::Now(Step::Copy { last: false }));
        let failed =
            Attempts { copied: 1, copy_after: Some(Millis(104_000)), ..Attempts::default() };
        assert_eq!(at(&call, &failed, 101), Next::At(Millis(104_000)));
        assert_eq!(at(&call, &failed, 104), Next::Now(Step::Copy { last: false }));
        assert_eq!(at(&call, &failed, 101 + 24 * 60 * 60), Next::Now(Step::Copy { last: true }));
    }

    #[test]
    fn a_recording_is_deleted_at_once_and_as_often_as_it_takes() {
        let deleted = || What::RecordingDeleted { by: None };
        let mut call = Pursuit::of(vec![What::Answered, hung_up(), deleted()]);
        let none = Attempts::default();
        assert_eq!(at(&call, &none, 200), Next::Nothing, "nobody asked");
        call.removal = Removal::Asked(Millis(200_000));
        assert_eq!(at(&call, &none, 200), Next::Now(Step::Remove { last: false }));
        let failed = Attempts { remove_after: Some(Millis(203_000)), ..none };
        assert_eq!(at(&call, &failed, 200), Next::At(Millis(203_000)));
        // Until ten minutes after the call Telnyx may still list what it has not listed yet.
        assert_eq!(at(&call, &failed, 699), Next::Now(Step::Remove { last: false }));
        assert_eq!(at(&call, &failed, 700), Next::Now(Step::Remove { last: true }));
        call.removal = Removal::Done;
        assert_eq!(at(&call, &none, 700), Next::Nothing);
    }
}
