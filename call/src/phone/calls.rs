//! Several calls: which one talks, and what is done about one that is nobody's.

use super::{Dialling, Effect, MOST_CALLS, Phone, REMEMBERED, Refusal};
use crate::call::{self, Call, HangUp, Object, Party, Sdk, Socket, Stage};
use crate::cause::{Cause, Side};
use crate::history::What;
use crate::ids::{CallId, TelnyxIds};
use crate::time::Millis;

impl Phone {
    pub(super) fn call_event(
        mut self,
        id: CallId,
        event: call::Event,
        now: Millis,
    ) -> (Self, Vec<Effect>) {
        if self.call(&id).is_some() {
            let answers = event == call::Event::Answer;
            let effects = self.tell(&id, event, now);
            if answers && !effects.is_empty() {
                self.comes_forward(id);
            }
            return (self, effects);
        }
        let Some((to, route)) = self.is_granted(&id) else {
            let effects = self.stranger(&id, &event);
            return (self, effects);
        };
        // Only the SDK's word makes it a call, whatever state it names first.
        if let call::Event::Sdk(object, _) = event {
            let (call, began) = Call::dialled(id.clone(), to, route, object, now);
            self = self.with_dialling(Dialling::Idle).without_endings();
            let mut effects = self.begins(call, began, now);
            self.comes_forward(id.clone());
            effects.extend(self.tell(&id, event, now));
            return (self, effects);
        }
        if let call::Event::SdkOver(_, cause) = event {
            let cause = cause.unwrap_or_else(|| Cause::Other("no cause".to_owned()));
            self.remember(id.clone());
            let ended = What::Ended { cause, by: Side::Network };
            let ended = Effect::Testify(id, TelnyxIds::default(), ended);
            return (self.with_dialling(Dialling::Refused(Refusal::Sdk)), vec![ended]);
        }
        (self, vec![])
    }

    pub(super) fn incoming_call(
        mut self,
        id: CallId,
        object: Object,
        from: Party,
        ids: TelnyxIds,
        now: Millis,
    ) -> (Self, Vec<Effect>) {
        let known = self.call(&id).is_some() || self.past.contains(&id);
        if known || self.is_granted(&id).is_some() {
            return self.call_event(id, call::Event::Sdk(object, Sdk::Ringing), now);
        }
        if self.calls.iter().filter(|call| !call.is_over()).count() >= MOST_CALLS {
            self.remember(id.clone());
            let offered = What::Offered { call: id.clone(), from };
            // Nobody declined it: there was no place for it.
            let busy = What::Ended { cause: Cause::Busy, by: Side::Network };
            let decline = Effect::Call(id.clone(), call::Effect::HangUpSdk);
            let offered = Effect::Testify(id.clone(), ids.clone(), offered);
            return (self, vec![decline, offered, Effect::Testify(id, ids, busy)]);
        }
        let (call, began) = Call::incoming(id, from, ids, object, now);
        let effects = self.begins(call, began, now);
        (self, effects)
    }

    pub(super) fn begins(
        &mut self,
        call: Call,
        began: Vec<call::Effect>,
        now: Millis,
    ) -> Vec<Effect> {
        let id = call.id.clone();
        self.calls.push(call);
        let mut effects = of(began, &id);
        if !self.line.is_up() {
            effects.extend(self.tell(&id, call::Event::SocketClosed, now));
        }
        effects
    }

    /// What the SDK says of a call that is over and forgotten, that was given up before it was one, or that
    /// this page never knew: it has no place here, and what lives of it is hung up as often as it shows itself.
    fn stranger(&mut self, id: &CallId, event: &call::Event) -> Vec<Effect> {
        let call::Event::Sdk(_, state) = event else { return vec![] };
        let announced = matches!(state, Sdk::New | Sdk::Ringing);
        if announced && !self.past.contains(id) {
            // A call that comes in says so in its own way.
            return vec![];
        }
        self.remember(id.clone());
        of([call::Effect::HangUpSdk, call::Effect::ReleaseMicrophone], id)
    }

    pub(super) fn take(mut self, id: &CallId, now: Millis) -> (Self, Vec<Effect>) {
        let Some(call) = self.call(id) else { return (self, vec![]) };
        let held = match &call.stage {
            Stage::Calling(_) => false,
            Stage::Talking(talking) => talking.hold.held && call.hang_up == HangUp::NotAsked,
            Stage::Incoming(_) | Stage::Over(_) => return (self, vec![]),
        };
        self.comes_forward(id.clone());
        let effects = if held { self.tell(id, call::Event::Hold(false), now) } else { vec![] };
        (self, effects)
    }

    /// Makes this call the one that is heard. A hold that failed for another may be tried again.
    pub(super) fn comes_forward(&mut self, id: CallId) {
        if self.front.as_ref() == Some(&id) {
            return;
        }
        for call in &mut self.calls {
            if let Stage::Talking(talking) = &mut call.stage {
                talking.hold.may_be_tried_again();
            }
        }
        self.front = Some(id);
    }

    /// Keeps one call in front, as long as there is one, and has the others held.
    pub(super) fn in_order(mut self, now: Millis) -> (Self, Vec<Effect>) {
        let may_be_heard = |call: &Call| match &call.stage {
            Stage::Calling(_) | Stage::Talking(_) => true,
            Stage::Incoming(incoming) => incoming.taken.is_some(),
            Stage::Over(_) => false,
        };
        let kept = self.front.as_ref().and_then(|id| self.call(id)).is_some_and(may_be_heard);
        if !kept {
            let next = self.calls.iter().rev().find(|call| may_be_heard(call));
            self.front = next.map(|call| call.id.clone());
        }
        let talks_beside = |call: &&Call| match &call.stage {
            Stage::Talking(talking) => {
                !talking.hold.held
                    && talking.hold.is_at_rest()
                    && call.hang_up == HangUp::NotAsked
                    && call.socket == Socket::Up
            }
            Stage::Calling(_) | Stage::Incoming(_) | Stage::Over(_) => false,
        };
        let beside = self.calls.iter().filter(|call| self.front.as_ref() != Some(&call.id));
        let to_hold: Vec<CallId> =
            beside.filter(talks_beside).map(|call| call.id.clone()).collect();
        let mut effects = vec![];
        for id in to_hold {
            effects.extend(self.tell(&id, call::Event::Hold(true), now));
        }
        (self, effects)
    }

    /// What a phone holds is its agent's: the next one starts with an empty phone. Calls that go on are
    /// hung up, and nothing of them is heard any more.
    pub(super) fn emptied(self, now: Millis) -> (Self, Vec<Effect>) {
        let (mut phone, mut effects) = self.give_up();
        effects.extend(phone.tell_all(&call::Event::HangUp, now));
        effects.extend(phone.tell_all(&call::Event::LineGone, now));
        let Self { line, past, input, .. } = phone.without_endings();
        (Self { line, input, past, ..Self::default() }, effects)
    }

    /// Tells every call.
    pub(super) fn tell_all(&mut self, event: &call::Event, now: Millis) -> Vec<Effect> {
        let ids: Vec<CallId> = self.calls.iter().map(|call| call.id.clone()).collect();
        ids.iter().flat_map(|id| self.tell(id, event.clone(), now)).collect()
    }

    /// Tells one call, if it is there; its wishes are the phone's.
    fn tell(&mut self, id: &CallId, event: call::Event, now: Millis) -> Vec<Effect> {
        let Some(at) = self.calls.iter().position(|call| call.id == *id) else { return vec![] };
        let call = self.calls.remove(at);
        let lived = !call.is_over();
        let (call, effects) = call.step(event, now);
        if lived && call.is_over() {
            // The ending before this one has had its time.
            *self = core::mem::take(self).without_endings();
            self.calls.push(call);
        } else {
            self.calls.insert(at, call);
        }
        of(effects, id)
    }

    /// Forgets the calls that are over, except that they were there.
    pub(super) fn without_endings(mut self) -> Self {
        let (over, living) = self.calls.into_iter().partition(Call::is_over);
        self.calls = living;
        let over: Vec<Call> = over;
        for call in over {
            self.past.push_back(call.id);
        }
        self.past.drain(..self.past.len().saturating_sub(REMEMBERED));
        self
    }

    pub(super) fn remember(&mut self, id: CallId) {
        if !self.past.contains(&id) {
            self.past.push_back(id);
            self.past.drain(..self.past.len().saturating_sub(REMEMBERED));
        }
    }
}

/// A call's wishes as the phone's.
pub(super) fn of(effects: impl IntoIterator<Item = call::Effect>, id: &CallId) -> Vec<Effect> {
    effects.into_iter().map(|effect| Effect::Call(id.clone(), effect)).collect()
}
