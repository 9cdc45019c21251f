//! A timeline as lanes: who said what when, on the server's clock, and what held between.

use call::call as one_call;
use call::history::Fact;
use call::ids::CallId;
use call::phone;
use call::time::Millis;
use call::timeline::{Done, Entry, Export, Noted, Page, Webhook};
use schemars::JsonSchema;
use serde::Serialize;

use super::said::{
    HANG_UP, Said, Then, number, of_around, of_deed, of_event, of_webhook, of_what, said, speaker,
};

/// Who speaks, or of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Lane {
    /// What the person clicked.
    Person,
    /// The SDK's word on the call.
    Sdk,
    /// The socket and the peer connection.
    Connection,
    /// Sound and its devices.
    Sound,
    /// What went wrong or took too long.
    Warnings,
    /// Telnyx's webhooks.
    Telnyx,
    /// Our server.
    Server,
}

impl Lane {
    /// All of them, from top to bottom.
    pub(crate) const ALL: [Self; 7] = [
        Self::Person,
        Self::Sdk,
        Self::Connection,
        Self::Sound,
        Self::Warnings,
        Self::Telnyx,
        Self::Server,
    ];
}

/// What a mark means, beside its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Tone {
    Plain,
    /// It was answered, or works.
    Good,
    /// It needs attention.
    Attention,
    /// It is over, or failed.
    Bad,
}

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Mark {
    /// When, by the server's clock.
    pub(crate) at: Millis,
    /// What, in the protocol's words.
    pub(crate) word: String,
    pub(crate) tone: Tone,
    /// When our server had it, where somebody else says when it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) received: Option<Millis>,
}

/// What holds for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Holds {
    /// Not answered yet.
    Calling,
    /// Answered; connected.
    Talking,
    /// On hold; muted.
    Held,
    /// Away.
    Lost,
}

/// A while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Span {
    pub(crate) from: Millis,
    pub(crate) until: Millis,
    pub(crate) what: Holds,
}

/// A lane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Course {
    pub(crate) lane: Lane,
    /// In their order.
    pub(crate) marks: Vec<Mark>,
    pub(crate) spans: Vec<Span>,
}

/// All lanes of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "the answer has them by this name")]
pub(crate) struct Lanes {
    /// The first moment anybody speaks of, by the server's clock; the lanes begin there.
    pub(crate) begin: Millis,
    /// The last.
    pub(crate) end: Millis,
    pub(crate) lanes: Vec<Course>,
}

/// The second of the SDK's words for the end ([`HANG_UP`] is the first).
const DESTROY: &str = "destroy";

/// The lanes of what was said.
pub(crate) fn of(export: &Export) -> Lanes {
    let mut drawing = Drawing { heard: vec![] };
    let names = export.names();
    for page in &export.pages {
        drawing.page(&names, page);
    }
    if export.pages.is_empty() {
        // A page of an older version stated these and no more.
        let said_of = |fact: &Fact| (fact.at, None, of_what(Lane::Sdk, &fact.what));
        drawing.heard.extend(export.browser.iter().map(said_of));
    }
    for Webhook { event_type, received_at, fact, .. } in &export.telnyx {
        let said = of_webhook(event_type, &fact.what);
        drawing.heard.push((fact.at, Some(*received_at), said));
    }
    for Done { at, what } in &export.server {
        drawing.heard.push((*at, None, of_deed(what)));
    }
    drawing.finish()
}

struct Drawing {
    /// When, when our server had it if that is not the same, and what.
    heard: Vec<(Millis, Option<Millis>, Said)>,
}

impl Drawing {
    fn page(&mut self, names: &[CallId], page: &Page) {
        let mut known = None;
        let mut first = None;
        for Entry { at, what } in &page.entries {
            let said = match what {
                Noted::Phone(_) => None,
                // The SDK says them with every update.
                Noted::Event(phone::Event::Call(_, one_call::Event::Identified(ids)))
                    if known.replace(ids) == Some(ids) =>
                {
                    None
                }
                Noted::Event(event) => of_event(names, event).map(|mut said| {
                    if let Some(object) = speaker(event) {
                        said.word.push_str(&number(*first.get_or_insert(object), object));
                    }
                    said
                }),
                Noted::Around(around) => Some(of_around(around)),
                Noted::Dropped(count) => {
                    Some(said(Lane::Warnings, format!("dropped {count}")).is(Tone::Attention))
                }
            };
            self.heard.extend(said.map(|said| (page.aligned(*at), None, said)));
        }
    }

    fn finish(mut self) -> Lanes {
        // What was said at one moment stays in the order in which it was.
        self.heard.sort_by_key(|(at, ..)| *at);
        let begin = self.heard.first().map(|(at, ..)| *at).unwrap_or_default();
        let end = self.heard.last().map(|(at, ..)| *at).unwrap_or_default();
        let mut lanes: Vec<Course> = Lane::ALL
            .into_iter()
            .map(|lane| Course { lane, marks: vec![], spans: vec![] })
            .collect();
        let mut open: Vec<Option<(Millis, Holds)>> = vec![None; lanes.len()];
        let mut hung_up = false;
        for (at, received, Said { lane, mut word, tone, then }) in self.heard {
            let place = lane as usize;
            let is_end = lane == Lane::Sdk && word.starts_with(HANG_UP);
            if is_end && std::mem::replace(&mut hung_up, true) {
                word.replace_range(..HANG_UP.len(), DESTROY);
            }
            let ends = match then {
                Then::Same => 0..0,
                // With the call go its connection and its tracks.
                Then::Over if lane == Lane::Sdk => 0..Lane::Telnyx as usize,
                Then::Now(what) if open[place].is_some_and(|(_, held)| held == what) => 0..0,
                Then::Now(_) | Then::Over => place..place + 1,
            };
            for place in ends {
                let span = open[place].take().map(|(from, what)| Span { from, until: at, what });
                lanes[place].spans.extend(span);
            }
            if let Then::Now(what) = then {
                open[place].get_or_insert((at, what));
            }
            lanes[place].marks.push(Mark { at, word, tone, received });
        }
        for (course, held) in lanes.iter_mut().zip(open) {
            // Nobody said that it ended.
            course.spans.extend(held.map(|(from, what)| Span { from, until: end, what }));
        }
        Lanes { begin, end, lanes }
    }
}
