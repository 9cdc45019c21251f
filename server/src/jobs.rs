//! What is still to be found out or done about calls: the worker.
//!
//! What to do next is a pure function of what is known of the call, what was tried, and the time; [`sweep`] decides
//! about calls nobody speaks of, [`let_go`] about those no page has, [`crate::recording`] about recordings. Each server has one worker, which takes the
//! jobs that are due ([`crate::store::Job`]), takes their steps and gives them back with the moment of the next; a job
//! of a server that is gone is taken by another when its lease has run out.

mod let_go;
mod sweep;

use std::sync::Arc;
use std::time::Duration;

use call::history::{Fact, What};
use call::ids::{CallId, TelnyxIds};
use call::time::Millis;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::app::App;
use crate::config::Pauses;
use crate::recording;
use crate::store::{Attempts, Job, StoreError, Witness};

/// How many jobs one server is at, at a time.
const AT_ONCE: usize = 8;

/// What to do next about one side of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next<Step> {
    /// Nothing, until its facts change.
    Nothing,
    /// Nothing, before this moment.
    At(Millis),
    /// This.
    Now(Step),
}

impl<Step> Next<Step> {
    /// The moment that is waited for, if one is.
    const fn due(&self) -> Option<Millis> {
        match self {
            Self::At(due) => Some(*due),
            Self::Nothing | Self::Now(_) => None,
        }
    }
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
        // Both go on at once: a step that stood still while the job is kept would hold the very connection that
        // keeping it waits for.
        let done = tokio::select! {
            done = self.steps(&job.call, job.attempts) => done,
            () = self.keep(&job, &holder) => return,
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

    /// Renews the lease of a job for as long as it is ours.
    async fn keep(&self, job: &Job, holder: &str) {
        let lease = self.config.pauses.lease;
        let mut due = tokio::time::interval(lease / 3);
        due.tick().await;
        loop {
            due.tick().await;
            let until = self.clock.now().after(span(lease));
            match self.store.keep_job(job, holder, until).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => tracing::warn!(call = %job.call, "keeping a job: {error}"),
            }
        }
    }

    /// Takes steps until there is none to take now; returns what was tried, and when to go on if ever.
    async fn steps(
        &self,
        id: &CallId,
        mut attempts: Attempts,
    ) -> Result<(Attempts, Option<Millis>), StoreError> {
        let pauses = &self.config.pauses;
        loop {
            // Before the look: what was true then is not to be held against a moment that came since. A page that takes
            // a call over between the two would lose it.
            let now = self.clock.now();
            let Some(call) = self.store.pursuit(id).await? else { return Ok((attempts, None)) };
            let swept = sweep::next(&call, &attempts, pauses, now);
            let chased = recording::next(&call, &attempts, pauses, now);
            let let_go = let_go::next(&call, pauses, self.heard_at(), now);
            match (swept, chased, let_go) {
                (Next::Now(step), ..) => self.sweep(&call, &mut attempts, step).await?,
                (_, Next::Now(step), _) => self.chase(&call, &mut attempts, step).await?,
                (.., Next::Now(step)) => self.let_go(&call, step).await?,
                (swept, chased, let_go) => {
                    let due = [swept.due(), chased.due(), let_go.due()];
                    return Ok((attempts, due.into_iter().flatten().min()));
                }
            }
        }
    }

    /// States that something happened to a call, as this server witnessed it.
    pub(crate) async fn say(&self, id: &CallId, at: Millis, what: What) -> Result<(), StoreError> {
        self.state(id, Fact { at, ids: TelnyxIds::default(), what }).await
    }

    /// States a fact this server witnessed.
    pub(crate) async fn state(&self, id: &CallId, fact: Fact) -> Result<(), StoreError> {
        self.store
            .witness(id, Witness::Server, vec![fact], u32::MAX, self.clock.now())
            .await
            .map(drop)
    }
}

/// The pause after `tries` attempts, in milliseconds: each twice the one before, up to the longest.
pub(crate) fn pause(pauses: &Pauses, tries: u32, longest: Duration) -> u64 {
    span(pauses.first).saturating_mul(1u64 << tries.min(20)).min(span(longest))
}

/// A duration in milliseconds.
pub(crate) fn span(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
