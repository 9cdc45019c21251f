//! Calls nobody speaks of any more: asked about while they go on, called out when no word came of them.

use call::cause::Outcome;
use call::history::{Row, What, Word};
use call::time::Millis;
use call::timeline::Deed;

use super::{Next, span};
use crate::app::App;
use crate::carrier::Alive;
use crate::config::Pauses;
use crate::control::Control;
use crate::store::{Attempts, Pursuit, StoreError};

/// What to do about a call nobody speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Say that no webhook came.
    SayNoWord,
    /// Ask Telnyx whether the call goes on.
    Check,
}

/// What to do next about `call`, given what was tried.
pub(super) fn next(
    call: &Pursuit,
    attempts: &Attempts,
    pauses: &Pauses,
    now: Millis,
) -> Next<Step> {
    if !call.row.is_over() {
        let silence = match call.row.ids.call_control_id {
            Some(_) => pauses.sweep,
            None => pauses.longest_call,
        };
        let due = attempts.check_after.unwrap_or_else(|| call.heard_at.after(span(silence)));
        // An id may come to light before that.
        let look = now.after(span(pauses.sweep));
        return if now >= due { Next::Now(Step::Check) } else { Next::At(due.min(look)) };
    }
    if call.row.telnyx == Word::Awaited
        && reached_telnyx(&call.row)
        && let Some(over) = call.over_heard_at
    {
        let due = over.after(span(pauses.no_word));
        return if now >= due { Next::Now(Step::SayNoWord) } else { Next::At(due) };
    }
    Next::Nothing
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

impl App {
    /// Takes a step.
    pub(super) async fn sweep(
        &self,
        call: &Pursuit,
        attempts: &mut Attempts,
        step: Step,
    ) -> Result<(), StoreError> {
        match step {
            Step::SayNoWord => self.say(&call.row.id, self.clock.now(), What::NoWord).await,
            Step::Check => self.check(call, attempts).await,
        }
    }

    /// Asks Telnyx whether the call goes on; if not, nobody else will say that it ended.
    async fn check(&self, call: &Pursuit, attempts: &mut Attempts) -> Result<(), StoreError> {
        let id = &call.row.id;
        // Of several legs, one that is still to be there.
        let control = self.store.control(id).await?;
        let open = control.as_ref().and_then(Control::open).map(|leg| &leg.0);
        let alive = match open.or(call.row.ids.call_control_id.as_ref()) {
            Some(handle) => self.carrier.is_alive(handle).await,
            None => Ok(Alive::No(None)),
        };
        let now = self.clock.now();
        attempts.check_after = Some(now.after(span(self.config.pauses.sweep)));
        let known = alive.as_ref().ok().map(|alive| matches!(alive, Alive::Yes));
        self.did(id, Deed::AskedWhetherAlive(known)).await;
        match alive {
            Ok(Alive::Yes) => Ok(()),
            Ok(Alive::No(since)) => {
                tracing::info!(call = %id, "over without a word");
                self.say(id, since.unwrap_or(now), What::Lapsed).await
            }
            Err(error) => {
                tracing::warn!(call = %id, "asking whether a call goes on: {error}");
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
    use crate::jobs::Next;
    use crate::store::{Attempts, Pursuit};

    fn ended(cause: Cause) -> What {
        What::Ended { cause, by: Side::Us }
    }

    fn at(call: &Pursuit, attempts: &Attempts, seconds: u64) -> Next<Step> {
        next(call, attempts, &Pauses::default(), Millis(seconds * 1000))
    }

    #[test]
    fn a_call_that_goes_on_is_asked_about_when_nothing_was_heard_for_five_minutes() {
        let mut call = Pursuit::of(vec![What::Initiated, What::Answered]);
        let none = Attempts::default();
        assert_eq!(at(&call, &none, 200), Next::At(Millis(500_000)));
        assert_eq!(at(&call, &none, 100 + 4 * 3600), Next::Now(Step::Check));
        call.row.ids.call_control_id = Some("v3:a".to_owned());
        assert_eq!(at(&call, &none, 399), Next::At(Millis(400_000)));
        assert_eq!(at(&call, &none, 400), Next::Now(Step::Check));
        let asked = Attempts { check_after: Some(Millis(700_000)), ..none };
        assert_eq!(at(&call, &asked, 400), Next::At(Millis(700_000)));
    }

    #[test]
    fn silence_after_the_browsers_end_is_called_out_after_ten_seconds() {
        let unanswered = Pursuit::of(vec![What::Rang, ended(Cause::Busy)]);
        let none = Attempts::default();
        assert_eq!(at(&unanswered, &none, 100), Next::At(Millis(110_000)));
        assert_eq!(at(&unanswered, &none, 110), Next::Now(Step::SayNoWord));
        assert_eq!(
            at(
                &Pursuit::of(vec![
                    What::Rang,
                    ended(Cause::Busy),
                    What::HungUp { cause: Cause::Normal, by: Side::Them }
                ]),
                &none,
                110
            ),
            Next::Nothing
        );
    }

    #[test]
    fn a_call_without_a_microphone_never_reached_telnyx_and_nothing_is_called_out() {
        assert_eq!(
            at(&Pursuit::of(vec![ended(Cause::NoMicrophone)]), &Attempts::default(), 200),
            Next::Nothing
        );
    }

    #[test]
    fn a_call_given_up_before_anything_came_back_may_never_have_reached_telnyx() {
        let given_up = Pursuit::of(vec![What::Dialled, ended(Cause::Busy)]);
        assert_eq!(at(&given_up, &Attempts::default(), 200), Next::Nothing);
    }
}
