//! What a webhook says, in our words. The only place that spells Telnyx's event names.
//!
//! Telnyx's document calls no field of a payload required, and live traffic has `null` and `""` where nothing was
//! set: every field is optional here, and an empty one is as good as none.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use call::api::CALL_HEADER;
use call::cause::{Cause, Side};
use call::history::{Fact, What};
use call::ids::{CallId, TelnyxIds};
use call::time::Millis;
use serde::Deserialize;

use crate::carrier::Links;
use crate::config::Ours;
use crate::control::{Handle, Happened, Heard, News, Role, Tag, Waits};
use crate::store::{OfLeg, Said, Way, Webhook};

/// The longest id Telnyx may send; more is kept of none.
const LONGEST_ID: usize = 512;

/// Why an authentic body cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Undecodable {
    #[error("it is no event of Telnyx's API version 2: {0}")]
    Envelope(#[from] serde_json::Error),
    #[error("its {0} is empty, too long or no text")]
    Id(&'static str),
    #[error("its occurred_at is no moment: {0}")]
    Moment(#[from] jiff::Error),
}

#[derive(Deserialize)]
struct Body {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    event_type: String,
    id: String,
    occurred_at: String,
    #[serde(default)]
    payload: serde_json::Value,
}

/// The events we keep facts of.
#[derive(Clone, Copy)]
enum Kind {
    Initiated,
    Answered,
    Bridged,
    HungUp,
    RecordingSaved,
    RecordingFailed,
}

impl Kind {
    /// Nothing for the many events we do not need, and for those Telnyx adds.
    fn of(event_type: &str) -> Option<Self> {
        Some(match event_type {
            "call.initiated" => Self::Initiated,
            "call.answered" => Self::Answered,
            "call.bridged" => Self::Bridged,
            "call.hangup" => Self::HungUp,
            "call.recording.saved" => Self::RecordingSaved,
            "call.recording.error" => Self::RecordingFailed,
            _ => return None,
        })
    }
}

#[derive(Deserialize)]
struct Payload {
    call_control_id: Option<String>,
    call_session_id: Option<String>,
    call_leg_id: Option<String>,
    connection_id: Option<String>,
    client_state: Option<String>,
    custom_headers: Option<Vec<Header>>,
    sip_headers: Option<Vec<Header>>,
    hangup_cause: Option<String>,
    hangup_source: Option<String>,
    recording_id: Option<String>,
    recording_urls: Option<Links>,
    reason: Option<String>,
    direction: Option<String>,
    state: Option<String>,
    from: Option<String>,
    to: Option<String>,
    to_sip_uri: Option<String>,
}

#[derive(Deserialize)]
struct Header {
    name: String,
    value: String,
}

/// Whose events they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Connection,
    Application,
}

impl Whose {
    /// Nothing if it is of no connection of ours.
    fn of(connection_id: Option<&str>, ours: Ours<'_>) -> Option<Self> {
        let id = connection_id.filter(|id| ours.has(id))?;
        Some(if id == ours.connection { Self::Connection } else { Self::Application })
    }
}

/// Reads an authentic body.
pub(crate) fn decode(body: &[u8], ours: Ours<'_>) -> Result<Webhook, Undecodable> {
    let Body { data } = serde_json::from_slice(body)?;
    for (text, what) in [(&data.id, "id"), (&data.event_type, "event_type")] {
        if text.is_empty() || !is_id(text) {
            return Err(Undecodable::Id(what));
        }
    }
    let said = said(&data, ours)?;
    Ok(Webhook { event_id: data.id, event_type: data.event_type, body: body.to_vec(), said })
}

/// The links in a `call.recording.saved` that came without a recording's id.
pub(crate) fn announced_links(body: &[u8]) -> Option<Links> {
    let Body { data } = serde_json::from_slice(body).ok()?;
    serde_json::from_value::<Payload>(data.payload).ok()?.recording_urls
}

fn said(data: &Data, ours: Ours<'_>) -> Result<Said, Undecodable> {
    if matches!(data.event_type.as_str(), "call.speak.ended" | "call.playback.ended") {
        return told(data, ours);
    }
    let Some(kind) = Kind::of(&data.event_type) else { return Ok(Said::Nothing) };
    let payload: Payload = Payload::deserialize(&data.payload)?;
    // The signature says which account, not which connection.
    let Some(whose) = Whose::of(payload.connection_id.as_deref(), ours) else {
        return Ok(Said::OfAnotherConnection);
    };
    let tag = state(&payload).and_then(|state| Tag::read(&state));
    let named = named(&payload, tag.as_ref());
    let called = [&payload.to_sip_uri, &payload.to].into_iter().flatten();
    let called = called.filter_map(|to| sip_user(to)).map(str::to_owned).collect();
    let way = match (kind, payload.direction.as_deref()) {
        (Kind::Initiated, Some("incoming")) => {
            let from = payload.from.as_deref().filter(|from| is_id(from)).unwrap_or_default();
            Way::Incoming { from: sip_user(from).unwrap_or(from).to_owned() }
        }
        (Kind::Initiated, Some("outgoing")) => Way::Outgoing,
        (
            Kind::Initiated
            | Kind::Answered
            | Kind::Bridged
            | Kind::HungUp
            | Kind::RecordingSaved
            | Kind::RecordingFailed,
            _,
        ) => Way::NotSaid,
    };
    let at = moment(&data.occurred_at)?;
    let ids = TelnyxIds {
        call_control_id: id(payload.call_control_id, "call_control_id")?,
        call_session_id: id(payload.call_session_id, "call_session_id")?,
        call_leg_id: id(payload.call_leg_id, "call_leg_id")?,
    };
    let what = match kind {
        Kind::Initiated => What::Initiated,
        Kind::Answered => What::Answered,
        Kind::Bridged => What::Bridged,
        Kind::HungUp => What::HungUp {
            cause: cause(payload.hangup_cause.as_deref().unwrap_or("unspecified")),
            by: side(payload.hangup_source.as_deref().unwrap_or("unknown")),
        },
        Kind::RecordingSaved => {
            What::RecordingSaved { recording_id: id(payload.recording_id, "recording_id")? }
        }
        Kind::RecordingFailed => {
            What::RecordingFailed { reason: payload.reason.unwrap_or_default() }
        }
    };
    let waits = way == Way::Outgoing && payload.state.as_deref() == Some("parked");
    let waits = waits.then_some(Waits { dialled: payload.to });
    // Without an application nothing can be commanded.
    let controlled = ours.application.is_some();
    let heard = if controlled { heard(whose, tag.as_ref(), kind, at, &ids) } else { None };
    let heard = heard.map(|heard| Box::new(Heard { waits, ..heard }));
    Ok(Said::Fact(OfLeg { fact: Fact { at, ids, what }, named, way, called, heard }))
}

/// What was played to a leg that we command is over; no fact, for not everything that is played is worth one.
fn told(data: &Data, ours: Ours<'_>) -> Result<Said, Undecodable> {
    let payload: Payload = Payload::deserialize(&data.payload)?;
    if Whose::of(payload.connection_id.as_deref(), ours).is_none() {
        return Ok(Said::OfAnotherConnection);
    }
    let tag = state(&payload).and_then(|state| Tag::read(&state));
    let handle = id(payload.call_control_id, "call_control_id")?.map(Handle);
    let (Some(Tag { call, role }), Some(handle), Some(_)) = (tag, handle, ours.application) else {
        return Ok(Said::Nothing);
    };
    let news = News { role, handle, happened: Happened::Told, at: moment(&data.occurred_at)? };
    Ok(Said::News(call, Box::new(Heard { news, tagged: true, waits: None })))
}

/// The user of a SIP address, with or without its scheme and host; nothing of a telephone number.
fn sip_user(address: &str) -> Option<&str> {
    let address = address.trim();
    let address =
        address.strip_prefix("sip:").or_else(|| address.strip_prefix("sips:")).unwrap_or(address);
    let user = address.split(['@', ';']).next().unwrap_or_default();
    (user.contains(|c: char| c.is_ascii_alphabetic()) && is_id(user)).then_some(user)
}

/// What an event says of a leg that can be commanded, if its kind says how far that has come.
fn heard(
    whose: Whose,
    tag: Option<&Tag>,
    kind: Kind,
    at: Millis,
    ids: &TelnyxIds,
) -> Option<Heard> {
    let role = match (tag, whose) {
        (Some(tag), _) => tag.role,
        (None, Whose::Connection) => Role::Agent,
        (None, Whose::Application) => return None,
    };
    let happened = match kind {
        Kind::Initiated => Happened::Open,
        Kind::Answered => Happened::Answered,
        Kind::Bridged => Happened::Bridged,
        Kind::HungUp => Happened::Over,
        Kind::RecordingSaved | Kind::RecordingFailed => return None,
    };
    let handle = Handle(ids.call_control_id.clone()?);
    Some(Heard { news: News { role, handle, happened, at }, tagged: tag.is_some(), waits: None })
}

/// The client state, decoded.
fn state(payload: &Payload) -> Option<String> {
    let bytes = BASE64.decode(payload.client_state.as_deref()?).ok()?;
    String::from_utf8(bytes).ok()
}

/// Our own ids in the event: what the page gave the SDK, or we a leg, comes back in the client state and in a header.
fn named(payload: &Payload, tag: Option<&Tag>) -> Vec<CallId> {
    let state = state(payload).and_then(|state| our_id(&state));
    let state = tag.map(|tag| tag.call.clone()).or(state);
    let headers =
        payload.custom_headers.iter().flatten().chain(payload.sip_headers.iter().flatten());
    let headers = headers
        .filter(|header| header.name.eq_ignore_ascii_case(CALL_HEADER))
        .map(|header| header.value.trim().to_owned());
    state.into_iter().chain(headers.filter_map(|text| our_id(&text))).collect()
}

/// One of our ids; anybody may put anything into a client state.
fn our_id(text: &str) -> Option<CallId> {
    uuid::Uuid::try_parse(text).ok().map(|id| CallId(id.hyphenated().to_string()))
}

/// Whether a text is short enough, and one that PostgreSQL can keep: it has no place for U+0000.
fn is_id(text: &str) -> bool {
    text.len() <= LONGEST_ID && !text.contains('\0')
}

fn id(text: Option<String>, what: &'static str) -> Result<Option<String>, Undecodable> {
    match text {
        Some(text) if !is_id(&text) => Err(Undecodable::Id(what)),
        text => Ok(text.filter(|text| !text.is_empty())),
    }
}

fn moment(text: &str) -> Result<Millis, Undecodable> {
    let moment: jiff::Timestamp = text.parse()?;
    Ok(Millis(u64::try_from(moment.as_millisecond()).unwrap_or(0)))
}

/// `hangup_cause`. Telnyx adds words: one we do not know is kept as it came.
fn cause(word: &str) -> Cause {
    match word {
        "normal_clearing" => Cause::Normal,
        "user_busy" => Cause::Busy,
        // "timeout": the ring limit passed without an answer.
        "no_answer" | "timeout" => Cause::NoAnswer,
        "call_rejected" => Cause::Rejected,
        "originator_cancel" => Cause::Cancelled,
        "not_found" => Cause::NoSuchNumber,
        "time_limit" => Cause::TimeLimit,
        other => Cause::Other(other.to_owned()),
    }
}

/// `hangup_source`, as of a call of ours: the leg's caller is us. The row turns it round for a call that came in.
fn side(word: &str) -> Side {
    match word {
        "caller" => Side::Us,
        "callee" => Side::Them,
        "unknown" => Side::Network,
        other => {
            tracing::warn!(
                hangup_source = other,
                "a word of Telnyx's we do not know; taken as neither side"
            );
            Side::Network
        }
    }
}

#[cfg(test)]
mod tests {
    use call::cause::{Cause, Side};
    use call::history::What;

    use super::{announced_links, decode, sip_user};
    use crate::config::Ours;
    use crate::store::{OfLeg, Said};

    const OURS: Ours<'_> = Ours { connection: "1494404757140276705", application: None };

    /// The `body` of a sample of what Telnyx sends.
    fn sample(text: &str) -> serde_json::Value {
        let mut sample: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        sample["body"].take()
    }

    fn said(body: &serde_json::Value) -> Result<Said, String> {
        decode(body.to_string().as_bytes(), OURS)
            .map(|webhook| webhook.said)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn every_sample_of_telnyxs_webhooks_says_its_fact() {
        let normal = What::HungUp { cause: Cause::Normal, by: Side::Us };
        let saved = What::RecordingSaved {
            recording_id: Some("2bcb5ce8-9f4d-4d3e-8f3e-6e2d0f2f9a10".to_owned()),
        };
        for (text, what) in [
            (include_str!("../../../lab/carrier/call.initiated.json"), What::Initiated),
            (include_str!("../../../lab/carrier/call.answered.json"), What::Answered),
            (include_str!("../../../lab/carrier/call.bridged.json"), What::Bridged),
            (include_str!("../../../lab/carrier/call.hangup.json"), normal),
            (include_str!("../../../lab/carrier/call.recording.saved.json"), saved),
        ] {
            match said(&sample(text)) {
                Ok(Said::Fact(OfLeg { fact, .. })) => {
                    assert_eq!(fact.what, what);
                    assert!(fact.ids.call_control_id.is_some_and(|id| id.starts_with("v3:")));
                    assert!(fact.ids.call_session_id.is_some() && fact.ids.call_leg_id.is_some());
                    assert!(fact.at.0 > 1_700_000_000_000);
                }
                Ok(Said::Nothing | Said::OfAnotherConnection | Said::News(..)) => {
                    unreachable!("no fact in {text}")
                }
                Err(error) => unreachable!("{error} in {text}"),
            }
        }
    }

    #[test]
    fn the_links_of_an_announcement_are_found() {
        let body =
            sample(include_str!("../../../lab/carrier/call.recording.saved.json")).to_string();
        assert!(announced_links(body.as_bytes()).is_some_and(|links| links.best().is_some()));
    }

    #[test]
    fn our_id_is_found_in_the_client_state_and_in_the_header_whatever_its_case() {
        let id = "0198f3d2-7c1a-7b3e-9d2f-0a1b2c3d4e5f";
        let mut body = sample(include_str!("../../../lab/carrier/call.answered.json"));
        body["data"]["payload"]["custom_headers"] =
            serde_json::json!([{ "name": "x-tono-call", "value": id }]);
        let named = |body: &serde_json::Value| match said(body) {
            Ok(Said::Fact(OfLeg { named, .. })) => {
                named.into_iter().map(|id| id.0).collect::<Vec<_>>()
            }
            Ok(Said::Nothing | Said::OfAnotherConnection | Said::News(..)) | Err(_) => Vec::new(),
        };
        assert_eq!(named(&body), [id], "the client state is no id of ours and must not count");
        body["data"]["payload"]["client_state"] =
            "MDE5OGYzZDItN2MxYS03YjNlLTlkMmYtMGExYjJjM2Q0ZTVm".into();
        assert_eq!(named(&body), [id, id]);
        for nothing in [serde_json::Value::Null, "".into()] {
            body["data"]["payload"]["client_state"] = nothing;
            assert_eq!(named(&body), [id]);
        }
    }

    #[test]
    fn an_event_of_another_connection_is_not_ours() {
        let mut body = sample(include_str!("../../../lab/carrier/call.answered.json"));
        body["data"]["payload"]["connection_id"] = "99".into();
        assert!(matches!(said(&body), Ok(Said::OfAnotherConnection)));
    }

    #[test]
    fn a_sip_address_has_a_user_and_a_number_is_none() {
        for (address, user) in [
            ("gencredA1", Some("gencredA1")),
            ("sip:gencredA1@sip.telnyx.com", Some("gencredA1")),
            (" sips:ann@example.com;transport=tls", Some("ann")),
            ("+12025550100", None),
            ("sip:+12025550100@sip.telnyx.com", None),
            ("", None),
        ] {
            assert_eq!(sip_user(address), user, "{address}");
        }
    }

    #[test]
    fn a_cause_we_do_not_know_is_kept_as_it_came() {
        let mut body = sample(include_str!("../../../lab/carrier/call.hangup.json"));
        body["data"]["payload"]["hangup_cause"] = "solar_flare".into();
        body["data"]["payload"]["hangup_source"] = "callee".into();
        assert!(matches!(
            said(&body),
            Ok(Said::Fact(OfLeg { fact, .. }))
                if fact.what == What::HungUp { cause: Cause::Other("solar_flare".to_owned()), by: Side::Them }
        ));
    }

    #[test]
    fn what_is_no_event_of_version_2_is_undecodable() {
        for body in [
            "",
            "[]",
            "{}",
            r#"{"event_type":"call_answered","payload":{}}"#,
            r#"{"data":{"event_type":"call.answered","id":"","occurred_at":"2026-11-21T09:00:01Z","payload":{}}}"#,
            r#"{"data":{"event_type":"call.answered","id":"1","occurred_at":"2026-11-21T09:00:01Z","payload":7}}"#,
        ] {
            assert!(decode(body.as_bytes(), OURS).is_err(), "{body}");
        }
    }
}
