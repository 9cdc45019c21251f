//! One WebRTC peer (ICE, DTLS, SRTP by str0m) with one audio track and one codec.
//!
//! str0m does no I/O: whoever owns a [`Peer`] brings it the datagrams and the time, and sends what it asks for.

use std::net::SocketAddr;
use std::time::Instant;

use str0m::change::{SdpAnswer, SdpOffer, SdpPendingOffer};
use str0m::media::{Direction, Frequency, MediaData, MediaKind, MediaTime, Mid};
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};

use super::Codec;

/// The browser's peer cannot be talked to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PeerError {
    #[error("the browser's SDP cannot be read: {0}")]
    Sdp(#[from] str0m::error::SdpError),
    #[error("the browser's SDP or packets cannot be used: {0}")]
    Rtc(#[from] str0m::RtcError),
    #[error("the lab's own address cannot be offered: {0}")]
    Candidate(#[from] str0m::error::IceError),
    #[error("an answer came to an offer that was never made")]
    NotOffered,
}

/// What a peer wants next.
#[derive(Debug)]
pub(crate) enum Wish {
    /// Send this datagram.
    Send { to: SocketAddr, datagram: Vec<u8> },
    /// Audio came from the browser.
    Hear(Packet),
    /// Nothing until this time, or a datagram, or an order.
    Wait { until: Instant },
}

/// One packet of audio.
#[derive(Debug)]
pub(crate) struct Packet {
    /// RTP time by the codec's clock (8 kHz for PCMU, 48 kHz for Opus), unwrapped.
    pub(crate) rtp: u64,
    /// As the codec has it.
    pub(crate) payload: Vec<u8>,
}

/// A peer connection.
#[derive(Debug)]
pub(crate) struct Peer {
    rtc: Rtc,
    codec: Codec,
    address: SocketAddr,
    audio: Option<Mid>,
    pending: Option<SdpPendingOffer>,
    connected: bool,
}

impl Peer {
    /// A peer that is reached at `address` and takes the browser's offer. Returns its answer too.
    pub(crate) fn answering(
        address: SocketAddr,
        codec: Codec,
        offer: &str,
        now: Instant,
    ) -> Result<(Self, String), PeerError> {
        let mut peer = Self::new(address, codec, now)?;
        let answer = peer.answer(offer)?;
        Ok((peer, answer))
    }

    /// A peer that makes the offer itself.
    pub(crate) fn offering(
        address: SocketAddr,
        codec: Codec,
        now: Instant,
    ) -> Result<(Self, String), PeerError> {
        let mut peer = Self::new(address, codec, now)?;
        let mut changes = peer.rtc.sdp_api();
        // str0m announces only the tracks the browser adds, so the one added here has to be remembered.
        peer.audio =
            Some(changes.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None));
        let (offer, pending) = changes.apply().ok_or(PeerError::NotOffered)?;
        peer.pending = Some(pending);
        Ok((peer, offer.to_sdp_string()))
    }

    fn new(address: SocketAddr, codec: Codec, now: Instant) -> Result<Self, PeerError> {
        let config = RtcConfig::new().clear_codecs();
        let config = match codec {
            Codec::Pcmu => config.enable_pcmu(true, false),
            Codec::Opus => config.enable_opus(true, false),
        };
        // A lost packet must not hold up those after it: audio that comes late is of no use.
        let mut rtc = config.set_reordering_size_audio(0).build(now);
        rtc.add_local_candidate(Candidate::host(address, "udp")?);
        Ok(Self { rtc, codec, address, audio: None, pending: None, connected: false })
    }

    /// Where the browser reaches this peer.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers an offer: the first one, or a later one with new ICE credentials.
    pub(crate) fn answer(&mut self, offer: &str) -> Result<String, PeerError> {
        let offer = SdpOffer::from_sdp_string(offer)?;
        Ok(self.rtc.sdp_api().accept_offer(offer)?.to_sdp_string())
    }

    /// Offers again, with new ICE credentials, as a browser does that has lost its network.
    #[cfg(test)]
    pub(crate) fn offer_restart(&mut self) -> Result<String, PeerError> {
        let mut changes = self.rtc.sdp_api();
        changes.ice_restart(true);
        let (offer, pending) = changes.apply().ok_or(PeerError::NotOffered)?;
        self.pending = Some(pending);
        Ok(offer.to_sdp_string())
    }

    /// Takes the answer to the offer this peer made.
    pub(crate) fn accept(&mut self, answer: &str) -> Result<(), PeerError> {
        let pending = self.pending.take().ok_or(PeerError::NotOffered)?;
        let answer = SdpAnswer::from_sdp_string(answer)?;
        Ok(self.rtc.sdp_api().accept_answer(pending, answer)?)
    }

    /// Takes one more of the browser's candidates. One that cannot be used (mDNS, TCP) is no loss: its packets show
    /// where they come from.
    pub(crate) fn add_candidate(&mut self, candidate: &str) {
        match Candidate::from_sdp_string(candidate) {
            Ok(candidate) => self.rtc.add_remote_candidate(candidate),
            Err(error) => tracing::debug!(%error, candidate, "candidate not usable"),
        }
    }

    /// Whether the connection has come up, so that audio written from now on reaches the browser.
    pub(crate) fn is_connected(&self) -> bool {
        self.connected && self.rtc.is_alive()
    }

    /// Sends one frame of the peer's codec; `rtp` counts by the codec's clock.
    pub(crate) fn say(
        &mut self,
        payload: Vec<u8>,
        rtp: u64,
        now: Instant,
    ) -> Result<(), PeerError> {
        let Some(writer) = self.audio.and_then(|mid| self.rtc.writer(mid)) else {
            // The browser closed its end.
            return Ok(());
        };
        let spoken = writer.payload_params().find(|params| params.spec().codec == name(self.codec));
        let Some(payload_type) = spoken.map(str0m::format::PayloadParams::pt) else {
            return Ok(());
        };
        let time = MediaTime::new(rtp, frequency(self.codec));
        Ok(writer.write(payload_type, now, time, payload)?)
    }

    /// Takes in a datagram.
    pub(crate) fn receive(
        &mut self,
        from: SocketAddr,
        datagram: &[u8],
        now: Instant,
    ) -> Result<(), PeerError> {
        let Ok(contents) = datagram.try_into() else {
            // Neither STUN nor DTLS nor RTP: not for us.
            return Ok(());
        };
        let receive =
            Receive { proto: Protocol::Udp, source: from, destination: self.address, contents };
        // Not asked first whether it `accepts` this: before a pair is nominated that turns away the browser's first
        // DTLS flight, which costs 200 ms until it is sent again. A socket serves one peer only, so it is for this one.
        Ok(self.rtc.handle_input(Input::Receive(now, receive))?)
    }

    /// Tells the peer what time it is.
    pub(crate) fn wake(&mut self, now: Instant) -> Result<(), PeerError> {
        Ok(self.rtc.handle_input(Input::Timeout(now))?)
    }

    /// What to do next. To be asked after each of the above until it says to wait.
    pub(crate) fn next(&mut self) -> Result<Wish, PeerError> {
        loop {
            match self.rtc.poll_output()? {
                Output::Timeout(until) => return Ok(Wish::Wait { until }),
                Output::Transmit(transmit) => {
                    let to = transmit.destination;
                    return Ok(Wish::Send { to, datagram: transmit.contents.into() });
                }
                Output::Event(event) => {
                    if let Some(packet) = self.notice(event) {
                        return Ok(Wish::Hear(packet));
                    }
                }
            }
        }
    }

    fn notice(&mut self, event: Event) -> Option<Packet> {
        // str0m's events are not ours to enumerate: it adds new ones in minor releases.
        if let Event::MediaData(MediaData { time, data, .. }) = event {
            let rtp = time.rebase(frequency(self.codec)).numer();
            return Some(Packet { rtp, payload: data.to_vec() });
        }
        if let Event::MediaAdded(added) = &event
            && added.kind == MediaKind::Audio
        {
            self.audio = Some(added.mid);
        }
        if matches!(event, Event::Connected) {
            self.connected = true;
            tracing::debug!("ICE and DTLS are up");
        }
        None
    }
}

fn name(codec: Codec) -> str0m::format::Codec {
    match codec {
        Codec::Pcmu => str0m::format::Codec::PCMU,
        Codec::Opus => str0m::format::Codec::Opus,
    }
}

/// The clock of a codec's RTP time (RFC 3551, RFC 7587).
fn frequency(codec: Codec) -> Frequency {
    match codec {
        Codec::Pcmu => Frequency::EIGHT_KHZ,
        Codec::Opus => Frequency::FORTY_EIGHT_KHZ,
    }
}
