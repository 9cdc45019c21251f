//! The media of one call: a task with UDP sockets of its own on the loopback interface.

mod meter;
mod peer;
mod player;
mod tape;
#[cfg(test)]
mod tests;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::UdpSocket;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use crate::adapter::Order;
use crate::exchange::io::{Input, LegKey, RecordingKey};
use crate::g711::{FRAME, RATE};
use meter::Meter;
use peer::{Packet, Peer, PeerError, Wish};
use player::Player;
use tape::{Placement, Side, Tape};

const FRAME_TIME: Duration = Duration::from_millis(20);

/// Carries out orders until `End` and reports to the exchange.
pub(crate) async fn run(
    call: LegKey,
    mut orders: UnboundedReceiver<Order>,
    reports: UnboundedSender<Input>,
) {
    let mut desk =
        Desk { call, reports, line: None, talk: None, meter: Meter::default(), recording: None };
    let mut buffer = [0; 2048];
    loop {
        let wake = desk.settle();
        let socket = desk.line.as_ref().map(|line| Arc::clone(&line.socket));
        let receive = async {
            match &socket {
                Some(socket) => socket.recv_from(&mut buffer).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            order = orders.recv() => match order {
                None | Some(Order::End) => break,
                Some(order) => desk.obey(order),
            },
            received = receive => match received {
                Ok((length, from)) => desk.with_peer(|peer| peer.receive(from, &buffer[..length])),
                // A browser that is gone: its port answers with ICMP "unreachable".
                Err(error) => tracing::debug!(%error, "datagram lost"),
            },
            () = tokio::time::sleep_until(wake.into()) => desk.wake(),
        }
    }
    desk.hand_in();
}

/// Why there is no media.
#[derive(Debug, thiserror::Error)]
enum NoMedia {
    #[error("no UDP socket on the loopback interface: {0}")]
    Socket(#[from] std::io::Error),
    #[error(transparent)]
    Peer(#[from] PeerError),
}

/// A peer and the socket that serves it and no other: what the peer before it still gets must not confuse it.
struct Line {
    socket: Arc<UdpSocket>,
    peer: Peer,
}

impl Line {
    /// Opens a socket and lets `make` put a peer on it, which comes with its SDP.
    fn open(
        make: impl FnOnce(SocketAddr) -> Result<(Peer, String), PeerError>,
    ) -> Result<(Self, String), NoMedia> {
        let socket = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.set_nonblocking(true)?;
        let socket = UdpSocket::from_std(socket)?;
        let (peer, sdp) = make(socket.local_addr()?)?;
        Ok((Self { socket: Arc::new(socket), peer }, sdp))
    }
}

/// The far end's end of the call.
struct Desk {
    call: LegKey,
    reports: UnboundedSender<Input>,
    line: Option<Line>,
    talk: Option<Talk>,
    meter: Meter,
    recording: Option<RecordingKey>,
}

/// The conversation, from the answer on.
struct Talk {
    since: Instant,
    /// Frames of 20 ms said so far; the next is due this many frames after `since`.
    frames: u32,
    player: Player,
    held: bool,
    tape: Tape,
    placement: Placement,
}

impl Talk {
    fn next_frame(&self) -> Instant {
        self.since + FRAME_TIME * self.frames
    }

    /// Samples since the answer.
    fn samples(&self) -> usize {
        let micros = self.since.elapsed().as_micros() * u128::from(RATE) / 1_000_000;
        usize::try_from(micros).unwrap_or(usize::MAX)
    }
}

impl Desk {
    fn report(&self, input: Input) {
        // The exchange is gone only when the lab stops.
        let _ = self.reports.send(input);
    }

    fn obey(&mut self, order: Order) {
        let call = self.call.clone();
        match order {
            Order::Open { offer } => match Line::open(|address| Peer::answering(address, &offer)) {
                Ok((line, sdp)) => {
                    self.line = Some(line);
                    self.report(Input::MediaReady { leg: call, sdp });
                }
                Err(error) => {
                    self.report(Input::MediaRefused { leg: call, reason: error.to_string() })
                }
            },
            Order::Offer => match Line::open(Peer::offering) {
                Ok((line, sdp)) => {
                    self.line = Some(line);
                    self.report(Input::MediaOffered { leg: call, sdp });
                }
                Err(error) => {
                    self.report(Input::MediaRefused { leg: call, reason: error.to_string() })
                }
            },
            Order::Accept { answer } => self.with_peer(|peer| peer.accept(&answer)),
            Order::Candidate { candidate } => {
                self.with_peer(|peer| {
                    peer.add_candidate(&candidate);
                    Ok(())
                });
            }
            Order::Restart { offer, request } => {
                let line = self.line.as_mut().ok_or(PeerError::NotOffered);
                match line.and_then(|line| line.peer.answer(&offer)) {
                    Ok(sdp) => self.report(Input::MediaRestarted { leg: call, request, sdp }),
                    Err(error) => {
                        let reason = error.to_string();
                        self.report(Input::MediaRestartRefused { leg: call, request, reason });
                    }
                }
            }
            Order::Play { program } => {
                self.talk = Some(Talk {
                    since: Instant::now(),
                    frames: 0,
                    player: Player::new(program),
                    held: false,
                    tape: Tape::default(),
                    placement: Placement::default(),
                });
            }
            Order::Hold { held } => {
                if let Some(talk) = &mut self.talk {
                    talk.held = held;
                }
            }
            Order::Record { recording } => self.recording = Some(recording),
            Order::End => {}
        }
    }

    /// Does something with the peer. One that fails is dropped: the SDK notices and attaches anew.
    fn with_peer(&mut self, act: impl FnOnce(&mut Peer) -> Result<(), PeerError>) {
        if let Some(line) = &mut self.line
            && let Err(error) = act(&mut line.peer)
        {
            tracing::warn!(call = self.call, %error, "media peer dropped");
            self.line = None;
        }
    }

    /// Grants what the peer wishes, and says until when nothing else is to be done.
    fn settle(&mut self) -> Instant {
        let frame = self.talk.as_ref().map(Talk::next_frame);
        let mut wake = frame.unwrap_or_else(|| Instant::now() + Duration::from_secs(1));
        while let Some(line) = &mut self.line {
            match line.peer.next() {
                Ok(Wish::Wait { until }) => {
                    wake = wake.min(until);
                    break;
                }
                Ok(Wish::Send { to, datagram }) => {
                    // A full buffer loses a datagram, as a network does.
                    let _ = line.socket.try_send_to(&datagram, to);
                }
                Ok(Wish::Hear(packet)) => self.hear(&packet),
                Err(error) => {
                    tracing::warn!(call = self.call, %error, "media peer dropped");
                    self.line = None;
                }
            }
        }
        wake
    }

    fn hear(&mut self, packet: &Packet) {
        let heard = self.meter.hear(&packet.samples);
        self.report(Input::Heard { leg: self.call.clone(), heard });
        if let Some(talk) = &mut self.talk {
            // A packet arrives when its last sample has been spoken.
            let arrival = talk.samples().saturating_sub(packet.samples.len());
            let at = talk.placement.place(packet.rtp, arrival);
            talk.tape.write(Side::Agent, at, &packet.samples);
            if !talk.held {
                talk.player.hear(&packet.samples);
            }
        }
    }

    /// Says every frame that is due. Frames keep flowing while the browser is not connected yet or the call is held,
    /// so that recording and RTP time run on; they are silent, and the program waits.
    fn wake(&mut self) {
        let connected = self.line.as_ref().is_some_and(|line| line.peer.is_connected());
        while let Some(talk) = &mut self.talk
            && talk.next_frame() <= Instant::now()
        {
            let plays = connected && !talk.held;
            let frame = if plays { talk.player.next() } else { player::SILENCE };
            let number = talk.frames;
            talk.frames += 1;
            if plays {
                let at = usize::try_from(number).unwrap_or(usize::MAX).saturating_mul(FRAME);
                talk.tape.write(Side::FarEnd, at, &frame);
            }
            let rtp = u64::from(number) * 160;
            self.with_peer(|peer| peer.say(&frame, rtp));
        }
        self.with_peer(Peer::wake);
    }

    fn hand_in(self) {
        let (Some(talk), Some(recording)) = (self.talk, self.recording) else { return };
        let length = talk.samples();
        match talk.tape.into_audio(length) {
            Ok(audio) => {
                // The exchange is gone only when the lab stops.
                let _ = self.reports.send(Input::Recorded {
                    leg: self.call,
                    recording,
                    audio: Ok(audio),
                });
            }
            Err(error) => tracing::error!(call = self.call, %error, "no recording"),
        }
    }
}
