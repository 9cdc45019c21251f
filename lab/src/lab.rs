//! Holds the exchange and performs what it asks for: the only place where its outputs become sockets, requests and
//! media.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use crate::account::Account;
use crate::clock::{Clock, Moment};
use crate::config::Config;
use crate::delivery::{Delivery, Rules};
use crate::exchange::{Exchange, Input, Output, Socket};
use crate::links::Links;
use crate::media::Studio;
use crate::rest::faults::Faults;
use crate::rest::log::Requests;
use crate::sound;
use crate::wire::{Direction, Wire};

/// The running lab.
#[derive(Debug)]
pub(crate) struct Lab {
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    pub(crate) delivery: Delivery,
    /// What goes wrong with the REST side.
    pub(crate) faults: Faults,
    state: Mutex<State>,
    /// Where media and what is fetched report to.
    reports: UnboundedSender<Input>,
    /// Fetches what is to be played.
    client: reqwest::Client,
    /// Rung when the exchange has a new next deadline.
    deadline_moved: Notify,
}

/// What only one may touch at a time.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) exchange: Exchange,
    pub(crate) wire: Wire,
    /// What was asked of REST.
    pub(crate) requests: Requests,
    /// What browsers posted beside the gateway, oldest first.
    pub(crate) reports: Vec<Report>,
    sockets: HashMap<Socket, UnboundedSender<serde_json::Value>>,
    next_socket: u64,
    /// Until then the gateway lets nobody in.
    closed_until: Option<Moment>,
    studio: Studio,
}

/// A report that a browser posted to the gateway's host (`/call_report`, `/call_recording`).
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Report {
    pub(crate) at: String,
    pub(crate) path: String,
    /// The SDK's id of the call, from its headers.
    pub(crate) call_id: Option<String>,
    pub(crate) bytes: usize,
}

impl Lab {
    /// A lab with nothing going on, and the queue its media reports to, which [`Lab::run`] wants.
    pub(crate) fn new(
        config: Config,
    ) -> Result<(Arc<Self>, UnboundedReceiver<Input>), reqwest::Error> {
        let links = Links::new(config.files_origin(), config.seed);
        let clock = Clock::new(config.clock);
        let account = Account::new(config.seed, config.webhook.as_str(), clock.now());
        let mut exchange = Exchange::new(config.seed, account, links);
        exchange.plan(config.scenario.clone());
        let (reports, queue) = mpsc::unbounded_channel();
        let state = State {
            exchange,
            wire: Wire::default(),
            requests: Requests::default(),
            reports: Vec::new(),
            sockets: HashMap::new(),
            next_socket: 0,
            closed_until: None,
            studio: Studio::new(config.seed, reports.clone()),
        };
        let lab = Self {
            delivery: Delivery::new(&config)?,
            faults: Faults::default(),
            clock,
            state: Mutex::new(state),
            reports,
            deadline_moved: Notify::new(),
            client: reqwest::Client::builder().no_proxy().timeout(FETCHED_WITHIN).build()?,
            config,
        };
        lab.heed_switches(&lab.state());
        Ok((Arc::new(lab), queue))
    }

    /// Tells the others what the switches say that the exchange has.
    pub(crate) fn heed_switches(&self, state: &State) {
        let switches = &state.exchange.switches;
        let (id, client_errors) = (switches.webhook_id, switches.webhook_4xx);
        self.delivery.set_rules(Rules { id, client_errors });
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
        self.with_exchange(|exchange, now| ((), exchange.handle(input, now)));
    }

    /// Asks the exchange for something, performs what it wants, and returns what it said.
    pub(crate) fn with_exchange<T>(
        self: &Arc<Self>,
        ask: impl FnOnce(&mut Exchange, Moment) -> (T, Vec<Output>),
    ) -> T {
        let mut state = self.state();
        let before = state.exchange.deadline();
        let now = self.clock.now();
        let (said, outputs) = ask(&mut state.exchange, now);
        for output in outputs {
            self.perform(&mut state, output, now);
        }
        if state.exchange.deadline() != before {
            self.deadline_moved.notify_one();
        }
        said
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
            Output::Drop { socket, closed_for } => {
                if !closed_for.is_zero() {
                    state.closed_until = Some(now.plus(closed_for));
                }
                // The gateway's task ends when its queue does, and says that the socket is closed.
                state.sockets.remove(&socket);
            }
            Output::Fetch { leg, play, url, times } => {
                let (client, reports) = (self.client.clone(), self.reports.clone());
                tokio::spawn(async move {
                    let audio = sound::fetched(&client, &url).await;
                    // The exchange is gone only when the lab stops.
                    let _ = reports.send(Input::Fetched { leg, play, times, audio });
                });
            }
            Output::Post(event) => Delivery::post(self, event),
            Output::Media { leg, order } => state.studio.order(&leg, order),
        }
    }

    /// Registers a new gateway connection, unless the gateway is closed at the moment. `resumes` is the `voice_sdk_id`
    /// of its address.
    pub(crate) fn open_socket(
        self: &Arc<Self>,
        resumes: Option<String>,
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
        self.feed(Input::Opened { socket, resumes });
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

    /// Forgets calls, recordings and logs, and puts settings, switches and the clock back. Credentials and sockets stay: the
    /// server and open pages hold on to theirs.
    pub(crate) fn reset(self: &Arc<Self>) {
        // First the clock: what the exchange plans anew is planned by it.
        self.clock.reset();
        self.feed(Input::Reset);
        self.delivery.reset();
        self.faults.reset();
        let mut state = self.state();
        state.wire.clear();
        state.requests.clear();
        state.reports.clear();
        state.closed_until = None;
        state.exchange.account.reset();
        self.heed_switches(&state);
    }
}

/// How long an `audio_url` may take.
const FETCHED_WITHIN: std::time::Duration = std::time::Duration::from_secs(5);
