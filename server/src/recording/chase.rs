//! What is still to be found out about a call that is over: Telnyx's word, its recording, our copy of it.
//!
//! One task per call, started when the call's facts change and after a restart. What to do next is decided by
//! [`next`] from what is known and the time; the task only does it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use call::cause::Outcome;
use call::history::{Fact, Recording, Row, What, Word};
use call::ids::{CallId, TelnyxIds};
use call::time::Millis;
use futures_util::FutureExt as _;
use tokio::sync::{Notify, Semaphore};

use super::copy;
use crate::app::App;
use crate::config::Pauses;
use crate::store::{Pursuit, StoreError, Witness};

/// How many recordings are asked for or copied at a time.
const AT_ONCE: usize = 4;

/// After how long a call without a webhook is no longer asked about when the server starts.
const FORGOTTEN: u64 = 24 * 60 * 60 * 1000;

/// The calls being followed up.
pub(crate) struct Chase {
    running: Mutex<HashMap<CallId, Arc<Notify>>>,
    turns: Semaphore,
}

/// What a task remembers of its own attempts.
#[derive(Debug, Clone, Copy, Default)]
struct Attempts {
    /// How often Telnyx was asked for a recording, and when it may be asked again.
    asked: u32,
    ask_after: Option<Millis>,
    /// How often a copy failed, and when it may be tried again.
    copied: u32,
    copy_after: Option<Millis>,
}

/// What to do next about a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Nothing, until its facts change.
    Done,
    /// Nothing, before this moment.
    Wait(Millis),
    /// Say that no webhook came.
    SayNoWord,
    /// Ask Telnyx for its recording; the last time if `last`.
    Ask { last: bool },
    /// Copy the recording; the last time if `last`.
    Copy { last: bool },
}

impl Chase {
    pub(crate) fn new() -> Self {
        Self { running: Mutex::default(), turns: Semaphore::new(AT_ONCE) }
    }

    fn running(&self) -> MutexGuard<'_, HashMap<CallId, Arc<Notify>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// Takes up every call a stop of the server left unfinished.
    pub(crate) async fn follow_up_unfinished(&self) -> Result<(), StoreError> {
        let since = Millis(self.clock.now().0.saturating_sub(FORGOTTEN));
        for id in self.store.unfinished(since).await? {
            self.follow_up(id);
        }
        Ok(())
    }

    /// Sees to a call whose facts have changed.
    pub(crate) fn follow_up(&self, id: CallId) {
        let mut running = self.chase.running();
        if let Some(news) = running.get(&id) {
            news.notify_one();
            return;
        }
        let news = Arc::new(Notify::new());
        running.insert(id.clone(), Arc::clone(&news));
        tokio::spawn(self.clone().chase(id, news));
    }

    async fn chase(self, id: CallId, news: Arc<Notify>) {
        let mut attempts = Attempts::default();
        loop {
            let wait = match self.advance(&id, &mut attempts).await {
                Ok(wait) => wait,
                Err(error) => {
                    tracing::error!(call = %id, "following up: {error}");
                    Some(self.config.pauses.longest)
                }
            };
            if let Some(pause) = wait {
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = news.notified() => {}
                    () = self.stopping() => return,
                }
            } else {
                // Under the lock nobody can bring news any more: either it has come or the next one starts anew.
                let mut running = self.chase.running();
                if news.notified().now_or_never().is_none() {
                    running.remove(&id);
                    return;
                }
            }
        }
    }

    /// Takes one step; returns how long to wait before the next, or nothing if there is none.
    async fn advance(
        &self,
        id: &CallId,
        attempts: &mut Attempts,
    ) -> Result<Option<Duration>, StoreError> {
        let Some(call) = self.store.pursuit(id).await? else { return Ok(None) };
        let pauses = self.config.pauses;
        let now = self.clock.now();
        match next(&call, attempts, &pauses, now) {
            Step::Done => return Ok(None),
            Step::Wait(until) => return Ok(Some(Duration::from_millis(until.since(now)))),
            Step::SayNoWord => self.say(id, now, What::NoWord).await?,
            Step::Ask { last } => {
                let found = {
                    let _turn = self.chase.turns.acquire().await;
                    self.carrier.recording_of(&call.row.ids, &self.config.connection_id).await
                };
                attempts.asked += 1;
                attempts.ask_after = Some(self.clock.now().after(pause(&pauses, attempts.asked)));
                match found {
                    Ok(Some(recording)) => {
                        let recording_id = Some(recording.id);
                        self.say(id, self.clock.now(), What::RecordingSaved { recording_id })
                            .await?;
                    }
                    Ok(None) if last => {
                        self.say(id, self.clock.now(), What::RecordingMissing).await?;
                    }
                    Ok(None) => {}
                    Err(error) => {
                        tracing::warn!(call = %id, "asking for the recording: {error}");
                        if last {
                            self.say(id, self.clock.now(), What::RecordingMissing).await?;
                        }
                    }
                }
            }
            Step::Copy { last } => {
                let copied = {
                    let _turn = self.chase.turns.acquire().await;
                    copy::copy(self, &call).await
                };
                attempts.copied += 1;
                attempts.copy_after =
                    Some(self.clock.now().after(pause(&pauses, attempts.copied - 1)));
                match copied {
                    Ok(stored) => {
                        tracing::info!(call = %id, "recording stored");
                        self.state(id, stored).await?;
                    }
                    Err(error) => {
                        tracing::warn!(call = %id, attempt = attempts.copied, "copying the recording: {error}");
                        if last || error.is_final() {
                            self.say(
                                id,
                                self.clock.now(),
                                What::RecordingFailed { reason: error.to_string() },
                            )
                            .await?;
                        }
                    }
                }
            }
        }
        Ok(Some(Duration::ZERO))
    }

    async fn say(&self, id: &CallId, at: Millis, what: What) -> Result<(), StoreError> {
        self.state(id, Fact { at, ids: TelnyxIds::default(), what }).await
    }

    async fn state(&self, id: &CallId, fact: Fact) -> Result<(), StoreError> {
        self.store
            .witness(id, Witness::Server, vec![fact], u32::MAX, self.clock.now())
            .await
            .map(drop)
    }
}

/// What to do next about `call`, given what was tried.
fn next(call: &Pursuit, attempts: &Attempts, pauses: &Pauses, now: Millis) -> Step {
    let mut wait: Option<Millis> = None;
    let mut until = |moment: Millis| wait = Some(wait.map_or(moment, |known| known.min(moment)));

    if call.row.telnyx == Word::Awaited
        && reached_telnyx(&call.row)
        && let Some(over) = call.over_heard_at
    {
        let due = over.after(span(pauses.no_word));
        if now >= due {
            return Step::SayNoWord;
        }
        until(due);
    }
    match (&call.row.recording, call.saved_heard_at, call.over_heard_at) {
        (Recording::Processing, Some(saved), _) => {
            let due = attempts.copy_after.unwrap_or(saved);
            if now >= due {
                return Step::Copy { last: now >= saved.after(span(pauses.copy)) };
            }
            until(due);
        }
        (Recording::Processing, None, Some(over)) => {
            let end = over.after(span(pauses.recording));
            let due = attempts.ask_after.unwrap_or_else(|| over.after(span(pauses.first))).min(end);
            if now >= due {
                return Step::Ask { last: now >= end };
            }
            until(due);
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
        ) => {}
    }
    wait.map_or(Step::Done, Step::Wait)
}

/// Whether the call got as far as the network: not without a microphone, and perhaps not if the agent gave up
/// before anything came back.
fn reached_telnyx(row: &Row) -> bool {
    let heard_back = row.rang_at.is_some() || row.answered_at.is_some() || !row.ids.is_empty();
    match row.outcome {
        Some(Outcome::NoMicrophone) => false,
        Some(Outcome::Cancelled) => heard_back,
        Some(
            Outcome::Answered
            | Outcome::Busy
            | Outcome::NoAnswer
            | Outcome::Rejected
            | Outcome::NoSuchNumber
            | Outcome::Missed
            | Outcome::Declined
            | Outcome::Failed,
        )
        | None => true,
    }
}

/// The pause after `tries` attempts, in milliseconds: each twice the one before, up to the longest.
fn pause(pauses: &Pauses, tries: u32) -> u64 {
    span(pauses.first).saturating_mul(1u64 << tries.min(20)).min(span(pauses.longest))
}

fn span(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use call::cause::{Cause, Side};
    use call::history::{Fact, Row, What};
    use call::ids::{CallId, TelnyxIds};
    use call::time::Millis;

    use super::{Attempts, Step, next, pause};
    use crate::config::Pauses;
    use crate::store::Pursuit;

    /// A call with these facts that was over at second 100 by the server's clock.
    fn call(facts: Vec<What>) -> Pursuit {
        let saved = facts.iter().any(|what| matches!(what, What::RecordingSaved { .. }));
        let facts =
            facts.into_iter().map(|what| Fact { at: Millis(1), ids: TelnyxIds::default(), what });
        let row = Row::fold(CallId("id".to_owned()), facts);
        let over_heard_at = row.is_over().then_some(Millis(100_000));
        Pursuit {
            row,
            over_heard_at,
            saved_heard_at: saved.then_some(Millis(101_000)),
            recording_id: None,
        }
    }

    fn ended(cause: Cause) -> What {
        What::Ended { cause, by: Side::Us }
    }

    fn hung_up() -> What {
        What::HungUp { cause: Cause::Normal, by: Side::Them }
    }

    fn at(call: &Pursuit, attempts: &Attempts, seconds: u64) -> Step {
        next(call, attempts, &Pauses::default(), Millis(seconds * 1000))
    }

    #[test]
    fn a_call_that_goes_on_is_left_alone() {
        let none = Attempts::default();
        assert_eq!(at(&call(vec![What::Initiated, What::Answered]), &none, 1_000), Step::Done);
    }

    #[test]
    fn silence_after_the_browsers_end_is_called_out_after_ten_seconds() {
        let unanswered = call(vec![What::Rang, ended(Cause::Busy)]);
        let none = Attempts::default();
        assert_eq!(at(&unanswered, &none, 100), Step::Wait(Millis(110_000)));
        assert_eq!(at(&unanswered, &none, 110), Step::SayNoWord);
        assert_eq!(
            at(&call(vec![What::Rang, ended(Cause::Busy), hung_up()]), &none, 110),
            Step::Done
        );
    }

    #[test]
    fn a_call_without_a_microphone_never_reached_telnyx_and_nothing_is_called_out() {
        assert_eq!(
            at(&call(vec![ended(Cause::NoMicrophone)]), &Attempts::default(), 200),
            Step::Done
        );
    }

    #[test]
    fn a_call_given_up_before_anything_came_back_may_never_have_reached_telnyx() {
        let given_up = call(vec![What::Dialled, ended(Cause::Busy)]);
        assert_eq!(at(&given_up, &Attempts::default(), 200), Step::Done);
    }

    #[test]
    fn a_recording_is_asked_for_with_growing_pauses_until_ten_minutes_have_gone() {
        let call = call(vec![What::Answered, hung_up()]);
        let mut attempts = Attempts::default();
        let mut asked = Vec::new();
        let mut now = Millis(100_000);
        for _ in 0..100 {
            match next(&call, &attempts, &Pauses::default(), now) {
                Step::Wait(until) => now = until,
                Step::Ask { last } => {
                    asked.push(now.since(Millis(100_000)) / 1000);
                    attempts.asked += 1;
                    attempts.ask_after = Some(now.after(pause(&Pauses::default(), attempts.asked)));
                    if last {
                        break;
                    }
                }
                other @ (Step::Done | Step::SayNoWord | Step::Copy { .. }) => {
                    unreachable!("{other:?}")
                }
            }
        }
        assert_eq!(asked[..6], [3, 9, 21, 45, 93, 153]);
        assert_eq!(asked.last(), Some(&600));
    }

    #[test]
    fn a_recording_that_is_known_is_copied_at_once_and_again_after_a_pause() {
        let call =
            call(vec![What::Answered, hung_up(), What::RecordingSaved { recording_id: None }]);
        assert_eq!(at(&call, &Attempts::default(), 101), Step::Copy { last: false });
        let failed =
            Attempts { copied: 1, copy_after: Some(Millis(104_000)), ..Attempts::default() };
        assert_eq!(at(&call, &failed, 101), Step::Wait(Millis(104_000)));
        assert_eq!(at(&call, &failed, 104), Step::Copy { last: false });
        assert_eq!(at(&call, &failed, 101 + 24 * 60 * 60), Step::Copy { last: true });
    }
}
