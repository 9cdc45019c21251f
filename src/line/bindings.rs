//! The SDK's JavaScript surface, name for name (`@telnyx/webrtc` 2.27).
//!
//! The only file that spells a JavaScript name of the SDK, and it contains no logic.

use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;
use web_sys::{MediaStream, RtcPeerConnection};

/// `telnyx.ready`: registered, one may dial. Comes again after each reconnect.
pub(super) const READY: &str = "telnyx.ready";
/// `telnyx.socket.open`: the SDK signs in next.
pub(super) const SOCKET_OPEN: &str = "telnyx.socket.open";
/// `telnyx.socket.close`.
pub(super) const SOCKET_CLOSE: &str = "telnyx.socket.close";
/// `telnyx.socket.message`: every request of the gateway, after the SDK has handled it.
pub(super) const SOCKET_MESSAGE: &str = "telnyx.socket.message";
/// `telnyx.notification`: call updates among others.
pub(super) const NOTIFICATION: &str = "telnyx.notification";
/// `telnyx.error`: structured errors.
pub(super) const ERROR: &str = "telnyx.error";
/// `telnyx.warning`: what the SDK's own measurements say of the sound.
pub(super) const WARNING: &str = "telnyx.warning";
/// Every message of the gateway, replies to the SDK's own requests too: said to whom it is of no use otherwise, so that
/// the SDK knows that its socket lives.
pub(super) const SOCKET_ACTIVITY: &str = "telnyx.internal.socketActivity";
/// The `type` of a [`Notification`] about a call's state.
pub(super) const CALL_UPDATE: &str = "callUpdate";
/// The [`Call::direction`] of a call that is made to us, and of every call that was re-attached.
pub(super) const INBOUND: &str = "inbound";
/// The gateway's word that the far end rings.
pub(super) const RINGING: &str = "telnyx_rtc.ringing";
/// The gateway's word on whether calls reach this browser, unasked; asked, it is a reply without a method.
pub(super) const GATEWAY_STATE: &str = "telnyx_rtc.gatewayState";
/// The code of the warning that the token ends in two minutes.
pub(super) const TOKEN_ENDS: u32 = 34001;
/// The gateway throws this browser off. The SDK ends its calls and does not sign in again by itself.
pub(super) const PUNT: &str = "telnyx_rtc.punt";

/// What the SDK keeps in `sessionStorage`: the token and the session that a reload resumes, when that was, and the calls
/// it left.
pub(super) const SESSION_ITEMS: [&str; 4] = [
    "telnyx-voice-sdk-id",
    "telnyx-voice-sdk-session-id",
    "telnyx-voice-sdk-session-id-stored-at",
    "telnyx-voice-sdk-active-calls",
];

// A module imported at run time is no import of ours: the SDK is fetched after the first paint and
// stays out of the page's own file.
#[wasm_bindgen(inline_js = "
const sdk = () => import('/sdk/bundle.mjs');
export const fetchSdk = async () => { await sdk(); };
export const newClient = async (options) => new (await sdk()).TelnyxRTC(options);
")]
extern "C" {
    /// Fetches and compiles the SDK.
    #[wasm_bindgen(catch, js_name = fetchSdk)]
    pub(super) async fn fetch_sdk() -> Result<(), JsValue>;

    /// `new TelnyxRTC(options)`; throws without credentials.
    #[wasm_bindgen(catch, js_name = newClient)]
    pub(super) async fn new_client(options: JsValue) -> Result<Client, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    /// `TelnyxRTC`: one signed-in connection to the gateway.
    #[derive(Clone)]
    #[wasm_bindgen(extends = js_sys::Object)]
    pub(super) type Client;

    /// Resolves at once: being registered is itself an event.
    #[wasm_bindgen(method, catch)]
    pub(super) async fn connect(this: &Client) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(super) async fn disconnect(this: &Client) -> Result<(), JsValue>;

    /// Closes the socket, if there is one, and nothing else.
    #[wasm_bindgen(method, getter, js_name = socketDisconnect)]
    pub(super) fn socket_disconnect(this: &Client) -> js_sys::Function;

    /// What the SDK calls to open a socket, itself too.
    #[wasm_bindgen(method, setter, js_name = connect)]
    pub(super) fn set_connect(this: &Client, connect: &js_sys::Function);

    /// Signs in on the open socket with the token in [`Client::options`]. Resolves whatever comes of it; a refusal is an
    /// error event too.
    #[wasm_bindgen(method, catch)]
    pub(super) async fn login(this: &Client) -> Result<(), JsValue>;

    /// Asks the gateway for its state; the answer is a [`SOCKET_MESSAGE`] too. Never rejects, and may never resolve.
    #[wasm_bindgen(method, catch, js_name = getIsRegistered)]
    pub(super) fn get_is_registered(this: &Client) -> Result<js_sys::Promise, JsValue>;

    /// What the SDK signs in with, now and whenever it has to by itself.
    #[wasm_bindgen(method, getter)]
    pub(super) fn options(this: &Client) -> SessionOptions;

    /// Options as the SDK keeps them.
    pub(super) type SessionOptions;

    #[wasm_bindgen(method, setter, js_name = login_token)]
    pub(super) fn set_login_token(this: &SessionOptions, token: &str);

    /// The class has the same `on`, for all there is to hear of any client and call.
    #[wasm_bindgen(method, catch)]
    pub(super) fn on(
        this: &Client,
        event: &str,
        handler: &js_sys::Function,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(super) fn off(
        this: &Client,
        event: &str,
        handler: &js_sys::Function,
    ) -> Result<JsValue, JsValue>;

    /// Forgets the session that a reload would resume.
    #[wasm_bindgen(method, catch, js_name = clearReconnectToken)]
    pub(super) fn clear_reconnect_token(this: &Client) -> Result<(), JsValue>;

    /// Emits `new` before it returns; throws on bad parameters.
    #[wasm_bindgen(method, catch, js_name = newCall)]
    pub(super) fn new_call(this: &Client, options: JsValue) -> Result<Call, JsValue>;

    /// What a `telnyx.notification` carries. Live and cyclic: read by getters only.
    #[wasm_bindgen(extends = js_sys::Object)]
    pub(super) type Notification;

    #[wasm_bindgen(method, getter, js_name = type)]
    pub(super) fn kind(this: &Notification) -> Option<String>;

    #[wasm_bindgen(method, getter)]
    pub(super) fn call(this: &Notification) -> Option<Call>;

    /// `Call`: live and cyclic, read by getters only.
    #[derive(Clone)]
    #[wasm_bindgen(extends = js_sys::Object)]
    pub(super) type Call;

    #[wasm_bindgen(method, getter)]
    pub(super) fn id(this: &Call) -> Option<String>;

    #[wasm_bindgen(method, getter)]
    pub(super) fn state(this: &Call) -> Option<String>;

    #[wasm_bindgen(method, getter)]
    pub(super) fn cause(this: &Call) -> Option<String>;

    /// Absent in the first `new`.
    #[wasm_bindgen(method, getter)]
    pub(super) fn direction(this: &Call) -> Option<String>;

    #[wasm_bindgen(method, getter)]
    pub(super) fn options(this: &Call) -> DialParams;

    /// The peer connection is there when this returns; the promise resolves later, and rejects without a microphone.
    #[wasm_bindgen(method, catch)]
    pub(super) fn answer(this: &Call) -> Result<js_sys::Promise, JsValue>;

    /// A number, or null where the end had no SIP code.
    #[wasm_bindgen(method, getter, js_name = sipCode)]
    pub(super) fn sip_code(this: &Call) -> Option<f64>;

    /// Plain data; see [`Ids`].
    #[wasm_bindgen(method, getter, js_name = telnyxIDs)]
    pub(super) fn telnyx_ids(this: &Call) -> JsValue;

    #[wasm_bindgen(method, getter, js_name = remoteStream)]
    pub(super) fn remote_stream(this: &Call) -> Option<MediaStream>;

    #[wasm_bindgen(method, getter, js_name = localStream)]
    pub(super) fn local_stream(this: &Call) -> Option<MediaStream>;

    #[wasm_bindgen(method, getter)]
    pub(super) fn peer(this: &Call) -> Option<Peer>;

    #[wasm_bindgen(method, catch)]
    pub(super) async fn hangup(this: &Call) -> Result<JsValue, JsValue>;

    /// Resolves to whether it worked; a server's refusal does not reject.
    #[wasm_bindgen(method, catch)]
    pub(super) async fn hold(this: &Call) -> Result<JsValue, JsValue>;

    /// As [`Call::hold`].
    #[wasm_bindgen(method, catch)]
    pub(super) async fn unhold(this: &Call) -> Result<JsValue, JsValue>;

    /// Sends digits by signalling (`telnyx_rtc.info`); plays nothing here.
    #[wasm_bindgen(method, catch)]
    pub(super) fn dtmf(this: &Call, digits: &str) -> Result<(), JsValue>;

    /// Disables the local track; emits no event.
    #[wasm_bindgen(method, catch, js_name = muteAudio)]
    pub(super) fn mute_audio(this: &Call) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = unmuteAudio)]
    pub(super) fn unmute_audio(this: &Call) -> Result<(), JsValue>;

    /// The options a call was made with, filled in by the SDK for an inbound one.
    pub(super) type DialParams;

    /// Who calls, as the gateway wrote it.
    #[wasm_bindgen(method, getter, js_name = remoteCallerNumber)]
    pub(super) fn remote_caller_number(this: &DialParams) -> Option<String>;

    /// The headers of the INVITE, if it had any: a list of [`Brought`].
    #[wasm_bindgen(method, getter, js_name = customHeaders)]
    pub(super) fn custom_headers(this: &DialParams) -> JsValue;

    /// The SDK's wrapper around the peer connection.
    pub(super) type Peer;

    /// Null once the call is closed.
    #[wasm_bindgen(method, getter)]
    pub(super) fn instance(this: &Peer) -> Option<RtcPeerConnection>;
}

/// The constructor's options, as far as we set them.
#[derive(Serialize)]
pub(super) struct ClientOptions<'a> {
    pub(super) login_token: &'a str,
    /// The gateway's WebSocket URL. Works, though the SDK's public type lacks it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) host: Option<&'a str>,
    /// An empty list means no STUN or TURN at all; absent means the SDK's own list.
    #[serde(rename = "iceServers", skip_serializing_if = "Option::is_none")]
    pub(super) ice_servers: Option<[&'a str; 0]>,
    /// `false` also has the SDK keep what it needs to resume its session after a reload.
    #[serde(rename = "hangupOnBeforeUnload")]
    pub(super) hangup_on_before_unload: bool,
    /// `true` keeps the calls where the gateway failed, or throws the socket off and names one that goes on.
    #[serde(rename = "keepConnectionAliveOnSocketClose")]
    pub(super) keeps_calls: bool,
}

/// `newCall`'s options, as far as we set them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CallOptions<'a> {
    pub(super) id: &'a str,
    pub(super) destination_number: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) caller_number: Option<&'a str>,
    /// Base64, as Call Control wants it.
    pub(super) client_state: String,
    pub(super) custom_headers: [Header<'a>; 1],
}

/// One SIP header.
#[derive(Serialize)]
pub(super) struct Header<'a> {
    pub(super) name: &'a str,
    pub(super) value: &'a str,
}

/// One SIP header of a call that comes in.
#[derive(Deserialize)]
pub(super) struct Brought {
    pub(super) name: String,
    pub(super) value: String,
}

/// `call.telnyxIDs`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Ids {
    #[serde(rename = "telnyxCallControlId")]
    pub(super) call_control: Option<String>,
    #[serde(rename = "telnyxSessionId")]
    pub(super) session: Option<String>,
    #[serde(rename = "telnyxLegId")]
    pub(super) leg: Option<String>,
}

/// What `telnyx.error` carries.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ErrorEvent {
    pub(super) error: SdkError,
    #[serde(default)]
    pub(super) call_id: Option<String>,
}

/// `TelnyxError`; a warning has the same two.
#[derive(Deserialize)]
pub(super) struct SdkError {
    #[serde(default)]
    pub(super) code: Option<u32>,
    #[serde(default)]
    pub(super) name: Option<String>,
}

/// What `telnyx.warning` carries.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WarningEvent {
    pub(super) warning: SdkError,
    #[serde(default)]
    pub(super) call_id: Option<String>,
}

/// A raw JSON-RPC request of the gateway.
#[derive(Deserialize)]
pub(super) struct Message {
    #[serde(default)]
    pub(super) method: Option<String>,
    #[serde(default)]
    pub(super) params: Option<Params>,
    /// Where it is a reply that no request waits for.
    #[serde(default)]
    pub(super) result: Option<Outcome>,
}

/// The result of a reply, as far as we read it.
#[derive(Deserialize)]
pub(super) struct Outcome {
    #[serde(default)]
    pub(super) params: Option<Params>,
}

/// The parameters of a [`Message`], as far as we read them.
#[derive(Deserialize)]
pub(super) struct Params {
    #[serde(rename = "callID", default)]
    pub(super) call_id: Option<String>,
    /// Of the gateway: `REGED` and others.
    #[serde(default)]
    pub(super) state: Option<String>,
}
