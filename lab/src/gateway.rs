//! The gateway's WebSocket: JSON-RPC text frames, no subprotocol, any origin.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use crate::exchange::Socket;
use crate::lab::Lab;

/// Accepts a browser.
pub(crate) async fn connect(State(lab): State<Arc<Lab>>, upgrade: WebSocketUpgrade) -> Response {
    let Some((socket, frames)) = lab.open_socket() else {
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
