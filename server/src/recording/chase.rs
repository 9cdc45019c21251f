//! The pursuit of a recording after a call: asked for until it is there, copied until we have it.
//!
//! What to do next is a pure function ([`next`]) of what is known of the call, what was tried, and the time. Each
//! server has one worker, which takes the jobs that are due ([`crate::store::Job`]), takes their steps and gives them
//! back with the moment of the next; a job of a server that is gone is taken by another when its lease has run out.

use std::sync::Arc;
use std::time::Duration;

use call::cause::{Cause, Outcome, Side};
use call::history::{Fact, Recording, Row, What, Word};
use call::ids::{CallId, TelnyxIds};
use call::time::Millis;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::copy;
use crate::app::App;
use crate::carrier::{Alive, CarrierError, HungUp};
use crate::config::Pauses;
use crate::store::{Attempts, Job, Pursuit, StoreError, Witness};

/// How many jobs one server is at, at a time.
const AT_ONCE: usize = 8;

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
    /// Ask Telnyx whether the call goes on.
    Check,
    /// End a leg that no page has.
    LetGo,
    /// Copy the recording; the last time if `last`.
    Copy { last: bool },
}

/// Does the jobs there are, until the server stops.
pub(crate) async fn work(app: App) {
    let holder: Arc<str> = Uuid::new_v4().to_string().into();
    let mut running = JoinSet::new();
    if let Err(error) = app.store.review_jobs(app.clock.now()).await {
        tracing::error!("looking at the jobs: {error}");
    }
    loop {
        let pause = match take(&app, &holder, &mut running).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::error!("looking for jobs: {error}");
                app.config.pauses.lease
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.store.work(), if running.len() < AT_ONCE => {}
            Some(_) = running.join_next() => {}
            () = app.stopping() => break,
        }
    }
    running.shutdown().await;
    if let Err(error) = app.store.leave_jobs(&holder).await {
        // Their lease runs out by itself.
        tracing::warn!("giving back the jobs: {error}");
    }
}

/// Starts what is due; returns how long there will be nothing to do unless somebody says so.
async fn take(
    app: &App,
    holder: &Arc<str>,
    running: &mut JoinSet<()>,
) -> Result<Duration, StoreError> {
    let lease = app.config.pauses.lease;
    let now = app.clock.now();
    let room = AT_ONCE.saturating_sub(running.len());
    if room == 0 {
        return Ok(lease);
    }
    for job in app.store.take_jobs(holder, room, now, now.after(span(lease))).await? {
        running.spawn(app.clone().see_to(job, Arc::clone(holder)));
    }
    let next = app.store.next_job(now).await?;
    // What another server puts down is found no later than what it leaves behind.
    Ok(next.map_or(lease, |next| Duration::from_millis(next.since(now)).min(lease)))
}

impl App {
    /// Takes every step of a job that can be taken now, and gives it back.
    async fn see_to(self, mut job: Job, holder: Arc<str>) {
        let lease = self.config.pauses.lease;
        let mut keep = tokio::time::interval(lease / 3);
        keep.tick().await;
        let done = {
            let call = job.call.clone();
            let steps = self.steps(&call, job.attempts);
            tokio::pin!(steps);
            loop {
                tokio::select! {
                    done = &mut steps => break done,
                    _ = keep.tick() => {
                        let until = self.clock.now().after(span(lease));
                        match self.store.keep_job(&job, &holder, until).await {
                            Ok(true) => {}
                            Ok(false) => return,
                            Err(error) => tracing::warn!(call = %call, "keeping a job: {error}"),
                        }
                    }
                }
            }
        };
        let due = match done {
            Ok((attempts, due)) => {
                job.attempts = attempts;
                due
            }
            Err(error) => {
                tracing::error!(call = %job.call, "following up: {error}");
                Some(self.clock.now().after(span(self.config.pauses.longest)))
            }
        };
        if let Err(error) = self.store.leave_job(&job, &holder, due).await {
            // Its lease runs out by itself.
            tracing::warn!(call = %job.call, "giving back a job: {error}");
        }
    }

    /// Takes steps until there is none to take now; returns what was tried, and when to go on if ever.
    async fn steps(
        &self,
        id: &CallId,
        mut attempts: Attempts,
    ) -> Result<(Attempts, Option<Millis>), StoreError> {
        loop {
            let Some(call) = self.store.pursuit(id).await? else { return Ok((attempts, None)) };
            let now = Moments { now: self.clock.now(), heard: self.heard_at() };
            match next(&call, &attempts, &self.config.pauses, now) {
                Step::Done => return Ok((attempts, None)),
                Step::Wait(until) => return Ok((attempts, Some(until))),
                Step::SayNoWord => self.say(id, self.clock.now(), What::NoWord).await?,
                Step::Check => self.check(&call, &mut attempts).await?,
                Step::LetGo => self.let_go(&call).await?,
                Step::Ask { last } => self.ask(&call, &mut attempts, last).await?,
                Step::Copy { last } => self.copy(&call, &mut attempts, last).await?,
            }
        }
    }

    /// Asks Telnyx whether the call goes on; if not, nobody else will say that it ended.
    async fn check(&self, call: &Pursuit, attempts: &mut Attempts) -> Result<(), StoreError> {
        let id = &call.row.id;
        let alive = match &call.row.ids.call_control_id {
            Some(handle) => self.carrier.is_alive(handle).await,
            None => Ok(Alive::No(None)),
        };
        let now = self.clock.now();
        attempts.check_after = Some(now.after(span(self.config.pauses.sweep)));
        match alive {
            Ok(Alive::Yes) => Ok(()),
            Ok(Alive::No(since)) => {
                tracing::info!(call = %id, "over without a word");
                let ended = What::Ended { cause: Cause::Silence, by: Side::Network };
                self.say(id, since.unwrap_or(now), ended).await
            }
            Err(error) => {
                tracing::warn!(call = %id, "asking whether a call goes on: {error}");
                Ok(())
            }
        }
    }

    /// Has Telnyx end the leg of a call that no page has any more, and says what came of it.
    async fn let_go(&self, call: &Pursuit) -> Result<(), StoreError> {
        let id = &call.row.id;
        let answer = match &call.row.ids.call_control_id {
            // By the call's own id, so that servers that try at once try the same.
            Some(handle) => self.carrier.hang_up(handle, id.as_str()).await,
            None => Ok(HungUp::NotTaken),
        };
        tracing::info!(call = %id, ?answer, "no page has the call");
        let ended = match answer {
            Ok(HungUp::Taken | HungUp::Over) => true,
            Ok(HungUp::NotTaken) | Err(CarrierError::Refused { .. }) => false,
            Err(CarrierError::Unreachable(_) | CarrierError::Undecodable(_)) => {
                let again = self.clock.now().after(span(self.config.pauses.first));
                return self.store.end_later(id, again).await;
            }
        };
        self.say(id, self.clock.now(), What::LetGo { ended }).await?;
        self.store.let_go(id).await
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

/// What time it is, and when anybody was last heard.
#[derive(Debug, Clone, Copy)]
struct Moments {
    now: Millis,
    heard: Millis,
}

/// What to do next about `call`, given what was tried.
fn next(
    call: &Pursuit,
    attempts: &Attempts,
    pauses: &Pauses,
    Moments { now, heard }: Moments,
) -> Step {
    let mut wait: Option<Millis> = None;
    let mut until = |moment: Millis| wait = Some(wait.map_or(moment, |known| known.min(moment)));

    if !call.row.is_over() {
        let silence = match call.row.ids.call_control_id {
            Some(_) => pauses.sweep,
            None => pauses.longest_call,
        };
        let due = attempts.check_after.unwrap_or_else(|| call.heard_at.after(span(silence)));
        // An id may come to light before that.
        let look = now.after(span(pauses.sweep));
        let look = match call.unclaimed {
            Some(unclaimed) if unclaimed.is_due(heard, now) => return Step::LetGo,
            Some(unclaimed) if now < unclaimed.end_at => unclaimed.end_at.min(look),
            // Nobody was heard since: that is looked at again.
            Some(_) => now.after(span(pauses.unclaimed)).min(look),
            None => look,
        };
        return if now >= due { Step::Check } else { Step::Wait(due.min(look)) };
    }
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

    use super::{Attempts, Moments, Step, next, pause};
    use crate::config::Pauses;
    use crate::store::{Pursuit, Unclaimed};

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
            heard_at: Millis(100_000),
            saved_heard_at: saved.then_some(Millis(101_000)),
            recording_id: None,
            unclaimed: None,
        }
    }

    fn ended(cause: Cause) -> What {
        What::Ended { cause, by: Side::Us }
    }

    fn hung_up() -> What {
        What::HungUp { cause: Cause::Normal, by: Side::Them }
    }

    fn at(call: &Pursuit, attempts: &Attempts, seconds: u64) -> Step {
        let now = Millis(seconds * 1000);
        next(call, attempts, &Pauses::default(), Moments { now, heard: now })
    }

    #[test]
    fn a_call_that_goes_on_is_asked_about_when_nothing_was_heard_for_five_minutes() {
        let mut call = call(vec![What::Initiated, What::Answered]);
        let none = Attempts::default();
        assert_eq!(at(&call, &none, 200), Step::Wait(Millis(500_000)));
        assert_eq!(at(&call, &none, 100 + 4 * 3600), Step::Check);
        call.row.ids.call_control_id = Some("v3:a".to_owned());
        assert_eq!(at(&call, &none, 399), Step::Wait(Millis(400_000)));
        assert_eq!(at(&call, &none, 400), Step::Check);
        let asked = Attempts { check_after: Some(Millis(700_000)), ..none };
        assert_eq!(at(&call, &asked, 400), Step::Wait(Millis(700_000)));
    }

    #[test]
    fn a_leg_whose_page_said_that_it_goes_is_ended_in_its_time() {
        let mut call = call(vec![What::Initiated, What::Answered]);
        call.unclaimed = Some(Unclaimed { end_at: Millis(120_000), silent_since: None });
        let at = |seconds| at(&call, &Attempts::default(), seconds);
        assert_eq!(at(100), Step::Wait(Millis(120_000)));
        assert_eq!(at(119), Step::Wait(Millis(120_000)));
        assert_eq!(at(120), Step::LetGo);
    }

    #[test]
    fn a_page_that_only_fell_silent_is_gone_when_somebody_else_was_heard_since() {
        let mut call = call(vec![What::Initiated, What::Answered]);
        let silent_since = Some(Millis(100_000));
        call.unclaimed = Some(Unclaimed { end_at: Millis(160_000), silent_since });
        let at = |now, heard| {
            let moments = Moments { now: Millis(now), heard: Millis(heard) };
            next(&call, &Attempts::default(), &Pauses::default(), moments)
        };
        assert_eq!(at(160_000, 100_000), Step::Wait(Millis(180_000)));
        assert_eq!(at(159_999, 150_000), Step::Wait(Millis(160_000)));
        assert_eq!(at(160_000, 100_001), Step::LetGo);
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
            match next(&call, &attempts, &Pauses::default(), Moments { now, heard: now }) {
                Step::Wait(until) => now = until,
                Step::Ask { last } => {
                    asked.push(now.since(Millis(100_000)) / 1000);
                    attempts.asked += 1;
                    attempts.ask_after = Some(now.after(pause(&Pauses::default(), attempts.asked)));
                    if last {
                        break;
                    }
                }
                other @ (Step::Done
                | Step::SayNoWord
                | Step::Check
                | Step::LetGo
                | Step::Copy { .. }) => {
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
