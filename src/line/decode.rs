//! Telnyx's words become ours here, and nowhere else in the page.

use call::call::{Connection, Sdk, Warning};
use call::cause::Cause;
use call::line::{Event as LineEvent, Trouble};
use web_sys::RtcPeerConnectionState;

/// What the SDK says beside the events that it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Aside {
    /// It warned, by this code.
    Warning(u32),
    /// It reported an error, by this code.
    Error(u32),
    /// It said a word that we do not know.
    Unknown(String),
}

/// The SDK's word on a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// It lives.
    Alive(Sdk),
    /// It is over, with the SDK's reason where it gave one.
    Over(Option<Cause>),
}

/// What an SDK error means for us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The call it names will end because of it.
    Call(Cause),
    /// The line is lost for good; a fresh token is needed.
    Line(Trouble),
    /// The SDK copes by itself, or says it elsewhere too.
    Nothing,
}

/// The SDK's state of a call. `cause` and `sip_code` are read only from an ending.
pub(super) fn state(word: &str, cause: Option<&str>, sip_code: Option<u16>) -> Result<Said, Aside> {
    Ok(Said::Alive(match word {
        "new" => Sdk::New,
        "requesting" => Sdk::Requesting,
        "trying" => Sdk::Trying,
        "recovering" => Sdk::Recovering,
        "ringing" => Sdk::Ringing,
        "answering" => Sdk::Answering,
        "early" => Sdk::Early,
        "active" => Sdk::Active,
        "held" => Sdk::Held,
        // Only what Telnyx ordered gets here: of what we closed ourselves nothing is heard.
        "purge" => return Ok(Said::Over(Some(Cause::SignedOff))),
        "hangup" | "destroy" => return Ok(Said::Over(ending(cause, sip_code))),
        other => return Err(Aside::Unknown(other.to_owned())),
    }))
}

/// Why a call ended. A SIP code is the far end's own word and weighs more than the SDK's
/// Q.850 name, which it also gives to failures of its own.
fn ending(cause: Option<&str>, sip_code: Option<u16>) -> Option<Cause> {
    match sip_code {
        Some(486 | 600) => return Some(Cause::Busy),
        Some(408 | 480) => return Some(Cause::NoAnswer),
        Some(403 | 603) => return Some(Cause::Rejected),
        Some(404 | 604 | 410) => return Some(Cause::NoSuchNumber),
        Some(487) => return Some(Cause::Cancelled),
        Some(_) | None => {}
    }
    cause.map(|word| match word {
        "NORMAL_CLEARING" => Cause::Normal,
        "USER_BUSY" => Cause::Busy,
        "NO_ANSWER" | "NO_USER_RESPONSE" => Cause::NoAnswer,
        "CALL_REJECTED" => Cause::Rejected,
        "ORIGINATOR_CANCEL" => Cause::Cancelled,
        "UNALLOCATED_NUMBER" => Cause::NoSuchNumber,
        other => Cause::Other(other.to_owned()),
    })
}

/// What an error of the SDK means, by its code (40001–49001).
pub(super) fn error(code: u32, name: &str) -> Meaning {
    match code {
        42001 => Meaning::Call(Cause::NoMicrophone),
        42002 | 42003 => Meaning::Call(Cause::NoDevice),
        // The gateway did not name the call among those it still has after a reconnect.
        48501 => Meaning::Call(Cause::Lost),
        40001..=40005 | 44002 | 44005 => Meaning::Call(Cause::Other(name.to_owned())),
        46001..=46003 => Meaning::Line(Trouble::TelnyxRefused),
        45003 => Meaning::Line(Trouble::TelnyxUnreachable),
        // Hold refused (its promise says so), BYE refused, single socket errors and a gateway that failed (the SDK
        // reconnects), offline.
        _ => Meaning::Nothing,
    }
}

/// Whether only the SDK's class tells of an error, and not its client: SDP negotiation that nobody waits for.
pub(super) const fn is_told_by_the_class_alone(code: u32) -> bool {
    matches!(code, 40001 | 40002)
}

/// What the gateway's word for its state says of the line: whether calls reach this browser. Nothing while it is
/// finding out.
pub(super) fn gateway(state: &str) -> Option<LineEvent> {
    Some(match state {
        "REGED" | "REGISTER" => LineEvent::Ready,
        "NOREG" | "UNREGED" | "UNREGISTER" | "EXPIRED" => LineEvent::NotRegistered,
        "FAILED" | "FAIL_WAIT" | "TIMEOUT" => LineEvent::GatewayFailed,
        _ => return None,
    })
}

/// What a warning of the SDK says of a call's sound, by its code (31001–36005); most say nothing that is not
/// seen elsewhere.
pub(super) const fn warning(code: u32) -> Option<Warning> {
    match code {
        // Of 33001 only the SDK's class speaks: ICE is disconnected.
        32001 | 33001 => Some(Warning::NothingHeard),
        32002 => Some(Warning::NothingSent),
        // Not that it is quiet there (31006) or here (31005): who listens says nothing, packets come all the same, and
        // the SDK never takes it back.
        _ => None,
    }
}

/// `RTCPeerConnection.connectionState`.
pub(super) fn connection(state: RtcPeerConnectionState) -> Result<Connection, Aside> {
    Ok(match state {
        RtcPeerConnectionState::New => Connection::New,
        RtcPeerConnectionState::Connecting => Connection::Connecting,
        RtcPeerConnectionState::Connected => Connection::Connected,
        RtcPeerConnectionState::Disconnected => Connection::Disconnected,
        RtcPeerConnectionState::Failed => Connection::Failed,
        RtcPeerConnectionState::Closed => Connection::Closed,
        // wasm-bindgen marks its enums as open: a browser newer than our bindings may say more.
        other => return Err(Aside::Unknown(format!("{other:?}"))),
    })
}

#[cfg(test)]
mod tests {
    use super::{Aside, Meaning, Said, error, state};
    use call::cause::Cause;

    #[test]
    fn every_state_of_the_sdk_has_a_name_here_and_an_unknown_one_is_an_error() {
        for word in [
            "new",
            "requesting",
            "trying",
            "recovering",
            "ringing",
            "answering",
            "early",
            "active",
            "held",
            "hangup",
            "destroy",
            "purge",
        ] {
            assert!(state(word, None, None).is_ok(), "{word}");
        }
        assert_eq!(state("levitating", None, None), Err(Aside::Unknown("levitating".to_owned())));
    }

    #[test]
    fn the_far_ends_sip_code_weighs_more_than_the_sdks_own_word() {
        let over = |cause, sip| state("hangup", cause, sip);
        assert_eq!(over(Some("USER_BUSY"), Some(486)), Ok(Said::Over(Some(Cause::Busy))));
        assert_eq!(over(Some("NORMAL_CLEARING"), Some(603)), Ok(Said::Over(Some(Cause::Rejected))));
        assert_eq!(over(Some("NORMAL_CLEARING"), Some(200)), Ok(Said::Over(Some(Cause::Normal))));
        assert_eq!(
            over(Some("MYSTERY"), None),
            Ok(Said::Over(Some(Cause::Other("MYSTERY".to_owned()))))
        );
        assert_eq!(over(None, None), Ok(Said::Over(None)));
    }

    #[test]
    fn a_microphone_that_may_not_be_used_ends_the_call_and_says_why() {
        assert_eq!(
            error(42001, "MEDIA_MICROPHONE_PERMISSION_DENIED"),
            Meaning::Call(Cause::NoMicrophone)
        );
        assert_eq!(error(48001, "NETWORK_OFFLINE"), Meaning::Nothing);
    }
}
