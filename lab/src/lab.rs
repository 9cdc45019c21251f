//! Holds the exchange and performs what it asks for: the only place where its outputs become sockets, requests and
//! media.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use crate::clock::{Clock, Moment};
use crate::config::Config;
use crate::delivery::Delivery;
use crate::exchange::{CallId, Exchange, Input, Order, Output, Socket};
use crate::links::Links;
use crate::media;
use crate::wire::{Direction, Wire};

/// The running lab.
#[derive(Debug)]
pub(crate) struct Lab {
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    pub(crate) delivery: Delivery,
    state: Mutex<State>,
    /// Where media reports to.
    reports: UnboundedSender<Input>,
    /// Rung when the exchange has a new next deadline.
    deadline_moved: Notify,
}

/// What only one may touch at a time.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) exchange: Exchange,
    pub(crate) wire: Wire,
    /// Whether REST commands are taken for legs of the credential connection; with Telnyx it is not known.
    pub(crate) leg_commands: LegCommands,
    sockets: HashMap<Socket, UnboundedSender<serde_json::Value>>,
    next_socket: u64,
    /// Until then the gateway lets nobody in.
    closed_until: Option<Moment>,
    media: HashMap<CallId, UnboundedSender<Order>>,
}

/// What `POST /calls/{id}/actions/hangup` does with an SDK's leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LegCommands {
    Accepted,
    Refused,
}

impl Lab {
    /// A lab with nothing going on, and the queue its media reports to, which [`Lab::run`] wants.
    pub(crate) fn new(
        config: Config,
    ) -> Result<(Arc<Self>, UnboundedReceiver<Input>), reqwest::Error> {
        let links = Links::new(config.files_origin(), config.seed);
        let exchange = Exchange::new(config.seed, config.connection_id(), links);
        let (reports, queue) = mpsc::unbounded_channel();
        let state = State {
            exchange,
            wire: Wire::default(),
            leg_commands: LegCommands::Accepted,
            sockets: HashMap::new(),
            next_socket: 0,
            closed_until: None,
            media: HashMap::new(),
        };
        let lab = Self {
            delivery: Delivery::new(&config)?,
            clock: Clock::new(),
            state: Mutex::new(state),
            reports,
            deadline_moved: Notify::new(),
            config,
        };
        Ok((Arc::new(lab), queue))
    }

    /// Brings the exchange its media's reports and the passing of time, for ever.
    pub(crate) async fn run(self: Arc<Self>, mut reports: UnboundedReceiver<Input>) {
        loop {
            let deadline = self.state().exchange.deadline();
            let due = async {
                match deadline {
                    Some(moment) => self.clock.until(moment).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                report = reports.recv() => match report {
                    Some(report) => self.feed(report),
                    None => return,
                },
                () = due => self.feed(Input::Tick),
                () = self.deadline_moved.notified() => {}
            }
        }
    }

    /// The state, for reading and for switches.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere must not silence the whole lab.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the exchange what happened and performs what it wants.
    pub(crate) fn feed(self: &Arc<Self>, input: Input) {
        let mut state = self.state();
        let before = state.exchange.deadline();
        let now = self.clock.now();
        for output in state.exchange.handle(input, now) {
            self.perform(&mut state, output, now);
        }
        if state.exchange.deadline() != before {
            self.deadline_moved.notify_one();
        }
    }

    fn perform(self: &Arc<Self>, state: &mut State, output: Output, now: Moment) {
        match output {
            Output::Send { socket, frame } => {
                state.wire.note(socket, Direction::ToBrowser, &frame, now);
                if let Some(sender) = state.sockets.get(&socket) {
                    // A socket that closes meanwhile loses the message, as a network does.
                    let _ = sender.send(frame);
                }
            }
            Output::Post(event) => Delivery::post(self, event),
            Output::Media { call, order } => self.order(state, &call, order),
        }
    }

    fn order(&self, state: &mut State, call: &CallId, order: Order) {
        let ends = order == Order::End;
        let starts = matches!(order, Order::Open { .. } | Order::Offer);
        if starts && !state.media.contains_key(call) {
            let (sender, orders) = mpsc::unbounded_channel();
            tokio::spawn(media::run(call.clone(), orders, self.reports.clone()));
            state.media.insert(call.clone(), sender);
        }
        if let Some(sender) = state.media.get(call) {
            // Media that could not start takes no orders and has said so.
            let _ = sender.send(order);
        }
        if ends {
            state.media.remove(call);
        }
    }

    /// Registers a new gateway connection, unless the gateway is closed at the moment.
    pub(crate) fn open_socket(
        self: &Arc<Self>,
    ) -> Option<(Socket, UnboundedReceiver<serde_json::Value>)> {
        let now = self.clock.now();
        let (sender, frames) = mpsc::unbounded_channel();
        let socket = {
            let mut state = self.state();
            if state.closed_until.is_some_and(|until| now < until) {
                return None;
            }
            state.next_socket += 1;
            let socket = Socket(state.next_socket);
            state.sockets.insert(socket, sender);
            socket
        };
        self.feed(Input::Opened { socket });
        Some((socket, frames))
    }

    /// Takes in what a browser sent.
    pub(crate) fn receive(self: &Arc<Self>, socket: Socket, frame: serde_json::Value) {
        let now = self.clock.now();
        self.state().wire.note(socket, Direction::FromBrowser, &frame, now);
        self.feed(Input::Frame { socket, frame });
    }

    /// Forgets a connection that is gone.
    pub(crate) fn close_socket(self: &Arc<Self>, socket: Socket) {
        self.state().sockets.remove(&socket);
        self.feed(Input::Closed { socket });
    }

    /// Cuts every gateway connection and lets nobody in until `until`. Returns how many there were.
    pub(crate) fn drop_sockets(&self, until: Option<Moment>) -> usize {
        let mut state = self.state();
        state.closed_until = until;
        // The gateway's tasks end when their queue does.
        state.sockets.drain().count()
    }

    /// Forgets calls, recordings and logs, and puts every switch and the clock back. Credentials and sockets stay: the
    /// server and open pages hold on to theirs.
    pub(crate) fn reset(self: &Arc<Self>) {
        self.feed(Input::Reset);
        self.clock.reset();
        self.delivery.reset();
        let mut state = self.state();
        state.wire = Wire::default();
        state.leg_commands = LegCommands::Accepted;
        state.closed_until = None;
    }
}
