//! What the exchange promises, told as dialogues.

mod agents;
mod calls;
mod commands;
mod dialling;
mod gateway;

mod parking;
mod recordings;
mod switches;
