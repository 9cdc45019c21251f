//! What nobody has yet seen a real account do: one switch a question, so that both answers can be tested.
//!
//! Each default is the answer that Telnyx's documents make likelier, or, where they say nothing, the one that is safer
//! to have written a server for. `lab/README.md` has a line for each, under "Not yet seen on a real account".

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// All of them, as `GET /lab/switches` shows them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Switches {
    /// Whether REST commands reach an SDK's leg that is not parked.
    pub(crate) sdk_leg_commands: LegCommands,
    /// Which events a leg has that no REST command can reach: `call.initiated`, `.answered`, `.bridged`, `.hangup` only, or all.
    pub(crate) sdk_leg_events: LegEvents,
    /// Whether a recording that the outbound voice profile asked for is announced by `call.recording.saved`.
    pub(crate) profile_recording_webhook: ProfileRecordingWebhook,
    /// Whether a recording that the outbound voice profile asked for says of which call it is, and between whom.
    pub(crate) recording_call_ids: RecordingCallIds,
    /// Whether the SDK's `clientState` is the `client_state` of its leg's webhooks.
    pub(crate) sdk_client_state: SdkClientState,
    /// Which field of webhooks has the SDK's custom headers.
    pub(crate) sdk_custom_headers: SdkCustomHeaders,
    /// Whether the SDK is told the `call_control_id` of a leg that is not parked.
    pub(crate) sdk_control_id: SdkControlId,
    /// What a dial that repeats a `command_id` is answered with: the ids of the first one, ids of no call, or a bare `ok`.
    pub(crate) duplicate_dial: DuplicateDial,
    /// What `bridge` does with a parked leg that has not been answered: 422 with 90034, or it answers it.
    pub(crate) bridge_unanswered: BridgeUnanswered,
    /// What parking does with calls to emergency services.
    pub(crate) emergency_calls: EmergencyCalls,
    /// Who hung up, when a REST command did.
    pub(crate) rest_hangup_source: RestHangupSource,
    /// What deleting a credential does to a browser signed in with it.
    pub(crate) deleted_credential: DeletedCredential,
    /// What the expiry of its token does to a browser signed in with it.
    pub(crate) expired_token: ExpiredToken,
    /// Where a browser that trickles its own addresses finds the gateway's.
    pub(crate) gateway_candidates: GatewayCandidates,
    /// Which calls a browser that signs in again gets back: those of its session, or all that its user lost.
    pub(crate) reattached_calls: ReattachedCalls,
    /// What becomes of a call that rang in a browser that lost its socket and signs in again.
    pub(crate) ringing_calls: RingingCalls,
    /// Whether a call to a user that no browser is registered as has a leg, and with it webhooks.
    pub(crate) absent_user: AbsentUser,
    /// Whether the gateway asks for call reports, by a `call_report_id`.
    pub(crate) call_report_id: CallReportId,
    /// Whether all attempts of one webhook have the same `data.id`.
    pub(crate) webhook_id: WebhookId,
    /// Whether a webhook answered by 4xx, other than 408 and 429, is tried again.
    pub(crate) webhook_4xx: Webhook4xx,
    /// So many of the next `bridge` commands fail with a 422 that is gone when the command is tried again.
    pub(crate) bridge_fails: u32,
}

/// A change to the switches that makes no sense.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoSuchSetting {
    #[error("not a setting of the switches: {0}")]
    Unreadable(#[from] serde_json::Error),
    #[error("switches are set by a JSON object, such as {{\"bridge_fails\": 1}}")]
    NoObject,
}

impl Switches {
    /// These switches with the ones set that `change`, a JSON object, names.
    pub(crate) fn changed(&self, change: &Value) -> Result<Self, NoSuchSetting> {
        let (Value::Object(mut all), Value::Object(change)) = (serde_json::to_value(self)?, change)
        else {
            return Err(NoSuchSetting::NoObject);
        };
        all.extend(change.clone());
        Ok(serde_json::from_value(Value::Object(all))?)
    }
}

/// [`Switches::sdk_leg_commands`]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LegCommands {
    #[default]
    Refused,
    Accepted,
}

/// [`Switches::sdk_leg_events`]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LegEvents {
    #[default]
    Basic,
    All,
}

/// [`Switches::profile_recording_webhook`]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ProfileRecordingWebhook {
    #[default]
    NotSent,
    Sent,
}

/// [`Switches::recording_call_ids`]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RecordingCallIds {
    #[default]
    Present,
    Absent,
}

/// [`Switches::sdk_client_state`]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SdkClientState {
    #[default]
    Reaches,
    Lost,
}

/// [`Switches::sdk_custom_headers`]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SdkCustomHeaders {
    #[default]
    CustomHeaders,
    SipHeaders,
}

/// [`Switches::sdk_control_id`]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SdkControlId {
    #[default]
    Sent,
    Withheld,
}

/// [`Switches::duplicate_dial`]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DuplicateDial {
    #[default]
    SameIds,
    OtherIds,
    Ok,
}

/// [`Switches::bridge_unanswered`]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BridgeUnanswered {
    #[default]
    Refused,
    Answers,
}

/// [`Switches::emergency_calls`]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EmergencyCalls {
    #[default]
    Bypass,
    Park,
}

/// [`Switches::rest_hangup_source`]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RestHangupSource {
    #[default]
    Caller,
    Callee,
    Unknown,
}

/// [`Switches::deleted_credential`]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeletedCredential {
    #[default]
    KeepsSession,
    EndsSession,
}

/// [`Switches::expired_token`]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ExpiredToken {
    #[default]
    EndsSession,
    EndsCalls,
    KeepsSession,
}

/// [`Switches::gateway_candidates`]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GatewayCandidates {
    #[default]
    InSdp,
    Trickled,
}

/// [`Switches::reattached_calls`]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReattachedCalls {
    #[default]
    OfSession,
    OfUser,
}

/// [`Switches::ringing_calls`]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RingingCalls {
    #[default]
    LetGo,
    RingAgain,
}

/// [`Switches::absent_user`]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AbsentUser {
    #[default]
    Silent,
    Announced,
}

/// [`Switches::call_report_id`]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CallReportId {
    #[default]
    Absent,
    Sent,
}

/// [`Switches::webhook_id`]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WebhookId {
    #[default]
    Stable,
    EachAttempt,
}

/// [`Switches::webhook_4xx`]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Webhook4xx {
    #[default]
    Final,
    Retried,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a switch that is not there is a failed test")]

    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_a_change_names_is_changed() {
        let changed = Switches::default()
            .changed(&json!({ "sdk_leg_commands": "accepted" }))
            .unwrap()
            .changed(&json!({ "bridge_fails": 1 }))
            .unwrap();
        assert_eq!(changed.sdk_leg_commands, LegCommands::Accepted);
        assert_eq!(changed.bridge_fails, 1);
        assert_eq!(changed.expired_token, ExpiredToken::EndsSession);
    }

    #[test]
    fn what_is_no_switch_is_refused() {
        let refused = |change| Switches::default().changed(&change).unwrap_err().to_string();
        assert!(refused(json!({ "sdk_leg_command": "accepted" })).contains("sdk_leg_command"));
        assert!(refused(json!({ "sdk_leg_commands": "maybe" })).contains("maybe"));
        assert!(refused(json!([])).contains("object"));
    }
}
