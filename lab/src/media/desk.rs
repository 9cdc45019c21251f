//! One leg: its end, what the end says and hears, and the recordings of both.
//!
//! A desk does no I/O and has no clock. Whoever owns it brings it orders, datagrams, what other legs say and the time,
//! and asks for the [`Deed`]s that follow until it says to wait.

mod flow;

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use super::earpiece::Earpiece;
use super::lane::Dice;
use super::lateness::Lateness;
use super::line::Line;
use super::meter::Meter;
use super::pace::Pace;
use super::peer::{Peer, PeerError};
use super::tape::{Placement, Tape};
use super::trunk::Trunk;
use super::{Codec, Faults, Input, LegKey, NoAudio, Order, PlayEnd, PlayId, RecordingKey};

/// What is to be done for a leg.
#[derive(Debug)]
pub(crate) enum Deed {
    /// Send this datagram.
    Send { to: SocketAddr, datagram: Vec<u8> },
    /// Tell the exchange.
    Report(Input),
    /// The leg's end has said this: pass it on to every leg that hears it.
    Said(Arc<[i16]>),
    /// Make a file of this recording, which ended at `now` on the leg's clock, and tell the exchange.
    HandIn { recording: RecordingKey, tape: Tape, now: u64 },
    /// Nothing until this time, or something happens.
    Wait { until: Instant },
}

/// Why there is no peer.
#[derive(Debug, thiserror::Error)]
enum NoMedia {
    #[error("no UDP socket on the loopback interface: {0}")]
    Socket(#[from] io::Error),
    #[error(transparent)]
    Peer(#[from] PeerError),
}

/// Who is at the leg's end.
#[derive(Debug)]
enum End {
    /// Nobody yet, or a browser whose peer failed: the SDK notices and attaches anew.
    Nobody,
    Browser(Box<Line>),
    Person(Trunk),
    /// A person whose frames are Opus: what it says and hears is not decoded.
    Unheard,
}

/// A leg's media.
#[derive(Debug)]
pub(crate) struct Desk {
    leg: LegKey,
    end: End,
    /// What its network's losses come from.
    dice: Dice,
    faults: Faults,
    held: bool,
    earpiece: Earpiece,
    meter: Meter,
    /// What the person at the end hears.
    ear: Meter,
    /// Frames since the browser's last packet.
    unheard: u32,
    lateness: Lateness,
    placement: Placement,
    tapes: Vec<(RecordingKey, Tape)>,
    pace: Pace,
    deeds: VecDeque<Deed>,
}

impl Desk {
    /// A leg with nobody at its end.
    pub(crate) fn new(leg: LegKey, dice: Dice, now: Instant) -> Self {
        Self {
            leg,
            end: End::Nobody,
            dice,
            faults: Faults::default(),
            held: false,
            earpiece: Earpiece::new(),
            meter: Meter::default(),
            ear: Meter::default(),
            unheard: 0,
            lateness: Lateness::default(),
            placement: Placement::default(),
            tapes: Vec::new(),
            pace: Pace::new(now),
            deeds: VecDeque::new(),
        }
    }

    /// Where the browser sends to, if one is at the leg's end.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        match &self.end {
            End::Browser(line) => Some(line.address()),
            End::Nobody | End::Person(_) | End::Unheard => None,
        }
    }

    /// Does as ordered. `socket` opens a socket for a new peer and says its address: a socket serves one peer and no
    /// other, because what the peer before it still gets must not confuse it.
    pub(crate) fn obey(
        &mut self,
        order: Order,
        socket: impl FnOnce() -> io::Result<SocketAddr>,
        now: Instant,
    ) {
        let leg = self.leg.clone();
        match order {
            Order::Open { offer, codec } => {
                let made = self
                    .connect(codec, now, || Ok(Peer::answering(socket()?, codec, &offer, now)?));
                self.report(match made {
                    Ok(sdp) => Input::MediaReady { leg, sdp },
                    Err(error) => Input::MediaRefused { leg, reason: error.to_string() },
                });
            }
            Order::Offer { codec } => {
                let made = self.connect(codec, now, || Ok(Peer::offering(socket()?, codec, now)?));
                self.report(match made {
                    Ok(sdp) => Input::MediaOffered { leg, sdp },
                    Err(error) => Input::MediaRefused { leg, reason: error.to_string() },
                });
            }
            Order::Accept { answer } => self.with_line(|line| line.peer().accept(&answer)),
            Order::Candidate { candidate } => self.with_line(|line| {
                line.peer().add_candidate(&candidate);
                Ok(())
            }),
            Order::Restart { offer, request } => {
                let restarted = match &mut self.end {
                    End::Browser(line) => line.peer().answer(&offer),
                    End::Nobody | End::Person(_) | End::Unheard => Err(PeerError::NotOffered),
                };
                self.report(match restarted {
                    Ok(sdp) => Input::MediaRestarted { leg, request, sdp },
                    Err(error) => {
                        Input::MediaRestartRefused { leg, request, reason: error.to_string() }
                    }
                });
            }
            Order::Act { program, codec } => match &mut self.end {
                End::Nobody => {
                    self.end = match codec {
                        Codec::Pcmu => End::Person(Trunk::new(program, self.faults, self.dice)),
                        Codec::Opus => End::Unheard,
                    };
                }
                End::Person(trunk) => trunk.act(program),
                End::Unheard => {}
                End::Browser(_) => tracing::debug!(leg, "a browser takes no program"),
            },
            Order::Hear { source } => self.earpiece.hear(source),
            Order::Hold { held } => {
                self.held = held;
                self.earpiece.forget();
            }
            Order::Play { id, clip, times } => {
                if self.speaks_opus() {
                    self.report_play(Some(id), PlayEnd::Stopped);
                } else {
                    let before = self.earpiece.play(id, clip, times);
                    self.report_play(before, PlayEnd::Stopped);
                }
            }
            Order::StopPlaying => {
                let stopped = self.earpiece.stop();
                self.report_play(stopped, PlayEnd::Stopped);
            }
            Order::Record { recording, shape } => {
                if shape.beep {
                    self.earpiece.beep();
                }
                self.tapes.push((recording, Tape::new(shape, self.pace.samples(now))));
            }
            Order::PauseRecording { recording } => {
                let now = self.pace.samples(now);
                self.with_tape(&recording, |tape| tape.pause(now));
            }
            Order::ResumeRecording { recording } => {
                let now = self.pace.samples(now);
                self.with_tape(&recording, |tape| tape.resume(now));
            }
            Order::StopRecording { recording } => self.hand_in(|key| *key == recording, now),
            Order::Faults(faults) => {
                self.faults = faults;
                match &mut self.end {
                    End::Nobody | End::Unheard => {}
                    End::Browser(line) => line.set(faults),
                    End::Person(trunk) => trunk.set(faults),
                }
            }
            Order::End => {
                let playing = self.earpiece.stop();
                self.report_play(playing, PlayEnd::HungUp);
                self.hand_in(|_| true, now);
                self.end = End::Nobody;
            }
        }
    }

    /// Puts a new peer in the place of whatever is at the leg's end, and returns its SDP.
    fn connect(
        &mut self,
        codec: Codec,
        now: Instant,
        make: impl FnOnce() -> Result<(Peer, String), NoMedia>,
    ) -> Result<String, NoMedia> {
        let (peer, sdp) = make()?;
        self.lateness = Lateness::default();
        self.end = End::Browser(Box::new(Line::new(peer, codec, self.faults, self.dice, now)));
        Ok(sdp)
    }

    fn speaks_opus(&self) -> bool {
        match &self.end {
            End::Browser(line) => line.codec() == Codec::Opus,
            End::Unheard => true,
            End::Nobody | End::Person(_) => false,
        }
    }

    fn report(&mut self, input: Input) {
        self.deeds.push_back(Deed::Report(input));
    }

    fn report_play(&mut self, play: Option<PlayId>, how: PlayEnd) {
        if let Some(play) = play {
            self.report(Input::PlayEnded { leg: self.leg.clone(), play, how });
        }
    }

    fn with_tape(&mut self, recording: &str, act: impl FnOnce(&mut Tape)) {
        if let Some((_, tape)) = self.tapes.iter_mut().find(|(key, _)| key == recording) {
            act(tape);
        } else {
            tracing::debug!(self.leg, recording, "no such recording is running");
        }
    }

    fn hand_in(&mut self, chosen: impl Fn(&RecordingKey) -> bool, now: Instant) {
        let now = self.pace.samples(now);
        let soundless = self.speaks_opus();
        for (recording, tape) in self.tapes.extract_if(.., |(key, _)| chosen(key)) {
            self.deeds.push_back(if soundless {
                let leg = self.leg.clone();
                Deed::Report(Input::Recorded { leg, recording, audio: Err(NoAudio::Opus) })
            } else {
                Deed::HandIn { recording, tape, now }
            });
        }
    }

    /// Does something with the way to the browser. One that fails is dropped.
    fn with_line(&mut self, act: impl FnOnce(&mut Line) -> Result<(), PeerError>) {
        if let End::Browser(line) = &mut self.end
            && let Err(error) = act(line)
        {
            tracing::warn!(self.leg, %error, "media peer dropped");
            self.end = End::Nobody;
        }
    }
}
