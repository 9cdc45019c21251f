//! Tells Telnyx what calls want: each order by whichever server takes it, as often as it takes.

use std::time::Duration;

use call::api::CALL_HEADER;
use call::cause::{Cause, Side};
use call::history::{Fact, What};
use call::ids::{CallId, TelnyxIds};
use call::time::Millis;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::command::{AGENT_RINGS_FOR, RINGS_FOR, THIRD_RINGS_FOR};
use super::{Command, Control, Handle, Performed, Role, Tag};
use crate::app::App;
use crate::carrier::{Alive, CarrierError, Dial, HungUp};
use crate::config::{Announcement, Mode};
use crate::store::{Order, StoreError};

/// How many orders one server is at, at a time.
const AT_ONCE: usize = 32;

/// How long Telnyx may take to answer one. A lease is longer, so that nobody tells it twice at once.
const ATTEMPT: Duration = Duration::from_secs(5);

/// Where SIP users of an account are reached.
const SIP_DOMAIN: &str = "sip.telnyx.com";

/// The first pause before Telnyx is told again, and the longest; each is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// What is to become of an order.
enum Next {
    /// It is done with.
    Ended(Performed, Vec<Fact>),
    /// It is told again after a pause: under the same id where nobody knows whether Telnyx took it, under another where
    /// Telnyx refused it for the moment.
    Again { same: bool },
    /// Nobody wants it any more.
    Dropped,
}

/// Tells Telnyx what is to be told, until the server stops.
pub(crate) async fn work(app: App) {
    let holder = Uuid::new_v4().to_string();
    let mut running = JoinSet::new();
    loop {
        let pause = match take(&app, &holder, &mut running).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::error!("looking for orders: {error}");
                app.config.pauses.lease
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.store.ordered(), if running.len() < AT_ONCE => {}
            Some(_) = running.join_next() => {}
            () = app.stopping() => break,
        }
    }
    // What is under way takes seconds, and is told once only if it may end.
    while running.join_next().await.is_some() {}
    if let Err(error) = app.store.leave_orders(&holder).await {
        // Their lease runs out by itself.
        tracing::warn!("giving back the orders: {error}");
    }
}

/// Starts what is due; returns how long there will be nothing to do unless somebody says so.
async fn take(app: &App, holder: &str, running: &mut JoinSet<()>) -> Result<Duration, StoreError> {
    let pauses = app.config.pauses;
    let now = app.clock.now();
    let room = AT_ONCE.saturating_sub(running.len());
    if room == 0 {
        return Ok(pauses.lease);
    }
    for order in app.store.take_orders(holder, room, now, now.after(span(pauses.order))).await? {
        running.spawn(app.clone().carry_out(order));
    }
    let next = app.store.next_order(now).await?;
    // What another server puts down is found no later than what it leaves behind.
    Ok(next.map_or(pauses.lease, |next| Duration::from_millis(next.since(now)).min(pauses.lease)))
}

impl App {
    /// Tells Telnyx once, and writes down what became of it.
    async fn carry_out(self, order: Order) {
        let next = match self.tell(&order).await {
            Ok(next) => next,
            Err(error) => {
                tracing::error!(order = order.id, "an order: {error}");
                Next::Again { same: true }
            }
        };
        let now = self.clock.now();
        let written = match next {
            Next::Ended(performed, facts) => {
                tracing::info!(
                    call = order.call.as_ref().map(CallId::as_str),
                    command = order.command.name(),
                    ?performed,
                    "told Telnyx"
                );
                self.store.end_order(&order, Some(performed), facts, now).await
            }
            Next::Dropped => self.store.end_order(&order, None, Vec::new(), now).await,
            Next::Again { same } => {
                let id = if same { order.id.clone() } else { Uuid::new_v4().to_string() };
                self.store.put_off(&order, &id, now.after(span(pause(order.attempts)))).await
            }
        };
        if let Err(error) = written {
            // Its lease runs out by itself.
            tracing::error!(order = order.id, "ending an order: {error}");
        }
    }

    async fn tell(&self, order: &Order) -> Result<Next, StoreError> {
        let Some(call) = &order.call else {
            return Ok(match &order.command {
                Command::HangUp(leg) => self.tell_hang_up(order, leg).await,
                Command::Dial(_)
                | Command::Answer(_)
                | Command::Announce(_)
                | Command::GoOn(_)
                | Command::Bridge { .. }
                | Command::Stay { .. }
                | Command::Hold(_)
                | Command::Release(_)
                | Command::Check(_) => Next::Dropped,
            });
        };
        let Some(control) = self.store.control(call).await? else { return Ok(Next::Dropped) };
        if !control.wishes().contains(&order.command) {
            return Ok(Next::Dropped);
        }
        Ok(match &order.command {
            Command::Dial(role) => self.tell_dial(order, call, &control, *role).await,
            Command::Answer(leg) => {
                let state = Tag { call: call.clone(), role: Role::Agent }.written();
                let told = within(self.carrier.answer(&leg.0, &state, &order.id)).await;
                self.after(order, told, Performed::Refused)
            }
            Command::Announce(leg) => self.tell_announcement(order, leg).await,
            Command::GoOn(_) => Next::Ended(Performed::Done, Vec::new()),
            Command::Bridge { leg, with } => {
                let told = within(self.carrier.bridge(&leg.0, &with.0, false, &order.id)).await;
                let next = self.after(order, told, Performed::Refused);
                self.with_word(next, |performed| after_bridge(&control, leg, performed))
            }
            Command::Stay { leg, with } => {
                let told = within(self.carrier.bridge(&leg.0, &with.0, true, &order.id)).await;
                let next = self.after(order, told, Performed::Refused);
                self.with_word(next, |performed| after_stay(&control, leg, performed))
            }
            Command::Hold(leg) => match &self.config.hold_music {
                Some(music) => {
                    let told = within(self.carrier.play(&leg.0, music, true, &order.id)).await;
                    self.after(order, told, Performed::Refused)
                }
                None => Next::Ended(Performed::Refused, Vec::new()),
            },
            Command::Release(leg) => {
                let told = within(self.carrier.stop_playing(&leg.0, &order.id)).await;
                self.after(order, told, Performed::Refused)
            }
            Command::HangUp(leg) => self.tell_hang_up(order, leg).await,
            Command::Check(role) => self.tell_check(order, &control, *role).await,
        })
    }

    async fn tell_dial(&self, order: &Order, call: &CallId, control: &Control, role: Role) -> Next {
        let not_called = |cause| {
            let facts = match role {
                Role::Agent | Role::Customer => ended(control, order, cause),
                Role::Third(transfer) => {
                    vec![self.fact(What::ThirdHungUp { transfer, cause, by: Side::Network })]
                }
            };
            Next::Ended(Performed::Refused, facts)
        };
        let Mode::Controlled { application } = &self.config.mode else {
            return not_called(Cause::Other("not controlled".to_owned()));
        };
        let client_state = &Tag { call: call.clone(), role }.written();
        let uri = control.agents_user().map(|user| format!("sip:{user}@{SIP_DOMAIN}"));
        let (to, rings_for) = match (role, &uri) {
            (Role::Agent, Some(uri)) => (uri.as_str(), AGENT_RINGS_FOR),
            (Role::Customer, _) => (control.to.as_str(), RINGS_FOR),
            (Role::Third(_), _) => match control.transfers() {
                Some(transfer) => (transfer.to.as_str(), THIRD_RINGS_FOR),
                None => return Next::Dropped,
            },
            // A browser that dials is not called.
            (Role::Agent, None) => return Next::Dropped,
        };
        // The agent may be about to leave a call that is transferred.
        let beside = match role {
            Role::Agent | Role::Customer => control.handle(Role::Agent),
            Role::Third(_) => control.handle(Role::Customer),
        };
        let dial = Dial {
            application,
            to,
            from: control.from.as_str(),
            link_to: beside.map(|leg| leg.0.as_str()),
            recorded: role == Role::Customer,
            // The page knows by it which call this is, and that it expects that one.
            header: (role == Role::Agent).then_some((CALL_HEADER, call.as_str())),
            client_state,
            timeout_secs: rings_for.as_secs(),
            command_id: &order.id,
        };
        match within(self.carrier.dial(&dial)).await {
            // What a repeated dial is answered with may be about another leg, or none: its own events say which.
            Ok(handle) => {
                let handle = handle.filter(|_| order.attempts == 1).map(Handle);
                let ordered = dial.recorded.then(|| self.fact(What::RecordingOrdered));
                Next::Ended(Performed::Dialled(handle), ordered.into_iter().collect())
            }
            Err(error) => match self.after::<()>(order, Err(error), Performed::Refused) {
                Next::Ended(Performed::Refused, _) => not_called(match role {
                    Role::Agent => Cause::NoAgent,
                    Role::Customer | Role::Third(_) => Cause::Other("not called".to_owned()),
                }),
                next @ (Next::Ended(..) | Next::Again { .. } | Next::Dropped) => next,
            },
        }
    }

    async fn tell_announcement(&self, order: &Order, leg: &Handle) -> Next {
        let told = match &self.config.announcement {
            Some(Announcement::Said { text, voice }) => {
                within(self.carrier.speak(&leg.0, text, voice, &order.id)).await
            }
            Some(Announcement::Played(sound)) => {
                within(self.carrier.play(&leg.0, sound, false, &order.id)).await
            }
            // It was taken out of the settings meanwhile.
            None => return Next::Ended(Performed::Done, Vec::new()),
        };
        match self.after(order, told, Performed::Refused) {
            Next::Ended(Performed::Done, _) => {
                Next::Ended(Performed::Done, vec![self.fact(What::Announced)])
            }
            next @ (Next::Ended(..) | Next::Again { .. } | Next::Dropped) => next,
        }
    }

    /// The same, with what it says of the call.
    fn with_word(&self, next: Next, word: impl Fn(&Performed) -> Option<What>) -> Next {
        match next {
            Next::Ended(performed, mut facts) => {
                facts.extend(word(&performed).map(|what| self.fact(what)));
                Next::Ended(performed, facts)
            }
            next @ (Next::Again { .. } | Next::Dropped) => next,
        }
    }

    /// What this server witnesses now.
    fn fact(&self, what: What) -> Fact {
        Fact { at: self.clock.now(), ids: TelnyxIds::default(), what }
    }

    async fn tell_hang_up(&self, order: &Order, leg: &Handle) -> Next {
        match within(self.carrier.hang_up(&leg.0, &order.id)).await {
            Ok(HungUp::Taken) => Next::Ended(Performed::Done, Vec::new()),
            Ok(HungUp::Over) => Next::Ended(Performed::Gone, Vec::new()),
            Ok(HungUp::NotTaken) => Next::Ended(Performed::Refused, Vec::new()),
            Err(error) => self.after::<()>(order, Err(error), Performed::Refused),
        }
    }

    async fn tell_check(&self, order: &Order, control: &Control, role: Role) -> Next {
        let gone = |since: Option<Millis>| {
            let (cause, by) = (Cause::Silence, Side::Network);
            let ended = match role {
                Role::Agent | Role::Customer => What::HungUp { cause, by },
                Role::Third(transfer) => What::ThirdHungUp { transfer, cause, by },
            };
            let began = match role {
                Role::Agent | Role::Customer => control.since,
                Role::Third(_) => None,
            };
            let at = since.or(began).unwrap_or(order.put_at);
            Next::Ended(Performed::Gone, vec![Fact { at, ids: TelnyxIds::default(), what: ended }])
        };
        let Some(leg) = control.handle(role) else { return gone(None) };
        match within(self.carrier.is_alive(&leg.0)).await {
            Ok(Alive::Yes) => {
                let answered = match role {
                    Role::Agent | Role::Customer => None,
                    Role::Third(transfer) => Some(self.fact(What::ThirdAnswered { transfer })),
                };
                Next::Ended(Performed::Done, answered.into_iter().collect())
            }
            Ok(Alive::No(since)) => gone(since),
            Err(error) => self.after::<()>(order, Err(error), Performed::Refused),
        }
    }

    /// What follows from Telnyx's answer; `at_last` if it stays away, or stays a no.
    fn after<T>(&self, order: &Order, told: Result<T, CarrierError>, at_last: Performed) -> Next {
        let Err(error) = told else { return Next::Ended(Performed::Done, Vec::new()) };
        let call = order.call.as_ref().map(CallId::as_str);
        tracing::warn!(
            call,
            command = order.command.name(),
            attempt = order.attempts,
            "told Telnyx: {error}"
        );
        if error.is_over() {
            return Next::Ended(Performed::Gone, Vec::new());
        }
        let patience = span(order.command.patience() + order.command.limit());
        if self.clock.now() >= order.put_at.after(patience) {
            return Next::Ended(at_last, Vec::new());
        }
        match error {
            CarrierError::Unreachable(_) => Next::Again { same: true },
            // What was understood is not asked twice; an answer nobody understands may have been a yes.
            CarrierError::Undecodable(_) => Next::Ended(at_last, Vec::new()),
            CarrierError::Refused { ref code, status, .. } => {
                let moment = status == 429
                    || (code == "90034" && matches!(order.command, Command::Bridge { .. }));
                if moment { Next::Again { same: false } } else { Next::Ended(at_last, Vec::new()) }
            }
        }
    }
}

/// Why nobody was called, for the row: by Telnyx's clock where there is a leg, and before what Telnyx will say of its
/// end.
fn ended(control: &Control, order: &Order, cause: Cause) -> Vec<Fact> {
    let what = What::HungUp { cause, by: Side::Network };
    vec![Fact { at: control.since.unwrap_or(order.put_at), ids: TelnyxIds::default(), what }]
}

/// What a bridge says of a call that is transferred.
fn after_bridge(control: &Control, leg: &Handle, performed: &Performed) -> Option<What> {
    let transfer = control.transfers().filter(|_| control.is_handed_over())?;
    let (number, customers) = (transfer.number, control.handle(Role::Customer));
    customers.filter(|customers| *customers == leg)?;
    Some(match performed {
        Performed::Done | Performed::Dialled(_) => What::Transferred { transfer: number },
        // The third party is hung up, which is all that Telnyx will say.
        Performed::Gone | Performed::Refused => {
            let cause = Cause::Other("not connected".to_owned());
            What::ThirdHungUp { transfer: number, cause, by: Side::Network }
        }
    })
}

/// What a bridge with a leg that is to stay says of it.
fn after_stay(control: &Control, leg: &Handle, performed: &Performed) -> Option<What> {
    let transfer = control.transfers()?.number;
    let taken = matches!(performed, Performed::Done | Performed::Dialled(_));
    let is = |role| control.handle(role) == Some(leg);
    let cause = || Cause::Other("not connected".to_owned());
    match (is(Role::Agent), is(Role::Customer), taken) {
        (true, _, true) => Some(What::Consulting { transfer }),
        (true, _, false) | (_, true, false) => {
            Some(What::TransferFailed { transfer, cause: cause() })
        }
        (false, true, true) | (false, false, _) => None,
    }
}

/// The answer, if it comes in time.
async fn within<T>(
    answer: impl Future<Output = Result<T, CarrierError>>,
) -> Result<T, CarrierError> {
    tokio::time::timeout(ATTEMPT, answer)
        .await
        .unwrap_or_else(|_| Err(CarrierError::Unreachable("it took too long".to_owned())))
}

/// The pause after so many attempts; the first repetition follows at once, as Telnyx advises for commands.
fn pause(attempts: u32) -> Duration {
    match attempts {
        0 | 1 => Duration::ZERO,
        more => FIRST_PAUSE.saturating_mul(1 << (more - 2).min(10)).min(LONGEST_PAUSE),
    }
}

fn span(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
