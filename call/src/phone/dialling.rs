//! From a number in a field to a call of the SDK's.

use serde::{Deserialize, Serialize};

use super::{Effect, MOST_CALLS, Phone};
use crate::api::{Placed, ProblemCode};
use crate::call::{self, Route, Stage};
use crate::cause::{Cause, Side};
use crate::history::What;
use crate::ids::{CallId, TelnyxIds};
use crate::line::Renewal;
use crate::number::{NotANumber, Number};

/// What is being dialled, before there is a call.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialling {
    /// Nothing.
    Idle,
    /// What was entered is no number.
    NotANumber(NotANumber),
    /// Our server was asked for a call.
    Asked {
        /// Whom to call.
        to: Number,
        /// Which attempt this is; answers to earlier ones are stale.
        attempt: u32,
    },
    /// The SDK was told to dial; its `new` makes it a call.
    Granted {
        /// Whom to call.
        to: Number,
        /// The id it will have.
        id: CallId,
        /// How it will reach them.
        route: Route,
    },
    /// It could not be dialled.
    Refused(Refusal),
}

/// Why a number was not dialled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The line is not ready.
    NotReady,
    /// Our server does not answer.
    ServerUnreachable,
    /// Our server said no.
    Server(ProblemCode),
    /// The SDK would not dial.
    Sdk,
}

impl Phone {
    /// Whether a number is being dialled, and has not become a call.
    pub(super) const fn is_dialling(&self) -> bool {
        matches!(self.dialling, Dialling::Asked { .. } | Dialling::Granted { .. })
    }

    /// Whether a number would be dialled now: not while another is, not beyond [`MOST_CALLS`], and not while a call of
    /// the page before may come back, which the SDK gives to a page without calls only.
    #[must_use]
    pub fn may_dial(&self) -> bool {
        let alive = self.calls.iter().filter(|call| !call.is_over());
        !self.is_dialling()
            && !alive.clone().any(|call| matches!(call.stage, Stage::Calling(_)))
            && !self.waits_for_return()
            && alive.count() < MOST_CALLS
    }

    pub(super) fn dial(self, written: &str) -> (Self, Vec<Effect>) {
        if !self.may_dial() {
            // A second press does nothing.
            return (self, vec![]);
        }
        let to = match Number::parse(written) {
            Ok(to) => to,
            Err(why) => return (self.with_dialling(Dialling::NotANumber(why)), vec![]),
        };
        // A login that is under way would take a call with it.
        if !self.line.is_up() || self.renewal == Renewal::UnderWay {
            return (self.with_dialling(Dialling::Refused(Refusal::NotReady)), vec![]);
        }
        let attempt = self.attempts + 1;
        let dialling = Dialling::Asked { to: to.clone(), attempt };
        let phone = Self { attempts: attempt, dialling, ..self };
        (phone, vec![Effect::AskForCall { attempt, to }])
    }

    /// Forgets what was said about a number that is no longer the one.
    pub(super) fn edited(self) -> Self {
        match self.dialling {
            Dialling::NotANumber(_) | Dialling::Refused(_) => self.with_dialling(Dialling::Idle),
            Dialling::Idle | Dialling::Asked { .. } | Dialling::Granted { .. } => self,
        }
    }

    pub(super) fn granted(self, attempt: u32, placed: Placed) -> (Self, Vec<Effect>) {
        match self.dialling.clone() {
            // An INVITE would be lost by now, and the SDK would not say so.
            Dialling::Asked { attempt: asked, .. } if asked == attempt && !self.line.is_up() => {
                let lost = What::Ended { cause: Cause::Lost, by: Side::Network };
                let phone = self.with_dialling(Dialling::Refused(Refusal::NotReady));
                (phone, vec![Effect::Testify(placed.id, TelnyxIds::default(), lost)])
            }
            Dialling::Asked { to, attempt: asked } if asked == attempt => {
                let route = if placed.controlled { Route::Controlled } else { Route::Direct };
                let dialling = Dialling::Granted { to: to.clone(), id: placed.id.clone(), route };
                (self.with_dialling(dialling), vec![Effect::NewCall { to, placed }])
            }
            // The person gave up while our server was thinking: nothing is dialled, and the
            // row the server made says why it stays empty.
            Dialling::Idle
            | Dialling::NotANumber(_)
            | Dialling::Asked { .. }
            | Dialling::Granted { .. }
            | Dialling::Refused(_) => {
                let ended = What::Ended { cause: Cause::Cancelled, by: Side::Us };
                (self, vec![Effect::Testify(placed.id, TelnyxIds::default(), ended)])
            }
        }
    }

    pub(super) fn denied(self, attempt: u32, why: Refusal) -> Self {
        match &self.dialling {
            Dialling::Asked { attempt: asked, .. } if *asked == attempt => {
                self.with_dialling(Dialling::Refused(why))
            }
            Dialling::Idle
            | Dialling::NotANumber(_)
            | Dialling::Asked { .. }
            | Dialling::Granted { .. }
            | Dialling::Refused(_) => self,
        }
    }

    pub(super) fn give_up(self) -> (Self, Vec<Effect>) {
        match self.dialling.clone() {
            // The grant that may still come is stale by then.
            Dialling::Asked { .. } => (self.with_dialling(Dialling::Idle), vec![]),
            Dialling::Granted { id, .. } => {
                let ended = What::Ended { cause: Cause::Cancelled, by: Side::Us };
                let mut phone = self.with_dialling(Dialling::Idle);
                phone.remember(id.clone());
                let hang_up = Effect::Call(id.clone(), call::Effect::HangUpSdk);
                (phone, vec![hang_up, Effect::Testify(id, TelnyxIds::default(), ended)])
            }
            Dialling::Idle | Dialling::NotANumber(_) | Dialling::Refused(_) => (self, vec![]),
        }
    }

    pub(super) fn dial_failed(self, id: CallId) -> (Self, Vec<Effect>) {
        if self.is_granted(&id).is_none() {
            return (self, vec![]);
        }
        let cause = Cause::Other("newCall".to_owned());
        let mut phone = self.with_dialling(Dialling::Refused(Refusal::Sdk));
        phone.remember(id.clone());
        let ended = What::Ended { cause, by: Side::Network };
        (phone, vec![Effect::Testify(id, TelnyxIds::default(), ended)])
    }

    /// Whom the SDK was told to dial under this id, and how that reaches them.
    pub(super) fn is_granted(&self, id: &CallId) -> Option<(Number, Route)> {
        match &self.dialling {
            Dialling::Granted { to, id: granted, route } if granted == id => {
                Some((to.clone(), *route))
            }
            Dialling::Idle
            | Dialling::NotANumber(_)
            | Dialling::Asked { .. }
            | Dialling::Granted { .. }
            | Dialling::Refused(_) => None,
        }
    }

    pub(super) fn with_dialling(self, dialling: Dialling) -> Self {
        Self { dialling, ..self }
    }
}
