//! Telnyx's error bodies. Shapes: `lab/carrier/error.*.json`.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("Could not understand the provided credentials.")]
    Unauthorized,
    #[error("The requested resource or URL could not be found.")]
    NotFound,
    #[error("The request body could not be read.")]
    Malformed,
    #[error("The value provided for connection_id is not one of your credential connections.")]
    BadConnection,
    #[error("The call_control_id provided was not valid.")]
    UnknownCall,
    #[error("This call is no longer active and can't receive commands.")]
    CallEnded,
    /// Telnyx documents no code for this.
    #[error("This leg is not controlled by a Voice API application.")]
    NotControlled,
}

impl ApiError {
    fn parts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "10009", "Authentication failed"),
            Self::NotFound => (StatusCode::NOT_FOUND, "10005", "Resource not found"),
            Self::Malformed => (StatusCode::BAD_REQUEST, "10015", "Bad Request"),
            Self::BadConnection => {
                (StatusCode::UNPROCESSABLE_ENTITY, "10015", "Invalid value for connection_id")
            }
            Self::UnknownCall | Self::NotControlled => {
                (StatusCode::UNPROCESSABLE_ENTITY, "90015", "Invalid Call Control ID")
            }
            Self::CallEnded => {
                (StatusCode::UNPROCESSABLE_ENTITY, "90018", "Call has already ended")
            }
        }
    }

    /// The body of the response.
    pub(crate) fn body(self) -> Value {
        let (_, code, title) = self.parts();
        json!({ "errors": [{
            "code": code,
            "title": title,
            "detail": self.to_string(),
            "meta": { "url": format!("https://developers.telnyx.com/docs/overview/errors/{code}") },
        }]})
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, _, _) = self.parts();
        (status, Json(self.body())).into_response()
    }
}
