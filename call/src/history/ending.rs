//! How a call ended, by the words of both witnesses.

use super::testimony::Testimony;
use crate::cause::{Cause, Outcome, Side};
use crate::party::Direction;
use crate::time::Millis;

/// How a call ended, once all that is known of it has been weighed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ending {
    pub(super) at: Millis,
    pub(super) outcome: Outcome,
    pub(super) cause: Cause,
    pub(super) by: Side,
}

impl Ending {
    /// Nothing while nobody has said that it is over.
    pub(super) fn of(known: &Testimony) -> Option<Self> {
        let incoming = known.direction() == Direction::Incoming;
        let telnyx = known.telnyx_hung_up().map(|(at, cause, by)| {
            // Telnyx speaks of the leg's caller.
            let by = match by {
                Side::Us if incoming => Side::Them,
                Side::Them if incoming => Side::Us,
                Side::Us | Side::Them | Side::Network => by,
            };
            (at, (cause, by))
        });
        let page = known.page_ended().map(|(at, cause, by)| (*at, (cause.clone(), *by)));
        let (at, (cause, by)) = match (telnyx, page) {
            (Some((at, telnyx)), Some((_, page))) => (at, settled(telnyx, page)),
            // It was the server's doing, which Telnyx cannot tell from the agent's.
            (Some((at, (cause, Side::Us))), None) if known.let_go == Some(true) => {
                (at, (cause, Side::Network))
            }
            (Some((at, (cause, Side::Us))), None) if incoming => {
                // Only a phone that rang can have been put down by somebody; else the leg ended by itself.
                let declined = !known.offered.is_empty()
                    && matches!(cause, Cause::Rejected | Cause::Busy | Cause::Normal);
                (at, (cause, if declined { Side::Us } else { Side::Network }))
            }
            (Some(telnyx), None) => telnyx,
            (None, Some(page)) => page,
            (None, None) => (known.lapsed?, (Cause::Silence, Side::Network)),
        };
        let outcome = if known.answered.or(known.active).is_some() {
            Outcome::Answered
        } else if incoming {
            Outcome::not_taken(&cause, by)
        } else {
            Outcome::unanswered(&cause, by)
        };
        Some(Self { at, outcome, cause, by })
    }
}

/// Why and by whom, where both witnesses have said so. The screen has shown the page's word by then.
///
/// Telnyx's word settles what the far end did. Of this end it knows only that a leg went away: whether that was the
/// person or the line, the page knows.
fn settled(telnyx: (Cause, Side), page: (Cause, Side)) -> (Cause, Side) {
    match (telnyx.1, page.1) {
        (_, Side::Us) => (telnyx.0, Side::Us),
        (Side::Them, Side::Them | Side::Network) => telnyx,
        // The page never heard how it ended, and nobody there did it.
        (Side::Network, Side::Them | Side::Network)
            if matches!(page.0, Cause::Silence | Cause::Untold) =>
        {
            (telnyx.0, page.1)
        }
        (Side::Us | Side::Network, Side::Them | Side::Network) => page,
    }
}
