//! Who is signed in, and how one gets there.

use std::rc::Rc;

use call::api::{Agent, ProblemCode, Session, SignIn};
use call::line::{FIRST_PAUSE_MS, LONGEST_PAUSE_MS};
use call::phone::Phone;
use call::tabs::{Event as TabEvent, Said};
use leptos::prelude::*;

use super::{Inner, Timer};
use crate::backend::Failure;
use crate::boxed::spawn;

/// Whether somebody may use the phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Access {
    /// The server was asked who is signed in.
    Asking,
    /// The server does not answer; it is asked again.
    Unreachable,
    /// Nobody is; a name and a password are needed.
    SignedOut {
        /// What the server said to the last try.
        refused: Option<ProblemCode>,
        /// Whether a try is under way.
        trying: bool,
    },
    /// Somebody is.
    SignedIn {
        /// Who.
        agent: Agent,
        /// Whether calls go to a stand-in.
        demo: bool,
        /// Whether the server has ended the session; the phone is let go of once no call needs it.
        over: bool,
    },
}

impl Inner {
    pub(super) fn ask_who(self: &Rc<Self>) {
        self.ask_who_after(FIRST_PAUSE_MS);
    }

    /// Asks who is signed in; without an answer, asks again after `pause` ms, then twice that.
    fn ask_who_after(self: &Rc<Self>, pause: u64) {
        let shell = Rc::clone(self);
        spawn(async move {
            let answer = shell.backend.session().await;
            if let Ok(Session { provider, .. }) = answer {
                shell.provider.set(provider);
            }
            match answer {
                Ok(Session { agent: Some(agent), demo, .. }) => shell.signed_in(agent, demo),
                Ok(Session { agent: None, demo: true, .. }) => shell.sign_in_as(SignIn::Demo).await,
                Ok(Session { agent: None, demo: false, .. }) if shell.agent().is_some() => {
                    shell.lapses();
                }
                Ok(Session { agent: None, demo: false, .. }) => shell.session_ended(None),
                Err(_) => {
                    if shell.agent().is_none() {
                        shell.access.set(Access::Unreachable);
                    }
                    let next = (pause * 2).min(LONGEST_PAUSE_MS);
                    shell.after(Timer::Access, pause, move |shell| shell.ask_who_after(next));
                }
            }
        });
    }

    pub(super) fn sign_in(self: &Rc<Self>, name: String, password: String) {
        self.access.set(Access::SignedOut { refused: None, trying: true });
        let shell = Rc::clone(self);
        spawn(async move { shell.sign_in_as(SignIn::Password { name, password }).await });
    }

    async fn sign_in_as(self: &Rc<Self>, how: SignIn) {
        match self.backend.sign_in(&how).await {
            Ok(Session { agent: Some(agent), demo, .. }) => {
                self.signed_in(agent, demo);
                self.say(Said::AskWho);
            }
            Ok(Session { agent: None, .. }) => {
                let refused = Some(ProblemCode::Internal);
                self.access.set(Access::SignedOut { refused, trying: false });
            }
            Err(Failure::Refused(code)) => {
                self.access.set(Access::SignedOut { refused: Some(code), trying: false });
            }
            Err(Failure::Unreachable) => {
                self.access.set(Access::Unreachable);
                self.after(Timer::Access, FIRST_PAUSE_MS, Self::ask_who);
            }
        }
    }

    fn signed_in(self: &Rc<Self>, agent: Agent, demo: bool) {
        match self.agent() {
            Some(name) if name == agent.name => return,
            // The browser's session is another agent's now.
            Some(_) => self.session_ended(None),
            None => {}
        }
        self.is_taken_up_by(&agent.name);
        self.access.set(Access::SignedIn { agent, demo, over: false });
        self.tab(TabEvent::SignedIn);
        self.send_post();
        self.flush_outbox();
    }

    /// The name of the agent who is signed in.
    pub(super) fn agent(&self) -> Option<String> {
        self.read_access.with_untracked(|access| match access {
            Access::SignedIn { agent, .. } => Some(agent.name.clone()),
            Access::Asking | Access::Unreachable | Access::SignedOut { .. } => None,
        })
    }

    pub(super) fn sign_out(self: &Rc<Self>) {
        let shell = Rc::clone(self);
        spawn(async move {
            // If the server did not hear it, the session runs out by itself; this page lets go of it now.
            let _ = shell.backend.sign_out().await;
            shell.say(Said::SignedOut);
            shell.session_ended(None);
        });
    }

    /// Draws the consequence of a problem that concerns more than the request it answers.
    pub(super) fn heed(self: &Rc<Self>, code: ProblemCode) {
        if code == ProblemCode::NotSignedIn {
            self.say(Said::AskWho);
            self.lapses();
        }
    }

    /// The server has ended the session.
    fn lapses(self: &Rc<Self>) {
        self.access.update(|access| {
            if let Access::SignedIn { over, .. } = access {
                *over = true;
            }
        });
        self.let_go();
    }

    /// Lets go of the phone if the session is over and no call needs it: the SDK goes on to carry a call without us.
    pub(super) fn let_go(self: &Rc<Self>) {
        let lapsed = |access: &Access| match access {
            Access::SignedIn { over: true, demo, .. } => Some(*demo),
            Access::SignedIn { .. }
            | Access::Asking
            | Access::Unreachable
            | Access::SignedOut { .. } => None,
        };
        let Some(demo) = self.read_access.with_untracked(lapsed) else { return };
        if self.stepping.get() || self.read_phone.with_untracked(Phone::has_live_call) {
            return;
        }
        self.session_ended(Some(ProblemCode::NotSignedIn));
        if demo {
            self.access.set(Access::Asking);
            // Whom the server signs in and then does not know is not asked about without a pause.
            self.after(Timer::Access, FIRST_PAUSE_MS, Self::ask_who);
        }
    }

    pub(super) fn session_ended(self: &Rc<Self>, refused: Option<ProblemCode>) {
        self.access.update(|access| {
            if let Access::SignedIn { over, .. } = access {
                *over = false;
            }
        });
        self.tab(TabEvent::SignedOut);
        self.forget();
        self.access.set(Access::SignedOut { refused, trying: false });
    }
}
