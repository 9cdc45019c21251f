//! Pictures for words that stand beside them; hidden from screen readers.

use leptos::prelude::*;

/// Which picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Icon {
    Phone,
    Microphone,
    MicrophoneOff,
    Pause,
    Keypad,
    Play,
    Erase,
    Outgoing,
    Incoming,
    Missed,
}

impl Icon {
    /// The picture's outline on a grid of 24.
    const fn path(self) -> &'static str {
        match self {
            Self::Phone => {
                "M6.5 3.5l3 .8 1.2 4-2 1.6a12 12 0 0 0 5.4 5.4l1.6-2 4 1.2.8 3c0 1.7-1.3 3-3 3A14.5 14.5 0 0 1 3.5 6.5c0-1.7 1.3-3 3-3z"
            }
            Self::Microphone => {
                "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM6 11a6 6 0 0 0 12 0M12 17v4M9 21h6"
            }
            Self::MicrophoneOff => {
                "M9 9v2a3 3 0 0 0 4.5 2.6M15 10V6a3 3 0 0 0-5.8-1.1M6 11a6 6 0 0 0 9 5.2M17.7 13a6 6 0 0 0 .3-2M12 17v4M9 21h6M4 4l16 16"
            }
            Self::Keypad => {
                "M5 6a1 1 0 1 0 2 0 1 1 0 1 0-2 0M11 6a1 1 0 1 0 2 0 1 1 0 1 0-2 0M17 6a1 1 0 1 0 2 0 1 1 0 1 0-2 0M5 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0M11 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0M17 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0M5 18a1 1 0 1 0 2 0 1 1 0 1 0-2 0M11 18a1 1 0 1 0 2 0 1 1 0 1 0-2 0M17 18a1 1 0 1 0 2 0 1 1 0 1 0-2 0"
            }
            Self::Pause => "M8 5v14M16 5v14",
            Self::Play => "M8 5l11 7-11 7z",
            Self::Erase => "M9 6h11v12H9l-6-6zM12 9.5l5 5M17 9.5l-5 5",
            Self::Outgoing => "M7 17L17 7M9 7h8v8",
            Self::Incoming => "M17 7L7 17M15 17H7V9",
            Self::Missed => "M6 6l12 12M18 6L6 18",
        }
    }
}

/// The receiver put down: the picture of the phone, turned.
pub(crate) fn hang_up_icon() -> AnyView {
    view! { <span class="icon icon--down">{icon(Icon::Phone)}</span> }.into_any()
}

/// Draws a picture in the colour of its text.
pub(crate) fn icon(which: Icon) -> AnyView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d=which.path() />
        </svg>
    }
    .into_any()
}
