//! What the server promises, one file for each thing one can ask of it. Here on SQLite.
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
mod session;
mod telnyx;
mod timeline;
mod token;
mod transfer;
mod volume;
mod waveform;
mod webhook;

/// What these tests keep their calls in.
const DATABASE: harness::Kind = harness::Kind::Sqlite;

#[test]
fn both_databases_keep_the_same_promises() {
    let promises = |root: &str| {
        let mods = root.lines().filter(|line| line.starts_with("mod "));
        mods.map(str::to_owned).collect::<Vec<_>>()
    };
    let mut postgres = promises(include_str!("postgres.rs"));
    // Several servers at once need a database that several can share.
    postgres.retain(|line| line != "mod servers;");
    assert_eq!(promises(include_str!("main.rs")), postgres);
}
