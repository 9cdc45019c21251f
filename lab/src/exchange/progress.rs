//! From the first ringing to the answer, whoever brings it about.

use super::Exchange;
use super::agenda::Due;
use super::io::{Order, Source};
use super::leg::{Control, HeldReply, Leg, Stage, Tie, Until};
use super::signalling::{self, Shown};
use super::turn::Turn;
use crate::numbers::Anchor;
use crate::switches::SdkControlId;

/// How long it takes to tell a machine from a person.
const DETECTION: std::time::Duration = std::time::Duration::from_secs(3);

impl Exchange {
    /// The browser's offer has an answer. What the far end did meanwhile is told now.
    pub(super) fn media_ready(&mut self, key: &str, sdp: String, turn: &mut Turn) {
        let Some(leg) = self.leg_mut(key) else { return };
        let Stage::Preparing { answered } = *leg.stage() else {
            // Hung up while media was at work.
            return;
        };
        leg.enter(Stage::Ready { sdp, rung: false }, "media is ready");
        let parked = leg.tie == Tie::Alone && leg.is_controlled();
        if answered {
            self.answer_caller(key, "answered meanwhile", turn);
            self.after_answer(key, turn);
        } else if parked {
            if !self.owes_reply(key) {
                self.tell_ringing(key, turn);
            }
        } else if let Some(far) = self.far_of(key) {
            self.follow(key, &far, turn);
        }
    }

    /// The leg that is called for this one.
    fn far_of(&self, key: &str) -> Option<String> {
        match &self.leg(key)?.tie {
            Tie::Direct(far) | Tie::Awaits(far) => Some(far.clone()),
            Tie::Alone | Tie::CalledFor { .. } | Tie::Bridged { .. } => None,
        }
    }

    /// A leg that is called for another one got on: the caller is told.
    pub(super) fn follow_up(&mut self, far: &str, turn: &mut Turn) {
        let caller = match self.leg(far).map(|leg| &leg.tie) {
            Some(Tie::Direct(caller) | Tie::CalledFor { leg: caller, .. }) => caller.clone(),
            Some(Tie::Alone | Tie::Awaits(_) | Tie::Bridged { .. }) | None => return,
        };
        if self.far_of(&caller).as_deref() == Some(far) {
            self.follow(&caller, far, turn);
        }
    }

    fn follow(&mut self, caller: &str, far: &str, turn: &mut Turn) {
        match self.leg(far).map(Leg::stage) {
            Some(Stage::Alerting) => self.tell_ringing(caller, turn),
            Some(Stage::EarlyMedia) => self.tell_early_media(caller, far, turn),
            Some(Stage::Answered { .. }) => self.connect(caller, far, turn),
            Some(
                Stage::Preparing { .. }
                | Stage::Ready { .. }
                | Stage::Calling
                | Stage::Called
                | Stage::Ended { .. },
            )
            | None => {}
        }
    }

    /// Whether the browser of this leg is told its `call_control_id`.
    pub(super) fn shows_control_id(&self, key: &str) -> Shown {
        let commanded = self.leg(key).and_then(Leg::announced).map(|announced| announced.control);
        match (commanded, self.switches.sdk_control_id) {
            (Some(Control::Rest), _) | (_, SdkControlId::Sent) => Shown::Yes,
            (Some(Control::Connection) | None, SdkControlId::Withheld) => Shown::No,
        }
    }

    fn tell_ringing(&mut self, key: &str, turn: &mut Turn) {
        let shown = self.shows_control_id(key);
        let Some(leg) = self.leg_mut(key) else { return };
        match leg.stage().clone() {
            Stage::Ready { sdp, rung: false } => {
                leg.enter(Stage::Ready { sdp, rung: true }, "the far end rings");
                turn.send(leg, signalling::ringing(leg, shown));
            }
            Stage::Answered { .. } => turn.media(key, Order::Hear { source: Source::Ringback }),
            Stage::Preparing { .. }
            | Stage::Ready { .. }
            | Stage::Calling
            | Stage::Called
            | Stage::Alerting
            | Stage::EarlyMedia
            | Stage::Ended { .. } => {}
        }
    }

    fn tell_early_media(&mut self, key: &str, far: &str, turn: &mut Turn) {
        let Some(leg) = self.leg_mut(key) else { return };
        match leg.stage().clone() {
            Stage::Ready { sdp, .. } => {
                leg.enter(Stage::EarlyMedia, "the far end is heard");
                self.send_sdp(key, &sdp, signalling::early_media, turn);
                turn.media(key, Order::Hear { source: Source::Leg(far.to_owned()) });
            }
            Stage::Answered { .. } => {
                turn.media(key, Order::Hear { source: Source::Leg(far.to_owned()) });
            }
            Stage::Preparing { .. }
            | Stage::Calling
            | Stage::Called
            | Stage::Alerting
            | Stage::EarlyMedia
            | Stage::Ended { .. } => {}
        }
    }

    /// The end of a leg that is called picks up. One that is over, or up already, stays as it is.
    pub(super) fn picked_up(&mut self, key: &str, why: &str, turn: &mut Turn) {
        let now = turn.now;
        let Some(leg) = self.leg_mut(key) else { return };
        match leg.stage() {
            Stage::Called | Stage::Alerting | Stage::EarlyMedia => {}
            Stage::Preparing { .. }
            | Stage::Ready { .. }
            | Stage::Calling
            | Stage::Answered { .. }
            | Stage::Ended { .. } => return,
        }
        leg.enter(Stage::Answered { at: now, held: false }, why);
        let tie = leg.tie.clone();
        match tie {
            Tie::Direct(caller) => self.connect(&caller, key, turn),
            Tie::CalledFor { leg, stays, purpose: _ } => {
                self.give_voice(key, turn);
                self.after_answer(key, turn);
                self.join(&leg, key, stays, turn);
            }
            Tie::Alone | Tie::Awaits(_) | Tie::Bridged { .. } => {
                self.give_voice(key, turn);
                self.after_answer(key, turn);
            }
        }
    }

    /// The far end of a direct call has picked up: both halves are up, and hear each other. While media still works
    /// on the caller's offer nothing happens; it is done again when that is ready.
    fn connect(&mut self, caller: &str, far: &str, turn: &mut Turn) {
        if self.leg(caller).is_some_and(|leg| matches!(leg.tie, Tie::Awaits(_))) {
            // A transfer; the leg that is called joins by itself.
            return;
        }
        if !self.answer_caller(caller, "the far end answers", turn) {
            return;
        }
        self.give_voice(caller, turn);
        self.give_voice(far, turn);
        self.pass_media(caller, far, turn);
        for key in [caller, far] {
            self.after_answer(key, turn);
        }
        for key in [caller, far] {
            self.tell_bridged(key, turn);
        }
    }

    /// Answers the leg of whoever called. False if that is not possible, or not yet.
    pub(super) fn answer_caller(&mut self, key: &str, why: &str, turn: &mut Turn) -> bool {
        let now = turn.now;
        let shown = self.shows_control_id(key);
        let Some(leg) = self.leg_mut(key) else { return false };
        let sdp = match leg.stage().clone() {
            Stage::Ready { sdp, .. } => Some(sdp),
            Stage::EarlyMedia | Stage::Calling => None,
            Stage::Preparing { .. }
            | Stage::Called
            | Stage::Alerting
            | Stage::Answered { .. }
            | Stage::Ended { .. } => return false,
        };
        leg.enter(Stage::Answered { at: now, held: false }, why);
        let held = leg.browser_mut().and_then(|browser| browser.reply.take());
        if let Some(HeldReply { socket, frame, until: Until::ItsTime }) = &held {
            turn.reply(*socket, frame.clone());
        }
        match sdp {
            Some(sdp) => {
                let answer = |leg: &Leg, sdp: &str| signalling::answer(leg, shown, Some(sdp));
                self.send_sdp(key, &sdp, answer, turn);
            }
            None => {
                if let Some(leg) = self.leg(key) {
                    turn.send(leg, signalling::answer(leg, shown, None));
                }
            }
        }
        if let Some(HeldReply { socket, frame, until: Until::Answered(by) }) = held {
            self.agenda.at(now.plus(by), Due::Reply { socket, frame });
        }
        true
    }

    /// Whether the reply to this leg's INVITE is late, and still to come.
    fn owes_reply(&self, key: &str) -> bool {
        let reply = self.leg(key).and_then(Leg::browser).and_then(|browser| browser.reply.as_ref());
        reply.is_some_and(|held| held.until == Until::ItsTime)
    }

    /// The time of a late reply has come. A parked leg rings after it.
    pub(super) fn late_reply(&mut self, key: &str, turn: &mut Turn) {
        if !self.owes_reply(key) {
            return;
        }
        if let Some(HeldReply { socket, frame, .. }) = self.held_reply(key) {
            turn.reply(socket, frame);
        }
        if self.leg(key).is_some_and(|leg| leg.tie == Tie::Alone && leg.is_controlled()) {
            self.tell_ringing(key, turn);
        }
    }

    /// The reply to INVITE that was held back until now.
    fn held_reply(&mut self, key: &str) -> Option<HeldReply> {
        self.leg_mut(key).and_then(Leg::browser_mut)?.reply.take()
    }

    /// Lets the reply to INVITE go of a call that ends without an answer.
    pub(super) fn release_reply(&mut self, key: &str, turn: &mut Turn) {
        // A late one has its time.
        if !self.owes_reply(key)
            && let Some(HeldReply { socket, frame, .. }) = self.held_reply(key)
        {
            turn.reply(socket, frame);
        }
    }

    /// What a leg that has just been answered does, and is told of.
    pub(super) fn after_answer(&mut self, key: &str, turn: &mut Turn) {
        let Some(leg) = self.leg_mut(key) else { return };
        let wishes = std::mem::take(&mut leg.wishes);
        if let Some(wanted) = wishes.record {
            self.record(key, wanted, turn);
        }
        self.tell_answered(key, turn);
        if let Some(limit) = wishes.time_limit {
            self.agenda.at(turn.now.plus(limit), Due::TimeLimit(key.to_owned()));
        }
        if wishes.detect_machine {
            self.agenda.at(turn.now.plus(DETECTION), Due::Detected(key.to_owned()));
        }
        if let (Some(digits), Some(leg)) = (wishes.digits, self.leg_mut(key)) {
            leg.dtmf_played.push_str(&digits);
        }
        self.begin(key, Anchor::Answer, turn.now);
    }

    /// `call.machine.detection.ended`.
    pub(super) fn machine_detected(&mut self, key: &str, turn: &mut Turn) {
        let Some(leg) = self.leg(key).filter(|leg| leg.is_up()) else { return };
        let machine = leg.person().is_some_and(|person| person.behaviour.machine);
        let result = if machine { "machine" } else { "human" };
        self.tell(
            key,
            "call.machine.detection.ended",
            serde_json::json!({ "result": result }),
            turn,
        );
    }
}
