//! The live stream: rows of history pushed by the server (Server-Sent Events).

use call::api::LIVE_EVENT;
use call::history::Row;
use call::tabs::TabId;
use wasm_bindgen::prelude::*;
use web_sys::{EventSource, MessageEvent};

use crate::json;
use crate::line::Listener;

/// What the stream says.
pub(crate) enum News {
    /// It is open; what happens from now on will be pushed.
    Open,
    /// It is down. The browser opens it again by itself unless `for_good`.
    Down {
        /// Whether the browser has given up, as it does when the server answers with an error.
        for_good: bool,
    },
    /// A row changed.
    Row {
        /// The change's number, by the server's count.
        seq: i64,
        /// The row as it is now.
        row: Box<Row>,
        /// The same as it came, for other tabs.
        text: String,
    },
    /// A row came that we cannot read.
    Unreadable(String),
}

/// An open stream, closed when dropped.
pub(crate) struct Live {
    _listeners: [Listener; 3],
    source: EventSource,
}

impl Live {
    /// Opens this page's stream behind the change numbered `after` and reports all it says.
    pub(crate) fn open(
        TabId(page): TabId,
        after: i64,
        tell: impl Fn(News) + Clone + 'static,
    ) -> Result<Self, JsValue> {
        let source = EventSource::new(&format!("/api/live?page={page}&after={after}"))?;
        let listeners = [
            Listener::new(&source, "open", {
                let tell = tell.clone();
                move |_| tell(News::Open)
            })?,
            Listener::new(&source, "error", {
                let (tell, source) = (tell.clone(), source.clone());
                move |_| tell(News::Down { for_good: source.ready_state() == EventSource::CLOSED })
            })?,
            Listener::new(&source, LIVE_EVENT, move |event| tell(read(&event.unchecked_into())))?,
        ];
        Ok(Self { _listeners: listeners, source })
    }
}

fn read(event: &MessageEvent) -> News {
    let data = event.data().as_string().unwrap_or_default();
    let Ok(seq) = event.last_event_id().parse() else {
        return News::Unreadable("no number".to_owned());
    };
    match json::parse(&data) {
        Ok(row) => News::Row { seq, row: Box::new(row), text: data },
        Err(error) => News::Unreadable(error.to_string()),
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.source.close();
    }
}
