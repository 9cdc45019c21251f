//! A token's successor: fetched while the token has long to live, and signed in with when no call can be hurt.
//!
//! Signing in anew on an open socket makes the gateway name the calls it has handed back (`clientReady`), which are none;
//! the SDK then ends every call it has. So the SDK is given the new token at once, for whatever makes it sign in by
//! itself, and is told to sign in only between calls.

use serde::{Deserialize, Serialize};

use super::{Effect, Event, Line};
use crate::api::Token;

/// The shortest time until a token's successor is asked for, in milliseconds; also the pause after a failure.
pub const EARLIEST_RENEWAL_MS: u64 = 30_000;
/// The longest, in milliseconds: a day's token has half its life before it then.
pub const LATEST_RENEWAL_MS: u64 = 12 * 3_600_000;
/// How long the gateway may take to answer a login on an open socket, in milliseconds.
pub const RENEWAL_LIMIT_MS: u64 = 10_000;

/// Whether the SDK's token has a successor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Renewal {
    /// There is no need of one.
    #[default]
    Fresh,
    /// Our server was asked for it.
    Asked,
    /// The SDK has it, and the gateway does not know it yet.
    Held,
    /// The SDK signs in with it.
    UnderWay,
}

impl Renewal {
    /// What an event does to it, and what is wanted then. An event that is not about it comes back: it is the line's.
    pub(crate) fn step(self, event: Event, line: Line) -> Result<(Self, Vec<Effect>), Event> {
        let due = self == Self::Fresh && line.is_open();
        let asked = self == Self::Asked && line.is_open();
        match event {
            Event::TokenAges if due => Ok((Self::Asked, vec![Effect::AskForToken])),
            // Not at once: a token that is given two minutes to live would be renewed without a pause.
            Event::TokenEnds if due => Ok((self, vec![Effect::RenewIn(EARLIEST_RENEWAL_MS)])),
            Event::Token(token) if asked => {
                let again = renew_in(&token).map(Effect::RenewIn);
                let hand_over = Effect::HandOver(token);
                Ok((Self::Held, [hand_over].into_iter().chain(again).collect()))
            }
            // The token there is goes on to be good.
            Event::NoToken(_) if asked => {
                Ok((Self::Fresh, vec![Effect::RenewIn(EARLIEST_RENEWAL_MS)]))
            }
            Event::SignedInAnew if self == Self::UnderWay => Ok((Self::Fresh, vec![])),
            event @ (Event::SignedIn
            | Event::SignedOut
            | Event::Token(_)
            | Event::NoToken(_)
            | Event::Again
            | Event::Ready
            | Event::NotRegistered
            | Event::Silent
            | Event::Woke
            | Event::SocketOpened
            | Event::SocketClosed
            | Event::GatewayFailed
            | Event::Overdue
            | Event::Failed(_)
            | Event::TokenAges
            | Event::TokenEnds
            | Event::SignedInAnew) => Err(event),
        }
    }

    /// What is left of it once the line has become this. A line that the SDK opens anew begins with a fresh token.
    pub(crate) const fn on(self, line: Line, opened: bool) -> Self {
        match self {
            Self::Fresh => Self::Fresh,
            Self::Asked | Self::Held | Self::UnderWay if opened || !line.is_open() => Self::Fresh,
            // Its login was lost with the socket. The SDK signs in with the new token by itself, or has done so.
            Self::UnderWay if !line.is_up() => Self::Held,
            Self::Asked | Self::Held | Self::UnderWay => self,
        }
    }
}

/// In how many milliseconds this token's successor is to be asked for: at half its life, if that is known.
pub(crate) fn renew_in(token: &Token) -> Option<u64> {
    token.lives_ms.map(|life| (life / 2).clamp(EARLIEST_RENEWAL_MS, LATEST_RENEWAL_MS))
}
