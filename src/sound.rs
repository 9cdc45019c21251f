//! What is heard: the far end, and the ringback tone while it rings.

use std::collections::HashMap;

use call::ids::CallId;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AudioBufferSourceNode, AudioContext, HtmlAudioElement, MediaStream};

/// The far ends' voices: one audio element a call, for two calls that share one fall silent.
#[derive(Default)]
pub(crate) struct Speakers {
    elements: HashMap<CallId, HtmlAudioElement>,
}

impl Speakers {
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
        if let Ok(playing) = element.play() {
            spawn_local(async move {
                if let Err(error) = JsFuture::from(playing).await {
                    leptos::logging::warn!("the browser blocks sound: {error:?}");
                }
            });
        }
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

fn silence(element: &HtmlAudioElement) {
    element.set_src_object(None);
    element.remove();
}

/// The North American ringback tone: 440 and 480 Hz, two seconds on and four off. Silent once dropped.
#[must_use = "the tone stops as soon as this is dropped"]
pub(crate) struct Ringback {
    context: AudioContext,
    source: AudioBufferSourceNode,
}

impl Ringback {
    /// Samples a second; more than enough for two low tones.
    const RATE: f32 = 8_000.0;
    /// Samples of one period: six seconds.
    const PERIOD: u32 = 48_000;
    /// Samples with sound in them: two seconds.
    const SOUNDING: u32 = 16_000;
    /// Loud enough to hear, far from startling.
    const LEVEL: f32 = 0.06;

    /// Starts the tone.
    pub(crate) fn play() -> Result<Self, JsValue> {
        let context = AudioContext::new()?;
        let buffer = context.create_buffer(1, Self::PERIOD, Self::RATE)?;
        buffer.copy_to_channel(&Self::samples(), 0)?;
        let source = context.create_buffer_source()?;
        source.set_buffer(Some(&buffer));
        source.set_loop(true);
        source.connect_with_audio_node(&context.destination())?;
        source.start()?;
        Ok(Self { context, source })
    }

    #[expect(clippy::cast_precision_loss, reason = "sample numbers are far below 2^24")]
    fn samples() -> Vec<f32> {
        let tone = |hertz: f32, sample: u32| {
            (std::f32::consts::TAU * hertz * sample as f32 / Self::RATE).sin()
        };
        (0..Self::PERIOD)
            .map(|sample| {
                if sample < Self::SOUNDING {
                    Self::LEVEL * (tone(440.0, sample) + tone(480.0, sample))
                } else {
                    0.0
                }
            })
            .collect()
    }
}

impl Drop for Ringback {
    fn drop(&mut self) {
        // Both fail only if the tone has ended already.
        #[expect(deprecated, reason = "web-sys marks the overload without a time so")]
        let _ = self.source.stop();
        let _ = self.context.close();
    }
}
