//! What is kept of a call without the numbers in it, so that it still means the same to the phone.
//!
//! A masked number is one: as long as it was, all nines but for its last two digits, under the country code 999, which
//! the ITU gives to nobody. A key that was pressed becomes a zero, because people press card numbers and PINs.

use super::{Around, Batch, Deed, Done, Entry, Noted, Webhook};
use crate::api::Placed;
use crate::call::{self, Call, Ending, Kept, Over, Party, Stage, Talking, Telnyx, Testimony};
use crate::cause::Cause;
use crate::dtmf::Digit;
use crate::history::{Fact, Recording, Row, Transfer, TransferStage, What};
use crate::number::{NotANumber, Number};
use crate::phone::{Dialling, Event, Expected, Phone};

/// From how many digits on a text is taken to have a number in it.
const NUMBER_DIGITS: usize = 6;
/// How many of its last digits are left.
const LEFT: usize = 2;

/// A text with every number in it crossed out but for its last two digits.
#[must_use]
pub fn text(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut masked = characters.clone();
    let mut at = 0;
    while at < characters.len() {
        if !characters[at].is_numeric() {
            at += 1;
            continue;
        }
        // A number goes on through what people write between its digits.
        let end = characters[at..].iter().position(|c| !c.is_numeric() && !is_between(*c));
        let end = end.map_or(characters.len(), |length| at + length);
        let digits: Vec<usize> = (at..end).filter(|i| characters[*i].is_numeric()).collect();
        if digits.len() >= NUMBER_DIGITS {
            for i in &digits[..digits.len() - LEFT] {
                masked[*i] = 'x';
            }
        }
        at = end;
    }
    masked.into_iter().collect()
}

const fn is_between(c: char) -> bool {
    matches!(c, ' ' | '.' | '-' | '/' | '(' | ')' | '\u{a0}' | '\u{2010}'..='\u{2013}')
}

/// What somebody wrote into the number field: a number that is masked, or something that is none for the same reason.
fn written(written: &str) -> String {
    match Number::parse(written) {
        Ok(number) => number.masked().into(),
        Err(NotANumber::Empty) => String::new(),
        Err(NotANumber::NotDigits) => "x".to_owned(),
        Err(NotANumber::TooShort) => "9".to_owned(),
        Err(NotANumber::TooLong) => "+9999999999999999".to_owned(),
        Err(NotANumber::NoCountry) => "+0999999".to_owned(),
    }
}

impl Batch {
    /// Without numbers.
    #[must_use]
    pub fn masked(self) -> Self {
        let entries = self.entries.into_iter().map(Entry::masked).collect();
        Self { entries, ..self }
    }
}

impl Entry {
    /// Without numbers.
    #[must_use]
    pub fn masked(self) -> Self {
        let what = match self.what {
            Noted::Phone(before) => Noted::Phone(Box::new(phone(*before))),
            Noted::Event(happened) => Noted::Event(event(happened)),
            Noted::Around(Around::Unknown(word)) => Noted::Around(Around::Unknown(text(&word))),
            same @ (Noted::Around(
                Around::Devices { .. }
                | Around::Visible(_)
                | Around::Online(_)
                | Around::Left
                | Around::Warning(_)
                | Around::Error(_),
            )
            | Noted::Dropped(_)) => same,
        };
        Self { what, ..self }
    }
}

fn phone(phone: Phone) -> Phone {
    let dialling = match phone.dialling {
        Dialling::Asked { to, attempt } => Dialling::Asked { to: to.masked(), attempt },
        Dialling::Granted { to, id, route } => Dialling::Granted { to: to.masked(), id, route },
        same @ (Dialling::Idle | Dialling::NotANumber(_) | Dialling::Refused(_)) => same,
    };
    let calls = phone.calls.into_iter().map(whole_call).collect();
    let expected = phone.expected.map(|Expected { id, to }| Expected { id, to: to.masked() });
    Phone { dialling, calls, expected, ..phone }
}

fn whole_call(call: Call) -> Call {
    let Testimony { answered, ended, waits } = call.telnyx;
    let stage = match call.stage {
        Stage::Talking(talking) => {
            let digits = talking.digits.into_iter().map(digit).collect();
            Stage::Talking(Talking { digits, ..talking })
        }
        Stage::Over(over) => Stage::Over(Over { cause: cause(over.cause), ..over }),
        same @ (Stage::Calling(_) | Stage::Incoming(_)) => same,
    };
    Call {
        with: party(call.with),
        trouble: call.trouble.map(cause),
        telnyx: Testimony { answered, ended: ended.map(ending), waits },
        stage,
        ..call
    }
}

fn event(event: Event) -> Event {
    match event {
        Event::Dial { written: by_hand } => Event::Dial { written: written(&by_hand) },
        Event::Granted { attempt, placed: Placed { id, caller_id, controlled } } => {
            let caller_id = caller_id.map(|number| match Number::parse(&number) {
                Ok(number) => number.masked().into(),
                Err(_) => text(&number),
            });
            Event::Granted { attempt, placed: Placed { id, caller_id, controlled } }
        }
        Event::Incoming { id, object, from, ids, asked } => {
            Event::Incoming { id, object, from: party(from), ids, asked }
        }
        Event::Resumed { kept, since } => {
            let masked = |kept: Kept| Kept { with: party(kept.with), ..kept };
            Event::Resumed { kept: kept.into_iter().map(masked).collect(), since }
        }
        Event::Expect { id, to } => Event::Expect { id, to: to.masked() },
        Event::Call(id, event) => Event::Call(id, of_a_call(event)),
        same @ (Event::Line(_)
        | Event::Edited
        | Event::GiveUp
        | Event::Denied { .. }
        | Event::DialFailed(_)
        | Event::Take(_)
        | Event::Dismiss
        | Event::Input(_)
        | Event::OutOfReach) => same,
    }
}

fn of_a_call(event: call::Event) -> call::Event {
    use call::Event as Of;
    match event {
        Of::Press(pressed) => Of::Press(digit(pressed)),
        Of::SdkOver(object, why) => Of::SdkOver(object, why.map(cause)),
        Of::Trouble(why) => Of::Trouble(cause(why)),
        Of::Telnyx(Telnyx::Ended(end)) => Of::Telnyx(Telnyx::Ended(ending(end))),
        same @ (Of::Answer
        | Of::HangUp
        | Of::Mute(_)
        | Of::Hold(_)
        | Of::Sdk(..)
        | Of::Identified(_)
        | Of::FarEndRings
        | Of::RemoteStream
        | Of::Connection(_)
        | Of::MicrophoneIs { .. }
        | Of::HoldRefused
        | Of::Warning(_)
        | Of::SocketClosed
        | Of::SocketReady
        | Of::LineGone
        | Of::Telnyx(Telnyx::Answered { .. } | Telnyx::Waits(_))
        | Of::ServerSaid(_)
        | Of::Overdue(_)) => same,
    }
}

fn party(party: Party) -> Party {
    match party {
        Party::Number(number) => Party::Number(number.masked()),
        Party::Named(name) => Party::Named(text(&name)),
        Party::Withheld => Party::Withheld,
    }
}

fn ending(ending: Ending) -> Ending {
    Ending { cause: cause(ending.cause), ..ending }
}

fn cause(cause: Cause) -> Cause {
    match cause {
        Cause::Other(word) => Cause::Other(text(&word)),
        same @ (Cause::Normal
        | Cause::Busy
        | Cause::NoAnswer
        | Cause::Rejected
        | Cause::Cancelled
        | Cause::NoSuchNumber
        | Cause::Untold
        | Cause::NoAgent
        | Cause::AgentBusy
        | Cause::NotAllowed
        | Cause::TimeLimit
        | Cause::NoMicrophone
        | Cause::NoDevice
        | Cause::SignedOff
        | Cause::Reloaded
        | Cause::Silence
        | Cause::NotStarted
        | Cause::NoReply
        | Cause::NoSound
        | Cause::Lost) => same,
    }
}

fn digit(pressed: Digit) -> Digit {
    match pressed.as_char() {
        '*' | '#' => pressed,
        _ => Digit::of('0').unwrap_or(pressed),
    }
}

/// What can be said about a call, without numbers.
#[must_use]
pub fn what(what: What) -> What {
    match what {
        What::Placed { agent, to } => What::Placed { agent, to: to.masked() },
        What::Received { agent, from } => What::Received { agent, from: party(from) },
        What::Offered { call, from } => What::Offered { call, from: party(from) },
        What::HungUp { cause: why, by } => What::HungUp { cause: cause(why), by },
        What::AgentHungUp { cause: why, by } => What::AgentHungUp { cause: cause(why), by },
        What::Ended { cause: why, by } => What::Ended { cause: cause(why), by },
        What::RecordingFailed { reason } => What::RecordingFailed { reason: text(&reason) },
        What::TransferAsked { transfer, to, how } => {
            What::TransferAsked { transfer, to: to.masked(), how }
        }
        What::ThirdHungUp { transfer, cause: why, by } => {
            What::ThirdHungUp { transfer, cause: cause(why), by }
        }
        What::TransferFailed { transfer, cause: why } => {
            What::TransferFailed { transfer, cause: cause(why) }
        }
        same @ (What::Initiated
        | What::Answered
        | What::AgentAnswered
        | What::AskedFor { .. }
        | What::Expecting
        | What::Bridged
        | What::Dialled
        | What::Rang
        | What::Active
        | What::Held
        | What::Resumed
        | What::Lapsed
        | What::LetGo { .. }
        | What::RecordingOrdered
        | What::RecordingPaused
        | What::RecordingResumed
        | What::Announced
        | What::ThirdAnswered { .. }
        | What::Consulting { .. }
        | What::TransferCancelled { .. }
        | What::Transferred { .. }
        | What::RecordingSaved { .. }
        | What::RecordingStored { .. }
        | What::RecordingMissing
        | What::RecordingDeleted { .. }
        | What::RecordingRemoved
        | What::NoWord) => same,
    }
}

/// A row, without numbers.
#[must_use]
pub fn row(row: Row) -> Row {
    let recording = match row.recording {
        Recording::Failed { reason } => Recording::Failed { reason: text(&reason) },
        same @ (Recording::None
        | Recording::Expected
        | Recording::Paused
        | Recording::Processing
        | Recording::Ready { .. }
        | Recording::Missing
        | Recording::Deleted) => same,
    };
    let with = row.with.map(party);
    let transfer = row.transfer.map(|transfer| {
        let stage = match transfer.stage {
            TransferStage::Failed { cause: why } => TransferStage::Failed { cause: cause(why) },
            same @ (TransferStage::Calling
            | TransferStage::Consulting
            | TransferStage::Done
            | TransferStage::Cancelled) => same,
        };
        Transfer { to: transfer.to.masked(), stage, ..transfer }
    });
    Row { with, cause: row.cause.map(cause), recording, transfer, ..row }
}

impl Webhook {
    /// Without numbers.
    #[must_use]
    pub fn masked(self) -> Self {
        let Fact { at, ids, what: said } = self.fact;
        Self { fact: Fact { at, ids, what: what(said) }, ..self }
    }
}

impl Done {
    /// Without numbers.
    #[must_use]
    pub fn masked(self) -> Self {
        let what = match self.what {
            Deed::Stated(said) => Deed::Stated(what(said)),
            same @ (Deed::HungUp(_)
            | Deed::AskedForRecording(_)
            | Deed::Copied(_)
            | Deed::AskedToDeleteRecording(_)
            | Deed::AskedWhetherAlive(_)) => same,
        };
        Self { what, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::{text, written};
    use crate::number::Number;

    #[test]
    fn a_text_keeps_two_digits_of_a_number_and_everything_else() {
        for (plain, masked) in [
            ("", ""),
            ("SIP 486", "SIP 486"),
            ("error 42001", "error 42001"),
            ("Jane (202) 555-0100, home", "Jane (xxx) xxx-xx00, home"),
            ("sip:+12025550100@sip.telnyx.com", "sip:+xxxxxxxxx00@sip.telnyx.com"),
            ("from 2025550100 to 2025550142", "from xxxxxxxx00 to xxxxxxxx42"),
            ("２０２５５５０１００", "xxxxxxxx００"),
        ] {
            assert_eq!(text(plain), masked);
        }
    }

    #[test]
    fn what_was_written_is_a_number_or_none_as_it_was() {
        for plain in [
            "+1 202 555 0100",
            "(202) 555-0100",
            "tel:+34910123456",
            "",
            "call me",
            "911",
            "12345678901234567",
            "5550100",
            "0202555010",
        ] {
            let kind = |text: &str| Number::parse(text).map(|number| number.as_str().len());
            assert_eq!(kind(&written(plain)), kind(plain), "{plain:?}");
            assert_eq!(written(&written(plain)), written(plain), "masking again changes nothing");
        }
        assert_eq!(written("+1 202 555 0100"), "+99999999900");
    }
}
