//! Calls that no page has any more: their legs are ended.

use call::history::What;
use call::time::Millis;

use super::{Next, span};
use crate::app::App;
use crate::carrier::{CarrierError, HungUp};
use crate::config::Pauses;
use crate::control::Control;
use crate::store::{Pursuit, StoreError};

/// What to do about a call whose page is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// End its leg.
    HangUp,
}

/// What to do next about `call`, if anybody was last heard at `heard`.
///
/// A page that did not say that it goes may only be out of reach, and so may this server: who hears nobody at all cannot
/// know which end is gone, and waits.
pub(super) fn next(call: &Pursuit, pauses: &Pauses, heard: Millis, now: Millis) -> Next<Step> {
    let Some(unclaimed) = call.unclaimed.filter(|_| !call.row.is_over()) else {
        return Next::Nothing;
    };
    if now < unclaimed.end_at {
        Next::At(unclaimed.end_at)
    } else if unclaimed.silent_since.is_none_or(|since| heard > since) {
        Next::Now(Step::HangUp)
    } else {
        Next::At(now.after(span(pauses.unclaimed)))
    }
}

impl App {
    /// Takes a step.
    pub(super) async fn let_go(&self, call: &Pursuit, step: Step) -> Result<(), StoreError> {
        match step {
            Step::HangUp => self.end_leg(call).await,
        }
    }

    /// Has Telnyx end the leg, and says what came of it.
    async fn end_leg(&self, call: &Pursuit) -> Result<(), StoreError> {
        let id = &call.row.id;
        if self.store.step_control(id, Control::left, self.clock.now()).await?.is_some() {
            tracing::info!(call = %id, "no page has the call");
            self.say(id, self.clock.now(), What::LetGo { ended: true }).await?;
            return self.store.let_go(id).await;
        }
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
}

#[cfg(test)]
mod tests {
    use call::cause::{Cause, Side};
    use call::history::What;
    use call::time::Millis;

    use super::{Step, next};
    use crate::config::Pauses;
    use crate::jobs::Next;
    use crate::store::{Pursuit, Unclaimed};

    fn call(facts: Vec<What>, end_at: u64, silent_since: Option<u64>) -> Pursuit {
        let (end_at, silent_since) = (Millis(end_at), silent_since.map(Millis));
        Pursuit { unclaimed: Some(Unclaimed { end_at, silent_since }), ..Pursuit::of(facts) }
    }

    fn at(call: &Pursuit, now: u64, heard: u64) -> Next<Step> {
        next(call, &Pauses::default(), Millis(heard), Millis(now))
    }

    #[test]
    fn a_leg_whose_page_said_that_it_goes_is_ended_in_its_time() {
        let left = call(vec![What::Answered], 120_000, None);
        assert_eq!(at(&left, 119_999, 0), Next::At(Millis(120_000)));
        assert_eq!(at(&left, 120_000, 0), Next::Now(Step::HangUp));
        let hung_up = What::HungUp { cause: Cause::Normal, by: Side::Them };
        assert_eq!(at(&call(vec![hung_up], 120_000, None), 120_000, 0), Next::Nothing);
        assert_eq!(at(&Pursuit::of(vec![What::Answered]), 120_000, 0), Next::Nothing);
    }

    #[test]
    fn a_page_that_only_fell_silent_is_gone_when_somebody_else_was_heard_since() {
        let silent = call(vec![What::Answered], 160_000, Some(100_000));
        assert_eq!(at(&silent, 159_999, 150_000), Next::At(Millis(160_000)));
        assert_eq!(at(&silent, 160_000, 100_000), Next::At(Millis(180_000)));
        assert_eq!(at(&silent, 160_000, 100_001), Next::Now(Step::HangUp));
    }
}
