//! Both answers to what nobody has seen yet, as far as no other file has them.

#![allow(clippy::unwrap_used, reason = "a dialogue that breaks is a failed test")]

use serde_json::{Value, json};

use super::super::dialogue::{BROWSER, Dialogue};
use super::super::{Called, Output};
use crate::switches::{
    AbsentUser, CallReportId, DeletedCredential, DuplicateDial, EmergencyCalls, ExpiredToken,
    LegEvents, SdkClientState, SdkControlId, SdkCustomHeaders,
};

const DAY: u64 = 24 * 3600 * 1000;

#[test]
fn the_sdks_client_state_reaches_webhooks_or_does_not() {
    for (switch, told) in
        [(SdkClientState::Reaches, json!("dG9ubw==")), (SdkClientState::Lost, Value::Null)]
    {
        let mut dialogue = Dialogue::ready();
        dialogue.exchange.switches.sdk_client_state = switch;
        dialogue.dials("+12025550107");
        assert_eq!(dialogue.events()[0].payload["client_state"], told);
    }
}

#[test]
fn the_sdks_headers_are_in_one_field_or_in_the_other() {
    let header = json!([{ "name": "X-Tono", "value": "7" }]);
    for (switch, custom, sip) in [
        (SdkCustomHeaders::CustomHeaders, header.clone(), Value::Null),
        (SdkCustomHeaders::SipHeaders, json!([]), header.clone()),
    ] {
        let mut dialogue = Dialogue::ready();
        dialogue.exchange.switches.sdk_custom_headers = switch;
        dialogue.dials("+12025550107");
        let payload = dialogue.events()[0].payload.clone();
        assert_eq!((&payload["custom_headers"], &payload["sip_headers"]), (&custom, &sip));
    }
}

#[test]
fn a_call_to_a_user_who_is_not_there_is_told_of_or_is_none() {
    for (switch, told) in [
        (AbsentUser::Silent, vec![]),
        (AbsentUser::Announced, vec!["call.initiated", "call.hangup"]),
    ] {
        let mut dialogue = Dialogue::new();
        dialogue.exchange.switches.absent_user = switch;
        let user = dialogue.user.clone();
        let called = Called::Browser { user: Some(user.clone()) };
        let now = dialogue.now();
        let (leg, out) = dialogue.exchange.call_in("+12025550107", &user, &called, now);
        assert_eq!(leg.is_ok(), !told.is_empty());
        let posted: Vec<_> = out
            .into_iter()
            .filter_map(|output| match output {
                Output::Post(event) => Some(event),
                Output::Send { .. }
                | Output::Drop { .. }
                | Output::Fetch { .. }
                | Output::Media { .. } => None,
            })
            .collect();
        assert_eq!(posted.iter().map(|event| event.kind).collect::<Vec<_>>(), told);
        for event in posted {
            assert_eq!(event.payload["to"], user);
        }
    }
}

#[test]
fn the_sdk_is_told_the_control_id_or_only_the_others() {
    for (switch, parks, told) in [
        (SdkControlId::Sent, false, true),
        (SdkControlId::Withheld, false, false),
        (SdkControlId::Withheld, true, true),
    ] {
        let mut dialogue = Dialogue::ready();
        dialogue.exchange.switches.sdk_control_id = switch;
        if parks {
            dialogue.parks();
        }
        dialogue.dials("+12025550107");
        let ringing = dialogue.last("telnyx_rtc.ringing");
        assert_eq!(ringing["telnyx_call_control_id"].is_string(), told);
        assert!(ringing["telnyx_leg_id"].is_string());
    }
}

#[test]
fn a_leg_that_nobody_commands_has_few_events_or_all() {
    for (switch, count) in [(LegEvents::Basic, 0), (LegEvents::All, 2)] {
        let mut dialogue = Dialogue::ready();
        dialogue.exchange.switches.sdk_leg_events = switch;
        dialogue.dials("+12025550107");
        dialogue.after(1500);
        dialogue.hears();
        dialogue.asks("telnyx_rtc.modify", json!({ "action": "hold" }));
        dialogue.asks("telnyx_rtc.info", json!({ "dtmf": "1" }));
        assert_eq!(dialogue.events().len(), count);
    }
}

#[test]
fn a_dial_that_is_repeated_dials_once_whatever_it_is_answered_with() {
    for switch in [DuplicateDial::SameIds, DuplicateDial::OtherIds, DuplicateDial::Ok] {
        let mut dialogue = Dialogue::ready();
        dialogue.exchange.switches.duplicate_dial = switch;
        let body = json!({ "to": "+12025550107", "command_id": "a" });
        let first = dialogue.dial_reply(&body).unwrap();
        let second = dialogue.dial_reply(&body).unwrap();
        assert_eq!(dialogue.exchange.legs().len(), 1);
        let id = |reply: &Value| reply["data"]["call_control_id"].clone();
        match switch {
            DuplicateDial::SameIds => assert_eq!(first, second),
            DuplicateDial::OtherIds => {
                assert!(id(&second).is_string() && id(&first) != id(&second));
            }
            DuplicateDial::Ok => assert_eq!(second["data"]["result"], "ok"),
        }
        dialogue.after(60_001);
        dialogue.dial_reply(&body).unwrap();
        assert_eq!(dialogue.exchange.legs().len(), 2);
    }
}

#[test]
fn a_call_for_help_is_not_parked_or_is() {
    for (switch, legs) in [(EmergencyCalls::Bypass, 2), (EmergencyCalls::Park, 1)] {
        let mut dialogue = Dialogue::ready();
        dialogue.exchange.switches.emergency_calls = switch;
        dialogue.parks();
        dialogue.dials("911");
        assert_eq!(dialogue.exchange.legs().len(), legs);
    }
}

#[test]
fn an_expired_token_ends_its_session_or_does_not() {
    for (switch, drops) in [(ExpiredToken::EndsSession, true), (ExpiredToken::KeepsSession, false)]
    {
        let mut dialogue = Dialogue::ready();
        dialogue.exchange.switches.expired_token = switch;
        dialogue.after(DAY);
        assert_eq!(dialogue.hears().contains(&"drop".to_owned()), drops);
    }
}

#[test]
fn an_expired_token_leaves_the_call_its_media_or_ends_it() {
    for (switch, stage) in
        [(ExpiredToken::EndsSession, "answered"), (ExpiredToken::EndsCalls, "ended")]
    {
        let mut dialogue = Dialogue::ready();
        dialogue.exchange.switches.expired_token = switch;
        dialogue.after(DAY - 2000);
        dialogue.dials("+12025550107");
        dialogue.after(1500);
        assert_eq!(dialogue.stage(), "answered");
        dialogue.hears();
        dialogue.after(500);
        assert_eq!(dialogue.stage(), stage);
        let ended_media = switch == ExpiredToken::EndsCalls;
        let told = dialogue.hears();
        assert_eq!(told.contains(&"media: end".to_owned()), ended_media);
        assert_eq!(told.last().unwrap(), "drop");
    }
}

#[test]
fn a_newer_token_keeps_the_session_when_the_older_one_expires() {
    let mut dialogue = Dialogue::ready();
    dialogue.after(DAY / 2);
    let id = dialogue.exchange.account.credentials.all()[0].id.clone();
    let now = dialogue.now();
    let token = dialogue.exchange.account.credentials.token(&id, now).unwrap();
    dialogue.says(BROWSER, "login", &json!({ "login_token": token }));
    dialogue.after(DAY / 2);
    assert!(!dialogue.hears().contains(&"drop".to_owned()));
    dialogue.after(DAY / 2);
    assert!(dialogue.hears().contains(&"drop".to_owned()));
}

#[test]
fn deleting_a_credential_ends_its_sessions_or_does_not() {
    for (switch, count) in
        [(DeletedCredential::KeepsSession, 0), (DeletedCredential::EndsSession, 1)]
    {
        let mut dialogue = Dialogue::ready();
        dialogue.exchange.switches.deleted_credential = switch;
        let (user, now) = (dialogue.user.clone(), dialogue.now());
        let out = dialogue.exchange.credential_deleted(&user, now);
        assert_eq!(
            out.iter().filter(|output| matches!(output, Output::Drop { .. })).count(),
            count
        );
    }
}

#[test]
fn the_gateway_asks_for_reports_or_does_not() {
    for (switch, asked) in [(CallReportId::Absent, false), (CallReportId::Sent, true)] {
        let mut dialogue = Dialogue::new();
        dialogue.exchange.switches.call_report_id = switch;
        dialogue.signs_in(BROWSER, false);
        assert_eq!(dialogue.last_result()["params"]["call_report_id"].is_string(), asked);
    }
}
