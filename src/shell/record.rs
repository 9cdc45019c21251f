//! What this page writes down of its calls: the phone's own log, so that what was shown can be gone through once more.
//!
//! A call's log begins with the phone as it was and takes all that happens to the phone while the call lives. It leaves
//! in numbered pieces; `post.rs` sees to it that each arrives, and the server that each is stored once.

use call::call::{Remains, Stage};
use call::ids::CallId;
use call::phone::{Dialling, Phone};
use call::time::Millis;
use call::timeline::{BATCH_BYTES, BATCH_ENTRIES, MOST_BYTES, MOST_ENTRIES};

/// How many logs are kept open for what may still be heard of calls that are over.
const LOGS: usize = 8;

/// What this document writes down.
#[derive(Default)]
pub(super) struct Recorder {
    /// The number by which the server tells documents apart.
    page: u32,
    logs: Vec<Log>,
    /// What happened since a number was dialled that has no call yet.
    dialled: Vec<String>,
}

/// Some of a call's log, on its way to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) call: CallId,
    /// JSON in one line, as `call::timeline::Batch` reads it.
    pub(super) body: String,
}

/// The log of one call.
struct Log {
    call: CallId,
    /// What has not left yet: entries with commas between them.
    open: String,
    entries: usize,
    /// Which piece is the next.
    number: u32,
    /// How much was taken in all.
    kept: u32,
    bytes: usize,
    /// How many entries were not.
    dropped: u32,
    over: bool,
}

/// An entry: when, under which name, and the JSON of what.
fn entry(at: Millis, name: &str, what: &str) -> String {
    ["{\"at\":", &at.0.to_string(), ",\"what\":{\"", name, "\":", what, "}}"].concat()
}

impl Recorder {
    pub(super) fn new(page: u32) -> Self {
        Self { page, ..Self::default() }
    }

    /// Takes an event of the phone's, as JSON; `of` is the call that it was said of, `beginning` writes down the phone
    /// as it was before.
    pub(super) fn heard(
        &mut self,
        at: Millis,
        event: &str,
        of: Option<&CallId>,
        before: &Phone,
        after: &Phone,
        beginning: &dyn Fn() -> String,
    ) {
        let entry = &*self::entry(at, "event", event);
        let beginning = || self::entry(at, "phone", &beginning());
        for log in &mut self.logs {
            if of == Some(&log.call) || concerns(before, &log.call) {
                log.push(entry);
            }
            log.over = !concerns(after, &log.call);
            if log.over {
                log.own_up(at);
            }
        }
        let granted = granted(after);
        for id in after.calls.iter().map(|call| &call.id).chain(granted) {
            if self.logs.iter().any(|log| log.call == *id) {
                continue;
            }
            let mut log = Log::of(id);
            if granted == Some(id) {
                self.dialled.drain(..).for_each(|entry| log.push(&entry));
            }
            if log.entries == 0 {
                log.push(&beginning());
            }
            log.push(entry);
            self.logs.push(log);
        }
        if let Dialling::Asked { .. } = after.dialling {
            if self.dialled.is_empty() {
                self.dialled.push(beginning());
            }
            self.dialled.push(entry.to_owned());
        } else {
            self.dialled.clear();
        }
        if self.logs.len() > LOGS
            && let Some(done) = self.logs.iter().position(|log| log.over && log.entries == 0)
        {
            self.logs.remove(done);
        }
    }

    /// Takes what happened around the phone, as JSON, while there is a call that it may matter to.
    pub(super) fn around(&mut self, at: Millis, what: &str) {
        let entry = entry(at, "around", what);
        self.logs.iter_mut().filter(|log| !log.over).for_each(|log| log.push(&entry));
    }

    /// Whether something is written down that has not left.
    pub(super) fn has_news(&self) -> bool {
        self.logs.iter().any(|log| log.entries > 0)
    }

    /// The pieces that are to leave now: all, or those of calls that are over and those that are large enough.
    pub(super) fn pieces(&mut self, all: bool) -> Vec<Piece> {
        let page = self.page;
        let due = |log: &&mut Log| {
            all || log.over || log.entries >= BATCH_ENTRIES || log.open.len() >= BATCH_BYTES
        };
        self.logs.iter_mut().filter(due).filter_map(|log| log.piece(page)).collect()
    }

    /// As [`Recorder::pieces`], of a document that is about to be gone, at this moment.
    pub(super) fn last_pieces(&mut self, at: Millis) -> Vec<Piece> {
        self.logs.iter_mut().for_each(|log| log.own_up(at));
        self.pieces(true)
    }
}

impl Log {
    fn of(call: &CallId) -> Self {
        Self {
            call: call.clone(),
            open: String::new(),
            entries: 0,
            number: 0,
            kept: 0,
            bytes: 0,
            dropped: 0,
            over: false,
        }
    }

    fn push(&mut self, entry: &str) {
        if self.kept >= MOST_ENTRIES || self.bytes + entry.len() > MOST_BYTES as usize {
            self.dropped += 1;
            return;
        }
        self.kept += 1;
        self.bytes += entry.len();
        self.write(entry);
    }

    fn write(&mut self, entry: &str) {
        if self.entries > 0 {
            self.open.push(',');
        }
        self.open.push_str(entry);
        self.entries += 1;
    }

    /// Writes down how much was not.
    fn own_up(&mut self, at: Millis) {
        if self.dropped > 0 {
            self.write(&entry(at, "dropped", &self.dropped.to_string()));
            self.dropped = 0;
        }
    }

    fn piece(&mut self, page: u32) -> Option<Piece> {
        if self.entries == 0 {
            return None;
        }
        let (page, number) = (page.to_string(), self.number.to_string());
        let parts =
            ["{\"page\":", &page, ",\"number\":", &number, ",\"entries\":[", &self.open, "]}"];
        let body = parts.concat();
        self.number += 1;
        self.entries = 0;
        self.open.clear();
        Some(Piece { call: self.call.clone(), body })
    }
}

/// The call that the SDK was told to dial and has not begun.
fn granted(phone: &Phone) -> Option<&CallId> {
    match &phone.dialling {
        Dialling::Granted { id, .. } => Some(id),
        Dialling::Idle
        | Dialling::NotANumber(_)
        | Dialling::Asked { .. }
        | Dialling::Refused(_) => None,
    }
}

/// Whether what happens to the phone can matter to this call.
fn concerns(phone: &Phone, id: &CallId) -> bool {
    let lives = phone.call(id).is_some_and(|call| match &call.stage {
        Stage::Calling(_) | Stage::Incoming(_) | Stage::Talking(_) => true,
        Stage::Over(over) => over.remains != Remains::Nothing,
    });
    lives || granted(phone) == Some(id)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use std::collections::BTreeMap;

    use call::api::Placed;
    use call::call::{Event as CallEvent, Object, Sdk};
    use call::cause::Cause;
    use call::ids::{CallId, TelnyxIds};
    use call::line::{Event as LineEvent, Line};
    use call::party::Party;
    use call::phone::{Event, Phone};
    use call::time::Millis;
    use call::timeline::replay::{Shown, replay};
    use call::timeline::{Batch, Entry, MOST_ENTRIES, Noted};

    use super::Recorder;

    /// A page as the shell is one: each event is stepped and written down.
    struct Page {
        phone: Phone,
        recorder: Recorder,
        batches: Vec<(CallId, Batch)>,
    }

    impl Page {
        fn ready() -> Self {
            let phone = Phone { line: Line::Ready, ..Phone::default() };
            Self { phone, recorder: Recorder::new(7), batches: vec![] }
        }

        fn at(mut self, at: u64, event: Event) -> Self {
            let told = serde_json::to_string(&event).unwrap();
            let of = event.of_call().cloned();
            let before = self.phone.clone();
            (self.phone, _) = self.phone.step(event, Millis(at));
            let beginning = || serde_json::to_string(&before).unwrap();
            self.recorder.heard(Millis(at), &told, of.as_ref(), &before, &self.phone, &beginning);
            self.takes(false)
        }

        fn takes(mut self, all: bool) -> Self {
            for piece in self.recorder.pieces(all) {
                assert!(!piece.body.contains('\n'));
                self.batches.push((piece.call, serde_json::from_str(&piece.body).unwrap()));
            }
            self
        }

        fn dials(self, at: u64, id: &str) -> Self {
            let attempt = self.phone.attempts + 1;
            let placed = Placed { id: CallId(id.to_owned()), caller_id: None, controlled: false };
            self.at(at, Event::Dial { written: "+12025550100".to_owned() })
                .at(at + 1, Event::Granted { attempt, placed })
                .at(at + 2, of(id, sdk(Sdk::New)))
        }

        /// What has left about a call, put together by the numbers of the pieces.
        fn log(&self, id: &str) -> Vec<Entry> {
            let mut pieces = BTreeMap::new();
            for (call, batch) in self.batches.iter().filter(|(call, _)| call.0 == id) {
                assert_eq!(batch.page, 7);
                assert!(pieces.insert(batch.number, batch.entries.clone()).is_none(), "{call}");
            }
            assert!(pieces.keys().copied().eq(0..u32::try_from(pieces.len()).unwrap()));
            pieces.into_values().flatten().collect()
        }
    }

    fn sdk(state: Sdk) -> CallEvent {
        CallEvent::Sdk(Object(0), state)
    }

    fn of(id: &str, event: CallEvent) -> Event {
        Event::Call(CallId(id.to_owned()), event)
    }

    fn over() -> CallEvent {
        CallEvent::SdkOver(Object(0), Some(Cause::Normal))
    }

    fn shown(id: &str, log: &[Entry]) -> Vec<Shown> {
        let replay = replay(&[CallId(id.to_owned())], log).unwrap();
        replay.screens.iter().map(|(_, shown)| *shown).collect()
    }

    #[test]
    fn a_log_begins_with_the_dial_and_leads_to_the_same_phone() {
        let page = Page::ready()
            .dials(10, "a")
            .at(50, Event::Line(LineEvent::SocketClosed))
            .at(60, Event::Line(LineEvent::Ready))
            .takes(true)
            .at(70, of("a", sdk(Sdk::Active)))
            .at(90, of("a", over()));
        let log = page.log("a");
        assert!(matches!(log[0].what, Noted::Phone(_)));
        assert!(matches!(&log[1].what, Noted::Event(Event::Dial { .. })));
        assert_eq!(shown("a", &log), [Shown::Dialer, Shown::Calling, Shown::InCall, Shown::Ended]);
        assert!(replay(&[CallId("a".to_owned())], &log).unwrap().phone == page.phone);
        assert!(!page.recorder.has_news(), "a call that is over leaves at once");
    }

    #[test]
    fn of_two_calls_each_has_all_it_takes_to_be_gone_through() {
        let id = CallId("b".to_owned());
        let page = Page::ready()
            .dials(10, "a")
            .at(20, of("a", sdk(Sdk::Active)))
            .at(
                30,
                Event::Incoming {
                    id: id.clone(),
                    object: Object(0),
                    from: Party::Withheld,
                    ids: TelnyxIds::default(),
                    asked: None,
                },
            )
            .at(40, of("b", CallEvent::Answer))
            .at(50, of("b", sdk(Sdk::Active)))
            .at(60, of("a", over()))
            .at(70, of("b", CallEvent::HangUp))
            .at(80, of("b", over()))
            .at(90, of("a", CallEvent::SdkOver(Object(0), None)));
        let (first, second) = (page.log("a"), page.log("b"));
        assert_eq!(second[0].at, Millis(30), "no more than it needs");
        let stood =
            |id: &str, log: &[Entry]| replay(&[CallId(id.to_owned())], log).unwrap().talked_ms;
        assert_eq!((stood("a", &first), stood("b", &second)), (Some(40), Some(30)));
        assert_eq!(shown("b", &second), [Shown::InCall, Shown::Ended]);
        assert_eq!(first.last().unwrap().at, Millis(90), "late words about it are heard");
        assert!(first.iter().all(|entry| entry.at != Millis(80)), "what is no concern is not");
    }

    #[test]
    fn without_a_call_nothing_is_written_down() {
        let mut page = Page::ready()
            .at(1, Event::Dial { written: "+12025550100".to_owned() })
            .at(2, Event::GiveUp)
            .at(3, Event::Line(LineEvent::SocketClosed));
        page.recorder.around(Millis(4), "{\"visible\":false}");
        assert!(!page.recorder.has_news());
        let page = page.at(5, Event::Line(LineEvent::Ready)).dials(6, "a").takes(true);
        assert_eq!(page.log("a")[0].at, Millis(6));
    }

    #[test]
    fn what_happens_around_a_call_is_in_its_log_while_it_lives() {
        let mut page = Page::ready().dials(10, "a");
        page.recorder.around(Millis(20), "{\"visible\":false}");
        let mut page = page.at(30, of("a", over()));
        page.recorder.around(Millis(40), "{\"visible\":true}");
        let page = page.takes(true);
        let around = |entry: &&Entry| matches!(entry.what, Noted::Around(_));
        assert_eq!(page.log("a").iter().filter(around).count(), 1);
    }

    #[test]
    fn a_log_that_is_full_says_how_much_is_missing() {
        let mut page = Page::ready().dials(0, "a").at(5, of("a", sdk(Sdk::Active)));
        for at in 0..3_000 {
            page = page.at(10 + at, of("a", CallEvent::RemoteStream));
        }
        let page = page.at(9_000, of("a", over()));
        let log = page.log("a");
        let dropped = log.iter().map(|entry| match entry.what {
            Noted::Dropped(count) => count,
            Noted::Phone(_) | Noted::Event(_) | Noted::Around(_) => 0,
        });
        let kept = u32::try_from(log.len()).unwrap() - 1;
        assert_eq!(kept, MOST_ENTRIES);
        assert_eq!(dropped.sum::<u32>() + kept, 5 + 3_000 + 1);
    }
}
