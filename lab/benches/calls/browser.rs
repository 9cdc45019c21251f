//! A browser in a call.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::format::PayloadParams;
use str0m::media::{Direction, Frequency, MediaData, MediaKind, MediaTime, Mid};
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};
use tokio::net::UdpSocket;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;

use crate::Error;
use crate::gateway::{Gateway, Kind, News};

/// From one packet to the next.
pub(crate) const FRAME_TIME: Duration = Duration::from_millis(20);

/// From one browser's call to the next one's.
const STAGGER: Duration = Duration::from_millis(53);

/// Eight samples of µ-law that are one turn of 1000 Hz, at half of full scale.
const WHISTLE: [u8; 8] = [0xff, 0x95, 0x8f, 0x95, 0xff, 0x15, 0x0f, 0x15];

/// The time that counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) from: Instant,
    pub(crate) until: Instant,
}

/// When packets came, and their RTP time at 8 kHz.
pub(crate) type Arrivals = Vec<(Instant, u64)>;

/// Calls, says so to `connected` with the first packet, and talks until the time told is over.
pub(crate) async fn call(
    gateway: String,
    token: String,
    number: usize,
    connected: UnboundedSender<()>,
    mut told: watch::Receiver<Option<Span>>,
) -> Result<Arrivals, Error> {
    tokio::time::sleep(STAGGER * u32::try_from(number)?).await;
    let mut gateway = Gateway::sign_in(&gateway, &token).await?;
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = socket.local_addr()?;
    let (mut browser, offer) = Browser::new(address)?;
    let call = format!("00000000-0000-4000-8000-{number:012}");
    gateway.invite(&call, &offer).await?;

    let mut buffer = [0; 2048];
    let mut until = None;
    loop {
        let wake = browser.settle(&socket, &connected)?;
        if until.is_some_and(|until| until <= Instant::now()) {
            gateway.bye(&call).await?;
            return Ok(browser.arrivals);
        }
        tokio::select! {
            received = socket.recv_from(&mut buffer) => {
                let (length, from) = received?;
                browser.receive(from, address, &buffer[..length])?;
            }
            () = tokio::time::sleep_until(wake.into()) => browser.wake()?,
            news = gateway.news() => {
                let News { id, kind } = news?;
                gateway.acknowledge(id).await?;
                match kind {
                    Kind::Media { sdp } => browser.accept(&sdp)?,
                    Kind::Over => return Err("the lab hung up".into()),
                    Kind::Other => {}
                }
            }
            changed = told.changed(), if until.is_none() => {
                changed?;
                until = told.borrow().map(|span| span.until);
            }
        }
    }
}

/// A peer that whistles and notes what comes.
struct Browser {
    rtc: Rtc,
    audio: Mid,
    pending: Option<SdpPendingOffer>,
    connected: bool,
    /// When it was connected, and how many frames it has said since.
    talk: Option<(Instant, u32)>,
    arrivals: Arrivals,
}

impl Browser {
    fn new(address: SocketAddr) -> Result<(Self, String), Error> {
        let config = RtcConfig::new().clear_codecs().enable_pcmu(true, false);
        let mut rtc = config.set_reordering_size_audio(0).build(Instant::now());
        rtc.add_local_candidate(Candidate::host(address, "udp")?);
        let mut changes = rtc.sdp_api();
        let audio = changes.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
        let (offer, pending) = changes.apply().ok_or("nothing to offer")?;
        let browser = Self {
            rtc,
            audio,
            pending: Some(pending),
            connected: false,
            talk: None,
            arrivals: Vec::new(),
        };
        Ok((browser, offer.to_sdp_string()))
    }

    fn accept(&mut self, sdp: &str) -> Result<(), Error> {
        // The SDP of the answer repeats that of early media.
        if let Some(pending) = self.pending.take() {
            self.rtc.sdp_api().accept_answer(pending, SdpAnswer::from_sdp_string(sdp)?)?;
        }
        Ok(())
    }

    fn receive(
        &mut self,
        source: SocketAddr,
        destination: SocketAddr,
        datagram: &[u8],
    ) -> Result<(), Error> {
        let contents = datagram.try_into()?;
        let receive = Receive { proto: Protocol::Udp, source, destination, contents };
        Ok(self.rtc.handle_input(Input::Receive(Instant::now(), receive))?)
    }

    /// Says the frames that are due.
    fn wake(&mut self) -> Result<(), Error> {
        let now = Instant::now();
        while let Some((since, frames)) = self.talk
            && since + FRAME_TIME * frames <= now
        {
            self.talk = Some((since, frames + 1));
            let writer = self.rtc.writer(self.audio).ok_or("the lab does not listen")?;
            let payload = writer.payload_params().map(PayloadParams::pt).next();
            let time = MediaTime::new(u64::from(frames) * 160, Frequency::EIGHT_KHZ);
            writer.write(payload.ok_or("no codec")?, now, time, WHISTLE.repeat(20))?;
        }
        Ok(self.rtc.handle_input(Input::Timeout(now))?)
    }

    /// Does what the peer wants, and says until when nothing else is to be done.
    fn settle(
        &mut self,
        socket: &UdpSocket,
        connected: &UnboundedSender<()>,
    ) -> Result<Instant, Error> {
        loop {
            match self.rtc.poll_output()? {
                Output::Timeout(until) => {
                    let frame = self.talk.map(|(since, frames)| since + FRAME_TIME * frames);
                    return Ok(frame.map_or(until, |frame| frame.min(until)));
                }
                Output::Transmit(transmit) => {
                    // A full buffer loses a datagram, as a network does.
                    let _ = socket.try_send_to(&transmit.contents, transmit.destination);
                }
                Output::Event(Event::Connected) => self.talk = Some((Instant::now(), 0)),
                Output::Event(Event::MediaData(MediaData { time, .. })) => {
                    let rtp = time.rebase(Frequency::EIGHT_KHZ).numer();
                    self.arrivals.push((Instant::now(), rtp));
                    if !self.connected {
                        self.connected = true;
                        // The bench ends only after all browsers.
                        let _ = connected.send(());
                    }
                }
                Output::Event(_) => {}
            }
        }
    }
}
