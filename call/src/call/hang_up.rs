//! Asking for the end: of the SDK and of our server, each once, and again where there is a reason to.

use serde::{Deserialize, Serialize};

use super::{Call, Effect, Socket};
use crate::cause::Cause;
use crate::time::Millis;

/// Whether the end was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HangUp {
    /// Not asked for.
    NotAsked,
    /// Asked for.
    Asked(Asked),
}

/// An end that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Asked {
    /// When.
    pub at: Millis,
    /// Why.
    pub why: Why,
    /// What our server said to it.
    pub server: Server,
}

/// Why the end was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The person did.
    Person,
    /// Telnyx says the call is over.
    Telnyx,
    /// A limit was reached; the call's trouble says which.
    Limit,
}

/// What our server said to being asked to hang up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Server {
    /// It was not asked.
    NotAsked,
    /// It has not answered.
    Awaited,
    /// Telnyx took the command, or says the call is over already.
    Took,
    /// Nobody knows the call's `call_control_id` yet.
    NotKnown,
    /// Telnyx takes no commands for this leg.
    Refused,
    /// The server does not answer.
    Unreachable,
}

impl HangUp {
    /// What the server said, where the end was asked for.
    #[must_use]
    pub const fn server(self) -> Server {
        match self {
            Self::NotAsked => Server::NotAsked,
            Self::Asked(asked) => asked.server,
        }
    }

    pub(super) const fn with_server(self, server: Server) -> Self {
        match self {
            Self::NotAsked => Self::NotAsked,
            Self::Asked(asked) => Self::Asked(Asked { server, ..asked }),
        }
    }
}

impl Call {
    /// Asks for the end, once: a second press does nothing.
    pub(super) fn asks_for_the_end(mut self, why: Why, now: Millis) -> (Self, Vec<Effect>) {
        match self.hang_up {
            HangUp::NotAsked => {
                let asks_server = why != Why::Telnyx;
                let server = if asks_server { Server::Awaited } else { Server::NotAsked };
                self.hang_up = HangUp::Asked(Asked { at: now, why, server });
                let server = asks_server.then_some(Effect::HangUpServer);
                (self, server.into_iter().chain([Effect::HangUpSdk]).collect())
            }
            // The call was being ended for another's reason, and now the person wants it too.
            HangUp::Asked(asked) if why == Why::Person && asked.server == Server::NotAsked => {
                self.asks_server_again()
            }
            HangUp::Asked(_) => (self, vec![]),
        }
    }

    /// A limit has passed: the call ends, and says why.
    pub(super) fn reaches_limit(mut self, trouble: Cause, now: Millis) -> (Self, Vec<Effect>) {
        self.trouble = Some(trouble);
        self.asks_for_the_end(Why::Limit, now)
    }

    /// The SDK has let go of the call at Telnyx's order, without a BYE: our server is asked, unless it was.
    pub(super) fn abandoned(&mut self, now: Millis) -> Vec<Effect> {
        match self.hang_up {
            HangUp::NotAsked => {
                let server = Server::Awaited;
                self.hang_up = HangUp::Asked(Asked { at: now, why: Why::Limit, server });
                vec![Effect::HangUpServer]
            }
            HangUp::Asked(_) => vec![],
        }
    }

    pub(super) fn asks_server_again(mut self) -> (Self, Vec<Effect>) {
        self.hang_up = self.hang_up.with_server(Server::Awaited);
        (self, vec![Effect::HangUpServer])
    }

    /// The server is asked again when what kept it from helping is over: it did not know the call's
    /// `call_control_id`, and now one is known.
    pub(super) fn asks_server_now_that_it_knows(self) -> (Self, Vec<Effect>) {
        if self.hang_up.server() == Server::NotKnown {
            self.asks_server_again()
        } else {
            (self, vec![])
        }
    }

    /// As above: it could not be reached, and now the network is back.
    pub(super) fn asks_server_now_that_it_hears(self) -> (Self, Vec<Effect>) {
        if self.hang_up.server() == Server::Unreachable {
            self.asks_server_again()
        } else {
            (self, vec![])
        }
    }

    /// Whether an end that was asked for may not have reached Telnyx.
    pub(super) fn may_be_unheard(&self) -> bool {
        match self.hang_up {
            HangUp::NotAsked => false,
            HangUp::Asked(Asked { why, server, .. }) => {
                self.socket != Socket::Up && why != Why::Telnyx && server != Server::Took
            }
        }
    }
}
