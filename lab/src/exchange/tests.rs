//! What the exchange promises, told as dialogues.

mod agents;
mod calls;
mod commands;
mod dialling;
mod gateway;
mod numbers;
mod parking;
mod recordings;
mod switches;
