//! `make run`: the lab and the server, until Ctrl-C or until one of them dies.

pub(crate) mod child;
mod health;
pub(crate) mod port;
pub(crate) mod smoke;

use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::error::Error;
use crate::setup::{self, Need};
use crate::step::{spoken, step};
use crate::{page, paths, tool};

use child::{Child, Death};
use port::Ports;

/// Why running ends.
#[derive(Debug)]
pub(crate) enum End {
    /// Somebody asked for it.
    Asked,
    /// One of the children is gone.
    Died(Death),
}

/// Sets everything up, starts it, and says what to dial.
pub(crate) fn run() -> Result<(), Error> {
    let began = Instant::now();
    setup::set_up(Need::Running)?;
    build_servers()?;
    step("Building the page", || page::build(page::Kind::Dev, &paths::page()).map(drop))?;

    let ports = Ports::read()?;
    let running = start(ports)?;
    // Healthy is not enough: what was promised is a page.
    health::wait(ports.server, "/", &running.ends)?;
    println!(
        "\nReady after {}. Tono is at http://localhost:{}\n\
         Dial +1 202 555 0100: somebody answers after a moment and speaks. (0101 echoes, 0102 is busy, \
         0103 never answers.)\n\
         http://localhost:{} shows the other end, and calls you.\n\
         Nothing leaves this machine. Ctrl-C stops it.\n",
        spoken(began.elapsed()),
        ports.server,
        ports.lab
    );
    running.until_the_end()
}

/// Builds both programs.
///
/// With `--workspace`, because cargo joins the features of the packages it is asked for: asked otherwise, it would
/// compile half of the dependencies once more than `make test` does.
pub(crate) fn build_servers() -> Result<(), Error> {
    step("Building the lab and the server", || {
        tool::run(tool::cargo().args([
            "build",
            "--workspace",
            "--bin",
            "tono",
            "--bin",
            "tono-lab",
        ]))
    })
}

/// The lab and the server, both healthy. Dropping it stops them, the server first.
pub(crate) struct Running {
    /// In the order they stop.
    children: Vec<Child>,
    say: Sender<End>,
    ends: Receiver<End>,
}

impl Running {
    /// Starts one more, which stops before the others.
    pub(crate) fn add(&mut self, name: &'static str, command: &mut Command) -> Result<(), Error> {
        self.children.insert(0, Child::start(name, command, &self.say)?);
        Ok(())
    }

    /// Waits until somebody asks for the end, or one of the two ends by itself.
    pub(crate) fn until_the_end(self) -> Result<(), Error> {
        match self.ends.recv() {
            Ok(End::Died(death)) => Err(death.into()),
            Ok(End::Asked) | Err(_) => Ok(()),
        }
    }
}

/// Starts both programs and waits until they are healthy.
pub(crate) fn start(ports: Ports) -> Result<Running, Error> {
    ports.are_free()?;
    let (say, ends) = channel();
    let asked = say.clone();
    let mut signals =
        Signals::new([SIGINT, SIGTERM, SIGHUP]).map_err(Error::file(Path::new("signals")))?;
    std::thread::spawn(move || {
        for _ in signals.forever() {
            // Nobody listens any more once the end has begun.
            let _ = asked.send(End::Asked);
        }
    });

    let bin = paths::target().join("debug");
    let lab_says = ports.lab_environment();
    let mut running = Running { children: Vec::new(), say, ends };
    running.add("The lab", tool::tool(bin.join("tono-lab")).envs(lab_says.clone()))?;
    health::wait(ports.lab, "/lab/health", &running.ends)?;

    let mut environment = tool::tool(bin.join("tono-lab"));
    let environment = tool::read(environment.arg("env").envs(lab_says))?;
    let mut server = tool::tool(bin.join("tono"));
    server.envs(port::exports(&environment)).env("TONO_PORT", ports.server.to_string());
    running.add("The server", &mut server)?;
    health::wait(ports.server, "/api/health", &running.ends)?;
    Ok(running)
}
