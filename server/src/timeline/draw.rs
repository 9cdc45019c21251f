//! The lanes of a timeline, drawn: for each an SVG and the same as a list, in one line; the axis comes last.
//!
//! The page puts them into place as they are. No text in them is in a language: they are words of the protocols, and
//! times. No element has a style: the page's sheet names the colours.

use std::cmp::Ordering;
use std::fmt::Write as _;

use call::time::Millis;

use super::axis::Axis;
use super::lanes::{Course, Holds, Lanes, Mark, Tone};

/// How wide a letter of a mark's name is, in pixels; somewhat more than it is.
const LETTER: f64 = 6.2;
/// What stays free between two names.
const SPACE: f64 = 8.0;
/// How high a name is; three may stand above each other.
const ROW: f64 = 13.0;
/// How high the track is, on which the marks stand.
const TRACK: f64 = 18.0;
/// How high the axis is.
const AXIS: f64 = 18.0;

/// Where somebody looks at a timeline.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// How much room there is, in pixels.
    pub(super) width: f64,
    /// How many minutes their clocks are behind UTC.
    pub(super) behind_utc: i32,
}

/// Each lane, then the axis, a line each.
pub(super) fn lines(lanes: &Lanes, place: Place) -> String {
    let marks = lanes.lanes.iter().flat_map(|course| &course.marks);
    let axis = Axis::new(marks.map(|mark| mark.at).collect(), place.width);
    let mut text = String::new();
    for course in &lanes.lanes {
        if !course.marks.is_empty() {
            Drawing { text: &mut text, axis: &axis, begin: lanes.begin, place }.lane(course);
        }
        text.push('\n');
    }
    Drawing { text: &mut text, axis: &axis, begin: lanes.begin, place }.axis();
    text.push('\n');
    text
}

struct Drawing<'a> {
    text: &'a mut String,
    axis: &'a Axis,
    begin: Millis,
    place: Place,
}

/// A name that stands where it can always be read.
struct Name {
    /// Counted from the top.
    row: usize,
    left: f64,
    right: f64,
    /// Where the line stands that leads down to its mark.
    stem: f64,
}

impl Name {
    /// Whether two names stand on each other, or the stem of one goes through the other.
    fn meets(&self, other: &Self) -> bool {
        match self.row.cmp(&other.row) {
            Ordering::Equal => self.left < other.right + SPACE && other.left < self.right + SPACE,
            Ordering::Less => other.is_crossed_by(self),
            Ordering::Greater => self.is_crossed_by(other),
        }
    }

    fn is_crossed_by(&self, higher: &Self) -> bool {
        self.left < higher.stem && higher.stem < self.right
    }
}

// Writing to a String cannot fail.
impl Drawing<'_> {
    fn open(&mut self, class: &str, high: f64) {
        let width = self.axis.width;
        let _ = write!(
            self.text,
            r#"<svg class="{class}" role="presentation" viewBox="0 0 {width} {high}" width="{width}" height="{high}">"#
        );
    }

    fn lane(&mut self, course: &Course) {
        let names = self.names(&course.marks);
        let rows = names.iter().flatten().map(|name| name.row + 1).max().unwrap_or(1);
        #[expect(clippy::cast_precision_loss, reason = "there are three rows at most")]
        let top = rows as f64 * ROW;
        let high = top + TRACK;
        self.open("lane__picture", high);
        self.text.push_str(r#"<path class="lane__grid" d=""#);
        for (_, x) in self.axis.ticks() {
            let _ = write!(self.text, "M{x:.1} 0V{high}");
        }
        let y = top + TRACK / 2.0;
        let end = self.axis.width;
        let _ = write!(self.text, r#""/><path class="lane__track" d="M0 {y}H{end}"/>"#);
        for span in &course.spans {
            let (from, until) = (self.axis.place(span.from), self.axis.place(span.until));
            let class = class_of(span.what);
            let _ = write!(
                self.text,
                r#"<path class="span span--{class}" d="M{from:.1} {y}H{until:.1}"/>"#
            );
        }
        for (mark, name) in course.marks.iter().zip(&names) {
            self.mark(mark, name.as_ref(), y);
        }
        self.text.push_str("</svg>");
        self.list(course);
    }

    /// Finds room for names: first for those that mean something, in the middle, so that what came before can stand above
    /// them and what comes after below.
    fn names(&self, marks: &[Mark]) -> Vec<Option<Name>> {
        let mut names: Vec<Option<Name>> = marks.iter().map(|_| None).collect();
        let (plain, telling): (Vec<usize>, Vec<usize>) =
            (0..marks.len()).partition(|at| marks[*at].tone == Tone::Plain);
        for at in telling.into_iter().chain(plain) {
            let stem = self.axis.place(marks[at].at);
            let wide = width_of(&marks[at].word);
            let left = stem.min(self.axis.width - wide);
            let order = if marks[at].tone == Tone::Plain { [0, 1, 2] } else { [1, 0, 2] };
            let rows = order.map(|row| Name { row, left, right: left + wide, stem });
            let fits = |name: &Name| {
                name.left >= 0.0 && names.iter().flatten().all(|other| !name.meets(other))
            };
            let found = rows.into_iter().find(fits);
            names[at] = found;
        }
        names
    }

    fn mark(&mut self, mark: &Mark, name: Option<&Name>, y: f64) {
        let x = self.axis.place(mark.at);
        let (tone, word) = (class_of_tone(mark.tone), escaped(&mark.word));
        let told = [&word, " · ", &self.times(mark)].concat();
        let _ = write!(
            self.text,
            r#"<g class="mark mark--{tone}" tabindex="0" role="img" aria-label="{told}"><title>{told}</title>"#
        );
        if let Some(received) = mark.received {
            let late = self.axis.place(received);
            let _ = write!(self.text, r#"<path class="mark__late" d="M{x:.1} {y}H{late:.1}"/>"#);
        }
        if let Some(Name { row, left, .. }) = name {
            #[expect(clippy::cast_precision_loss, reason = "there are three rows at most")]
            let base = *row as f64 * ROW + 10.0;
            let stem = base + 3.0;
            let _ = write!(
                self.text,
                r#"<path class="mark__stem" d="M{x:.1} {stem}V{y}"/><text class="mark__name" x="{left:.1}" y="{base}">{word}</text>"#
            );
        }
        // Around it, for fingers.
        let _ = write!(self.text, r#"<circle class="mark__reach" cx="{x:.1}" cy="{y}" r="9"/>"#);
        let shape = match mark.tone {
            Tone::Plain | Tone::Good => format!(r#"<circle cx="{x:.1}" cy="{y}" r="4.5""#),
            Tone::Attention => {
                format!(r#"<path d="M{x:.1} {}l5.5 9.5h-11z""#, y - 6.0)
            }
            Tone::Bad => {
                format!(r#"<rect x="{:.1}" y="{}" width="8" height="8""#, x - 4.0, y - 4.0)
            }
        };
        let _ = write!(self.text, r#"{shape} class="mark__sign"/>"#);
        let left = x.min(self.axis.width - width_of(&told)).max(0.0);
        let _ =
            write!(self.text, r#"<text class="mark__told" x="{left:.1}" y="10">{told}</text></g>"#);
    }

    fn list(&mut self, course: &Course) {
        self.text.push_str(r#"<ol class="lane__list">"#);
        for mark in &course.marks {
            let (word, times) = (escaped(&mark.word), self.times(mark));
            let tone = class_of_tone(mark.tone);
            let _ = write!(self.text, r#"<li>{times} <b class="mark--{tone}">{word}</b></li>"#);
        }
        self.text.push_str("</ol>");
    }

    /// Since the call began, and by the clocks of whoever looks; when our server had it, where that is another time.
    fn times(&self, mark: &Mark) -> String {
        let mut times =
            [&since(mark.at.since(self.begin), true), " · ", &self.clock(mark.at)].concat();
        if let Some(received) = mark.received {
            let _ = write!(times, " → {}", self.clock(received));
        }
        times
    }

    fn clock(&self, at: Millis) -> String {
        const DAY: i64 = 24 * 60 * 60 * 1_000;
        let utc = i64::try_from(at.0).unwrap_or(i64::MAX);
        let ms = utc.saturating_sub(i64::from(self.place.behind_utc) * 60_000).rem_euclid(DAY);
        let (seconds, ms) = (ms / 1_000, ms % 1_000);
        format!("{:02}:{:02}:{:02}.{ms:03}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
    }

    fn axis(&mut self) {
        self.open("lane__axis", AXIS);
        let ticks = self.axis.ticks();
        let whole = ticks.last().is_some_and(|(last, _)| last.since(self.begin) >= 60_000);
        for (number, (at, x)) in ticks.iter().enumerate() {
            let anchor = match number {
                0 => "start",
                _ if number + 1 == ticks.len() => "end",
                _ => "middle",
            };
            let since = since(at.since(self.begin), !whole);
            let _ = write!(
                self.text,
                r#"<text x="{x:.1}" y="13" text-anchor="{anchor}">{since}</text>"#
            );
        }
        let free = |x: &f64| ticks.iter().all(|(_, tick)| (tick - x).abs() > 30.0);
        for x in self.axis.pauses().filter(free) {
            let _ = write!(self.text, r#"<text x="{x:.1}" y="13" text-anchor="middle">⋯</text>"#);
        }
        self.text.push_str("</svg>");
    }
}

/// How wide a text is, in pixels.
fn width_of(text: &str) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a text is far shorter than 2^52 letters")]
    let letters = text.chars().count() as f64;
    letters * LETTER
}

/// `0:07`, `1:02:03`; with tenths `0:07.3`.
fn since(ms: u64, tenths: bool) -> String {
    let seconds = ms / 1_000;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let mut text = if hours == 0 {
        format!("{minutes}:{seconds:02}")
    } else {
        format!("{hours}:{minutes:02}:{seconds:02}")
    };
    if tenths {
        let _ = write!(text, ".{}", ms % 1_000 / 100);
    }
    text
}

const fn class_of(what: Holds) -> &'static str {
    match what {
        Holds::Calling => "calling",
        Holds::Talking => "talking",
        Holds::Held => "held",
        Holds::Lost => "lost",
    }
}

const fn class_of_tone(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "plain",
        Tone::Good => "good",
        Tone::Attention => "attention",
        Tone::Bad => "bad",
    }
}

/// A word as text of HTML, in one line: it may be anybody's.
fn escaped(word: &str) -> String {
    let mut text = String::with_capacity(word.len());
    for letter in word.chars() {
        match letter {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            letter if letter.is_control() => text.push(' '),
            letter => text.push(letter),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use call::time::Millis;

    use super::{Place, lines};
    use crate::timeline::lanes::{Course, Holds, Lane, Lanes, Mark, Span, Tone};

    const PLACE: Place = Place { width: 320.0, behind_utc: -60 };

    fn mark(at: u64, word: &str) -> Mark {
        Mark { at: Millis(at), word: word.to_owned(), tone: Tone::Plain, received: None }
    }

    fn one(marks: Vec<Mark>) -> Lanes {
        let lanes = Lane::ALL.map(|lane| Course { lane, marks: vec![], spans: vec![] });
        let mut lanes = lanes.to_vec();
        lanes[1].marks = marks;
        lanes[1].spans = vec![Span { from: Millis(0), until: Millis(9), what: Holds::Talking }];
        Lanes { begin: Millis(0), end: Millis(60_000), lanes }
    }

    #[test]
    fn there_is_a_line_a_lane_and_one_for_the_axis_and_what_is_empty_is_empty() {
        let drawn = lines(&one(vec![mark(0, "new"), mark(59_000, "active")]), PLACE);
        let drawn: Vec<&str> = drawn.lines().collect();
        assert_eq!(drawn.len(), Lane::ALL.len() + 1);
        assert!(drawn[0].is_empty());
        assert!(
            drawn[1].starts_with("<svg class=\"lane__picture\" role=\"presentation\""),
            "{}",
            drawn[1]
        );
        assert!(drawn[1].contains("aria-label=\"active · 0:59.0 · 01:00:59.000\""), "{}", drawn[1]);
        assert!(
            drawn[1].contains("<li>0:00.0 · 01:00:00.000 <b class=\"mark--plain\">new</b></li>"),
            "{}",
            drawn[1]
        );
        assert!(drawn[7].contains(">0:00.0</text>") && drawn[7].contains(">0:59.0</text>"));
    }

    #[test]
    fn what_a_stranger_said_stays_text_in_one_line() {
        let hostile = "</svg><script>x</script>\n\"onload=\"x&";
        let drawn = lines(&one(vec![mark(0, hostile)]), PLACE);
        assert!(!drawn.contains("<script") && !drawn.contains("\"onload"), "{drawn}");
        assert_eq!(drawn.lines().count(), Lane::ALL.len() + 1);
    }

    #[test]
    fn no_style_is_needed_that_the_policy_would_refuse() {
        let drawn = lines(&one(vec![mark(0, "new")]), PLACE);
        assert!(!drawn.contains("style") && !drawn.contains("fill="), "{drawn}");
    }

    /// The names that always stand there: left, right and baseline.
    fn names(drawn: &str) -> Vec<(f64, f64, f64)> {
        let number = |text: &str, name: &str| -> f64 {
            let rest = text.split(&format!(" {name}=\"")).nth(1).unwrap_or_default();
            rest.split('"').next().unwrap_or_default().parse().unwrap_or(f64::NAN)
        };
        let of = |text: &str| {
            let word = text.split(['>', '<']).nth(1).unwrap_or_default();
            let left = number(text, "x");
            (left, left + super::width_of(word), number(text, "y"))
        };
        drawn.split("class=\"mark__name\"").skip(1).map(of).collect()
    }

    #[test]
    fn names_never_stand_on_each_other_nor_outside() {
        for width in [240.0, 320.0, 700.0] {
            let words = ["new", "requesting", "trying", "telnyx_rtc.ringing", "active", "held"];
            let marks = (0..60)
                .map(|n| mark(n * n * 7, words[usize::try_from(n).unwrap_or(0) % words.len()]))
                .collect();
            let drawn = lines(&one(marks), Place { width, ..PLACE });
            let names = names(&drawn);
            assert!(names.len() >= 3, "some are always to be read");
            for (at, (left, right, base)) in names.iter().enumerate() {
                assert!(*left >= 0.0 && *right <= width, "{left} to {right} of {width}");
                for (other, until, same) in &names[at + 1..] {
                    let apart = other >= right || until <= left || (same - base).abs() > 1.0;
                    assert!(apart, "{left}–{right} and {other}–{until}");
                }
            }
        }
    }
}
