//! A timeline, replayed: what a page wrote down goes through the phone once more.

use core::fmt;

use serde::{Deserialize, Serialize};

use super::{Entry, Export, FORMAT, Noted, VERSION};
use crate::call::{Call, Stage};
use crate::ids::CallId;
use crate::phone::{Phone, Screen};
use crate::time::Millis;

/// A screen, without what is on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// [`Screen::Dialer`].
    Dialer,
    /// [`Screen::Calling`].
    Calling,
    /// [`Screen::InCall`].
    InCall,
    /// [`Screen::Ended`].
    Ended,
}

impl Shown {
    /// What a phone shows.
    #[must_use]
    pub fn by(phone: &Phone) -> Self {
        match phone.screen() {
            Screen::Dialer => Self::Dialer,
            Screen::Calling(..) => Self::Calling,
            Screen::InCall(..) => Self::InCall,
            Screen::Ended(..) => Self::Ended,
        }
    }
}

/// Where a call stands, in the words that a person sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Dialled.
    Calling,
    /// The far end rings.
    Ringing,
    /// It rings here.
    RingsHere,
    /// Answered.
    Talking,
    /// Answered, and on hold.
    Held,
    /// Over.
    Over,
}

impl Standing {
    /// Where this call stands.
    #[must_use]
    pub const fn of(call: &Call) -> Self {
        match &call.stage {
            Stage::Calling(calling) if calling.ringing.is_some() => Self::Ringing,
            Stage::Calling(_) => Self::Calling,
            Stage::Incoming(_) => Self::RingsHere,
            Stage::Talking(talking) if talking.hold.held => Self::Held,
            Stage::Talking(_) => Self::Talking,
            Stage::Over(_) => Self::Over,
        }
    }
}

/// What a page went through while it wrote down a call.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replay {
    /// The screens, each with the moment it came by the page's clock; the first is where the page began.
    pub screens: Vec<(Millis, Shown)>,
    /// Where the call stood, likewise; empty before there is a call.
    pub standings: Vec<(Millis, Standing)>,
    /// How long they talked, in milliseconds, as the page said when the call was over; none if it was not, or if nobody
    /// answered.
    pub talked_ms: Option<u64>,
    /// Whether every entry is there: if not, what was shown may have been something else.
    pub whole: bool,
    /// The phone as it was at the end.
    pub phone: Phone,
}

/// Why something cannot be replayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoReplay {
    /// It is no timeline.
    Format(String),
    /// It is a timeline of another version.
    Version(u32),
    /// Its entries do not begin with a phone.
    NoBeginning,
}

impl fmt::Display for NoReplay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Format(format) => write!(f, "{format:?} is not {FORMAT:?}: this is no timeline"),
            Self::Version(version) => {
                write!(f, "the timeline has version {version}; this is for version {VERSION}")
            }
            Self::NoBeginning => f.write_str("the entries do not begin with a phone"),
        }
    }
}

impl core::error::Error for NoReplay {}

impl Export {
    /// What the call is called: by us, and by pages to which it came in.
    #[must_use]
    pub fn names(&self) -> Vec<CallId> {
        core::iter::once(&self.row.id).chain(&self.row.aliases).cloned().collect()
    }

    /// Replays what each page wrote down, in the order of [`Export::pages`].
    pub fn replay(&self) -> Result<Vec<Replay>, NoReplay> {
        if self.format != FORMAT {
            return Err(NoReplay::Format(self.format.clone()));
        }
        if self.version != VERSION {
            return Err(NoReplay::Version(self.version));
        }
        let of_page = |page: &super::Page| {
            let replay = replay(&self.names(), &page.entries)?;
            Ok(Replay { whole: page.dropped == 0 && page.missing == 0, ..replay })
        };
        self.pages.iter().map(of_page).collect()
    }
}

/// Takes the phone that the entries begin with through everything that happened to it; `names` are the call's.
pub fn replay(names: &[CallId], entries: &[Entry]) -> Result<Replay, NoReplay> {
    let mut entries = entries.iter();
    let first = entries.next().ok_or(NoReplay::NoBeginning)?;
    let Noted::Phone(phone) = &first.what else { return Err(NoReplay::NoBeginning) };
    let mut replay = Replay {
        screens: vec![],
        standings: vec![],
        talked_ms: None,
        whole: true,
        phone: Phone::clone(phone),
    };
    replay.looks(names, first.at);
    for Entry { at, what } in entries {
        match what {
            Noted::Phone(phone) => replay.phone = Phone::clone(phone),
            // The effects were performed then.
            Noted::Event(event) => (replay.phone, _) = replay.phone.step(event.clone(), *at),
            Noted::Around(_) => {}
            Noted::Dropped(_) => replay.whole = false,
        }
        replay.looks(names, *at);
    }
    Ok(replay)
}

impl Replay {
    /// Writes down what is shown, where it is not what was.
    fn looks(&mut self, names: &[CallId], at: Millis) {
        let shown = Shown::by(&self.phone);
        if self.screens.last().is_none_or(|(_, last)| *last != shown) {
            self.screens.push((at, shown));
        }
        let Some(call) = names.iter().find_map(|id| self.phone.call(id)) else { return };
        let standing = Standing::of(call);
        if self.standings.last().is_none_or(|(_, last)| *last != standing) {
            self.standings.push((at, standing));
        }
        if let Stage::Over(over) = &call.stage {
            self.talked_ms = over.talked_ms;
        }
    }
}
