//! Brings one leg's desk its socket, its timer and its orders, and performs what it asks for.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use tokio::net::UdpSocket;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use super::desk::{Deed, Desk};
use super::studio::Switchboard;
use super::{Input, LegKey, Order, file};

/// What a leg's task is told.
#[derive(Debug)]
pub(crate) enum Note {
    Order(Order),
    /// The end of another leg said this.
    Said {
        speaker: LegKey,
        samples: Arc<[i16]>,
    },
}

/// Serves the leg until it is over.
pub(crate) async fn run(
    leg: LegKey,
    mut desk: Desk,
    mut notes: UnboundedReceiver<Note>,
    switchboard: Arc<Switchboard>,
    reports: UnboundedSender<Input>,
) {
    let mut socket: Option<Socket> = None;
    let mut buffer = [0; 2048];
    let mut over = false;
    loop {
        let until = loop {
            match desk.next(Instant::now()) {
                Deed::Wait { until } => break until,
                Deed::Send { to, datagram } => {
                    if let Some(Socket { socket, .. }) = &socket {
                        // A full buffer loses a datagram, as a network does.
                        let _ = socket.try_send_to(&datagram, to);
                    }
                }
                Deed::Said(samples) => switchboard.spread(&leg, &samples),
                Deed::Report(input) => report(&reports, input),
                Deed::HandIn { recording, tape, now } => {
                    let (leg, reports) = (leg.clone(), reports.clone());
                    // Half an hour of audio takes longer to encode than a frame may wait.
                    tokio::task::spawn_blocking(move || {
                        let shape = tape.shape();
                        let (end, heard) = tape.finish(now);
                        let audio = file::write(shape, &end, &heard);
                        report(&reports, Input::Recorded { leg, recording, audio });
                    });
                }
            }
        };
        if over {
            return;
        }
        let receive = async {
            match &socket {
                Some(Socket { socket, .. }) => socket.recv_from(&mut buffer).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            note = notes.recv() => match note.unwrap_or(Note::Order(Order::End)) {
                Note::Order(order) => {
                    over = order == Order::End;
                    obey(&mut desk, order, &mut socket);
                }
                Note::Said { speaker, samples } => desk.overhear(&speaker, &samples),
            },
            received = receive => match received {
                Ok((length, from)) => desk.receive(from, &buffer[..length], Instant::now()),
                // A browser that is gone: its port answers with ICMP "unreachable".
                Err(error) => tracing::debug!(%error, "datagram lost"),
            },
            () = tokio::time::sleep_until(until.into()) => desk.wake(Instant::now()),
        }
    }
}

/// An open socket and its address.
struct Socket {
    socket: UdpSocket,
    address: SocketAddr,
}

impl Socket {
    fn open() -> std::io::Result<Self> {
        let socket = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.set_nonblocking(true)?;
        let address = socket.local_addr()?;
        Ok(Self { socket: UdpSocket::from_std(socket)?, address })
    }
}

/// Lets the desk obey; the socket it is given stays if its peer does.
fn obey(desk: &mut Desk, order: Order, socket: &mut Option<Socket>) {
    let mut fresh = None;
    let open = || {
        let opened = Socket::open()?;
        let address = opened.address;
        fresh = Some(opened);
        Ok(address)
    };
    desk.obey(order, open, Instant::now());
    if let Some(opened) = fresh
        && desk.address() == Some(opened.address)
    {
        *socket = Some(opened);
    }
}

fn report(reports: &UnboundedSender<Input>, input: Input) {
    // The exchange is gone only when the lab stops.
    let _ = reports.send(input);
}
