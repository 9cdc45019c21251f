//! What the server promises, on PostgreSQL; and what only several servers on one database can keep.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod binary;
mod bucket;
mod calls;
mod cluster;
mod config;
mod control;
mod copying;
mod deleting;
mod doors;
mod forgetting;
mod harness;
mod history;
mod incoming;
mod killed;
mod live;
mod log;
mod moto;
mod oidc;
mod openapi;
mod page;
mod pages;
mod pausing;
mod people;
mod policy;
mod programs;
mod properties;
mod recording;
mod servers;
mod session;
mod telnyx;
mod timeline;
mod token;
mod transfer;
mod volume;
mod waveform;
mod webhook;

/// What these tests keep their calls in.
const DATABASE: harness::Kind = harness::Kind::Postgres;
