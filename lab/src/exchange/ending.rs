//! Why a call ended, in each of the languages it has to be told in.

use crate::numbers::Refusal;

/// Why a call ended, and who ended it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) cause: Cause,
    pub(crate) by: By,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Caller,
    Callee,
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    NormalClearing,
    OriginatorCancel,
    Refused(Refusal),
    /// The SDP could not be used.
    IncompatibleMedia,
}

impl Cause {
    /// Q.850 name and code, as `telnyx_rtc.bye` carries them.
    pub(crate) fn q850(self) -> (&'static str, u16) {
        match self {
            Self::NormalClearing => ("NORMAL_CLEARING", 16),
            Self::OriginatorCancel => ("ORIGINATOR_CANCEL", 487),
            Self::Refused(Refusal::Busy) => ("USER_BUSY", 17),
            Self::Refused(Refusal::NoAnswer) => ("NO_ANSWER", 19),
            Self::Refused(Refusal::Rejected) => ("CALL_REJECTED", 21),
            Self::Refused(Refusal::Unallocated) => ("UNALLOCATED_NUMBER", 1),
            Self::IncompatibleMedia => ("INCOMPATIBLE_DESTINATION", 88),
        }
    }

    /// SIP status and reason (RFC 3261, section 21).
    pub(crate) fn sip(self) -> (u16, &'static str) {
        match self {
            Self::NormalClearing => (200, "OK"),
            Self::OriginatorCancel => (487, "Request Terminated"),
            Self::Refused(Refusal::Busy) => (486, "Busy Here"),
            Self::Refused(Refusal::NoAnswer) => (480, "Temporarily Unavailable"),
            Self::Refused(Refusal::Rejected) => (603, "Decline"),
            Self::Refused(Refusal::Unallocated) => (404, "Not Found"),
            Self::IncompatibleMedia => (488, "Not Acceptable Here"),
        }
    }

    /// `hangup_cause` of the `call.hangup` webhook.
    pub(crate) fn webhook(self) -> &'static str {
        match self {
            Self::NormalClearing => "normal_clearing",
            Self::OriginatorCancel => "originator_cancel",
            Self::Refused(Refusal::Busy) => "user_busy",
            Self::Refused(Refusal::NoAnswer) => "no_answer",
            Self::Refused(Refusal::Rejected) => "call_rejected",
            Self::Refused(Refusal::Unallocated) => "not_found",
            Self::IncompatibleMedia => "unspecified",
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
