//! So many calls at once, and how many packets come late.
//!
//! Starts a `tono-lab` of its own, signs browsers in at its gateway, lets each call the number that plays a tone, and
//! whistles back: PCMU both ways, over real datagrams on the loopback interface. The browsers judge the packets of the
//! lab; the lab judges theirs (`heard.late` in `GET /lab/calls`).

mod browser;
mod gateway;
mod lab;
mod report;
mod yardstick;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use browser::{Arrivals, Span};
use lab::Lab;
use report::Report;

/// What went wrong, in the words of whoever said it.
type Error = Box<dyn std::error::Error + Send + Sync>;

/// How long it may take until every call is connected.
const SET_UP: Duration = Duration::from_mins(1);

/// From the last call's connection to the first packet that counts.
const SETTLING: Duration = Duration::from_secs(2);

const HELP: &str = "\
cargo bench -p lab --bench calls -- [--calls 100] [--seconds 60] [--json FILE]

PCMU both ways between so many browsers and a lab, all on this machine; counts the packets
that come more than 40 ms after their time. Both sides share its processors.";

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --all-targets` runs this too, without the word that `cargo bench` adds.
    if !words.iter().any(|word| word == "--bench") {
        println!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let options = match Options::read(&words) {
        Ok(options) => options,
        Err(error) => {
            eprintln!("calls: {error}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    match bench(&options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("calls: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What the command line says.
struct Options {
    calls: usize,
    seconds: u64,
    json: Option<PathBuf>,
}

impl Options {
    fn read(words: &[String]) -> Result<Self, Error> {
        let mut options = Self { calls: 100, seconds: 60, json: None };
        let mut words = words.iter().filter(|word| *word != "--bench");
        while let Some(word) = words.next() {
            let value = words.next().ok_or_else(|| format!("{word} needs a value"))?;
            match word.as_str() {
                "--calls" => options.calls = value.parse()?,
                "--seconds" => options.seconds = value.parse()?,
                "--json" => options.json = Some(value.into()),
                other => return Err(format!("{other} is no option").into()),
            }
        }
        if options.calls == 0 || options.seconds == 0 {
            return Err("there must be a call and a second at least".into());
        }
        Ok(options)
    }
}

async fn bench(options: &Options) -> Result<(), Error> {
    str0m::crypto::from_feature_flags().install_process_default();
    let lab = Lab::start().await?;
    let token = lab.token().await?;

    let (connected, mut connections) = mpsc::unbounded_channel();
    let (tell, told) = watch::channel(None);
    let mut browsers = JoinSet::new();
    for number in 0..options.calls {
        let call =
            browser::call(lab.gateway(), token.clone(), number, connected.clone(), told.clone());
        browsers.spawn(call);
    }
    let everyone = async {
        for _ in 0..options.calls {
            tokio::select! {
                _ = connections.recv() => {}
                // No browser is done before it has been told until when it counts.
                Some(failed) = browsers.join_next() => {
                    failed??;
                }
            }
        }
        Ok::<(), Error>(())
    };
    tokio::time::timeout(SET_UP, everyone)
        .await
        .map_err(|_| "not every call was connected in time")??;

    let from = Instant::now() + SETTLING;
    let until = from + Duration::from_secs(options.seconds);
    tell.send(Some(Span { from, until }))?;
    println!("{} calls are connected; listening for {} s", options.calls, options.seconds);
    let yardstick = yardstick::start(Span { from, until });
    tokio::time::sleep_until(from.into()).await;
    let before = lab.figures().await?;
    tokio::time::sleep_until(until.into()).await;
    let after = lab.figures().await?;

    let mut arrivals = Vec::new();
    while let Some(done) = browsers.join_next().await {
        arrivals.push(done??);
    }
    let arrivals: Vec<Arrivals> = arrivals;
    let yardstick = yardstick.join().map_err(|_| "the yardstick broke")?;
    let report = Report::new(&arrivals, Span { from, until }, [&before, &after], yardstick);
    report.print();
    if let Some(file) = &options.json {
        std::fs::write(file, format!("{:#}\n", report.json()))
            .map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}
