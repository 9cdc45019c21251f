//! A transfer: a third party is called, and the far end is handed on to them, at once or after the agent has spoken
//! with them.
//!
//! Telnyx has no way to hold a leg. A leg that is taken from another one by a bridge with a third ends, unless it was
//! told to stay (`park_after_unbridge`). So the customer's is told to stay first: while that has not been taken nothing
//! has changed, and if Telnyx will not take it the agent has the customer as before. Then they hear music and the third
//! party is called. In a consultation both of its legs are told to stay, because either may go: then the customer is
//! there to be talked with by whoever is left.

use std::collections::BTreeSet;

use call::history::How;
use call::number::Number;
use serde::{Deserialize, Serialize};

use super::{Command, Control, Goal, Leg, Performed, Role};

/// The newest transfer of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Transfer {
    /// Which of the call's, counted from one.
    pub(crate) number: u32,
    /// Whom to.
    pub(crate) to: Number,
    pub(crate) how: How,
    /// Whom the call is transferred to.
    pub(super) third: Leg,
    /// Whether they have answered.
    pub(super) answered: bool,
    /// Whether the customer's leg stays when the agent's is taken from it.
    pub(super) customer_stays: bool,
    /// Whether the third party's does, or Telnyx would not have it.
    pub(super) third_stays: bool,
    pub(super) music: Music,
}

/// What the customer hears while they wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Music {
    /// Silence, or whom they talk with.
    Off,
    /// Music is to begin once they wait.
    Due,
    /// Music.
    On,
}

/// Why a call cannot be transferred, or a transfer not be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotNow {
    /// Agent and customer do not talk with each other.
    #[error("only a call in which both sides talk can be transferred")]
    NotTalking,
    /// Another transfer is under way.
    #[error("this call is being transferred already")]
    UnderWay,
    /// There is no third party the agent talks with.
    #[error("nobody is there yet to be joined with")]
    NotConsulting,
    /// There is no customer to be joined with.
    #[error("the far end has hung up meanwhile")]
    CustomerLeft,
    /// The far end was handed over, or there was no transfer.
    #[error("there is no transfer that could be taken back")]
    NothingToCancel,
}

impl Control {
    /// Begins a transfer. Nothing changes if it is under way as it is asked for.
    pub(crate) fn transfer(mut self, to: Number, how: How) -> Result<Self, NotNow> {
        match (self.goal, &self.transfer) {
            (Goal::Joined(Role::Customer), last) => {
                if !matches!((&self.agent, &self.customer), (Leg::Up(_), Leg::Up(_))) {
                    return Err(NotNow::NotTalking);
                }
                let music = match last.as_ref().map(|last| last.music) {
                    Some(Music::On) => Music::On,
                    Some(Music::Off | Music::Due) | None => Music::Due,
                };
                if let Some(third) = last.as_ref().and_then(|last| last.third.open()) {
                    self.strays.insert(third.clone());
                }
                let number = last.as_ref().map_or(1, |last| last.number.saturating_add(1));
                self.transfer = Some(Transfer {
                    number,
                    to,
                    how,
                    third: Leg::Absent,
                    answered: false,
                    customer_stays: false,
                    third_stays: false,
                    music,
                });
                self.goal = match how {
                    How::Blind => Goal::HandOver,
                    How::Attended => Goal::Join(Role::Third(number)),
                };
                Ok(self)
            }
            (
                Goal::Join(Role::Third(_))
                | Goal::Joined(Role::Third(_))
                | Goal::HandOver
                | Goal::HandedOver,
                Some(known),
            ) => {
                if known.to == to && known.how == how {
                    Ok(self)
                } else {
                    Err(NotNow::UnderWay)
                }
            }
            (
                Goal::Join(_) | Goal::Joined(_) | Goal::HandOver | Goal::HandedOver | Goal::End,
                _,
            ) => Err(NotNow::NotTalking),
        }
    }

    /// Joins the customer with whom the agent talks with, and lets the agent go.
    pub(crate) fn join(mut self) -> Result<Self, NotNow> {
        match self.goal {
            Goal::Joined(Role::Third(_)) if matches!(self.customer, Leg::Over(_)) => {
                Err(NotNow::CustomerLeft)
            }
            Goal::Joined(Role::Third(_)) => {
                self.hands_over();
                Ok(self)
            }
            Goal::HandOver | Goal::HandedOver => Ok(self),
            Goal::Join(_) | Goal::Joined(_) | Goal::End => Err(NotNow::NotConsulting),
        }
    }

    /// Ends the third party's leg, and gives the customer back to the agent.
    pub(crate) fn cancel(self) -> Result<Self, NotNow> {
        match self.goal {
            Goal::Join(Role::Third(_)) | Goal::Joined(Role::Third(_)) => Ok(self.back().settled()),
            Goal::Join(Role::Customer) | Goal::Joined(Role::Customer)
                if self.transfer.is_some() =>
            {
                Ok(self)
            }
            Goal::Join(_) | Goal::Joined(_) | Goal::HandOver | Goal::HandedOver | Goal::End => {
                Err(NotNow::NothingToCancel)
            }
        }
    }

    /// The agent is gone, or hangs up. What they have handed over goes on, and so does what they were about to: who
    /// waits is joined with whom they wait for, if that one has answered. Else the call ends.
    pub(crate) fn left(mut self) -> Self {
        match self.goal {
            Goal::Join(Role::Third(_)) | Goal::Joined(Role::Third(_))
                if matches!((self.third(), &self.customer), (Leg::Up(_), Leg::Up(_))) =>
            {
                self.hands_over();
                self
            }
            Goal::HandOver | Goal::HandedOver => self,
            Goal::Join(_) | Goal::Joined(_) | Goal::End => self.ended(),
        }
    }

    /// Whether the agent's part is over while the others' goes on.
    pub(crate) const fn is_handed_over(&self) -> bool {
        match self.goal {
            Goal::HandOver | Goal::HandedOver => true,
            Goal::Join(_) | Goal::Joined(_) | Goal::End => false,
        }
    }

    /// The newest transfer there was.
    pub(crate) const fn transfers(&self) -> Option<&Transfer> {
        self.transfer.as_ref()
    }

    /// The third party's leg.
    pub(super) const fn third(&self) -> &Leg {
        match &self.transfer {
            Some(transfer) => &transfer.third,
            None => &Leg::Over(None),
        }
    }

    const fn hands_over(&mut self) {
        self.goal = Goal::HandOver;
        self.no_music_yet();
    }

    /// The agent is to have the customer again. Unless the third party has answered they were never parted.
    pub(super) fn back(mut self) -> Self {
        let parted = self.transfer.as_ref().is_some_and(|transfer| transfer.answered);
        self.goal = if parted { Goal::Join(Role::Customer) } else { Goal::Joined(Role::Customer) };
        self.no_music_yet();
        self
    }

    const fn no_music_yet(&mut self) {
        if let Some(transfer) = &mut self.transfer
            && matches!(transfer.music, Music::Due)
        {
            transfer.music = Music::Off;
        }
    }

    /// Which commands a transfer wants.
    pub(super) fn transfer_wishes(&self) -> BTreeSet<Command> {
        let mut wishes = BTreeSet::new();
        let Some(transfer) = &self.transfer else { return wishes };
        let role = Role::Third(transfer.number);
        let (agent, customer) = (self.agent.open(), self.customer.open());
        let waits = match self.goal {
            Goal::Join(Role::Third(_)) | Goal::Joined(Role::Third(_)) => true,
            Goal::HandOver => !matches!(transfer.third, Leg::Up(_)),
            Goal::HandedOver => false,
            // The third party has no part in it any more.
            Goal::Join(_) | Goal::Joined(_) => {
                wishes.extend(transfer.third.open().cloned().map(Command::HangUp));
                false
            }
            Goal::End => {
                wishes.extend(transfer.third.open().cloned().map(Command::HangUp));
                return wishes;
            }
        };
        if let Some(customer) = customer {
            match (transfer.music, waits && transfer.customer_stays) {
                (Music::Due, true) => {
                    wishes.insert(Command::Hold(customer.clone()));
                }
                (Music::On, _) if !waits => {
                    wishes.insert(Command::Release(customer.clone()));
                }
                (Music::Off | Music::Due | Music::On, _) => {}
            }
        }
        match self.goal {
            Goal::Join(Role::Third(_)) | Goal::HandOver => {
                if let (false, Some(agent), Some(customer)) =
                    (transfer.customer_stays, agent, customer)
                {
                    let stay = Command::Stay { leg: customer.clone(), with: agent.clone() };
                    wishes.insert(stay);
                    return wishes;
                }
                match (&transfer.third, self.goal) {
                    (Leg::Absent, _) => {
                        wishes.insert(Command::Dial(role));
                    }
                    (Leg::Dialled | Leg::Open(_), _) => {
                        wishes.insert(Command::Check(role));
                    }
                    (Leg::Up(third), Goal::HandOver) => {
                        wishes.extend(customer.map(|customer| Command::Bridge {
                            leg: customer.clone(),
                            with: third.clone(),
                        }));
                    }
                    (Leg::Up(third), _) => {
                        wishes.extend(agent.map(|agent| Command::Stay {
                            leg: agent.clone(),
                            with: third.clone(),
                        }));
                    }
                    (Leg::Over(_), _) => {}
                }
                // Whom the agent is told to be rid of at once.
                if self.goal == Goal::HandOver && transfer.how == How::Blind {
                    wishes.extend(agent.cloned().map(Command::HangUp));
                }
            }
            Goal::Joined(Role::Third(_)) => {
                if let (Leg::Up(third), Some(agent), Some(_), false) =
                    (&transfer.third, agent, customer, transfer.third_stays)
                {
                    let stay = Command::Stay { leg: third.clone(), with: agent.clone() };
                    wishes.insert(stay);
                }
            }
            Goal::HandedOver => wishes.extend(agent.cloned().map(Command::HangUp)),
            Goal::Join(_) | Goal::Joined(_) | Goal::End => {}
        }
        wishes
    }

    /// What became of `actions/bridge` with a leg that is to stay.
    pub(super) fn stays(mut self, command: &Command, performed: &Performed) -> Self {
        let Command::Stay { leg, with } = command else { return self };
        let taken = matches!(performed, Performed::Done | Performed::Dialled(_));
        let (agents, customers) = (self.agent.open(), self.customer.open());
        let (of_agent, of_customer) = (agents == Some(leg), customers == Some(leg));
        let Some(transfer) = &mut self.transfer else { return self };
        if of_customer && taken {
            transfer.customer_stays = true;
        } else if of_customer {
            // Nothing has changed yet, and nothing will.
            return match self.goal {
                Goal::Join(Role::Third(_)) | Goal::HandOver => self.not_transferred(),
                Goal::Join(_) | Goal::Joined(_) | Goal::HandedOver | Goal::End => self,
            };
        } else if of_agent && transfer.third.open() == Some(with) {
            if self.goal == Goal::Join(Role::Third(transfer.number)) {
                if !taken {
                    return self.not_transferred();
                }
                self.goal = Goal::Joined(Role::Third(transfer.number));
            }
        } else if transfer.third.open() == Some(leg) {
            // Where Telnyx will not have it, the third party goes when the agent does.
            transfer.third_stays = true;
        }
        self
    }

    /// Telnyx would not do what the transfer takes: the agent has the customer, or is to have them again.
    fn not_transferred(self) -> Self {
        let mut back = self.back();
        if let Some(transfer) = &mut back.transfer {
            transfer.third = match std::mem::replace(&mut transfer.third, Leg::Absent) {
                Leg::Absent => Leg::Over(None),
                third @ (Leg::Dialled | Leg::Open(_) | Leg::Up(_) | Leg::Over(_)) => third,
            };
        }
        back
    }

    /// What follows for a transfer from how the legs are.
    pub(super) fn transfer_settled(mut self) -> Self {
        if let Some(transfer) = &mut self.transfer {
            transfer.answered |= matches!(transfer.third, Leg::Up(_));
        }
        let over = |leg: &Leg| matches!(leg, Leg::Over(_));
        let (agent, customer) = (over(&self.agent), over(&self.customer));
        let (third, up) = (over(self.third()), matches!(self.third(), Leg::Up(_)));
        let blind = self.transfer.as_ref().is_some_and(|transfer| transfer.how == How::Blind);
        match self.goal {
            Goal::Join(Role::Third(_)) | Goal::Joined(Role::Third(_)) => {
                if (agent && customer) || (third && (agent || customer)) {
                    self.ended()
                } else if third {
                    self.back()
                } else if (agent || customer) && !up {
                    self.ended()
                } else if agent {
                    self.hands_over();
                    self
                } else {
                    // The agent goes on with the third party if the customer has left.
                    self
                }
            }
            Goal::HandOver if customer => self.ended(),
            Goal::HandOver if third && (agent || blind) => self.ended(),
            Goal::HandOver if third => self.back(),
            Goal::HandedOver if customer || third => self.ended(),
            Goal::HandOver | Goal::HandedOver | Goal::Join(_) | Goal::Joined(_) | Goal::End => self,
        }
    }
}
