//! One WebRTC peer (ICE, DTLS, SRTP by str0m) with one audio track, PCMU only.
//!
//! str0m does no I/O: whoever owns a [`Peer`] brings it the datagrams and the time, and sends what it asks for.

use std::net::SocketAddr;
use std::time::Instant;

use str0m::change::{SdpAnswer, SdpOffer, SdpPendingOffer};
use str0m::format::Codec;
use str0m::media::{Direction, Frequency, MediaData, MediaKind, MediaTime, Mid};
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};

use crate::g711;

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
    /// RTP time, 8000 per second, unwrapped.
    pub(crate) rtp: u64,
    pub(crate) samples: Vec<i16>,
}

/// A peer connection.
pub(crate) struct Peer {
    rtc: Rtc,
    address: SocketAddr,
    audio: Option<Mid>,
    pending: Option<SdpPendingOffer>,
    connected: bool,
}

impl Peer {
    /// A peer that is reached at `address` and takes the browser's offer. Returns its answer too.
    pub(crate) fn answering(address: SocketAddr, offer: &str) -> Result<(Self, String), PeerError> {
        let mut peer = Self::new(address)?;
        let answer = peer.answer(offer)?;
        Ok((peer, answer))
    }

    /// A peer that makes the offer itself.
    pub(crate) fn offering(address: SocketAddr) -> Result<(Self, String), PeerError> {
        let mut peer = Self::new(address)?;
        let mut changes = peer.rtc.sdp_api();
        // str0m announces only the tracks the browser adds, so the one added here has to be remembered.
        peer.audio =
            Some(changes.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None));
        let (offer, pending) = changes.apply().ok_or(PeerError::NotOffered)?;
        peer.pending = Some(pending);
        Ok((peer, offer.to_sdp_string()))
    }

    fn new(address: SocketAddr) -> Result<Self, PeerError> {
        let config = RtcConfig::new().clear_codecs().enable_pcmu(true, false);
        let mut rtc = config.build(Instant::now());
        rtc.add_local_candidate(Candidate::host(address, "udp")?);
        Ok(Self { rtc, address, audio: None, pending: None, connected: false })
    }

    /// Answers an offer: the first one, or a later one with new ICE credentials.
    pub(crate) fn answer(&mut self, offer: &str) -> Result<String, PeerError> {
        let offer = SdpOffer::from_sdp_string(offer)?;
        Ok(self.rtc.sdp_api().accept_offer(offer)?.to_sdp_string())
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

    /// Whether audio written now reaches the browser.
    pub(crate) fn is_connected(&self) -> bool {
        self.connected && self.rtc.is_alive()
    }

    /// Sends one frame; `at` counts samples at 8 kHz.
    pub(crate) fn say(&mut self, samples: &[i16], at: u64) -> Result<(), PeerError> {
        let Some(writer) = self.audio.and_then(|mid| self.rtc.writer(mid)) else {
            // The browser closed its end.
            return Ok(());
        };
        let pcmu = writer.payload_params().find(|params| params.spec().codec == Codec::PCMU);
        let Some(payload_type) = pcmu.map(str0m::format::PayloadParams::pt) else { return Ok(()) };
        let bytes: Vec<u8> = samples.iter().map(|sample| g711::encode(*sample)).collect();
        let time = MediaTime::new(at, Frequency::EIGHT_KHZ);
        Ok(writer.write(payload_type, Instant::now(), time, bytes)?)
    }

    /// Takes in a datagram.
    pub(crate) fn receive(&mut self, from: SocketAddr, datagram: &[u8]) -> Result<(), PeerError> {
        let Ok(contents) = datagram.try_into() else {
            // Neither STUN nor DTLS nor RTP: not for us.
            return Ok(());
        };
        let receive =
            Receive { proto: Protocol::Udp, source: from, destination: self.address, contents };
        // Not asked first whether it `accepts` this: before a pair is nominated that turns away the browser's first
        // DTLS flight, which costs 200 ms until it is sent again. A socket serves one peer only, so it is for this one.
        Ok(self.rtc.handle_input(Input::Receive(Instant::now(), receive))?)
    }

    /// Tells the peer what time it is.
    pub(crate) fn wake(&mut self) -> Result<(), PeerError> {
        Ok(self.rtc.handle_input(Input::Timeout(Instant::now()))?)
    }

    /// What to do next. To be asked after each of the above until it says to wait.
    pub(crate) fn next(&mut self) -> Result<Wish, PeerError> {
        loop {
            match self.rtc.poll_output()? {
                Output::Timeout(until) => return Ok(Wish::Wait { until }),
                Output::Transmit(transmit) => {
                    let datagram = transmit.contents.to_vec();
                    return Ok(Wish::Send { to: transmit.destination, datagram });
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
            let samples = data.iter().map(|byte| g711::decode(*byte)).collect();
            return Some(Packet { rtp: time.rebase(Frequency::EIGHT_KHZ).numer(), samples });
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
