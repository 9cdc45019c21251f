//! `tono-lab`: stands in for Telnyx, with real WebRTC media.

mod account;
#[cfg(test)]
mod carrier;
mod clock;
mod config;
mod control;
mod delivery;
mod exchange;
mod files;
mod g711;
mod gateway;
mod lab;
mod links;
mod media;
mod numbers;
mod rest;
mod seed;
mod sound;
mod switches;
mod webhook;
mod wire;

use std::io::Write as _;
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use config::Config;
use lab::Lab;
use rest::faults::{
    self,
    connection::{Cut, Cuttable},
};
use webhook::Signer;

const HELP: &str = "\
tono-lab stands in for Telnyx: gateway, media, REST and webhooks, on this machine only.

  tono-lab                  runs until Ctrl-C
  tono-lab --scenario FILE  does so with the numbers and switches of a file (JSON)
  tono-lab env              prints what a server needs to use it, as shell lines

  TONO_LAB_PORT        REST, gateway and control API    7800
  TONO_LAB_FILES_PORT  downloads of recordings          the port after it
  TONO_LAB_WEBHOOK     where webhooks go                http://127.0.0.1:8080/webhooks/telnyx
  TONO_LAB_KEY         the API key                      KEY-lab
  TONO_LAB_SEED        keys and ids come from it        1
  TONO_LAB_SCENARIO    as --scenario

lab/README.md lists the numbers to dial and the control API.";

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
            say(&environment(&config));
            return ExitCode::SUCCESS;
        }
        ["--help" | "-h" | "help"] => {
            say(HELP);
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
    #[error("port {port} of 127.0.0.1 cannot be used: {error}")]
    Port { port: u16, error: std::io::Error },
    #[error("webhooks cannot be sent: {0}")]
    Webhooks(#[from] reqwest::Error),
    #[error("serving stopped: {0}")]
    Serving(#[from] std::io::Error),
}

async fn run(config: Config) -> Result<(), Stopped> {
    // str0m looks for its cryptography here.
    str0m::crypto::from_feature_flags().install_process_default();

    let main = bind(config.port).await?;
    let files = bind(config.files_port).await?;
    say(&greeting(&config));
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
        .route("/", get(gateway::connect))
        .route("/gateway", get(gateway::connect))
        .merge(gateway::reports())
        .nest("/v2", rest::routes(lab))
        .route("/lab/rest-faults", get(faults::show).post(faults::set))
        .nest("/lab", control::routes())
        .with_state(Arc::clone(lab))
}

async fn bind(port: u16) -> Result<TcpListener, Stopped> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(|error| Stopped::Port { port, error })
}

async fn asked_to_stop() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

fn environment(config: &Config) -> String {
    [
        ("TONO_TELNYX_API", format!("{}/v2", config.origin())),
        ("TONO_TELNYX_KEY", quoted(&config.key)),
        ("TONO_GATEWAY", config.gateway()),
        ("TONO_PUBLIC_KEY", Signer::new(config.seed).public_key()),
        ("TONO_CONNECTION_ID", config.connection_id()),
        ("TONO_CALL_CONTROL_APP", config.application_id()),
    ]
    .map(|(name, value)| format!("export {name}={value}"))
    .join("\n")
}

/// A word as a shell reads it back; plain ones stay plain for readers that are no shell.
fn quoted(word: &str) -> String {
    if word.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter)) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

fn greeting(config: &Config) -> String {
    format!(
        "\
tono-lab stands in for Telnyx

  gateway     {}
  REST        {}/v2
  recordings  {}
  webhooks    to {}
  control     {}/lab

  dial  +1 202 555 0100  answers and speaks
        +1 202 555 0101  echoes
        +1 202 555 0102  is busy
        +1 202 555 0103  never answers
        +1 202 555 0104  declines
        +1 202 555 0105  answers and hangs up after 5 s
        lab/README.md lists them all
",
        config.gateway(),
        config.origin(),
        config.files_origin(),
        config.webhook,
        config.origin(),
    )
}
