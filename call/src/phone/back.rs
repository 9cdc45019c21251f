//! The calls of a page that was loaded anew: which are kept, and what becomes of them in the page that follows.

use super::{Effect, Phone, of};
use crate::call::{self, Call, HangUp, Kept, Object, Stage};
use crate::time::Millis;

impl Phone {
    /// What to keep of the calls there are, for the page that may follow.
    ///
    /// One call that was answered survives: the one in front, else the newest. One that rings here may ring again.
    /// The others are for the page that goes to hang up, since the SDK would give back whichever the gateway names
    /// first.
    #[must_use]
    pub fn kept(&self) -> Vec<Kept> {
        let talks = |call: &&Call| {
            matches!(call.stage, Stage::Talking(_)) && call.hang_up == HangUp::NotAsked
        };
        let front = self.front.as_ref().and_then(|id| self.call(id)).filter(talks);
        let survivor = front.or_else(|| self.calls.iter().rev().find(talks)).map(|call| &call.id);
        let kept = |call: &Call| {
            let survives = match &call.stage {
                Stage::Talking(_) => Some(&call.id) == survivor,
                Stage::Incoming(_) => true,
                Stage::Calling(_) | Stage::Over(_) => false,
            };
            call.kept(survives)
        };
        self.calls.iter().filter_map(kept).collect()
    }

    /// Whether a call of the page before is still waited for.
    #[must_use]
    pub fn waits_for_return(&self) -> bool {
        self.calls.iter().any(|call| !call.is_over() && call.socket.is_away())
    }

    /// Whether the gateway may still have something of the page before: a call, or what is left of one.
    #[must_use]
    pub fn has_calls_of_before(&self) -> bool {
        self.calls.iter().any(|call| call.leg.object == Object::BEFORE)
    }

    /// Takes up the calls of the page before, which was last there at `since`.
    pub(super) fn takes_up(
        mut self,
        kept: Vec<Kept>,
        since: Millis,
        now: Millis,
    ) -> (Self, Vec<Effect>) {
        let mut effects = vec![];
        for kept in kept {
            if self.call(&kept.id).is_some() || self.past.contains(&kept.id) {
                continue;
            }
            let (id, survives) = (kept.id.clone(), kept.survives);
            let call = Call::of_the_page_before(kept, since);
            if survives {
                self.calls.push(call);
            } else {
                let (call, ended) = call.does_not_survive(since);
                self.calls.push(call);
                effects.extend(of(ended, &id));
            }
        }
        if self.line.is_up() {
            effects.extend(self.tell_all(&call::Event::SocketReady, now));
        }
        (self, effects)
    }
}
