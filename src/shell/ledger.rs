//! The history this page knows: asked for once, pushed from then on, asked for again while
//! pushes cannot come.

use std::rc::Rc;

use call::api::{Calls, TransferTo};
use call::call::{Ending, Event as CallEvent, Telnyx};
use call::cause::{Cause, Side};
use call::history::{How, Row, Transfer};
use call::ids::CallId;
use call::number::Number;
use call::phone::Event;
use call::tabs::Said;
use leptos::prelude::*;

use super::{Inner, Shell, Timer, now};
use crate::backend::Failure;
use crate::boxed::spawn;
use crate::live::{Live, News};

/// How long after a call its row is asked for while the stream is down, in milliseconds.
const WATCH_MS: u64 = 60_000;
/// How often, in milliseconds.
const POLL_MS: u64 = 5_000;

/// The rows loaded so far, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Ledger {
    /// The rows.
    pub(crate) rows: Vec<Row>,
    /// Whether the first page has come.
    pub(crate) loaded: bool,
    /// What names the next page, if there is one.
    next: Option<String>,
    /// Whether changes cannot reach this page, because the stream that brings them is down.
    pub(crate) cut_off: bool,
    /// The newest change these rows hold, by the server's count.
    seq: i64,
}

impl Ledger {
    /// Whether there are older rows to load.
    pub(crate) fn has_more(&self) -> bool {
        self.next.is_some()
    }

    /// The row of a call, by our id or the SDK's, if it was loaded.
    pub(crate) fn row(&self, id: &CallId) -> Option<&Row> {
        self.rows.iter().find(|row| row.id == *id || row.aliases.contains(id))
    }

    /// Puts a row in its place, instead of the one it supersedes.
    fn put(&mut self, row: Row) {
        self.rows.retain(|known| known.id != row.id);
        let key = |row: &Row| (row.placed_at, row.id.clone());
        let at = self.rows.partition_point(|known| key(known) > key(&row));
        self.rows.insert(at, row);
    }

    /// Takes in the newest page.
    ///
    /// The stream may have said more than a list that was on its way: then the rows
    /// known are the newer ones, and only what is unknown is taken.
    fn take_in(&mut self, newest: Calls) {
        let stale = newest.seq < self.seq;
        for row in newest.rows {
            if !(stale && self.row(&row.id).is_some()) {
                self.put(row);
            }
        }
        self.seq = self.seq.max(newest.seq);
        if !self.loaded {
            self.next = newest.next;
            self.loaded = true;
        }
    }
}

/// What one asks of a call that is, or is to be, transferred.
#[derive(Clone)]
pub(crate) enum Handing {
    To(Number, How),
    Join,
    Cancel,
}

impl Shell {
    /// Asks the server for a transfer, or for what is to become of one.
    pub(crate) async fn transfer(self, id: &CallId, what: Handing) -> Result<(), Failure> {
        let shell = self.inner.get_value();
        let (step, to) = match what {
            Handing::To(to, how) => ("", Some(TransferTo { to: to.into(), how })),
            Handing::Join => ("/join", None),
            Handing::Cancel => ("/cancel", None),
        };
        let asked = shell.backend.transfer(id, step, to).await;
        match asked {
            Ok(()) => shell.look_again(),
            Err(Failure::Refused(code)) => shell.heed(code),
            Err(Failure::Unreachable) => {}
        }
        asked
    }

    /// Asks the server to keep what is said in a call off the record, or on it again; says whether it did.
    pub(crate) async fn off_record(self, id: &CallId, off: bool) -> bool {
        let shell = self.inner.get_value();
        let done = shell.backend.off_record(id, off).await.is_ok();
        if done {
            shell.look_again();
        }
        done
    }
}

impl Inner {
    /// Asks for the history, then opens the stream where the list ends.
    pub(super) fn open_live(self: &Rc<Self>) {
        let shell = Rc::clone(self);
        spawn(async move {
            if !shell.reload().await {
                shell.ledger.update(|ledger| ledger.cut_off = true);
                return shell.reopen_later();
            }
            let hears = Rc::clone(&shell);
            let after = shell.read_ledger.with_untracked(|ledger| ledger.seq);
            if !shell.read_role.get_untracked().has_the_phone() {
                return;
            }
            match Live::open(shell.tab, after, move |news| hears.hear(news)) {
                Ok(live) => drop(shell.live.borrow_mut().replace(live)),
                Err(_) => shell.reopen_later(),
            }
        });
    }

    pub(super) fn close_live(&self) {
        drop(self.live.borrow_mut().take());
        self.cancel(&Timer::Reopen);
    }

    fn hear(self: &Rc<Self>, news: News) {
        match news {
            News::Open => {
                self.ledger.update(|ledger| ledger.cut_off = false);
                self.announce();
            }
            News::Down { for_good } => {
                self.ledger.update(|ledger| ledger.cut_off = true);
                self.announce();
                if for_good {
                    self.reopen_later();
                }
                self.poll();
            }
            News::Row { seq, row, text } => {
                self.pass_on(&row);
                self.put_row(seq, *row);
                if self.others.get() {
                    self.say(Said::Row { seq, text });
                }
            }
            News::Unreadable(why) => leptos::logging::warn!("unreadable row: {why}"),
        }
    }

    /// A row changed.
    pub(super) fn put_row(&self, seq: i64, row: Row) {
        self.ledger.update(|ledger| {
            ledger.seq = ledger.seq.max(seq);
            ledger.put(row);
        });
    }

    fn reopen_later(self: &Rc<Self>) {
        self.after(Timer::Reopen, POLL_MS, Self::open_live);
    }

    /// A call has ended here: its recording is news for the next minute, pushed or not.
    pub(super) fn watch_for_recording(self: &Rc<Self>) {
        self.watch_until.set(now().after(WATCH_MS));
        self.poll();
    }

    /// Asks for the history every 5 s while there is something to wait for and no stream to bring it.
    ///
    /// The browser's own tries to open the stream fail every few seconds: being told so again must not put off
    /// the question that is due.
    fn poll(self: &Rc<Self>) {
        if !self.polling.replace(true) {
            self.poll_later();
        }
    }

    fn poll_later(self: &Rc<Self>) {
        self.after(Timer::Poll, POLL_MS, |shell| {
            let cut_off = shell.read_ledger.with_untracked(|ledger| ledger.cut_off);
            if !cut_off || now() >= shell.watch_until.get() {
                shell.polling.set(false);
                return;
            }
            let shell = Rc::clone(shell);
            spawn(async move {
                shell.reload().await;
                shell.say(Said::LookAgain);
                shell.poll_later();
            });
        });
    }

    /// Asks for the newest of the history, whether or not the stream would bring it: what Telnyx said of the calls
    /// there are, or what this tab missed.
    pub(super) fn look_again(self: &Rc<Self>) {
        let shell = Rc::clone(self);
        spawn(async move {
            shell.reload().await;
        });
    }

    /// Passes on what Telnyx says of a call that is here: the other witness.
    fn pass_on(self: &Rc<Self>, row: &Row) {
        if let (Some(_), None, Some(to)) = (&row.asked_by, row.expected_at, row.number())
            && !row.is_over()
        {
            self.send(Event::Expect { id: row.id.clone(), to: to.clone() });
        }
        let here = self.read_phone.with_untracked(|phone| {
            let call = [&row.id].into_iter().chain(&row.aliases).find_map(|id| phone.call(id))?;
            Some((call.id.clone(), call.telnyx.clone()))
        });
        let Some((id, said)) = here else { return };
        if let (Some(at), None) = (row.telnyx_answered_at, said.answered) {
            self.send(Event::Call(id.clone(), CallEvent::Telnyx(Telnyx::Answered { at })));
        }
        let waits = !row.is_over() && row.transfer.as_ref().is_some_and(Transfer::is_ringing);
        if waits != said.waits {
            self.send(Event::Call(id.clone(), CallEvent::Telnyx(Telnyx::Waits(waits))));
        }
        if let (Some(at), None) = (row.telnyx_ended_at, said.ended) {
            let cause = row.cause.clone().unwrap_or(Cause::Normal);
            let ending = Ending { at, cause, by: row.ended_by.unwrap_or(Side::Network) };
            self.send(Event::Call(id, CallEvent::Telnyx(Telnyx::Ended(ending))));
        }
    }

    /// Asks for the newest page; whether it came.
    async fn reload(self: &Rc<Self>) -> bool {
        match self.backend.calls(None).await {
            Ok(newest) => {
                newest.rows.iter().for_each(|row| self.pass_on(row));
                self.ledger.update(|ledger| ledger.take_in(newest));
                true
            }
            Err(Failure::Refused(code)) => {
                self.heed(code);
                false
            }
            Err(Failure::Unreachable) => false,
        }
    }

    pub(super) fn load_more(self: &Rc<Self>) {
        let mut next = None;
        self.ledger.update(|ledger| next = ledger.next.take());
        let Some(before) = next else { return };
        let shell = Rc::clone(self);
        spawn(async move {
            let answer = shell.backend.calls(Some(&before)).await;
            shell.ledger.update(|ledger| match answer {
                Ok(Calls { rows, next, seq: _ }) => {
                    for row in rows {
                        ledger.put(row);
                    }
                    ledger.next = next;
                }
                // It can be asked for again.
                Err(_) => ledger.next = Some(before),
            });
        });
    }
}

#[cfg(test)]
mod tests {
    use call::history::{Fact, What};
    use call::ids::TelnyxIds;
    use call::time::Millis;

    use super::{CallId, Calls, Ledger, Row};

    /// A call by its id, placed at that second, and further when it was answered.
    fn row(id: &str, placed: u64, answered: bool) -> Row {
        let to = call::number::Number::parse("+12025550100").map_err(|error| error.to_string());
        let fact = |what| Fact { at: Millis(placed * 1_000), ids: TelnyxIds::default(), what };
        let placed = to.map(|to| fact(What::Placed { agent: "demo".to_owned(), to })).ok();
        let answered = answered.then(|| fact(What::Answered));
        Row::fold(CallId(id.to_owned()), placed.into_iter().chain(answered))
    }

    fn list(seq: i64, rows: Vec<Row>) -> Calls {
        Calls { rows, next: None, seq }
    }

    fn ids(ledger: &Ledger) -> Vec<&str> {
        ledger.rows.iter().map(|row| row.id.as_str()).collect()
    }

    #[test]
    fn rows_stand_newest_first_however_they_come() {
        let mut ledger = Ledger::default();
        ledger.put(row("b", 2, false));
        ledger.put(row("a", 1, false));
        ledger.put(row("c", 3, false));
        ledger.put(row("b", 2, true));
        assert_eq!(ids(&ledger), ["c", "b", "a"]);
        assert!(ledger.rows[1].answered_at.is_some());
    }

    #[test]
    fn a_list_that_was_overtaken_by_the_stream_changes_no_row_that_is_known() {
        let mut ledger = Ledger { seq: 9, ..Ledger::default() };
        ledger.put(row("a", 1, true));
        ledger.take_in(list(7, vec![row("b", 2, false), row("a", 1, false)]));
        assert_eq!(ids(&ledger), ["b", "a"]);
        assert!(ledger.rows[1].answered_at.is_some(), "the pushed row is the newer one");
        assert_eq!(ledger.seq, 9);
    }

    #[test]
    fn a_list_that_is_newer_replaces_what_is_known_and_says_where_the_stream_goes_on() {
        let mut ledger = Ledger { seq: 3, ..Ledger::default() };
        ledger.put(row("a", 1, false));
        ledger.take_in(list(7, vec![row("a", 1, true)]));
        assert!(ledger.rows[0].answered_at.is_some());
        assert_eq!((ledger.seq, ledger.loaded), (7, true));
    }
}
