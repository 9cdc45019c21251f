//! What a page wrote down of a call goes through the phone once more, to the same screens and the same talk time, and no
//! number is left in it.

#![allow(clippy::expect_used, reason = "what cannot be written or read has failed")]

mod support;

use ::call::api::Placed;
use ::call::call::{Connection, Ending, Event, Object, Party, Sdk, Telnyx, Watch};
use ::call::cause::{Cause, Side};
use ::call::dtmf::Digit;
use ::call::history::Row;
use ::call::ids::{CallId, TelnyxIds};
use ::call::line;
use ::call::phone::{self, Phone};
use ::call::time::Millis;
use ::call::timeline::replay::{NoReplay, Shown, Standing, replay};
use ::call::timeline::{Around, Batch, Entry, Export, FORMAT, Noted, Page, VERSION};
use support::{again, id, number, other, over, ready, sdk};

/// A page that writes down what happens, as the real one does.
struct Writer {
    phone: Phone,
    entries: Vec<Entry>,
    /// What its screen showed, each change.
    screens: Vec<Shown>,
}

impl Writer {
    fn new() -> Self {
        let phone = ready();
        let first = Entry { at: Millis(0), what: Noted::Phone(Box::new(phone.clone())) };
        Self { screens: vec![Shown::by(&phone)], phone, entries: vec![first] }
    }

    fn at(mut self, at: u64, event: phone::Event) -> Self {
        self.entries.push(Entry { at: Millis(at), what: Noted::Event(event.clone()) });
        (self.phone, _) = self.phone.step(event, Millis(at));
        let shown = Shown::by(&self.phone);
        if self.screens.last() != Some(&shown) {
            self.screens.push(shown);
        }
        self
    }

    fn call(self, at: u64, event: Event) -> Self {
        self.at(at, phone::Event::Call(id(), event))
    }

    fn dials(self, at: u64) -> Self {
        let placed =
            Placed { id: id(), caller_id: Some("+12025550142".to_owned()), controlled: false };
        self.at(at, phone::Event::Dial { written: "(202) 555-0100".to_owned() })
            .at(at + 5, phone::Event::Granted { attempt: 1, placed })
            .call(at + 9, sdk(Sdk::New))
    }

    /// Masked, written down and read again, as the server keeps it.
    fn kept(&self) -> (String, Vec<Entry>) {
        let batch = Batch { page: 7, number: 0, entries: self.entries.clone() };
        let text = serde_json::to_string(&batch.masked()).expect("a batch can be written");
        let read: Batch = serde_json::from_str(&text).expect("and read");
        (text, read.entries)
    }
}

fn talk() -> Writer {
    Writer::new()
        .dials(1_000)
        .call(1_200, Event::FarEndRings)
        .call(3_000, Event::RemoteStream)
        .call(3_010, sdk(Sdk::Active))
        .call(3_050, Event::Connection(Connection::Connected))
        .call(4_000, Event::Press(Digit::of('5').expect("a key")))
        .call(5_000, Event::Hold(true))
        .call(5_100, sdk(Sdk::Held))
        .call(6_000, Event::Hold(false))
        .call(6_100, sdk(Sdk::Active))
        .at(7_000, phone::Event::Line(line::Event::SocketClosed))
        .at(8_000, phone::Event::Line(line::Event::Ready))
        .call(8_100, again(Sdk::Active))
        .call(9_000, Event::HangUp)
        .call(9_020, Event::SdkOver(Object(2), Some(Cause::Normal)))
        .at(12_000, phone::Event::Dismiss)
}

#[test]
fn a_talk_is_replayed_to_the_screens_and_the_talk_time_that_were_shown() {
    let writer = talk();
    let (_, entries) = writer.kept();
    let replay = replay(&[id()], &entries).expect("it can be replayed");
    let shown: Vec<Shown> = replay.screens.iter().map(|(_, shown)| *shown).collect();
    assert_eq!(shown, writer.screens);
    assert_eq!(shown, [Shown::Dialer, Shown::Calling, Shown::InCall, Shown::Ended, Shown::Dialer]);
    let stood: Vec<Standing> = replay.standings.iter().map(|(_, standing)| *standing).collect();
    assert_eq!(
        stood,
        [
            Standing::Calling,
            Standing::Ringing,
            Standing::Talking,
            Standing::Held,
            Standing::Talking,
            Standing::Over
        ]
    );
    assert_eq!(replay.talked_ms, Some(9_020 - 3_010));
    assert_eq!(replay.phone.past, writer.phone.past);
}

#[test]
fn a_replay_ends_in_the_very_state_but_for_the_numbers() {
    let writer = Writer::new().dials(0).call(50, sdk(Sdk::Trying)).call(90, Event::FarEndRings);
    let (_, entries) = writer.kept();
    let replayed = replay(&[id()], &entries).expect("it can be replayed").phone;
    let mut expected = writer.phone;
    expected.calls[0].with = Party::Number(number().masked());
    assert_eq!(replayed, expected);
}

#[test]
fn a_page_that_came_back_begins_with_the_phone_as_it_was() {
    let first = Writer::new().dials(0).call(100, sdk(Sdk::Active));
    // What a second document would write down of a call it was given back.
    let begins = Entry { at: Millis(5_000), what: Noted::Phone(Box::new(first.phone.clone())) };
    let mut second = Writer { entries: vec![begins], screens: vec![Shown::InCall], ..first };
    second = second.call(9_100, over(Cause::Normal));
    let (_, entries) = second.kept();
    let replay = replay(&[id()], &entries).expect("it can be replayed");
    assert_eq!(replay.screens, [(Millis(5_000), Shown::InCall), (Millis(9_100), Shown::Ended)]);
    assert_eq!(replay.talked_ms, Some(9_000));
}

#[test]
fn no_number_is_left_in_what_is_kept() {
    let cause = || Cause::Other("INVALID +12025550177".to_owned());
    let ended = Ending { at: Millis(9), cause: cause(), by: Side::Them };
    let from = Party::Number(number());
    let named = Party::Named("sip:12025550166@example".to_owned());
    let incoming = |id: CallId, from| {
        let ids = TelnyxIds::default();
        phone::Event::Incoming { id, object: Object(1), from, ids, asked: None }
    };
    let mut writer = talk()
        .at(13_000, phone::Event::Dial { written: "+12025550123456789".to_owned() })
        .at(13_100, incoming(other(), from))
        .at(13_200, incoming(CallId("named".to_owned()), named))
        .at(13_300, phone::Event::Call(other(), Event::Trouble(cause())))
        .at(13_400, phone::Event::Call(other(), Event::Telnyx(Telnyx::Ended(ended))))
        .at(13_500, phone::Event::Call(other(), Event::SdkOver(Object(1), Some(cause()))))
        .at(13_600, phone::Event::Call(other(), Event::Overdue(Watch::Settle)));
    let around = Noted::Around(Around::Unknown("number 2025550188".to_owned()));
    writer.entries.push(Entry { at: Millis(14_000), what: around });
    // Whatever the phone holds by now is in a page's first entry, should it be reloaded.
    let again = Noted::Phone(Box::new(writer.phone.clone()));
    writer.entries.push(Entry { at: Millis(14_001), what: again });
    let (text, _) = writer.kept();
    for ending in ["0100", "0123", "0142", "0166", "0177", "0188"] {
        assert!(!text.contains(ending), "…{ending} in {text}");
    }
    assert!(!text.contains("202"), "{text}");
    assert!(!text.contains("\"press\":\"5\""), "{text}");
}

#[test]
fn what_is_no_timeline_of_this_version_is_not_replayed() {
    let row = Row::fold(id(), []);
    let page = Page { page: 1, ahead_ms: 0, dropped: 2, missing: 0, entries: talk().kept().1 };
    let export = Export {
        format: FORMAT.to_owned(),
        version: VERSION,
        exported_at: Millis(0),
        row,
        pages: vec![page],
        browser: vec![],
        telnyx: vec![],
        server: vec![],
    };
    let replays = export.replay().expect("it can be replayed");
    assert_eq!(replays.len(), 1);
    assert!(!replays[0].whole, "it says that something is missing");
    let newer = Export { version: VERSION + 1, ..export.clone() };
    assert!(newer.replay() == Err(NoReplay::Version(VERSION + 1)));
    let other = Export { format: "har".to_owned(), ..export.clone() };
    assert!(other.replay() == Err(NoReplay::Format("har".to_owned())));
    let page = Page { entries: talk().entries.split_off(1), ..export.pages[0].clone() };
    let beheaded = Export { pages: vec![page], ..export };
    assert!(beheaded.replay() == Err(NoReplay::NoBeginning));
}

#[test]
fn a_moment_of_a_page_is_moved_to_the_servers_clock() {
    let page = |ahead_ms| Page { page: 1, ahead_ms, dropped: 0, missing: 0, entries: vec![] };
    assert_eq!(page(-250).aligned(Millis(1_000)), Millis(1_250));
    assert_eq!(page(250).aligned(Millis(1_000)), Millis(750));
    assert_eq!(page(250).aligned(Millis(100)), Millis(0));
}
