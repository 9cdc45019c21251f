//! One input being worked on: what time it is, and what is to be done about it so far.

use serde_json::Value;

use super::io::{Order, Output, Socket};
use super::leg::Leg;
use crate::clock::Moment;

/// One input being worked on.
#[derive(Debug)]
pub(super) struct Turn {
    /// When what is being worked on happened. Things that became due before the input have moments of their own.
    pub(super) now: Moment,
    /// When the input came.
    pub(super) clock: Moment,
    /// In order.
    pub(super) out: Vec<Output>,
}

impl Turn {
    pub(super) fn new(now: Moment) -> Self {
        Self { now, clock: now, out: Vec::new() }
    }

    /// Answers on the socket the question came from.
    pub(super) fn reply(&mut self, socket: Socket, frame: Value) {
        self.out.push(Output::Send { socket, frame });
    }

    /// Sends to the leg's browser, if it has one that can be reached.
    pub(super) fn send(&mut self, leg: &Leg, frame: Value) {
        if let Some(socket) = leg.socket() {
            self.out.push(Output::Send { socket, frame });
        }
    }

    /// Gives a leg's media an order.
    pub(super) fn media(&mut self, leg: &str, order: Order) {
        self.out.push(Output::Media { leg: leg.to_owned(), order });
    }
}
