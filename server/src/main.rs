//! `tono`: serves the page, its API and Telnyx's webhooks; `tono agent …` says who may sign in, `tono program …` which
//! programs may have them call, `tono replay …` what a page showed, `tono recordings check` whether recordings are still
//! what they were.
//!
//! Exit codes: 0 after a signal or when it is done, 1 when serving or replaying fails or a recording is damaged, 2 when
//! a setting is wrong or missing.

use std::io::{IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use server::app::{App, AppError};
use server::audit;
use server::clock::Clock;
use server::config::Config;
use server::people::{self, PeopleError};
use server::programs::{self, ProgramsError};
use server::replay::ReplayError;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// How long requests under way may take to finish once the server is to stop.
const FAREWELL: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.first().map(String::as_str) {
        None | Some("agent" | "program") => {}
        Some("recordings") if words[1..] == ["check"] => {}
        Some("replay") => return replay(&words[1..]),
        Some("--help" | "-h") => {
            say(include_str!("help.txt").trim_end());
            return ExitCode::SUCCESS;
        }
        Some(other) => {
            complain(format_args!("unknown argument: {other}; `tono --help` says what there is"));
            return ExitCode::from(2);
        }
    }
    let config = match Config::read(|name| std::env::var(name).ok()) {
        Ok(config) => config,
        Err(error) => {
            complain(&error);
            return ExitCode::from(2);
        }
    };
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();

    match words.first().map(String::as_str) {
        None => {}
        Some("recordings") => return recordings(&config).await,
        Some("program") => return programs(&config, &words[1..]).await,
        Some(_) => return people(&config, &words[1..]).await,
    }
    let address = SocketAddr::new(config.listen, config.port);
    let listener = match TcpListener::bind(address).await {
        Ok(listener) => listener,
        Err(error) => {
            complain(format_args!(
                "TONO_PORT and TONO_LISTEN: cannot listen on {address}: {error}"
            ));
            return ExitCode::from(2);
        }
    };
    match run(config, listener).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(
            error @ (AppError::Data(..)
            | AppError::Copies(_)
            | AppError::Store(_)
            | AppError::NoAgents),
        ) => {
            complain(&error);
            ExitCode::from(2)
        }
        Err(error @ (AppError::Client(_) | AppError::Password(_) | AppError::Serve(_))) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

/// `tono recordings check`.
async fn recordings(config: &Config) -> ExitCode {
    match audit::check(config).await {
        Ok(report) => {
            say(&report);
            if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

/// `tono replay FILE`: needs no setting and no server.
fn replay(words: &[String]) -> ExitCode {
    match server::replay::tell(words) {
        Ok(told) => {
            say(told);
            ExitCode::SUCCESS
        }
        Err(error @ ReplayError::Usage) => {
            complain(&error);
            ExitCode::from(2)
        }
        Err(
            error @ (ReplayError::File(..) | ReplayError::Content(..) | ReplayError::NoReplay(..)),
        ) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

/// `tono agent …`.
async fn people(config: &Config, words: &[String]) -> ExitCode {
    let done = match people::read(words) {
        Ok((command, source)) => {
            people::perform(config, command, source, Clock::system().now()).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(said) => {
            say(said);
            ExitCode::SUCCESS
        }
        Err(error @ PeopleError::Usage(_)) => {
            complain(&error);
            ExitCode::from(2)
        }
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

/// `tono program …`.
async fn programs(config: &Config, words: &[String]) -> ExitCode {
    let done = match programs::read(words) {
        Ok(command) => programs::perform(config, command, Clock::system().now()).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(said) => {
            say(said);
            ExitCode::SUCCESS
        }
        Err(error @ ProgramsError::Usage(_)) => {
            complain(&error);
            ExitCode::from(2)
        }
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run(config: Config, listener: TcpListener) -> Result<(), AppError> {
    let mut terminate = signal(SignalKind::terminate())?;
    let address = listener.local_addr()?;
    let mode =
        if config.is_demo() { " (demo mode: Telnyx is a stand-in on this machine)" } else { "" };
    let app = App::open(config, Clock::system()).await?;
    let serving = tokio::spawn(app.clone().serve(listener));
    say(format_args!("tono: http://{address}{mode}"));

    let mut serving = serving;
    tokio::select! {
        ended = &mut serving => return ended.unwrap_or_else(|error| Err(AppError::Serve(error.into()))),
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
    app.stop();
    let Ok(ended) = tokio::time::timeout(FAREWELL, serving).await else {
        tracing::warn!("stopped with requests still under way");
        return Ok(());
    };
    ended.unwrap_or_else(|error| Err(AppError::Serve(error.into())))
}

/// A line for whoever started the server; a closed terminal is no reason to stop.
fn say(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// One line on what keeps the server from starting.
fn complain(why: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "tono: {}", why.to_string().replace('\n', " "));
}
