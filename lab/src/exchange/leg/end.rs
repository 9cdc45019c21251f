//! Who is at a leg's end: a browser with the SDK, or a person played by the lab.

use std::time::Duration;

use serde_json::Value;

use super::super::io::{Codec, Faults, Socket};
use crate::clock::Moment;
use crate::numbers::Behaviour;

/// Who is at a leg's end.
#[derive(Debug)]
pub(crate) enum End {
    Browser(Browser),
    Person(Person),
}

/// A browser with the SDK.
#[derive(Debug)]
pub(crate) struct Browser {
    /// Its SIP user name.
    pub(crate) user: String,
    pub(crate) agent: Agent,
    pub(crate) codec: Codec,
    /// Whether it sends its addresses one by one, and takes the gateway's so.
    pub(crate) trickles: bool,
    /// The reply to INVITE, if it is held back until the answer.
    pub(crate) reply: Option<HeldReply>,
}

/// A reply to INVITE that is held back.
#[derive(Debug)]
pub(crate) struct HeldReply {
    pub(crate) socket: Socket,
    pub(crate) frame: Value,
    pub(crate) until: Until,
}

/// Until when a reply is held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    /// It is on the agenda ([`Due::LateReply`](super::super::agenda::Due)); nothing overtakes it.
    ItsTime,
    /// So long after the answer, which overtakes it.
    Answered(Duration),
}

/// A person played by the lab.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) behaviour: Behaviour,
    /// Whether media plays it already.
    pub(crate) heard: bool,
    /// What is wrong with the network of whoever talks to it.
    pub(crate) faults: Faults,
}

/// Whether a browser can be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Agent {
    On(Socket),
    /// Its socket dropped; it may come back and take up its session (`sessid`).
    Lost {
        since: Moment,
        session: String,
    },
    /// There never was one: nobody is registered as the user who is called.
    Absent,
}

impl Person {
    /// A person that does what its number says.
    pub(crate) fn new(behaviour: Behaviour) -> Self {
        Self { behaviour, heard: false, faults: Faults::default() }
    }
}

/// How long a leg waits for a browser whose socket dropped: the SDK keeps its session id for so long.
pub(crate) const LOST_AGENT_RETURNS_WITHIN: Duration = Duration::from_secs(90);
