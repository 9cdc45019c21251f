//! Why a leg ended, in each of the languages it has to be told in.

use crate::numbers::Refusal;

/// Why a leg ended, and who ended it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) cause: Cause,
    pub(crate) by: By,
}

/// A leg's end in its call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Caller,
    Callee,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Caller,
    Callee,
    Unknown,
}

impl Side {
    /// It was this side's doing.
    pub(crate) fn own(self) -> By {
        match self {
            Self::Caller => By::Caller,
            Self::Callee => By::Callee,
        }
    }

    /// It was the other side's doing.
    pub(crate) fn other(self) -> By {
        match self {
            Self::Caller => By::Callee,
            Self::Callee => By::Caller,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    NormalClearing,
    OriginatorCancel,
    Refused(Refusal),
    /// The SDP could not be used.
    IncompatibleMedia,
    /// It rang for as long as the command that dialled allowed.
    Timeout,
    /// It was up for as long as the command that dialled allowed.
    TimeLimit,
}

impl Cause {
    /// Q.850 name and code, as `telnyx_rtc.bye` carries them.
    pub(crate) fn q850(self) -> (&'static str, u16) {
        match self {
            Self::NormalClearing | Self::Refused(Refusal::Cleared) => ("NORMAL_CLEARING", 16),
            Self::OriginatorCancel => ("ORIGINATOR_CANCEL", 487),
            Self::Refused(Refusal::Busy) => ("USER_BUSY", 17),
            Self::Refused(Refusal::NoAnswer) => ("NO_ANSWER", 19),
            Self::Refused(Refusal::Rejected | Refusal::Forbidden) => ("CALL_REJECTED", 21),
            Self::Refused(Refusal::Unallocated) => ("UNALLOCATED_NUMBER", 1),
            Self::Refused(Refusal::Absent) => ("SUBSCRIBER_ABSENT", 20),
            Self::Refused(Refusal::Unavailable) => ("NORMAL_TEMPORARY_FAILURE", 41),
            Self::IncompatibleMedia => ("INCOMPATIBLE_DESTINATION", 88),
            Self::Timeout => ("NO_USER_RESPONSE", 18),
            Self::TimeLimit => ("ALLOTTED_TIMEOUT", 602),
        }
    }

    /// SIP status and reason (RFC 3261, section 21).
    pub(crate) fn sip(self) -> (u16, &'static str) {
        match self {
            Self::NormalClearing | Self::TimeLimit => (200, "OK"),
            Self::OriginatorCancel | Self::Timeout => (487, "Request Terminated"),
            Self::Refused(Refusal::Busy) => (486, "Busy Here"),
            Self::Refused(Refusal::NoAnswer | Refusal::Cleared | Refusal::Absent) => {
                (480, "Temporarily Unavailable")
            }
            Self::Refused(Refusal::Rejected) => (603, "Decline"),
            Self::Refused(Refusal::Unallocated) => (404, "Not Found"),
            Self::Refused(Refusal::Unavailable) => (503, "Service Unavailable"),
            Self::Refused(Refusal::Forbidden) => (403, "Forbidden"),
            Self::IncompatibleMedia => (488, "Not Acceptable Here"),
        }
    }

    /// `hangup_cause` of the `call.hangup` webhook.
    pub(crate) fn webhook(self) -> &'static str {
        match self {
            Self::NormalClearing | Self::Refused(Refusal::Cleared) => "normal_clearing",
            Self::OriginatorCancel => "originator_cancel",
            Self::Refused(Refusal::Busy) => "user_busy",
            Self::Refused(Refusal::NoAnswer) => "no_answer",
            Self::Refused(Refusal::Rejected | Refusal::Forbidden) => "call_rejected",
            Self::Refused(Refusal::Unallocated) => "not_found",
            Self::Refused(Refusal::Absent | Refusal::Unavailable) | Self::IncompatibleMedia => {
                "unspecified"
            }
            Self::Timeout => "timeout",
            Self::TimeLimit => "time_limit",
        }
    }
}

impl By {
    /// `hangup_source` of the `call.hangup` webhook.
    pub(crate) fn webhook(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::Callee => "callee",
            Self::Unknown => "unknown",
        }
    }
}
