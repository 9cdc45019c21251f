//! Calls under Call Control: the browser's call waits at Telnyx, and what becomes of it is decided here.
//!
//! The connection parks what a browser dials (`call_parking_enabled`). The customer is called by REST beside it, and
//! only when the customer answers is the agent's leg answered and the two are bridged: so the SDK's `active` means that
//! the customer answered.
//!
//! [`Control`] is a pure machine. What Telnyx says of a leg and what became of a command go in; which commands are
//! wanted is a function of the state ([`Control::wishes`]). What begins to be wanted is put down as an order in the
//! transaction that made it so, and [`work`] has it performed by whichever server is there. So news that comes twice,
//! late or in another order leads to the same legs: a leg only ever goes forward, and a wish that is there already is
//! not put down again.

mod command;
mod leg;
#[cfg(test)]
mod tests;
mod transfer;
mod work;

use std::collections::BTreeSet;
use std::time::Duration;

use call::history::How;
use call::number::Number;
use call::time::Millis;
use serde::{Deserialize, Serialize};

pub(crate) use command::{Command, Performed};
pub(crate) use leg::{Handle, Happened, Heard, Leg, News, Role, Tag, Waits};
use transfer::Music;
pub(crate) use transfer::{NotNow, Transfer};
pub(crate) use work::work;

/// How long an agent's page may take to say that it expects a call a program asked for.
pub(crate) const EXPECTED_WITHIN: Duration = Duration::from_secs(5);

/// A call whose legs we command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Control {
    /// Whom the agent calls: the number that was asked for and allowed, whatever the leg says that comes.
    pub(crate) to: Number,
    /// The number shown to them.
    pub(crate) from: Number,
    /// When the call was given out, by this server's clock.
    pub(crate) placed_at: Millis,
    /// When the agent's leg came, by Telnyx's clock.
    pub(crate) since: Option<Millis>,
    origin: Origin,
    agent: Leg,
    customer: Leg,
    /// Legs that name this call and have no place in it.
    strays: BTreeSet<Handle>,
    goal: Goal,
    #[serde(default)]
    announcement: Announcement,
    #[serde(default)]
    transfer: Option<Transfer>,
}

/// What the customer is told before anybody talks with them: that the call is recorded, for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Announcement {
    /// There is none, or it is over.
    #[default]
    Over,
    /// It is to be made once they answer.
    Due,
    /// It is being made.
    Made,
}

/// How the agent's leg comes to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Origin {
    /// The agent's browser dials; its leg waits until the customer has answered.
    Browser,
    /// A program asked for the call: the agent's browser is called first, as this SIP user, once it expects that.
    Program {
        /// The agent's SIP user.
        user: String,
        /// Whether the agent's page has said that it will answer by itself.
        expected: bool,
    },
}

/// What all commands of a call are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Goal {
    /// The agent is to talk with this one.
    Join(Role),
    /// They do, as far as Telnyx is concerned.
    Joined(Role),
    /// The customer is to talk with whom the call is transferred to, and the agent with nobody.
    HandOver,
    /// They do.
    HandedOver,
    /// No leg is to be left.
    End,
}

impl Control {
    /// A call that was given out, before any leg has come.
    pub(crate) const fn placed(to: Number, from: Number, placed_at: Millis) -> Self {
        Self {
            to,
            from,
            placed_at,
            since: None,
            origin: Origin::Browser,
            agent: Leg::Absent,
            customer: Leg::Absent,
            strays: BTreeSet::new(),
            goal: Goal::Join(Role::Customer),
            announcement: Announcement::Over,
            transfer: None,
        }
    }

    /// The same call, in which the customer is told something before they are put through.
    pub(crate) const fn announced(mut self) -> Self {
        self.announcement = Announcement::Due;
        self
    }

    /// A call a program asked for, in which the agent's browser is called as the SIP user `user`.
    pub(crate) fn asked_for(to: Number, from: Number, user: String, placed_at: Millis) -> Self {
        let origin = Origin::Program { user, expected: false };
        Self { origin, ..Self::placed(to, from, placed_at) }
    }

    /// The agent's page expects the call. One that says so too late is not called: the program has been told that the
    /// agent is not there.
    pub(crate) fn expected(mut self, now: Millis) -> Self {
        let limit = u64::try_from(EXPECTED_WITHIN.as_millis()).unwrap_or(u64::MAX);
        match &mut self.origin {
            Origin::Program { .. } if now > self.placed_at.after(limit) => self.ended(),
            Origin::Program { expected, .. } => {
                *expected = true;
                self
            }
            Origin::Browser => self,
        }
    }

    /// The SIP user to be called as the agent, where the agent is called.
    pub(crate) fn agents_user(&self) -> Option<&str> {
        match &self.origin {
            Origin::Browser => None,
            Origin::Program { user, .. } => Some(user),
        }
    }

    /// Moves on by what Telnyx says of a leg.
    pub(crate) fn heard(mut self, news: &News) -> Self {
        if news.role == Role::Agent && news.happened == Happened::Open {
            self.since = Some(self.since.map_or(news.at, |known| known.min(news.at)));
        }
        let leg = self.leg(news.role).clone();
        if leg.may_be(&news.handle) {
            self.set(news.role, leg.heard(&news.handle, news.happened));
        } else if news.happened == Happened::Over {
            self.strays.remove(&news.handle);
        } else {
            self.strays.insert(news.handle.clone());
        }
        if news.happened == Happened::Told && self.handle(Role::Customer) == Some(&news.handle) {
            self.announcement = Announcement::Over;
        }
        // Of several bridges, the answer to the command says which it is about.
        if news.happened == Happened::Bridged
            && news.role == Role::Customer
            && self.transfer.is_none()
        {
            self.joined(news.role);
        }
        self.settled()
    }

    /// Moves on by what became of a command.
    pub(crate) fn performed(mut self, command: &Command, performed: &Performed) -> Self {
        match (command, performed) {
            (Command::Dial(role), Performed::Dialled(Some(handle))) => {
                let leg = self.leg(*role).clone();
                if leg.may_be(handle) {
                    self.set(*role, leg.heard(handle, Happened::Open));
                } else {
                    self.strays.insert(handle.clone());
                }
            }
            (Command::Dial(role), Performed::Done | Performed::Dialled(None)) => {
                let leg = self.leg(*role).clone();
                self.set(*role, leg.dialled());
            }
            // A leg may yet come of it, if it was the answer that was lost: that one is a stray.
            (Command::Dial(role), Performed::Gone | Performed::Refused) => {
                let leg = self.leg(*role).clone();
                self.set(*role, leg.not_dialled());
            }
            // Where Telnyx will not answer a leg by command, bridging may; if not, that is refused as well.
            (
                Command::Answer(handle),
                Performed::Done | Performed::Dialled(_) | Performed::Refused,
            ) => self.mark(handle, Happened::Answered),
            // Its end may have been heard of before.
            (Command::Announce(_), Performed::Done | Performed::Dialled(_)) => {
                if self.announcement == Announcement::Due {
                    self.announcement = Announcement::Made;
                }
            }
            (
                Command::GoOn(_),
                Performed::Done | Performed::Dialled(_) | Performed::Gone | Performed::Refused,
            ) => self.announcement = Announcement::Over,
            (Command::Bridge { leg, .. }, Performed::Done | Performed::Dialled(_)) => {
                match self.goal {
                    Goal::Join(role) => self.joined(role),
                    Goal::HandOver if self.customer.open() == Some(leg) => {
                        self.goal = Goal::HandedOver;
                    }
                    Goal::Joined(_) | Goal::HandOver | Goal::HandedOver | Goal::End => {}
                }
            }
            (Command::Stay { .. }, _) => self = self.stays(command, performed),
            (Command::Hold(_), Performed::Done | Performed::Dialled(_)) => self.plays(Music::On),
            // They wait in silence, or hear whom they talk with; what was not stopped will not be by asking again.
            (Command::Hold(_), Performed::Gone | Performed::Refused) | (Command::Release(_), _) => {
                self.plays(Music::Off);
            }
            // The agent is still there to talk with the customer.
            (Command::Bridge { .. }, Performed::Gone | Performed::Refused)
                if self.goal == Goal::HandOver && self.keeps_the_agent() =>
            {
                self = self.back();
            }
            // Who could not be told is not recorded unawares, and who cannot be joined does not wait.
            (Command::Announce(_), Performed::Refused)
            | (Command::Bridge { .. }, Performed::Gone | Performed::Refused) => {
                self.goal = Goal::End;
            }
            // What takes no hang-up cannot be helped by asking for ever.
            (Command::Answer(handle) | Command::Announce(handle), Performed::Gone)
            | (
                Command::HangUp(handle),
                Performed::Done | Performed::Dialled(_) | Performed::Gone | Performed::Refused,
            ) => self.mark(handle, Happened::Over),
            (Command::Check(role), Performed::Gone | Performed::Refused) => {
                let leg = self.leg(*role).clone();
                self.set(*role, leg.gone());
            }
            // It cannot still be ringing: its answer went by unheard.
            (Command::Check(role), Performed::Done | Performed::Dialled(_)) => {
                if let Some(handle) = self.leg(*role).open().cloned() {
                    self.mark(&handle, Happened::Answered);
                }
            }
        }
        self.settled()
    }

    /// Ends the call: by the agent's wish, or because it may not be.
    pub(crate) const fn ended(mut self) -> Self {
        self.goal = Goal::End;
        self
    }

    /// Which commands are wanted now.
    pub(crate) fn wishes(&self) -> BTreeSet<Command> {
        let mut wishes: BTreeSet<Command> =
            self.strays.iter().cloned().map(Command::HangUp).collect();
        wishes.extend(self.transfer_wishes());
        match self.goal {
            Goal::End => {
                let open = [&self.agent, &self.customer].into_iter().filter_map(Leg::open);
                wishes.extend(open.cloned().map(Command::HangUp));
            }
            Goal::Join(role @ (Role::Agent | Role::Customer)) => {
                match (&self.agent, self.leg(role)) {
                    (Leg::Absent, _) => {
                        if matches!(self.origin, Origin::Program { expected: true, .. }) {
                            wishes.insert(Command::Dial(Role::Agent));
                        }
                    }
                    // Who was called has to answer before anybody is called for them.
                    (Leg::Dialled | Leg::Open(_), Leg::Absent) if self.agents_user().is_some() => {
                        wishes.insert(Command::Check(Role::Agent));
                    }
                    (Leg::Open(_) | Leg::Up(_), Leg::Absent) => {
                        wishes.insert(Command::Dial(role));
                    }
                    (Leg::Open(_) | Leg::Up(_), Leg::Up(with))
                        if self.announcement == Announcement::Due =>
                    {
                        wishes.insert(Command::Announce(with.clone()));
                    }
                    (Leg::Open(_) | Leg::Up(_), Leg::Up(with))
                        if self.announcement == Announcement::Made =>
                    {
                        wishes.insert(Command::GoOn(with.clone()));
                    }
                    (Leg::Open(agent), Leg::Up(_)) => {
                        wishes.insert(Command::Answer(agent.clone()));
                    }
                    (Leg::Up(agent), Leg::Up(with)) => {
                        wishes.insert(Command::Bridge { leg: agent.clone(), with: with.clone() });
                    }
                    // Who rings on when everybody should have given up has ended without our hearing of it.
                    (Leg::Open(_) | Leg::Up(_), Leg::Dialled | Leg::Open(_)) => {
                        wishes.insert(Command::Check(role));
                    }
                    (Leg::Dialled | Leg::Over(_), _) | (_, Leg::Over(_)) => {}
                }
            }
            Goal::Join(Role::Third(_)) | Goal::Joined(_) | Goal::HandOver | Goal::HandedOver => {}
        }
        wishes
    }

    /// The handle of this role's leg, while it can be commanded.
    pub(crate) const fn handle(&self, role: Role) -> Option<&Handle> {
        self.leg(role).open()
    }

    /// A leg that is there as far as anybody knows; the customer's first, because the others are there for it.
    pub(crate) fn open(&self) -> Option<&Handle> {
        [&self.customer, self.third(), &self.agent].into_iter().find_map(Leg::open)
    }

    /// A leg that names this call shows itself and has no place in it.
    pub(crate) fn strayed(mut self, handle: Handle) -> Self {
        self.strays.insert(handle);
        self
    }

    /// Whether nobody has been called for it yet, and somebody is to be.
    pub(crate) fn is_to_begin(&self) -> bool {
        self.wishes().iter().any(|wish| matches!(wish, Command::Dial(_)))
    }

    /// Whether no leg is left that anything could be asked of.
    pub(crate) fn is_over(&self) -> bool {
        self.goal == Goal::End
            && self.strays.is_empty()
            && [&self.agent, &self.customer, self.third()]
                .into_iter()
                .all(|leg| leg.open().is_none())
    }

    /// What follows from how the legs are: who has lost the other has nobody to talk with.
    fn settled(self) -> Self {
        let mut settled = self.transfer_settled();
        let over = |leg: &Leg| matches!(leg, Leg::Over(_));
        match settled.goal {
            Goal::Join(role @ (Role::Agent | Role::Customer))
            | Goal::Joined(role @ (Role::Agent | Role::Customer)) => {
                if over(&settled.agent) || over(settled.leg(role)) {
                    settled.goal = Goal::End;
                }
            }
            Goal::Join(Role::Third(_))
            | Goal::Joined(Role::Third(_))
            | Goal::HandOver
            | Goal::HandedOver
            | Goal::End => {}
        }
        settled
    }

    const fn joined(&mut self, role: Role) {
        match self.goal {
            Goal::Join(_) | Goal::Joined(_) => {
                self.goal = Goal::Joined(role);
                // Who talks is told nothing any more.
                self.announcement = Announcement::Over;
            }
            Goal::HandOver | Goal::HandedOver | Goal::End => {}
        }
    }

    const fn plays(&mut self, music: Music) {
        if let Some(transfer) = &mut self.transfer {
            transfer.music = music;
        }
    }

    /// Whether the agent, who is still there, was to speak with the third party first.
    fn keeps_the_agent(&self) -> bool {
        let attended = self.transfer.as_ref().is_some_and(|transfer| transfer.how == How::Attended);
        attended && self.agent.open().is_some()
    }

    /// Something became of the leg with this handle by our own doing.
    fn mark(&mut self, handle: &Handle, happened: Happened) {
        if happened == Happened::Over {
            self.strays.remove(handle);
        }
        let third = self.transfer.as_ref().map(|transfer| Role::Third(transfer.number));
        for role in [Role::Agent, Role::Customer].into_iter().chain(third) {
            let leg = self.leg(role).clone();
            if leg.open() == Some(handle) {
                self.set(role, leg.heard(handle, happened));
            }
        }
    }

    /// A role's leg. That of a transfer that is past has no place in the call.
    const fn leg(&self, role: Role) -> &Leg {
        match (role, &self.transfer) {
            (Role::Agent, _) => &self.agent,
            (Role::Customer, _) => &self.customer,
            (Role::Third(number), Some(transfer)) if transfer.number == number => &transfer.third,
            (Role::Third(_), _) => &Leg::Over(None),
        }
    }

    fn set(&mut self, role: Role, leg: Leg) {
        match (role, &mut self.transfer) {
            (Role::Agent, _) => self.agent = leg,
            (Role::Customer, _) => self.customer = leg,
            (Role::Third(number), Some(transfer)) if transfer.number == number => {
                transfer.third = leg;
            }
            (Role::Third(_), _) => {}
        }
    }
}
