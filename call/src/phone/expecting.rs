//! Calls a program asked for: they come in here first, and the one that is expected is answered by itself.

use serde::{Deserialize, Serialize};

use super::{Effect, Phone};
use crate::call::{Call, Object, Party};
use crate::cause::{Cause, Side};
use crate::history::What;
use crate::ids::{CallId, TelnyxIds};
use crate::line::Line;
use crate::number::Number;
use crate::time::Millis;

/// A call that is answered by itself when it comes: the one our server named, once, and no other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Expected {
    /// Our server's name for it.
    pub id: CallId,
    /// Whom our server calls once it is answered here.
    pub to: Number,
}

impl Phone {
    /// Says whether the call will be answered; a phone that is not ready, or that is in use, takes none.
    pub(super) fn expect(mut self, id: CallId, to: Number) -> (Self, Vec<Effect>) {
        // Rows are told again and again.
        if self.past.contains(&id) || self.expected.as_ref().is_some_and(|known| known.id == id) {
            return (self, vec![]);
        }
        let refused = |cause| What::Ended { cause, by: Side::Network };
        let answer = if self.line != Line::Ready {
            refused(Cause::NoAgent)
        } else if self.is_in_use() {
            refused(Cause::AgentBusy)
        } else {
            What::Expecting
        };
        if answer == What::Expecting {
            self.expected = Some(Expected { id: id.clone(), to });
        } else {
            self.remember(id.clone());
        }
        (self, vec![Effect::Testify(id, TelnyxIds::default(), answer)])
    }

    /// The expectation that a call with this name meets; it is met once, and not while the phone is in use.
    pub(super) fn takes_expected(mut self, asked: Option<&CallId>) -> (Self, Option<Expected>) {
        let met = self.expected.as_ref().is_some_and(|known| Some(&known.id) == asked);
        let expected = if met { self.expected.take() } else { None };
        let in_use = self.is_in_use();
        (self, expected.filter(|_| !in_use))
    }

    pub(super) fn expected_call(
        mut self,
        id: CallId,
        object: Object,
        ids: TelnyxIds,
        expected: Expected,
        now: Millis,
    ) -> (Self, Vec<Effect>) {
        let Expected { id: asked, to } = expected;
        self.remember(asked.clone());
        self = self.without_endings();
        // Under our server's name, which so learns the SDK's.
        let offered = What::Offered { call: id.clone(), from: Party::Number(to.clone()) };
        let mut effects = vec![Effect::Testify(asked, ids.clone(), offered)];
        let (call, began) = Call::asked(id.clone(), to, ids, object, now);
        effects.extend(self.begins(call, began, now));
        self.comes_forward(id);
        (self, effects)
    }

    fn is_in_use(&self) -> bool {
        self.has_live_call() || self.is_dialling()
    }
}
