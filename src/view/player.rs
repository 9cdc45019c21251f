//! Plays one recording.

use leptos::html::Audio;
use leptos::prelude::*;
use web_sys::HtmlInputElement;

use super::clock::span;
use super::icon::{Icon, icon};
use crate::boxed::{effect, on};
use crate::words::Words;

/// A moment of the audio, in seconds as the browser gives it, in milliseconds.
fn ms(seconds: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to a day, and NaN becomes zero"
    )]
    ((seconds.clamp(0.0, 86_400.0) * 1_000.0) as u64)
}

#[component]
pub(crate) fn Player(
    url: String,
    /// The picture of the audio, as a value of CSS.
    picture: String,
    /// How long the audio lasts in milliseconds, as the server knows it.
    duration_ms: Option<u64>,
    words: &'static Words,
    /// The recording that is heard, on the whole page; nothing while there is a call.
    heard: RwSignal<Option<String>>,
) -> impl IntoView {
    let audio = NodeRef::<Audio>::new();
    let (playing, set_playing) = signal(false);
    let (at, set_at) = signal(0.0_f64);
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of a call are far below 2^53")]
    let (length, set_length) = signal(duration_ms.map(|ms| ms as f64 / 1_000.0));
    let (failed, set_failed) = signal(false);

    let this = url.clone();
    effect(move || {
        if heard.with(|heard| heard.as_ref() != Some(&this))
            && let Some(audio) = audio.get_untracked()
        {
            // One that does not play is paused already.
            let _ = audio.pause();
        }
    });
    let this = url.clone();
    let toggle = move |_| {
        let Some(audio) = audio.get_untracked() else { return };
        if audio.paused() {
            set_failed.set(false);
            heard.set(Some(this.clone()));
            // Whether it plays is told by the element's own events.
            let _ = audio.play();
        } else if audio.pause().is_err() {
            set_failed.set(true);
        }
    };
    let seek = move |event| {
        let to = event_target::<HtmlInputElement>(&event).value_as_number();
        if let Some(audio) = audio.get_untracked() {
            audio.set_current_time(to);
            // Before anything is loaded the element keeps it to itself.
            set_at.set(to);
        }
    };
    // In thousandths: what makes fractions of text and text of fractions brings 13 kB of tables.
    let played = move || ms(at.get() / length.get().unwrap_or(0.0)).to_string();
    let measure = move |_| {
        let measured = audio.get_untracked().map(|audio| audio.duration());
        if let Some(seconds) = measured.filter(|seconds| seconds.is_finite()) {
            set_length.set(Some(seconds));
        }
    };
    view! {
        <div class="player">
            <audio
                node_ref=audio
                src=url
                preload="none"
                on:play=on(move |_| set_playing.set(true))
                on:pause=on(move |_| set_playing.set(false))
                on:ended=on(move |_| set_playing.set(false))
                on:durationchange=on(measure)
                on:timeupdate=move |_| {
                    set_at.set(audio.get_untracked().map_or(0.0, |audio| audio.current_time()));
                }
                on:error=move |_| {
                    set_playing.set(false);
                    set_failed.set(true);
                }
            ></audio>
            <button
                class="player__button"
                type="button"
                aria-label=move || if playing.get() { words.pause_recording } else { words.play_recording }
                on:click=on(toggle)
            >
                {move || icon(if playing.get() { Icon::Pause } else { Icon::Play })}
            </button>
            <div class="player__track">
                <i class="player__wave" style:mask-image=picture style:--played=played></i>
                <input
                    class="player__position"
                    type="range"
                    min="0"
                    step="0.1"
                    aria-label=words.position
                    aria-valuetext=move || span(ms(at.get()))
                    // As properties, for the same reason.
                    prop:max=move || length.get().unwrap_or(0.0)
                    prop:value=move || at.get()
                    on:input=on(seek)
                />
            </div>
            <span class="player__time">
                {move || span(ms(at.get()))}" / "{move || length.get().map_or_else(|| "–".to_owned(), |all| span(ms(all)))}
            </span>
            {move || failed.get().then(|| view! { <p class="problem" role="alert">{words.cannot_play}</p> }.into_any())}
        </div>
    }
}
