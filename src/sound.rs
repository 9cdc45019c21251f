//! What is heard: the far end, and our tones while something rings.

use call::ids::CallId;
use call::phone::Tone;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AudioBufferSourceNode, AudioContext, AudioContextState, HtmlAudioElement, MediaStream,
};

use crate::boxed::spawn;
use crate::few::Few;

/// The far ends' voices: one audio element a call, for two calls that share one fall silent.
pub(crate) struct Speakers {
    elements: Few<CallId, HtmlAudioElement>,
    blocked: RwSignal<bool>,
}

/// How long a tone may take to begin, in milliseconds. A browser that waits for a click or a key lets it begin then.
const BEGINS_MS: u32 = 1_000;

impl Speakers {
    /// None, and where it is to be said that the browser lets nothing be heard.
    pub(crate) fn new(blocked: RwSignal<bool>) -> Self {
        Self { elements: Few::default(), blocked }
    }

    /// Tries once more what the browser has blocked: somebody has clicked or pressed a key. Whether there was anything.
    pub(crate) fn unblock(&mut self) -> bool {
        let mut any = false;
        for (_, element) in self.elements.iter_mut() {
            play(element, self.blocked);
            any = true;
        }
        any
    }

    /// Lets a call's remote stream be heard.
    pub(crate) fn attach(&mut self, id: &CallId, stream: &MediaStream) {
        let same = |element: &HtmlAudioElement| element.src_object().as_ref() == Some(stream);
        if self.elements.get(id).is_some_and(same) {
            return;
        }
        let Ok(element) = HtmlAudioElement::new() else { return };
        element.set_autoplay(true);
        element.set_src_object(Some(stream));
        if let Some(body) =
            web_sys::window().and_then(|window| window.document()).and_then(|page| page.body())
        {
            // In the document, so that a person's or a test's tools can find what is playing.
            let _ = body.append_child(&element);
        }
        play(&element, self.blocked);
        if let Some(old) = self.elements.insert(id.clone(), element) {
            silence(&old);
        }
    }

    /// Stops a call's remote stream.
    pub(crate) fn detach(&mut self, id: &CallId) {
        if let Some(element) = self.elements.remove(id) {
            silence(&element);
        }
    }
}

fn play(element: &HtmlAudioElement, blocked: RwSignal<bool>) {
    let Ok(playing) = element.play() else { return };
    let element = element.clone();
    spawn(async move {
        let plays = JsFuture::from(playing).await.is_ok();
        // What was silenced meanwhile did not have to begin.
        if plays || element.src_object().is_some() {
            blocked.set(!plays);
        }
    });
}

fn silence(element: &HtmlAudioElement) {
    element.set_src_object(None);
    element.remove();
}

/// A tone that plays over and over. Silent once dropped.
#[must_use = "the tone stops as soon as this is dropped"]
pub(crate) struct Playing {
    context: AudioContext,
    source: AudioBufferSourceNode,
    _begins: Timeout,
}

/// One period of a tone: two frequencies together, then silence.
struct Shape {
    hertz: (f64, f64),
    /// Samples with sound in them.
    sounding: u32,
    /// Samples in all.
    period: u32,
    /// Loud enough to hear, far from startling.
    level: f64,
}

/// Samples a second; more than enough for low tones.
const RATE: u32 = 8_000;

/// What a tone sounds like: ringback and call waiting as in North America, the ringtone our own.
const fn shape(tone: Tone) -> Shape {
    match tone {
        Tone::Ringback => {
            Shape { hertz: (440.0, 480.0), sounding: 2 * RATE, period: 6 * RATE, level: 0.06 }
        }
        Tone::Ringtone => {
            Shape { hertz: (587.0, 740.0), sounding: RATE, period: 3 * RATE, level: 0.12 }
        }
        Tone::Waiting => {
            Shape { hertz: (440.0, 440.0), sounding: RATE * 3 / 10, period: 10 * RATE, level: 0.04 }
        }
    }
}

impl Playing {
    /// Starts a tone, and says so if the browser blocks it.
    pub(crate) fn start(tone: Tone, blocked: RwSignal<bool>) -> Result<Self, JsValue> {
        let shape = shape(tone);
        let context = AudioContext::new()?;
        #[expect(clippy::cast_precision_loss, reason = "8000 is far below 2^24")]
        let buffer = context.create_buffer(1, shape.period, RATE as f32)?;
        buffer.copy_to_channel(&samples(&shape), 0)?;
        let source = context.create_buffer_source()?;
        source.set_buffer(Some(&buffer));
        source.set_loop(true);
        source.connect_with_audio_node(&context.destination())?;
        source.start()?;
        let of = context.clone();
        let begins = Timeout::new(BEGINS_MS, move || {
            if of.state() == AudioContextState::Suspended {
                blocked.set(true);
            }
        });
        Ok(Self { context, source, _begins: begins })
    }

    /// Tries once more what the browser has blocked. It lets nobody know that it still does.
    pub(crate) fn unblock(&self, blocked: RwSignal<bool>) {
        let Ok(resuming) = self.context.resume() else { return };
        spawn(async move {
            if JsFuture::from(resuming).await.is_ok() {
                blocked.set(false);
            }
        });
    }
}

/// The browser's sine: one of our own is kilobytes of the page.
#[expect(clippy::cast_possible_truncation, reason = "a sample is a 32-bit float")]
fn samples(shape: &Shape) -> Vec<f32> {
    let wave = |hertz: f64, sample: u32| {
        js_sys::Math::sin(std::f64::consts::TAU * hertz * f64::from(sample) / f64::from(RATE))
    };
    let (low, high) = shape.hertz;
    let sample = |at| (shape.level * (wave(low, at) + wave(high, at))) as f32;
    (0..shape.sounding).map(sample).collect()
}

impl Drop for Playing {
    fn drop(&mut self) {
        // Both fail only if the tone has ended already.
        #[expect(deprecated, reason = "web-sys marks the overload without a time so")]
        let _ = self.source.stop();
        let _ = self.context.close();
    }
}
