//! The studio and its tasks, over real datagrams on the loopback interface.

use std::net::Ipv4Addr;
use std::time::Instant;

use tokio::net::UdpSocket;
use tokio::sync::mpsc;

use super::super::meter::Meter;
use super::super::pace::Pace;
use super::super::peer::{Peer, Wish};
use super::super::tone::Tone;
use super::super::{Channels, Codec, FRAME, Format, Input, Order, Shape, Source, Studio};
use crate::g711;
use crate::numbers::Program;
use crate::seed::Seed;

/// Whistles at 1000 Hz until it has heard 440 Hz for a while.
async fn browser(mut peer: Peer, socket: UdpSocket) {
    let mut whistle = Tone::new(1000.0, 0.3);
    let mut pace = Pace::new(Instant::now());
    let mut meter = Meter::default();
    let mut right = 0;
    let mut buffer = [0; 2048];
    while right < 20 {
        let until = loop {
            match peer.next().unwrap() {
                Wish::Wait { until } => break until.min(pace.due()),
                Wish::Send { to, datagram } => {
                    socket.send_to(&datagram, to).await.unwrap();
                }
                Wish::Hear(packet) => {
                    let samples: Vec<i16> = packet.payload.into_iter().map(g711::decode).collect();
                    let heard = meter.hear(&samples).and_then(|heard| heard.frequency_hz);
                    if heard.is_some_and(|hertz| (hertz - 440.0).abs() < 5.0) {
                        right += 1;
                    }
                }
            }
        };
        tokio::select! {
            received = socket.recv_from(&mut buffer) => {
                let (length, from) = received.unwrap();
                peer.receive(from, &buffer[..length], Instant::now()).unwrap();
            }
            () = tokio::time::sleep_until(until.into()) => {
                while let Some(number) = pace.tick(Instant::now()) {
                    let frame = (0..FRAME).map(|_| g711::encode(whistle.next())).collect();
                    peer.say(frame, number * 160, Instant::now()).unwrap();
                }
                peer.wake(Instant::now()).unwrap();
            }
        }
    }
}

#[tokio::test]
async fn a_leg_is_served_until_it_is_over() {
    str0m::crypto::from_feature_flags().install_process_default();
    let (reports, mut reported) = mpsc::unbounded_channel();
    let studio = Studio::new(Seed(1), reports);
    let (agent, far) = ("agent".to_owned(), "far".to_owned());
    // A leg nobody knows: dropped.
    studio.order(&agent, Order::End);

    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = socket.local_addr().unwrap();
    let (mut peer, offer) = Peer::offering(address, Codec::Pcmu, Instant::now()).unwrap();
    studio.order(&agent, Order::Open { offer, codec: Codec::Pcmu });
    let Some(Input::MediaReady { sdp, .. }) = reported.recv().await else { panic!("no answer") };
    assert!(sdp.contains("PCMU") && !sdp.contains("opus"));
    peer.accept(&sdp).unwrap();
    studio.order(&far, Order::Act { program: Program::Tone, codec: Codec::Pcmu });
    studio.order(&agent, Order::Hear { source: Source::Leg(far.clone()) });
    studio.order(&far, Order::Hear { source: Source::Leg(agent.clone()) });
    let shape = Shape { channels: Channels::Dual, format: Format::Wav, beep: false };
    studio.order(&far, Order::Record { recording: "r".to_owned(), shape });
    Box::pin(browser(peer, socket)).await;

    studio.order(&agent, Order::End);
    studio.order(&far, Order::End);
    let mut agent_heard = None;
    let audio = loop {
        let report = reported.recv().await.unwrap();
        if let Input::Heard { leg, heard } = &report
            && *leg == agent
        {
            agent_heard = heard.loudest_frequency_hz;
        }
        if let Input::Recorded { audio, .. } = report {
            break audio.unwrap();
        }
    };
    assert!((agent_heard.unwrap() - 1000.0).abs() < 5.0);
    let wav = hound::WavReader::new(&audio.bytes[..]).unwrap();
    let samples: Vec<i16> = wav.into_samples().map(Result::unwrap).collect();
    // The person said 440 Hz, and heard the browser.
    for (side, expected) in [(0, 440.0), (1, 1000.0)] {
        let channel: Vec<i16> = samples.iter().copied().skip(side).step_by(2).collect();
        let hertz = Meter::default().hear(&channel).unwrap().loudest_frequency_hz.unwrap();
        assert!((hertz - expected).abs() < 5.0, "{hertz} Hz on channel {side}");
    }
}
