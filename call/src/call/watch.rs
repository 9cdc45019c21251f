//! What may not last for ever: the limits the SDK does not have.
//!
//! A watch runs exactly while the call's state wants it ([`Watches::of`]); the phone turns the difference
//! between two states into timers. So none is forgotten, and one that fires late finds nobody waiting.

use serde::{Deserialize, Serialize};

use super::{Call, HangUp, Over, Progress, Remains, Route, Socket, Sound, Stage};

/// How long setting up may take before the screen says that it is slow, in milliseconds.
pub const SLOW_MS: u64 = 5_000;
/// How long the browser may take to get a call ready (`new`), in milliseconds: a person may be looking for
/// the button that allows the microphone. The SDK says nothing when it has no network at all.
pub const PREPARING_LIMIT_MS: u64 = 60_000;
/// How long Telnyx may take to reply to an INVITE (`requesting`), in milliseconds.
pub const INVITE_LIMIT_MS: u64 = 15_000;
/// How long an unanswered call may ring at the far end, in milliseconds: what a proxy waits at least (RFC 3261, timer C).
pub const RING_LIMIT_MS: u64 = 180_000;
/// How long a call may ring here, in milliseconds.
pub const RING_HERE_LIMIT_MS: u64 = 120_000;
/// How long an answer given here may take to be applied, in milliseconds; the microphone may have to be allowed first.
pub const ANSWER_LIMIT_MS: u64 = 60_000;
/// How long hold may take, in milliseconds: the SDK gives up after 10 s, except with the socket down, when it never does.
pub const HOLD_LIMIT_MS: u64 = 12_000;
/// How long the SDK may take to say `hangup` after it was told to hang up, in milliseconds.
/// It says so before `hangup()` returns; a second of silence means it never will.
pub const HANG_UP_LIMIT_MS: u64 = 1_000;
/// How long a talk may go on without a connection that carries sound, in milliseconds.
pub const SOUND_LIMIT_MS: u64 = 60_000;
/// How long a call may wait for the socket to come back, in milliseconds: the SDK forgets its session after as long.
pub const SOCKET_LIMIT_MS: u64 = 90_000;
/// How long after the line is ready a call may take to be given back to a page that was loaded anew, in milliseconds.
pub const RETURN_LIMIT_MS: u64 = 10_000;
/// How long after the line is back a call that was hung up without it may still be re-attached, in milliseconds.
pub const SETTLE_LIMIT_MS: u64 = 10_000;

/// Something that may not last for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Watch {
    /// Setting up is quick, or the screen says that it is not.
    Slow,
    /// The browser gets the call ready.
    Preparing,
    /// Telnyx replies to the INVITE.
    Invite,
    /// Somebody answers there.
    Ring,
    /// Somebody answers here.
    RingHere,
    /// Our answer is applied.
    Answer,
    /// Hold settles.
    Hold,
    /// Hanging up settles.
    HangUp,
    /// The connection carries sound.
    Sound,
    /// The socket comes back.
    Socket,
    /// The gateway gives the call back to a page that was loaded anew.
    Return,
    /// What was hung up without a socket is not re-attached.
    Settle,
}

impl Watch {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Slow,
        Self::Preparing,
        Self::Invite,
        Self::Ring,
        Self::RingHere,
        Self::Answer,
        Self::Hold,
        Self::HangUp,
        Self::Sound,
        Self::Socket,
        Self::Return,
        Self::Settle,
    ];

    /// How long it may last, in milliseconds.
    #[must_use]
    pub const fn limit_ms(self) -> u64 {
        match self {
            Self::Slow => SLOW_MS,
            Self::Preparing => PREPARING_LIMIT_MS,
            Self::Invite => INVITE_LIMIT_MS,
            Self::Ring => RING_LIMIT_MS,
            Self::RingHere => RING_HERE_LIMIT_MS,
            Self::Answer => ANSWER_LIMIT_MS,
            Self::Hold => HOLD_LIMIT_MS,
            Self::HangUp => HANG_UP_LIMIT_MS,
            Self::Sound => SOUND_LIMIT_MS,
            Self::Socket => SOCKET_LIMIT_MS,
            Self::Return => RETURN_LIMIT_MS,
            Self::Settle => SETTLE_LIMIT_MS,
        }
    }
}

/// A set of watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Watches(u16);

impl Watches {
    /// The watches a call needs in the state it is in.
    #[must_use]
    pub fn of(call: &Call) -> Self {
        let none = Self::default();
        if let Stage::Over(Over { remains, .. }) = &call.stage {
            let open = *remains != Remains::Nothing && call.socket == Socket::Up;
            return none.with_if(open, Watch::Settle);
        }
        if call.hang_up != HangUp::NotAsked {
            return none.with_if(true, Watch::HangUp);
        }
        let common = match call.socket {
            Socket::Up => none,
            Socket::Down { .. } => none.with_if(true, Watch::Socket),
            // Nothing else can be waited for before it is back.
            Socket::Away { ready: false, .. } => return none.with_if(true, Watch::Socket),
            Socket::Away { ready: true, .. } => return none.with_if(true, Watch::Return),
        };
        match &call.stage {
            Stage::Calling(calling) => {
                let slow = !calling.slow && calling.progress < Progress::Proceeding;
                common.with_if(slow, Watch::Slow).with_if(
                    true,
                    match calling.progress {
                        Progress::Preparing => Watch::Preparing,
                        Progress::Inviting => Watch::Invite,
                        // It was answered here, and that is still to be applied.
                        Progress::Proceeding if call.route == Route::Asked => Watch::Answer,
                        Progress::Proceeding | Progress::Up => Watch::Ring,
                    },
                )
            }
            Stage::Incoming(incoming) if incoming.taken.is_some() => {
                common.with_if(true, Watch::Answer)
            }
            Stage::Incoming(_) => common.with_if(true, Watch::RingHere),
            Stage::Talking(talking) => common
                .with_if(talking.hold.is_under_way(), Watch::Hold)
                .with_if(call.leg.sound != Sound::Connected, Watch::Sound),
            Stage::Over(_) => none,
        }
    }

    /// Whether this one is among them.
    #[must_use]
    pub const fn has(self, watch: Watch) -> bool {
        self.0 & (1 << watch as u16) != 0
    }

    /// Those that are not among `others`.
    pub fn without(self, others: Self) -> impl Iterator<Item = Watch> {
        let left = Self(self.0 & !others.0);
        Watch::ALL.into_iter().filter(move |watch| left.has(*watch))
    }

    const fn with_if(self, wanted: bool, watch: Watch) -> Self {
        Self(self.0 | ((wanted as u16) << watch as u16))
    }
}
