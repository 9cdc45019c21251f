//! The gateway's WebSocket: JSON-RPC text frames, no subprotocol, any origin.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::control::allow_any_origin;
use crate::exchange::Socket;
use crate::lab::{Lab, Report};

/// The largest report taken: a minute of raw sound is 6 MB.
const LARGEST_REPORT: usize = 32 * 1024 * 1024;

/// What the SDK posts to the gateway's host: statistics with its log, and raw sound. Both are taken and counted.
pub(crate) fn reports() -> Router<Arc<Lab>> {
    let any = post(report).options(async || StatusCode::NO_CONTENT);
    Router::new()
        .route("/call_report", any.clone())
        .route("/call_recording", any)
        .layer(DefaultBodyLimit::max(LARGEST_REPORT))
        .layer(middleware::from_fn(allow_any_origin))
}

async fn report(
    State(lab): State<Arc<Lab>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Json<Value> {
    let call_id = headers.get("x-call-id").and_then(|value| value.to_str().ok());
    let report = Report {
        at: lab.clock.now().iso(),
        path: uri.path().to_owned(),
        call_id: call_id.map(str::to_owned),
        bytes: body.len(),
    };
    lab.state().reports.push(report);
    Json(json!({ "status": "ok" }))
}

/// What the gateway reads of its address.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Address {
    /// The id that the gateway gave to the session which the browser takes up again.
    voice_sdk_id: Option<String>,
}

/// Accepts a browser.
pub(crate) async fn connect(
    State(lab): State<Arc<Lab>>,
    Query(address): Query<Address>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let Some((socket, frames)) = lab.open_socket(address.voice_sdk_id) else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    upgrade.on_upgrade(move |stream| async move {
        talk(&lab, socket, stream, frames).await;
        lab.close_socket(socket);
    })
}

/// Carries messages both ways until either side is gone. A queue that ends means the lab cuts the line: the stream is
/// dropped without a farewell, as a network would.
async fn talk(
    lab: &Arc<Lab>,
    socket: Socket,
    mut stream: WebSocket,
    mut frames: tokio::sync::mpsc::UnboundedReceiver<serde_json::Value>,
) {
    loop {
        tokio::select! {
            frame = frames.recv() => {
                let Some(frame) = frame else { return };
                if stream.send(Message::Text(frame.to_string().into())).await.is_err() {
                    return;
                }
            }
            message = stream.recv() => match message {
                Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                    Ok(frame) => lab.receive(socket, frame),
                    // The SDK's speed test sends "#SP…", which is not JSON and needs no answer.
                    Err(error) => tracing::debug!(%error, "not JSON"),
                },
                Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
            },
        }
    }
}
