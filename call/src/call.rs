//! One call: what is heard of it goes in, what it has become and what it wants done come out.
//!
//! The click asks, the network decides. Nothing a person does changes the [`Stage`]; only the SDK's
//! `callUpdate` does, and, where the SDK falls silent, a limit that says so ([`Watch`]). Telnyx's word,
//! which our server passes on, annotates ([`Disagreement`]); a call that is over there is hung up here.
//! Sounds, audio, microphones and timers are functions of the state: the [`crate::phone`], which knows
//! all calls, turns them into effects at one gate.

mod back;
mod calling;
mod events;
mod hang_up;
mod incoming;
mod leg;
mod over;
mod talking;
mod watch;
mod witness;

pub use back::{Kept, KeptStage};
pub use calling::{Calling, Progress};
pub use events::{Connection, Effect, Event, Object, Sdk};
pub use hang_up::{Asked, HangUp, Server, Why};
pub use incoming::Incoming;
pub use leg::{Leg, Sound, Warning};
pub use over::{Over, Remains};
pub use talking::{Ask, Hold, Microphone, Talking};
pub use watch::{
    ANSWER_LIMIT_MS, HANG_UP_LIMIT_MS, HOLD_LIMIT_MS, INVITE_LIMIT_MS, PREPARING_LIMIT_MS,
    RETURN_LIMIT_MS, RING_HERE_LIMIT_MS, RING_LIMIT_MS, SETTLE_LIMIT_MS, SLOW_MS, SOCKET_LIMIT_MS,
    SOUND_LIMIT_MS, Watch, Watches,
};
pub use witness::{Disagreement, Ending, Telnyx, Testimony};

use serde::{Deserialize, Serialize};

pub use crate::party::{Direction, Party, Route};

use events::Own;

use crate::cause::Cause;
use crate::history::What;
use crate::ids::{CallId, TelnyxIds};
use crate::number::Number;
use crate::time::Millis;

/// Where a call stands. Each variant holds what is true then and nothing else: only a
/// call that was answered has a `since`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Dialled, not answered.
    Calling(Calling),
    /// It rings here.
    Incoming(Incoming),
    /// Answered.
    Talking(Talking),
    /// Over.
    Over(Over),
}

/// The socket to Telnyx, as far as it concerns a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Socket {
    /// What the SDK is told reaches Telnyx.
    Up,
    /// It does not, and is not kept for later either.
    Down {
        /// When it closed.
        since: Millis,
    },
    /// The page was loaded anew in the middle of the call, and the SDK does not have it (yet).
    Away {
        /// When the page before this one was last there.
        since: Millis,
        /// Whether this page's line is ready: the gateway gives back what it has right after.
        ready: bool,
    },
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Call {
    /// Our id, which is also the SDK's.
    pub id: CallId,
    /// Which way it was made.
    pub direction: Direction,
    /// How it reaches the far end.
    pub route: Route,
    /// Who is at the other end.
    pub with: Party,
    /// When the SDK first reported it.
    pub began: Millis,
    /// Telnyx's ids, as far as they are known.
    pub ids: TelnyxIds,
    /// The SDK's object for it.
    pub leg: Leg,
    /// The socket it depends on.
    pub socket: Socket,
    /// Whether the end was asked for.
    pub hang_up: HangUp,
    /// The first error about it, or the limit it reached.
    pub trouble: Option<Cause>,
    /// What Telnyx says of it.
    pub telnyx: Testimony,
    /// Where it stands.
    pub stage: Stage,
}

impl Call {
    /// A call the SDK has just reported as ours.
    #[must_use = "the effects are requests; dropping them drops the call's wishes"]
    pub fn dialled(
        id: CallId,
        to: Number,
        route: Route,
        object: Object,
        now: Millis,
    ) -> (Self, Vec<Effect>) {
        let stage = Stage::Calling(Calling::NEW);
        let call = Self::begun(id, Direction::Outgoing, Party::Number(to), stage, object, now);
        (Self { route, ..call }, vec![Effect::Testify(What::Dialled)])
    }

    /// A call the SDK has just reported as ringing here.
    #[must_use = "the effects are requests; dropping them drops the call's wishes"]
    pub fn incoming(
        id: CallId,
        from: Party,
        ids: TelnyxIds,
        object: Object,
        now: Millis,
    ) -> (Self, Vec<Effect>) {
        let stage = Stage::Incoming(Incoming { taken: None });
        let offered = What::Offered { call: id.clone(), from: from.clone() };
        let call = Self::begun(id, Direction::Incoming, from, stage, object, now);
        (Self { ids, ..call }, vec![Effect::Testify(offered)])
    }

    /// A call a program asked for, which has come in here as expected: it is answered, and then our server calls `to`.
    #[must_use = "the effects are requests; dropping them drops the call's wishes"]
    pub fn asked(
        id: CallId,
        to: Number,
        ids: TelnyxIds,
        object: Object,
        now: Millis,
    ) -> (Self, Vec<Effect>) {
        let stage = Stage::Calling(Calling::COMING);
        let call = Self::begun(id, Direction::Outgoing, Party::Number(to), stage, object, now);
        (Self { route: Route::Asked, ids, ..call }, vec![Effect::Answer])
    }

    fn begun(
        id: CallId,
        direction: Direction,
        with: Party,
        stage: Stage,
        object: Object,
        now: Millis,
    ) -> Self {
        Self {
            id,
            direction,
            route: Route::Direct,
            with,
            began: now,
            ids: TelnyxIds::default(),
            leg: Leg::new(object),
            socket: Socket::Up,
            hang_up: HangUp::NotAsked,
            trouble: None,
            telnyx: Testimony::default(),
            stage,
        }
    }

    /// Moves the call forward by one event.
    ///
    /// News comes late, twice and out of order: the SDK has no guard of its own. An event
    /// with no meaning in the current stage leaves the call as it is.
    #[must_use = "the effects are requests; dropping them drops the call's wishes"]
    pub fn step(self, event: Event, now: Millis) -> (Self, Vec<Effect>) {
        match self.stage.clone() {
            Stage::Over(over) => self.after_the_end(over, event, now),
            Stage::Calling(_) | Stage::Incoming(_) | Stage::Talking(_) => self.alive(event, now),
        }
    }

    /// Whether the call is over.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over(_))
    }

    /// What holds in every stage of a call that lives; what does not is for the stage.
    fn alive(mut self, event: Event, now: Millis) -> (Self, Vec<Effect>) {
        match event {
            // An object that another has replaced has nothing to say, least of all about the end.
            Event::Sdk(object, _) | Event::SdkOver(object, _) if object < self.leg.object => {
                (self, vec![])
            }
            Event::Sdk(object, state) => {
                self.socket = self.socket.given_back();
                let mut effects = self.speaks_through(object);
                self.leg.up |= matches!(state, Sdk::Active | Sdk::Held);
                let (call, more) = self.in_its_stage(Own::Sdk(state), now);
                effects.extend(more);
                (call, effects)
            }
            Event::SdkOver(object, cause) => {
                self.socket = self.socket.given_back();
                self.leg.object = object;
                self.ends(cause, now)
            }
            Event::HangUp => self.asks_for_the_end(Why::Person, now),
            Event::Telnyx(telnyx) => self.hears_telnyx(telnyx, now),
            Event::ServerSaid(server) => {
                self.hang_up = self.hang_up.with_server(server);
                (self, vec![])
            }
            Event::Identified(news) => {
                self.ids = self.ids.joined(news);
                self.asks_server_now_that_it_knows()
            }
            Event::RemoteStream => {
                self.leg.stream = true;
                (self, vec![])
            }
            Event::Connection(connection) => {
                self.leg = self.leg.connection(connection);
                (self, vec![])
            }
            Event::Warning(warning) => {
                self.leg.warning = Some(warning);
                (self, vec![])
            }
            // The gateway does not name it among those it still has.
            Event::Trouble(Cause::Lost) if self.socket.is_away() => self.stays_away(now),
            Event::Trouble(cause) => {
                // The first error is the root; what follows are its consequences.
                self.trouble.get_or_insert(cause);
                (self, vec![])
            }
            Event::SocketClosed => {
                self.socket = self.socket.closed(now);
                (self, vec![])
            }
            Event::SocketReady => {
                self.socket = self.socket.ready();
                let (call, mut effects) = self.in_its_stage(Own::SocketReady, now);
                let (call, server) = call.asks_server_now_that_it_hears();
                effects.extend(server);
                // What Telnyx said meanwhile may have passed us by.
                effects.push(Effect::AskServer);
                (call, effects)
            }
            // It was on no line of this page's.
            Event::LineGone if self.socket.is_away() && self.hang_up == HangUp::NotAsked => {
                (self, vec![])
            }
            Event::LineGone => {
                // One that is over at Telnyx before it was given back has gone with its page.
                let cause = if self.socket.is_away() { Cause::Reloaded } else { Cause::Lost };
                self.socket = Socket::Down { since: now };
                let (call, mut effects) = self.reaches_limit(cause.clone(), now);
                let (call, end) = call.ends(Some(cause), now);
                effects.extend(end);
                (call, effects)
            }
            Event::Overdue(watch) if Watches::of(&self).has(watch) => self.overdue(watch, now),
            // Nobody waits for that any more.
            Event::Overdue(_) => (self, vec![]),
            Event::Answer => self.in_its_stage(Own::Answer, now),
            Event::Mute(wanted) => self.in_its_stage(Own::Mute(wanted), now),
            Event::Hold(wanted) => self.in_its_stage(Own::Hold(wanted), now),
            Event::Press(digit) => self.in_its_stage(Own::Press(digit), now),
            Event::FarEndRings => self.in_its_stage(Own::FarEndRings, now),
            Event::MicrophoneIs { muted } => self.in_its_stage(Own::MicrophoneIs { muted }, now),
            Event::HoldRefused => self.in_its_stage(Own::HoldRefused, now),
        }
    }

    /// A limit has passed that this call waits for.
    fn overdue(mut self, watch: Watch, now: Millis) -> (Self, Vec<Effect>) {
        match (watch, &mut self.stage) {
            (Watch::Slow, Stage::Calling(calling)) => {
                calling.slow = true;
                (self, vec![Effect::AskServer])
            }
            (Watch::Hold, Stage::Talking(talking)) => {
                let effects = talking.hold.fails().into_iter().collect();
                (self, effects)
            }
            (Watch::HangUp, _) => self.ends(Some(Cause::Silence), now),
            (Watch::Preparing, _) => self.reaches_limit(Cause::NotStarted, now),
            (Watch::Invite | Watch::Answer, _) => self.reaches_limit(Cause::NoReply, now),
            (Watch::Ring | Watch::RingHere, _) => self.reaches_limit(Cause::NoAnswer, now),
            (Watch::Sound, _) => self.reaches_limit(Cause::NoSound, now),
            (Watch::Socket, _) => self.reaches_limit(Cause::Lost, now),
            (Watch::Return, _) => self.stays_away(now),
            // Not waited for in these stages.
            (Watch::Slow | Watch::Hold | Watch::Settle, _) => (self, vec![]),
        }
    }

    fn in_its_stage(self, event: Own, now: Millis) -> (Self, Vec<Effect>) {
        match self.stage.clone() {
            Stage::Calling(calling) => self.while_calling(calling, event, now),
            Stage::Incoming(incoming) => self.while_incoming(incoming, event, now),
            Stage::Talking(talking) => self.while_talking(talking, event),
            Stage::Over(_) => (self, vec![]),
        }
    }

    /// Notes which object speaks. Where it is a new one, what the old one brought is gone, and an end that
    /// was asked of that has to be asked of this.
    fn speaks_through(&mut self, object: Object) -> Vec<Effect> {
        if object == self.leg.object {
            return vec![];
        }
        self.leg = Leg::new(object);
        if let Stage::Talking(talking) = &mut self.stage {
            // It has a track of its own, which is open.
            talking.microphone.muted = false;
            talking.hold.has_to_ask_again();
        }
        match self.hang_up {
            HangUp::Asked(_) => vec![Effect::HangUpSdk],
            HangUp::NotAsked => vec![],
        }
    }
}
