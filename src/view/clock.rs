//! Times as people read them.

use call::time::Millis;
use gloo_timers::callback::Interval;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::boxed::memo;
use crate::shell::now;

/// A span: `0:07`, `12:34`, `1:02:03`. `ms` is in milliseconds; the started second is not counted.
pub(crate) fn span(ms: u64) -> String {
    let seconds = ms / 1_000;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours == 0 {
        format!("{minutes}:{seconds:02}")
    } else {
        format!("{hours}:{minutes:02}:{seconds:02}")
    }
}

/// The time since `start`, from timestamps and not from ticks: a sleeping tab comes back right.
pub(crate) fn running(start: Millis) -> Memo<String> {
    let (at, set_at) = signal(now());
    let ticks = Interval::new(200, move || set_at.set(now()));
    // Kept until the view is gone, and the ticks with it.
    StoredValue::new_local(ticks);
    memo(move || span(at.get().since(start)))
}

/// The time of day, with seconds, in the reader's language.
pub(crate) fn time_of_day(at: Millis, tag: &str) -> String {
    String::from(date(at).to_locale_time_string(tag))
}

/// The time of day, and the day unless it is today, in the reader's language.
pub(crate) fn day_and_time(at: Millis, tag: &str) -> String {
    let options = js_sys::Object::new();
    let is_today = date(at).to_date_string() == date(now()).to_date_string();
    let day = (!is_today).then_some(("dateStyle", "medium"));
    for (name, value) in day.into_iter().chain([("timeStyle", "short")]) {
        // A plain object takes any property.
        let _ = js_sys::Reflect::set(&options, &name.into(), &value.into());
    }
    String::from(date(at).to_locale_string(tag, &options))
}

/// How many minutes behind UTC the reader's clocks were at this moment.
pub(crate) fn behind_utc(at: Millis) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "whole minutes, less than a day of them")]
    (date(at).get_timezone_offset() as i32)
}

fn date(at: Millis) -> js_sys::Date {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
    js_sys::Date::new(&JsValue::from_f64(at.0 as f64))
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn a_span_counts_whole_seconds_and_shows_hours_only_when_there_are_some() {
        assert_eq!(span(0), "0:00");
        assert_eq!(span(999), "0:00");
        assert_eq!(span(7_000), "0:07");
        assert_eq!(span(754_321), "12:34");
        assert_eq!(span(3_723_000), "1:02:03");
    }
}
