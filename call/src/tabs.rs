//! Several tabs of one agent: one of them has the phone, the others show it and pass on what is pressed.
//!
//! Who has it, the browser decides: the phone is a lock (Web Locks) that one tab holds. A tab that is closed or
//! crashes loses it, and the next in the queue has the phone at once. What the tabs say to each other
//! ([`Said`], by `BroadcastChannel`) only shows what is, and arranges a handing over; it never makes two owners.
//!
//! The phone changes hands only while nothing is going on ([`Phone::may_change_hands`]), or because its tab is gone.

mod heir;
mod said;

use serde::{Deserialize, Serialize};

pub use said::{Message, Said, Wish};

#[cfg(doc)]
use crate::phone::Phone;

/// How many questions in a row stay unanswered before it is said that the tab with the phone does not answer.
///
/// Counted and not timed: the tab that asks may be the slow one. A tab whose timers the browser throttles still
/// answers, because a message wakes it.
pub const UNANSWERED: u8 = 3;

/// How often a tab that is looked at asks, where it has heard nothing since it last thought of it, in milliseconds.
pub const ASK_MS: u64 = 2_000;

/// A tab, by a number it drew when it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TabId(pub u32);

/// What a tab is to the phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Nothing: nobody is signed in here.
    Off,
    /// It is in the queue for the phone, and shows what the tab that has it says.
    Mirror(Mirror),
    /// It has the phone.
    Owner,
    /// It had the phone, let go of the line, and waits for another tab to take the lock.
    Giving {
        /// How many times it has looked in vain.
        looked: u8,
    },
}

/// What is true of a tab that shows another's phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Mirror {
    /// Who spoke last as the one that has the phone.
    pub owner: Option<TabId>,
    /// Ticks since that. With each but the first goes a question.
    pub quiet: u8,
    /// Whether the person wants the phone here.
    pub wanted: bool,
}

impl Mirror {
    /// Whether the tab that has the phone ought to have answered by now.
    #[must_use]
    pub const fn hears_nothing(self) -> bool {
        self.quiet > UNANSWERED
    }
}

/// What can happen to a tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// Somebody is signed in.
    SignedIn,
    /// Nobody is any more.
    SignedOut,
    /// The lock is this tab's.
    Granted,
    /// Another tab has taken the lock from it.
    Stolen,
    /// It is time to ask.
    Tick,
    /// The person wants the phone here.
    UseHere,
    /// A tab asks who has the phone.
    Asked,
    /// A tab asks for the phone.
    Wanted(TabId),
    /// The tab that had the phone has let go of it, for this one.
    Offered,
    /// A tab spoke as the one that has the phone.
    Spoke(TabId),
}

/// What a tab wants done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Ask for the lock and wait for it.
    Queue,
    /// Take the lock, whoever has it, instead of what was asked for before.
    Steal,
    /// Let go of the lock, or leave the queue.
    Withdraw,
    /// Take the phone up: open the line and the live stream.
    Begin,
    /// Put it down: close both.
    Resign,
    /// Say how the phone is.
    SayPhone,
    /// Ask who has it.
    SayHello,
    /// Ask for it.
    SayWanted,
    /// Say that this tab may have it.
    SayYours(TabId),
}

impl Role {
    /// Moves the tab forward by one event. `busy` says that something is going on in the phone, as far as this
    /// tab knows: then it stays where it is.
    #[must_use = "the effects are requests; dropping them drops the tab's wishes"]
    pub fn step(self, event: Event, busy: bool) -> (Self, Vec<Effect>) {
        match (self, event) {
            (Self::Off, Event::SignedIn) | (Self::Giving { .. }, Event::Stolen) => {
                (Self::Mirror(Mirror::default()), vec![Effect::Queue, Effect::SayHello])
            }
            (Self::Mirror(mirror), event) => mirror.step(event, busy),
            (Self::Owner | Self::Giving { .. }, Event::SignedOut) => {
                (Self::Off, vec![Effect::Resign, Effect::Withdraw])
            }
            (Self::Owner, Event::Stolen) => {
                let effects = vec![Effect::Resign, Effect::Queue, Effect::SayHello];
                (Self::Mirror(Mirror::default()), effects)
            }
            (Self::Owner, Event::Wanted(by)) if !busy => {
                (Self::Giving { looked: 0 }, vec![Effect::Resign, Effect::SayYours(by)])
            }
            (Self::Owner, Event::Asked | Event::Wanted(_)) => (self, vec![Effect::SayPhone]),
            // Whoever asked for it is gone, or has thought better of it.
            (Self::Giving { looked }, Event::Tick) if looked + 1 >= UNANSWERED => {
                (Self::Owner, vec![Effect::Begin])
            }
            (Self::Giving { .. }, Event::UseHere) => (Self::Owner, vec![Effect::Begin]),
            (Self::Giving { looked }, Event::Tick) => (Self::Giving { looked: looked + 1 }, vec![]),
            // The lock came as the person signed out.
            (Self::Off, Event::Granted) => (self, vec![Effect::Withdraw]),
            (
                Self::Off | Self::Owner | Self::Giving { .. },
                Event::SignedIn
                | Event::SignedOut
                | Event::Granted
                | Event::Stolen
                | Event::Tick
                | Event::UseHere
                | Event::Asked
                | Event::Wanted(_)
                | Event::Offered
                | Event::Spoke(_),
            ) => (self, vec![]),
        }
    }

    /// Whether this tab has the phone: then it performs what the phone wants, and no other does.
    #[must_use]
    pub const fn has_the_phone(self) -> bool {
        matches!(self, Self::Owner)
    }
}

impl Mirror {
    fn step(self, event: Event, busy: bool) -> (Role, Vec<Effect>) {
        let stays = |mirror| Role::Mirror(mirror);
        match event {
            Event::SignedOut => (Role::Off, vec![Effect::Withdraw]),
            Event::Granted => (Role::Owner, vec![Effect::Begin]),
            Event::Tick => {
                let asks = self.quiet > 0;
                let mirror = Self { quiet: (self.quiet + 1).min(UNANSWERED + 1), ..self };
                let wanted = self.wanted && !mirror.hears_nothing();
                let effects = if asks { vec![Effect::SayHello] } else { vec![] };
                (stays(Self { wanted, ..mirror }), effects)
            }
            Event::Spoke(owner) => {
                // Where a call has come up meanwhile, the answer was no.
                let wanted = self.wanted && !busy;
                (stays(Self { owner: Some(owner), quiet: 0, wanted }), vec![])
            }
            Event::UseHere if busy => (stays(self), vec![]),
            // There is nobody to ask.
            Event::UseHere if self.hears_nothing() => (stays(self), vec![Effect::Steal]),
            Event::UseHere => (stays(Self { wanted: true, ..self }), vec![Effect::SayWanted]),
            Event::Offered if self.wanted => {
                (stays(Self { wanted: false, ..self }), vec![Effect::Steal])
            }
            Event::Offered | Event::SignedIn | Event::Stolen | Event::Asked | Event::Wanted(_) => {
                (stays(self), vec![])
            }
        }
    }
}
