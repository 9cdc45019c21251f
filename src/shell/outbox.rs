//! What this browser witnessed, on its way to the server: kept until the server has it.

use std::mem::take;
use std::rc::Rc;

use call::history::Fact;
use call::ids::CallId;
use call::line::FIRST_PAUSE_MS;

use super::{Inner, Timer};
use crate::backend::Failure;
use crate::boxed::spawn;

/// How many facts wait at most; beyond that nothing new is kept. A call has five or ten, and all of one call fit into a
/// request.
const MOST: usize = 200;

/// Facts not yet accepted, oldest first.
#[derive(Default)]
pub(super) struct Outbox {
    waiting: Vec<(CallId, Fact)>,
    sending: bool,
}

impl Outbox {
    pub(super) fn push(&mut self, id: CallId, fact: Fact) {
        if self.waiting.len() < MOST {
            self.waiting.push((id, fact));
        }
    }

    /// Takes in front what the page before this one could not send.
    pub(super) fn take_up(&mut self, mut unsent: Vec<(CallId, Fact)>) {
        unsent.append(&mut self.waiting);
        self.waiting = unsent;
    }

    /// What the server has not got.
    pub(super) fn unsent(&self) -> Vec<(CallId, Fact)> {
        self.waiting.clone()
    }

    /// Drops what the server has not got.
    pub(super) fn clear(&mut self) {
        self.waiting.clear();
    }

    /// All facts about the call whose turn it is.
    fn next_batch(&self) -> Option<(CallId, Vec<Fact>)> {
        let (id, _) = self.waiting.first()?;
        let of_it = self.waiting.iter().filter(|(other, _)| other == id);
        Some((id.clone(), of_it.map(|(_, fact)| fact.clone()).collect()))
    }

    /// The server answered to the first `sent` facts about a call: they are done with, or wait until all others have had
    /// their turn, so that what the server cannot take stands in nobody's way.
    fn settle(&mut self, id: &CallId, mut sent: usize, again: bool) {
        let mut later = vec![];
        for entry in take(&mut self.waiting) {
            if sent == 0 || entry.0 != *id {
                self.waiting.push(entry);
            } else {
                sent -= 1;
                if again {
                    later.push(entry);
                }
            }
        }
        self.waiting.append(&mut later);
    }
}

impl Inner {
    /// Sends what waits, as long as somebody is signed in.
    pub(super) fn flush_outbox(self: &Rc<Self>) {
        let batch = {
            let mut outbox = self.outbox.borrow_mut();
            if outbox.sending || self.agent().is_none() {
                return;
            }
            let batch = outbox.next_batch();
            outbox.sending = batch.is_some();
            batch
        };
        let Some((id, facts)) = batch else { return };
        let shell = Rc::clone(self);
        spawn(async move {
            let sent = facts.len();
            let answer = shell.backend.testify(&id, facts).await;
            let again = answer.is_err_and(Failure::may_pass);
            {
                let mut outbox = shell.outbox.borrow_mut();
                outbox.sending = false;
                outbox.settle(&id, sent, again);
            }
            if again {
                shell.after(Timer::Outbox, FIRST_PAUSE_MS, Self::flush_outbox);
            } else {
                shell.keep();
                shell.flush_outbox();
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use call::history::{Fact, What};
    use call::ids::{CallId, TelnyxIds};
    use call::time::Millis;

    use super::{MOST, Outbox};

    fn fact(at: u64) -> Fact {
        Fact { at: Millis(at), ids: TelnyxIds::default(), what: What::Held }
    }

    fn of(facts: &[(&str, u64)]) -> Outbox {
        let mut outbox = Outbox::default();
        for (call, at) in facts {
            outbox.push(CallId((*call).to_owned()), fact(*at));
        }
        outbox
    }

    fn told(outbox: &Outbox) -> Vec<(String, u64)> {
        outbox.unsent().into_iter().map(|(id, fact)| (id.0, fact.at.0)).collect()
    }

    #[test]
    fn a_call_is_sent_as_a_whole_and_what_came_meanwhile_stays() {
        let mut outbox = of(&[("a", 1), ("b", 2), ("a", 3)]);
        let id = CallId("a".to_owned());
        assert_eq!(outbox.next_batch(), Some((id.clone(), vec![fact(1), fact(3)])));
        outbox.push(id.clone(), fact(4));
        outbox.settle(&id, 2, false);
        assert_eq!(told(&outbox), [("b".to_owned(), 2), ("a".to_owned(), 4)]);
    }

    #[test]
    fn what_could_not_be_taken_is_kept_and_lets_the_others_go_first() {
        let mut outbox = of(&[("a", 1), ("a", 2), ("b", 3)]);
        outbox.settle(&CallId("a".to_owned()), 2, true);
        assert_eq!(told(&outbox), [("b".to_owned(), 3), ("a".to_owned(), 1), ("a".to_owned(), 2)]);
        // Another agent signed in while it was on its way.
        outbox.clear();
        outbox.settle(&CallId("a".to_owned()), 2, true);
        assert!(outbox.next_batch().is_none());
    }

    #[test]
    fn there_is_an_end_to_what_waits() {
        let facts: Vec<(&str, u64)> = (0..).map(|at| ("a", at)).take(MOST + 5).collect();
        assert_eq!(told(&of(&facts)).len(), MOST);
    }
}
