//! The way to a browser: a peer, and the network in front of it with its faults.

use std::net::SocketAddr;
use std::time::Instant;

use super::lane::{Dice, Lane};
use super::peer::{Packet, Peer, PeerError, Wish};
use super::{Codec, Faults};

/// A datagram, and where it comes from or goes to.
type Datagram = (SocketAddr, Vec<u8>);

/// A peer behind a network.
#[derive(Debug)]
pub(crate) struct Line {
    peer: Peer,
    codec: Codec,
    dead: bool,
    to_end: Lane<Datagram>,
    from_end: Lane<Datagram>,
    /// When the peer wants to be told the time.
    peer_due: Instant,
}

impl Line {
    /// Puts a peer behind a network with these faults.
    pub(crate) fn new(peer: Peer, codec: Codec, faults: Faults, dice: Dice, now: Instant) -> Self {
        let mut line = Self {
            peer,
            codec,
            dead: false,
            to_end: Lane::new(dice),
            from_end: Lane::new(dice),
            peer_due: now,
        };
        line.set(faults);
        line
    }

    /// From now on the network is like this.
    pub(crate) fn set(&mut self, faults: Faults) {
        self.dead = faults.dead;
        self.to_end.set(faults.to_end);
        self.from_end.set(faults.from_end);
        if faults.dead {
            self.to_end.clear();
            self.from_end.clear();
        }
    }

    /// The peer, to negotiate with.
    pub(crate) fn peer(&mut self) -> &mut Peer {
        &mut self.peer
    }

    /// What the line speaks.
    pub(crate) fn codec(&self) -> Codec {
        self.codec
    }

    /// Where the browser sends to.
    pub(crate) fn address(&self) -> SocketAddr {
        self.peer.address()
    }

    /// Whether the connection has come up.
    pub(crate) fn is_connected(&self) -> bool {
        self.peer.is_connected()
    }

    /// Says one frame to the browser; `rtp` counts by the codec's clock.
    pub(crate) fn say(
        &mut self,
        payload: Vec<u8>,
        rtp: u64,
        now: Instant,
    ) -> Result<(), PeerError> {
        self.peer.say(payload, rtp, now)
    }

    /// Takes in a datagram from the browser.
    pub(crate) fn receive(
        &mut self,
        from: SocketAddr,
        datagram: &[u8],
        now: Instant,
    ) -> Result<(), PeerError> {
        if self.dead {
            return Ok(());
        }
        if !is_rtp(datagram) {
            return self.peer.receive(from, datagram, now);
        }
        self.from_end.push((from, datagram.to_vec()), now);
        self.arrive(now)
    }

    /// Tells the line what time it is.
    pub(crate) fn wake(&mut self, now: Instant) -> Result<(), PeerError> {
        self.arrive(now)?;
        if self.peer_due <= now { self.peer.wake(now) } else { Ok(()) }
    }

    fn arrive(&mut self, now: Instant) -> Result<(), PeerError> {
        while let Some((from, datagram)) = self.from_end.pop(now) {
            self.peer.receive(from, &datagram, now)?;
        }
        Ok(())
    }

    /// What to do next. To be asked after each of the above until it says to wait.
    pub(crate) fn next(&mut self, now: Instant) -> Result<Wish, PeerError> {
        loop {
            match self.peer.next()? {
                Wish::Send { .. } if self.dead => {}
                Wish::Send { to, datagram } if is_rtp(&datagram) => {
                    self.to_end.push((to, datagram), now);
                }
                wish @ (Wish::Send { .. } | Wish::Hear(Packet { .. })) => return Ok(wish),
                Wish::Wait { until } => {
                    self.peer_due = until;
                    if let Some((to, datagram)) = self.to_end.pop(now) {
                        return Ok(Wish::Send { to, datagram });
                    }
                    let lanes = [self.to_end.due(), self.from_end.due()];
                    let until = lanes.into_iter().flatten().fold(until, Instant::min);
                    return Ok(Wish::Wait { until });
                }
            }
        }
    }
}

/// Whether a datagram is audio, and not STUN, DTLS (RFC 7983, section 7) or RTCP (RFC 5761, section 4).
fn is_rtp(datagram: &[u8]) -> bool {
    match datagram {
        [128..=191, second, ..] => !(64..=95).contains(&(second & 0x7f)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn audio_is_told_from_everything_else() {
        assert!(is_rtp(&[0x80, 0, 1, 2]), "PCMU");
        assert!(is_rtp(&[0x90, 0x80 | 0x6f, 1, 2]), "Opus with a marker");
        assert!(!is_rtp(&[0x80, 200, 0, 6]), "RTCP sender report");
        assert!(!is_rtp(&[0x00, 0x01, 0, 0]), "STUN");
        assert!(!is_rtp(&[22, 0xfe, 0xfd]), "DTLS");
        assert!(!is_rtp(&[]));
    }
}
