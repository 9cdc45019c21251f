//! Everything the page says, in one table.
//!
//! A language is a value of [`Words`]: a missing sentence does not compile.

mod english;
mod spanish;

use call::api::ProblemCode;
use call::cause::{Cause, Outcome, Side};
use call::line::Trouble;
use call::number::NotANumber;
use call::phone::Refusal;

use english::ENGLISH;
use spanish::SPANISH;

/// One language.
pub(crate) struct Words {
    /// Its tag (BCP 47), for the document and for dates.
    pub(crate) tag: &'static str,

    pub(crate) demo_mode: &'static str,
    pub(crate) demo_explained: &'static str,
    pub(crate) signed_in_as: &'static str,
    pub(crate) sign_in: &'static str,
    pub(crate) sign_in_at_provider: &'static str,
    pub(crate) sign_out: &'static str,
    pub(crate) name: &'static str,
    pub(crate) password: &'static str,
    pub(crate) loading: &'static str,
    pub(crate) server_unreachable: &'static str,

    pub(crate) keypad: &'static str,
    pub(crate) calls: &'static str,
    pub(crate) main_navigation: &'static str,

    pub(crate) dialer: &'static str,
    pub(crate) number: &'static str,
    pub(crate) number_hint: &'static str,
    pub(crate) erase: &'static str,
    pub(crate) call: &'static str,

    pub(crate) line_off: &'static str,
    pub(crate) line_registering: &'static str,
    pub(crate) line_ready: &'static str,
    pub(crate) line_lost: &'static str,
    pub(crate) coming_back: &'static str,
    pub(crate) line_doubted: &'static str,
    pub(crate) microphone_blocked: &'static str,
    pub(crate) microphone_missing: &'static str,
    pub(crate) missing_calls: &'static str,
    pub(crate) sound_blocked: &'static str,
    pub(crate) session_over: &'static str,

    pub(crate) in_other_tab: &'static str,
    pub(crate) call_in_other_tab: &'static str,
    pub(crate) other_tab_silent: &'static str,
    pub(crate) other_tab_silent_in_call: &'static str,
    pub(crate) use_here: &'static str,
    pub(crate) notify_me: &'static str,

    pub(crate) calling: &'static str,
    pub(crate) ringing: &'static str,
    pub(crate) in_call: &'static str,
    pub(crate) on_hold: &'static str,
    pub(crate) call_ended: &'static str,
    pub(crate) ended_word: &'static str,
    pub(crate) hanging_up: &'static str,
    pub(crate) audio_connecting: &'static str,
    pub(crate) audio_flows: &'static str,
    pub(crate) audio_lost: &'static str,
    pub(crate) nothing_heard: &'static str,
    pub(crate) nothing_sent: &'static str,
    pub(crate) withheld: &'static str,
    pub(crate) telnyx_answered: fn(time: &str) -> String,
    pub(crate) talk_time: &'static str,
    pub(crate) mute: &'static str,
    pub(crate) hold: &'static str,
    pub(crate) once_answered: &'static str,
    pub(crate) digits_sent: &'static str,
    pub(crate) hang_up: &'static str,
    pub(crate) add_call: &'static str,
    pub(crate) other_calls: &'static str,
    pub(crate) switch: &'static str,
    pub(crate) not_held: &'static str,
    pub(crate) hold_failed: &'static str,
    pub(crate) incoming_call: &'static str,
    pub(crate) answer: &'static str,
    pub(crate) answering: &'static str,
    pub(crate) decline: &'static str,
    pub(crate) answer_holds: &'static str,
    pub(crate) slow_browser: &'static str,
    pub(crate) slow_telnyx: &'static str,
    pub(crate) answered_only_there: &'static str,
    pub(crate) ended_only_there: &'static str,
    pub(crate) may_be_open: &'static str,
    pub(crate) talked_for: fn(time: &str) -> String,
    pub(crate) rang_for: fn(time: &str) -> String,
    pub(crate) call_again: &'static str,
    pub(crate) done: &'static str,

    pub(crate) no_calls: &'static str,
    pub(crate) more_calls: &'static str,
    pub(crate) search: &'static str,
    pub(crate) search_hint: &'static str,
    pub(crate) none_found: &'static str,
    pub(crate) search_failed: &'static str,
    pub(crate) as_csv: &'static str,
    pub(crate) not_live: &'static str,
    pub(crate) recording_expected: &'static str,
    pub(crate) recording_paused: &'static str,
    pub(crate) off_record: &'static str,
    pub(crate) off_record_failed: &'static str,
    pub(crate) transfer: &'static str,
    pub(crate) transfer_to: &'static str,
    pub(crate) transfer_now: &'static str,
    pub(crate) ask_first: &'static str,
    pub(crate) join_them: &'static str,
    pub(crate) back_to: fn(far: &str) -> String,
    pub(crate) calling_third: fn(far: &str, third: &str) -> String,
    pub(crate) far_waits: fn(far: &str) -> String,
    pub(crate) far_left: fn(far: &str) -> String,
    pub(crate) transferred: fn(third: &str) -> String,
    /// Before why, as [`Words::ended`] says it.
    pub(crate) not_transferred: fn(third: &str) -> String,
    pub(crate) recording_processing: &'static str,
    pub(crate) recording_failed: &'static str,
    pub(crate) recording_missing: &'static str,
    pub(crate) recording_deleted: &'static str,
    pub(crate) no_word: &'static str,
    /// Of a call in the history.
    pub(crate) incoming: &'static str,
    /// Before the time it took, as `held`.
    pub(crate) rang: &'static str,
    pub(crate) held: &'static str,
    pub(crate) never_rang: &'static str,
    pub(crate) left_open: &'static str,
    pub(crate) play_recording: &'static str,
    pub(crate) pause_recording: &'static str,
    pub(crate) position: &'static str,
    pub(crate) cannot_play: &'static str,
    pub(crate) timeline: &'static str,
    /// The lanes of a timeline, in the order in which the server draws them.
    pub(crate) lanes: [&'static str; 7],
    pub(crate) as_list: &'static str,
    pub(crate) export: &'static str,
    pub(crate) no_timeline: &'static str,

    pub(crate) not_a_number: fn(NotANumber) -> &'static str,
    pub(crate) refusal: fn(Refusal) -> &'static str,
    pub(crate) trouble: fn(Trouble) -> &'static str,
    pub(crate) sign_in_refused: fn(ProblemCode) -> &'static str,
    /// How a call ended: the words behind "Ended:".
    pub(crate) ended: fn(Outcome, Side) -> &'static str,
    /// As [`Words::ended`], for what ended a call without either side's doing.
    pub(crate) ended_because: fn(&Cause) -> Option<&'static str>,
    /// How a call went: the word in the history.
    pub(crate) outcome: fn(Outcome) -> &'static str,
}

/// The language a browser that prefers `tag` gets.
pub(crate) fn for_tag(tag: &str) -> &'static Words {
    let language = tag.split('-').next().unwrap_or_default();
    if language.eq_ignore_ascii_case("es") { &SPANISH } else { &ENGLISH }
}

#[cfg(test)]
mod tests {
    use super::for_tag;

    #[test]
    fn a_browser_gets_its_language_and_english_where_we_have_none() {
        assert_eq!(for_tag("es-MX").tag, "es");
        assert_eq!(for_tag("en-GB").tag, "en");
        assert_eq!(for_tag("fr").tag, "en");
        assert_eq!(for_tag("").tag, "en");
    }
}
