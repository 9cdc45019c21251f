//! How legs end, and what their end means for others.

use serde_json::{Value, json};

use super::Exchange;
use super::agenda::Due;
use super::ending::{By, Cause, Ending, Side};
use super::io::Order;
use super::leg::{Leg, Purpose, Stage, Tie};
use super::session::{PING_EVERY, Session};
use super::signalling;
use super::turn::Turn;
use crate::numbers::{Anchor, Refusal};
use crate::switches::RestHangupSource;

/// From the end of a leg until it is known what it cost.
const BILLING: std::time::Duration = std::time::Duration::from_secs(1);

impl Exchange {
    /// The agent hangs up (`telnyx_rtc.bye`); before the answer it cancels, or declines if it is the one who is called.
    pub(super) fn agent_hangs_up(&mut self, key: &str, params: &Value, turn: &mut Turn) {
        let Some(leg) = self.leg(key) else { return };
        let declined = params["cause"] == "CALL_REJECTED";
        let cause = match (leg.answered_at(), leg.side) {
            (Some(_), _) => Cause::NormalClearing,
            (None, Side::Caller) => Cause::OriginatorCancel,
            (None, Side::Callee) if declined => Cause::Refused(Refusal::Rejected),
            (None, Side::Callee) => Cause::Refused(Refusal::Busy),
        };
        let ending = Ending { cause, by: leg.side.own() };
        self.close(key, ending, "the agent hangs up", turn);
    }

    /// A person hangs up; before the answer it declines, or gives up if it is the one who calls.
    pub(super) fn person_hangs_up(&mut self, key: &str, turn: &mut Turn) {
        let Some(leg) = self.leg(key) else { return };
        let cause = match (leg.answered_at(), leg.side) {
            (Some(_), _) => Cause::NormalClearing,
            (None, Side::Callee) => Cause::Refused(Refusal::Rejected),
            (None, Side::Caller) => Cause::OriginatorCancel,
        };
        let ending = Ending { cause, by: leg.side.own() };
        self.end(key, ending, "the far end hangs up", turn);
    }

    /// A REST command ends a leg.
    pub(super) fn carrier_hangs_up(&mut self, key: &str, turn: &mut Turn) {
        let Some(leg) = self.leg(key) else { return };
        let cancelled = leg.answered_at().is_none() && leg.side == Side::Callee;
        let by = match self.switches.rest_hangup_source {
            RestHangupSource::Caller => By::Caller,
            RestHangupSource::Callee => By::Callee,
            RestHangupSource::Unknown => By::Unknown,
        };
        let cause = if cancelled { Cause::OriginatorCancel } else { Cause::NormalClearing };
        self.end(key, Ending { cause, by }, "REST command", turn);
    }

    pub(super) fn time_limit(&mut self, key: &str, turn: &mut Turn) {
        self.end(key, Ending { cause: Cause::TimeLimit, by: By::Unknown }, "time limit", turn);
    }

    /// Ends a leg that is not over and tells everyone. Its own browser is told too: it may be that someone else ended
    /// the call.
    pub(super) fn end(&mut self, key: &str, ending: Ending, why: &str, turn: &mut Turn) {
        if self.leg(key).is_some_and(Leg::is_alive) {
            self.release_reply(key, turn);
            if let Some(leg) = self.leg(key) {
                turn.send(leg, signalling::bye(leg, ending));
            }
            self.close(key, ending, why, turn);
        }
    }

    /// Ends a leg whose end knows already.
    pub(super) fn close(&mut self, key: &str, ending: Ending, why: &str, turn: &mut Turn) {
        let now = turn.now;
        self.release_reply(key, turn);
        let Some(leg) = self.leg_mut(key) else { return };
        if !leg.is_alive() {
            return;
        }
        let answered_at = leg.answered_at();
        leg.enter(Stage::Ended { at: now, answered_at, ending }, why);
        if let Some(partner) = leg.partner().cloned() {
            leg.last_partner = Some(partner);
        }
        let tie = std::mem::replace(&mut leg.tie, Tie::Alone);
        let cost = leg.announced().is_some_and(|announced| announced.cost);
        self.close_recordings(key, now);
        self.gather_stops(key, "call_hangup", turn);
        self.playing_hangs_up(key, turn);
        turn.media(key, Order::End);
        self.tell_hangup(key, ending, turn);
        if cost {
            self.agenda.at(now.plus(BILLING), Due::Cost(key.to_owned()));
        }
        self.begin(key, Anchor::End, now);
        match tie {
            Tie::Alone | Tie::Awaits(_) => {}
            Tie::Direct(with) | Tie::Bridged { with, .. } => {
                self.left_alone(&with, Some(ending), turn);
            }
            Tie::CalledFor { leg, .. } => {
                // A transfer that came to nothing: the leg goes on by itself.
                if self.leg(&leg).is_some_and(|waits| waits.tie == Tie::Awaits(key.to_owned())) {
                    self.left_alone(&leg, Some(ending), turn);
                }
            }
        }
        // A leg that was dialled to be bridged goes on: only a transfer is one call with the leg it began at.
        let transferred: Vec<_> = self
            .legs
            .iter()
            .filter(|leg| {
                matches!(&leg.tie, Tie::CalledFor { leg, purpose: Purpose::Transfer, .. } if leg == key)
            })
            .map(|leg| leg.key.clone())
            .collect();
        for called in transferred {
            let ending = Ending { cause: Cause::OriginatorCancel, by: By::Caller };
            self.end(&called, ending, "whoever waited for it is gone", turn);
        }
    }

    /// `call.cost`.
    pub(super) fn cost(&mut self, key: &str, turn: &mut Turn) {
        let Some(leg) = self.leg(key) else { return };
        let Some((ended_at, _)) = leg.ended() else { return };
        let seconds = leg.answered_at().map_or(0, |at| {
            // Started minutes, as US numbers are billed.
            ended_at.since(at).as_secs().div_ceil(60) * 60
        });
        let hundredths_of_cents = seconds / 60 * 70;
        let cost = format!("0.{hundredths_of_cents:04}");
        let fields = json!({
            "billed_duration_secs": seconds,
            "billing_group_id": null,
            "cost_parts": [{
                "billed_duration_secs": seconds,
                "call_part": "sip-trunking",
                "cost": cost,
                "currency": "USD",
                "rate": "0.0070",
            }],
            "occurred_at": turn.now.iso(),
            "status": "success",
            "total_cost": cost,
        });
        self.post(key, "call.cost", fields, turn);
    }

    /// Ends and forgets every leg, and puts everything back that the control API changed. Who is signed in stays so.
    pub(super) fn reset(&mut self, turn: &mut Turn) {
        for leg in std::mem::take(&mut self.legs) {
            if leg.is_alive() {
                let ending = Ending { cause: Cause::NormalClearing, by: By::Unknown };
                turn.send(&leg, signalling::bye(&leg, ending));
                turn.media(&leg.key, Order::End);
            }
        }
        self.recordings.clear();
        self.log.clear();
        self.memory = super::Memory::default();
        self.numbers.reset();
        self.switches = self.usual.clone();
        self.script = super::Script::default();
        self.agenda.clear();
        for (socket, session) in &self.sessions {
            if let Session::SignedIn { until, .. } = session {
                self.agenda.at(turn.clock.plus(PING_EVERY), Due::Ping(*socket));
                if let Some(until) = until {
                    self.agenda.at(*until, Due::TokenExpires(*socket));
                }
            }
        }
    }
}
