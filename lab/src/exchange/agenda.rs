//! What will happen by itself, and when.

use std::collections::BTreeMap;

use super::io::{LegKey, RecordingKey, Socket};
use crate::clock::Moment;
use crate::numbers::Act;

/// Everything still to come, in order. Things at the same moment happen in the order they were put down.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    count: u64,
    entries: BTreeMap<(Moment, u64), Due>,
}

/// What is due. Whether it still makes sense is decided when its time has come.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Due {
    /// The gateway pings a browser.
    Ping(Socket),
    /// The token that a browser signed in with has expired.
    TokenExpires(Socket),
    /// A reply that an answer has overtaken leaves.
    Reply { socket: Socket, frame: serde_json::Value },
    /// The reply to this leg's INVITE leaves, unless it had to before.
    LateReply(LegKey),
    /// A person does what its number says.
    Act { leg: LegKey, act: Act },
    /// Whoever called has waited long enough.
    RingsOut(LegKey),
    /// The leg has been up for as long as it may.
    TimeLimit(LegKey),
    /// A browser whose socket dropped at that moment is no longer awaited.
    Lost { leg: LegKey, since: Moment },
    /// Telnyx has worked on a recording for long enough.
    Worked(RecordingKey),
    /// Nobody has pressed a key for too long.
    GatherEnds(LegKey),
    /// It is known whether a machine answered.
    Detected(LegKey),
    /// What a call cost is known.
    Cost(LegKey),
    /// A recording is as long as it may get.
    LongEnough(RecordingKey),
}

impl Agenda {
    /// Puts something down for `moment`.
    pub(super) fn at(&mut self, moment: Moment, due: Due) {
        self.count += 1;
        self.entries.insert((moment, self.count), due);
    }

    /// When the next thing is due.
    pub(super) fn next(&self) -> Option<Moment> {
        self.entries.keys().next().map(|(moment, _)| *moment)
    }

    /// Takes the next thing out if it is due at `now`, with the moment it was put down for.
    pub(super) fn pop(&mut self, now: Moment) -> Option<(Moment, Due)> {
        let first = self.entries.first_entry()?;
        let (moment, _) = *first.key();
        (moment <= now).then(|| (moment, first.remove()))
    }

    /// Whether this is still to come.
    pub(super) fn holds(&self, due: &Due) -> bool {
        self.entries.values().any(|held| held == due)
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.entries.clear();
    }
}
