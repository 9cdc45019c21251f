//! Tono's page: a softphone in the browser.
//!
//! # Where to start
//!
//! [`shell`] is the loop: events in, the pure phone of the `call` crate stepped, effects performed.
//! [`line`] is the SDK, [`backend`] and [`live`] our server, [`json`] what both speak, [`tabs`] what keeps several tabs
//! together, `view` what is seen.

#![allow(unreachable_pub, reason = "the macro behind #[component] writes items as pub")]

mod app;
mod backend;
mod boxed;
mod few;
mod json;
mod line;
mod live;
mod microphone;
mod shell;
mod sound;
mod tabs;
mod view;
mod words;

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

fn main() {
    app::mount();
}
