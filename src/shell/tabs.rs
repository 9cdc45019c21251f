//! What this tab is to the phone, performed: the lock, what is said to the other tabs, and what they say.

use std::rc::Rc;

use call::call::Event as CallEvent;
use call::ids::CallId;
use call::line::Event as LineEvent;
use call::phone::{Event, Phone};
use call::tabs::{ASK_MS, Effect, Event as TabEvent, Message, Role, Said, TabId, Wish};
use leptos::prelude::*;

use super::{Inner, Ledger, Timer, now};
use crate::boxed::spawn;
use crate::tabs::{Channel, Lock, News};
use crate::{json, line};

/// A number for this tab that no other has.
pub(super) fn draw() -> TabId {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at least 0 and less than 2^32"
    )]
    TabId((js_sys::Math::random() * f64::from(u32::MAX)) as u32)
}

impl Inner {
    pub(super) fn open_channel(self: &Rc<Self>) {
        let shell = Rc::clone(self);
        let channel = Channel::open(move |message| shell.hears(message));
        *self.channel.borrow_mut() = channel.ok();
    }

    /// Says what the person wants: to the phone, or to the tab that has it.
    pub(super) fn wish(self: &Rc<Self>, event: Event) {
        match self.read_role.get_untracked() {
            Role::Owner => self.step(event),
            Role::Off | Role::Mirror(_) if self.has_the_phone() => self.step(event),
            Role::Mirror(mirror) => {
                if let (true, Event::Call(id, CallEvent::HangUp)) = (mirror.hears_nothing(), &event)
                {
                    self.hang_up_from_here(id.clone());
                }
                if let Some(wish) = Wish::of(event) {
                    self.say(Said::Wish(wish));
                }
            }
            Role::Off | Role::Giving { .. } => {}
        }
    }

    /// Has our server hang up a call whose tab does not answer. The screen is that tab's still; the history says what
    /// came of it.
    fn hang_up_from_here(self: &Rc<Self>, id: CallId) {
        let shell = Rc::clone(self);
        spawn(async move {
            // Where it is refused, the call lives as long as the tab that has it.
            let _ = shell.backend.hang_up(&id).await;
            shell.look_again();
        });
    }

    /// Something happened to this tab.
    pub(super) fn tab(self: &Rc<Self>, event: TabEvent) {
        let busy = self.read_phone.with_untracked(|phone| !phone.may_change_hands());
        let (role, effects) = self.read_role.get_untracked().step(event, busy);
        if role != self.read_role.get_untracked() {
            self.role.set(role);
        }
        for effect in effects {
            self.perform_tab(effect);
        }
        match role {
            Role::Mirror(_) | Role::Giving { .. } => self.ask_later(),
            Role::Off | Role::Owner => {
                self.asking.set(false);
                self.cancel(&Timer::Ask);
            }
        }
    }

    fn perform_tab(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::Queue => self.ask_for_lock(false),
            Effect::Steal => self.ask_for_lock(true),
            Effect::Withdraw => drop(self.lock.borrow_mut().take()),
            Effect::Begin => self.begin(),
            Effect::Resign => {
                self.close_live();
                self.step(Event::Line(LineEvent::SignedOut));
            }
            Effect::SayPhone => self.say_phone(),
            Effect::SayHello => self.say(Said::Hello),
            Effect::SayWanted => self.say(Said::Wanted),
            Effect::SayYours(to) => self.say(Said::Yours(to)),
        }
    }

    fn ask_for_lock(self: &Rc<Self>, steal: bool) {
        let Some(agent) = self.agent() else { return };
        drop(self.lock.borrow_mut().take());
        let shell = Rc::clone(self);
        let lock = Lock::ask(&format!("tono-phone:{agent}"), steal, move |news| {
            shell.tab(match news {
                News::Granted => TabEvent::Granted,
                News::Stolen => TabEvent::Stolen,
            });
        });
        *self.lock.borrow_mut() = Some(lock);
    }

    /// Takes the phone up, as the first tab or as the heir of one that is gone.
    fn begin(self: &Rc<Self>) {
        // Whoever has heard of another tab's phone is its heir; otherwise this tab goes on with what it had itself.
        if let Some(session) = self.session.take() {
            let (phone, kept) = self.read_phone.get_untracked().without_its_tab();
            line::remember(if kept.is_empty() { &[] } else { &session });
            self.phone.set(phone);
            self.step(Event::Resumed { kept, since: now() });
        }
        self.takes_over();
        self.step(Event::Line(LineEvent::SignedIn));
        self.look_at_inputs();
        self.open_live();
    }

    /// Forgets what was the agent's.
    pub(super) fn forget(self: &Rc<Self>) {
        self.others.set(false);
        drop(self.session.take());
        self.forget_before();
        self.phone.set(Phone::default());
        self.ledger.set(Ledger::default());
    }

    /// Asks how the phone is, after a while and while this tab is looked at.
    fn ask_later(self: &Rc<Self>) {
        if self.asking.replace(true) {
            return;
        }
        self.after(Timer::Ask, ASK_MS, |shell| {
            shell.asking.set(false);
            let giving = matches!(shell.read_role.get_untracked(), Role::Giving { .. });
            if giving || is_seen() {
                shell.tab(TabEvent::Tick);
                shell.looks_for_itself();
            } else {
                shell.ask_later();
            }
        });
    }

    /// A tab that nobody tells anything shows what the server knows.
    fn looks_for_itself(self: &Rc<Self>) {
        if let Role::Mirror(mirror) = self.read_role.get_untracked()
            && mirror.hears_nothing()
            && !self.read_ledger.with_untracked(|ledger| ledger.loaded)
        {
            self.look_again();
        }
    }

    pub(super) fn say(&self, said: Said) {
        if let Some(channel) = self.channel.borrow().as_ref() {
            channel.say(&Message { from: self.tab, agent: self.agent(), said });
        }
    }

    /// Tells the other tabs how the phone is, once for all that happens in one turn.
    pub(super) fn announce(self: &Rc<Self>) {
        let tells = self.others.get() && self.read_role.get_untracked().has_the_phone();
        if tells && !self.announcing.replace(true) {
            let shell = Rc::clone(self);
            spawn(async move {
                shell.announcing.set(false);
                if shell.read_role.get_untracked().has_the_phone() {
                    shell.say_phone();
                }
            });
        }
    }

    fn say_phone(&self) {
        let phone = Box::new(self.read_phone.get_untracked());
        // There is nothing to resume where no call lives.
        let session = if phone.has_live_call() { line::remembered() } else { vec![] };
        let live = !self.read_ledger.with_untracked(|ledger| ledger.cut_off);
        self.say(Said::Phone { phone, live, session });
    }

    fn hears(self: &Rc<Self>, message: Message) {
        let Message { from, agent, said } = message;
        let has_the_phone = self.read_role.get_untracked().has_the_phone();
        let signed_in = self.agent();
        let of_the_session = matches!(said, Said::AskWho | Said::SignedOut);
        let ours = signed_in.is_some() && signed_in == agent;
        if !ours && !of_the_session {
            return;
        }
        self.others.set(true);
        match said {
            Said::AskWho => self.ask_who(),
            Said::SignedOut if signed_in.is_some() => self.session_ended(None),
            Said::Hello => self.tab(TabEvent::Asked),
            Said::Wanted => self.tab(TabEvent::Wanted(from)),
            Said::Yours(to) if to == self.tab => self.tab(TabEvent::Offered),
            Said::Wish(wish) => self.send(wish.into_event()),
            Said::Phone { phone, live, session } if !has_the_phone => {
                self.mirror(from, *phone, live, session);
            }
            Said::Row { seq, text } if !has_the_phone => match json::parse(&text) {
                Ok(row) => self.put_row(seq, row),
                Err(error) => leptos::logging::warn!("unreadable row: {error}"),
            },
            Said::LookAgain if !has_the_phone => self.look_again(),
            Said::Yours(_)
            | Said::Phone { .. }
            | Said::Row { .. }
            | Said::LookAgain
            | Said::SignedOut => {}
        }
    }

    /// Shows the phone as the tab says that has it.
    fn mirror(
        self: &Rc<Self>,
        from: TabId,
        phone: Phone,
        live: bool,
        session: Vec<(String, String)>,
    ) {
        let owner = match self.read_role.get_untracked() {
            Role::Mirror(mirror) => mirror.owner,
            Role::Off | Role::Owner | Role::Giving { .. } => None,
        };
        if self.session.replace(Some(session)).is_none() {
            // This tab may be a copy of that one: what it would resume is not its own.
            line::remember(&[]);
            self.forget_before();
        }
        if self.read_phone.with_untracked(|known| *known != phone) {
            self.phone.set(phone);
            self.let_go();
        }
        let was_cut_off = self.read_ledger.with_untracked(|ledger| ledger.cut_off);
        if was_cut_off == live {
            self.ledger.update(|ledger| ledger.cut_off = !live);
        }
        self.tab(TabEvent::Spoke(from));
        // Rows of before were told by nobody, or by another.
        if owner != Some(from) || (was_cut_off && live) {
            self.look_again();
        }
    }
}

/// Whether the person can see this tab.
fn is_seen() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document.is_some_and(|document| !document.hidden())
}
