//! The line to Telnyx: from signing in to being able to dial, and back whenever something breaks.

mod renewal;

pub(crate) use renewal::renew_in;
pub use renewal::{EARLIEST_RENEWAL_MS, LATEST_RENEWAL_MS, RENEWAL_LIMIT_MS, Renewal};

use serde::{Deserialize, Serialize};

use crate::api::Token;
use crate::time::Millis;

/// The first pause before something unreachable is asked again, in milliseconds; it doubles up to [`LONGEST_PAUSE_MS`].
pub const FIRST_PAUSE_MS: u64 = 1_000;
/// How long until it is looked again whether the call is over that a line still carries which gave up, in milliseconds.
pub const CARRIED_PAUSE_MS: u64 = 10_000;
/// The longest pause between two tries, in milliseconds.
pub const LONGEST_PAUSE_MS: u64 = 30_000;

/// How long the SDK may take to be ready, in milliseconds: it has no limit of its own for the reply to its login.
pub const REGISTER_LIMIT_MS: u64 = 20_000;
/// How long the SDK may try to get a lost socket back, in milliseconds, before it gets a fresh token. No call lives
/// that long without one ([`crate::call::SOCKET_LIMIT_MS`]).
pub const LOST_LIMIT_MS: u64 = 120_000;
/// After how long without a message a socket that is said to be open is doubted, in milliseconds. The SDK asks after
/// 20 s of silence whether the gateway is there and closes the socket if no answer comes: 31 s at most, while its
/// timers run.
pub const SILENCE_LIMIT_MS: u64 = 35_000;
/// How long the page may be found to have stood still, in milliseconds, before the line is doubted.
pub const SLEEP_LIMIT_MS: u64 = 10_000;
/// How long the gateway may take to say that the line is still registered, in milliseconds: what the SDK gives it.
pub const DOUBT_LIMIT_MS: u64 = 5_000;

/// What keeps the line from being ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// Our server does not answer.
    ServerUnreachable,
    /// Our server answers, Telnyx does not.
    TelnyxUnreachable,
    /// Telnyx refused the token or the login.
    TelnyxRefused,
    /// Telnyx ended a session that it had let in.
    SignedOff,
    /// Our server failed.
    ServerFailed,
}

/// The line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// Nobody is signed in.
    Off,
    /// Our server was asked for a token.
    AskingForToken {
        /// How many tries failed before this one.
        failures: u32,
    },
    /// The last try failed; there will be another.
    Waiting {
        /// Why.
        why: Trouble,
        /// How many tries have failed.
        failures: u32,
        /// When the next try begins.
        again_at: Millis,
    },
    /// The SDK has a token and is registering.
    Registering {
        /// How many tries failed before this one.
        failures: u32,
    },
    /// `telnyx.ready`: one may dial.
    Ready,
    /// As far as the SDK knows it is ready; the gateway was asked whether it is, because nothing was heard for long,
    /// the page stood still, or the gateway says that it is not.
    Doubted,
    /// The socket closed, or the gateway failed; the SDK opens another by itself.
    Lost {
        /// When it closed.
        since: Millis,
    },
}

/// What can happen to the line.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// An agent signed in.
    SignedIn,
    /// The agent signed out, or the session ended.
    SignedOut,
    /// A token came. Written down, it says only that.
    Token(#[serde(with = "unsaid")] Token),
    /// No token came.
    NoToken(Trouble),
    /// It is time to try again.
    Again,
    /// `telnyx.ready`, or the gateway's word that the line is registered (`REGED`).
    Ready,
    /// The gateway's word that it is not (`NOREG`, `UNREGED`, `EXPIRED` …).
    NotRegistered,
    /// No message has come for [`SILENCE_LIMIT_MS`].
    Silent,
    /// The page has stood still: its tab was frozen, or the computer slept.
    Woke,
    /// `telnyx.socket.open`: the SDK signs in next; only `telnyx.ready` says that it is.
    SocketOpened,
    /// `telnyx.socket.close`.
    SocketClosed,
    /// The gateway says that it cannot reach what is behind it (`FAILED`, `FAIL_WAIT`, `TIMEOUT`). Within 6 s the SDK
    /// closes the socket and opens another by itself, up to five times.
    GatewayFailed,
    /// The limit of [`Line::limit_ms`] has passed.
    Overdue,
    /// The SDK gave up: login refused, or reconnecting exhausted.
    Failed(Trouble),
    /// A good part of the token's life is over, by our own clock.
    TokenAges,
    /// The SDK says that its token ends in two minutes (34001).
    TokenEnds,
    /// The SDK has signed in anew ([`Effect::SignInAnew`]).
    SignedInAnew,
}

/// A secret, written down: that there was one.
mod unsaid {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::api::{Ice, Token};

    pub(super) fn serialize<S: Serializer>(_: &Token, to: S) -> Result<S::Ok, S::Error> {
        ().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Token, D::Error> {
        <()>::deserialize(from)?;
        Ok(Token { token: String::new(), gateway: None, ice: Ice::Default, lives_ms: None })
    }
}

/// What the line wants done.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Ask our server for a token.
    AskForToken,
    /// Register with this token, on a line of the SDK's that takes the place of any other.
    Open(Token),
    /// Register with this token on the line of the SDK's that there is: it carries calls, which the gateway hands back to
    /// who signs in.
    SignIn(Token),
    /// Close the SDK's line.
    Close,
    /// Ask the gateway whether the line is registered, and report what it says.
    AskWhetherRegistered,
    /// Give the SDK this token for its next login, whenever that is; nothing is said to the gateway.
    HandOver(Token),
    /// Have the SDK sign in on its open socket with the token it was handed, and report [`Event::SignedInAnew`].
    SignInAnew,
    /// Report [`Event::TokenAges`] after so many milliseconds, instead of any earlier such wish.
    RenewIn(u64),
    /// Report [`Event::Again`] after so many milliseconds.
    TryAgainIn(u64),
    /// Report [`Event::Overdue`] after so many milliseconds, instead of any earlier such wish.
    StartTimer(u64),
    /// Do not report it after all.
    CancelTimer,
}

impl Line {
    /// Moves the line forward by one event; what comes too late to matter changes nothing.
    #[must_use = "the effect is a request; dropping it drops the line's wish"]
    pub fn step(self, event: Event, now: Millis) -> (Self, Option<Effect>) {
        match event {
            Event::SignedOut => (Self::Off, Some(Effect::Close)),
            Event::SignedIn => match self {
                Self::Off => (Self::AskingForToken { failures: 0 }, Some(Effect::AskForToken)),
                Self::AskingForToken { .. }
                | Self::Waiting { .. }
                | Self::Registering { .. }
                | Self::Ready
                | Self::Doubted
                | Self::Lost { .. } => (self, None),
            },
            Event::Token(token) => match self {
                Self::AskingForToken { failures } => {
                    (Self::Registering { failures }, Some(Effect::Open(token)))
                }
                Self::Off
                | Self::Waiting { .. }
                | Self::Registering { .. }
                | Self::Ready
                | Self::Doubted
                | Self::Lost { .. } => (self, None),
            },
            Event::NoToken(why) => match self {
                Self::AskingForToken { .. } => self.fails(why, now),
                Self::Off
                | Self::Waiting { .. }
                | Self::Registering { .. }
                | Self::Ready
                | Self::Doubted
                | Self::Lost { .. } => (self, None),
            },
            Event::Failed(why) => self.fails(why, now),
            Event::Overdue if self.limit_ms().is_some() => {
                self.fails(Trouble::TelnyxUnreachable, now)
            }
            Event::Overdue
            | Event::SocketOpened
            | Event::TokenAges
            | Event::TokenEnds
            | Event::SignedInAnew => (self, None),
            Event::Silent | Event::Woke | Event::NotRegistered => match self {
                Self::Ready => (Self::Doubted, Some(Effect::AskWhetherRegistered)),
                // What was asked before the page stood still may have been lost.
                Self::Doubted if event == Event::Woke => (self, Some(Effect::AskWhetherRegistered)),
                Self::Off
                | Self::AskingForToken { .. }
                | Self::Waiting { .. }
                | Self::Registering { .. }
                | Self::Doubted
                | Self::Lost { .. } => (self, None),
            },
            Event::Again => match self {
                Self::Waiting { failures, .. } => {
                    (Self::AskingForToken { failures }, Some(Effect::AskForToken))
                }
                Self::Off
                | Self::AskingForToken { .. }
                | Self::Registering { .. }
                | Self::Ready
                | Self::Doubted
                | Self::Lost { .. } => (self, None),
            },
            Event::Ready => match self {
                // The SDK may get back by itself what was given up.
                Self::AskingForToken { .. }
                | Self::Waiting { .. }
                | Self::Registering { .. }
                | Self::Ready
                | Self::Doubted
                | Self::Lost { .. } => (Self::Ready, None),
                Self::Off => (self, None),
            },
            Event::SocketClosed | Event::GatewayFailed => match self {
                Self::Registering { .. } | Self::Ready | Self::Doubted => {
                    (Self::Lost { since: now }, None)
                }
                Self::Off
                | Self::AskingForToken { .. }
                | Self::Waiting { .. }
                | Self::Lost { .. } => (self, None),
            },
        }
    }

    /// Whether what the SDK is told is expected to reach Telnyx.
    #[must_use]
    pub const fn is_up(self) -> bool {
        matches!(self, Self::Ready | Self::Doubted)
    }

    /// Whether the SDK has a line that it keeps open by itself.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Registering { .. } | Self::Ready | Self::Doubted | Self::Lost { .. })
    }

    /// How long the line may stay as it is, in milliseconds, where that is for the SDK to change.
    #[must_use]
    pub const fn limit_ms(self) -> Option<u64> {
        match self {
            Self::Registering { .. } => Some(REGISTER_LIMIT_MS),
            Self::Doubted => Some(DOUBT_LIMIT_MS),
            Self::Lost { .. } => Some(LOST_LIMIT_MS),
            Self::Off | Self::AskingForToken { .. } | Self::Waiting { .. } | Self::Ready => None,
        }
    }

    /// Waits a while longer, if it waits.
    pub(crate) fn waits_longer(self, pause: u64, now: Millis) -> Self {
        match self {
            Self::Waiting { why, failures, .. } => {
                Self::Waiting { why, failures, again_at: now.after(pause) }
            }
            Self::Off
            | Self::AskingForToken { .. }
            | Self::Registering { .. }
            | Self::Ready
            | Self::Doubted
            | Self::Lost { .. } => self,
        }
    }

    /// Waits, a little longer each time, and asks for a fresh token then.
    fn fails(self, why: Trouble, now: Millis) -> (Self, Option<Effect>) {
        let failures = match self {
            // Nobody is signed in any more, or the wait is on already.
            Self::Off | Self::Waiting { .. } => return (self, None),
            Self::AskingForToken { failures } | Self::Registering { failures } => failures + 1,
            Self::Ready | Self::Doubted | Self::Lost { .. } => 1,
        };
        let doubled = FIRST_PAUSE_MS.saturating_mul(1_u64 << (failures - 1).min(16));
        let pause = doubled.min(LONGEST_PAUSE_MS);
        let waiting = Self::Waiting { why, failures, again_at: now.after(pause) };
        (waiting, Some(Effect::TryAgainIn(pause)))
    }
}
