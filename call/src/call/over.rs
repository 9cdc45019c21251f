//! A call that is over, and why.

use serde::{Deserialize, Serialize};

use super::{
    Call, Direction, Effect, Ending, Event, HangUp, Leg, Route, Server, Socket, Stage, Telnyx,
    Watch, Why,
};
use crate::cause::{Cause, Outcome, Side};
use crate::history::What;
use crate::time::Millis;

/// A call that is over. Nothing brings it back.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Over {
    /// When.
    pub at: Millis,
    /// How it went.
    pub outcome: Outcome,
    /// Why, in the network's word.
    pub cause: Cause,
    /// Who ended it.
    pub by: Side,
    /// How long it rang, in milliseconds, if it rang.
    pub rang_ms: Option<u64>,
    /// How long they talked, in milliseconds, if they did.
    pub talked_ms: Option<u64>,
    /// What may be left of it at Telnyx.
    pub remains: Remains,
}

/// What may be left of a call at Telnyx after it ended here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remains {
    /// Nothing.
    Nothing,
    /// It was hung up while the socket was down, or let go of by the SDK without a word: Telnyx may not know, and hand it
    /// back.
    MayBeOpen,
    /// It was handed back, and hung up again.
    HungUpAgain,
}

impl Call {
    /// The end: by the SDK's word, or by our own where it has none (`said` is [`Cause::Silence`] then).
    pub(super) fn ends(mut self, said: Option<Cause>, now: Millis) -> (Self, Vec<Effect>) {
        let abandoned = said == Some(Cause::SignedOff) && !self.is_over();
        // Only our server can still reach what the SDK let go of.
        let mut effects = if abandoned { self.abandoned(now) } else { vec![] };
        let (cause, by) = self.verdict(said);
        let (rang_ms, talked_ms) = match &self.stage {
            Stage::Calling(calling) => (calling.ringing.map(|rang| now.since(rang)), None),
            Stage::Incoming(_) => (Some(now.since(self.began)), None),
            Stage::Talking(talking) => {
                (talking.rang.map(|rang| talking.since.since(rang)), Some(now.since(talking.since)))
            }
            Stage::Over(_) => return (self, vec![]),
        };
        // The SDK may never have got there; both moments by Telnyx's clock.
        let telnyx_talked = match (self.telnyx.answered, &self.telnyx.ended) {
            (Some(from), Some(to)) => Some(to.at.since(from)),
            (_, None) | (None, _) => None,
        };
        let outcome = self.outcome(talked_ms.is_some(), &cause, by);
        let unheard = abandoned || self.may_be_unheard();
        let remains = if unheard { Remains::MayBeOpen } else { Remains::Nothing };
        let testimony = What::Ended { cause: cause.clone(), by };
        let talked_ms = talked_ms.or(telnyx_talked);
        self.leg = Leg::new(self.leg.object);
        effects.extend([Effect::ReleaseMicrophone, Effect::Testify(testimony)]);
        if self.waits_for_the_reason() && self.telnyx.ended.is_none() {
            effects.push(Effect::AskServer);
        }
        self.stage = Stage::Over(Over { at: now, outcome, cause, by, rang_ms, talked_ms, remains });
        (self, effects)
    }

    /// Whether Telnyx's word says why the call ended, through our server, even if it comes after the end.
    fn waits_for_the_reason(&self) -> bool {
        match self.route {
            Route::Direct => false,
            Route::Controlled | Route::Asked => {
                self.hang_up == HangUp::NotAsked && self.trouble.is_none()
            }
        }
    }

    /// How the call went.
    fn outcome(&self, talked: bool, cause: &Cause, by: Side) -> Outcome {
        if talked || self.telnyx.answered.is_some() {
            return Outcome::Answered;
        }
        // Where the SDK never had a word for it, Telnyx says how it went; history will say the same.
        let known = match &self.telnyx.ended {
            Some(ending) if *cause == Cause::Silence && ending.by != Side::Us => &ending.cause,
            Some(_) | None => cause,
        };
        match self.direction {
            Direction::Outgoing => Outcome::unanswered(known, by),
            Direction::Incoming => Outcome::not_taken(known, by),
        }
    }

    /// Why a call ended and by whom.
    ///
    /// The SDK says `USER_BUSY` of its own failures and of our own early hang-up alike, so what was
    /// asked for and an error that came before weigh more than its word.
    fn verdict(&self, said: Option<Cause>) -> (Cause, Side) {
        // Of a call that no object of the SDK's speaks for, nobody expected a word.
        let silent = said == Some(Cause::Silence) && !self.socket.is_away();
        let said = said.unwrap_or_else(|| Cause::Other("no cause".to_owned()));
        let why = match self.hang_up {
            HangUp::NotAsked => None,
            HangUp::Asked(asked) => Some(asked.why),
        };
        match (why, &self.trouble, &self.telnyx.ended) {
            (Some(Why::Person), ..) => (said, Side::Us),
            // Nobody here asked for this end. What Telnyx takes for our doing became of our connection.
            (Some(Why::Telnyx), trouble, Some(Ending { by: Side::Us, .. })) => {
                let ours = match (silent, self.socket) {
                    (true, _) => said,
                    (false, Socket::Down { .. }) => Cause::Lost,
                    (false, Socket::Away { .. }) => Cause::Reloaded,
                    (false, Socket::Up) => Cause::Other("ended elsewhere".to_owned()),
                };
                (trouble.clone().unwrap_or(ours), Side::Network)
            }
            // The record says that the SDK never had a word for it.
            (Some(Why::Telnyx), _, Some(ending)) if silent => (said, ending.by),
            (Some(Why::Telnyx), _, Some(ending)) => (ending.cause.clone(), ending.by),
            // They were quicker than what our limit led to.
            (Some(Why::Limit), _, Some(ending)) if ending.by == Side::Them => {
                (ending.cause.clone(), ending.by)
            }
            (Some(Why::Telnyx | Why::Limit) | None, Some(trouble), _) => {
                (trouble.clone(), Side::Network)
            }
            (Some(Why::Telnyx | Why::Limit), None, _) => (said, Side::Network),
            // The leg that ended is not the far end's: why that did not answer is still to be said.
            (None, None, _) if self.unanswered_and_controlled() => (Cause::Untold, Side::Network),
            (None, None, _) => {
                let by = match said {
                    Cause::Normal | Cause::Busy | Cause::Rejected => Side::Them,
                    Cause::NoAnswer
                    | Cause::Cancelled
                    | Cause::NoSuchNumber
                    | Cause::TimeLimit
                    | Cause::Untold
                    | Cause::NoAgent
                    | Cause::AgentBusy
                    | Cause::NotAllowed
                    | Cause::NoMicrophone
                    | Cause::NoDevice
                    | Cause::NotStarted
                    | Cause::NoReply
                    | Cause::NoSound
                    | Cause::Lost
                    | Cause::SignedOff
                    | Cause::Reloaded
                    | Cause::Silence
                    | Cause::Other(_) => Side::Network,
                };
                (said, by)
            }
        }
    }

    fn unanswered_and_controlled(&self) -> bool {
        self.route != Route::Direct && matches!(self.stage, Stage::Calling(_))
    }

    /// Over is over. What still lives at Telnyx is hung up as often as it shows itself.
    pub(super) fn after_the_end(
        mut self,
        mut over: Over,
        event: Event,
        now: Millis,
    ) -> (Self, Vec<Effect>) {
        let open = over.remains != Remains::Nothing;
        let effects = match event {
            Event::Sdk(object, _) | Event::SdkOver(object, _) if object < self.leg.object => vec![],
            Event::SdkOver(object, _) => {
                self.leg = Leg::new(object);
                if over.remains == Remains::HungUpAgain {
                    over.remains = Remains::Nothing;
                }
                vec![]
            }
            // A hang-up said while the socket was down is lost, and the gateway hands the call
            // back when the socket returns.
            Event::Sdk(object, _) => {
                self.leg = Leg::new(object);
                over.remains = match self.socket.given_back() {
                    Socket::Up => Remains::HungUpAgain,
                    Socket::Down { .. } | Socket::Away { .. } => Remains::MayBeOpen,
                };
                vec![Effect::HangUpSdk, Effect::ReleaseMicrophone]
            }
            Event::SocketClosed => {
                self.socket = Socket::Down { since: now };
                if open {
                    over.remains = Remains::MayBeOpen;
                }
                vec![]
            }
            Event::SocketReady => {
                self.socket = Socket::Up;
                self.stage = Stage::Over(over);
                return if open { self.asks_server_now_that_it_hears() } else { (self, vec![]) };
            }
            Event::Identified(news) => {
                self.ids = self.ids.joined(news);
                self.stage = Stage::Over(over);
                return if open { self.asks_server_now_that_it_knows() } else { (self, vec![]) };
            }
            Event::ServerSaid(server) => {
                self.hang_up = self.hang_up.with_server(server);
                if server == Server::Took {
                    over.remains = Remains::Nothing;
                }
                vec![]
            }
            Event::Telnyx(Telnyx::Ended(ending)) => {
                let first = self.telnyx.ended.is_none();
                let ending = self.telnyx.ended.get_or_insert(ending).clone();
                over.remains = Remains::Nothing;
                if first && self.waits_for_the_reason() {
                    over.outcome = self.outcome(over.talked_ms.is_some(), &ending.cause, ending.by);
                    (over.cause, over.by) = (ending.cause, ending.by);
                }
                vec![]
            }
            Event::Telnyx(Telnyx::Answered { at }) => {
                self.telnyx.answered.get_or_insert(at);
                vec![]
            }
            Event::Overdue(Watch::Settle) => {
                over.remains = Remains::Nothing;
                vec![]
            }
            Event::Answer
            | Event::HangUp
            | Event::Mute(_)
            | Event::Hold(_)
            | Event::Press(_)
            | Event::FarEndRings
            | Event::RemoteStream
            | Event::Connection(_)
            | Event::MicrophoneIs { .. }
            | Event::HoldRefused
            | Event::Trouble(_)
            | Event::Warning(_)
            | Event::LineGone
            | Event::Overdue(_) => vec![],
        };
        self.stage = Stage::Over(over);
        (self, effects)
    }
}
