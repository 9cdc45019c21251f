//! The pursuit of a recording after a call: asked for until it is there, copied until we have it.

use call::history::{Recording, What};
use call::time::Millis;

use super::copy;
use crate::app::App;
use crate::config::Pauses;
use crate::jobs::{Next, pause, span};
use crate::store::{Attempts, Pursuit, StoreError};

/// What to do about a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Ask Telnyx for it; the last time if `last`.
    Ask { last: bool },
    /// Copy it; the last time if `last`.
    Copy { last: bool },
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
        (Recording::Processing, None, None)
        | (
            Recording::None
            | Recording::Expected
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
        }
    }

    /// Asks Telnyx for the call's recording.
    async fn ask(
        &self,
        call: &Pursuit,
        attempts: &mut Attempts,
        last: bool,
    ) -> Result<(), StoreError> {
        let id = &call.row.id;
        let found = self.carrier.recording_of(&call.row.ids, &self.config.connection_id).await;
        attempts.asked += 1;
        let pause = pause(&self.config.pauses, attempts.asked);
        attempts.ask_after = Some(self.clock.now().after(pause));
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
        let id = &call.row.id;
        let copied = copy::copy(self, call).await;
        attempts.copied += 1;
        let pause = pause(&self.config.pauses, attempts.copied - 1);
        attempts.copy_after = Some(self.clock.now().after(pause));
        match copied {
            Ok(stored) => {
                tracing::info!(call = %id, "recording stored");
                self.state(id, stored).await
            }
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
}

#[cfg(test)]
mod tests {
    use call::cause::{Cause, Side};
    use call::history::What;
    use call::time::Millis;

    use super::{Step, next};
    use crate::config::Pauses;
    use crate::jobs::{Next, pause};
    use crate::store::{Attempts, Pursuit};

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
                    attempts.ask_after = Some(now.after(pause(&Pauses::default(), attempts.asked)));
                    if last {
                        break;
                    }
                }
                other @ (Next::Nothing | Next::Now(Step::Copy { .. })) => unreachable!("{other:?}"),
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
}
