//! As much of the SDK's JSON-RPC as a call needs.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::Error;

/// A number that answers and plays a steady tone.
const TONE: &str = "+12025550107";

/// A connection to the gateway.
pub(crate) struct Gateway {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    requests: u64,
}

/// What the gateway asks or tells.
pub(crate) struct News {
    /// Goes back with [`Gateway::acknowledge`].
    pub(crate) id: Value,
    pub(crate) kind: Kind,
}

/// What it is about.
pub(crate) enum Kind {
    /// The far end's SDP: early media, or with its answer.
    Media { sdp: String },
    /// The call is over.
    Over,
    /// Anything else.
    Other,
}

impl Gateway {
    /// Connects and signs in.
    pub(crate) async fn sign_in(url: &str, token: &str) -> Result<Self, Error> {
        let (stream, _) = connect_async(url).await?;
        let mut gateway = Self { stream, requests: 0 };
        let id = gateway.request("login", json!({ "login_token": token })).await?;
        loop {
            let frame = gateway.frame().await?;
            if frame["id"] == id {
                return match frame.get("error") {
                    None => Ok(gateway),
                    Some(error) => Err(format!("signing in: {error}").into()),
                };
            }
        }
    }

    /// Calls the number that plays a tone.
    pub(crate) async fn invite(&mut self, call: &str, sdp: &str) -> Result<(), Error> {
        let dialog = json!({ "callID": call, "destination_number": TONE });
        self.request("telnyx_rtc.invite", json!({ "sdp": sdp, "dialogParams": dialog })).await?;
        Ok(())
    }

    /// Hangs up.
    pub(crate) async fn bye(&mut self, call: &str) -> Result<(), Error> {
        self.request("telnyx_rtc.bye", json!({ "dialogParams": { "callID": call } })).await?;
        Ok(())
    }

    /// Waits for the gateway to say something by itself. Nothing is lost when the waiting is given up.
    pub(crate) async fn news(&mut self) -> Result<News, Error> {
        loop {
            let mut frame = self.frame().await?;
            if let Some(error) = frame.get("error") {
                return Err(format!("the gateway: {error}").into());
            }
            let kind = match (frame["method"].as_str(), frame["params"]["sdp"].as_str()) {
                (None, _) => continue,
                (Some("telnyx_rtc.media" | "telnyx_rtc.answer"), Some(sdp)) => {
                    Kind::Media { sdp: sdp.to_owned() }
                }
                (Some("telnyx_rtc.bye"), _) => Kind::Over,
                (Some(_), _) => Kind::Other,
            };
            return Ok(News { id: frame["id"].take(), kind });
        }
    }

    /// Says that the news has come.
    pub(crate) async fn acknowledge(&mut self, id: Value) -> Result<(), Error> {
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": {} })).await
    }

    async fn request(&mut self, method: &str, params: Value) -> Result<Value, Error> {
        self.requests += 1;
        let id = json!(format!("bench-{}", self.requests));
        let frame = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.send(&frame).await?;
        Ok(id)
    }

    async fn send(&mut self, frame: &Value) -> Result<(), Error> {
        Ok(self.stream.send(Message::Text(frame.to_string().into())).await?)
    }

    async fn frame(&mut self) -> Result<Value, Error> {
        loop {
            match self.stream.next().await.ok_or("the gateway hung up")?? {
                Message::Text(text) => return Ok(serde_json::from_str(&text)?),
                Message::Close(_) => return Err("the gateway hung up".into()),
                Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            }
        }
    }
}
