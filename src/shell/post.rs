//! The pieces of timelines, on their way to the server: kept until the server has them, across a reload too.
//!
//! The server stores each once, so whatever may or may not have arrived is sent again.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::boxed::spawn;
use call::api::ProblemCode;
use call::history::Row;
use call::ids::CallId;
use call::phone::Phone;
use call::time::Millis;
use leptos::prelude::*;
use web_sys::Storage;

use super::record::{Piece, Recorder};
use super::{Inner, Shell, Timer, now};
use crate::backend::Failure;
use crate::json;
use crate::line::Listener;

/// How long what was written down waits for company, in milliseconds.
const TOGETHER_MS: u64 = 3_000;
/// How long after it could not be sent it is tried again, in milliseconds.
const AGAIN_MS: u64 = 5_000;
/// How often in a row the server may not know the call: a call that comes in is made known by others.
const TRIES: u32 = 12;
/// How many pieces wait at most. The oldest go first, and their numbers are missing then.
const MOST: usize = 200;
/// Where pieces wait while the document is another: a line for the call, a line for the piece, in turn.
const KEPT: &str = "tono-timeline";

/// What is written down, and what of it waits to be sent.
pub(super) struct Post {
    recorder: Recorder,
    waiting: VecDeque<Piece>,
    sending: bool,
    /// How often the piece in front was of a call that the server does not know.
    unknown: u32,
}

impl Post {
    /// For one document, which draws a number.
    pub(super) fn new() -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a number from 0 to 1, times the largest"
        )]
        let page = (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
        let recorder = Recorder::new(page);
        Self { recorder, waiting: VecDeque::new(), sending: false, unknown: 0 }
    }

    fn take(&mut self, pieces: Vec<Piece>) {
        self.waiting.extend(pieces);
        self.waiting.drain(..self.waiting.len().saturating_sub(MOST));
    }
}

impl Shell {
    /// Takes up what the document before could not send, and hears when this one goes. For as long as the page lives.
    pub(super) fn hear_the_post(self) {
        let Some(window) = web_sys::window() else { return };
        let shell = self.inner.get_value();
        if let Some(text) = storage().and_then(|storage| storage.get_item(KEPT).ok()?) {
            shell.post.borrow_mut().take(read(&text));
        }
        StoredValue::new_local(Listener::new(&window, "pagehide", move |_| shell.leave_the_post()));
    }
}

impl Shell {
    /// A call's timeline as the server draws it, so wide, for a reader so many minutes behind UTC: a line a lane, then the
    /// axis.
    pub(crate) async fn drawn(self, id: &CallId, width: i32, behind_utc: i32) -> Option<String> {
        let backend = self.inner.get_value().backend.clone();
        backend.timeline(id, width, behind_utc).await.ok()
    }

    /// The calls that a question of the log finds; nothing if the server does not answer it.
    pub(crate) async fn found(self, query: &str) -> Option<Vec<Row>> {
        let backend = self.inner.get_value().backend.clone();
        let found = backend.found(query).await.ok()?;
        Some(found.entries.into_iter().map(|entry| entry.row).collect())
    }
}

impl Inner {
    /// Writes down what happened to the phone at this moment.
    pub(super) fn record(
        self: &Rc<Self>,
        at: Millis,
        event: &str,
        of: Option<&CallId>,
        before: &Phone,
        after: &Phone,
    ) {
        self.post.borrow_mut().recorder.heard(at, event, of, before, after, &|| json::text(before));
        self.post_soon();
    }

    /// Writes down what happened around the phone, as `call::timeline::Around` is written.
    pub(super) fn note(self: &Rc<Self>, what: &str) {
        self.post.borrow_mut().recorder.around(now(), what);
        self.post_soon();
    }

    /// Sends what is due, and the rest in a while.
    fn post_soon(self: &Rc<Self>) {
        let has_news = {
            let mut post = self.post.borrow_mut();
            let due = post.recorder.pieces(false);
            post.take(due);
            post.recorder.has_news()
        };
        self.send_post();
        if has_news && self.timers.borrow().get(&Timer::Together).is_none() {
            self.after(Timer::Together, TOGETHER_MS, |shell| {
                shell.cancel(&Timer::Together);
                {
                    let mut post = shell.post.borrow_mut();
                    let all = post.recorder.pieces(true);
                    post.take(all);
                }
                shell.send_post();
            });
        }
    }

    /// The document may be left for good: sends what can still be sent, and leaves all of it for one that may follow.
    fn leave_the_post(&self) {
        let mut post = self.post.borrow_mut();
        post.recorder.around(now(), "\"left\"");
        let last = post.recorder.last_pieces(now());
        post.take(last);
        for piece in &post.waiting {
            self.backend.leave_piece(&piece.call, &piece.body);
        }
        if let Some(storage) = storage() {
            // Where there is no room, what the browser sends by itself has to do.
            let _ = storage.set_item(KEPT, &written(&post.waiting));
        }
    }

    /// Sends the oldest piece, and the next when the server has it.
    pub(super) fn send_post(self: &Rc<Self>) {
        let piece = {
            let mut post = self.post.borrow_mut();
            if post.sending {
                return;
            }
            let piece = post.waiting.front().cloned();
            post.sending = piece.is_some();
            piece
        };
        let Some(Piece { call, body }) = piece else { return };
        let shell = Rc::clone(self);
        spawn(async move {
            let answer = shell.backend.send_piece(&call, body).await;
            let again = shell.post.borrow_mut().answered(answer);
            if again {
                shell.after(Timer::Post, AGAIN_MS, Self::send_post);
            } else {
                shell.send_post();
            }
        });
    }
}

impl Post {
    /// What becomes of the piece in front; whether it is to wait.
    fn answered(&mut self, answer: Result<(), Failure>) -> bool {
        self.sending = false;
        let again = match answer {
            // A call that comes in may not be known yet.
            Err(Failure::Refused(ProblemCode::NotFound)) => {
                self.unknown += 1;
                self.unknown < TRIES
            }
            Err(failure) => failure.may_pass(),
            Ok(()) => false,
        };
        if !again {
            self.unknown = 0;
            self.waiting.pop_front();
        }
        again
    }
}

fn storage() -> Option<Storage> {
    // Refused where the browser keeps nothing of a site.
    web_sys::window()?.session_storage().ok()?
}

fn written(waiting: &VecDeque<Piece>) -> String {
    let lines = waiting.iter().flat_map(|Piece { call, body }| [call.as_str(), body]);
    lines.collect::<Vec<_>>().join("\n")
}

fn read(text: &str) -> Vec<Piece> {
    let mut lines = text.lines();
    let mut pieces = vec![];
    while let (Some(call), Some(body)) = (lines.next(), lines.next()) {
        pieces.push(Piece { call: CallId(call.to_owned()), body: body.to_owned() });
    }
    pieces
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use call::ids::CallId;

    use super::{Piece, read, written};

    #[test]
    fn pieces_that_were_written_down_are_read_again_in_their_order() {
        let piece =
            |call: &str, body: &str| Piece { call: CallId(call.to_owned()), body: body.to_owned() };
        let pieces =
            VecDeque::from([piece("a", "{\"entries\":[\"two\\nlines\"]}"), piece("b", "{}")]);
        assert_eq!(VecDeque::from(read(&written(&pieces))), pieces);
        assert!(read("").is_empty());
    }
}
