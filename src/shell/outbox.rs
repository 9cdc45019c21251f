//! What this browser witnessed, on its way to the server: kept until the server has it.

use std::collections::VecDeque;
use std::rc::Rc;

use call::history::Fact;
use call::ids::CallId;
use call::line::FIRST_PAUSE_MS;

use super::{Inner, Timer};
use crate::backend::Failure;
use crate::boxed::spawn;

/// Facts not yet accepted, oldest first.
#[derive(Default)]
pub(super) struct Outbox {
    waiting: VecDeque<(CallId, Fact)>,
    sending: bool,
}

impl Outbox {
    pub(super) fn push(&mut self, id: CallId, fact: Fact) {
        self.waiting.push_back((id, fact));
    }

    /// Takes in front what the page before this one could not send.
    pub(super) fn take_up(&mut self, unsent: Vec<(CallId, Fact)>) {
        for entry in unsent.into_iter().rev() {
            self.waiting.push_front(entry);
        }
    }

    /// What the server has not got.
    pub(super) fn unsent(&self) -> Vec<(CallId, Fact)> {
        self.waiting.iter().cloned().collect()
    }

    /// The facts about the call whose turn it is.
    fn next_batch(&self) -> Option<(CallId, Vec<Fact>)> {
        let (id, _) = self.waiting.front()?;
        let of_it = self.waiting.iter().take_while(|(other, _)| other == id);
        Some((id.clone(), of_it.map(|(_, fact)| fact.clone()).collect()))
    }
}

impl Inner {
    pub(super) fn flush_outbox(self: &Rc<Self>) {
        let batch = {
            let mut outbox = self.outbox.borrow_mut();
            if outbox.sending {
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
            shell.outbox.borrow_mut().sending = false;
            match answer {
                // A refusal is final: the server will not like the same words better later.
                Ok(()) | Err(Failure::Refused(_)) => {
                    shell.outbox.borrow_mut().waiting.drain(..sent);
                    shell.keep();
                    shell.flush_outbox();
                }
                Err(Failure::Unreachable) => {
                    shell.after(Timer::Outbox, FIRST_PAUSE_MS, Self::flush_outbox);
                }
            }
        });
    }
}
