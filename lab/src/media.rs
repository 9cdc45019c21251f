//! The media of one call: a task with a UDP socket of its own on the loopback interface.

mod meter;
mod peer;
mod player;
mod tape;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use tokio::net::UdpSocket;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use crate::exchange::{CallId, Input, Order};
use crate::g711::{FRAME, RATE};
use meter::Meter;
use peer::{Packet, Peer, PeerError, Wish};
use player::Player;
use tape::{Placement, Side, Tape};

const FRAME_TIME: Duration = Duration::from_millis(20);

/// Carries out orders until `End` and reports to the exchange.
pub(crate) async fn run(
    call: CallId,
    mut orders: UnboundedReceiver<Order>,
    reports: UnboundedSender<Input>,
) {
    let (socket, address) = match bind().await {
        Ok(bound) => bound,
        Err(error) => {
            let reason = format!("no UDP socket on the loopback interface: {error}");
            // The exchange is gone only when the lab stops.
            let _ = reports.send(Input::MediaRefused { call, reason });
            return;
        }
    };
    let mut desk = Desk { call, address, reports, peer: None, talk: None, meter: Meter::default() };
    let mut buffer = [0; 2048];
    loop {
        let wake = desk.settle(&socket);
        tokio::select! {
            order = orders.recv() => match order {
                None | Some(Order::End) => break,
                Some(order) => desk.obey(order),
            },
            received = socket.recv_from(&mut buffer) => match received {
                Ok((length, from)) => desk.with_peer(|peer| peer.receive(from, &buffer[..length])),
                // A browser that is gone: its port answers with ICMP "unreachable".
                Err(error) => tracing::debug!(%error, "datagram lost"),
            },
            () = tokio::time::sleep_until(wake.into()) => desk.wake(),
        }
    }
    desk.hand_in();
}

async fn bind() -> std::io::Result<(UdpSocket, SocketAddr)> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = socket.local_addr()?;
    Ok((socket, address))
}

/// The far end's end of the call.
struct Desk {
    call: CallId,
    address: SocketAddr,
    reports: UnboundedSender<Input>,
    peer: Option<Peer>,
    talk: Option<Talk>,
    meter: Meter,
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
            Order::Open { offer } => match Peer::answering(self.address, &offer) {
                Ok((peer, sdp)) => {
                    self.peer = Some(peer);
                    self.report(Input::MediaReady { call, sdp });
                }
                Err(error) => self.report(Input::MediaRefused { call, reason: error.to_string() }),
            },
            Order::Offer => match Peer::offering(self.address) {
                Ok((peer, sdp)) => {
                    self.peer = Some(peer);
                    self.report(Input::MediaOffered { call, sdp });
                }
                Err(error) => self.report(Input::MediaRefused { call, reason: error.to_string() }),
            },
            Order::Accept { answer } => self.with_peer(|peer| peer.accept(&answer)),
            Order::Candidate { candidate } => {
                self.with_peer(|peer| {
                    peer.add_candidate(&candidate);
                    Ok(())
                });
            }
            Order::Restart { offer, request } => {
                let answer = self.peer.as_mut().ok_or(PeerError::NotOffered);
                match answer.and_then(|peer| peer.answer(&offer)) {
                    Ok(sdp) => self.report(Input::MediaRestarted { call, request, sdp }),
                    Err(error) => tracing::warn!(call, %error, "ICE restart failed"),
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
            Order::End => {}
        }
    }

    /// Does something with the peer. One that fails is dropped: the SDK notices and attaches anew.
    fn with_peer(&mut self, act: impl FnOnce(&mut Peer) -> Result<(), PeerError>) {
        if let Some(peer) = &mut self.peer
            && let Err(error) = act(peer)
        {
            tracing::warn!(call = self.call, %error, "media peer dropped");
            self.peer = None;
        }
    }

    /// Grants what the peer wishes, and says until when nothing else is to be done.
    fn settle(&mut self, socket: &UdpSocket) -> Instant {
        let frame = self.talk.as_ref().map(Talk::next_frame);
        let mut wake = frame.unwrap_or_else(|| Instant::now() + Duration::from_secs(1));
        while let Some(peer) = &mut self.peer {
            match peer.next() {
                Ok(Wish::Wait { until }) => {
                    wake = wake.min(until);
                    break;
                }
                Ok(Wish::Send { to, datagram }) => {
                    // A full buffer loses a datagram, as a network does.
                    let _ = socket.try_send_to(&datagram, to);
                }
                Ok(Wish::Hear(packet)) => self.hear(&packet),
                Err(error) => {
                    tracing::warn!(call = self.call, %error, "media peer dropped");
                    self.peer = None;
                }
            }
        }
        wake
    }

    fn hear(&mut self, packet: &Packet) {
        let heard = self.meter.hear(&packet.samples);
        self.report(Input::Heard { call: self.call.clone(), heard });
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
        let connected = self.peer.as_ref().is_some_and(Peer::is_connected);
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
        let Some(talk) = self.talk else { return };
        let length = talk.samples();
        match talk.tape.into_audio(length) {
            Ok(audio) => {
                // The exchange is gone only when the lab stops.
                let _ = self.reports.send(Input::Recorded { call: self.call, audio });
            }
            Err(error) => tracing::error!(call = self.call, %error, "no recording"),
        }
    }
}
