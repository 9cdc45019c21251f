//! Media against a peer that plays the browser, over real datagrams on the loopback interface.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a peer that fails is a failed test")]

use tokio::sync::mpsc;

use super::*;
use crate::numbers::Program;

/// A browser that whistles at 1000 Hz and tells at which frequency it hears something.
struct Browser {
    line: Line,
    hears: UnboundedSender<f64>,
}

impl Browser {
    /// Talks and listens, for ever.
    async fn run(mut self) {
        // Eight samples are one turn of 1000 Hz.
        let turn = [0, 7070, 10_000, 7070, 0, -7070, -10_000, -7070];
        let whistle: Vec<i16> = turn.into_iter().cycle().take(FRAME).collect();
        let mut said = 0;
        let mut meter = Meter::default();
        let mut pace = tokio::time::interval(FRAME_TIME);
        let mut buffer = [0; 2048];
        loop {
            let until = loop {
                match self.line.peer.next().unwrap() {
                    Wish::Wait { until } => break until,
                    Wish::Send { to, datagram } => {
                        self.line.socket.send_to(&datagram, to).await.unwrap();
                    }
                    Wish::Hear(packet) => {
                        if let Some(hertz) = meter.hear(&packet.samples).frequency_hz {
                            // The test may have heard enough.
                            let _ = self.hears.send(hertz);
                        }
                    }
                }
            };
            tokio::select! {
                received = self.line.socket.recv_from(&mut buffer) => {
                    let (length, from) = received.unwrap();
                    self.line.peer.receive(from, &buffer[..length]).unwrap();
                }
                () = tokio::time::sleep_until(until.into()) => self.line.peer.wake().unwrap(),
                _ = pace.tick() => {
                    self.line.peer.say(&whistle, said * 160).unwrap();
                    said += 1;
                }
            }
        }
    }
}

/// Waits until the frequency has been measured so many times. A window in which the tone begins says something else.
async fn settles_on(expected: f64, times: u32, mut measured: impl AsyncFnMut() -> f64) {
    let mut right = 0;
    while right < times {
        if (measured().await - expected).abs() < 5.0 {
            right += 1;
        }
    }
}

#[tokio::test]
async fn both_ends_hear_each_other_and_the_recording_has_both() {
    str0m::crypto::from_feature_flags().install_process_default();
    let (orders, for_media) = mpsc::unbounded_channel();
    let (reports, mut from_media) = mpsc::unbounded_channel();
    tokio::spawn(run("call".to_owned(), for_media, reports));

    let (mut line, offer) = Line::open(Peer::offering).unwrap();
    orders.send(Order::Open { offer }).unwrap();
    let Some(Input::MediaReady { sdp, .. }) = from_media.recv().await else { panic!("no answer") };
    assert!(sdp.contains("PCMU") && !sdp.contains("opus"));
    line.peer.accept(&sdp).unwrap();
    let (hears, mut browser_hears) = mpsc::unbounded_channel();
    tokio::spawn(Browser { line, hears }.run());
    orders.send(Order::Record { recording: "r".to_owned() }).unwrap();
    orders.send(Order::Play { program: Program::Tone }).unwrap();

    settles_on(440.0, 25, async || browser_hears.recv().await.unwrap()).await;
    settles_on(1000.0, 25, async || {
        loop {
            if let Input::Heard { heard, .. } = from_media.recv().await.unwrap()
                && let Some(hertz) = heard.frequency_hz
            {
                break hertz;
            }
        }
    })
    .await;

    orders.send(Order::End).unwrap();
    let audio = loop {
        if let Input::Recorded { audio: Ok(audio), .. } = from_media.recv().await.unwrap() {
            break audio;
        }
    };
    let wav = hound::WavReader::new(&audio.bytes[..]).unwrap();
    let samples: Vec<i16> = wav.into_samples().map(Result::unwrap).collect();
    for (side, expected) in [(0, 1000.0), (1, 440.0)] {
        let channel: Vec<i16> = samples.iter().copied().skip(side).step_by(2).collect();
        let mut meter = Meter::default();
        let mut windows = channel.chunks(400);
        settles_on(expected, 5, async || {
            meter.hear(windows.next().unwrap()).frequency_hz.unwrap_or_default()
        })
        .await;
    }
}
