//! From ringing to the end, whoever brings it about.

use super::call::{Direction, Next, Recording, Stage, Talk};
use super::ending::{By, Cause, Ending};
use super::{Exchange, Order, Output, find, media, send, signalling};
use crate::clock::Moment;
use crate::numbers::{Plan, Program, Refusal};

impl Exchange {
    /// The browser's offer has an answer: the far end rings.
    pub(super) fn media_ready(&mut self, id: &str, sdp: String, out: &mut Vec<Output>) {
        let Some(call) = find(&mut self.calls, id) else { return };
        if *call.stage() != Stage::Preparing {
            // Hung up while media was at work.
            return;
        }
        let from = call.invited_at;
        let next = match call.behaviour.plan {
            Plan::Refuse { after, refusal } | Plan::RingThenRefuse { after, refusal } => {
                Next::Refuse { at: from.plus(after), refusal }
            }
            Plan::RingThenAnswer { after, program, leaves_after } => {
                Next::Answer { at: from.plus(after), program, leaves_after }
            }
            Plan::RingUntilTold { program } => Next::Told { program },
        };
        call.enter(Stage::Ringing { sdp, next }, "media is ready");
        send(call, signalling::ringing(call), out);
    }

    /// The far end picks up. A call that is not ringing (over, or answered already) stays as it is.
    pub(super) fn far_end_answers(&mut self, id: &str, now: Moment, out: &mut Vec<Output>) {
        let Some(call) = find(&mut self.calls, id) else { return };
        let Stage::Ringing { sdp, next } = call.stage().clone() else { return };
        let (program, leaves_after) = match next {
            Next::Answer { program, leaves_after, .. } => (program, leaves_after),
            Next::Refuse { .. } => (Program::Prompt, None),
            Next::Told { program } => (program, None),
        };
        let leaves_at = leaves_after.map(|after| now.plus(after));
        call.enter(Stage::Answered { at: now, held: false, leaves_at }, "the far end answers");
        send(call, signalling::answer(call, &sdp), out);
        media(call, Order::Play { program }, out);
        out.push(Output::Post(self.writer.answered(call, now)));
        out.push(Output::Post(self.writer.bridged(call, now)));
    }

    /// The far end hangs up; before the answer it declines, or gives up if it is the one who calls.
    pub(super) fn far_end_hangs_up(&mut self, id: &str, now: Moment, out: &mut Vec<Output>) {
        let Some(call) = self.call(id) else { return };
        let cause = match (call.answered_at(), call.direction) {
            (Some(_), _) => Cause::NormalClearing,
            (None, Direction::Outgoing) => Cause::Refused(Refusal::Rejected),
            (None, Direction::Incoming) => Cause::OriginatorCancel,
        };
        let ending = Ending { cause, by: call.far_side() };
        self.end(id, ending, "the far end hangs up", now, out);
    }

    /// The agent hangs up; before the answer it cancels, or declines if it is the one who is called.
    pub(super) fn agent_hangs_up(&mut self, id: &str, now: Moment, out: &mut Vec<Output>) {
        let Some(call) = self.call(id) else { return };
        let cause = match (call.answered_at(), call.direction) {
            (Some(_), _) => Cause::NormalClearing,
            (None, Direction::Outgoing) => Cause::OriginatorCancel,
            (None, Direction::Incoming) => Cause::Refused(Refusal::Busy),
        };
        let ending = Ending { cause, by: call.agents_side() };
        self.close(id, ending, "the agent hangs up", now, out);
    }

    /// A REST command ends the agent's leg.
    pub(super) fn carrier_hangs_up(&mut self, id: &str, now: Moment, out: &mut Vec<Output>) {
        let Some(call) = self.call(id) else { return };
        let ending = Ending { cause: Cause::NormalClearing, by: call.agents_side() };
        self.end(id, ending, "REST command", now, out);
    }

    /// Ends a call that is not over and tells everyone. The agent's own browser is told too: it may be that
    /// someone else ended the call.
    pub(super) fn end(
        &mut self,
        id: &str,
        ending: Ending,
        why: &str,
        now: Moment,
        out: &mut Vec<Output>,
    ) {
        if let Some(call) = find(&mut self.calls, id)
            && call.is_alive()
        {
            send(call, signalling::bye(call, ending), out);
            self.close(id, ending, why, now, out);
        }
    }

    /// Ends a call whose browser knows already.
    pub(super) fn close(
        &mut self,
        id: &str,
        ending: Ending,
        why: &str,
        now: Moment,
        out: &mut Vec<Output>,
    ) {
        let Some(call) = find(&mut self.calls, id) else { return };
        if !call.is_alive() {
            return;
        }
        let talk = call
            .answered_at()
            .map(|answered_at| Talk { answered_at, recording: Recording::Collecting });
        call.enter(Stage::Ended { at: now, ending, talk }, why);
        media(call, Order::End, out);
        out.push(Output::Post(self.writer.hangup(call, ending, now)));
    }

    /// The browser's ICE restart has an answer.
    pub(super) fn media_restarted(
        &self,
        id: &str,
        request: &serde_json::Value,
        sdp: &str,
        out: &mut Vec<Output>,
    ) {
        if let Some(call) = self.call(id) {
            let result = serde_json::json!({
                "action": "updateMedia",
                "callID": id,
                "sdp": sdp,
            });
            send(call, signalling::result(request, &result), out);
        }
    }

    /// Ends and forgets every call.
    pub(super) fn reset(&mut self, out: &mut Vec<Output>) {
        for call in self.calls.drain(..) {
            if call.is_alive() {
                let ending = Ending { cause: Cause::NormalClearing, by: By::Unknown };
                send(&call, signalling::bye(&call, ending), out);
                media(&call, Order::End, out);
            }
        }
    }
}
