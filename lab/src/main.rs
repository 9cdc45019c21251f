//! `tono-lab`: stands in for Telnyx, with real WebRTC media.

mod account;
#[cfg(test)]
mod carrier;
mod clock;
mod config;
mod console;
mod control;
mod delivery;
mod exchange;
mod files;
mod g711;
mod gateway;
mod greeting;
mod lab;
mod links;
mod masking;
mod media;
mod numbers;
#[cfg(test)]
mod readme;
mod recent;
mod rest;
mod seed;
mod sound;
mod switches;
mod webhook;
mod wire;

use std::io::{IsTerminal as _, Write as _};
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use config::Config;
use lab::Lab;
use rest::faults::connection::{Cut, Cuttable};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let scenario = match arguments[..] {
        ["--scenario", file, ..] => {
            arguments.drain(..2);
            Some(file)
        }
        _ => None,
    };
    // Who asks for help may have set something wrongly.
    if let ["--help" | "-h" | "help"] = arguments[..] {
        say(greeting::HELP);
        return ExitCode::SUCCESS;
    }
    let variable = |name: &str| match (name, scenario) {
        ("TONO_LAB_SCENARIO", Some(file)) => Some(file.to_owned()),
        _ => std::env::var(name).ok(),
    };
    let config = match Config::read(variable) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("tono-lab: {error}");
            return ExitCode::from(2);
        }
    };
    match arguments[..] {
        [] => {}
        ["env"] => {
            say(&greeting::environment(&config));
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("tono-lab: {:?} is not a command; see tono-lab --help", arguments.join(" "));
            return ExitCode::from(2);
        }
    }
    tracing_subscriber::fmt()
        .with_env_filter(
            EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| EnvFilter::new("warn,tono_lab=info")),
        )
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    match run(config).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tono-lab: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What keeps the lab from running.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error("port {port} of 127.0.0.1 cannot be used: {error}; {variable} names another")]
    Port { port: u16, variable: &'static str, error: std::io::Error },
    #[error("webhooks cannot be sent: {0}")]
    Webhooks(#[from] reqwest::Error),
    #[error("serving stopped: {0}")]
    Serving(#[from] std::io::Error),
}

async fn run(config: Config) -> Result<(), Stopped> {
    // str0m looks for its cryptography here.
    str0m::crypto::from_feature_flags().install_process_default();

    let main = bind("TONO_LAB_PORT", config.port).await?;
    let files = bind("TONO_LAB_FILES_PORT", config.files_port).await?;
    say(&greeting::greeting(&config));
    let (lab, reports) = Lab::new(config)?;

    tokio::select! {
        () = Arc::clone(&lab).run(reports) => Ok(()),
        served = axum::serve(Cuttable(main), router(&lab).into_make_service_with_connect_info::<Cut>()) => Ok(served?),
        served = axum::serve(files, files::router(Arc::clone(&lab))) => Ok(served?),
        stopped = asked_to_stop() => Ok(stopped?),
    }
}

/// Prints a line. A reader that went away, such as `head`, is no reason to stop.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// The first port's whole URL space.
fn router(lab: &Arc<Lab>) -> Router {
    Router::new()
        .route("/", get(console::front))
        .route("/gateway", get(gateway::connect))
        .merge(gateway::reports())
        .nest("/v2", rest::routes(lab))
        .nest("/lab", control::routes())
        .nest("/console", console::routes())
        .with_state(Arc::clone(lab))
}

async fn bind(variable: &'static str, port: u16) -> Result<TcpListener, Stopped> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|error| Stopped::Port {
        port,
        variable,
        error,
    })
}

async fn asked_to_stop() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}
